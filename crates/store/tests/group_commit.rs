//! Many writers: what was acknowledged is there, one commit serves many, and a failure undoes only itself.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::spawn;

use proptest::prelude::*;
use support::{Gate, add, commits, file, ids, in_file, in_memory};
use upheld_store::{Place, Store, StoreError, Tx};

#[test]
fn every_acknowledged_write_of_many_threads_is_there_after_reopening() {
    let place = in_file();
    let threads: Vec<_> = (0..32)
        .map(|thread| {
            let store = place.store.clone();
            spawn(move || {
                (0..25)
                    .map(|n| thread * 1_000 + n)
                    .filter(|id| {
                        let id = *id;
                        store.write(move |tx| add(tx, id)).is_ok()
                    })
                    .collect::<Vec<i64>>()
            })
        })
        .collect();
    let mut acknowledged: Vec<i64> = threads.into_iter().flat_map(|thread| thread.join().expect("a writer")).collect();
    acknowledged.sort_unstable();
    assert_eq!(acknowledged.len(), 800);
    assert_eq!(ids(&place.store), acknowledged);

    drop(place.store);
    let again = Store::open(Place::File(file(place.folder.path())), &[]).expect("the store opens again");
    assert_eq!(ids(&again), acknowledged);
}

#[test]
fn one_commit_serves_all_who_wait() {
    let place = in_file();
    let before = commits(place.folder.path());
    let gate = Gate::close(&place.store);
    let threads: Vec<_> = (0..100)
        .map(|id| {
            let store = place.store.clone();
            spawn(move || store.write(move |tx| add(tx, id)).expect("a write"))
        })
        .collect();
    gate.open();
    threads.into_iter().for_each(|thread| thread.join().expect("a writer"));
    assert_eq!(ids(&place.store).len(), 100);
    let made = commits(place.folder.path()) - before;
    // The gate's own act wrote nothing and made none. Some threads may have come late.
    assert!((1..=10).contains(&made), "{made} commits for 100 writes");
}

/// What a closure of the group does wrong.
type Fault = fn(&Tx<'_>) -> Result<(), StoreError>;

/// Runs ninety good writes and a faulty one that share a commit; gives the faulty one's answer and how often one good closure ran.
fn among_others(store: &Store, fault: Fault) -> (Result<(), StoreError>, usize) {
    let gate = Gate::close(store);
    let runs = Arc::new(AtomicUsize::new(0));
    let mut good = Vec::new();
    let mut faulty = None;
    for id in 0..90 {
        let (writer, counted) = (store.clone(), Arc::clone(&runs));
        good.push(spawn(move || {
            writer.write(move |tx| {
                if id == 0 {
                    counted.fetch_add(1, Ordering::SeqCst);
                }
                add(tx, id)
            })
        }));
        if id == 45 {
            let writer = store.clone();
            faulty = Some(spawn(move || {
                writer.write(move |tx| {
                    add(tx, 1_000)?;
                    fault(tx)?;
                    add(tx, 1_001)
                })
            }));
        }
    }
    gate.open();
    let answer = faulty.map(|thread| thread.join().expect("the faulty writer's thread")).expect("one was faulty");
    for thread in good {
        thread.join().expect("a writer").expect("a good write is stored, whatever the others do");
    }
    assert_eq!(ids(store), (0..90).collect::<Vec<_>>(), "each good write once, nothing of the faulty one");
    (answer, runs.load(Ordering::SeqCst))
}

#[test]
fn a_failing_closure_undoes_only_itself() {
    let place = in_file();
    let (answer, runs) = among_others(&place.store, |_| Err(StoreError::Damaged("of the test's making")));
    assert_eq!(answer, Err(StoreError::Damaged("of the test's making")));
    assert_eq!(runs, 1, "the others are not run again");
}

#[test]
fn a_panicking_closure_undoes_only_itself_and_the_store_lives_on() {
    let place = in_file();
    let (answer, _) = among_others(&place.store, |_| panic!("of the test's making"));
    assert_eq!(answer, Err(StoreError::Panicked));
    place.store.write(|tx| add(tx, 5_000)).expect("the next write");
}

#[test]
fn a_closure_that_ends_the_transaction_of_all_harms_nobody_else() {
    // The engine does the same when it cannot read or write a file.
    let place = in_file();
    let (answer, runs) = among_others(&place.store, |tx| tx.execute("ROLLBACK", &[]).map(drop));
    assert!(matches!(answer, Err(StoreError::Engine(_))), "{answer:?}");
    assert_eq!(runs, 2, "the others are run again, each by itself");
}

#[test]
fn a_closure_whose_fault_shows_at_the_commit_harms_nobody_else() {
    let place = in_file();
    let orphan = |tx: &Tx<'_>| tx.execute("INSERT INTO child (id, parent) VALUES (1, 99)", &[]).map(drop);
    let (answer, runs) = among_others(&place.store, orphan);
    assert!(matches!(answer, Err(StoreError::Engine(_))), "{answer:?}");
    assert_eq!(runs, 2, "the others are run again, each by itself");
}

#[test]
fn a_closure_that_does_not_fit_on_the_disk_harms_nobody_else() {
    let place = in_file();
    place
        .store
        .write(|tx| tx.query("PRAGMA max_page_count = 100", &[]).map(drop))
        .expect("a limit as if the disk were small");
    let (answer, _) =
        among_others(&place.store, |tx| tx.execute("INSERT INTO item VALUES (9999, zeroblob(4000000))", &[]).map(drop));
    assert_eq!(answer, Err(StoreError::Full));
}

#[test]
fn a_part_that_fails_is_undone_and_the_rest_of_its_act_is_not() {
    let place = in_file();
    for store in [place.store.clone(), in_memory()] {
        let answer = store.write(|tx| {
            add(tx, 1)?;
            tx.part(|| add(tx, 2))?;
            let failed: Result<(), StoreError> = tx.part(|| {
                add(tx, 3)?;
                tx.part(|| add(tx, 4))?;
                let again: Result<(), StoreError> = tx.part(|| add(tx, 1));
                again
            });
            assert!(failed.is_err());
            add(tx, 5)
        });
        assert_eq!(answer, Ok(()));
        assert_eq!(ids(&store), [1, 2, 5]);
    }
    // The act that is whole undone takes its parts along.
    let answer: Result<(), StoreError> = place.store.write(|tx| {
        tx.part(|| add(tx, 6))?;
        Err(StoreError::Closed)
    });
    assert_eq!((answer, ids(&place.store)), (Err(StoreError::Closed), vec![1, 2, 5]));
}

#[test]
fn in_memory_a_fault_at_the_commit_leaves_no_transaction_open() {
    let store = in_memory();
    let orphan = |tx: &Tx<'_>| tx.execute("INSERT INTO child (id, parent) VALUES (1, 99)", &[]).map(drop);
    assert!(store.write(orphan).is_err());
    store.write(|tx| add(tx, 1)).expect("the next write");
    assert!(store.write(|_| -> Result<(), StoreError> { panic!("of the test's making") }).is_err());
    store.write(|tx| add(tx, 2)).expect("the next write");
    assert_eq!(ids(&store), [1, 2]);
}

#[test]
fn an_act_within_an_act_of_the_same_store_is_refused_and_does_not_hang() {
    let place = in_file();
    for store in [place.store.clone(), in_memory()] {
        let inner = store.clone();
        let answer = store.write(move |_| inner.write(|tx| add(tx, 1)));
        assert_eq!(answer, Err(StoreError::Nested));
        let inner = store.clone();
        let answer = store.write(move |_| inner.read(|tx| tx.query("SELECT 1", &[]).map(drop)));
        assert_eq!(answer, Err(StoreError::Nested));
        assert_eq!(store.read(|_| store.write(|tx| add(tx, 1))), Err(StoreError::Nested));
        assert_eq!(store.read(|_| store.read(|_| Ok::<_, StoreError>(()))), Err(StoreError::Nested));
        assert_eq!(store.read(|_| store.scrub()), Err(StoreError::Nested));
        // Another store is another matter, and afterwards all is as before.
        let other = in_memory();
        store.read(|_| other.write(|tx| add(tx, 1))).expect("a write of another store");
        store.write(|tx| add(tx, 1)).expect("a write");
    }
}

#[test]
fn the_last_handle_may_be_dropped_by_a_closure() {
    let place = in_file();
    let path = file(place.folder.path());
    let within = place.store.clone();
    let (send, receive) = std::sync::mpsc::channel::<()>();
    let thread = spawn(move || {
        let store = within;
        let inner = store.clone();
        let mut waited = Some((inner, receive));
        // The caller has gone when the closure ends, and its own handle is then the last.
        store.write(move |tx| {
            if let Some((inner, receive)) = waited.take() {
                receive.recv().ok();
                drop(inner);
            }
            add(tx, 1)
        })
    });
    drop(place.store);
    send.send(()).expect("the closure waits");
    thread.join().expect("a thread").expect("a write");
    let again = Store::open(Place::File(path), &[]).expect("the store opens again");
    assert_eq!(ids(&again), [1]);
}

#[test]
fn a_write_that_another_process_keeps_waiting_says_busy_and_stores_nothing() {
    let place = in_file();
    let other = rusqlite::Connection::open(file(place.folder.path())).expect("another connection");
    other.execute_batch("BEGIN IMMEDIATE").expect("it holds the file");
    assert_eq!(place.store.write(|tx| add(tx, 1)), Err(StoreError::Busy));
    other.execute_batch("ROLLBACK").expect("it lets go");
    place.store.write(|tx| add(tx, 2)).expect("a write");
    assert_eq!(ids(&place.store), [2]);
}

#[test]
fn two_stores_on_one_file_take_turns() {
    let place = in_file();
    let second = Store::open(Place::File(file(place.folder.path())), &support::TABLES).expect("a second store");
    let threads: Vec<_> = [place.store.clone(), second.clone()]
        .into_iter()
        .enumerate()
        .map(|(side, store)| {
            spawn(move || {
                for n in 0..50 {
                    let id = side as i64 * 1_000 + n;
                    store.write(move |tx| add(tx, id)).expect("a write");
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().expect("a writer"));
    assert_eq!(ids(&place.store).len(), 100);
    assert_eq!(ids(&second).len(), 100);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever closures do one after another, in a file or in memory: what answered well is there, and nothing else.
    #[test]
    fn what_answered_well_is_there_and_nothing_else(acts in proptest::collection::vec((0_i64..20, 0..4), 1..40)) {
        let place = in_file();
        for store in [place.store.clone(), in_memory()] {
            let mut expected = std::collections::BTreeSet::new();
            for (id, way) in &acts {
                let (id, way) = (*id, *way);
                let answer = store.write(move |tx| {
                    add(tx, id)?;
                    match way {
                        0 => Err(StoreError::Damaged("of the test's making")),
                        1 => tx.execute("INSERT INTO child (id, parent) VALUES ($1, 99)", &[id.into()]).map(drop),
                        _ => Ok(()),
                    }
                });
                if answer.is_ok() {
                    prop_assert!(way > 1);
                    expected.insert(id);
                }
            }
            prop_assert_eq!(ids(&store), expected.into_iter().collect::<Vec<_>>());
        }
    }
}
