//! Reads: one state of the store, nothing written, at most five seconds.

mod support;

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use support::{add, ids, in_file, in_memory};
use upheld_store::StoreError;

const COUNT: &str = "SELECT COUNT(*) FROM item";

#[test]
fn a_read_sees_one_state_whatever_is_written_meanwhile() {
    let place = in_file();
    place.store.write(|tx| add(tx, 1)).expect("a write");
    let (store, writer) = (place.store.clone(), place.store.clone());
    let (begun, wait) = channel();
    let (written, go_on) = channel();
    let thread = std::thread::spawn(move || {
        store.read(|tx| {
            let first = tx.one(COUNT, &[])?.expect("a row").int(0)?;
            begun.send(()).expect("the test waits");
            go_on.recv().expect("the test has written");
            Ok::<_, StoreError>((first, tx.one(COUNT, &[])?.expect("a row").int(0)?))
        })
    });
    wait.recv().expect("the read has begun");
    writer.write(|tx| add(tx, 2)).expect("a write beside the read");
    written.send(()).expect("the read waits");
    assert_eq!(thread.join().expect("the reader"), Ok((1, 1)));
    assert_eq!(ids(&place.store), [1, 2], "a read after the write sees it");
}

#[test]
fn reads_do_not_write() {
    let place = in_file();
    for store in [place.store.clone(), in_memory()] {
        store.write(|tx| add(tx, 1)).expect("a write");
        for sql in ["DELETE FROM item", "INSERT INTO item (id) VALUES (2)", "CREATE TABLE other (id BIGINT)"] {
            let answer = store.read(|tx| tx.execute(sql, &[]));
            assert!(matches!(answer, Err(StoreError::Engine(_))), "{sql}: {answer:?}");
        }
        assert_eq!(ids(&store), [1]);
        store.write(|tx| add(tx, 2)).expect("a write after the reads");
    }
}

#[test]
fn a_read_that_fails_or_panics_leaves_nothing_behind() {
    let place = in_file();
    for store in [place.store.clone(), in_memory()] {
        for _ in 0..40 {
            let answer: Result<(), StoreError> = store.read(|tx| {
                tx.query(COUNT, &[])?;
                tx.query("SELECT nothing FROM nowhere", &[]).map(drop)
            });
            assert!(answer.is_err());
            let within = store.clone();
            let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                within.read(|tx| -> Result<(), StoreError> {
                    tx.query(COUNT, &[])?;
                    panic!("of the test's making")
                })
            }));
            assert!(panicked.is_err());
        }
        // No snapshot is held: what is written is seen, and the log of writes can be cut.
        store.write(|tx| add(tx, 1)).expect("a write");
        assert_eq!(ids(&store), [1]);
        store.scrub().expect("no reader is in the way");
    }
}

#[test]
fn one_long_statement_is_stopped_after_five_seconds() {
    let place = in_file();
    for store in [place.store.clone(), in_memory()] {
        let begun = Instant::now();
        let answer = store.read(|tx| {
            let endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n";
            tx.query(endless, &[]).map(drop)
        });
        assert_eq!(answer, Err(StoreError::Slow));
        assert!((5..9).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
        // The connection is as good as before.
        store.write(|tx| add(tx, 1)).expect("a write");
        assert_eq!(ids(&store), [1]);
    }
}

#[test]
fn many_short_statements_are_stopped_after_five_seconds_too() {
    let place = in_file();
    let begun = Instant::now();
    let answer: Result<(), StoreError> = place.store.read(|tx| {
        loop {
            tx.query("SELECT 1", &[])?;
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    assert_eq!(answer, Err(StoreError::Slow));
    assert!((5..9).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[test]
fn writes_go_on_beside_many_readers() {
    let place = in_file();
    let readers: Vec<_> = (0..24)
        .map(|_| {
            let store = place.store.clone();
            std::thread::spawn(move || {
                let mut last = 0;
                while last < 60 {
                    let seen = ids(&store).len();
                    assert!(seen >= last, "time does not run backwards");
                    last = seen;
                }
            })
        })
        .collect();
    for id in 0..60 {
        place.store.write(move |tx| add(tx, id)).expect("a write");
    }
    readers.into_iter().for_each(|reader| reader.join().expect("a reader"));
}
