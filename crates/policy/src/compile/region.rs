//! What a sentence reaches: a set of names on each axis. An indented line reaches within the line above.

use upheld_decide::{Action, Actor, Axis, Element, Giver, Kind, PointId, Purpose, is_relative};

use super::bits::Bits;
use crate::model::{Force, GivenBy, Model, Recipients, Rule, Scope, Shape, Who};

/// The product of sets of names. Two things are the same for every region and so stand in none: a disclosure has its
/// recipient among `recipients`, and any other act has nobody outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Region {
    pub(super) data: Bits,
    pub(super) origins: Bits,
    pub(super) actors: Bits,
    pub(super) purposes: Bits,
    /// Of the pairs of actor and purpose only those in which the actor works on the purpose.
    pub(super) need_to_know: bool,
    pub(super) actions: Bits,
    pub(super) forms: Bits,
    pub(super) recipients: Bits,
}

impl Region {
    pub(super) fn and(&self, other: &Self) -> Self {
        Self {
            data: self.data.and(&other.data),
            origins: self.origins.and(&other.origins),
            actors: self.actors.and(&other.actors),
            purposes: self.purposes.and(&other.purposes),
            need_to_know: self.need_to_know || other.need_to_know,
            actions: self.actions.and(&other.actions),
            forms: self.forms.and(&other.forms),
            recipients: self.recipients.and(&other.recipients),
        }
    }

    /// Whether it holds every errand and every act of another, whatever the data.
    pub(super) fn spans(&self, other: &Self) -> bool {
        (other.need_to_know || !self.need_to_know)
            && self.actors.contains(&other.actors)
            && self.purposes.contains(&other.purposes)
            && self.actions.contains(&other.actions)
            && self.forms.contains(&other.forms)
            && self.recipients.contains(&other.recipients)
    }
}

/// Names and their graph, closed.
struct Graph {
    /// For each name: itself and all names above it.
    above: Vec<Bits>,
    /// For each name: itself and all names below it.
    below: Vec<Bits>,
}

impl Graph {
    fn new(axis: &Axis) -> Self {
        let len = axis.len();
        let above: Vec<Bits> = axis
            .ids()
            .map(|id| {
                let mut seen = Bits::none(len);
                let mut next = vec![id];
                while let Some(here) = next.pop() {
                    if !seen.has(usize::from(here)) {
                        seen.insert(usize::from(here));
                        next.extend_from_slice(axis.parents(here));
                    }
                }
                seen
            })
            .collect();
        let mut below = vec![Bits::none(len); len];
        for (id, groups) in above.iter().enumerate() {
            for group in groups.iter() {
                if let Some(names) = below.get_mut(group) {
                    names.insert(id);
                }
            }
        }
        Self { above, below }
    }

    fn all_below(&self, ids: impl Iterator<Item = usize>) -> Bits {
        Self::union(&self.below, ids)
    }

    fn all_above(&self, ids: impl Iterator<Item = usize>) -> Bits {
        Self::union(&self.above, ids)
    }

    fn union(sets: &[Bits], ids: impl Iterator<Item = usize>) -> Bits {
        let mut out = Bits::none(sets.len());
        for set in ids.filter_map(|id| sets.get(id)) {
            out.add(set);
        }
        out
    }
}

/// How the words of a line are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// What it says and everything below; what is not said is left out.
    Opens,
    /// What it says, everything below, and what may be it for being left unsaid.
    Closes,
}

impl Reading {
    const fn of(force: Force) -> Self {
        match force {
            Force::May | Force::ButMay | Force::Except => Self::Opens,
            Force::Never | Force::ButNever => Self::Closes,
        }
    }
}

/// The sizes of the axes and what closing over them needs.
pub(super) struct Space<'m> {
    pub(super) model: &'m Model,
    pub(super) elements: usize,
    pub(super) origins: usize,
    pub(super) actors: usize,
    pub(super) purposes: usize,
    pub(super) recipients: usize,
    pub(super) steps: Vec<u32>,
    data_graph: Graph,
    kind_graph: Graph,
    purpose_graph: Graph,
    recipient_graph: Graph,
    actor_graph: Graph,
    /// For each actor the purposes that it works on.
    works: Vec<Bits>,
}

impl<'m> Space<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        let names = &model.names;
        let mut steps = Vec::new();
        for rule in &model.rules {
            steps_of(rule, &mut steps);
        }
        steps.sort_unstable();
        steps.dedup();
        let purpose_graph = Graph::new(&names.purposes);
        let actor_graph = Graph::new(&names.actors);
        let works = (0..names.actors.len())
            .map(|actor| {
                // A role works on what is said of it and of the roles above it; nobody works for whoever is not named.
                let roles = actor_graph.above.get(actor).into_iter().flat_map(Bits::iter).filter(|_| actor > 0);
                let said = roles.filter_map(|role| model.works_on.get(role)).flatten();
                purpose_graph.all_below(said.map(|purpose| purpose.index()))
            })
            .collect();
        Self {
            model,
            elements: names.data.len(),
            origins: names.origins.len(),
            actors: names.actors.len(),
            purposes: names.purposes.len(),
            recipients: names.recipients.len(),
            steps,
            data_graph: Graph::new(&names.data),
            kind_graph: Graph::new(&names.kinds),
            purpose_graph,
            recipient_graph: Graph::new(&names.recipients),
            actor_graph,
            works,
        }
    }

    pub(super) fn forms(&self) -> usize {
        3 + self.steps.len()
    }

    /// The least group size of a form of totals. None: there are no such totals, for those over fewer than two people are
    /// about one person, and the next form begins there.
    pub(super) fn group_size(&self, form: usize) -> Option<u32> {
        let step = form.checked_sub(2)?;
        let least = step.checked_sub(1).and_then(|own| self.steps.get(own)).copied().unwrap_or_default().max(2);
        self.steps.get(step).is_none_or(|next| *next > least).then_some(least)
    }

    pub(super) fn works_on(&self, actor: usize, purpose: usize) -> bool {
        self.works.get(actor).is_some_and(|purposes| purposes.has(purpose))
    }

    /// A purpose and everything below it.
    pub(super) fn purposes_below(&self, purpose: u16) -> Bits {
        self.purpose_graph.all_below(std::iter::once(usize::from(purpose)))
    }

    /// These purposes and everything below them.
    pub(super) fn all_purposes_below(&self, purposes: &[Purpose]) -> Bits {
        self.purpose_graph.all_below(purposes.iter().map(|purpose| purpose.index()))
    }

    /// For each purpose who works on it.
    pub(super) fn workers(&self, purpose: usize) -> Bits {
        Bits::from_fn(self.actors, |actor| self.works_on(actor, purpose))
    }

    /// Whether nothing at all is in a region.
    pub(super) fn is_empty(&self, region: &Region) -> bool {
        let discloses = |action: usize| Action::ALL.get(action).is_some_and(|action| action.discloses());
        region.data.is_empty()
            || region.origins.is_empty()
            || region.forms.is_empty()
            || !region.actions.iter().any(|action| !discloses(action) || !region.recipients.is_empty())
            || self.has_no_errand(region)
    }

    fn has_no_errand(&self, region: &Region) -> bool {
        let anybody = |actor: usize| {
            if region.need_to_know {
                self.works.get(actor).is_some_and(|works| works.meets(&region.purposes))
            } else {
                !region.purposes.is_empty()
            }
        };
        !region.actors.iter().any(anybody)
    }

    /// Whether a region is empty only because nobody works on its purposes.
    pub(super) fn lacks_workers(&self, region: &Region) -> bool {
        let free = Region { need_to_know: false, ..region.clone() };
        self.is_empty(region) && !self.is_empty(&free)
    }

    /// Every question.
    pub(super) fn everything(&self) -> Region {
        Region {
            data: Bits::all(self.elements),
            origins: Bits::all(self.origins),
            actors: Bits::all(self.actors),
            purposes: Bits::all(self.purposes),
            need_to_know: false,
            actions: Bits::all(Action::ALL.len()),
            forms: Bits::from_fn(self.forms(), |form| form < 2 || self.group_size(form).is_some()),
            recipients: Bits::all(self.recipients),
        }
    }

    /// What a line reaches within the line above. `own` is what it says itself, `whole` that with what it takes from above.
    ///
    /// A permission is read with all its words, taken ones too: what it leaves out after that has a meaning of its own. Of
    /// what only narrows or frees, an axis that the line does not speak of is that of the line above, whole.
    pub(super) fn reach(&self, own: &Scope, whole: &Scope, force: Force, within: &Region) -> Region {
        let mut out = match force {
            Force::May | Force::ButMay => self.said(whole, force),
            Force::Never | Force::Except | Force::ButNever => self.said(own, force),
        };
        if own.recipients.is_some() && own.actions.is_empty() {
            // `but may share …`, `except with courier`: a line that names a recipient speaks of disclosures.
            out.actions = out.actions.and(&actions_where(Action::discloses));
        }
        out.and(within)
    }

    /// What the words of a scope reach by themselves.
    pub(super) fn said(&self, scope: &Scope, force: Force) -> Region {
        let reading = Reading::of(force);
        let permits = matches!(force, Force::May | Force::ButMay);
        let mut out = self.everything();
        if let Some(elements) = &scope.data {
            out.data = self.data(elements);
        }
        let speaks_of_origin = scope.of.is_some() || scope.from.is_some() || scope.at.is_some();
        if permits || speaks_of_origin {
            let (of, from, at) = (scope.of.as_deref(), scope.from.as_deref(), scope.at.as_deref());
            out.origins = self.origins(of, from, at, reading);
            if permits && of.is_none() {
                out.origins = out.origins.and(&self.not_of_others());
            }
        }
        match &scope.who {
            Some(Who::Named(actors)) => out.actors = self.named(actors, reading),
            _ => out.need_to_know = permits,
        }
        if let Some(purposes) = &scope.purposes {
            out.purposes = self.purpose_graph.all_below(purposes.iter().map(|purpose| purpose.index()));
            if reading == Reading::Closes {
                out.purposes.insert(0);
            }
        }
        if !scope.actions.is_empty() {
            out.actions = actions_where(|action| {
                scope.actions.iter().any(|said| match reading {
                    Reading::Opens => *said == action || said.lesser() == Some(action),
                    Reading::Closes => *said == action || action.lesser() == Some(*said),
                })
            });
        }
        if let Some(shape) = scope.shape {
            out.forms = self.forms_of(shape, reading);
        } else if force == Force::Never {
            // What says nothing of a form is about single people.
            out.forms = Bits::from_fn(self.forms(), |form| form < 2);
        }
        if let Some(recipients) = &scope.recipients {
            out.recipients = match recipients {
                Recipients::Anyone => Bits::from_fn(self.recipients, |id| id > 0 && !self.is_relative(id)),
                Recipients::Named(named) => self.recipient_graph.all_below(named.iter().map(|name| name.index())),
            };
            if reading == Reading::Closes {
                out.recipients.insert(0);
            }
        }
        out
    }

    /// Whether a recipient is named by what it is to the person: `anyone` is everybody outside, and not them.
    fn is_relative(&self, recipient: usize) -> bool {
        u16::try_from(recipient).is_ok_and(|id| is_relative(self.model.names.recipients.name(id)))
    }

    /// Names of data and everything below them.
    pub(super) fn data(&self, elements: &[Element]) -> Bits {
        self.data_graph.all_below(elements.iter().map(|element| element.index()))
    }

    /// Names of data and everything above them.
    pub(super) fn above(&self, elements: &[Element]) -> Bits {
        self.data_graph.all_above(elements.iter().map(|element| element.index()))
    }

    /// Whether names stand below it.
    pub(super) fn is_group(&self, element: usize) -> bool {
        self.data_graph.below.get(element).is_some_and(|names| names.iter().nth(1).is_some())
    }

    /// These names and every group above one of them: not further said, a group may be any of the names below it.
    pub(super) fn with_groups(&self, data: &Bits) -> Bits {
        self.data_graph.all_above(data.iter())
    }

    fn named(&self, actors: &[Actor], reading: Reading) -> Bits {
        let mut out = self.actor_graph.all_below(actors.iter().map(|actor| actor.index()));
        if reading == Reading::Closes {
            out.insert(0);
        }
        out
    }

    fn is_kind(&self, kind: Kind, above: Kind) -> bool {
        self.kind_graph.above.get(kind.index()).is_some_and(|kinds| kinds.has(above.index()))
    }

    pub(super) fn origins(
        &self,
        of: Option<&[Kind]>,
        from: Option<&[GivenBy]>,
        at: Option<&[PointId]>,
        reading: Reading,
    ) -> Bits {
        Bits::from_fn(self.origins, |index| {
            if index == 0 {
                return reading == Reading::Closes;
            }
            let Some(origin) = self.model.names.origins.get(index) else { return false };
            let of_fits = of.is_none_or(|of| of.iter().any(|kind| self.is_kind(origin.capacity, *kind)));
            let at_fits = at.is_none_or(|at| at.contains(&origin.point));
            let from_fits = from.is_none_or(|from| {
                from.iter().any(|given| match (given, origin.giver) {
                    (GivenBy::Themselves, Giver::Themselves) | (GivenBy::Service, Giver::Service) => true,
                    (GivenBy::Kind(kind), Giver::Themselves) => self.is_kind(origin.capacity, *kind),
                    (GivenBy::Kind(kind), Giver::Other(other)) => self.is_kind(other, *kind),
                    _ => false,
                })
            });
            of_fits && at_fits && from_fits
        })
    }

    /// Origins at which people speak for themselves, or the service saw it.
    fn not_of_others(&self) -> Bits {
        Bits::from_fn(self.origins, |index| {
            self.model.names.origins.get(index).is_some_and(|origin| !matches!(origin.giver, Giver::Other(_)))
        })
    }

    /// Forms as bits: identified, pseudonymous, totals below the first step, then each step.
    fn forms_of(&self, shape: Shape, reading: Reading) -> Bits {
        let step = |form: usize| form.checked_sub(3).and_then(|step| self.steps.get(step)).copied().unwrap_or(0);
        Bits::from_fn(self.forms(), |form| match (shape, reading) {
            (Shape::Aggregate, Reading::Closes) => true,
            (Shape::Pseudonym, Reading::Closes) => form < 2,
            (Shape::Pseudonym, Reading::Opens) => form >= 1,
            (Shape::Aggregate, Reading::Opens) => form >= 2,
            (Shape::AggregateOf(k), Reading::Opens) => form >= 3 && step(form) >= k,
            (Shape::AggregateOf(k), Reading::Closes) => form < 3 || step(form) <= k,
        })
    }
}

pub(super) fn actions_where(fits: impl Fn(Action) -> bool) -> Bits {
    Bits::from_fn(Action::ALL.len(), |index| Action::ALL.get(index).is_some_and(|action| fits(*action)))
}

fn steps_of(rule: &Rule, steps: &mut Vec<u32>) {
    if let Some(Shape::AggregateOf(k)) = rule.scope.shape {
        // A permission begins at k, a prohibition ends after it.
        steps.push(k);
        steps.push(k.saturating_add(1));
    }
    for child in &rule.children {
        steps_of(child, steps);
    }
}
