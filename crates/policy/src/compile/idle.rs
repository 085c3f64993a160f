//! Sentences that change nothing: the policy is compiled without each of them, and the tables are compared.

use std::collections::BTreeSet;

use upheld_decide::{Fact, MOST_FACTS, Table};

use super::conflict::Conflicts;
use super::flatten::flatten_with;
use super::fold::{self, Factors};
use super::region::Space;
use super::same::{guards, same, surely_decide};
use crate::model::{Force, Model, Rule};
use crate::reason::People;

/// The most sentences that are tried.
const MOST_TRIED: usize = 300;

/// The most cells that are filled in trying them.
const MOST_FILLED: usize = 40_000_000;

/// Permissions and indented lines without which every question would be answered alike, of two that say the same the later
/// one; and promises with a condition that stand beside no permission. A promise without a condition is never one: it says
/// what no sentence may permit.
///
/// The model is one that compiles.
#[must_use]
pub(crate) fn idle(model: &Model) -> Vec<u16> {
    let space = Space::new(model);
    let whole = flatten_with(&space, &model.rules, Vec::new());
    let facts = whole.facts.clone();
    let people = People::new(&model.names, &facts);
    let Some(mut table) = folded(&space, &model.rules, &facts) else { return Vec::new() };
    let mut rules = model.rules.clone();
    let promises: BTreeSet<u16> =
        rules.iter().filter(|rule| rule.force == Force::Never && !rule.lock).map(|rule| rule.sentence).collect();
    let mut sure = surely_decide(&people, &table);
    let mut candidates = Vec::new();
    candidates_of(&rules, &mut candidates);
    let (mut tried, mut filled) = (0, 0_usize);
    let mut out = BTreeSet::new();
    for sentence in candidates.into_iter().rev() {
        // What holds once narrows what the sentence permits that collects it.
        if sure.contains(&sentence) || model.once.contains(&sentence) {
            continue;
        }
        if promises.contains(&sentence) {
            // A promise with a condition that every permission fulfils by itself is kept, and not idle.
            if !guards(&table).contains(&sentence) {
                out.insert(sentence);
            }
            continue;
        }
        tried += 1;
        filled = filled.saturating_add(table.cells.len());
        if tried > MOST_TRIED || filled > MOST_FILLED {
            break;
        }
        let less = without(&rules, sentence);
        let Some(other) = folded(&space, &less, &facts) else { continue };
        if same(&people, &table, &other) {
            out.insert(sentence);
            (rules, table) = (less, other);
            sure = surely_decide(&people, &table);
        }
    }
    // Of a sentence that changes nothing the lines below it need not be named.
    let mut below = BTreeSet::new();
    lines_below(&model.rules, false, &out, &mut below);
    out.into_iter().filter(|sentence| !below.contains(sentence)).collect()
}

/// The table of some rules; none when they do not compile, for then whatever is left out is needed.
fn folded(space: &Space<'_>, rules: &[Rule], facts: &[Fact]) -> Option<Table> {
    let flat = flatten_with(space, rules, facts.to_vec());
    if flat.too_many || flat.facts.len() > MOST_FACTS {
        return None;
    }
    let factors = Factors::new(space, &flat.rules)?;
    let mut conflicts = Conflicts::new(space, facts);
    let table = fold::table(space, &factors, |met| conflicts.meet(&met)).ok()?;
    conflicts.is_empty().then_some(table)
}

/// In document order: a rule stands before its lines.
fn candidates_of(rules: &[Rule], out: &mut Vec<u16>) {
    // A lock that narrows nothing holds as a promise.
    for rule in rules.iter().filter(|rule| !rule.lock) {
        if rule.force != Force::Never || !rule.when.is_empty() {
            out.push(rule.sentence);
        }
        candidates_of(&rule.children, out);
    }
}

fn without(rules: &[Rule], sentence: u16) -> Vec<Rule> {
    let others = rules.iter().filter(|rule| rule.sentence != sentence);
    others.map(|rule| Rule { children: without(&rule.children, sentence), ..rule.clone() }).collect()
}

fn lines_below(rules: &[Rule], inside: bool, idle: &BTreeSet<u16>, out: &mut BTreeSet<u16>) {
    for rule in rules {
        if inside {
            out.insert(rule.sentence);
        }
        lines_below(&rule.children, inside || idle.contains(&rule.sentence), idle, out);
    }
}
