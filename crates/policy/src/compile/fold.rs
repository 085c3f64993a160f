//! Flat rules folded into classes and cells.

use std::collections::{BTreeMap, HashMap};

use upheld_decide::{Action, Entry, FactSet, Literal, Table};

use super::bits::Bits;
use super::flatten::{Flat, FlatKind, Freed};
use super::region::{Region, Space};

/// The most combinations of names on one of the three sides of a table.
const MOST_COMBINATIONS: usize = 4_000_000;

/// The most cells that a table may have.
pub(super) const MOST_CELLS: usize = 8_000_000;

/// The most words that may be spent on telling cells apart while the table is filled.
const MOST_WORDS: usize = 32_000_000;

/// The most sets of literals that one sentence may come to in one cell.
const MOST_SETS: usize = 1_000;

/// Why rules cannot be folded.
pub(super) enum Refused {
    /// Too many questions to tell apart.
    TooMany,
    /// Too many exceptions with conditions of this sentence meet in one place.
    TooManyEscapes(u16),
}

/// Names that no region tells apart share a class.
struct Classes {
    /// The class of each name.
    of: Vec<usize>,
    /// For each class the regions that have its names.
    covered: Vec<Bits>,
    /// For each class its first name.
    first: Vec<usize>,
}

impl Classes {
    /// `key` tells apart what the regions do not.
    fn new(size: usize, regions: &[&Region], axis: fn(&Region) -> &Bits, key: impl Fn(usize) -> Bits) -> Self {
        let mut covered = vec![Bits::none(regions.len()); size];
        for (at, region) in regions.iter().enumerate() {
            for name in axis(region).iter() {
                if let Some(covered) = covered.get_mut(name) {
                    covered.insert(at);
                }
            }
        }
        let mut known: HashMap<(Bits, Bits), usize> = HashMap::new();
        let mut out = Self { of: Vec::with_capacity(size), covered: Vec::new(), first: Vec::new() };
        for (name, covered) in covered.into_iter().enumerate() {
            let next = known.len();
            let class = *known.entry((covered.clone(), key(name))).or_insert(next);
            if class == next {
                out.covered.push(covered);
                out.first.push(name);
            }
            out.of.push(class);
        }
        out
    }
}

/// One side of the table: the class of each combination, and for each class the regions that cover it and the combination
/// that stands for it: the first that says what it can say, and else the first.
pub(super) struct Factor {
    pub(super) classes: Vec<u16>,
    pub(super) covered: Vec<Bits>,
    pub(super) stands: Vec<usize>,
}

impl Factor {
    /// Parts combinations by what covers them; `covered` gives the same for the same `key`.
    fn new(
        size: usize,
        key: impl Fn(usize) -> usize,
        covered: impl Fn(usize) -> Bits,
        says: impl Fn(usize) -> bool,
    ) -> Option<Self> {
        let mut by_key: HashMap<usize, u16> = HashMap::new();
        let mut by_covered: HashMap<Bits, u16> = HashMap::new();
        let mut out = Self { classes: Vec::with_capacity(size), covered: Vec::new(), stands: Vec::new() };
        let mut is_said: Vec<bool> = Vec::new();
        for combination in 0..size {
            let key = key(combination);
            let class = match by_key.get(&key) {
                Some(class) => *class,
                None => {
                    let covered = covered(combination);
                    let next = u16::try_from(by_covered.len()).ok()?;
                    let class = *by_covered.entry(covered.clone()).or_insert(next);
                    if class == next {
                        out.covered.push(covered);
                        out.stands.push(combination);
                        is_said.push(false);
                    }
                    by_key.insert(key, class);
                    class
                }
            };
            if let Some(said) = is_said.get_mut(usize::from(class))
                && !*said
                && says(combination)
                && let Some(stands) = out.stands.get_mut(usize::from(class))
            {
                *stands = combination;
                *said = true;
            }
            out.classes.push(class);
        }
        Some(out)
    }
}

/// Where a flat rule's regions stand among all of them.
struct Place {
    own: usize,
    /// Of a permission: each part that is taken out, and where its exceptions stand. Of a prohibition: each exception.
    parts: Vec<(usize, Vec<usize>)>,
}

/// The three sides of the table, and the rules that meet in it.
pub(super) struct Factors<'r> {
    pub(super) atoms: Factor,
    pub(super) errands: Factor,
    pub(super) acts: Factor,
    rules: &'r [Flat],
    places: Vec<Place>,
    /// For each region the rules that reach it.
    reached_by: Vec<Vec<usize>>,
}

/// Every region once.
#[derive(Default)]
struct Regions<'r> {
    all: Vec<&'r Region>,
    known: HashMap<&'r Region, usize>,
}

impl<'r> Regions<'r> {
    fn place(&mut self, region: &'r Region) -> usize {
        *self.known.entry(region).or_insert_with(|| {
            self.all.push(region);
            self.all.len() - 1
        })
    }
}

impl<'r> Factors<'r> {
    pub(super) fn new(space: &Space<'_>, rules: &'r [Flat]) -> Option<Self> {
        let size = |a: usize, b: usize| Some(a.saturating_mul(b)).filter(|size| *size <= MOST_COMBINATIONS);
        let atoms = size(space.elements, space.origins)?;
        let errands = size(space.actors, space.purposes)?;
        let acts = size(Action::ALL.len() * space.forms(), space.recipients)?;
        let mut regions = Regions::default();
        let places: Vec<Place> = rules
            .iter()
            .map(|rule| Place {
                own: regions.place(&rule.region),
                parts: match &rule.kind {
                    FlatKind::May { without, .. } => without
                        .iter()
                        .map(|part| {
                            let unless = part.unless.iter().map(|region| regions.place(region)).collect();
                            (regions.place(&part.region), unless)
                        })
                        .collect(),
                    FlatKind::Never { freed, .. } => {
                        freed.iter().map(|part| (regions.place(&part.region), Vec::new())).collect()
                    }
                },
            })
            .collect();
        let regions = regions.all;
        let mut reached_by: Vec<Vec<usize>> = vec![Vec::new(); regions.len()];
        for (rule, place) in places.iter().enumerate() {
            if let Some(rules) = reached_by.get_mut(place.own) {
                rules.push(rule);
            }
        }
        Some(Self {
            atoms: Self::atoms(space, atoms, &regions)?,
            errands: Self::errands(space, errands, &regions)?,
            acts: Self::acts(space, acts, &regions)?,
            rules,
            places,
            reached_by,
        })
    }

    fn atoms(space: &Space<'_>, size: usize, regions: &[&Region]) -> Option<Factor> {
        let nothing = |_: usize| Bits::none(0);
        let data = Classes::new(space.elements, regions, |region| &region.data, nothing);
        let origins = Classes::new(space.origins, regions, |region| &region.origins, nothing);
        let open = &space.model.names.open_data;
        let split = |atom: usize| (atom / space.origins.max(1), atom % space.origins.max(1));
        Factor::new(
            size,
            |atom| {
                let (element, origin) = split(atom);
                class(&data, element) * origins.covered.len() + class(&origins, origin)
            },
            |atom| {
                let (element, origin) = split(atom);
                covered(&data, element).and(&covered(&origins, origin))
            },
            |atom| {
                let (element, origin) = split(atom);
                origin > 0 && !space.is_group(element) && !open.iter().any(|open| open.index() == element)
            },
        )
    }

    fn errands(space: &Space<'_>, size: usize, regions: &[&Region]) -> Option<Factor> {
        let works = |actor: usize| Bits::from_fn(space.purposes, |purpose| space.works_on(actor, purpose));
        let actors = Classes::new(space.actors, regions, |region| &region.actors, works);
        let purposes = Classes::new(space.purposes, regions, |region| &region.purposes, |id| space.workers(id));
        let need_to_know = |region: usize| regions.get(region).is_some_and(|region| region.need_to_know);
        let everybody = Bits::from_fn(regions.len(), |region| !need_to_know(region));
        let open = &space.model.names.open_purposes;
        let split = |errand: usize| (errand / space.purposes.max(1), errand % space.purposes.max(1));
        Factor::new(
            size,
            |errand| {
                let (actor, purpose) = split(errand);
                class(&actors, actor) * purposes.covered.len() + class(&purposes, purpose)
            },
            |errand| {
                let (actor, purpose) = split(errand);
                let both = covered(&actors, actor).and(&covered(&purposes, purpose));
                if space.works_on(actor, purpose) { both } else { both.and(&everybody) }
            },
            |errand| {
                let (actor, purpose) = split(errand);
                actor > 0 && purpose > 0 && !open.iter().any(|open| open.index() == purpose)
            },
        )
    }

    fn acts(space: &Space<'_>, size: usize, regions: &[&Region]) -> Option<Factor> {
        let nothing = |_: usize| Bits::none(0);
        // A disclosure and another act differ even where no region says so.
        let discloses = |action: usize| Action::ALL.get(action).is_some_and(|action| action.discloses());
        let actions = Classes::new(
            Action::ALL.len(),
            regions,
            |region| &region.actions,
            |id| Bits::from_fn(1, |_| discloses(id)),
        );
        let forms = Classes::new(space.forms(), regions, |region| &region.forms, nothing);
        let nobody = |recipient: usize| Bits::from_fn(1, |_| recipient == 0);
        let recipients = Classes::new(space.recipients, regions, |region| &region.recipients, nobody);
        let open = &space.model.names.open_recipients;
        let split = |act: usize| {
            let (rest, recipient) = (act / space.recipients.max(1), act % space.recipients.max(1));
            (rest / space.forms(), rest % space.forms(), recipient)
        };
        Factor::new(
            size,
            |act| {
                let (action, form, recipient) = split(act);
                (class(&actions, action) * forms.covered.len() + class(&forms, form)) * recipients.covered.len()
                    + class(&recipients, recipient)
            },
            |act| {
                let (action, form, recipient) = split(act);
                let both = covered(&actions, action).and(&covered(&forms, form));
                match (discloses(action), recipient) {
                    (true, _) => both.and(&covered(&recipients, recipient)),
                    (false, 0) => both,
                    (false, _) => Bits::none(regions.len()),
                }
            },
            |act| {
                let (action, _, recipient) = split(act);
                discloses(action) == (recipient > 0) && !open.iter().any(|open| open.index() == recipient)
            },
        )
    }

    /// What a cell says: permissions, then prohibitions, each in document order.
    fn cell(&self, covering: &Bits) -> Result<Cell, Refused> {
        let mut cell = Cell::default();
        let reaching = covering.iter().filter_map(|region| self.reached_by.get(region)).flatten();
        for (rule, place) in reaching.filter_map(|at| self.rules.get(*at).zip(self.places.get(*at))) {
            let here = |(region, unless): &&(usize, Vec<usize>)| {
                covering.has(*region) && !unless.iter().any(|region| covering.has(*region))
            };
            let entry = |facts: FactSet| Entry { sentence: rule.sentence, facts };
            match &rule.kind {
                FlatKind::May { when, .. } => {
                    if !place.parts.iter().any(|part| here(&part)) {
                        cell.permissions.extend(when.iter().copied().map(entry));
                    }
                }
                FlatKind::Never { escapes, freed } => {
                    let parts = place.parts.iter().zip(freed).filter(|(part, _)| here(part)).map(|(_, freed)| freed);
                    let parts: Vec<&Freed> = parts.collect();
                    if !parts.iter().any(|freed| freed.when.is_empty()) {
                        let sets = escaped(escapes, parts.into_iter().flat_map(|freed| &freed.when))
                            .ok_or(Refused::TooManyEscapes(rule.sentence))?;
                        cell.prohibitions.extend(sets.into_iter().map(entry));
                    }
                }
            }
        }
        least(&mut cell.permissions);
        least(&mut cell.prohibitions);
        Ok(cell)
    }
}

/// What one cell of the table says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Cell {
    pub(super) permissions: Vec<Entry>,
    pub(super) prohibitions: Vec<Entry>,
}

fn class(classes: &Classes, name: usize) -> usize {
    classes.of.get(name).copied().unwrap_or_default()
}

fn covered(classes: &Classes, name: usize) -> Bits {
    classes.covered.get(class(classes, name)).cloned().unwrap_or_else(|| Bits::none(0))
}

/// A prohibition whose exceptions have conditions: it is escaped where one of its own literals is known, or where all of
/// one exception's are. As sets of which each must have a known literal: every set gains one literal of each exception.
fn escaped<'l>(sets: &[FactSet], exceptions: impl Iterator<Item = &'l Vec<Literal>>) -> Option<Vec<FactSet>> {
    let mut sets = sets.to_vec();
    for all in exceptions {
        let more = |set: &FactSet| {
            let set = *set;
            all.iter().map(move |literal| {
                let mut set = set;
                set.insert(*literal);
                set
            })
        };
        sets = sets.iter().flat_map(more).collect();
        sets.sort_unstable_by_key(|set| (set.literals().count(), *set));
        sets.dedup();
        least_sets(&mut sets);
        if sets.len() > MOST_SETS {
            return None;
        }
    }
    Some(sets)
}

/// Drops sets that have all of another one: of two demands the lesser decides.
fn least_sets(sets: &mut Vec<FactSet>) {
    let mut kept: Vec<FactSet> = Vec::with_capacity(sets.len());
    for set in sets.iter() {
        if !kept.iter().any(|less| set.contains(less)) {
            kept.push(*set);
        }
    }
    *sets = kept;
}

/// Entries in document order, those of one sentence the least of them only.
fn least(entries: &mut Vec<Entry>) {
    entries.sort_unstable_by_key(|entry| (entry.sentence, entry.facts.literals().count(), entry.facts));
    entries.dedup();
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries.iter() {
        let same = |less: &&Entry| less.sentence == entry.sentence;
        if !kept.iter().rev().take_while(same).any(|less| entry.facts.contains(&less.facts)) {
            kept.push(*entry);
        }
    }
    *entries = kept;
}

/// A cell at the place where it is met first: classes of atom, errand and act.
pub(super) struct Met<'c> {
    pub(super) place: (usize, usize, usize),
    pub(super) cell: &'c Cell,
}

/// Fills the table; `meet` sees each different cell once.
pub(super) fn table(space: &Space<'_>, factors: &Factors<'_>, mut meet: impl FnMut(Met<'_>)) -> Result<Table, Refused> {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (atoms, errands, acts) = (&factors.atoms.covered, &factors.errands.covered, &factors.acts.covered);
    let mut out = Table {
        origins: count(space.origins),
        purposes: count(space.purposes),
        recipients: count(space.recipients),
        steps: space.steps.clone(),
        atoms: factors.atoms.classes.clone(),
        errands: factors.errands.classes.clone(),
        acts: factors.acts.classes.clone(),
        errand_classes: count(errands.len()),
        act_classes: count(acts.len()),
        ..Table::default()
    };
    if atoms.len().saturating_mul(errands.len()) > MOST_CELLS {
        return Err(Refused::TooMany);
    }
    // Atoms and errands first: few of their pairs differ.
    let mut pairs: HashMap<Bits, u32> = HashMap::new();
    let mut cells: HashMap<Bits, u32> = HashMap::new();
    let mut spans: BTreeMap<(Vec<Entry>, Vec<Entry>), u32> = BTreeMap::new();
    for (atom, of_atom) in atoms.iter().enumerate() {
        for (errand, of_errand) in errands.iter().enumerate() {
            let pair = of_atom.and(of_errand);
            let next = count(pairs.len());
            if let Some(known) = pairs.get(&pair) {
                out.pairs.push(*known);
                continue;
            }
            out.pairs.push(next);
            let words = (pairs.len() + cells.len()).saturating_mul(of_atom.words());
            if out.cells.len() + acts.len() > MOST_CELLS || words > MOST_WORDS {
                return Err(Refused::TooMany);
            }
            for (act, of_act) in acts.iter().enumerate() {
                let covering = pair.and(of_act);
                let cell = match cells.get(&covering) {
                    Some(cell) => *cell,
                    None => {
                        let cell = factors.cell(&covering)?;
                        meet(Met { place: (atom, errand, act), cell: &cell });
                        let next = count(spans.len());
                        let Cell { permissions, prohibitions } = cell;
                        let span = *spans.entry((permissions, prohibitions)).or_insert(next);
                        cells.insert(covering, span);
                        span
                    }
                };
                out.cells.push(cell);
            }
            pairs.insert(pair, next);
        }
    }
    let mut contents: Vec<_> = spans.into_iter().collect();
    contents.sort_unstable_by_key(|(_, span)| *span);
    for ((permissions, prohibitions), _) in contents {
        let start = count(out.entries.len());
        out.entries.extend(permissions);
        let middle = count(out.entries.len());
        out.entries.extend(prohibitions);
        out.spans.push((start, middle, count(out.entries.len())));
    }
    Ok(out)
}
