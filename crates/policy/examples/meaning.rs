//! What sentences of a policy mean once compiled: of whom, what, for what, to whom, on which facts, read off the table and the
//! duties, not off the sentence.
//!
//!     cargo run -p upheld-policy --example meaning -- policies/mind-map-2018/privacy.md 20 7
//!
//! draws 20 rule sentences with the seed 7; with `list` in place of the numbers it prints the drawn sentences alone.
#![allow(clippy::print_stdout, reason = "an example prints")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use upheld_decide::{
    Action, Actor, Axis, Compiled, Element, End, Entry, Fact, FactSet, Form, Giver, Ids, OriginId, Period, Purpose,
    Recipient,
};
use upheld_document::Source;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, count, seed, rest @ ..] = arguments.as_slice() else {
        println!("which file, how many sentences, which seed?");
        return ExitCode::from(2);
    };
    let (Ok(text), Ok(count), Ok(seed)) = (std::fs::read_to_string(file), count.parse::<usize>(), seed.parse::<u64>())
    else {
        println!("the file cannot be read, or a number is none");
        return ExitCode::from(2);
    };
    let source = Source::new(file.as_str(), text);
    let loaded = upheld_policy::load(&source, None);
    let Some(policy) = loaded.policy else {
        println!("{}", upheld_document::print(&loaded.diagnostics, &source, upheld_document::Format::Plain));
        return ExitCode::FAILURE;
    };
    let meanings = Meanings::of(&policy.compiled);
    for (number, index) in drawn(&policy.compiled, count, seed).into_iter().enumerate() {
        let Some(sentence) = policy.compiled.sentences.get(usize::from(index)) else { continue };
        println!("{}. line {}: {}", number + 1, sentence.line, sentence.text);
        if rest.is_empty() {
            for line in meanings.say(index) {
                println!("   {line}");
            }
        }
    }
    ExitCode::SUCCESS
}

/// Rule sentences drawn at random, in document order: no declarations and no bare statements.
fn drawn(policy: &Compiled, count: usize, seed: u64) -> Vec<u16> {
    const RULES: [&str; 5] = [" may ", " never ", "we collect", " keep ", " must "];
    const LOCKS: [&str; 3] = ["we use", "we share", "we collect, use"];
    let rule = |text: &str| {
        RULES.iter().any(|word| format!(" {text} ").contains(word))
            && !text.starts_with("manual")
            && !text.starts_with('"')
            || LOCKS.iter().any(|word| text.starts_with(word))
    };
    let names =
        ["data ", "person ", "purpose ", "recipient ", "role ", "point ", "ground ", "relation ", "notice ", "term "];
    let mut rules: Vec<u16> = (0_u16..)
        .zip(&policy.sentences)
        .filter(|(_, sentence)| rule(&sentence.text) && !names.iter().any(|name| sentence.text.starts_with(name)))
        .map(|(index, _)| index)
        .collect();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut out = Vec::new();
    while out.len() < count && !rules.is_empty() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let at = usize::try_from(state % rules.len() as u64).unwrap_or_default();
        out.push(rules.swap_remove(at));
    }
    out.sort_unstable();
    out
}

/// Where a sentence stands in the table.
#[derive(Default)]
struct Reach {
    actors: BTreeSet<String>,
    actions: BTreeSet<&'static str>,
    elements: BTreeSet<String>,
    kinds: BTreeSet<String>,
    points: BTreeSet<String>,
    givers: BTreeSet<String>,
    purposes: BTreeSet<String>,
    recipients: BTreeSet<String>,
    forms: BTreeSet<String>,
}

/// What each sentence does in the table, by whether it permits and on which facts.
struct Meanings<'p> {
    policy: &'p Compiled,
    decisions: BTreeMap<(u16, bool, FactSet), Reach>,
}

impl<'p> Meanings<'p> {
    fn of(policy: &'p Compiled) -> Self {
        let mut decisions: BTreeMap<(u16, bool, FactSet), Reach> = BTreeMap::new();
        let names = &policy.names;
        let taken: BTreeSet<(Element, OriginId)> =
            policy.points.iter().flat_map(|point| &point.takes).map(|taken| (taken.element, taken.origin)).collect();
        let forms = std::iter::once((Form::Identified, "identified".to_owned()))
            .chain([(Form::Pseudonymous, "as pseudonym".to_owned())])
            .chain([(Form::Aggregate(1_000_000), "as totals of very many".to_owned())])
            .chain(policy.table.steps.iter().map(|step| (Form::Aggregate(*step), format!("as totals of {step}"))));
        let forms: Vec<(Form, String)> = forms.collect();
        for (element, origin) in taken {
            for actor in names.actors.ids().map(Actor) {
                for purpose in names.purposes.ids().map(Purpose) {
                    for action in Action::ALL {
                        for recipient in names.recipients.ids().map(Recipient) {
                            if action.discloses() != (recipient != Recipient::NOBODY) {
                                continue;
                            }
                            for (form, words) in &forms {
                                let ids = Ids { action, actor, element, origin, form: *form, purpose, recipient };
                                let cell = policy.table.decide(&ids, &FactSet::EMPTY);
                                let mut note = |entries: &[Entry], permits: bool| {
                                    for entry in entries {
                                        let reach =
                                            decisions.entry((entry.sentence, permits, entry.facts)).or_default();
                                        reach.add(policy, &ids, words);
                                    }
                                };
                                note(cell.permissions, true);
                                note(cell.prohibitions, false);
                            }
                        }
                    }
                }
            }
        }
        Self { policy, decisions }
    }

    fn say(&self, sentence: u16) -> Vec<String> {
        let mut out = Vec::new();
        for ((_, permits, facts), reach) in self.decisions.iter().filter(|((index, ..), _)| *index == sentence) {
            out.push(format!("{}: {}", if *permits { "permits" } else { "forbids" }, reach.words(self.policy)));
            let said: Vec<String> = facts.literals().map(|literal| self.fact(literal.fact, literal.holds)).collect();
            match (*permits, said.is_empty()) {
                (true, true) => out.push("  always".to_owned()),
                (true, false) => out.push(format!("  if it is known that {}", said.join(" and "))),
                (false, true) => out.push("  always".to_owned()),
                (false, false) => out.push(format!("  unless it is known that {}", said.join(" or "))),
            }
        }
        out.extend(self.duties(sentence));
        if out.is_empty() {
            out.push("nothing in the table: it frees, or locks what stands above it".to_owned());
        }
        out
    }

    fn fact(&self, index: u16, holds: bool) -> String {
        let names = &self.policy.names;
        let choice =
            |at: &u16| self.policy.choices.get(usize::from(*at)).map_or_else(String::new, |choice| choice.name.clone());
        let words = match self.policy.facts.get(usize::from(index)) {
            Some(Fact::Is(kind)) => format!("the person is {}", names.kinds.name(kind.0)),
            Some(Fact::Agreed(at)) => format!("{} was agreed to", choice(at)),
            Some(Fact::Refused(at)) => format!("{} was refused", choice(at)),
            Some(Fact::On(ground)) => format!("a case of {} stands", names.grounds.name(ground.0)),
            other => format!("{other:?}"),
        };
        if holds { words } else { format!("it is not so that {words}") }
    }

    fn duties(&self, sentence: u16) -> Vec<String> {
        let (policy, names) = (self.policy, &self.policy.names);
        let mut out = Vec::new();
        let data = |elements: &[Element]| listed(&grouped(&names.data, elements.iter().map(|element| element.0)));
        for point in &policy.points {
            let here: Vec<_> = point.takes.iter().filter(|taken| taken.sentence == sentence).collect();
            let Some(first) = here.first() else { continue };
            let origin = names.origins.get(first.origin.index());
            let (of, from) = origin.map_or((String::new(), String::new()), |origin| {
                (names.kinds.name(origin.capacity.0).to_owned(), giver(policy, origin.giver))
            });
            let purposes: BTreeSet<&str> =
                here.iter().flat_map(|taken| &taken.purposes).map(|purpose| names.purposes.name(purpose.0)).collect();
            let must = if first.required { "must be there" } else { "may be missing" };
            out.push(format!(
                "takes in: {} of {of} from {from} at {} for {}; {must}",
                data(&here.iter().map(|taken| taken.element).collect::<Vec<_>>()),
                names.points.name(point.id.0),
                purposes.into_iter().collect::<Vec<_>>().join(", ")
            ));
        }
        for keep in policy.keeps.iter().filter(|keep| keep.sentence == sentence) {
            let one = |end: &End| match end {
                End::After(period, point) => format!("{} after {}", length(*period), names.points.name(point.0)),
                End::Until(point) => format!("until {}", names.points.name(point.0)),
                End::While(kind) => format!("while {}", names.kinds.name(kind.0)),
                End::Law(law) => {
                    let asked: Vec<String> = law
                        .periods
                        .iter()
                        .map(|asked| format!("{} since {}", length(asked.period), asked.from))
                        .collect();
                    let from = if law.from_year_end { "after the year of" } else { "after" };
                    format!("{} {from} {}", asked.join(", "), names.points.name(law.after.0))
                }
                End::Longer(_) => String::new(),
            };
            let end = keep.end.each().iter().map(one).collect::<Vec<_>>().join(", or if later ");
            let kinds: BTreeSet<&str> = keep
                .origins
                .iter()
                .filter_map(|origin| names.origins.get(origin.index()))
                .map(|origin| names.kinds.name(origin.capacity.0))
                .collect();
            let mut line =
                format!("keeps {} of {} {end}", data(&keep.elements), kinds.into_iter().collect::<Vec<_>>().join(", "));
            if let Some(within) = keep.erase_within {
                line.push_str(&format!(", erased within {}", length(within)));
            }
            if !keep.purposes.is_empty() {
                let purposes: Vec<&str> = keep.purposes.iter().map(|purpose| names.purposes.name(purpose.0)).collect();
                line.push_str(&format!(", and closes them then for {} alone", purposes.join(", ")));
            }
            line.push_str(if keep.must { ", at nobody's wish less" } else { "" });
            line.push_str(if keep.longer { ", wins over the sentence above" } else { "" });
            out.push(line);
        }
        for hold in policy.grounds.iter().flat_map(|ground| &ground.holds).filter(|hold| hold.sentence == sentence) {
            let held = if hold.elements.is_empty() { "anything".to_owned() } else { data(&hold.elements) };
            out.push(format!("a standing case holds {held} from being erased"));
        }
        for one in policy.acceptances.iter().filter(|one| one.sentence == sentence) {
            let what: Vec<&str> = one.what.iter().map(|what| what.word()).collect();
            let at: Vec<&str> = one.at.iter().map(|point| names.points.name(point.0)).collect();
            out.push(format!(
                "use at {} is noted as acceptance of {}; it opens nothing",
                at.join(", "),
                what.join(", ")
            ));
        }
        for choice in policy.choices.iter().filter(|choice| choice.sentence == sentence) {
            let who = choice.kind.map_or("every person", |kind| names.kinds.name(kind.0));
            let by = choice.by.map(|by| format!(", made by their {}", names.relations.name(by.0))).unwrap_or_default();
            let how = if choice.agree { "off until agreed" } else { "on until refused" };
            out.push(format!("choice {} of {who}{by}: {how}; via {}", choice.name, or_any(&choice.via)));
        }
        for right in policy.rights.iter().filter(|right| right.sentence == sentence) {
            let who = right.of.map_or("every person", |kind| names.kinds.name(kind.0));
            let by =
                right.by.map(|by| format!(", exercised by their {}", names.relations.name(by.0))).unwrap_or_default();
            let within = right.within.map(|within| format!(", within {}", length(within))).unwrap_or_default();
            let reach = if right.elements.is_empty() { String::new() } else { format!(" {}", data(&right.elements)) };
            out.push(format!("right to {}{reach} of {who}{by} via {}{within}", right.kind.word(), or_any(&right.via)));
        }
        out
    }
}

impl Reach {
    fn add(&mut self, policy: &Compiled, ids: &Ids, form: &str) {
        let names = &policy.names;
        let actor = names.actors.name(ids.actor.0);
        self.actors.insert(if actor.is_empty() { "(who is not said)" } else { actor }.to_owned());
        self.actions.insert(ids.action.word());
        self.elements.insert(names.data.name(ids.element.0).to_owned());
        if let Some(origin) = names.origins.get(ids.origin.index()) {
            self.kinds.insert(names.kinds.name(origin.capacity.0).to_owned());
            self.points.insert(names.points.name(origin.point.0).to_owned());
            self.givers.insert(giver(policy, origin.giver));
        }
        let purpose = names.purposes.name(ids.purpose.0);
        self.purposes.insert(if purpose.is_empty() { "(purpose not said)" } else { purpose }.to_owned());
        if ids.recipient != Recipient::NOBODY {
            self.recipients.insert(names.recipients.name(ids.recipient.0).to_owned());
        }
        self.forms.insert(form.to_owned());
    }

    fn words(&self, policy: &Compiled) -> String {
        let names = &policy.names;
        let of = |axis: &Axis, found: &BTreeSet<String>| {
            let all = axis.ids().filter(|id| !axis.name(*id).is_empty()).count();
            if found.iter().filter(|name| axis.id(name).is_some()).count() == all && all > 3 {
                "all".to_owned()
            } else {
                listed(&grouped(axis, found.iter().filter_map(|name| axis.id(name))))
            }
        };
        let kinds: Vec<String> = self.kinds.iter().cloned().collect();
        let mut out = format!(
            "{} · {} · {} · of {} · from {} · at {} · for {}",
            of(&names.actors, &self.actors),
            self.actions.iter().copied().collect::<Vec<_>>().join(", "),
            listed(&grouped(&names.data, self.elements.iter().filter_map(|name| names.data.id(name)))),
            listed(&kinds),
            listed(&self.givers.iter().cloned().collect::<Vec<_>>()),
            of(&names.points, &self.points),
            of(&names.purposes, &self.purposes),
        );
        if !self.recipients.is_empty() {
            out.push_str(&format!(" · with {}", of(&names.recipients, &self.recipients)));
        }
        out.push_str(&format!(" · {}", self.forms.iter().cloned().collect::<Vec<_>>().join(", ")));
        out
    }
}

fn or_any(ways: &[String]) -> String {
    if ways.is_empty() { "any way".to_owned() } else { ways.join(", ") }
}

fn giver(policy: &Compiled, giver: Giver) -> String {
    match giver {
        Giver::Service => "us".to_owned(),
        Giver::Themselves => "themselves".to_owned(),
        Giver::Other(kind) => policy.names.kinds.name(kind.0).to_owned(),
    }
}

fn length(period: Period) -> String {
    format!("{} {:?}", period.count, period.unit).to_lowercase()
}

/// Names, each left out where a name above it is there, too.
fn grouped(axis: &Axis, ids: impl Iterator<Item = u16>) -> Vec<String> {
    let ids: BTreeSet<u16> = ids.collect();
    let covered = |id: &&u16| axis.above(**id).iter().any(|above| above != *id && ids.contains(above));
    ids.iter().filter(|id| !covered(id)).map(|id| axis.name(*id).to_owned()).collect()
}

fn listed(names: &[String]) -> String {
    names.join(", ")
}
