//! Deleted bytes vanish from every file of the store.

mod support;

use std::collections::HashSet;
use std::path::Path;

use support::{add, file, ids, in_file};
use upheld_store::{Store, StoreError, Value};

/// Bytes that tell a row from every other, made from its number.
fn body(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect()
}

/// Every run of sixteen bytes in any file of the folder.
fn runs(folder: &Path) -> HashSet<[u8; 16]> {
    let mut out = HashSet::new();
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let bytes = std::fs::read(entry.expect("a file").path()).expect("its bytes");
        out.extend(bytes.windows(16).map(|run| <[u8; 16]>::try_from(run).expect("sixteen")));
    }
    out
}

fn traces(folder: &Path, gone: &[Vec<u8>]) -> usize {
    let runs = runs(folder);
    let found = |body: &Vec<u8>| body.windows(16).any(|run| runs.contains(run));
    gone.iter().filter(|body| found(body)).count()
}

/// Adds, alters and removes rows of many sizes, so that pages are split, packed and joined; gives what is gone and what is not.
fn live_a_while(store: &Store, acts: u64) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let mut gone = Vec::new();
    let mut kept: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    let mut waiting: Vec<(&str, Vec<Value>)> = Vec::new();
    for seed in 0..acts {
        let key = body(seed * 3 + 1, 16);
        let made = body(seed * 3, [30, 76, 76, 300, 9_000][(seed % 31 % 5) as usize]);
        let (way, at) = (seed * 7_919 % 10, (seed * 104_729) as usize % kept.len().max(1));
        if way < 5 || kept.len() < 40 {
            kept.push((key.clone(), made.clone()));
            waiting.push(("INSERT INTO sealed VALUES ($1, $2)", vec![key.into(), made.into()]));
        } else if way < 7 {
            let (key, old) = kept[at].clone();
            gone.push(old);
            kept[at].1 = made.clone();
            waiting.push(("UPDATE sealed SET body = $1 WHERE id = $2", vec![made.into(), key.into()]));
        } else {
            let (key, old) = kept.swap_remove(at);
            gone.extend([key.clone(), old]);
            waiting.push(("DELETE FROM sealed WHERE id = $1", vec![key.into()]));
        }
        if waiting.len() == 10 {
            let acts = std::mem::take(&mut waiting);
            store
                .write(move |tx| acts.iter().try_for_each(|(sql, values)| tx.execute(sql, values).map(drop)))
                .expect("a write");
        }
    }
    (gone, kept.into_iter().map(|(_, body)| body).collect())
}

#[test]
fn after_a_scrub_no_byte_of_what_was_deleted_or_replaced_is_in_any_file() {
    let place = in_file();
    place
        .store
        .write(|tx| tx.execute("CREATE TABLE sealed (id BLOB PRIMARY KEY NOT NULL, body BLOB NOT NULL)", &[]))
        .expect("a table");
    let (gone, kept) = live_a_while(&place.store, 3_000);
    assert!(gone.len() > 1_500 && kept.len() > 300, "{} gone, {} kept", gone.len(), kept.len());
    assert!(traces(place.folder.path(), &gone) > 0, "before, the log of writes still has them");
    place.store.scrub().expect("a scrub");
    assert_eq!(traces(place.folder.path(), &gone), 0);
    assert_eq!(traces(place.folder.path(), &kept), kept.len(), "what is kept is found, so the search works");
}

#[test]
fn a_store_that_is_larger_than_was_said_is_let_be() {
    let place = in_file();
    let secret = body(1, 64);
    let made = secret.clone();
    place
        .store
        .write(move |tx| {
            tx.execute("INSERT INTO item VALUES (1, $1)", &[made.clone().into()])?;
            tx.execute("INSERT INTO item VALUES (2, zeroblob(500000))", &[])?;
            tx.execute("DELETE FROM item WHERE id = 1", &[])
        })
        .expect("a write");
    assert_eq!(place.store.scrub_up_to(400_000), Ok(false));
    assert_eq!(place.store.scrub_up_to(900_000), Ok(true));
    assert_eq!(traces(place.folder.path(), &[secret]), 0);
    assert_eq!(place.store.scrub_up_to(0), Ok(true), "nothing was written since");
    assert_eq!(support::in_memory().scrub_up_to(0), Ok(true));
}

#[test]
fn a_scrub_holds_while_others_read_and_write() {
    let place = in_file();
    let threads: Vec<_> = (0..8)
        .map(|thread: i64| {
            let store = place.store.clone();
            std::thread::spawn(move || {
                for n in 0..20 {
                    let id = thread * 100 + n;
                    store.write(move |tx| add(tx, id)).expect("a write");
                    ids(&store);
                }
            })
        })
        .collect();
    for _ in 0..5 {
        place.store.scrub().expect("a scrub");
    }
    threads.into_iter().for_each(|thread| thread.join().expect("a thread"));
    assert_eq!(ids(&place.store).len(), 160);
}

#[test]
fn a_reader_of_another_process_is_waited_for_and_then_named() {
    let place = in_file();
    place.store.write(|tx| add(tx, 1)).expect("a write");
    let other = rusqlite::Connection::open(file(place.folder.path())).expect("another connection");
    other.execute_batch("BEGIN; SELECT * FROM item").expect("it reads");
    place.store.write(|tx| tx.execute("DELETE FROM item", &[])).expect("a write");
    assert_eq!(place.store.scrub(), Err(StoreError::Busy));
    other.execute_batch("COMMIT").expect("it ends");
    place.store.scrub().expect("a scrub");
    assert_eq!(std::fs::metadata(place.folder.path().join("store.db-wal")).expect("the log").len(), 0);
}

#[test]
fn what_another_connection_deleted_is_scrubbed_too() {
    let place = in_file();
    place.store.scrub().expect("a scrub");
    place.store.scrub().expect("one that has nothing to do");
    let secret = body(1, 64);
    let other = rusqlite::Connection::open(file(place.folder.path())).expect("another connection");
    other.execute("INSERT INTO item VALUES (1, $1)", [&secret]).expect("a row");
    // This one does not overwrite what it deletes.
    other.execute_batch("PRAGMA secure_delete = off; DELETE FROM item").expect("a deletion");
    assert_eq!(traces(place.folder.path(), std::slice::from_ref(&secret)), 1);
    place.store.scrub().expect("a scrub");
    assert_eq!(traces(place.folder.path(), &[secret]), 0);
}

#[test]
fn the_log_of_writes_does_not_grow_without_end() {
    let place = in_file();
    for id in 0..300 {
        place
            .store
            .write(move |tx| tx.execute("INSERT INTO item VALUES ($1, zeroblob(80000))", &[id.into()]))
            .expect("a write");
    }
    let log = std::fs::metadata(place.folder.path().join("store.db-wal")).expect("the log").len();
    assert!(log < 12 << 20, "{log} bytes for 24 MB written");
}

#[cfg(unix)]
#[test]
fn the_files_are_for_nobody_else_to_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = in_file();
    place.store.write(|tx| add(tx, 1)).expect("a write");
    let mut seen = 0;
    for entry in std::fs::read_dir(place.folder.path()).expect("the folder") {
        let mode = entry.expect("a file").metadata().expect("its permissions").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        seen += 1;
    }
    assert_eq!(seen, 3, "the file, its log and the log's index");
}
