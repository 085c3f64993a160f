//! Whether two tables over the same names answer every question alike.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use upheld_decide::{Entry, FactSet, Table};

use super::conflict::MOST_TRIES;
use crate::reason::People;

/// What a cell says: permissions and prohibitions.
type Cell<'t> = (&'t [Entry], &'t [Entry]);

/// Whether two tables answer every question alike, whatever is known of the person. After very many tries at one cell they
/// are taken to differ.
///
/// What is known more of a person closes nothing: permissions ask for facts to be known, and so do the ways past a
/// prohibition. So it is enough to look at the least that must be known for a yes.
pub(super) fn same(people: &People, one: &Table, other: &Table) -> bool {
    let atoms = joint(&one.atoms, &other.atoms);
    let errands = joint(&one.errands, &other.errands);
    let acts = joint(&one.acts, &other.acts);
    let mut pairs: BTreeSet<(u32, u32)> = BTreeSet::new();
    for (atom, other_atom) in &atoms {
        for (errand, other_errand) in &errands {
            pairs.extend(pair(one, *atom, *errand).zip(pair(other, *other_atom, *other_errand)));
        }
    }
    let mut cells: BTreeSet<(u32, u32)> = BTreeSet::new();
    for (pair, other_pair) in pairs {
        for (act, other_act) in &acts {
            cells.extend(span(one, pair, *act).zip(span(other, other_pair, *other_act)));
        }
    }
    cells.into_iter().all(|(cell, other_cell)| match (content(one, cell), content(other, other_cell)) {
        (Some(cell), Some(other)) => alike(people, cell, other),
        _ => false,
    })
}

/// Whether two cells allow the same, whatever is known of the person.
pub(super) fn alike(people: &People, one: Cell<'_>, other: Cell<'_>) -> bool {
    one == other || (within(people, one, other) && within(people, other, one))
}

/// Each pair of classes that some combination has in the two tables.
fn joint(one: &[u16], other: &[u16]) -> BTreeSet<(u16, u16)> {
    one.iter().copied().zip(other.iter().copied()).collect()
}

fn pair(table: &Table, atom: u16, errand: u16) -> Option<u32> {
    table.pairs.get(usize::from(atom) * table.errand_classes as usize + usize::from(errand)).copied()
}

fn span(table: &Table, pair: u32, act: u16) -> Option<u32> {
    table.cells.get(pair as usize * table.act_classes as usize + usize::from(act)).copied()
}

pub(super) fn content(table: &Table, cell: u32) -> Option<Cell<'_>> {
    let (start, middle, end) = *table.spans.get(cell as usize)?;
    Some((table.entries.get(start as usize..middle as usize)?, table.entries.get(middle as usize..end as usize)?))
}

/// Whether whatever one cell allows the other allows, too.
fn within(people: &People, one: Cell<'_>, other: Cell<'_>) -> bool {
    let (permissions, prohibitions) = other;
    let allowed = |known: &FactSet| {
        permissions.iter().any(|entry| known.contains(&entry.facts))
            && prohibitions.iter().all(|entry| known.meets(&entry.facts))
    };
    let mut tries = 0;
    one.0.iter().all(|permission| {
        people.possible(&permission.facts).is_none_or(|known| everywhere(people, &known, one.1, &mut tries, &allowed))
    })
}

/// Whether `allowed` holds for everybody of whom this is known and who escapes all the prohibitions.
fn everywhere(
    people: &People,
    known: &FactSet,
    prohibitions: &[Entry],
    tries: &mut u32,
    allowed: &impl Fn(&FactSet) -> bool,
) -> bool {
    *tries = tries.saturating_add(1);
    if *tries > MOST_TRIES {
        return false;
    }
    let Some((first, rest)) = prohibitions.split_first() else { return allowed(known) };
    if known.meets(&first.facts) {
        return everywhere(people, known, rest, tries, allowed);
    }
    first.facts.literals().filter(|literal| !known.has(literal.negated())).all(|literal| {
        let mut more = *known;
        more.insert(literal);
        people.possible(&more).is_none_or(|more| everywhere(people, &more, rest, tries, allowed))
    })
}

/// Sentences that surely change an answer: permissions that stand alone in a cell, and promises with a condition that alone
/// stand in the way of a permission. Every permission of a policy that compiles can hold.
pub(super) fn surely_decide(people: &People, table: &Table) -> BTreeSet<u16> {
    let mut out = BTreeSet::new();
    let mut known: HashMap<FactSet, Option<FactSet>> = HashMap::new();
    for (permissions, prohibitions) in (0..).zip(&table.spans).filter_map(|(cell, _)| content(table, cell)) {
        let mut by_sentence: BTreeMap<u16, usize> = BTreeMap::new();
        for entry in permissions {
            *by_sentence.entry(entry.sentence).or_default() += 1;
        }
        if let (1, Some(sentence)) = (by_sentence.len(), by_sentence.keys().next()) {
            out.insert(*sentence);
        }
        let guards: BTreeSet<u16> = prohibitions.iter().map(|entry| entry.sentence).collect();
        let (1, Some(guard)) = (guards.len(), guards.first()) else { continue };
        let bites = permissions.iter().any(|permission| {
            let least = known.entry(permission.facts).or_insert_with(|| people.possible(&permission.facts)).as_ref();
            least.is_some_and(|least| prohibitions.iter().any(|entry| !least.meets(&entry.facts)))
        });
        if bites {
            out.insert(*guard);
        }
    }
    out
}
