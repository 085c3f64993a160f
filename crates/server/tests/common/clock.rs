use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use upheld_service::{Clock, SetClock};

/// A clock of which a test can let go, that it can hold still so that whoever asks waits, and that it can let fall.
pub struct TestClock {
    time: SetClock,
    state: Mutex<State>,
    changed: Condvar,
    waiting: AtomicUsize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Runs,
    Held,
    Falls,
}

impl TestClock {
    pub fn new(at: Timestamp) -> Self {
        let (state, changed, waiting) = (Mutex::new(State::Runs), Condvar::new(), AtomicUsize::new(0));
        Self { time: SetClock::new(at), state, changed, waiting }
    }

    pub fn advance(&self, by: Duration) {
        self.time.advance(by);
    }

    /// From now on whoever asks for the time waits.
    pub fn hold(&self) {
        self.set(State::Held);
    }

    /// Whoever waits goes on.
    pub fn release(&self) {
        self.set(State::Runs);
    }

    /// From now on whoever asks for the time panics, with a value in the message.
    pub fn fall(&self) {
        self.set(State::Falls);
    }

    /// Completes when so many wait.
    pub async fn until_waiting(&self, count: usize) {
        while self.waiting.load(Ordering::SeqCst) < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.changed.notify_all();
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_add(1, Ordering::SeqCst);
        while *state == State::Held {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        assert!(*state != State::Falls, "the clock fell down with {} in it", super::CANARY);
        drop(state);
        self.time.now()
    }
}
