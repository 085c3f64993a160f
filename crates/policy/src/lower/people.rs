//! Kinds of person that age and region decide, and where they stand for a capacity in which nobody is recorded.

use std::collections::BTreeSet;

use upheld_decide::{Bracket, Bracketed, Brackets, Kind as PersonKind, MOST_SORTS, Place};
use upheld_document::{Diagnostic, Span, nearest};

use super::names::On;
use super::{Lowering, Numbered};
use crate::places::{is_country, places};
use crate::syntax::ast::{self, Kind, Name, Sentence};

/// Nobody is known to have grown older.
const OLDEST: u32 = 130;

/// The most ages and places that a policy names.
const MOST_AGES: usize = 24;
const MOST_PLACES: usize = 320;
const MOST_KINDS: usize = 64;

/// Reads the lines below kinds of person. What age and region decide has no beginning: it is a fact of the day.
pub(super) fn brackets(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    let mut out = Brackets::default();
    let mut found: Vec<Found<'_>> = Vec::new();
    for Numbered { sentence, index, .. } in sentences {
        let Kind::Person { names, .. } = &sentence.kind else { continue };
        if !sentence.children.iter().any(|line| matches!(line.kind, Kind::Bracket(_) | Kind::UnknownAge)) {
            continue;
        }
        for name in names {
            if let Some(id) = lowering.resolver.find(On::Kinds, &name.text) {
                found.push(Found { kind: PersonKind(id), sentence, index: *index, span: name.span });
            }
        }
        let begun = |line: &&Sentence| matches!(line.kind, Kind::BeginsAt(_) | Kind::EndsAt(_));
        if let Some(line) = sentence.children.iter().find(begun) {
            lowering.report(
                Diagnostic::error("UP0232", "a kind by age or region begins and ends with these, and at no point")
                    .at(line.span, "")
                    .help("take the line out; who must also be one that begins somewhere, says so after `is`: `person child is customer`"),
            );
        }
    }
    let wrong = lowering.resolver.diagnostics.len();
    // What the lines name, before they are read: a band lies between two ages, whoever names them.
    for one in &found {
        name_all(lowering, one.sentence, &mut out);
    }
    out.ages.sort_unstable();
    out.ages.dedup();
    let too_many = out.ages.len() > MOST_AGES || out.places.len() > MOST_PLACES || found.len() > MOST_KINDS;
    if too_many {
        too_much(lowering, &found);
        return;
    }
    for Found { kind, sentence, index, .. } in &found {
        let lines = sentence.children.iter().filter_map(|line| bracket(&line.kind, &out)).collect();
        let unknown_age = sentence.children.iter().any(|line| line.kind == Kind::UnknownAge);
        out.kinds.push(Bracketed { kind: *kind, sentence: *index, lines, unknown_age, within: Vec::new() });
    }
    out.kinds.sort_by_key(|one| one.kind);
    out.kinds.dedup_by_key(|one| one.kind);
    let axis = &lowering.resolver.names.kinds;
    let all: BTreeSet<PersonKind> = out.kinds.iter().map(|one| one.kind).collect();
    for one in &mut out.kinds {
        let above = axis.parents(one.kind.0).iter().map(|parent| PersonKind(*parent));
        // A circle is reported elsewhere.
        one.within = above.filter(|kind| all.contains(kind) && !axis.is_within(kind.0, one.kind.0)).collect();
    }
    below_them(lowering, sentences, &all);
    if out.sorts().len() > MOST_SORTS {
        too_much(lowering, &found);
        return;
    }
    let sorts = out.sorts();
    // What is wrong with a line is said already; without it the kind may well be empty.
    let whole = lowering.resolver.diagnostics.len() == wrong;
    for (at, one) in out.kinds.iter().enumerate().filter(|_| whole) {
        if !sorts.iter().any(|sort| sort.get(at) == Some(&Some(true))) {
            let span = found.iter().find(|known| known.kind == one.kind).map(|known| known.span).unwrap_or_default();
            lowering.report(
                Diagnostic::error("UP0233", "nobody can be of this kind: its ages and places exclude each other")
                    .at(span, "")
                    .help("widen a line, or the kind above it: `under 13 in US`"),
            );
        }
    }
    lowering.resolver.names.brackets = out;
}

/// A kind that age and region decide, and where it is declared.
struct Found<'s> {
    kind: PersonKind,
    sentence: &'s Sentence,
    index: u16,
    span: Span,
}

fn too_much(lowering: &mut Lowering<'_>, found: &[Found<'_>]) {
    let last = found.last().map(|one| one.span).unwrap_or_default();
    lowering.report(
        Diagnostic::error("UP0234", "kinds of person tell too many ages and places apart")
            .at(last, "")
            .note(format!("a policy names at most {MOST_AGES} ages, {MOST_PLACES} places and {MOST_KINDS} such kinds, and tells {MOST_SORTS} sorts of people apart"))
            .help("name a group of countries (`EEA`), and ages that several kinds share"),
    );
}

/// Notes the ages and places of a kind, and reports what is wrong with them.
fn name_all(lowering: &mut Lowering<'_>, sentence: &Sentence, out: &mut Brackets) {
    let mut seen: Vec<String> = Vec::new();
    let mut aged = false;
    for line in &sentence.children {
        let Kind::Bracket(line) = &line.kind else { continue };
        for (age, span) in [line.from, line.under].into_iter().flatten() {
            aged = true;
            match u8::try_from(age).ok().filter(|_| (1..=OLDEST).contains(&age)) {
                Some(age) => out.ages.push(age),
                None => lowering.report(
                    Diagnostic::error("UP0233", format!("nobody is told apart by the age of {age}"))
                        .at(span, "")
                        .help(format!("an age is a number of years from 1 to {OLDEST}")),
                ),
            }
        }
        for place in &line.places {
            note_place(lowering, place, out);
        }
        twice(lowering, line, sentence.span, &mut seen);
    }
    let bare =
        |line: &&Sentence| matches!(&line.kind, Kind::Bracket(line) if line.from.is_none() && line.under.is_none());
    if aged && let Some(line) = sentence.children.iter().find(bare) {
        lowering.report(
            Diagnostic::error("UP0233", "this line names no ages, and others of this kind do")
                .at(line.span, "everybody there, of whatever age?")
                .help("say ages and place in one line: `under 13 in US`; who is of a kind by region alone stands in a kind of its own"),
        );
    }
    if !aged && let Some(line) = sentence.children.iter().find(|line| line.kind == Kind::UnknownAge) {
        lowering.report(
            Diagnostic::error("UP0233", "this kind names no age that could be unknown")
                .at(line.span, "")
                .help("say the age: `under 13 in US`; or take the line out"),
        );
    }
}

/// A place, or the ages of everybody, that two lines speak of.
fn twice(lowering: &mut Lowering<'_>, line: &ast::Bracket, whole: Span, seen: &mut Vec<String>) {
    let anywhere = Name { text: "elsewhere".to_owned(), span: whole };
    let words = if line.places.is_empty() { std::slice::from_ref(&anywhere) } else { line.places.as_slice() };
    for word in words {
        if seen.contains(&word.text) {
            lowering.report(
                Diagnostic::error("UP0233", format!("two lines speak of `{}`", word.text))
                    .at(word.span, "")
                    .help("say it in one line: `13 or over and under 16 in US`"),
            );
        }
        seen.push(word.text.clone());
    }
}

fn note_place(lowering: &mut Lowering<'_>, place: &Name, out: &mut Brackets) {
    let known = places();
    let group = known.group.get(&place.text);
    if group.is_none() && !is_country(&place.text) {
        let diagnostic = Diagnostic::error("UP0233", format!("`{}` is no place", place.text)).at(place.span, "");
        let upper = place.text.to_ascii_uppercase();
        // The code of the United Kingdom is often taken for its name.
        let meant = match upper.as_str() {
            "UK" => Some("GB".to_owned()),
            "USA" => Some("US".to_owned()),
            _ if is_country(&upper) => Some(upper),
            _ => nearest(&place.text, known.group.keys().map(String::as_str)).map(str::to_owned),
        };
        lowering.report(match meant {
            Some(meant) => diagnostic.suggest(format!("did you mean `{meant}`?"), place.span, meant),
            None => diagnostic.help("a place is a country of ISO 3166 (`US`), a part of one (`US-CA`), `EU` or `EEA`"),
        });
        return;
    }
    if !out.places.iter().any(|known| known.name == place.text) {
        let countries = group.map(|group| group.countries.clone()).unwrap_or_default();
        out.places.push(Place { name: place.text.clone(), countries });
    }
}

fn bracket(line: &Kind, all: &Brackets) -> Option<Bracket> {
    let Kind::Bracket(line) = line else { return None };
    let age = |said: Option<(u32, Span)>| said.and_then(|(age, _)| u8::try_from(age).ok());
    let number = |place: &Name| {
        let at = all.places.iter().position(|known| known.name == place.text)?;
        u16::try_from(at).ok()
    };
    Some(Bracket {
        places: line.places.iter().filter_map(number).collect(),
        from: age(line.from),
        under: age(line.under),
    })
}

/// Who is of a kind by age or region today may be none tomorrow: what stands below it is of the same sort.
fn below_them(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>], all: &BTreeSet<PersonKind>) {
    for Numbered { sentence, .. } in sentences {
        let Kind::Person { names, parents, .. } = &sentence.kind else { continue };
        let is = |lowering: &mut Lowering<'_>, name: &Name| {
            lowering.resolver.find(On::Kinds, &name.text).is_some_and(|id| all.contains(&PersonKind(id)))
        };
        let Some(above) = parents.iter().find(|parent| is(lowering, parent)) else { continue };
        if let Some(name) = names.iter().find(|name| !is(lowering, name)) {
            lowering.report(
                Diagnostic::error(
                    "UP0232",
                    format!("`{}` stands below `{}`, which age or region decides", name.text, above.text),
                )
                .at(above.span, "")
                .help(format!(
                    "say below `{}` for which ages or places it is: `under 7 in US`; or take `{}` out",
                    name.text, above.text
                )),
            );
        }
    }
}

impl Lowering<'_> {
    fn is_bracketed(&self, kind: PersonKind) -> bool {
        self.resolver.names.brackets.of(kind).is_some()
    }

    /// A kind in the capacity of which somebody is recorded; one that age or region decides is none.
    pub(super) fn capacity(&mut self, name: &Name) -> Option<PersonKind> {
        let kind = self.resolver.kind(name)?;
        if self.is_bracketed(kind) {
            self.report(
                Diagnostic::error("UP0232", format!("nobody is recorded as `{}`: age or region decides it day by day", name.text))
                    .at(name.span, "a capacity is wanted")
                    .help(format!(
                        "name the kind in which they are recorded (`customer`), and say of `{0}` what may or may never happen: `we never collect email of {0}`",
                        name.text
                    )),
            );
            return None;
        }
        Some(kind)
    }

    pub(super) fn capacities(&mut self, names: &[Name]) -> Vec<PersonKind> {
        names.iter().filter_map(|name| self.capacity(name)).collect()
    }

    /// `of K` in a rule: in which capacities data was taken, and what the person is now.
    pub(super) fn whose(&mut self, names: &[Name]) -> (Option<Vec<PersonKind>>, Vec<PersonKind>) {
        let kinds = self.resolver.kinds(names);
        let (now, taken): (Vec<PersonKind>, Vec<PersonKind>) = kinds.iter().partition(|kind| self.is_bracketed(**kind));
        if now.is_empty() {
            return (Some(taken), now);
        }
        let axis = &self.resolver.names.kinds;
        let recorded = |kind: &PersonKind| -> BTreeSet<u16> {
            let above = axis.above(kind.0).into_iter().filter(|above| !self.is_bracketed(PersonKind(*above)));
            // The nearest say it: what is above them has them below.
            let above: Vec<u16> = above.collect();
            let nearest = |id: &u16| !above.iter().any(|other| other != id && axis.is_within(*other, *id));
            above.iter().copied().filter(nearest).collect()
        };
        let sets: BTreeSet<BTreeSet<u16>> = now.iter().map(recorded).collect();
        if (!taken.is_empty() || sets.len() > 1)
            && let (Some(first), Some(last)) = (names.first(), names.last())
        {
            self.report(
                Diagnostic::error("UP0232", "data of these kinds is not told in one line: of some the capacity counts, of others what they are now")
                    .at(first.span.to(last.span), "")
                    .help("give each a line of its own"),
            );
        }
        let of: Vec<PersonKind> = sets.into_iter().next().unwrap_or_default().into_iter().map(PersonKind).collect();
        ((!of.is_empty()).then_some(of), now)
    }
}
