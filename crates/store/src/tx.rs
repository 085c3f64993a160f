//! A transaction, as closures see it.

use rusqlite::{Connection, params_from_iter};

use crate::error::StoreError;
use crate::value::{Row, Value};

/// A transaction. Statements are prepared once for each connection.
pub struct Tx<'c> {
    connection: &'c Connection,
}

impl<'c> Tx<'c> {
    pub(crate) const fn new(connection: &'c Connection) -> Self {
        Self { connection }
    }

    /// Runs a statement; gives how many rows it changed.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub fn execute(&self, sql: &str, values: &[Value]) -> Result<usize, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.execute(params_from_iter(values))?)
    }

    /// All rows of an answer.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let columns = statement.column_count();
        let rows = statement.query_map(params_from_iter(values), |row| Row::read(row, columns))?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    }

    /// The first row of an answer.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub fn one(&self, sql: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query_map(params_from_iter(values), |row| Row::read(row, columns))?;
        Ok(rows.next().transpose()?)
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
