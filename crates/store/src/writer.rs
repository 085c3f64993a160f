//! The one thread that writes: what waits is run together and committed once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::Connection;

use crate::error::StoreError;
use crate::tx::Tx;

/// The most closures that share a commit.
const MOST_TOGETHER: usize = 256;

/// The most closures that may wait; more callers wait for a place.
const MOST_WAITING: usize = 4096;

/// A closure under way: run once in a savepoint, answered after the commit.
trait Job: Send {
    fn run(&mut self, connection: &Connection);
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Act<T, E, F> {
    act: F,
    outcome: Option<Result<T, E>>,
    reply: SyncSender<Result<T, E>>,
}

impl<T, E, F> Job for Act<T, E, F>
where
    T: Send,
    E: From<StoreError> + Send,
    F: FnMut(&Tx<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, connection: &Connection) {
        self.outcome = Some(in_savepoint(connection, &mut self.act));
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let outcome = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(StoreError::Closed.into()),
            (Err(error), _) => Err(error.into()),
        };
        // A caller that has gone away is no longer told.
        drop(self.reply.send(outcome));
    }
}

/// Runs a closure in a savepoint: a failure or panic undoes its part only.
pub(crate) fn in_savepoint<T, E: From<StoreError>>(
    connection: &Connection,
    act: &mut impl FnMut(&Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    connection.execute_batch("SAVEPOINT act").map_err(StoreError::from)?;
    let outcome = catch_unwind(AssertUnwindSafe(|| act(&Tx::new(connection))))
        .unwrap_or_else(|_| Err(StoreError::Panicked.into()));
    let end = if outcome.is_ok() { "RELEASE act" } else { "ROLLBACK TO act; RELEASE act" };
    connection.execute_batch(end).map_err(StoreError::from)?;
    outcome
}

#[derive(Clone)]
pub(crate) struct Writer {
    jobs: SyncSender<Message>,
}

enum Message {
    Run(Box<dyn Job>),
    Scrub(SyncSender<Result<(), StoreError>>),
}

impl Writer {
    pub(crate) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, waiting) = sync_channel(MOST_WAITING);
        std::thread::Builder::new()
            .name("upheld-store-writer".to_owned())
            .spawn(move || run(&connection, &waiting))
            .map_err(|error| StoreError::Open(error.to_string()))?;
        Ok(Self { jobs })
    }

    pub(crate) fn write<T, E>(&self, act: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = sync_channel(1);
        let job = Act { act, outcome: None, reply };
        self.jobs.send(Message::Run(Box::new(job))).map_err(|_| StoreError::Closed)?;
        answer.recv().map_err(|_| StoreError::Closed)?
    }

    pub(crate) fn scrub(&self) -> Result<(), StoreError> {
        let (reply, answer) = sync_channel(1);
        self.jobs.send(Message::Scrub(reply)).map_err(|_| StoreError::Closed)?;
        answer.recv().map_err(|_| StoreError::Closed)?
    }
}

fn run(connection: &Connection, waiting: &Receiver<Message>) {
    while let Ok(first) = waiting.recv() {
        let mut jobs = Vec::new();
        let mut scrubs = Vec::new();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Run(job) => jobs.push(job),
                Message::Scrub(reply) => scrubs.push(reply),
            }
            next = if jobs.len() < MOST_TOGETHER { waiting.try_recv().ok() } else { None };
        }
        if !jobs.is_empty() {
            together(connection, jobs);
        }
        for reply in scrubs {
            drop(reply.send(truncate(connection)));
        }
    }
}

fn together(connection: &Connection, mut jobs: Vec<Box<dyn Job>>) {
    let mut committed = connection.execute_batch("BEGIN IMMEDIATE").map_err(StoreError::from);
    if committed.is_ok() {
        for job in &mut jobs {
            job.run(connection);
        }
        committed = connection.execute_batch("COMMIT").map_err(StoreError::from);
        if committed.is_err() {
            // Nothing of the group is stored; if even this fails, the next BEGIN says so.
            drop(connection.execute_batch("ROLLBACK"));
        }
    }
    let failure = committed.err();
    for job in jobs {
        job.answer(failure.as_ref().map_or(Ok(()), |error| Err(again(error))));
    }
}

/// The same error for each caller of a group.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Busy => StoreError::Busy,
        StoreError::Full => StoreError::Full,
        other => StoreError::Engine(other.to_string()),
    }
}

/// Moves the log of writes into the file and cuts it to nothing, so that deleted bytes lie nowhere.
pub(crate) fn truncate(connection: &Connection) -> Result<(), StoreError> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(StoreError::Busy) }
}
