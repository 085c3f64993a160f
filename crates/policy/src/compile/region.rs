//! What a sentence reaches, as three sets: atoms, errands and acts. An indented line reaches within the line above.

use upheld_decide::{Action, Axis, Giver};

use super::bits::Bits;
use crate::model::{Force, GivenBy, Model, Recipients, Scope, Shape, Who};

/// The product of three sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) atoms: Bits,
    pub(super) errands: Bits,
    pub(super) acts: Bits,
}

impl Region {
    pub(super) fn and(&self, other: &Self) -> Self {
        Self {
            atoms: self.atoms.and(&other.atoms),
            errands: self.errands.and(&other.errands),
            acts: self.acts.and(&other.acts),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.atoms.is_empty() || self.errands.is_empty() || self.acts.is_empty()
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
    /// Actor × purpose: the actor works on it.
    works: Bits,
}

/// Whether a set of names opens (names and everything below) or closes (and, for data, everything above).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    Opens,
    Closes,
}

impl Closing {
    pub(super) const fn of(force: Force) -> Self {
        match force {
            Force::May | Force::ButMay | Force::Except => Self::Opens,
            Force::Never | Force::ButNever => Self::Closes,
        }
    }
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
        let (actors, purposes) = (names.actors.len(), names.purposes.len());
        let mut works = Bits::none(actors * purposes);
        for actor in names.actors.ids().skip(1) {
            // A role works on what is said of it and of the roles above it.
            for above in names.actors.above(actor) {
                for purpose in model.works_on.get(usize::from(above)).into_iter().flatten() {
                    for below in names.purposes.below(purpose.0) {
                        works.insert(usize::from(actor) * purposes + usize::from(below));
                    }
                }
            }
        }
        Self {
            model,
            elements: names.data.len(),
            origins: names.origins.len(),
            actors,
            purposes,
            recipients: names.recipients.len(),
            steps,
            works,
        }
    }

    pub(super) fn forms(&self) -> usize {
        3 + self.steps.len()
    }

    pub(super) fn works_on(&self, actor: usize, purpose: usize) -> bool {
        self.works.has(actor * self.purposes + purpose)
    }

    /// What a scope reaches. `own_recipient` is true when the line itself says `with` and no verb: it then speaks of
    /// disclosures only.
    pub(super) fn region(&self, scope: &Scope, force: Force, own_recipient: bool) -> Region {
        let closing = Closing::of(force);
        Region {
            atoms: self.atoms(scope, closing),
            errands: self.errands(scope, force, closing),
            acts: self.acts(scope, closing, own_recipient),
        }
    }

    pub(super) fn data(&self, elements: &[upheld_decide::Element], closing: Closing) -> Bits {
        let axis = &self.model.names.data;
        Bits::from_fn(self.elements, |id| {
            elements.iter().any(|element| {
                within(axis, id, element.0) || (closing == Closing::Closes && within(axis, element.index(), id_of(id)))
            })
        })
    }

    fn atoms(&self, scope: &Scope, closing: Closing) -> Bits {
        let data = match &scope.data {
            Some(elements) => self.data(elements, closing),
            None => Bits::all(self.elements),
        };
        let origins = self.origins(scope.of.as_deref(), scope.from.as_deref(), scope.at.as_deref(), closing);
        self.atoms_of(&data, &origins)
    }

    pub(super) fn atoms_of(&self, data: &Bits, origins: &Bits) -> Bits {
        Bits::from_fn(self.elements * self.origins, |atom| {
            data.has(atom / self.origins) && origins.has(atom % self.origins)
        })
    }

    pub(super) fn origins(
        &self,
        of: Option<&[upheld_decide::Kind]>,
        from: Option<&[GivenBy]>,
        at: Option<&[upheld_decide::PointId]>,
        closing: Closing,
    ) -> Bits {
        let kinds = &self.model.names.kinds;
        Bits::from_fn(self.origins, |index| {
            if index == 0 {
                return closing == Closing::Closes;
            }
            let Some(origin) = self.model.names.origins.get(index) else { return false };
            let of_fits = of.is_none_or(|of| of.iter().any(|kind| kinds.is_within(origin.capacity.0, kind.0)));
            let at_fits = at.is_none_or(|at| at.contains(&origin.point));
            let from_fits = match from {
                Some(from) => from.iter().any(|given| match (given, origin.giver) {
                    (GivenBy::Themselves, Giver::Themselves) | (GivenBy::Service, Giver::Service) => true,
                    (GivenBy::Kind(kind), Giver::Themselves) => kinds.is_within(origin.capacity.0, kind.0),
                    (GivenBy::Kind(kind), Giver::Other(other)) => kinds.is_within(other.0, kind.0),
                    _ => false,
                }),
                // What somebody else gave about a person is reached only by name.
                None => closing == Closing::Closes || of.is_some() || !matches!(origin.giver, Giver::Other(_)),
            };
            of_fits && at_fits && from_fits
        })
    }

    fn errands(&self, scope: &Scope, force: Force, closing: Closing) -> Bits {
        let names = &self.model.names;
        let purposes = match &scope.purposes {
            Some(purposes) => Bits::from_fn(self.purposes, |id| {
                purposes.iter().any(|purpose| within(&names.purposes, id, purpose.0))
                    || (id == 0 && closing == Closing::Closes)
            }),
            None => Bits::all(self.purposes),
        };
        let named = match &scope.who {
            Some(Who::Named(actors)) => {
                Some(Bits::from_fn(self.actors, |id| actors.iter().any(|actor| within(&names.actors, id, actor.0))))
            }
            _ => None,
        };
        let need_to_know = matches!(force, Force::May | Force::ButMay);
        Bits::from_fn(self.actors * self.purposes, |errand| {
            let (actor, purpose) = (errand / self.purposes, errand % self.purposes);
            purposes.has(purpose)
                && match &named {
                    Some(named) => named.has(actor),
                    None => !need_to_know || self.works_on(actor, purpose),
                }
        })
    }

    fn acts(&self, scope: &Scope, closing: Closing, own_recipient: bool) -> Bits {
        let actions = if scope.actions.is_empty() { Action::ALL.to_vec() } else { scope.actions.clone() };
        let forms = self.forms_of(scope.shape, closing);
        let recipients = match &scope.recipients {
            Some(Recipients::Anyone) => Some(Bits::from_fn(self.recipients, |id| id > 0)),
            Some(Recipients::Named(named)) => Some(Bits::from_fn(self.recipients, |id| {
                named.iter().any(|recipient| within(&self.model.names.recipients, id, recipient.0))
            })),
            None => None,
        };
        self.acts_of(
            |action| {
                let covered = actions.iter().any(|named| match closing {
                    Closing::Opens => *named == action || named.lesser() == Some(action),
                    Closing::Closes => *named == action || action.lesser() == Some(*named),
                });
                covered && (!own_recipient || action.discloses())
            },
            &forms,
            |action, recipient| match (action.discloses(), &recipients) {
                (true, Some(recipients)) => recipients.has(recipient),
                (true, None) => true,
                (false, _) => recipient == 0,
            },
        )
    }

    pub(super) fn acts_of(
        &self,
        action_fits: impl Fn(Action) -> bool,
        forms: &Bits,
        recipient_fits: impl Fn(Action, usize) -> bool,
    ) -> Bits {
        let (form_count, recipients) = (self.forms(), self.recipients);
        Bits::from_fn(Action::ALL.len() * form_count * recipients, |act| {
            let (rest, recipient) = (act / recipients, act % recipients);
            Action::ALL.get(rest / form_count).is_some_and(|action| {
                action_fits(*action) && forms.has(rest % form_count) && recipient_fits(*action, recipient)
            })
        })
    }

    /// Forms as bits: identified, pseudonymous, totals below the first step, then each step.
    pub(super) fn forms_of(&self, shape: Option<Shape>, closing: Closing) -> Bits {
        let step = |form: usize| form.checked_sub(3).and_then(|step| self.steps.get(step)).copied().unwrap_or(0);
        Bits::from_fn(self.forms(), |form| match (shape, closing) {
            (None, Closing::Opens) | (Some(Shape::Aggregate), Closing::Closes) => true,
            (None | Some(Shape::Pseudonym), Closing::Closes) => form < 2,
            (Some(Shape::Pseudonym), Closing::Opens) => form >= 1,
            (Some(Shape::Aggregate), Closing::Opens) => form >= 2,
            (Some(Shape::AggregateOf(k)), Closing::Opens) => form >= 3 && step(form) >= k,
            (Some(Shape::AggregateOf(k)), Closing::Closes) => form < 3 || step(form) <= k,
        })
    }
}

fn steps_of(rule: &crate::model::Rule, steps: &mut Vec<u32>) {
    if let Some(Shape::AggregateOf(k)) = rule.scope.shape {
        // A permission begins at k, a prohibition ends after it.
        steps.push(k);
        steps.push(k.saturating_add(1));
    }
    for child in &rule.children {
        steps_of(child, steps);
    }
}

fn id_of(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn within(axis: &Axis, id: usize, group: u16) -> bool {
    axis.is_within(id_of(id), group)
}
