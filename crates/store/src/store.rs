//! A store.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::error::StoreError;
use crate::migrate::{Migration, migrate};
use crate::postgres::Address;
use crate::reader::{Pool, Sessions, read_only};
use crate::sqlite;
use crate::tx::Tx;
use crate::within::Number;
use crate::writer::{Writer, alone};

/// How long a write waits for another process: longer than any reader may hold its snapshot.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Where a store is.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// An SQLite file, made when it is not there.
    File(PathBuf),
    /// In memory: for scenarios and tests.
    Memory,
    /// A PostgreSQL database (14 or later): `postgres://user@host/database`.
    Postgres(String),
}

// An address may hold a password: it is never printed.
impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Memory => f.write_str("Memory"),
            Self::Postgres(_) => f.write_str("Postgres"),
        }
    }
}

/// A store. Cheap to clone; may be used from any thread.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

struct Inner {
    number: Number,
    backend: Backend,
}

enum Backend {
    File {
        // Dropped in this order: the writer's connection is the last to close, and moves the log of writes into the file.
        pool: Pool,
        writer: Writer,
    },
    Postgres {
        sessions: Box<Sessions>,
        writer: Writer,
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
        let number = Number::next();
        let backend = match place {
            Place::File(path) => {
                let connection = open_file(&path)?;
                migrate(&connection, migrations)?;
                // A later change of the working folder must not lead readers elsewhere.
                let path = fs::canonicalize(&path).map_err(|error| StoreError::Open(error.to_string()))?;
                Backend::File {
                    pool: Pool::new(&path),
                    writer: Writer::start(Box::new(sqlite::Writer::new(connection)?), number)?,
                }
            }
            Place::Memory => {
                let connection = Connection::open_in_memory()?;
                prepare(&connection)?;
                migrate(&connection, migrations)?;
                Backend::Memory(Mutex::new(connection))
            }
            Place::Postgres(address) => {
                let address = Address::read(&address)?;
                let session = address.connect()?;
                session.prepare()?;
                migrate(&session, migrations)?;
                Backend::Postgres {
                    sessions: Box::new(Sessions::new(address)),
                    writer: Writer::start(Box::new(session), number)?,
                }
            }
        };
        Ok(Self(Arc::new(Inner { number, backend })))
    }

    /// Runs a closure in a write transaction; what it did is durable when this returns. It may run twice: whatever should be
    /// the same both times (the time, ids) is fixed before and taken along. A closure that fails leaves nothing.
    ///
    /// # Errors
    ///
    /// The closure's own, or the store's when it could not be committed; [`StoreError::Nested`] within another act of this
    /// store.
    pub fn write<T, E>(&self, mut act: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.0.number.outside()?;
        match &self.0.backend {
            Backend::File { writer, .. } | Backend::Postgres { writer, .. } => writer.write(act),
            Backend::Memory(connection) => {
                let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                let _within = self.0.number.enter();
                alone(&*connection, &mut act)
            }
        }
    }

    /// Runs a closure in a read transaction: it sees one state of the store. At most five seconds.
    ///
    /// # Errors
    ///
    /// The closure's own, or the store's; [`StoreError::Nested`] within another act of this store.
    pub fn read<T, E: From<StoreError>>(&self, act: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.0.number.outside()?;
        let _within = self.0.number.enter();
        match &self.0.backend {
            Backend::File { pool, .. } => pool.read(act),
            Backend::Postgres { sessions, .. } => sessions.read(act),
            Backend::Memory(connection) => {
                let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                read_only(&mut connection, act)
            }
        }
    }

    /// Makes deleted bytes go: after this no file of the store holds them. It rewrites the whole store while writes wait,
    /// about ten milliseconds for each megabyte: work for a quiet hour, not for each act. Without a write since the last time
    /// it costs nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] when readers are in the way; try again.
    pub fn scrub(&self) -> Result<(), StoreError> {
        self.scrub_up_to(u64::MAX).map(drop)
    }

    /// As [`Store::scrub`], but only when the store has no more bytes than that; says whether it was done.
    ///
    /// # Errors
    ///
    /// [`StoreError::Busy`] when readers are in the way; try again.
    pub fn scrub_up_to(&self, bytes: u64) -> Result<bool, StoreError> {
        self.0.number.outside()?;
        match &self.0.backend {
            Backend::File { writer, .. } | Backend::Postgres { writer, .. } => writer.scrub(bytes),
            Backend::Memory(_) => Ok(true),
        }
    }
}

fn open_file(path: &Path) -> Result<Connection, StoreError> {
    let failed = |why: &dyn std::fmt::Display| StoreError::Open(format!("`{}`: {why}", path.display()));
    make_private(path)
        .map_err(|error| failed(&format!("{error}; check that the folder exists and may be written to")))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| failed(&StoreError::from(error)))?;
    match prepare(&connection) {
        Ok(mode) if mode == "wal" => Ok(connection),
        Ok(_) => Err(failed(&"the file system cannot keep a log of writes beside the file; use a local one")),
        Err(StoreError::Busy) => Err(StoreError::Busy),
        Err(error) => Err(failed(&format!("it is no database of this program, or damaged ({error})"))),
    }
}

/// Makes the file when it is not there, for nobody else to read; the engine gives its log the same permissions.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        // One that is there is never opened here: closing it would drop the locks that this process has on it.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other.map(drop),
    }
}

/// Gives the store its log of writes. The engine does not wait by itself here for another process that does the same.
fn journal(connection: &Connection) -> Result<String, StoreError> {
    let until = Instant::now() + LONGEST_WAIT;
    loop {
        match connection
            .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))
            .map_err(StoreError::from)
        {
            Err(StoreError::Busy) if Instant::now() < until => std::thread::sleep(Duration::from_millis(5)),
            done => return done,
        }
    }
}

/// Sets a connection that writes up; gives its journal mode.
fn prepare(connection: &Connection) -> Result<String, StoreError> {
    connection.busy_timeout(LONGEST_WAIT)?;
    let mode = journal(connection)?;
    connection.pragma_update(None, "synchronous", "full")?;
    // Where a plain sync does not reach the disk itself; elsewhere it changes nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(mode)
}
