//! SQLite as an [`Engine`]: its connection, and the one that writes.

use rusqlite::{CachedStatement, Connection, params_from_iter};

use crate::engine::{Engine, Writing};
use crate::error::StoreError;
use crate::scrub::Upkeep;
use crate::value::{Row, Value};

const ENDED: &str = "the transaction has ended";

fn prepared<'c>(connection: &'c Connection, sql: &str) -> Result<CachedStatement<'c>, StoreError> {
    // The engine undoes a whole transaction when a disk fails; a closure that went on would commit statement by statement.
    if connection.is_autocommit() {
        return Err(StoreError::Engine(ENDED.to_owned()));
    }
    Ok(connection.prepare_cached(sql)?)
}

impl Engine for Connection {
    fn run(&self, sql: &str) -> Result<(), StoreError> {
        self.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    fn begin(&self) -> Result<(), StoreError> {
        self.run("BEGIN IMMEDIATE")
    }

    fn stands(&self) -> bool {
        !self.is_autocommit()
    }

    fn execute(&self, sql: &str, values: &[Value]) -> Result<usize, StoreError> {
        Ok(prepared(self, sql)?.execute(params_from_iter(values))?)
    }

    fn query(&self, sql: &str, values: &[Value], most: usize) -> Result<Vec<Row>, StoreError> {
        let mut statement = prepared(self, sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(values))?;
        let mut out = Vec::new();
        while out.len() < most
            && let Some(row) = rows.next()?
        {
            out.push(Row::of_sqlite(row, columns)?);
        }
        Ok(out)
    }

    fn batch(&self, sql: &str) -> Result<(), StoreError> {
        Ok(self.execute_batch(sql)?)
    }

    fn tables(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table'";
        Engine::query(self, sql, &[], usize::MAX)?.iter().map(|row| row.text(0).map(str::to_owned)).collect()
    }

    fn parameters(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        let statement = self.prepare(sql)?;
        Ok((1..=statement.parameter_count())
            .map(|index| statement.parameter_name(index).unwrap_or_default().to_owned())
            .collect())
    }
}

/// The connection that writes, with the upkeep of its log of writes.
pub(crate) struct Writer {
    connection: Connection,
    upkeep: Upkeep,
}

impl Writer {
    pub(crate) fn new(mut connection: Connection) -> Result<Self, StoreError> {
        let upkeep = Upkeep::begin(&mut connection)?;
        Ok(Self { connection, upkeep })
    }
}

impl Writing for Writer {
    fn engine(&self) -> &dyn Engine {
        &self.connection
    }

    fn committed(&mut self) {
        self.upkeep.checkpoint(&self.connection);
    }

    fn scrub(&mut self, most: u64) -> Result<bool, StoreError> {
        self.upkeep.scrub(&self.connection, most)
    }
}
