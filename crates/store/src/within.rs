//! Which stores the thread at hand is inside of: a closure that began another act of its own store would wait for itself.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::StoreError;

thread_local! {
    static INSIDE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// A store's number within the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number(u64);

impl Number {
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// Refuses when the thread is inside of the store already.
    pub(crate) fn outside(self) -> Result<(), StoreError> {
        if INSIDE.with_borrow(|inside| inside.contains(&self.0)) { Err(StoreError::Nested) } else { Ok(()) }
    }

    /// The thread is inside until the answer is dropped.
    pub(crate) fn enter(self) -> Within {
        INSIDE.with_borrow_mut(|inside| inside.push(self.0));
        Within(self.0)
    }
}

/// The time that a thread spends inside of a store.
pub(crate) struct Within(u64);

impl Drop for Within {
    fn drop(&mut self) {
        INSIDE.with_borrow_mut(|inside| inside.retain(|number| *number != self.0));
    }
}
