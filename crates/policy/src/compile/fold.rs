//! Flat rules folded into the table.

use std::collections::BTreeMap;

use upheld_decide::{Action, Entry, FactSet, Literal, Table};

use super::bits::Bits;
use super::flatten::{Flat, FlatKind};
use super::region::{Region, Space};

/// The most cells that a table may have.
pub(super) const MOST_CELLS: usize = 20_000_000;

/// One factor of the product: the class of each combination, and for each class the regions that cover it and its first
/// combination.
pub(super) struct Factor {
    pub(super) classes: Vec<u16>,
    pub(super) covered: Vec<Bits>,
    pub(super) first: Vec<usize>,
}

/// Combinations that no region tells apart share a class.
fn fold(size: usize, regions: &[&Bits]) -> Option<Factor> {
    let mut known: BTreeMap<Bits, u16> = BTreeMap::new();
    let mut out = Factor { classes: Vec::with_capacity(size), covered: Vec::new(), first: Vec::new() };
    for combination in 0..size {
        let covered =
            Bits::from_fn(regions.len(), |region| regions.get(region).is_some_and(|bits| bits.has(combination)));
        let class = match known.get(&covered) {
            Some(class) => *class,
            None => {
                let class = u16::try_from(known.len()).ok()?;
                known.insert(covered.clone(), class);
                out.covered.push(covered);
                out.first.push(combination);
                class
            }
        };
        out.classes.push(class);
    }
    Some(out)
}

/// The three factors of all rules; the regions of rule `i` and of its parts lie at the places that `places` gives.
pub(super) struct Factors {
    pub(super) atoms: Factor,
    pub(super) errands: Factor,
    pub(super) acts: Factor,
    /// For each rule: the place of its region, and of each part that is taken out.
    places: Vec<(usize, Vec<usize>)>,
}

impl Factors {
    pub(super) fn new(space: &Space<'_>, rules: &[Flat]) -> Option<Self> {
        let mut regions: Vec<&Region> = Vec::new();
        let mut places = Vec::new();
        for rule in rules {
            let own = regions.len();
            regions.push(&rule.region);
            let parts = rule
                .without
                .iter()
                .map(|without| {
                    regions.push(&without.region);
                    regions.len() - 1
                })
                .collect();
            places.push((own, parts));
        }
        let pick = |of: fn(&Region) -> &Bits| regions.iter().map(|region| of(region)).collect::<Vec<_>>();
        Some(Self {
            atoms: fold(space.elements * space.origins, &pick(|region| &region.atoms))?,
            errands: fold(space.actors * space.purposes, &pick(|region| &region.errands))?,
            acts: fold(Action::ALL.len() * space.forms() * space.recipients, &pick(|region| &region.acts))?,
            places,
        })
    }

    pub(super) fn cells(&self) -> usize {
        self.atoms.covered.len().saturating_mul(self.errands.covered.len()).saturating_mul(self.acts.covered.len())
    }

    /// The regions that cover a cell.
    fn covering(&self, atom: usize, errand: usize, act: usize) -> Option<Bits> {
        Some(self.atoms.covered.get(atom)?.and(self.errands.covered.get(errand)?).and(self.acts.covered.get(act)?))
    }

    /// What a cell says: permissions, then prohibitions, each in document order.
    pub(super) fn cell(&self, rules: &[Flat], atom: usize, errand: usize, act: usize) -> (Vec<Entry>, Vec<Entry>) {
        let (mut permissions, mut prohibitions) = (Vec::new(), Vec::new());
        let Some(covering) = self.covering(atom, errand, act) else { return (permissions, prohibitions) };
        for (rule, (own, parts)) in rules.iter().zip(&self.places) {
            if !covering.has(*own) {
                continue;
            }
            let taken =
                rule.without.iter().zip(parts).filter(|(_, place)| covering.has(**place)).map(|(without, _)| without);
            let (mut always, mut sometimes) = (false, Vec::new());
            for without in taken {
                always |= without.when.is_empty();
                sometimes.extend(without.when.iter().cloned());
            }
            if always {
                continue;
            }
            match &rule.kind {
                FlatKind::May(alternatives) => {
                    permissions
                        .extend(alternatives.iter().map(|facts| Entry { sentence: rule.sentence, facts: *facts }));
                }
                FlatKind::Never(sets) => {
                    prohibitions.extend(
                        escaped(sets, &sometimes).into_iter().map(|facts| Entry { sentence: rule.sentence, facts }),
                    );
                }
            }
        }
        for entries in [&mut permissions, &mut prohibitions] {
            entries.sort();
            entries.dedup();
        }
        (permissions, prohibitions)
    }
}

/// A prohibition whose exceptions have conditions: each set of literals gains, for each alternative, one of its literals.
fn escaped(sets: &[FactSet], alternatives: &[Vec<Literal>]) -> Vec<FactSet> {
    let mut sets = sets.to_vec();
    for all in alternatives {
        sets = sets
            .iter()
            .flat_map(|set| {
                all.iter().map(|literal| {
                    let mut set = *set;
                    set.insert(*literal);
                    set
                })
            })
            .collect();
    }
    sets
}

/// Fills the table.
pub(super) fn table(space: &Space<'_>, factors: &Factors, rules: &[Flat]) -> Table {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut out = Table {
        origins: count(space.origins),
        purposes: count(space.purposes),
        recipients: count(space.recipients),
        steps: space.steps.clone(),
        atoms: factors.atoms.classes.clone(),
        errands: factors.errands.classes.clone(),
        acts: factors.acts.classes.clone(),
        errand_classes: count(factors.errands.covered.len()),
        act_classes: count(factors.acts.covered.len()),
        cells: Vec::with_capacity(factors.cells()),
        spans: Vec::new(),
        entries: Vec::new(),
    };
    let mut known: BTreeMap<(Vec<Entry>, Vec<Entry>), u32> = BTreeMap::new();
    for atom in 0..factors.atoms.covered.len() {
        for errand in 0..factors.errands.covered.len() {
            for act in 0..factors.acts.covered.len() {
                let content = factors.cell(rules, atom, errand, act);
                let cell = match known.get(&content) {
                    Some(cell) => *cell,
                    None => {
                        let start = count(out.entries.len());
                        out.entries.extend_from_slice(&content.0);
                        let middle = count(out.entries.len());
                        out.entries.extend_from_slice(&content.1);
                        out.spans.push((start, middle, count(out.entries.len())));
                        let cell = count(out.spans.len() - 1);
                        known.insert(content, cell);
                        cell
                    }
                };
                out.cells.push(cell);
            }
        }
    }
    out
}
