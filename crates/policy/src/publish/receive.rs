//! Who may receive what, for which purposes: asked of the table, over every question there can be.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use upheld_decide::{Action, Compiled, Element, Purpose, Recipient};

/// How single people appear in what is received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Seen {
    /// By name.
    Named,
    /// Under a pseudonym at most.
    Pseudonym,
    /// Not at all: totals only.
    Totals,
}

/// For each purpose what may be received, and how.
pub(super) type Received = BTreeMap<Purpose, BTreeMap<Element, Seen>>;

/// All data that is taken: single names, not groups.
pub(super) fn taken(compiled: &Compiled) -> BTreeSet<Element> {
    let all = compiled.names.data.ids().map(Element);
    all.filter(|element| !compiled.form(*element).group && compiled.origins_of(*element).next().is_some()).collect()
}

/// What a recipient may receive, whatever must be true for it.
pub(super) fn received(compiled: &Compiled, recipient: Recipient, taken: &BTreeSet<Element>) -> Received {
    let table = &compiled.table;
    let place = |action: Action, form: usize| (action.index() * table.forms() + form) * table.recipients as usize;
    let mut acts: Vec<(u16, Seen)> = Vec::new();
    for action in Action::ALL.into_iter().filter(|action| action.discloses()) {
        for form in 0..table.forms() {
            let seen = match form {
                0 => Seen::Named,
                1 => Seen::Pseudonym,
                _ => Seen::Totals,
            };
            acts.extend(table.acts.get(place(action, form) + recipient.index()).map(|class| (*class, seen)));
        }
    }
    acts.sort_unstable_by_key(|(class, seen)| (*seen, *class));
    acts.dedup();
    let mut atoms: BTreeMap<u16, BTreeSet<Element>> = BTreeMap::new();
    for element in taken {
        for origin in compiled.origins_of(*element) {
            if let Some(class) = table.atoms.get(element.index() * table.origins as usize + origin.index()) {
                atoms.entry(*class).or_default().insert(*element);
            }
        }
    }
    let mut known: HashMap<(u16, u16), Option<Seen>> = HashMap::new();
    let mut out = Received::new();
    for purpose in compiled.names.purposes.ids().map(Purpose).filter(|purpose| *purpose != Purpose::UNSAID) {
        let errands: BTreeSet<u16> = compiled
            .names
            .actors
            .ids()
            .filter_map(|actor| table.errands.get(usize::from(actor) * table.purposes as usize + purpose.index()))
            .copied()
            .collect();
        for (atom, elements) in &atoms {
            let seen = errands
                .iter()
                .filter_map(|errand| {
                    *known.entry((*atom, *errand)).or_insert_with(|| opens(compiled, *atom, *errand, &acts))
                })
                .min();
            let Some(seen) = seen else { continue };
            for element in elements {
                let least = out.entry(purpose).or_default().entry(*element).or_insert(seen);
                *least = (*least).min(seen);
            }
        }
    }
    out
}

/// The most that some act may show there.
fn opens(compiled: &Compiled, atom: u16, errand: u16, acts: &[(u16, Seen)]) -> Option<Seen> {
    let table = &compiled.table;
    let pair = table.pairs.get(usize::from(atom) * table.errand_classes as usize + usize::from(errand))?;
    let may = |act: u16| {
        let cell = table.cells.get(*pair as usize * table.act_classes as usize + usize::from(act))?;
        let (start, middle, end) = *table.spans.get(*cell as usize)?;
        let closed = table.entries.get(middle as usize..end as usize)?.iter().any(|entry| entry.facts.is_empty());
        (start < middle && !closed).then_some(())
    };
    acts.iter().find(|(act, _)| may(*act).is_some()).map(|(_, seen)| *seen)
}
