//! The decision table: a folding of each side, and a look-up.
//!
//! A question has seven axes. They are paired into three: the **atom** (element × origin), the **errand** (actor ×
//! purpose) and the **act** (action × form × recipient). On each of the three, combinations that no rule tells apart
//! form one class, and pairs of atom and errand that nothing tells apart form one again; a cell stands for every
//! combination of such a pair and an act and holds what may permit and what forbids.

use serde::Serialize;

use crate::facts::FactSet;
use crate::names::{Actor, Element, OriginId, Purpose, Recipient};
use crate::question::{Action, Form};

/// A question in ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids {
    /// What is to be done.
    pub action: Action,
    /// Who would do it.
    pub actor: Actor,
    /// With which element.
    pub element: Element,
    /// Of which origin.
    pub origin: OriginId,
    /// In which form.
    pub form: Form,
    /// For which purpose.
    pub purpose: Purpose,
    /// With which recipient.
    pub recipient: Recipient,
}

/// A sentence in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Entry {
    /// Index of the sentence.
    pub sentence: u16,
    /// Of a permission: the literals that must all be known. Of a prohibition: the literals of which any one, known,
    /// lets the question pass; an empty set is an invariant.
    pub facts: FactSet,
}

/// What a cell says under some facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision<'t> {
    /// Whether some permission holds and no prohibition does.
    pub allowed: bool,
    /// The permissions that cover the question, whether they hold or not, in document order.
    pub permissions: &'t [Entry],
    /// The prohibitions that cover it, likewise.
    pub prohibitions: &'t [Entry],
}

/// The table. Built by `policy`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Table {
    /// How many origins there are (the unknown one included).
    pub origins: u32,
    /// How many purposes.
    pub purposes: u32,
    /// How many recipients.
    pub recipients: u32,
    /// The least group sizes that rules tell apart, rising; totals of `k` are of the last step that is ≤ `k`.
    pub steps: Vec<u32>,
    /// Class of each element × origin.
    pub atoms: Vec<u16>,
    /// Class of each actor × purpose.
    pub errands: Vec<u16>,
    /// Class of each action × form × recipient; forms are identified, pseudonymous, totals below the first step, then
    /// one for each step.
    pub acts: Vec<u16>,
    /// How many classes of errands.
    pub errand_classes: u32,
    /// How many classes of acts.
    pub act_classes: u32,
    /// Class of each pair of an atom class and an errand class.
    pub pairs: Vec<u32>,
    /// Cell of each pair class × act class.
    pub cells: Vec<u32>,
    /// Where each cell's entries lie: start of its permissions, start of its prohibitions, end.
    pub spans: Vec<(u32, u32, u32)>,
    /// All entries.
    pub entries: Vec<Entry>,
}

impl Table {
    /// How many forms there are.
    #[must_use]
    pub fn forms(&self) -> usize {
        3 + self.steps.len()
    }

    /// The place of a form among [`Table::forms`]. A total over fewer than two people is about one person.
    #[must_use]
    pub fn form(&self, form: Form) -> usize {
        match form {
            Form::Identified | Form::Aggregate(0 | 1) => 0,
            Form::Pseudonymous => 1,
            Form::Aggregate(k) => 2 + self.steps.iter().take_while(|step| **step <= k).count(),
        }
    }

    /// Decides. An id that is not of this policy is covered by nothing and so refused.
    #[must_use]
    pub fn decide(&self, ids: &Ids, facts: &FactSet) -> Decision<'_> {
        self.cell(ids).map_or(
            Decision { allowed: false, permissions: &[], prohibitions: &[] },
            |(permissions, prohibitions)| Decision {
                allowed: permissions.iter().any(|entry| facts.contains(&entry.facts))
                    && prohibitions.iter().all(|entry| facts.meets(&entry.facts)),
                permissions,
                prohibitions,
            },
        )
    }

    fn cell(&self, ids: &Ids) -> Option<(&[Entry], &[Entry])> {
        let origin = u32::from(ids.origin.0);
        let purpose = u32::from(ids.purpose.0);
        let recipient = u32::from(ids.recipient.0);
        if origin >= self.origins || purpose >= self.purposes || recipient >= self.recipients {
            return None;
        }
        let atom = self.atoms.get(ids.element.index() * self.origins as usize + origin as usize)?;
        let errand = self.errands.get(ids.actor.index() * self.purposes as usize + purpose as usize)?;
        let act = self.acts.get(
            (ids.action.index() * self.forms() + self.form(ids.form)) * self.recipients as usize + recipient as usize,
        )?;
        let pair = self.pairs.get(usize::from(*atom) * self.errand_classes as usize + usize::from(*errand))?;
        let cell = self.cells.get(*pair as usize * self.act_classes as usize + usize::from(*act))?;
        let (start, middle, end) = *self.spans.get(*cell as usize)?;
        Some((self.entries.get(start as usize..middle as usize)?, self.entries.get(middle as usize..end as usize)?))
    }
}
