//! Questions: may I? They change nothing.

use std::sync::Arc;

use jiff::Timestamp;
use upheld_decide::{Action, Actor, Answer, Cited, Compiled, Purpose, Question as RuleQuestion, Reason};

use crate::access::Verb;
use crate::acts::Question;
use crate::caller::Caller;
use crate::judge::{Asked, Judged, is_name};
use crate::moment::{Moment, is_alarm};
use crate::policy_life::InForce;
use crate::service::{Result, Service};

/// An answer with what belongs to it.
#[derive(Clone, Debug)]
pub struct Told {
    /// Yes or no, and why.
    pub answer: Answer,
    /// The version that answered; none where none is in force.
    pub in_force: Option<Arc<InForce>>,
    /// The purpose; that of the case's ground when none was named.
    pub purpose: Option<String>,
    /// Whether the asker works on the purpose, and so may know what was lacking.
    pub may_know: bool,
    /// What the policy asks of whoever goes on to do it.
    pub duties: Vec<Duty>,
}

/// What is to be done with values that a question found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Whatever was copied of them is deleted by then: their kept period ends.
    DeleteBy {
        /// The element.
        element: String,
        /// The end of the period of the value that closes first.
        by: Timestamp,
        /// The sentence that says so.
        sentence: Option<Cited>,
    },
    /// No more than the last four characters are shown.
    ShowLastFour {
        /// The element.
        element: String,
    },
}

impl Service {
    /// Answers a question about a stored person; it changes nothing and is not logged.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb or the purpose, or the store fails.
    pub fn ask(&self, caller: &Caller, question: Question) -> Result<Answer> {
        self.tell(caller, question).map(|told| told.answer)
    }

    /// As [`Service::ask`], with what belongs to the answer.
    ///
    /// # Errors
    ///
    /// As [`Service::ask`].
    pub fn tell(&self, caller: &Caller, question: Question) -> Result<Told> {
        caller.may(Verb::Ask)?;
        let asked = Asked {
            action: question.action,
            compares: false,
            person: question.person,
            data: question.data,
            item: question.item,
            form: question.form,
            purpose: question.purpose,
            recipient: question.with,
            actor_person: question.actor_person,
            recipient_person: question.with_person,
            on: question.on,
        };
        let now = self.0.now();
        self.0.store.read(|tx| {
            let Some(in_force) = self.0.in_force(tx, now)? else { return Ok(Told::without_policy()) };
            let moment = Moment::reading(tx, &self.0, now, Arc::clone(&in_force));
            let judged = match moment.judge(caller, &asked) {
                Err(error) if is_alarm(&error) => {
                    tracing::error!("a stored row does not verify; the answer is no");
                    Judged::refused(Answer::refused(Reason::NotVerified))
                }
                judged => judged?,
            };
            let policy = moment.policy();
            let duties = match asked.action {
                Action::Use if judged.answer.allowed => duties_of(policy, &judged),
                _ => Vec::new(),
            };
            self.0.count(&judged.answer);
            let may_know = works_on(policy, caller, judged.purpose.as_deref());
            let Judged { answer, purpose, .. } = judged;
            Ok(Told { answer, purpose, may_know, duties, in_force: Some(in_force) })
        })
    }

    /// Answers a question from the rules of a version alone: facts come with it, and nobody is named. The store is not
    /// touched. The actor is the key's, whatever the question says.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb or the purpose.
    pub fn tell_by_rules(
        &self,
        caller: &Caller,
        in_force: Option<Arc<InForce>>,
        mut question: RuleQuestion,
    ) -> Result<Told> {
        caller.may(Verb::Ask)?;
        let Some(in_force) = in_force else { return Ok(Told::without_policy()) };
        let policy = &in_force.policy;
        // The ground is the purpose where none is named.
        let purpose = question.purpose.clone().or_else(|| question.on.clone());
        caller.may_act_for(purpose.as_deref())?;
        question.actor.clone_from(&caller.acts_as);
        let mut answer = policy.answer(&question);
        self.0.count(&answer);
        if matches!(answer.reason, Reason::NotDeclared) {
            // What does not look like a name may be a value that strayed there.
            answer.lacking.retain(|word| is_name(word));
        }
        let duties = match question.action {
            Action::Use if answer.allowed => {
                tokens_among(policy, &question.data).map(|element| Duty::ShowLastFour { element }).collect()
            }
            _ => Vec::new(),
        };
        let may_know = works_on(policy, caller, purpose.as_deref());
        Ok(Told { answer, purpose, may_know, duties, in_force: Some(in_force) })
    }
}

impl Told {
    fn without_policy() -> Self {
        let answer = Answer::refused(Reason::NoPolicy);
        Self { answer, in_force: None, purpose: None, may_know: false, duties: Vec::new() }
    }
}

/// Whether the role or program of a key works on a purpose.
fn works_on(policy: &Compiled, caller: &Caller, purpose: Option<&str>) -> bool {
    let actor = caller.acts_as.as_deref().and_then(|name| policy.names.actors.id(name)).map(Actor);
    let purpose = purpose.and_then(|name| policy.names.purposes.id(name)).map(Purpose);
    let (Some(actor), Some(purpose)) = (actor, purpose) else { return false };
    policy.works_on.get(actor.index()).is_some_and(|purposes| purposes.contains(&purpose))
}

/// The elements at or below some names that are held as tokens.
fn tokens_among(policy: &Compiled, data: &[String]) -> impl Iterator<Item = String> {
    let names = &policy.names.data;
    let asked: Vec<u16> = data.iter().filter_map(|name| names.id(name)).collect();
    let token = |id: &u16| policy.forms.get(usize::from(*id)).is_some_and(|form| form.token && !form.group);
    names
        .ids()
        .filter(token)
        .filter(move |id| asked.iter().any(|asked| names.is_within(*id, *asked)))
        .map(|id| names.name(id).to_owned())
}

/// What is to be done with the values that a judgement found open.
fn duties_of(policy: &Compiled, judged: &Judged) -> Vec<Duty> {
    let mut ends: Vec<(&str, i64, Option<u16>)> = Vec::new();
    let mut out = Vec::new();
    for value in judged.open() {
        if value.id.is_some_and(|id| policy.forms.get(id.index()).is_some_and(|form| form.token)) {
            out.push(Duty::ShowLastFour { element: value.element.clone() });
        }
        ends.extend(value.kept.closes.map(|end| (value.element.as_str(), end, value.kept.sentence)));
    }
    ends.sort_unstable();
    ends.dedup_by_key(|(element, ..)| *element);
    out.extend(ends.into_iter().map(|(element, end, sentence)| Duty::DeleteBy {
        element: element.to_owned(),
        by: Timestamp::from_millisecond(end).unwrap_or(Timestamp::MAX),
        sentence: sentence.and_then(|sentence| policy.cite(sentence)),
    }));
    out.dedup();
    out
}
