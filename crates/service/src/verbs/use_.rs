//! `use` and `share`: read values for a purpose, disclose them to a recipient.

use upheld_decide::{Action, Form};

use crate::access::{AccessKind, Verb};
use crate::acts::{Act, Held, Share, Use};
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::judge::{Asked, Judged};
use crate::moment::{Moment, actor_of};
use crate::service::{Result, Service};

impl Service {
    /// Reads values.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb or the purpose, or the store fails. A refusal is no error; it returns nothing.
    pub fn use_(&self, caller: &Caller, act: Use) -> Result<Act<Vec<Held>>> {
        caller.may(Verb::Use)?;
        let asked = Asked {
            action: Action::Use,
            compares: false,
            person: act.person,
            data: act.data,
            item: act.item,
            form: act.form,
            purpose: act.purpose,
            recipient: None,
            actor_person: act.actor_person,
            recipient_person: None,
            on: act.on,
        };
        self.read_values("use", caller, asked)
    }

    /// Discloses values.
    ///
    /// # Errors
    ///
    /// As [`Service::use_`].
    pub fn share(&self, caller: &Caller, act: Share) -> Result<Act<Vec<Held>>> {
        caller.may(Verb::Share)?;
        if !act.action.discloses() {
            return Err(ServiceError::invalid("`action` is `share`, `rent`, `sell` or `transfer`"));
        }
        let asked = Asked {
            action: act.action,
            compares: false,
            person: act.person,
            data: act.data,
            item: act.item,
            form: act.form,
            purpose: act.purpose,
            recipient: Some(act.with).filter(|with| !with.is_empty()),
            actor_person: act.actor_person,
            recipient_person: act.with_person,
            on: act.on,
        };
        self.read_values(asked.action.word(), caller, asked)
    }

    fn read_values(&self, verb: &'static str, caller: &Caller, asked: Asked) -> Result<Act<Vec<Held>>> {
        if asked.form != Form::Identified {
            // One person's values are no total, and a name under a pseudonym is still a name.
            return Err(ServiceError::invalid(
                "an act hands values out as they are; whether another form may be had is a question (`/v1/questions`)",
            ));
        }
        let caller = caller.clone();
        self.act(verb, actor_of(&caller), move |moment| read(moment, verb, &caller, &asked))
    }
}

fn read(moment: &mut Moment<'_>, verb: &str, caller: &Caller, asked: &Asked) -> Result<Act<Vec<Held>>> {
    let judged = moment.judge(caller, asked)?;
    let mut values = Vec::new();
    if judged.answer.allowed {
        // What is held as a hash is among no values of a group: `judge` leaves it out.
        for holding in judged.open() {
            values.extend(moment.open(&judged.holdings, holding)?);
        }
    }
    if judged.answer.allowed && asked.action == Action::Use {
        note_first_read(moment, caller, &judged)?;
    }
    if judged.answer.allowed {
        moment.note_used_once(asked, &judged)?;
    }
    let entry = moment.entry_of(verb, caller, asked, &judged)?;
    let log = moment.log(entry, &judged.answer)?;
    if !judged.answer.allowed {
        return Ok(Act::refused(judged.answer, log));
    }
    if asked.action.discloses()
        && let Some(known) = &judged.known
    {
        moment.note_disclosure(known, log)?;
    }
    Ok(Act::done(judged.answer, log, values))
}

/// Remembers for what an item was first read by a human, where a ground asks for that: what somebody went and looked for was
/// not met by chance.
fn note_first_read(moment: &Moment<'_>, caller: &Caller, judged: &Judged) -> Result<()> {
    let asked_for = moment.policy().grounds.iter().any(|ground| !ground.earlier_use.is_empty());
    let (Some(known), Some(purpose)) = (&judged.known, &judged.purpose) else { return Ok(()) };
    if !asked_for || caller.kind != AccessKind::Human {
        return Ok(());
    }
    let mut known = known.clone();
    let entry = moment.next_entry()?;
    for item in judged.open().filter_map(|value| judged.holdings.record(value)).filter_map(|record| record.item) {
        moment.first_read(&mut known, &item, purpose, entry)?;
    }
    Ok(())
}
