//! Questions: may I? They change nothing.

use upheld_decide::{Answer, Reason};

use crate::access::Verb;
use crate::acts::Question;
use crate::caller::Caller;
use crate::judge::Asked;
use crate::moment::{Moment, is_alarm};
use crate::service::{Result, Service};

impl Service {
    /// Answers a question about a stored person; it changes nothing and is not logged.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb or the purpose, or the store fails.
    pub fn ask(&self, caller: &Caller, question: Question) -> Result<Answer> {
        caller.may(Verb::Ask)?;
        let asked = Asked {
            action: question.action,
            person: question.person,
            data: question.data,
            item: question.item,
            form: question.form,
            purpose: question.purpose,
            recipient: question.with,
            on: question.on,
        };
        let now = self.0.now();
        self.0.store.read(|tx| match self.0.in_force(tx, now)? {
            None => Ok(Answer::refused(Reason::NoPolicy)),
            Some(in_force) => match Moment::reading(tx, &self.0, now, in_force).judge(caller, &asked) {
                Err(error) if is_alarm(&error) => {
                    tracing::error!("a stored row does not verify; the answer is no");
                    Ok(Answer::refused(Reason::NotVerified))
                }
                judged => Ok(judged?.answer),
            },
        })
    }
}
