//! All that a policy says beside its decisions, under the names by which it is compared.
//!
//! Each field of [`Compiled`] and its parts is either told here, or decided on in `cells`, or a note that means nothing to the
//! rules. `tests/duties.rs` holds a list of them all.

use std::collections::BTreeSet;

use upheld_decide::{Compiled, Element, Giver, OriginId, Period, PointKind, Purpose, Unit};

use super::measure::{Measure, Sense};
use super::{Item, Key, Said, data, people, whole};
use crate::reason::diff::words::listed;

/// In which order lines are told.
pub(super) const ORDER: &[&str] = &[
    "intake",
    "seal",
    "period",
    "choice",
    "right",
    "ground",
    "report",
    "cookie",
    "acceptance",
    "notice",
    "kind",
    "relation",
    "work",
    "point",
    "form",
    "apart",
    "held for others",
    "store",
    "place",
    "basis",
    "open",
    "version",
    "name",
    "policy",
];

/// Within no time.
pub(super) const NONE: Period = Period { count: 0, unit: Unit::Day };

/// A line's words: what it is about, whose, of which data, taken where.
pub(super) fn worded(about: &str, place: &str, data: &str, at: &str) -> String {
    let taken = if at.is_empty() { String::new() } else { format!(" at {at}") };
    match about {
        "intake" => format!("{data} is taken {place}{taken}"),
        "period" => format!("{data} {place}{taken} is kept"),
        _ if data.is_empty() => place.to_owned(),
        "right" => format!("{place} {data}"),
        _ => format!("{data} {place}"),
    }
}

/// What is named in both policies: of the rest nothing is compared that its being there does not say already.
pub(super) struct Vocabularies<'p> {
    old: &'p Compiled,
    new: &'p Compiled,
}

pub(super) fn names<'a>(all: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    all.into_iter().map(str::to_owned).collect()
}

pub(super) fn say(out: &mut Said, about: &'static str, place: impl Into<String>, item: Item) {
    let key = Key { about, place: place.into(), ..Key::default() };
    out.entry(key).or_default().push(item);
}

impl<'p> Vocabularies<'p> {
    pub(super) const fn new(old: &'p Compiled, new: &'p Compiled) -> Self {
        Self { old, new }
    }

    pub(super) fn said(&self, policy: &Compiled) -> Said {
        let mut out = Said::new();
        data::intake(policy, &mut out);
        data::seals(policy, &mut out);
        data::periods(policy, std::ptr::eq(policy, self.new).then_some(self.old), &mut out);
        people::choices(policy, &mut out);
        people::rights(policy, &mut out);
        people::grounds(policy, &mut out);
        data::reports(policy, &mut out);
        data::cookies(policy, &mut out);
        people::notices(policy, &mut out);
        self.kinds(policy, &mut out);
        people::relations(policy, &mut out);
        people::acceptances(policy, &mut out);
        self.places(policy, &mut out);
        self.work(policy, &mut out);
        self.points(policy, &mut out);
        self.forms(policy, &mut out);
        data::apart(policy, &mut out);
        data::held_and_stored(policy, &mut out);
        whole::bases(policy, &mut out);
        whole::open(policy, &mut out);
        whole::versions(policy, &mut out);
        self.meanings(policy, &mut out);
        whole::header(policy, &mut out);
        out
    }

    fn in_both(&self, is: impl Fn(&Compiled) -> bool) -> bool {
        is(self.old) && is(self.new)
    }

    /// Kinds of person: when one becomes one, and what else one then is. Of a kind that is new nobody was.
    fn kinds(&self, policy: &Compiled, out: &mut Said) {
        let all = &policy.names;
        let points = |points: &[upheld_decide::PointId]| names(points.iter().map(|point| all.points.name(point.0)));
        for life in &policy.kinds {
            let name = all.kinds.name(life.kind.0);
            let known = |policy: &Compiled, name: &str| policy.names.kinds.id(name).is_some();
            let (begins, ends) = (points(&life.begins_at), points(&life.ends_at));
            if self.in_both(|policy| known(policy, name)) {
                let begun = if begins.is_empty() { "anybody".to_owned() } else { format!("from {}", join(&begins)) };
                let ended = if ends.is_empty() { String::new() } else { format!(" until {}", join(&ends)) };
                let mut measures = vec![("begins", same_set(&begins)), ("ends", same_set(&ends))];
                let mut words = format!("{begun}{ended}");
                // Whom age and region decide nobody becomes.
                if let Some(one) = all.brackets.of(life.kind) {
                    words = all.brackets.words(one);
                    measures.push(("bracket", Measure::Same(words.clone())));
                }
                let item = Item::new(words, Sense::Harmless, Sense::Harmless, measures);
                say(out, "kind", format!("who is a {name}"), item);
            }
            for above in all.kinds.above(life.kind.0).into_iter().filter(|above| *above != life.kind.0) {
                let above = all.kinds.name(above);
                // What is known of people of the wider kind is said of more people, or of fewer.
                let sense = if self.in_both(|policy| known(policy, above)) { Sense::Unsure } else { Sense::Harmless };
                say(out, "kind", format!("every {name} is a {above}"), Item::new("", sense, sense, Vec::new()));
            }
        }
        for id in all.grounds.ids() {
            for above in all.grounds.above(id).into_iter().filter(|above| *above != id) {
                let (name, above) = (all.grounds.name(id), all.grounds.name(above));
                let known = self.in_both(|policy| policy.names.grounds.id(above).is_some());
                let sense = if known { Sense::Unsure } else { Sense::Harmless };
                say(
                    out,
                    "ground",
                    format!("a case of {name} is one of {above}"),
                    Item::new("", sense, sense, Vec::new()),
                );
            }
        }
    }

    /// Who works on what is told by decisions; a person in place of a program is not.
    fn work(&self, policy: &Compiled, out: &mut Said) {
        let all = &policy.names;
        for id in all.actors.ids() {
            let name = all.actors.name(id);
            let purposes = policy.works_on.get(usize::from(id)).map(Vec::as_slice).unwrap_or_default();
            let words: Vec<String> = purposes.iter().map(|one| all.purposes.name(one.0).to_owned()).collect();
            if !words.is_empty() {
                let on = vec![("works on", Measure::Note(listed(&words)))];
                let item = Item::new(listed(&words), Sense::Harmless, Sense::Harmless, on);
                say(out, "work", format!("{name} works on"), item);
            }
            let program = policy.programs.get(usize::from(id)).copied().unwrap_or_default();
            if !name.is_empty() && self.in_both(|policy| policy.names.actors.id(name).is_some()) {
                let word = if program { "a program" } else { "somebody" };
                let measures = vec![("program", Measure::Same(word.to_owned()))];
                let item = Item::new(word, Sense::Harmless, Sense::Harmless, measures);
                say(out, "work", format!("{name} is"), item);
            }
        }
    }

    /// How points take in. Of a new one its intake is told.
    fn points(&self, policy: &Compiled, out: &mut Said) {
        for point in &policy.points {
            let name = policy.names.points.name(point.id.0);
            if !self.in_both(|policy| policy.names.points.id(name).is_some()) {
                continue;
            }
            let kind = match point.kind {
                PointKind::Form => "a form",
                PointKind::Visit => "a visit",
                PointKind::Mail => "mail",
                PointKind::Event => "an event",
                PointKind::Browser => "on the device",
            };
            let places = names(point.places.iter().map(String::as_str));
            let at = if places.is_empty() { String::new() } else { format!(" in {}", join(&places)) };
            // Where no place is named it is any: what is better said as fewer is worse said as none.
            let wide = if places.is_empty() { Measure::Same(String::new()) } else { Measure::Wide(places) };
            let measures = vec![("kind", Measure::Same(kind.to_owned())), ("places", wide)];
            let item = Item::new(format!("{kind}{at}"), Sense::Harmless, Sense::Harmless, measures);
            say(out, "point", format!("the point {name} is"), item);
        }
    }

    /// How data is held.
    fn forms(&self, policy: &Compiled, out: &mut Said) {
        let all = &policy.names;
        for id in all.data.ids() {
            let name = all.data.name(id);
            if !self.in_both(|policy| policy.names.data.id(name).is_some()) {
                continue;
            }
            let form = policy.form(Element(id));
            let mut words = Vec::new();
            words.extend(form.made_from.map(|raw| format!("made from {}", all.data.name(raw.0))));
            words.extend(form.token.then(|| "held as a token".to_owned()));
            words.extend(form.hash.then(|| "held as a hash".to_owned()));
            let without = names(form.without.iter().map(|one| all.data.name(one.0)));
            words.extend((!without.is_empty()).then(|| format!("without {}", join(&without))));
            words.extend(form.itemised.then(|| "item by item".to_owned()));
            words.extend(form.identifying.then(|| "identifying".to_owned()));
            let raw = form.made_from.map(|raw| all.data.name(raw.0).to_owned()).unwrap_or_default();
            let measures = vec![
                ("made from", Measure::Same(raw)),
                ("token", Measure::Worse(!form.token)),
                ("hash", Measure::Worse(!form.hash)),
                ("without", Measure::Narrow(without)),
                ("itemised", Measure::Worse(!form.itemised)),
                ("identifying", Measure::Same(form.identifying.to_string())),
            ];
            let words = if words.is_empty() { "as it comes".to_owned() } else { words.join(", ") };
            let item = Item::new(words, Sense::Harmless, Sense::Harmless, measures);
            let key = Key { about: "form", place: "is held".to_owned(), element: name.to_owned(), ..Key::default() };
            out.entry(key).or_default().push(item);
        }
    }

    /// Where recipients are, what protects data there, and whether that is promised. Of one that is new decisions are told.
    fn places(&self, policy: &Compiled, out: &mut Said) {
        let all = &policy.names.recipients;
        for name in all.names().filter(|name| !name.is_empty()) {
            if !self.in_both(|policy| policy.names.recipients.id(name).is_some()) {
                continue;
            }
            let place = policy.whereabouts.iter().find(|place| all.name(place.recipient.0) == name);
            let country = place.and_then(|place| place.country.clone()).unwrap_or_default();
            let safeguard = place.and_then(|place| place.safeguard.as_ref());
            let safeguard =
                safeguard.map(|one| format!("{} \"{}\"", one.protection.word(), one.record)).unwrap_or_default();
            let words = [country.as_str(), safeguard.as_str()].into_iter().filter(|word| !word.is_empty());
            let words = words.collect::<Vec<_>>().join(", ");
            let measures =
                vec![("country", Measure::Same(country.clone())), ("safeguard", Measure::Same(safeguard.clone()))];
            let item = Item::new(words, Sense::Harmless, Sense::Harmless, measures);
            let item = Item { sentence: place.map(|place| place.sentence), ..item };
            say(out, "place", format!("where {name} is"), item);
        }
        if let Some(transfers) = &policy.transfers {
            let name = "transfers out of the European Economic Area are safeguarded";
            let item = Item::new("", Sense::Stronger, Sense::Weaker, Vec::new()).by(transfers.sentence);
            say(out, "place", name, item);
        }
    }

    /// What names stand for: their labels, as people read them.
    fn meanings(&self, policy: &Compiled, out: &mut Said) {
        let mut mean = |sort: &str, name: &str, label: Option<&str>| {
            let words = label.unwrap_or_default().to_owned();
            let measures = vec![("label", Measure::Same(words.clone()))];
            // A name that is new is told where it is used.
            let item = Item::new(words, Sense::Harmless, Sense::Harmless, measures);
            say(out, "name", format!("what the {sort} {name} stands for"), item);
        };
        let (old, new) = (self.old, self.new);
        let all = &policy.names;
        let both = |axis: fn(&Compiled) -> &upheld_decide::Axis, name: &str| {
            !name.is_empty() && axis(old).id(name).is_some() && axis(new).id(name).is_some()
        };
        for name in all.purposes.names().filter(|name| both(|policy| &policy.names.purposes, name)) {
            mean("purpose", name, policy.purpose_labels.get(name).map(String::as_str));
        }
        for name in all.recipients.names().filter(|name| both(|policy| &policy.names.recipients, name)) {
            mean("recipient", name, policy.recipient_labels.get(name).map(String::as_str));
        }
        for id in all.data.ids().filter(|id| both(|policy| &policy.names.data, all.data.name(*id))) {
            mean("data", all.data.name(id), policy.form(Element(id)).label.as_deref());
        }
        for life in &policy.kinds {
            let name = all.kinds.name(life.kind.0);
            if both(|policy| &policy.names.kinds, name) {
                mean("kind", name, life.label.as_deref());
            }
        }
        for ground in &policy.grounds {
            let name = all.grounds.name(ground.id.0);
            if both(|policy| &policy.names.grounds, name) {
                mean("ground", name, ground.label.as_deref());
            }
        }
        for relation in &policy.relations {
            let name = all.relations.name(relation.id.0);
            if both(|policy| &policy.names.relations, name) {
                mean("relation", name, relation.label.as_deref());
            }
        }
    }
}

impl Item {
    pub(super) fn new(
        words: impl Into<String>,
        added: Sense,
        gone: Sense,
        measures: Vec<(&'static str, Measure)>,
    ) -> Self {
        Self { words: words.into(), added, gone, measures, sentence: None }
    }

    pub(super) fn by(self, sentence: u16) -> Self {
        Self { sentence: Some(sentence), ..self }
    }
}

pub(super) fn join(all: &BTreeSet<String>) -> String {
    listed(&all.iter().cloned().collect::<Vec<_>>())
}

fn same_set(all: &BTreeSet<String>) -> Measure {
    Measure::Same(all.iter().cloned().collect::<Vec<_>>().join(", "))
}

pub(super) fn purposes_of(policy: &Compiled, purposes: &[Purpose]) -> (String, BTreeSet<String>) {
    let axis = &policy.names.purposes;
    let words: Vec<String> = purposes.iter().map(|purpose| axis.name(purpose.0).to_owned()).collect();
    let below = purposes.iter().flat_map(|purpose| axis.below(purpose.0)).map(|id| axis.name(id).to_owned()).collect();
    (listed(&words), below)
}

/// Single names among these.
pub(super) fn singles<'p>(policy: &'p Compiled, elements: &'p [Element]) -> impl Iterator<Item = &'p str> {
    let single = elements.iter().filter(|element| !policy.form(**element).group);
    single.map(|element| policy.names.data.name(element.0))
}

/// Whose data, and where it was taken and from whom.
pub(super) fn taken_of(policy: &Compiled, origin: OriginId) -> Option<(String, String)> {
    let names = &policy.names;
    let origin = names.origins.get(origin.index())?;
    let point = names.points.name(origin.point.0);
    let from = match origin.giver {
        Giver::Themselves => format!("{point}, given by themselves"),
        Giver::Service => point.to_owned(),
        Giver::Other(kind) => format!("{point}, given by {}", names.kinds.name(kind.0)),
    };
    Some((names.kinds.name(origin.capacity.0).to_owned(), from))
}
