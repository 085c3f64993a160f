//! Sentences that change nothing: the policy is compiled without each of them, and the tables are compared.

use std::collections::{BTreeSet, HashMap};

use upheld_decide::{Entry, Fact, MOST_FACTS, Table};

use super::conflict::Conflicts;
use super::flatten::flatten_with;
use super::fold::{self, Factors};
use super::region::Space;
use super::same::{alike, content, same, surely_decide};
use crate::model::{Force, Model, Rule};
use crate::reason::People;

/// The most lines that are tried.
const MOST_TRIED: usize = 300;

/// The most cells that are filled in trying them.
const MOST_FILLED: usize = 10_000_000;

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
    let Some(table) = folded(&space, &model.rules, &facts) else { return Vec::new() };
    let mut rules = model.rules.clone();
    let promises: BTreeSet<u16> =
        rules.iter().filter(|rule| rule.force == Force::Never && !rule.lock).map(|rule| rule.sentence).collect();
    let top: BTreeSet<u16> = rules.iter().map(|rule| rule.sentence).collect();
    // What decides surely goes on doing so when others are gone.
    let sure = surely_decide(&people, &table);
    let mut left = Remains::of(table);
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
            if !left.guards(sentence) {
                out.insert(sentence);
            }
            continue;
        }
        if top.contains(&sentence) {
            // Each sentence is folded by itself: without one, its entries are gone from the table and nothing else is.
            let gone = with_lines(&rules, sentence);
            if left.same_without(&people, &gone) {
                out.insert(sentence);
                left.drop(&gone);
                rules = without(&rules, sentence);
            }
            continue;
        }
        // A line reaches into what stands above it.
        if left.is_older() {
            let Some(table) = folded(&space, &rules, &facts) else { break };
            left = Remains::of(table);
        }
        tried += 1;
        filled = filled.saturating_add(left.table.cells.len());
        if tried > MOST_TRIED || filled > MOST_FILLED {
            break;
        }
        let less = without(&rules, sentence);
        let Some(other) = folded(&space, &less, &facts) else { continue };
        if same(&people, &left.table, &other) {
            out.insert(sentence);
            rules = less;
            left = Remains::of(other);
        }
    }
    // Of a sentence that changes nothing the lines below it need not be named.
    let mut below = BTreeSet::new();
    lines_below(&model.rules, false, &out, &mut below);
    out.into_iter().filter(|sentence| !below.contains(sentence)).collect()
}

/// A table of which some sentences are gone.
struct Remains {
    table: Table,
    gone: BTreeSet<u16>,
    /// The cells in which a sentence stands.
    cells: HashMap<u16, Vec<u32>>,
}

impl Remains {
    fn of(table: Table) -> Self {
        let mut cells: HashMap<u16, Vec<u32>> = HashMap::new();
        for (cell, (start, _, end)) in (0_u32..).zip(&table.spans) {
            for entry in table.entries.get(*start as usize..*end as usize).unwrap_or_default() {
                let of = cells.entry(entry.sentence).or_default();
                if of.last() != Some(&cell) {
                    of.push(cell);
                }
            }
        }
        Self { table, gone: BTreeSet::new(), cells }
    }

    /// Whether sentences are gone that still stand in the table.
    fn is_older(&self) -> bool {
        !self.gone.is_empty()
    }

    fn drop(&mut self, sentences: &BTreeSet<u16>) {
        self.gone.extend(sentences);
    }

    /// What is left of a cell: permissions and prohibitions.
    fn content(&self, cell: u32, without: &BTreeSet<u16>) -> (Vec<Entry>, Vec<Entry>) {
        let here = |entry: &&Entry| !self.gone.contains(&entry.sentence) && !without.contains(&entry.sentence);
        let (permissions, prohibitions) = content(&self.table, cell).unwrap_or_default();
        (permissions.iter().filter(here).copied().collect(), prohibitions.iter().filter(here).copied().collect())
    }

    /// Whether a prohibition stands beside a permission.
    fn guards(&self, sentence: u16) -> bool {
        let cells = self.cells.get(&sentence).into_iter().flatten();
        cells.copied().any(|cell| !self.content(cell, &BTreeSet::new()).0.is_empty())
    }

    /// Whether every question is answered alike without these sentences.
    fn same_without(&self, people: &People, sentences: &BTreeSet<u16>) -> bool {
        let cells: BTreeSet<u32> = sentences.iter().filter_map(|one| self.cells.get(one)).flatten().copied().collect();
        cells.into_iter().all(|cell| {
            let (with, less) = (self.content(cell, &BTreeSet::new()), self.content(cell, sentences));
            alike(people, (&with.0, &with.1), (&less.0, &less.1))
        })
    }
}

/// A sentence and the lines below it.
fn with_lines(rules: &[Rule], sentence: u16) -> BTreeSet<u16> {
    fn add(rule: &Rule, out: &mut BTreeSet<u16>) {
        out.insert(rule.sentence);
        rule.children.iter().for_each(|child| add(child, out));
    }
    let mut out = BTreeSet::new();
    rules.iter().filter(|rule| rule.sentence == sentence).for_each(|rule| add(rule, &mut out));
    out
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
