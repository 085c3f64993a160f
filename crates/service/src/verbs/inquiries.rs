//! What people ask that somebody must answer: a question of theirs, a review of a clause that they hold to be broken.
//!
//! What they write is data like any other and comes in at a point; here stand the duty to answer and its last day.

use std::collections::BTreeMap;

use jiff::Timestamp;
use upheld_decide::{Answer, Reason, Right, RightKind};

use crate::access::{AccessKind, Verb};
use crate::acts::Act;
use crate::answers::Inquiry;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::facts::Known;
use crate::keep::later;
use crate::moment::{Moment, actor_of, granted};
use crate::service::{Result, Service};

impl Service {
    /// What people asked and nobody has answered yet, the one that is due first before the others.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb, or the store fails.
    pub fn inquiries(&self, caller: &Caller) -> Result<Vec<Inquiry>> {
        caller.may(Verb::Request)?;
        self.open_inquiries()
    }

    /// The same without a key: for who has the store.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn open_inquiries(&self) -> Result<Vec<Inquiry>> {
        let now = self.0.now();
        self.0.store.read(|tx| {
            let in_force = self.0.in_force(tx, now)?.unwrap_or_else(|| std::sync::Arc::clone(&self.0.no_policy));
            let moment = Moment::reading(tx, &self.0, now, in_force);
            let mut out = Vec::new();
            for person in moment.people_who_ask()? {
                let known = moment.known_by_id(person)?;
                out.extend(known.inquiries().map(|(id, state, since)| moment.inquiry(id, state, since)));
            }
            out.sort_by(|one, other| (&one.due, &one.since, &one.id).cmp(&(&other.due, &other.since, &other.id)));
            Ok(out)
        })
    }

    /// Somebody of the staff has answered what a person asked.
    ///
    /// # Errors
    ///
    /// When the key is no human's or does not list the verb, when there is no such request, or the store fails.
    pub fn answer(&self, caller: &Caller, id: &str) -> Result<Act<()>> {
        caller.may(Verb::Request)?;
        if caller.kind != AccessKind::Human {
            return Err(ServiceError::not_allowed("answer what people ask: a human does"));
        }
        let (actor, id) = (actor_of(caller), id.to_owned());
        self.act("answer", actor.clone(), move |moment| {
            for person in moment.people_who_ask()? {
                let mut known = moment.known_by_id(person)?;
                let Some((id, state)) = known
                    .inquiries()
                    .find(|(known, ..)| *known == id)
                    .map(|(id, state, _)| (id.to_owned(), state.to_owned()))
                else {
                    continue;
                };
                moment.end_inquiry(&mut known, &id)?;
                let mut entry = moment.entry("answer", &actor);
                entry.subject = Some(moment.subject(known.id));
                entry.details = BTreeMap::from([("request".to_owned(), id), ("right".to_owned(), state)]);
                let answer = granted();
                let log = moment.log(entry, &answer)?;
                return Ok(Act::done(answer, log, ()));
            }
            let answer = Answer::refused(Reason::NotHeld);
            let log = moment.log(moment.entry("answer", &actor), &answer)?;
            Ok(Act::refused(answer, log))
        })
    }

    /// What a person asked and nobody has answered: what scenarios look at.
    pub(crate) fn asked_by(&self, person: &str) -> Result<Vec<Inquiry>> {
        let now = self.0.now();
        self.0.store.read(|tx| {
            let in_force = self.0.in_force(tx, now)?.unwrap_or_else(|| std::sync::Arc::clone(&self.0.no_policy));
            let moment = Moment::reading(tx, &self.0, now, in_force);
            let Some(known) = moment.known(person)? else { return Ok(Vec::new()) };
            Ok(known.inquiries().map(|(id, state, since)| moment.inquiry(id, state, since)).collect())
        })
    }
}

impl Moment<'_> {
    /// A person asks: somebody must answer.
    pub(crate) fn open_inquiry(
        &mut self,
        known: &mut Known,
        kind: RightKind,
        clause: Option<&str>,
        entry: u64,
    ) -> Result<Inquiry> {
        let id = self.id().to_string();
        let state = match clause {
            Some(clause) => format!("{} {clause}", kind.word()),
            None => kind.word().to_owned(),
        };
        self.note_inquiry(known, &id, &state, entry)?;
        Ok(self.inquiry(&id, &state, self.ms()))
    }

    fn inquiry(&self, id: &str, state: &str, since: i64) -> Inquiry {
        let (right, clause) = match state.split_once(' ') {
            Some((right, clause)) => (right, Some(clause.to_owned())),
            None => (state, None),
        };
        let kind = RightKind::from_word(right);
        // The first day of several: who has two rights to an answer gets it by the nearer one.
        let within = |right: &Right| right.within.map(|period| later(since, period, &self.in_force.zone));
        let rights = self.policy().rights.iter().filter(|right| Some(right.kind) == kind);
        let due = rights.filter_map(within).min();
        Inquiry {
            id: id.to_owned(),
            right: right.to_owned(),
            clause,
            since: Timestamp::from_millisecond(since).unwrap_or(Timestamp::MAX).to_string(),
            due: due.map(|due| self.day_of(due)),
            overdue: due.is_some_and(|due| due < self.ms()),
        }
    }
}
