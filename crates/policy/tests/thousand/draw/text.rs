//! A draft as the text of a policy.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use upheld_decide::Action;

use super::{Draft, DraftChoice, DraftCollect, DraftCondition, DraftGate, DraftPhrases, DraftRule, Pick};

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

/// What a line takes from the lines above it.
#[derive(Clone, Copy)]
struct Above {
    permits: bool,
    /// Whether its verbs disclose; none: some do.
    discloses: Option<bool>,
    /// Whether its form, said or taken from above, is totals without a group size.
    bare: bool,
    /// Whether what it permits can be counted.
    counted: bool,
    shaped: bool,
}

/// Where a sentence stands, and so what it may say.
#[derive(Clone, Copy, PartialEq)]
struct Place {
    top: bool,
    permits: bool,
    /// Which of its phrases is locked, if one can be.
    lock: Option<Pick>,
}

impl Draft {
    pub fn text(&self) -> String {
        let mut out = String::from(
            "---\nupheld: 1\ntitle: Drawn\ncontroller: Nobody\ncontact: nobody@example.org\nversion: 1\n\
             effective: 2026-12-01\n---\n\n## Drawn\n\nProse.\n\n```upheld\n",
        );
        for (word, letter, at) in
            [("data", 'd', 0), ("purpose", 'u', 2), ("recipient", 'r', 3), ("ground", 'g', 4), ("person", 'k', 1)]
        {
            for (name, mask) in self.above[at].iter().enumerate() {
                let above: Vec<String> = (0..name)
                    .filter(|above| mask & (1 << above) != 0)
                    .map(|above| format!("{letter}{above}"))
                    .collect();
                let is = if above.is_empty() { String::new() } else { format!(" is {}", above.join(", ")) };
                let basis = if word == "purpose" { self.basis(name) } else { "" };
                let _ = writeln!(out, "{word} {letter}{name}{is}{basis}");
                if word == "person" && self.begins[name] {
                    let _ = writeln!(out, "  begins at p0");
                }
            }
        }
        for point in 0..self.sizes.points {
            let _ = writeln!(out, "point p{point} is event");
        }
        for (role, works_on) in self.works_on.iter().enumerate() {
            let works_on: Vec<String> = works_on.iter().map(|pick| self.purpose(*pick)).collect();
            let program = if role == 1 { " program" } else { "" };
            let _ = writeln!(out, "role a{role}{program}, works on {}", works_on.join(", "));
        }
        let whose = self.more.relation_of.map_or("anyone".to_owned(), |kind| self.kind(kind));
        let _ = writeln!(out, "relation t0 of {whose}\nnotice n0");
        for collect in &self.collects {
            self.collect(collect, &mut out);
        }
        for (at, cookie) in self.cookies.iter().enumerate() {
            let (word, lasts) = if cookie.local { ("local", "until removed") } else { ("cookie", "lasting 1 year") };
            let (data, of) = (Self::name('d', self.sizes.data, cookie.data), self.kind(cookie.of));
            let purpose = self.purpose(cookie.purpose);
            let _ = writeln!(out, "{word} c{at} holds {data} of {of} for {purpose} {lasts}");
        }
        for choice in &self.choices {
            self.choice(choice, &mut out);
        }
        for rule in &self.rules {
            self.rule(rule, None, 0, &mut out);
        }
        for gate in &self.gates {
            self.gate(gate, &mut out);
        }
        if let Some((verbs, one, other)) = self.more.apart {
            let (one, other) =
                (Self::name('d', self.sizes.data, one), Self::name('d', self.sizes.data, other.wrapping_add(1)));
            let _ = writeln!(out, "we never {} {one} together with {other}", verbs_of(&ALL, verbs));
        }
        if let Some((data, whose)) = self.more.acts_for {
            let data = Self::name('d', self.sizes.data, data);
            let whose = if whose % 2 == 0 { self.kind(whose / 2) } else { "r0".to_owned() };
            let _ = writeln!(out, "for {data} we act for {whose}");
        }
        out + &self.opened()
    }

    /// What is open, and its member in a block of its own.
    fn opened(&self) -> String {
        let Some(open) = self.more.open else { return "```\n".to_owned() };
        let (word, name) = match open % 4 {
            0 => ("purpose", "u0"),
            1 => ("data", "d0"),
            _ => ("recipient", "r0"),
        };
        format!(
            "open {name} by a0\n```\n\n```upheld added\n{word} m0 is {name} \"Came later\" added 2026-12-01 by a0\n```\n"
        )
    }

    fn basis(&self, purpose: usize) -> &'static str {
        match purpose {
            0 if self.more.interest => ", basis legitimate_interest \"assessment 1\"",
            1 if self.more.interest && self.more.compatible => ", compatible with u0 \"the same people\"",
            _ => "",
        }
    }

    fn name(letter: char, count: usize, pick: Pick) -> String {
        format!("{letter}{}", usize::from(pick) % count)
    }

    fn list(letter: char, count: usize, picks: &[Pick]) -> String {
        picks.iter().map(|pick| Self::name(letter, count, *pick)).collect::<Vec<_>>().join(", ")
    }

    fn kind(&self, pick: Pick) -> String {
        Self::name('k', self.sizes.kinds, pick)
    }

    /// A purpose, or a ground, which is one too.
    fn purpose(&self, pick: Pick) -> String {
        let (purposes, grounds) = (self.sizes.purposes, self.sizes.grounds);
        let at = usize::from(pick) % (purposes + grounds);
        if at < purposes { format!("u{at}") } else { format!("g{}", at - purposes) }
    }

    fn purposes(&self, picks: &[Pick]) -> String {
        picks.iter().map(|pick| self.purpose(*pick)).collect::<Vec<_>>().join(", ")
    }

    /// Parties: those with a name, and those called by what they are to the person.
    fn parties(letter: char, count: usize, picks: &[Pick]) -> String {
        let party = |pick: &Pick| match pick % 8 {
            0 => "their t0".to_owned(),
            1 => "themselves".to_owned(),
            _ => Self::name(letter, count, pick / 8),
        };
        picks.iter().map(party).collect::<Vec<_>>().join(", ")
    }

    fn givers(&self, picks: &[Pick]) -> String {
        let giver = |pick: &Pick| match pick % 8 {
            0 => "us".to_owned(),
            1 => "themselves".to_owned(),
            _ => self.kind(pick / 8),
        };
        picks.iter().map(giver).collect::<Vec<_>>().join(", ")
    }

    fn collect(&self, collect: &DraftCollect, out: &mut String) {
        let may = if collect.may { " may" } else { "" };
        let _ = write!(out, "we{may} collect {}", Self::list('d', self.sizes.data, &collect.data));
        let (mut of, from) = (collect.of, collect.from);
        if of.is_none() && from.is_none() {
            of = Some(0);
        }
        if let Some(of) = of {
            let _ = write!(out, " of {}", self.kind(of));
        }
        if let Some(from) = from {
            let _ = write!(out, " from {}", self.kind(from));
        }
        let at = Self::list('p', self.sizes.points, &collect.at);
        let _ = writeln!(out, " at {at} for {}", self.purposes(&collect.purposes));
    }

    fn choice(&self, choice: &DraftChoice, out: &mut String) {
        let who = match (choice.by, choice.who) {
            (true, _) => "their t0".to_owned(),
            (false, Some(who)) => self.kind(who),
            (false, None) => "every person".to_owned(),
        };
        // Whose choice it is that another makes.
        let of = match choice.who.filter(|_| choice.by) {
            Some(kind) => format!(" of {}", self.kind(kind)),
            None => String::new(),
        };
        let verb = if choice.agree { "agree to" } else { "refuse" };
        let _ = match &choice.that {
            Some((verbs, data)) => writeln!(
                out,
                "{who} may {verb} that we {} {} for {}{of}",
                verbs_of(&HOUSE, *verbs),
                Self::list('d', self.sizes.data, data),
                if choice.another { "another purpose".to_owned() } else { self.purposes(&choice.purposes) }
            ),
            None if self.objects(choice) => {
                let to = if choice.agree { " to u0" } else { "" };
                writeln!(out, "{who} may object{to}{}{of}", if to.is_empty() { " via email" } else { "" })
            }
            None => writeln!(out, "{who} may {verb} {}{of}", self.purposes(&choice.purposes)),
        };
    }

    /// Whether a choice is an objection: there must be something that rests on an interest.
    fn objects(&self, choice: &DraftChoice) -> bool {
        choice.objects && self.more.interest && choice.that.is_none()
    }

    fn gate(&self, gate: &DraftGate, out: &mut String) {
        let whom = gate.of.map_or("every person".to_owned(), |of| self.kind(of));
        let place = Place { top: true, permits: false, lock: None };
        let (words, _) = self.words(&gate.phrases, place, None);
        let _ = writeln!(out, "we must notify {whom} of n0 before we {}", words.join(" "));
    }

    /// Writes a line and those below it; `above` says what the line above is.
    fn rule(&self, rule: &DraftRule, above: Option<Above>, depth: usize, out: &mut String) {
        let phrases = &rule.phrases;
        let top = above.is_none();
        let own = rule.own.filter(|_| top && rule.opens && phrases.of.is_none() && phrases.data.is_some());
        // `we collect …` without `may` begins another sentence.
        let collects = phrases.verbs.is_some_and(|(_, mask)| {
            [&INSIDE[..], &ALL[..]].iter().any(|verbs| chosen(verbs, mask)[0] == Action::Collect)
        });
        let locks = top && own.is_none() && (rule.opens || (rule.who.is_none() && !collects));
        let lock = rule.lock.filter(|_| locks);
        let (start, permits) = match above {
            None => {
                let who = match (&own, &rule.who) {
                    (Some(Some(kind)), _) => self.kind(*kind),
                    (Some(None), _) => "every person".to_owned(),
                    (None, Some(who)) => Self::parties('a', self.sizes.roles, who),
                    (None, None) => "we".to_owned(),
                };
                (format!("{who} {}", if rule.opens { "may" } else { "never" }), rule.opens)
            }
            Some(above) if above.permits => ("but never".to_owned(), false),
            Some(_) if rule.grants => ("but may".to_owned(), true),
            Some(_) => ("except".to_owned(), false),
        };
        let (mut words, here) = self.words(phrases, Place { top, permits, lock }, above);
        // Only what is locked may leave `never` out.
        let locks = words.iter().any(|word| word.starts_with("only "));
        let start = if locks && !permits { "we".to_owned() } else { start };
        if own.is_some() {
            words.insert(1, "their own".to_owned());
        }
        if let Some(who) = rule.who.as_ref().filter(|_| !top) {
            words.push(format!("by {}", Self::parties('a', self.sizes.roles, who)));
        }
        if rule.once && permits && here.counted && !here.shaped {
            words.push("once".to_owned());
        }
        let _ = writeln!(out, "{}{start} {}", "  ".repeat(depth), words.join(" "));
        if start != "except" {
            for child in &rule.below {
                self.rule(child, Some(here), depth + 1, out);
            }
        }
    }

    /// The words of a line, and what the lines below it take from it.
    fn words(&self, phrases: &DraftPhrases, place: Place, above: Option<Above>) -> (Vec<String>, Above) {
        let Place { top, permits, lock } = place;
        let mut words = Vec::new();
        let mut discloses = above.and_then(|above| above.discloses);
        let mut counted = above.is_none_or(|above| above.counted);
        if let Some((disclose, mask)) = phrases.verbs.or(top.then_some((false, 0))) {
            let mixed = mask.is_multiple_of(5) && !permits && phrases.recipients.is_none();
            let verbs = match (mixed, disclose, permits) {
                (true, ..) => &ALL[..],
                (_, true, _) => &OUTSIDE[..],
                (_, false, true) => &HOUSE[..],
                (_, false, false) => &INSIDE[..],
            };
            words.push(verbs_of(verbs, mask));
            discloses = Some(disclose).filter(|_| !mixed);
            counted = chosen(verbs, mask).iter().all(|action| *action == Action::Use || action.discloses());
        }
        match &phrases.data {
            Some(data) => words.push(Self::list('d', self.sizes.data, data)),
            None if top => words.push("anything".to_owned()),
            None => {}
        }
        let mut said: Vec<(bool, String)> = Vec::new();
        if let Some(of) = &phrases.of {
            said.push((true, format!("of {}", Self::list('k', self.sizes.kinds, of))));
        }
        if let Some(from) = &phrases.from {
            said.push((false, format!("from {}", self.givers(from))));
        }
        if let Some(at) = &phrases.at {
            said.push((true, format!("at {}", Self::list('p', self.sizes.points, at))));
        }
        match &phrases.purposes {
            Some(purposes) => said.push((true, format!("for {}", self.purposes(purposes)))),
            None if top && !permits && phrases.another => said.push((false, "for another purpose".to_owned())),
            None if permits && phrases.on.is_none() => said.push((true, format!("for {}", self.purpose(0)))),
            None => {}
        }
        // Above an indented line without a verb something must disclose; a permission to disclose must say with whom.
        if discloses == Some(true) {
            let with = match &phrases.recipients {
                Some(Some(named)) => Some(Self::parties('r', self.sizes.recipients, named)),
                Some(None) => Some("anyone".to_owned()),
                None => permits.then(|| "r0".to_owned()),
            };
            said.extend(with.map(|with| (true, format!("with {with}"))));
        } else if discloses.is_none() && permits {
            // The verbs above are mixed: a permission below them that names nobody would not be whole.
            words.insert(0, "use".to_owned());
            counted = true;
        }
        let mut bare = above.is_some_and(|above| above.bare);
        let mut shaped = above.is_some_and(|above| above.shaped);
        if let Some(shape) = phrases.shape.or((permits && bare).then_some(3)) {
            bare = shape % 6 == 2 && !permits;
            shaped = true;
            let form = match shape % 6 {
                0 | 1 => "as pseudonym".to_owned(),
                2 if !permits => "as aggregate".to_owned(),
                n => format!("as aggregate of {}", [2, 5, 10][usize::from(n) % 3]),
            };
            said.push((true, form));
        }
        if let Some(on) = phrases.on {
            said.push((true, format!("on {}", Self::name('g', self.sizes.grounds, on))));
        }
        if let Some(condition) = &phrases.condition {
            said.push((condition.0, self.condition(condition)));
        }
        let can_lock: Vec<usize> = (0..said.len()).filter(|at| said[*at].0).collect();
        // Most phrases that can be locked are names and purposes: of the others more are locked.
        let place = said.iter().position(|(_, phrase)| phrase.starts_with("at "));
        let locked = lock.and_then(|pick| match pick % 4 {
            0 | 2 => can_lock.last().copied(),
            1 if place.is_some() => place,
            _ => can_lock.get(usize::from(pick / 2) % can_lock.len().max(1)).copied(),
        });
        for (at, (_, phrase)) in said.into_iter().enumerate() {
            words.push(if locked == Some(at) { format!("only {phrase}") } else { phrase });
        }
        if words.is_empty() {
            words.push("for u0".to_owned());
        }
        (words, Above { permits, discloses, bare, counted, shaped })
    }

    fn condition(&self, (holds, or, parts): &DraftCondition) -> String {
        let choices = self.offered();
        let part = |(sort, pick): &(u8, Pick)| match (sort % 3, choices.get(usize::from(*pick) % choices.len().max(1)))
        {
            (1 | 2, Some((name, by))) => {
                let who = if *by { "their t0 has" } else { "they have" };
                format!("{who} {} {name}", if sort % 3 == 1 { "agreed to" } else { "refused" })
            }
            _ => self.kind(*pick),
        };
        let word = match (holds, parts[0].0 % 2) {
            (true, 0) => "if",
            (true, _) => "while",
            (false, _) => "unless",
        };
        let parts: Vec<String> = parts.iter().map(part).collect();
        format!("{word} {}", parts.join(if *or { " or " } else { " and " }))
    }

    /// Choices that a condition can name: those called as a purpose, and whether another makes them.
    fn offered(&self) -> Vec<(String, bool)> {
        let mut out: BTreeMap<String, bool> = BTreeMap::new();
        for choice in self.choices.iter().filter(|choice| choice.that.is_none()) {
            let purposes = if self.objects(choice) {
                let all = !choice.agree && self.more.compatible;
                if all { vec!["u0".to_owned(), "u1".to_owned()] } else { vec!["u0".to_owned()] }
            } else {
                choice.purposes.iter().map(|pick| self.purpose(*pick)).collect()
            };
            for purpose in purposes {
                out.entry(purpose).or_insert(choice.by);
            }
        }
        out.into_iter().collect()
    }
}

const HOUSE: [Action; 4] = [Action::Use, Action::Change, Action::Erase, Action::Block];
const INSIDE: [Action; 6] =
    [Action::Use, Action::Collect, Action::Require, Action::Change, Action::Erase, Action::Block];
const OUTSIDE: [Action; 4] = [Action::Share, Action::Sell, Action::Rent, Action::Transfer];
const ALL: [Action; 5] = [Action::Use, Action::Share, Action::Collect, Action::Sell, Action::Require];

/// Some of the verbs, at least one.
fn chosen(verbs: &[Action], mask: u8) -> Vec<Action> {
    let first = usize::from(mask) % verbs.len();
    (0..verbs.len())
        .filter(|at| *at == first || (mask / 16) & (1 << at) != 0 && mask.is_multiple_of(3))
        .map(|at| verbs[at])
        .collect()
}

fn verbs_of(verbs: &[Action], mask: u8) -> String {
    chosen(verbs, mask).iter().map(|action| action.word()).collect::<Vec<_>>().join(", ")
}
