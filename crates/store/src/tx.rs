//! A transaction, as closures see it.

use std::time::Instant;

use crate::engine::Engine;
use crate::error::StoreError;
use crate::value::{Row, Value};

/// A transaction. Statements are prepared once for each connection.
pub struct Tx<'c> {
    engine: &'c dyn Engine,
    /// When a read must have ended.
    until: Option<Instant>,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx")
    }
}

impl<'c> Tx<'c> {
    pub(crate) const fn writing(engine: &'c dyn Engine) -> Self {
        Self { engine, until: None }
    }

    pub(crate) const fn reading(engine: &'c dyn Engine, until: Instant) -> Self {
        Self { engine, until: Some(until) }
    }

    fn in_time(&self) -> Result<(), StoreError> {
        // The engine looks at the clock only every so many steps: many short statements would never be stopped by it.
        if self.until.is_some_and(|until| Instant::now() > until) { Err(StoreError::Slow) } else { Ok(()) }
    }

    /// Runs a statement; gives how many rows it changed.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub fn execute(&self, sql: &str, values: &[Value]) -> Result<usize, StoreError> {
        self.in_time()?;
        self.engine.execute(sql, values)
    }

    /// All rows of an answer.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.in_time()?;
        self.engine.query(sql, values, usize::MAX)
    }

    /// The first row of an answer.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub fn one(&self, sql: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        self.in_time()?;
        Ok(self.engine.query(sql, values, 1)?.pop())
    }

    /// Runs a part of a write that is undone whole when it fails, so that the rest may go on and be committed without it.
    ///
    /// # Errors
    ///
    /// The part's own, or what the engine says.
    pub fn part<T, E: From<StoreError>>(&self, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if !self.engine.stands() {
            return Err(StoreError::Engine("the transaction has ended".to_owned()).into());
        }
        self.engine.run("SAVEPOINT part")?;
        let outcome = act();
        if outcome.is_err() {
            self.engine.run("ROLLBACK TO part")?;
        }
        self.engine.run("RELEASE part")?;
        outcome
    }

    /// Prepares a statement and gives the names of its parameters; for tests that hold every statement against the schema.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub fn parameters(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        self.engine.parameters(sql)
    }
}
