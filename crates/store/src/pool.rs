//! Connections that read.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::error::StoreError;

/// The longest that a reader may hold its snapshot: a longer one would keep erased bytes in the log of writes.
const LONGEST_READ: Duration = Duration::from_secs(5);

/// Idle connections that are kept.
const MOST_IDLE: usize = 16;

pub(crate) struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), idle: Mutex::new(Vec::new()) }
    }

    pub(crate) fn read<T>(&self, act: impl FnOnce(&Connection) -> T) -> Result<T, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.open()?,
        };
        let until = Instant::now() + LONGEST_READ;
        connection.progress_handler(10_000, Some(move || Instant::now() > until))?;
        connection.execute_batch("BEGIN")?;
        let answer = act(&connection);
        connection.execute_batch("COMMIT")?;
        connection.progress_handler(0, None::<fn() -> bool>)?;
        let mut idle = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push(connection);
        }
        Ok(answer)
    }

    fn open(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(LONGEST_READ)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }
}
