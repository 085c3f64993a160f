//! Who is signed in, without a cookie: pages hold a signed pass, and their forms send it back.
//!
//! The privacy policy of this service declares no cookie, so the site sets none. What has to be remembered here is only
//! which passes were ended before their time, by a random id that leads to nobody.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::keys::{Pass, SiteKey};

/// Passes that were ended and would otherwise still be good: random id to the time at which they are not good any more.
#[derive(Default)]
pub(crate) struct Passes(Mutex<BTreeMap<String, u64>>);

impl Passes {
    /// The pass that a form sent, if it is ours, still good and not ended.
    pub(crate) fn of(&self, key: &SiteKey, sent: &str, now: u64) -> Option<Pass> {
        key.read_pass(sent, now).filter(|pass| !self.lock().contains_key(&pass.id))
    }

    /// Signs out: no writing of this pass is good any more.
    pub(crate) fn end(&self, key: &SiteKey, pass: &Pass, now: u64) {
        let until = key.new_pass(&pass.customer, now).until;
        let mut ended = self.lock();
        ended.retain(|_, until| *until > now);
        ended.insert(pass.id.clone(), until);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        // A panic while the map was held leaves it whole: each change is one call.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_that_was_ended_opens_nothing_in_any_writing() {
        let (key, passes) = (SiteKey::generate().unwrap(), Passes::default());
        let pass = key.new_pass("c-1", 0);
        let (first, second) = (key.write_pass(&pass, 0), key.write_pass(&pass, 100));
        assert!(passes.of(&key, &second, 200).is_some());
        passes.end(&key, &pass, 200);
        assert!(passes.of(&key, &first, 200).is_none());
        assert!(passes.of(&key, &second, 200).is_none());
        let again = key.write_pass(&key.new_pass("c-1", 200), 200);
        assert!(passes.of(&key, &again, 200).is_some(), "signing in again is another pass");
        passes.end(&key, &key.new_pass("c-2", 0), 1_000_000);
        assert_eq!(passes.lock().len(), 1, "what is past is forgotten");
    }
}
