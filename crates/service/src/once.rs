//! What may be done once: a permission that a value uses up.

use upheld_decide::{Answer, Compiled, Element, Errand, FactSet, OriginId, Reason};

use crate::facts::Known;
use crate::holdings::{Holding, Holdings};
use crate::judge::{Asked, Judged};
use crate::moment::Moment;
use crate::service::Result;

impl Moment<'_> {
    /// Marks the values with which what is asked may be done once, and those with which it was done.
    pub(crate) fn mark_used_up(&self, errand: &Errand, known: &Known, facts: &FactSet, holdings: &mut Holdings) {
        let policy = self.policy();
        let concerns = errand.action == upheld_decide::Action::Use || errand.action.discloses();
        if policy.once.is_empty() || !concerns {
            return;
        }
        let purpose = policy.names.purposes.name(errand.purpose.0);
        for value in &mut holdings.values {
            value.once = value.id.and_then(|id| once_only(policy, errand, id, value.origin, facts));
            value.used_up = value.once.is_some()
                && holdings
                    .records
                    .get(value.record)
                    .is_some_and(|record| known.used_once(record.id, &value.element, errand.action.word(), purpose));
        }
    }

    /// The refusal of values with which it was done.
    pub(crate) fn used_up(&self, values: &[Holding]) -> Answer {
        let mut sentences: Vec<u16> =
            values.iter().filter(|value| value.used_up).filter_map(|value| value.once).collect();
        sentences.sort_unstable();
        sentences.dedup();
        let because = sentences.into_iter().filter_map(|sentence| self.policy().cite(sentence)).collect();
        Answer { allowed: false, reason: Reason::UsedUp, because, lacking: Vec::new() }
    }

    /// Remembers that an act was done with values that it may be done with once.
    pub(crate) fn note_used_once(&self, asked: &Asked, judged: &Judged) -> Result<()> {
        let (Some(known), Some(purpose)) = (&judged.known, &judged.purpose) else { return Ok(()) };
        let mut known = known.clone();
        let entry = self.next_entry()?;
        for value in judged.open().filter(|value| value.once.is_some()) {
            let Some(record) = judged.holdings.record(value) else { continue };
            self.use_once(&mut known, record.id, &value.element, asked.action.word(), purpose, entry)?;
        }
        Ok(())
    }
}

/// The sentence that permits an errand once, where no other permits it more often. That a sentence collects the data for this
/// purpose does not: it is what `once` narrows.
fn once_only(policy: &Compiled, errand: &Errand, element: Element, origin: OriginId, facts: &FactSet) -> Option<u16> {
    let decision = policy.table.decide(&errand.ids(element, origin), facts);
    let holding = decision.permissions.iter().filter(|entry| facts.contains(&entry.facts)).map(|entry| entry.sentence);
    let holding: Vec<u16> = holding.collect();
    let collects = |sentence: u16| {
        let taken = policy.points.iter().flat_map(|point| &point.takes);
        taken.into_iter().any(|taken| taken.sentence == sentence)
    };
    let more_often = holding.iter().any(|sentence| !policy.once.contains(sentence) && !collects(*sentence));
    if more_often { None } else { holding.into_iter().find(|sentence| policy.once.contains(sentence)) }
}
