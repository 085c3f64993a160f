//! Connections, transactions and migrations: one SQL text, every write through one closure.
//!
//! [`Store::write`] takes a closure; on SQLite one writer thread runs all closures that are waiting, each in a savepoint,
//! commits once, and then answers all; on PostgreSQL each process does so, and one of them is in
//! a write transaction at a time. [`Store::read`] runs a closure in a read transaction of its own. What the rows mean
//! is not this crate's business.
//!
//! SQL is portable between SQLite and PostgreSQL: parameters `$1`, `$2` … in the order of their first use, times as
//! milliseconds since 1970 in a `BIGINT`, no functions of the clock.

mod engine;
mod error;
mod migrate;
mod postgres;
mod reader;
mod scrub;
mod sqlite;
mod store;
mod tx;
mod value;
mod within;
mod writer;

pub use error::StoreError;
pub use migrate::Migration;
pub use store::{Place, Store};
pub use tx::Tx;
pub use value::{Row, Value};
