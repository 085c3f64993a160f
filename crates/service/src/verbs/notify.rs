//! What people are told: that they were, and what they are owed.

use upheld_decide::{Answer, Reason, Telling};
use upheld_vault::PersonId;

use crate::access::Verb;
use crate::acts::{Act, Notify, Owed};
use crate::caller::Caller;
use crate::facts::Known;
use crate::judge::refused_over;
use crate::keep::later;
use crate::moment::{Moment, actor_of, granted};
use crate::service::{Result, Service};

impl Service {
    /// Notes that a person was told. The sending itself is not the service's.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb, or the store fails.
    pub fn notify(&self, caller: &Caller, act: Notify) -> Result<Act<()>> {
        caller.may(Verb::Notify)?;
        let actor = actor_of(caller);
        self.act("notify", actor.clone(), move |moment| {
            let mut entry = moment.entry("notify", &actor);
            let declared = moment.policy().notices.iter().any(|notice| notice.name == act.notice);
            let known = moment.known(&act.person)?;
            entry.subject = known.as_ref().map(|known| moment.subject(known.id));
            let answer = match (declared, known) {
                (false, _) => refused_over(Reason::NotDeclared, &act.notice),
                (true, None) => Answer::refused(Reason::NobodyKnown),
                (true, Some(mut known)) => {
                    let index = moment.next_entry()?;
                    moment.tell(&mut known, &act.notice, index)?;
                    granted()
                }
            };
            if declared {
                entry.details.insert("notice".to_owned(), act.notice.clone());
            }
            let log = moment.log(entry, &answer)?;
            Ok(if answer.allowed { Act::done(answer, log, ()) } else { Act::refused(answer, log) })
        })
    }

    /// What people are owed and were not told yet, the one that is due first before the others.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb, or the store fails.
    pub fn owed(&self, caller: &Caller) -> Result<Vec<Owed>> {
        caller.may(Verb::Notify)?;
        self.all_owed()
    }

    /// The same without a key: for who has the store.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn all_owed(&self) -> Result<Vec<Owed>> {
        self.reading(|moment| {
            let mut out = Vec::new();
            for telling in &moment.policy().tellings {
                let event = moment.policy().names.points.name(telling.after.0);
                for person in moment.people_of_event(event)? {
                    let known = moment.known_by_id(person)?;
                    out.extend(moment.owed(&known, telling));
                }
            }
            out.sort_by(|one, other| {
                (&one.due, &one.notice, &one.subject).cmp(&(&other.due, &other.notice, &other.subject))
            });
            out.dedup();
            Ok(out)
        })
    }

    /// What one person is owed: what scenarios look at.
    pub(crate) fn owed_to(&self, person: &str) -> Result<Vec<String>> {
        self.reading(|moment| {
            let Some(known) = moment.known(person)? else { return Ok(Vec::new()) };
            let owed = moment.policy().tellings.iter().filter_map(|telling| moment.owed(&known, telling));
            Ok(owed.map(|owed| owed.notice).collect())
        })
    }

    fn reading<T>(&self, run: impl FnOnce(&Moment<'_>) -> Result<T>) -> Result<T> {
        let now = self.0.now();
        self.0.store.read(|tx| {
            let in_force = self.0.in_force(tx, now)?.unwrap_or_else(|| std::sync::Arc::clone(&self.0.no_policy));
            run(&Moment::reading(tx, &self.0, now, in_force))
        })
    }
}

impl Moment<'_> {
    /// What a sentence owes a person: since the first event after they were last told.
    fn owed(&self, known: &Known, telling: &Telling) -> Option<Owed> {
        let policy = self.policy();
        let theirs = telling.of.is_empty()
            || telling.of.iter().any(|of| known.may_be(policy, *of) || known.is_or_was(policy, *of));
        let notice = policy.notices.get(usize::from(telling.notice)).filter(|_| theirs)?;
        let from = known.notified(&notice.name).map_or(i64::MIN, |told| told.saturating_add(1));
        let since = known.happened(policy.names.points.name(telling.after.0), None, from)?;
        let due = later(since, telling.within, &self.in_force.zone);
        let id: PersonId = known.id;
        Some(Owed {
            notice: notice.name.clone(),
            subject: self.subject(id),
            due: self.day_of(due),
            overdue: due < self.ms(),
            clause: policy.cite(telling.sentence).map(|cited| cited.clause).unwrap_or_default(),
        })
    }
}
