//! Data remembers its policy: what a version may not do with values that were taken under an earlier one.

use std::collections::BTreeMap;

use upheld_decide::{
    Action, Actor, Afterwards, Answer, Axis, Compiled, Element, Errand, FactSet, GroundId, Ids, OriginId, Purpose,
    Reason, Recipient,
};
use upheld_vault::Record;

use crate::facts::{Known, on_case};
use crate::holdings::{Holdings, origin_of};
use crate::moment::Moment;
use crate::service::Result;

/// What a party is to the service. Of another kind is a party that no version has spoken of for such data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Party {
    /// The service itself.
    Own,
    /// Who works for it.
    Processor,
    /// Who works for themselves.
    Recipient,
    /// Everybody.
    Public,
}

fn party(policy: &Compiled, recipient: Recipient) -> Party {
    let names = &policy.names.recipients;
    let is = |group: &str| names.id(group).is_some_and(|group| names.is_within(recipient.0, group));
    if recipient == Recipient::NOBODY {
        Party::Own
    } else if is("processor") {
        Party::Processor
    } else if is("public") {
        Party::Public
    } else {
        Party::Recipient
    }
}

impl Moment<'_> {
    /// Marks the values that were taken under a version which did not permit what is asked now, where the policy says that
    /// its changes reach only what is collected afterwards.
    pub(crate) fn mark_newer(
        &self,
        errand: &Errand,
        known: &Known,
        ground: Option<GroundId>,
        holdings: &mut Holdings,
    ) -> Result<()> {
        let Some((what, _)) = self.policy().versions.afterwards else { return Ok(()) };
        let concerns = matches!(errand.action, Action::Use | Action::Change) || errand.action.discloses();
        if !concerns {
            return Ok(());
        }
        // One answer for each class and element: people hold many records of few classes.
        let mut told: BTreeMap<([u8; 32], String), bool> = BTreeMap::new();
        for value in &mut holdings.values {
            let Some(record) = holdings.records.get(value.record) else { continue };
            if record.class.version == self.in_force.version.version {
                continue;
            }
            let key = (record.class_id, value.element.clone());
            value.newer = match told.get(&key) {
                Some(newer) => *newer,
                None => {
                    let agreed = value.id.is_some_and(|id| self.has_agreed(errand, known, id));
                    let newer =
                        !agreed && !self.permitted_before(what, errand, known, ground, record, &value.element)?;
                    told.insert(key, newer);
                    newer
                }
            };
        }
        Ok(())
    }

    /// The refusal of a value that is older than what permits it.
    pub(crate) fn newer(&self) -> Answer {
        let sentence = self.policy().versions.afterwards.map(|(_, sentence)| sentence);
        let because = sentence.and_then(|sentence| self.policy().cite(sentence)).into_iter().collect();
        Answer { allowed: false, reason: Reason::NewerThanTheData, because, lacking: Vec::new() }
    }

    /// Whether the person has agreed to this very purpose, by a choice that the version in force offers.
    fn has_agreed(&self, errand: &Errand, known: &Known, element: Element) -> bool {
        let policy = self.policy();
        let (purposes, data) = (&policy.names.purposes, &policy.names.data);
        policy.choices.iter().filter(|choice| choice.agree && !choice.purposes.is_empty()).any(|choice| {
            let for_it = choice.purposes.iter().any(|group| purposes.is_within(errand.purpose.0, group.0));
            let of_it = choice.data.is_empty() || choice.data.iter().any(|group| data.is_within(element.0, group.0));
            for_it && of_it && known.choice(&choice.name) == Some(true)
        })
    }

    /// Whether the version under which a value was taken permits what is asked. What it does not know it did not permit.
    fn permitted_before(
        &self,
        what: Afterwards,
        errand: &Errand,
        known: &Known,
        ground: Option<GroundId>,
        record: &Record,
        element: &str,
    ) -> Result<bool> {
        let Some(then) = self.inner.version_named(self.tx, &record.class.version)? else { return Ok(false) };
        let (now, then) = (self.policy(), &then.policy);
        let name = |axis: &'_ Axis, old: &Axis, id: u16| {
            if id == 0 { Some(0) } else { now.versions.before(axis.name(id)).find_map(|name| old.id(name)) }
        };
        let Some(element) = then.names.data.id(element).map(Element) else { return Ok(false) };
        let Some(purpose) = name(&now.names.purposes, &then.names.purposes, errand.purpose.0).map(Purpose) else {
            return Ok(false);
        };
        let origin = origin_of(then, &record.class);
        if origin == OriginId::UNKNOWN {
            return Ok(false);
        }
        let ids = |actor, recipient| Ids {
            action: errand.action,
            actor,
            element,
            origin,
            form: errand.form,
            purpose,
            recipient,
        };
        if what == Afterwards::Changes {
            let actor = name(&now.names.actors, &then.names.actors, errand.actor.0).map(Actor);
            let recipient = name(&now.names.recipients, &then.names.recipients, errand.recipient.0).map(Recipient);
            let (Some(actor), Some(recipient)) = (actor, recipient) else { return Ok(false) };
            let mut facts = known.facts(then);
            let ground = ground.and_then(|ground| {
                now.versions.before(now.names.grounds.name(ground.0)).find_map(|name| then.names.grounds.id(name))
            });
            if let Some(ground) = ground {
                on_case(then, GroundId(ground), &mut facts);
            }
            return Ok(then.table.decide(&ids(actor, recipient), &facts).allowed);
        }
        // A purpose is not new where any party of the same kind might have had the data for it.
        let wanted = party(now, errand.recipient);
        let recipients =
            then.names.recipients.ids().map(Recipient).filter(|recipient| party(then, *recipient) == wanted);
        let recipients: Vec<Recipient> = recipients.collect();
        let may = |actor, recipient| {
            let decision = then.table.decide(&ids(actor, recipient), &FactSet::EMPTY);
            !decision.permissions.is_empty() && decision.prohibitions.iter().all(|entry| !entry.facts.is_empty())
        };
        Ok(then.names.actors.ids().map(Actor).any(|actor| recipients.iter().any(|recipient| may(actor, *recipient))))
    }
}
