//! A transaction, as closures see it.

use std::time::Instant;

use rusqlite::{CachedStatement, Connection, params_from_iter};

use crate::error::StoreError;
use crate::value::{Row, Value};

const ENDED: &str = "the transaction has ended";

/// Runs a statement of transactions (`BEGIN`, `SAVEPOINT` …), prepared once.
pub(crate) fn run(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}

/// A transaction. Statements are prepared once for each connection.
pub struct Tx<'c> {
    connection: &'c Connection,
    /// When a read must have ended.
    until: Option<Instant>,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx")
    }
}

impl<'c> Tx<'c> {
    pub(crate) const fn writing(connection: &'c Connection) -> Self {
        Self { connection, until: None }
    }

    pub(crate) const fn reading(connection: &'c Connection, until: Instant) -> Self {
        Self { connection, until: Some(until) }
    }

    fn prepare(&self, sql: &str) -> Result<CachedStatement<'c>, StoreError> {
        // The engine looks at the clock only every so many steps: many short statements would never be stopped by it.
        if self.until.is_some_and(|until| Instant::now() > until) {
            return Err(StoreError::Slow);
        }
        // The engine undoes a whole transaction when a disk fails; a closure that went on would commit statement by statement.
        if self.connection.is_autocommit() {
            return Err(StoreError::Engine(ENDED.to_owned()));
        }
        Ok(self.connection.prepare_cached(sql)?)
    }

    /// Runs a statement; gives how many rows it changed.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub fn execute(&self, sql: &str, values: &[Value]) -> Result<usize, StoreError> {
        Ok(self.prepare(sql)?.execute(params_from_iter(values))?)
    }

    /// All rows of an answer.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.prepare(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(values))?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            out.push(Row::read(row, columns)?);
        }
        Ok(out)
    }

    /// The first row of an answer.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub fn one(&self, sql: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        let mut statement = self.prepare(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(values))?;
        rows.next()?.map(|row| Row::read(row, columns)).transpose()
    }

    /// Runs a part of a write that is undone whole when it fails, so that the rest may go on and be committed without it.
    ///
    /// # Errors
    ///
    /// The part's own, or what the engine says.
    pub fn part<T, E: From<StoreError>>(&self, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if self.connection.is_autocommit() {
            return Err(StoreError::Engine(ENDED.to_owned()).into());
        }
        run(self.connection, "SAVEPOINT part")?;
        let outcome = act();
        if outcome.is_err() {
            run(self.connection, "ROLLBACK TO part")?;
        }
        run(self.connection, "RELEASE part")?;
        outcome
    }

    /// Prepares a statement and gives the names of its parameters; for tests that hold every statement against the schema.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub fn parameters(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        let statement = self.connection.prepare(sql)?;
        Ok((1..=statement.parameter_count())
            .map(|index| statement.parameter_name(index).unwrap_or_default().to_owned())
            .collect())
    }
}
