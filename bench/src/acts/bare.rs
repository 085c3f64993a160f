//! SQLite without Upheld: a plain table, one row for each value, nothing encrypted, nothing decided, no evidence.
//!
//! The settings that say how durable a commit is are the store's (a log of writes, synced at every commit). Commits are
//! shared in the same way as in the store: one thread takes what waits, up to as many, and commits once.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use rusqlite::{Connection, OpenFlags, params};

use super::{Record, SIGN_UP, bytes, person};
use crate::load::Caller;

/// As many acts may share a commit as in the store.
const MOST_TOGETHER: usize = 256;

const SCHEMA: &str = "
CREATE TABLE value (person TEXT NOT NULL, element TEXT NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX value_person ON value (person);
CREATE TABLE log (at INTEGER NOT NULL, line TEXT NOT NULL);";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commits {
    Together,
    Each,
}

pub struct Bare {
    path: PathBuf,
    way: Way,
}

enum Way {
    Together(SyncSender<Job>),
    Each(Mutex<Connection>),
}

struct Job {
    what: What,
    done: SyncSender<rusqlite::Result<()>>,
}

enum What {
    Insert(usize, Record),
    Log(usize),
}

impl Bare {
    pub fn open(path: &Path, commits: Commits) -> Result<Self> {
        let connection = Connection::open(path)?;
        let mode: String = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
        ensure!(mode == "wal", "no log of writes here");
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "fullfsync", true)?;
        connection.execute_batch(SCHEMA)?;
        let way = match commits {
            Commits::Each => Way::Each(Mutex::new(connection)),
            Commits::Together => {
                let (jobs, waiting) = sync_channel(4_096);
                std::thread::Builder::new()
                    .name("bare-writer".to_owned())
                    .spawn(move || work(&connection, &waiting))?;
                Way::Together(jobs)
            }
        };
        Ok(Self { path: path.to_owned(), way })
    }

    pub fn inserting(&self, record: Record) -> Caller<'_> {
        Box::new(move |n| match &self.way {
            Way::Together(jobs) => together(jobs, What::Insert(n, record)),
            Way::Each(connection) => {
                let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(transaction(&connection, || act(&connection, &What::Insert(n, record)))?)
            }
        })
    }

    /// Reads somebody's values; with a trace, a line is durable before they are handed out.
    pub fn reading(&self, trace: bool) -> Result<Caller<'_>> {
        let connection = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(Box::new(move |n| {
            let mut statement = connection.prepare_cached("SELECT element, value, at FROM value WHERE person = ?1")?;
            let rows = statement.query_map([person(n)], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
            })?;
            let found = rows.collect::<rusqlite::Result<Vec<_>>>()?;
            ensure!(found.len() == SIGN_UP.values.len(), "{} values of {}", found.len(), person(n));
            match &self.way {
                Way::Together(jobs) if trace => together(jobs, What::Log(n)),
                _ => Ok(()),
            }
        }))
    }

    /// Whether all was stored.
    pub fn check(&self, people: usize) -> Result<()> {
        let connection = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let rows: i64 = connection.query_row("SELECT COUNT(*) FROM value", [], |row| row.get(0))?;
        ensure!(usize::try_from(rows)? == people * SIGN_UP.values.len(), "{rows} rows of {people} people");
        Ok(())
    }

    /// So many people in one commit, for measuring what they weigh.
    pub fn fill(&self, people: usize, records: &[Record]) -> Result<u64> {
        let Way::Each(connection) = &self.way else { return Ok(0) };
        let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        transaction(&connection, || {
            (0..people)
                .try_for_each(|n| records.iter().try_for_each(|record| act(&connection, &What::Insert(n, *record))))
        })?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(bytes(&self.path))
    }
}

fn together(jobs: &SyncSender<Job>, what: What) -> Result<()> {
    let (done, answer) = sync_channel(1);
    jobs.send(Job { what, done }).ok().context("the writer has ended")?;
    Ok(answer.recv()??)
}

fn act(connection: &Connection, what: &What) -> rusqlite::Result<()> {
    match what {
        What::Insert(n, record) => {
            let sql = "INSERT INTO value (person, element, value, at) VALUES (?1, ?2, ?3, ?4)";
            let mut statement = connection.prepare_cached(sql)?;
            let person = person(*n);
            for (element, value) in record.values {
                statement.execute(params![person, element, value, now()])?;
            }
        }
        What::Log(n) => {
            let line = format!(
                r#"{{"verb":"use","by":"support","person":"{}","for":"service_setup","data":["name","address","phone_number"]}}"#,
                person(*n)
            );
            connection.prepare_cached("INSERT INTO log (at, line) VALUES (?1, ?2)")?.execute(params![now(), line])?;
        }
    }
    Ok(())
}

fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

fn transaction(connection: &Connection, act: impl FnOnce() -> rusqlite::Result<()>) -> rusqlite::Result<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    act()?;
    connection.prepare_cached("COMMIT")?.execute([])?;
    Ok(())
}

/// Takes what waits and commits once.
fn work(connection: &Connection, waiting: &Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let mut jobs = vec![first];
        while jobs.len() < MOST_TOGETHER
            && let Ok(job) = waiting.try_recv()
        {
            jobs.push(job);
        }
        let committed = transaction(connection, || jobs.iter().try_for_each(|job| act(connection, &job.what)));
        if let Err(error) = committed {
            eprintln!("a commit failed: {error}");
            return;
        }
        for job in jobs {
            drop(job.done.send(Ok(())));
        }
    }
}
