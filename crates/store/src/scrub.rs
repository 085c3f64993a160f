//! Moving the log of writes into the file, and making deleted bytes go.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::error::StoreError;

/// The log is moved into the file when it is longer than this, in pages.
const LONG: i32 = 1_000;

/// Above this it is cut, even if readers have to be waited for: readers that overlap without end would let it grow without end.
const TOO_LONG: i32 = 16_000;

/// How long after a failure the log is let be.
const PAUSE: Duration = Duration::from_secs(60);

/// A store of more bytes than this is rebuilt by way of a file, not of memory.
const MUCH: u64 = 64 << 20;

/// What the writer knows of its log and of deleted bytes.
pub(crate) struct Upkeep {
    /// Pages in the log after the last commit.
    log: Arc<AtomicI32>,
    /// The log is let be until then: somebody's long read was waited for in vain, and writes wait meanwhile.
    not_before: Option<Instant>,
    /// What had been written when deleted bytes were last known to be gone.
    scrubbed: Option<Written>,
}

/// How much was ever written: rows by this connection, and a number that changes when another connection commits.
type Written = (u64, i64);

impl Upkeep {
    /// Takes the upkeep of the log over from the engine, which would do it while callers wait for their commit.
    pub(crate) fn begin(connection: &mut Connection) -> Result<Self, StoreError> {
        let log = Arc::new(AtomicI32::new(0));
        let seen = Arc::clone(&log);
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            seen.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(Self { log, not_before: None, scrubbed: None })
    }

    /// Moves the log into the file when it has become long; nobody waits for it.
    pub(crate) fn checkpoint(&mut self, connection: &Connection) {
        let pages = self.log.load(Ordering::Relaxed);
        if pages < LONG || self.not_before.is_some_and(|time| Instant::now() < time) {
            return;
        }
        let moved = if pages < TOO_LONG {
            connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).map_err(StoreError::from)
        } else {
            truncate(connection)
        };
        match moved {
            Ok(()) => self.log.store(0, Ordering::Relaxed),
            Err(error) => {
                self.not_before = Some(Instant::now() + PAUSE);
                tracing::warn!(%error, pages, "the log of writes could not be moved into the store's file");
            }
        }
    }

    /// Makes deleted bytes go from every file of the store, if they are no more than `most` together; says whether it did.
    pub(crate) fn scrub(&mut self, connection: &Connection, most: u64) -> Result<bool, StoreError> {
        if self.scrubbed != Some(written(connection)?) {
            let bytes = size(connection)?;
            if bytes > most {
                return Ok(false);
            }
            rebuild(connection, bytes)?;
        }
        truncate(connection)?;
        self.log.store(0, Ordering::Relaxed);
        self.scrubbed = Some(written(connection)?);
        Ok(true)
    }
}

fn written(connection: &Connection) -> Result<Written, StoreError> {
    let others: i64 = connection.query_row("PRAGMA data_version", [], |row| row.get(0))?;
    Ok((connection.total_changes(), others))
}

/// How many bytes the store has.
fn size(connection: &Connection) -> Result<u64, StoreError> {
    let sql = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
    let bytes: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    Ok(u64::try_from(bytes).unwrap_or_default())
}

/// Writes every page anew. `secure_delete` overwrites what is deleted where it lies, but when the engine moves rows between
/// pages it leaves their old bytes in the gap of a page that it repacks, and these are not found again when the row goes.
fn rebuild(connection: &Connection, bytes: u64) -> Result<(), StoreError> {
    if bytes <= MUCH {
        connection.execute_batch("VACUUM")?;
        return Ok(());
    }
    // The file has no name and holds only what is kept.
    connection.pragma_update(None, "temp_store", "file")?;
    let rebuilt = connection.execute_batch("VACUUM");
    connection.pragma_update(None, "temp_store", "memory")?;
    Ok(rebuilt?)
}

/// Moves the log of writes into the file and cuts it to nothing.
fn truncate(connection: &Connection) -> Result<(), StoreError> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(StoreError::Busy) }
}
