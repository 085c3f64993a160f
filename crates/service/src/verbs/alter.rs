//! `change`, `erase` and `block`: what the service itself may do to stored values.

use upheld_decide::{Action, Answer, Form, Reason};
use upheld_vault::{PersonId, RecordId};

use crate::access::Verb;
use crate::acts::{Act, Change, Erased, Remove, Stays};
use crate::answers::Altered;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::facts::Known;
use crate::hashes::is_hash;
use crate::holdings::{Holding, Holdings};
use crate::intake::{clean, well_formed};
use crate::judge::{Asked, Judged};
use crate::moment::{Moment, actor_of};
use crate::schema::sql;
use crate::service::{Result, Service};
use crate::verbs::keep::SMALL;

impl Service {
    /// Alters a value: of several records that hold the element, in the newest. It keeps where it came from.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb or the purpose, or the store fails.
    pub fn change(&self, caller: &Caller, act: Change) -> Result<Act<Altered>> {
        caller.may(Verb::Change)?;
        let named = act.element.clone();
        let asked = Asked {
            action: Action::Change,
            compares: false,
            person: act.person,
            data: vec![act.element],
            item: act.item,
            form: Form::Identified,
            purpose: act.purpose,
            recipient: None,
            actor_person: act.actor_person,
            recipient_person: None,
            on: act.on,
        };
        let mut value = zeroize::Zeroizing::new(act.value);
        let hashed = self.hash_one(&named, &mut value)?;
        let caller = caller.clone();
        self.act("change", actor_of(&caller), move |moment| {
            let mut judged = moment.judge(&caller, &asked)?;
            let mut altered = Altered { altered: 1, taken_out: 0 };
            if judged.answer.allowed {
                // A hash takes the place of a hash, and nothing else does.
                let policy = moment.policy();
                let alike = |holding: &&Holding| holding.id.is_some_and(|id| is_hash(policy, id)) == hashed;
                let newest = judged.open().filter(alike).last().cloned();
                let record = newest.as_ref().and_then(|holding| judged.holdings.record(holding)).cloned();
                match (newest, record) {
                    (Some(holding), Some(record)) if well_formed(&holding.element, &value) => {
                        let (value, taken_out) = match holding.id {
                            Some(id) => clean(moment.policy(), id, &value),
                            None => (value.as_str().into(), 0),
                        };
                        altered.taken_out = taken_out;
                        moment.vault.change(&record, &holding.element, &value)?;
                        judged.values = vec![holding];
                    }
                    (Some(holding), _) => judged.answer = Answer::refused_over(Reason::Malformed, holding.element),
                    (None, _) => judged.answer = Answer::refused(Reason::NotHeld),
                }
            }
            let mut entry = moment.entry_of("change", &caller, &asked, &judged)?;
            if altered.taken_out > 0 {
                entry.details.insert("taken_out".to_owned(), altered.taken_out.to_string());
            }
            finish(moment, entry, judged, altered)
        })
    }

    /// Removes values.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb or the purpose, or the store fails.
    pub fn erase(&self, caller: &Caller, act: Remove) -> Result<Act<Erased>> {
        caller.may(Verb::Erase)?;
        if act.lift {
            return Err(ServiceError::invalid("`lift` takes a block back; an erasure cannot be taken back"));
        }
        let asked = removal(Action::Erase, act);
        let caller = caller.clone();
        let mut done = self.act("erase", actor_of(&caller), move |moment| {
            let judged = moment.judge(&caller, &asked)?;
            let mut erased = Erased::default();
            if judged.answer.allowed
                && let Some(mut known) = judged.known.clone()
            {
                let entry = moment.next_entry()?;
                erased = moment.erase(&mut known, &judged.holdings, &judged.values, entry)?;
            }
            close(moment, "erase", &caller, &asked, judged, erased)
        })?;
        if let Some(erased) = &mut done.result {
            self.tell_bytes_gone(erased)?;
        }
        Ok(done)
    }

    /// Blocks values, or lifts a block.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb or the purpose, or the store fails.
    pub fn block(&self, caller: &Caller, act: Remove) -> Result<Act<()>> {
        caller.may(Verb::Block)?;
        let lift = act.lift;
        let asked = removal(Action::Block, act);
        let caller = caller.clone();
        self.act("block", actor_of(&caller), move |moment| {
            let judged = moment.judge(&caller, &asked)?;
            if judged.answer.allowed
                && let Some(mut known) = judged.known.clone()
            {
                let entry = moment.next_entry()?;
                for value in &judged.values {
                    let Some(record) = judged.holdings.record(value) else { continue };
                    if lift {
                        moment.unblock(&mut known, record.id, &value.element)?;
                    } else {
                        moment.block(&mut known, record.id, &value.element, entry)?;
                    }
                }
            }
            let mut entry = moment.entry_of("block", &caller, &asked, &judged)?;
            if lift {
                entry.details.insert("step".to_owned(), "lift".to_owned());
            }
            finish(moment, entry, judged, ())
        })
    }

    /// Tries to make the bytes of an erasure go now; when the store is large or readers are in the way, a sweep does.
    pub(crate) fn tell_bytes_gone(&self, erased: &mut Erased) -> Result<()> {
        if erased.values > 0 && self.scrub_up_to(SMALL).is_ok_and(|erasures| erasures > 0) {
            erased.bytes_gone = Some(self.0.now().to_string());
        }
        Ok(())
    }
}

fn removal(action: Action, act: Remove) -> Asked {
    Asked {
        action,
        compares: false,
        person: act.person,
        data: act.data,
        item: act.item,
        form: Form::Identified,
        purpose: act.purpose,
        recipient: None,
        actor_person: act.actor_person,
        recipient_person: None,
        on: act.on,
    }
}

fn close<T>(
    moment: &mut Moment<'_>,
    verb: &str,
    caller: &Caller,
    asked: &Asked,
    judged: Judged,
    result: T,
) -> Result<Act<T>> {
    let entry = moment.entry_of(verb, caller, asked, &judged)?;
    finish(moment, entry, judged, result)
}

fn finish<T>(moment: &mut Moment<'_>, entry: upheld_evidence::Entry, judged: Judged, result: T) -> Result<Act<T>> {
    let log = moment.log(entry, &judged.answer)?;
    Ok(if judged.answer.allowed { Act::done(judged.answer, log, result) } else { Act::refused(judged.answer, log) })
}

impl Moment<'_> {
    /// Erases values of a person. Of whom nothing is left is forgotten: handles, choices, cases, key.
    pub(crate) fn erase(
        &self,
        known: &mut Known,
        holdings: &Holdings,
        values: &[Holding],
        entry: u64,
    ) -> Result<Erased> {
        let what: Vec<(RecordId, String)> = values
            .iter()
            .filter_map(|value| holdings.record(value).map(|record| (record.id, value.element.clone())))
            .collect();
        for (record, element) in &what {
            self.forget_value(known, *record, element)?;
        }
        let gone = self.vault.erase(&what)?;
        let seals = self.vault.seals_of(known.id)?.len();
        let forgets = self.vault.is_empty(known.id)?;
        if gone.values > 0 || (forgets && seals > 0) {
            self.tx.execute(sql::ADD_WAITING, &[entry.into(), self.ms().into()])?;
        }
        if forgets {
            self.forget(known.id)?;
        }
        let stays = holdings
            .values
            .iter()
            .filter(|value| !values.iter().any(|gone| gone.record == value.record && gone.element == value.element))
            .map(|value| self.stays(value))
            .collect();
        Ok(Erased { values: gone.values, keys: gone.keys, unreadable: self.now.to_string(), bytes_gone: None, stays })
    }

    /// Forgets a person of whom nothing is held: handles, choices, cases, keys.
    pub(crate) fn forget(&self, person: PersonId) -> Result<()> {
        self.leave_cases(person)?;
        self.forget_disclosures(person)?;
        self.vault.forget(person)?;
        Ok(())
    }

    /// Why a value stays, and until when.
    fn stays(&self, value: &Holding) -> Stays {
        let demanded = value.demanded();
        let cited = demanded.or(value.kept.sentence).and_then(|sentence| self.policy().cite(sentence));
        let (clause, sentence) = match cited {
            Some(cited) => (cited.clause, cited.sentence),
            None => (String::new(), "no sentence says how long it is kept".to_owned()),
        };
        // What a case holds stays as long as the case does, whenever it closes.
        let by_case = value.kept.must.is_none() && value.hold.is_some();
        let until = value.kept.closes.filter(|_| !by_case).map(|end| self.day_of(end));
        let reason = demanded.map(|_| Reason::Kept);
        Stays { element: value.element.clone(), reason, clause, sentence, until }
    }
}
