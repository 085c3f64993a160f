//! The one thread that writes: what waits is run together and committed once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use crate::error::StoreError;
use crate::scrub::Upkeep;
use crate::tx::{Tx, run};
use crate::within::Number;

/// The most closures that share a commit.
const MOST_TOGETHER: usize = 256;

/// The most closures that may wait; more callers wait for a place.
const MOST_WAITING: usize = 4096;

/// A closure under way: run in a savepoint, answered after the commit.
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
            // Its own failure says more than that of the commit.
            (_, Some(Err(error))) => Err(error),
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(StoreError::Closed.into()),
            (Err(error), _) => Err(error.into()),
        };
        // A caller that has gone away is no longer told.
        drop(self.reply.send(outcome));
    }
}

/// Runs a closure in a savepoint of the open transaction: a failure or panic undoes its part only. Where its part alone cannot
/// be undone the whole transaction is, and the connection is in none afterwards.
fn in_savepoint<T, E: From<StoreError>>(
    connection: &Connection,
    act: &mut impl FnMut(&Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    run(connection, "SAVEPOINT act")?;
    let outcome = catch_unwind(AssertUnwindSafe(|| act(&Tx::writing(connection))))
        .unwrap_or_else(|_| Err(StoreError::Panicked.into()));
    let ended = match &outcome {
        Ok(_) => run(connection, "RELEASE act"),
        Err(_) => run(connection, "ROLLBACK TO act").and_then(|()| run(connection, "RELEASE act")),
    };
    match ended {
        Ok(()) => outcome,
        Err(error) => {
            abandon(connection);
            outcome.and(Err(error.into()))
        }
    }
}

/// Runs one closure in a transaction of its own.
pub(crate) fn alone<T, E: From<StoreError>>(
    connection: &Connection,
    act: &mut impl FnMut(&Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let mut outcome = None;
    let committed = transaction(connection, || {
        outcome = Some(in_savepoint(connection, act));
        !connection.is_autocommit()
    });
    match (committed, outcome) {
        (_, Some(Err(error))) => Err(error),
        (Ok(()), Some(outcome)) => outcome,
        (Ok(()), None) => Err(StoreError::Closed.into()),
        (Err(error), _) => Err(error.into()),
    }
}

/// Begins, acts and commits. `act` says whether the transaction still stands: the engine itself undoes it when the disk is full
/// or a file cannot be read or written, and what is run after that would be committed by itself.
fn transaction(connection: &Connection, act: impl FnOnce() -> bool) -> Result<(), StoreError> {
    run(connection, "BEGIN IMMEDIATE")?;
    let committed = if act() {
        run(connection, "COMMIT")
    } else {
        Err(StoreError::Engine("the engine undid the transaction".to_owned()))
    };
    if committed.is_err() {
        abandon(connection);
    }
    committed
}

/// Undoes the transaction, if there is still one.
fn abandon(connection: &Connection) {
    if connection.is_autocommit() {
        return;
    }
    if let Err(error) = run(connection, "ROLLBACK") {
        // Every BEGIN will fail from here on, and say so to its callers: nothing is stored by halves.
        tracing::error!(%error, "a transaction could not be undone");
    }
}

/// The writer thread. It ends when this is dropped.
pub(crate) struct Writer {
    jobs: Option<SyncSender<Message>>,
    thread: Option<JoinHandle<()>>,
}

enum Message {
    Run(Box<dyn Job>),
    Scrub(u64, SyncSender<Result<bool, StoreError>>),
}

impl Writer {
    pub(crate) fn start(mut connection: Connection, store: Number) -> Result<Self, StoreError> {
        let upkeep = Upkeep::begin(&mut connection)?;
        let (jobs, waiting) = sync_channel(MOST_WAITING);
        let thread = std::thread::Builder::new()
            .name("upheld-store-writer".to_owned())
            .spawn(move || work(&connection, &waiting, upkeep, store))
            .map_err(|error| StoreError::Open(error.to_string()))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    pub(crate) fn write<T, E>(&self, act: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = sync_channel(1);
        self.send(Message::Run(Box::new(Act { act, outcome: None, reply })))?;
        answer.recv().map_err(|_| StoreError::Closed)?
    }

    pub(crate) fn scrub(&self, most: u64) -> Result<bool, StoreError> {
        let (reply, answer) = sync_channel(1);
        self.send(Message::Scrub(most, reply))?;
        answer.recv().map_err(|_| StoreError::Closed)?
    }

    fn send(&self, message: Message) -> Result<(), StoreError> {
        self.jobs.as_ref().and_then(|jobs| jobs.send(message).ok()).ok_or(StoreError::Closed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Nothing more can come, so the thread ends after what it has; waiting for it makes the file free for the next opener.
        self.jobs = None;
        let Some(thread) = self.thread.take() else { return };
        // The last handle may have been inside a closure, and a thread cannot wait for itself.
        if thread.thread().id() != std::thread::current().id() {
            drop(thread.join());
        }
    }
}

fn work(connection: &Connection, waiting: &Receiver<Message>, mut upkeep: Upkeep, store: Number) {
    // A closure that begins another write of this store would wait for this very thread.
    let _within = store.enter();
    while let Ok(first) = waiting.recv() {
        let mut jobs = Vec::new();
        let mut scrubs = Vec::new();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Run(job) => jobs.push(job),
                Message::Scrub(most, reply) => scrubs.push((most, reply)),
            }
            next = if jobs.len() < MOST_TOGETHER { waiting.try_recv().ok() } else { None };
        }
        if !jobs.is_empty() {
            together(connection, jobs);
            upkeep.checkpoint(connection);
        }
        for (most, reply) in scrubs {
            drop(reply.send(upkeep.scrub(connection, most)));
        }
    }
}

/// Runs closures in one transaction. When it fails as a whole, by the fault of one perhaps, each has one of its own.
fn together(connection: &Connection, mut jobs: Vec<Box<dyn Job>>) {
    let mut begun = false;
    let committed = transaction(connection, || {
        begun = true;
        jobs.iter_mut().all(|job| {
            job.run(connection);
            !connection.is_autocommit()
        })
    });
    if committed.is_err() && begun && jobs.len() > 1 {
        for mut job in jobs {
            let committed = transaction(connection, || {
                job.run(connection);
                !connection.is_autocommit()
            });
            job.answer(committed);
        }
        return;
    }
    for job in jobs {
        job.answer(committed.clone());
    }
}
