//! A connection as transactions use it: SQLite or PostgreSQL.

use crate::error::StoreError;
use crate::value::{Row, Value};

/// One connection to a database.
pub(crate) trait Engine {
    /// Runs a statement of transactions (`COMMIT`, `SAVEPOINT` …).
    fn run(&self, sql: &str) -> Result<(), StoreError>;

    /// Begins a transaction that writes. No other writer of the store, in whatever process, is in one at the same time.
    fn begin(&self) -> Result<(), StoreError>;

    /// Whether a transaction stands. An engine undoes one by itself when a disk is full or a connection breaks.
    fn stands(&self) -> bool;

    /// Runs a statement; gives how many rows it changed.
    fn execute(&self, sql: &str, values: &[Value]) -> Result<usize, StoreError>;

    /// The first rows of an answer, `most` at most.
    fn query(&self, sql: &str, values: &[Value], most: usize) -> Result<Vec<Row>, StoreError>;

    /// Runs several statements.
    fn batch(&self, sql: &str) -> Result<(), StoreError>;

    /// The tables that are there.
    fn tables(&self) -> Result<Vec<String>, StoreError>;

    /// Prepares a statement and gives the names of its parameters.
    fn parameters(&self, sql: &str) -> Result<Vec<String>, StoreError>;

    /// Whether the transaction failed for no fault of its own and comes out when it is run again: it met another one, or its
    /// connection broke before it was committed.
    fn may_be_tried_again(&self) -> bool {
        false
    }
}

/// The connection that writes, with what has to be done besides.
pub(crate) trait Writing: Send {
    /// The connection.
    fn engine(&self) -> &dyn Engine;

    /// Something was committed; nobody waits.
    fn committed(&mut self);

    /// Makes deleted bytes go, if the store has no more bytes than that; says whether it did.
    fn scrub(&mut self, most: u64) -> Result<bool, StoreError>;
}
