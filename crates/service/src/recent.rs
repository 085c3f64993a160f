//! What questions rest on, remembered for a moment: keys that were authenticated and the version in force.
//!
//! A question about the rules alone opens no value, and it is asked thousands of times a second, so it need not read the
//! store each time. What this process does itself (revoke a key, activate a version) counts at once, and a version begins
//! exactly when it begins; what another process does to the same store counts after [`LONGEST`]. Acts, and questions about
//! a person, always read the store.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::caller::Caller;
use crate::policy_life::InForce;
use crate::service::{Result, Service};

/// How long something is remembered.
const LONGEST: Duration = Duration::from_secs(1);

/// How many keys are remembered at once.
const MOST_KEYS: usize = 1024;

/// What is remembered.
#[derive(Default)]
pub(crate) struct Recent {
    /// Goes up with every change that this process makes to keys and versions.
    changes: AtomicU64,
    in_force: RwLock<Option<Remembered<Until>>>,
    /// By the hash of the token.
    callers: RwLock<HashMap<[u8; 32], Remembered<Arc<Caller>>>>,
}

/// The version in force, if any, and when the next one begins, in milliseconds since 1970.
type Until = (Option<Arc<InForce>>, i64);

struct Remembered<T> {
    what: T,
    since: Instant,
    changes: u64,
}

impl Recent {
    /// Nothing that is remembered holds any more.
    pub(crate) fn forget(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    fn holds<T>(&self, remembered: &Remembered<T>) -> bool {
        remembered.changes == self.changes.load(Ordering::SeqCst) && remembered.since.elapsed() < LONGEST
    }
}

impl Service {
    /// The time as the service counts it: the clock's, and never earlier than the newest act.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.now()
    }

    /// The caller with this token, when it was authenticated within the last second. It does not touch the store.
    #[must_use]
    pub fn recent_caller(&self, token: &str) -> Option<Arc<Caller>> {
        let recent = &self.0.recent;
        let hash = self.0.keys.token_hash(token.as_bytes());
        let callers = recent.callers.read().unwrap_or_else(PoisonError::into_inner);
        callers.get(&hash).filter(|known| recent.holds(known)).map(|known| Arc::clone(&known.what))
    }

    /// As [`Service::authenticate`], and remembers it for [`Service::recent_caller`].
    ///
    /// # Errors
    ///
    /// As [`Service::authenticate`].
    pub fn authenticate_to_ask(&self, token: &str) -> Result<Arc<Caller>> {
        let recent = &self.0.recent;
        // Taken before the store is read: a change during the read makes what was read of no use.
        let (changes, since) = (recent.changes.load(Ordering::SeqCst), Instant::now());
        let what = Arc::new(self.authenticate(token)?);
        let mut callers = recent.callers.write().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= MOST_KEYS {
            callers.retain(|_, known| recent.holds(known));
        }
        if callers.len() < MOST_KEYS {
            let hash = self.0.keys.token_hash(token.as_bytes());
            callers.insert(hash, Remembered { what: Arc::clone(&what), since, changes });
        }
        Ok(what)
    }

    /// The version in force, when it was read within the last second; it does not touch the store. The inner option is
    /// none where no version is in force.
    #[must_use]
    pub fn recent_policy(&self) -> Option<Option<Arc<InForce>>> {
        let recent = &self.0.recent;
        let remembered = recent.in_force.read().unwrap_or_else(PoisonError::into_inner);
        let known = remembered.as_ref().filter(|known| recent.holds(known))?;
        let (in_force, next) = &known.what;
        (self.now().as_millisecond() < *next).then(|| in_force.clone())
    }

    /// As [`Service::in_force`], and remembers it for [`Service::recent_policy`].
    ///
    /// # Errors
    ///
    /// As [`Service::in_force`].
    pub fn in_force_to_ask(&self) -> Result<Option<Arc<InForce>>> {
        let recent = &self.0.recent;
        let (changes, since) = (recent.changes.load(Ordering::SeqCst), Instant::now());
        let (in_force, next) = self.in_force_until()?;
        let what = (in_force.clone(), next);
        let remembered = Some(Remembered { what, since, changes });
        *recent.in_force.write().unwrap_or_else(PoisonError::into_inner) = remembered;
        Ok(in_force)
    }
}

impl InForce {
    /// The day of a time in the zone in which the policy counts its days.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> Date {
        at.to_zoned_datetime(self.zone.clone()).date()
    }
}
