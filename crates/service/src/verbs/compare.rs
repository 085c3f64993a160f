//! `compare`: whether what somebody typed is what is held as a hash. Nothing is read.

use upheld_decide::{Action, Form};
use zeroize::Zeroizing;

use crate::access::Verb;
use crate::acts::{Act, Compare, Compared};
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::hashes::is_hash;
use crate::judge::{Asked, Judged};
use crate::moment::{Moment, actor_of, is_alarm, word};
use crate::service::{Result, Service};

/// What is known before the work begins.
struct Before {
    /// Whether the caller may ask at all, whoever it is about.
    permitted: bool,
    /// What the person's value is compared with.
    held: Option<Zeroizing<String>>,
}

impl Service {
    /// Compares. It is a use for that purpose. Of somebody unknown, of whom nothing is held, or whose value may not be used, the
    /// answer is that it does not match, and it takes as long.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb or the purpose, the data is not held as a hash, too much is going on, or the store
    /// fails. A refusal is no error.
    pub fn compare(&self, caller: &Caller, act: Compare) -> Result<Act<Compared>> {
        caller.may(Verb::Compare)?;
        let value = Zeroizing::new(act.value);
        let asked = Asked {
            action: Action::Use,
            compares: true,
            person: act.person,
            data: vec![act.element],
            item: None,
            form: Form::Identified,
            purpose: act.purpose,
            recipient: None,
            actor_person: None,
            recipient_person: None,
            on: None,
        };
        let now = self.0.now();
        let before = self.0.store.read(|tx| {
            let Some(in_force) = crate::moment::believed(self.0.in_force(tx, now))? else {
                return Ok(Before { permitted: false, held: None });
            };
            before(&Moment::reading(tx, &self.0, now, in_force), caller, &asked)
        })?;
        // Whoever may not ask is refused without the work: the refusal is the same for everybody.
        let Before { permitted, held } = before;
        let same = permitted && self.0.workshop.matches(&value, held.as_ref().map(|held| held.as_str()))?;
        let caller = caller.clone();
        self.act("compare", actor_of(&caller), move |moment| {
            let answer = moment.whoever_it_is(&caller, &asked)?;
            let judged = moment.judge(&caller, &asked)?;
            let answer = if permitted { answer } else { answer.filter(|answer| !answer.allowed) };
            let answer = answer.unwrap_or_else(|| judged.answer.clone());
            // What was replaced, refused or erased meanwhile does not match any more.
            let matches = same && judged.answer.allowed && held.is_some() && moment.compared_with(&judged)? == held;
            let mut entry = moment.entry_of("compare", &caller, &asked, &judged)?;
            if !answer.allowed {
                let log = moment.log(entry, &answer)?;
                return Ok(Act::refused(answer, log));
            }
            if matches {
                moment.note_used_once(&asked, &judged)?;
            }
            entry.details.insert("matches".to_owned(), if matches { "yes" } else { "no" }.to_owned());
            if !judged.answer.allowed {
                entry.details.insert("because".to_owned(), word(judged.answer.reason));
            }
            let log = moment.log(entry, &answer)?;
            Ok(Act::done(answer, log, Compared { matches }))
        })
    }
}

fn before(moment: &Moment<'_>, caller: &Caller, asked: &Asked) -> Result<Before> {
    let policy = moment.policy();
    let data = asked.data.first().and_then(|name| policy.names.data.id(name));
    if data.is_some_and(|id| !is_hash(policy, id.into())) {
        return Err(ServiceError::invalid(
            "only what the policy holds as a hash is compared (`data password is account, held as hash`)",
        ));
    }
    caller.may_act_for(asked.purpose.as_deref())?;
    let permitted = moment.whoever_it_is(caller, asked)?.is_some_and(|answer| answer.allowed);
    if !permitted {
        return Ok(Before { permitted, held: None });
    }
    let held = match moment.judge(caller, asked) {
        // The write says so.
        Err(error) if is_alarm(&error) => None,
        judged => {
            let judged = judged?;
            if judged.answer.allowed { moment.compared_with(&judged)? } else { None }
        }
    };
    Ok(Before { permitted, held })
}

impl Moment<'_> {
    /// The newest value that the act may touch.
    fn compared_with(&self, judged: &Judged) -> Result<Option<Zeroizing<String>>> {
        let policy = self.policy();
        let hashes = judged.open().filter(|value| value.id.is_some_and(|id| is_hash(policy, id)));
        let Some(newest) = hashes.last() else { return Ok(None) };
        Ok(self.open(&judged.holdings, newest)?.map(|mut held| Zeroizing::new(std::mem::take(&mut held.value))))
    }
}
