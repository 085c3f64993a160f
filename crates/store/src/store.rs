//! A store.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use crate::error::StoreError;
use crate::migrate::{Migration, migrate};
use crate::pool::Pool;
use crate::tx::Tx;
use crate::writer::{Writer, in_savepoint};

/// Where a store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An SQLite file, made when it is not there.
    File(PathBuf),
    /// In memory: for scenarios and tests.
    Memory,
}

/// A store. Cheap to clone; may be used from any thread.
#[derive(Clone)]
pub struct Store(Arc<Backend>);

enum Backend {
    File {
        writer: Writer,
        pool: Pool,
    },
    /// One connection for all; a write is a transaction of its own.
    Memory(Mutex<Connection>),
}

impl Store {
    /// Opens a store and brings its schema up to date.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened, or was written by a newer or another program.
    pub fn open(place: Place, migrations: &[Migration]) -> Result<Self, StoreError> {
        match place {
            Place::File(path) => {
                let mut connection = Connection::open(&path)
                    .map_err(|_| StoreError::Open(format!("no database at `{}`", path.display())))?;
                prepare(&connection)?;
                migrate(&mut connection, migrations)?;
                Ok(Self(Arc::new(Backend::File { writer: Writer::start(connection)?, pool: Pool::new(&path) })))
            }
            Place::Memory => {
                let mut connection = Connection::open_in_memory()?;
                prepare(&connection)?;
                migrate(&mut connection, migrations)?;
                Ok(Self(Arc::new(Backend::Memory(Mutex::new(connection)))))
            }
        }
    }

    /// Runs a closure in a write transaction; what it did is durable when this returns. It may run twice: whatever should be
    /// the same both times (the time, ids) is fixed before and taken along. A closure that fails leaves nothing.
    ///
    /// # Errors
    ///
    /// The closure's own, or the store's when it could not be committed.
    pub fn write<T, E>(&self, mut act: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &*self.0 {
            Backend::File { writer, .. } => writer.write(act),
            Backend::Memory(connection) => {
                let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                in_savepoint(&connection, &mut act)
            }
        }
    }

    /// Runs a closure in a read transaction: it sees one state of the store. At most five seconds.
    ///
    /// # Errors
    ///
    /// The closure's own, or the store's.
    pub fn read<T, E: From<StoreError>>(&self, act: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        match &*self.0 {
            Backend::File { pool, .. } => pool.read(|connection| act(&Tx::new(connection)))?,
            Backend::Memory(connection) => {
                let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                act(&Tx::new(&connection))
            }
        }
    }

    /// Makes deleted bytes go: after this no file of the store holds them.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] when readers are in the way; try again.
    pub fn scrub(&self) -> Result<(), StoreError> {
        match &*self.0 {
            Backend::File { writer, .. } => writer.scrub(),
            Backend::Memory(_) => Ok(()),
        }
    }
}

fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(())
}
