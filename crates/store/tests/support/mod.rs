//! What the tests of the store share.
#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses a part of it")]

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use upheld_store::{Migration, Place, Store, StoreError, Tx};

/// A table of numbers, and two whose tie is only looked at when a transaction ends.
pub const TABLES: [Migration; 1] = [Migration {
    area: "test",
    number: 1,
    sql: "CREATE TABLE item (id BIGINT PRIMARY KEY NOT NULL, body BLOB);
          CREATE TABLE parent (id BIGINT PRIMARY KEY NOT NULL);
          CREATE TABLE child (id BIGINT PRIMARY KEY NOT NULL,
                              parent BIGINT NOT NULL REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);",
}];

/// A store in a folder of its own, which goes with it.
pub struct Folder {
    pub folder: tempfile::TempDir,
    pub store: Store,
}

pub fn file(folder: &Path) -> PathBuf {
    folder.join("store.db")
}

pub fn in_file() -> Folder {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(Place::File(file(folder.path())), &TABLES).expect("a store");
    Folder { folder, store }
}

pub fn in_memory() -> Store {
    Store::open(Place::Memory, &TABLES).expect("a store")
}

pub fn add(tx: &Tx<'_>, id: i64) -> Result<(), StoreError> {
    tx.execute("INSERT INTO item (id, body) VALUES ($1, $2)", &[id.into(), vec![7_u8; 40].into()]).map(drop)
}

pub fn ids(store: &Store) -> Vec<i64> {
    store
        .read(|tx| tx.query("SELECT id FROM item ORDER BY id", &[])?.iter().map(|row| row.int(0)).collect())
        .expect("the ids")
}

/// Keeps the writer busy until it is told to go on, so that what is sent meanwhile shares a commit.
pub struct Gate {
    open: Sender<()>,
    held: JoinHandle<()>,
}

impl Gate {
    pub fn close(store: &Store) -> Self {
        let (open, wait) = channel::<()>();
        let (inside, entered) = channel::<()>();
        let store = store.clone();
        let held = std::thread::spawn(move || {
            store
                .write(move |_| {
                    inside.send(()).expect("somebody waits");
                    wait.recv().expect("the gate is opened");
                    Ok::<_, StoreError>(())
                })
                .expect("the gate's own act");
        });
        entered.recv().expect("the writer is inside");
        Self { open, held }
    }

    /// Opens when everything that was sent has had time to arrive.
    pub fn open(self) {
        std::thread::sleep(Duration::from_millis(400));
        self.open.send(()).expect("the writer waits");
        self.held.join().expect("the gate's thread");
    }
}

/// How many commits the log of writes holds: frames that name a size of the file (the SQLite file format, section 4.1).
pub fn commits(folder: &Path) -> usize {
    let bytes = std::fs::read(folder.join("store.db-wal")).expect("a log of writes");
    let page = u32::from_be_bytes(bytes[8..12].try_into().expect("four bytes")) as usize;
    bytes[32..].chunks_exact(24 + page).filter(|frame| frame[4..8] != [0; 4]).count()
}
