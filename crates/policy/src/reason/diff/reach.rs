//! Which questions a change of decisions is about.

use std::fmt;
use std::sync::Arc;

use upheld_decide::{Form, Question};

use super::cells::Space;
use super::words::{Act, Atom, Errand};

/// A box of questions: about any of some data, by anybody of some for any purpose of some, in any of some acts.
#[derive(Clone, PartialEq, Eq)]
pub struct Reach {
    pub(super) space: Arc<Space>,
    pub(super) atoms: Vec<usize>,
    pub(super) errands: Vec<usize>,
    pub(super) acts: Vec<usize>,
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { atoms, errands, acts, .. } = self;
        f.debug_struct("Reach")
            .field("atoms", &atoms.len())
            .field("errands", &errands.len())
            .field("acts", &acts.len())
            .finish_non_exhaustive()
    }
}

impl Reach {
    /// Whether a question lies in the box, whatever is known of the person. What it leaves unsaid lies in none.
    #[must_use]
    pub fn holds(&self, question: &Question) -> bool {
        let is = |said: &Option<String>, name: &str| said.as_deref() == Some(name);
        let atom = |atom: &&Atom| {
            question.data.contains(&atom.element)
                && is(&question.at, &atom.point)
                && is(&question.of, &atom.capacity)
                && is(&question.from, &atom.giver)
        };
        let errand = |errand: &&Errand| is(&question.actor, &errand.actor) && is(&question.purpose, &errand.purpose);
        let form = match question.form {
            Form::Aggregate(0 | 1) => Form::Identified,
            Form::Aggregate(k) => {
                Form::Aggregate(self.space.sizes.iter().copied().take_while(|size| *size <= k).last().unwrap_or(k))
            }
            other => other,
        };
        let recipient = question.recipient.as_deref().unwrap_or_default();
        let act = |act: &&Act| act.action == question.action && act.form == form && act.recipient == recipient;
        self.atoms().iter().any(atom) && self.errands().iter().any(errand) && self.acts().iter().any(act)
    }

    /// The questions of the box, each in the least form that its rules tell apart.
    pub fn questions(&self) -> impl Iterator<Item = Question> + '_ {
        let said = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        self.atoms().into_iter().flat_map(move |atom| {
            self.errands().into_iter().flat_map(move |errand| {
                self.acts().into_iter().map(move |act| Question {
                    action: act.action,
                    actor: said(&errand.actor),
                    data: vec![atom.element.clone()],
                    form: act.form,
                    purpose: said(&errand.purpose),
                    recipient: said(&act.recipient),
                    of: said(&atom.capacity),
                    at: said(&atom.point),
                    from: said(&atom.giver),
                    ..Question::default()
                })
            })
        })
    }

    pub(super) fn atoms(&self) -> Vec<&Atom> {
        self.atoms.iter().filter_map(|at| self.space.atoms.get(*at)).collect()
    }

    pub(super) fn errands(&self) -> Vec<&Errand> {
        self.errands.iter().filter_map(|at| self.space.errands.get(*at)).collect()
    }

    pub(super) fn acts(&self) -> Vec<&Act> {
        self.acts.iter().filter_map(|at| self.space.acts.get(*at)).collect()
    }
}
