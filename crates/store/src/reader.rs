//! Reads: one state of the store, nothing written, for a bounded time.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::engine::Engine as _;
use crate::error::StoreError;
use crate::postgres::{Address, Session};
use crate::tx::Tx;

/// The longest that a reader may hold its snapshot: a longer one would keep erased bytes in the log of writes.
pub(crate) const LONGEST_READ: Duration = Duration::from_secs(5);

/// How many steps of the engine pass between two looks at the clock; some hundredths of a millisecond.
const STEPS: i32 = 1_000;

/// Idle connections that are kept.
const MOST_IDLE: usize = 16;

/// Connections that can only read.
pub(crate) struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), idle: Mutex::new(Vec::new()) }
    }

    pub(crate) fn read<T, E: From<StoreError>>(&self, act: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.open()?,
        };
        let outcome = Reading::begin(&mut connection, false).map_err(E::from).and_then(|reading| reading.run(act));
        // One whose transaction did not end is of no more use.
        if connection.is_autocommit() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < MOST_IDLE {
                idle.push(connection);
            }
        }
        outcome
    }

    fn open(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(LONGEST_READ)?;
        // What is sorted stays in memory: no file beside the store's own ever holds a row.
        connection.pragma_update(None, "temp_store", "memory")?;
        connection.pragma_update(None, "query_only", true)?;
        connection.set_prepared_statement_cache_capacity(256);
        Ok(connection)
    }
}

/// Runs a closure in a read transaction of a connection that writes at other times.
pub(crate) fn read_only<T, E: From<StoreError>>(
    connection: &mut Connection,
    act: impl FnOnce(&Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    Reading::begin(connection, true)?.run(act)
}

/// A read transaction. It ends however the closure does: with an answer, an error or a panic.
struct Reading<'c> {
    connection: &'c mut Connection,
    until: Instant,
    /// Whether the connection writes at other times.
    writes: bool,
}

impl<'c> Reading<'c> {
    fn begin(connection: &'c mut Connection, writes: bool) -> Result<Self, StoreError> {
        let until = Instant::now() + LONGEST_READ;
        connection.run("BEGIN")?;
        let reading = Self { connection, until, writes };
        if writes {
            reading.connection.pragma_update(None, "query_only", true)?;
        }
        reading.connection.progress_handler(STEPS, Some(move || Instant::now() > until))?;
        Ok(reading)
    }

    fn run<T, E>(self, act: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        act(&Tx::reading(&*self.connection, self.until))
    }

    fn end(&mut self) -> Result<(), StoreError> {
        // The clock first, or it could stop the end, too.
        self.connection.progress_handler(0, None::<fn() -> bool>)?;
        if self.writes {
            self.connection.pragma_update(None, "query_only", false)?;
        }
        self.connection.run("ROLLBACK")
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        // A transaction that does not end is seen by who owns the connection.
        if let Err(error) = self.end() {
            tracing::warn!(%error, "a read transaction did not end well");
        }
    }
}

/// Connections to PostgreSQL that read.
pub(crate) struct Sessions {
    address: Address,
    idle: Mutex<Vec<Session>>,
}

impl Sessions {
    pub(crate) const fn new(address: Address) -> Self {
        Self { address, idle: Mutex::new(Vec::new()) }
    }

    pub(crate) fn read<T, E: From<StoreError>>(&self, act: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        // An idle one may have been closed by a database that was started again.
        let session = match idle.filter(|session| session.begin_reading().is_ok()) {
            Some(session) => session,
            None => {
                let session = self.address.connect()?;
                session.begin_reading()?;
                session
            }
        };
        let outcome = act(&Tx::reading(&session, Instant::now() + LONGEST_READ));
        if session.run("ROLLBACK").is_ok() && !session.is_broken() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < MOST_IDLE {
                idle.push(session);
            }
        }
        outcome
    }
}
