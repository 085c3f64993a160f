//! The one thread that writes: what waits is run together and committed once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::engine::{Engine, Writing};
use crate::error::StoreError;
use crate::tx::Tx;
use crate::within::Number;

/// The most closures that share a commit.
const MOST_TOGETHER: usize = 256;

/// The most closures that may wait; more callers wait for a place.
const MOST_WAITING: usize = 4096;

/// How often a transaction is run that fails for no fault of its own, and how long it waits the first time; longer each time, three
/// seconds in all: about what a database needs to start again.
const MOST_TRIES: u32 = 7;
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// A closure under way: run in a savepoint, answered after the commit.
trait Job: Send {
    fn run(&mut self, engine: &dyn Engine);
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
    fn run(&mut self, engine: &dyn Engine) {
        self.outcome = Some(in_savepoint(engine, &mut self.act));
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
    engine: &dyn Engine,
    act: &mut impl FnMut(&Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    engine.run("SAVEPOINT act")?;
    let outcome = catch_unwind(AssertUnwindSafe(|| act(&Tx::writing(engine))))
        .unwrap_or_else(|_| Err(StoreError::Panicked.into()));
    let ended = match &outcome {
        Ok(_) => engine.run("RELEASE act"),
        Err(_) => engine.run("ROLLBACK TO act").and_then(|()| engine.run("RELEASE act")),
    };
    match ended {
        Ok(()) => outcome,
        Err(error) => {
            abandon(engine);
            outcome.and(Err(error.into()))
        }
    }
}

/// Runs one closure in a transaction of its own.
pub(crate) fn alone<T, E: From<StoreError>>(
    engine: &dyn Engine,
    act: &mut impl FnMut(&Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let mut outcome = None;
    let committed = transaction(engine, || {
        outcome = Some(in_savepoint(engine, act));
        engine.stands()
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
fn transaction(engine: &dyn Engine, act: impl FnOnce() -> bool) -> Result<(), StoreError> {
    engine.begin()?;
    let committed = if act() {
        engine.run("COMMIT")
    } else {
        Err(StoreError::Engine("the engine undid the transaction".to_owned()))
    };
    if committed.is_err() {
        abandon(engine);
    }
    committed
}

/// Undoes the transaction, if there is still one.
fn abandon(engine: &dyn Engine) {
    if !engine.stands() {
        return;
    }
    if let Err(error) = engine.run("ROLLBACK") {
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
    pub(crate) fn start(writing: Box<dyn Writing>, store: Number) -> Result<Self, StoreError> {
        let (jobs, waiting) = sync_channel(MOST_WAITING);
        let thread = std::thread::Builder::new()
            .name("upheld-store-writer".to_owned())
            .spawn(move || work(writing, &waiting, store))
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

fn work(mut writing: Box<dyn Writing>, waiting: &Receiver<Message>, store: Number) {
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
            together(writing.engine(), jobs);
            writing.committed();
        }
        for (most, reply) in scrubs {
            drop(reply.send(writing.scrub(most)));
        }
    }
}

/// Runs closures in one transaction. When it fails as a whole, by the fault of one perhaps, each has one of its own.
fn together(engine: &dyn Engine, mut jobs: Vec<Box<dyn Job>>) {
    let committed = again_and_again(engine, &mut jobs);
    // What may be stored already is not run once more.
    if committed.is_err() && committed != Err(StoreError::Unknown) && jobs.len() > 1 {
        for job in jobs {
            let mut alone = vec![job];
            let committed = again_and_again(engine, &mut alone);
            alone.into_iter().for_each(|job| job.answer(committed.clone()));
        }
        return;
    }
    for job in jobs {
        job.answer(committed.clone());
    }
}

/// Runs closures in one transaction; once more where it failed for no fault of theirs.
fn again_and_again(engine: &dyn Engine, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
    let mut pause = FIRST_PAUSE;
    for _ in 0..MOST_TRIES {
        let committed = transaction(engine, || {
            jobs.iter_mut().all(|job| {
                job.run(engine);
                engine.stands() && !engine.may_be_tried_again()
            })
        });
        if committed.is_ok() || !engine.may_be_tried_again() {
            return committed;
        }
        std::thread::sleep(pause);
        pause *= 2;
    }
    Err(StoreError::Busy)
}
