//! Purposes that are observed before they are enforced: until a last day a question that the policy refuses is answered yes,
//! and counted, so that a service can see what would break before it does.
//!
//! Only questions, and never those about a disclosure: what has left cannot be called back. Acts are always enforced.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use tracing::{info, warn};
use upheld_decide::{Action, Compiled, Reason};
use upheld_service::{InForce, Told};
use utoipa::ToSchema;

/// The farthest that a last day may be ahead.
pub(crate) const LONGEST_DAYS: i32 = 90;

/// A purpose that is observed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observe {
    /// The purpose, with everything below it.
    pub purpose: String,
    /// The last day, in the policy's zone.
    pub until: Date,
}

/// What is observed, and what was seen.
pub(crate) struct Observer {
    watched: Vec<Observe>,
    since: Option<Timestamp>,
    seen: Mutex<BTreeMap<(String, Reason), Seen>>,
}

#[derive(Default)]
struct Seen {
    times: u64,
    clauses: BTreeMap<String, u64>,
}

/// What observing has shown since the server started. It is counted in memory only.
#[derive(Serialize, ToSchema)]
pub(crate) struct Observed {
    /// When counting began, RFC 3339; left out where nothing is observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    /// The purposes that are or were observed.
    purposes: Vec<ObservedPurpose>,
    /// Refusals that were answered with yes.
    refusals: Vec<ObservedRefusal>,
}

/// A purpose that is observed.
#[derive(Serialize, ToSchema)]
struct ObservedPurpose {
    /// The purpose.
    purpose: String,
    /// The last day on which it is only observed, in the policy's zone.
    #[schema(format = Date)]
    until: String,
    /// Whether it is observed today; else it is enforced.
    observing: bool,
}

/// Refusals of one purpose for one reason.
#[derive(Serialize, ToSchema)]
struct ObservedRefusal {
    /// The purpose of the question.
    purpose: String,
    /// Why the policy refuses.
    reason: Reason,
    /// How many questions.
    times: u64,
    /// How many of them each clause decided, by the clause's id.
    clauses: BTreeMap<String, u64>,
}

impl Observer {
    pub(crate) fn new(watched: Vec<Observe>, now: impl FnOnce() -> Timestamp) -> Self {
        let since = (!watched.is_empty()).then(now);
        Self { watched, since, seen: Mutex::default() }
    }

    /// Whether anything is observed at all.
    pub(crate) fn is_needed(&self) -> bool {
        !self.watched.is_empty()
    }

    /// Whether a refusal is only observed; counts it.
    pub(crate) fn observes(&self, action: Action, told: &Told, now: impl FnOnce() -> Timestamp) -> bool {
        if self.watched.is_empty() || told.answer.allowed || action.discloses() {
            return false;
        }
        let (Some(in_force), Some(purpose)) = (&told.in_force, &told.purpose) else { return false };
        // Somebody has changed the store: that is no refusal by the policy.
        if told.answer.reason == Reason::NotVerified {
            return false;
        }
        let reached = |watched: &&Observe| is_within(&in_force.policy, purpose, &watched.purpose);
        let Some(last) = self.watched.iter().filter(reached).map(|watched| watched.until).max() else { return false };
        if in_force.day(now()) > last {
            return false;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = seen.entry((purpose.clone(), told.answer.reason)).or_default();
        seen.times += 1;
        let mut clauses: Vec<&str> = told.answer.because.iter().map(|cited| cited.clause.as_str()).collect();
        clauses.sort_unstable();
        clauses.dedup();
        for clause in clauses {
            *seen.clauses.entry(clause.to_owned()).or_default() += 1;
        }
        true
    }

    /// What was seen so far.
    pub(crate) fn report(&self, in_force: Option<&InForce>, now: Timestamp) -> Observed {
        let today = day(in_force, now);
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let purposes = self.watched.iter().map(|watched| ObservedPurpose {
            purpose: watched.purpose.clone(),
            until: watched.until.to_string(),
            observing: today <= watched.until,
        });
        let refusals = seen.iter().map(|((purpose, reason), seen)| ObservedRefusal {
            purpose: purpose.clone(),
            reason: *reason,
            times: seen.times,
            clauses: seen.clauses.clone(),
        });
        Observed {
            since: self.since.map(|since| since.to_string()),
            purposes: purposes.collect(),
            refusals: refusals.collect(),
        }
    }

    /// Says in the server's log what is observed: at the start, and on the last day.
    pub(crate) fn tell(&self, in_force: Option<&InForce>, now: Timestamp, told_on: &mut Option<Date>) {
        let today = day(in_force, now);
        if self.watched.is_empty() || told_on.replace(today) == Some(today) {
            return;
        }
        for Observe { purpose, until } in &self.watched {
            if today == *until {
                warn!(%purpose, %until, "questions for this purpose are observed for the last day; tomorrow it is enforced");
            } else if today < *until {
                info!(%purpose, %until, "questions for this purpose are observed and not enforced yet");
            }
            let declared = in_force.is_none_or(|in_force| in_force.policy.names.purposes.id(purpose).is_some());
            if !declared {
                warn!(%purpose, "the policy in force declares no such purpose; nothing is observed for it");
            }
        }
    }
}

fn day(in_force: Option<&InForce>, now: Timestamp) -> Date {
    in_force.map_or_else(|| now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date(), |in_force| in_force.day(now))
}

fn is_within(policy: &Compiled, purpose: &str, watched: &str) -> bool {
    let purposes = &policy.names.purposes;
    match (purposes.id(purpose), purposes.id(watched)) {
        (Some(purpose), Some(watched)) => purposes.is_within(purpose, watched),
        _ => false,
    }
}
