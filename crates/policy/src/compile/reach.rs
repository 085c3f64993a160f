//! What sentences reach, for the checks of the policy as a whole.

use std::collections::BTreeSet;

use upheld_decide::{Action, Element};

use super::bits::Bits;
use super::flatten::{Flat, FlatKind, Flattened, flatten};
use super::region::{Reading, Region, Space};
use crate::model::{Collect, Force, Model, Rule};

/// A model with its rules flattened.
pub(crate) struct Reach<'m> {
    space: Space<'m>,
    flat: Flattened,
}

/// A sentence, and some of the data that it names.
pub(crate) struct Named {
    pub(crate) sentence: u16,
    pub(crate) data: Vec<Element>,
}

impl<'m> Reach<'m> {
    pub(crate) fn new(model: &'m Model) -> Self {
        let space = Space::new(model);
        let flat = flatten(&space);
        Self { space, flat }
    }

    /// Whether any collect sentence takes some of this data, of any of these origins.
    fn is_taken(&self, element: Element, origins: &Bits) -> bool {
        let data = self.space.data(&[element]);
        self.space
            .model
            .collects
            .iter()
            .any(|collect| self.space.data(&collect.data).meets(&data) && self.origins_of(collect).meets(origins))
    }

    fn origins_of(&self, collect: &Collect) -> Bits {
        let names = &self.space.model.names;
        Bits::from_fn(self.space.origins, |index| {
            index > 0 && names.origins.get(index).is_some_and(|origin| collect.makes(origin))
        })
    }

    /// Whether a name of data is taken anywhere, by itself or with what stands above or below it.
    pub(crate) fn is_collected(&self, element: Element) -> bool {
        self.is_taken(element, &Bits::all(self.space.origins))
    }

    /// Permissions, with the data that they name and nobody takes where they reach.
    pub(crate) fn untaken_by_permissions(&self) -> Vec<Named> {
        let mut named = Vec::new();
        named_by(&self.space.model.rules, &mut named);
        let region = |sentence: u16| {
            let is_it = |flat: &&Flat| flat.sentence == sentence && matches!(flat.kind, FlatKind::May { .. });
            self.flat.rules.iter().find(is_it).map(|flat| &flat.region.origins)
        };
        let untaken = |one: Named| {
            let origins = region(one.sentence)?;
            Some(self.untaken(one, origins))
        };
        named.into_iter().filter_map(untaken).filter(|one| !one.data.is_empty()).collect()
    }

    /// Kept periods, likewise.
    pub(crate) fn untaken_by_keeps(&self) -> Vec<Named> {
        let keeps = self.space.model.keeps.iter().filter(|rule| !rule.keep.longer).map(|rule| {
            let (of, from, at) = (rule.of.as_deref(), rule.from.as_deref(), rule.at.as_deref());
            let origins = self.space.origins(of, from, at, Reading::Closes);
            self.untaken(Named { sentence: rule.keep.sentence, data: rule.keep.elements.clone() }, &origins)
        });
        keeps.filter(|one| !one.data.is_empty()).collect()
    }

    /// Rights, likewise.
    pub(crate) fn untaken_by_rights(&self) -> Vec<Named> {
        let everywhere = Bits::all(self.space.origins);
        let rights = self.space.model.rights.iter();
        let untaken = rights
            .map(|right| self.untaken(Named { sentence: right.sentence, data: right.elements.clone() }, &everywhere));
        untaken.filter(|one| !one.data.is_empty()).collect()
    }

    /// The first role or program, and the first purpose, for which uses of both these are permitted.
    pub(crate) fn uses_both(&self, one: &[Element], other: &[Element]) -> Option<(u16, u16)> {
        let uses = |region: &&Region| region.actions.iter().any(|at| Action::ALL.get(at) == Some(&Action::Use));
        let opening: Vec<&Region> = self
            .flat
            .rules
            .iter()
            .filter(|flat| matches!(flat.kind, FlatKind::May { .. }))
            .map(|flat| &flat.region)
            .filter(uses)
            .collect();
        let (one, other) = (self.space.data(one), self.space.data(other));
        let opens = |data: &Bits, actor: u16, purpose: u16| {
            let (actor, purpose) = (usize::from(actor), usize::from(purpose));
            opening.iter().any(|region| {
                region.data.meets(data)
                    && region.actors.has(actor)
                    && region.purposes.has(purpose)
                    && (!region.need_to_know || self.space.works_on(actor, purpose))
            })
        };
        let names = &self.space.model.names;
        let pairs =
            names.actors.ids().skip(1).flat_map(|actor| names.purposes.ids().skip(1).map(move |of| (actor, of)));
        pairs.into_iter().find(|(actor, of)| opens(&one, *actor, *of) && opens(&other, *actor, *of))
    }

    fn untaken(&self, named: Named, origins: &Bits) -> Named {
        let data = named.data.into_iter().filter(|element| !self.is_taken(*element, origins)).collect();
        Named { sentence: named.sentence, data }
    }

    /// Collect sentences, with the data that they take and nobody may do anything with.
    pub(crate) fn unused(&self) -> Vec<Named> {
        let model = self.space.model;
        let serves = |action: Action| matches!(action, Action::Use | Action::Change) || action.discloses();
        let uses: Vec<&Region> = self
            .flat
            .rules
            .iter()
            .filter(|flat| matches!(flat.kind, FlatKind::May { .. }))
            .map(|flat| &flat.region)
            .filter(|region| {
                region.actions.iter().any(|at| Action::ALL.get(at).is_some_and(|action| serves(*action)))
                    && !self.space.is_empty(region)
            })
            .collect();
        // What is given to show who one is, counted, or made into other data, serves as well.
        let mut shown: Vec<Element> = model.choices.iter().flat_map(|choice| choice.giving.iter().copied()).collect();
        shown.extend(model.rights.iter().flat_map(|right| right.giving.iter().copied()));
        shown.extend(model.reports.iter().flat_map(|rule| rule.report.counts.iter().copied()));
        shown.extend(model.forms.iter().filter_map(|form| form.made_from));
        let shown = self.space.data(&shown);
        let is_unused = |collect: &Collect, element: Element| {
            let (data, origins) = (self.space.data(&[element]), self.origins_of(collect));
            !data.meets(&shown) && !uses.iter().any(|used| used.data.meets(&data) && used.origins.meets(&origins))
        };
        let unused = model.collects.iter().map(|collect| Named {
            sentence: collect.sentence,
            data: collect.data.iter().copied().filter(|element| is_unused(collect, *element)).collect(),
        });
        unused.filter(|one| !one.data.is_empty()).collect()
    }

    /// Collect sentences, with the data that they take and no sentence keeps for some time only.
    pub(crate) fn unkept(&self) -> Vec<Named> {
        let model = self.space.model;
        let kept: Vec<(Bits, Bits)> = model
            .keeps
            .iter()
            .map(|rule| {
                let (of, from, at) = (rule.of.as_deref(), rule.from.as_deref(), rule.at.as_deref());
                let origins = self.space.origins(of, from, at, Reading::Closes);
                (self.space.data(&rule.keep.elements), origins)
            })
            .collect();
        let is_kept =
            |element: usize, origin: usize| kept.iter().any(|(data, origins)| data.has(element) && origins.has(origin));
        let lacks = |collect: &Collect, element: Element| {
            let below = self.space.data(&[element]);
            let leaves = below.iter().filter(|name| !self.space.is_group(*name));
            let origins = self.origins_of(collect);
            leaves.into_iter().any(|leaf| origins.iter().any(|origin| !is_kept(leaf, origin)))
        };
        // What a device keeps ends there.
        let here = model
            .collects
            .iter()
            .filter(|collect| !model.cookies.iter().any(|cookie| cookie.sentence == collect.sentence));
        let unkept = here.map(|collect| Named {
            sentence: collect.sentence,
            data: collect.data.iter().copied().filter(|element| lacks(collect, *element)).collect(),
        });
        unkept.filter(|one| !one.data.is_empty()).collect()
    }

    /// Whether somebody works on a purpose or on one below it.
    pub(crate) fn is_worked_on(&self, purpose: u16) -> bool {
        let below = self.space.purposes_below(purpose);
        (1..self.space.actors).any(|actor| below.iter().any(|purpose| self.space.works_on(actor, purpose)))
    }

    /// Purposes for which a permission names who may, with all below and above them.
    pub(crate) fn purposes_by_name(&self) -> BTreeSet<u16> {
        let named = self.flat.rules.iter().filter(|flat| {
            matches!(flat.kind, FlatKind::May { .. })
                && !flat.region.need_to_know
                && !self
                    .space
                    .model
                    .collects
                    .iter()
                    .any(|collect| collect.sentence == flat.sentence && collect.by.is_none())
        });
        let mut out = BTreeSet::new();
        for purpose in named.flat_map(|flat| flat.region.purposes.iter()) {
            let Ok(purpose) = u16::try_from(purpose) else { continue };
            out.extend(self.space.model.names.purposes.above(purpose));
        }
        out
    }
}

fn named_by(rules: &[Rule], out: &mut Vec<Named>) {
    for rule in rules {
        if let (Force::May | Force::ButMay, Some(data)) = (rule.force, &rule.scope.data) {
            out.push(Named { sentence: rule.sentence, data: data.clone() });
        }
        named_by(&rule.children, out);
    }
}
