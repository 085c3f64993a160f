//! Duties, value by value: everything of a policy beside its decisions.
//!
//! `said` lists what a policy says, each thing under what it is called; here two such lists are laid side by side. What lies under one
//! name on both sides is compared measure by measure, each with its order: longer, more to give, fewer ways to act.

mod data;
mod measure;
mod people;
mod said;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

use upheld_decide::{Compiled, Period};

use super::words::{grouped, listed};
use super::{Direction, Kind, Line, deciding};
use measure::{Measure, Sense};
use said::Vocabularies;

/// What something is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// What it is about: `period`, `right`.
    about: &'static str,
    /// Whose, and what of it: `of customer`, `every person may ask for see`.
    place: String,
    /// Where it was taken, of what depends on that.
    point: String,
    /// Of which data; empty: of none.
    element: String,
}

/// One thing that a policy says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    words: String,
    /// What it means for people that it is there, and that it is there no more.
    added: Sense,
    gone: Sense,
    measures: Vec<(&'static str, Measure)>,
    sentence: Option<u16>,
}

impl Item {
    /// Whether it says the same, wherever it stands.
    fn is_like(&self, other: &Self) -> bool {
        self.words == other.words && self.measures == other.measures
    }
}

/// What a policy says, by what it is called.
type Said = BTreeMap<Key, Vec<Item>>;

/// What becomes of one thing, without its element and its point: those of which the same becomes are one line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    about: &'static str,
    place: String,
    kind: Kind,
    sense: Sense,
    before: Vec<Item>,
    now: Vec<Item>,
}

pub(super) fn duties(old: &Compiled, new: &Compiled) -> Vec<Line> {
    let both = Vocabularies::new(old, new);
    let (before, now) = (both.said(old), both.said(new));
    let keys: BTreeSet<&Key> = before.keys().chain(now.keys()).collect();
    let nothing = Vec::new();
    // By what becomes of it, and by point: the elements.
    let mut changes: BTreeMap<(Change, String), BTreeSet<String>> = BTreeMap::new();
    // All points and elements of a place: what holds of all of them need not name them.
    type Whole<'k> = (BTreeSet<&'k str>, BTreeSet<String>);
    let mut whole: BTreeMap<(&str, &str), Whole<'_>> = BTreeMap::new();
    for key in keys {
        let here = whole.entry((key.about, key.place.as_str())).or_default();
        here.0.insert(&key.point);
        here.1.insert(key.element.clone());
        let (was, is) = (before.get(key).unwrap_or(&nothing), now.get(key).unwrap_or(&nothing));
        if let Some((kind, sense)) = changed(was, is) {
            let change = Change {
                about: key.about,
                place: key.place.clone(),
                kind,
                sense,
                before: was.clone(),
                now: is.clone(),
            };
            changes.entry((change, key.point.clone())).or_default().insert(key.element.clone());
        }
    }
    let mut lines: BTreeMap<(Change, BTreeSet<String>), BTreeSet<String>> = BTreeMap::new();
    for ((change, point), elements) in changes {
        lines.entry((change, elements)).or_default().insert(point);
    }
    let mut out: Vec<Line> = lines
        .iter()
        .map(|((change, elements), points)| {
            let every = whole.get(&(change.about, change.place.as_str()));
            let all = every.map(|(_, elements)| elements.clone()).unwrap_or_default();
            let data = listed(&grouped(&[&new.names.data, &old.names.data], elements, &all));
            let everywhere = every.is_some_and(|(all, _)| all.len() == points.len());
            let at = if everywhere && change.about != "intake" {
                String::new()
            } else {
                listed(&points.iter().cloned().collect::<Vec<_>>())
            };
            line((old, new), change, said::worded(change.about, &change.place, &data, &at))
        })
        .collect();
    out.sort_by_key(|line| said::ORDER.iter().position(|about| *about == line.about));
    out
}

/// What becomes of what is said under one name; none when it stays.
fn changed(was: &[Item], is: &[Item]) -> Option<(Kind, Sense)> {
    let less = |all: &[Item], other: &[Item]| {
        let mut left: Vec<Item> = other.to_vec();
        let mut out = Vec::new();
        for item in all {
            match left.iter().position(|same| same.is_like(item)) {
                Some(at) => drop(left.remove(at)),
                None => out.push(item.clone()),
            }
        }
        out
    };
    let (gone, come) = (less(was, is), less(is, was));
    let sense = match (gone.as_slice(), come.as_slice()) {
        ([], []) => return None,
        ([gone], [come]) => measure::compare(&gone.measures, &come.measures),
        ([], come) => Sense::of_all(come.iter().map(|item| item.added)),
        (gone, []) => Sense::of_all(gone.iter().map(|item| item.gone)),
        _ => Sense::Unsure,
    };
    let kind = match (was, is) {
        ([], _) => Kind::Added,
        (_, []) => Kind::Gone,
        _ => Kind::Changed,
    };
    Some((kind, sense))
}

fn line((old, new): (&Compiled, &Compiled), change: &Change, words: String) -> Line {
    let said = |items: &[Item]| -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for item in items.iter().filter(|item| !item.words.is_empty()) {
            if !out.contains(&item.words) {
                out.push(item.words.clone());
            }
        }
        if out.is_empty() { out } else { vec![out.join("; ")] }
    };
    let sentences = |items: &[Item]| items.iter().filter_map(|item| item.sentence).collect::<Vec<_>>();
    Line {
        kind: change.kind,
        direction: match change.sense {
            Sense::Weaker => Direction::Weaker,
            Sense::Stronger => Direction::Stronger,
            Sense::Harmless | Sense::Unsure => Direction::Either,
        },
        weakens: matches!(change.sense, Sense::Weaker | Sense::Unsure),
        about: change.about,
        words,
        before: said(&change.before),
        now: said(&change.now),
        old: deciding(old, sentences(&change.before)),
        new: deciding(new, sentences(&change.now)),
        questions: 0,
        reach: None,
    }
}

fn length(period: Period) -> String {
    use upheld_decide::Unit;
    let unit = match period.unit {
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Year => "year",
    };
    format!("{} {unit}{}", period.count, if period.count == 1 { "" } else { "s" })
}
