//! PostgreSQL keeps what SQLite keeps: all or nothing, one writer at a time, one state for each read, whatever breaks between.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use support::{TABLES, add, ids};
use upheld_store::{Migration, Place, Store, StoreError};
use upheld_testkit::Database;

fn place(database: &Database) -> Place {
    Place::Postgres(database.address())
}

fn open(database: &Database, migrations: &[Migration]) -> Result<Store, StoreError> {
    Store::open(place(database), migrations)
}

#[test]
fn what_is_written_is_there_and_what_fails_leaves_nothing() {
    let Some(database) = Database::fresh() else { return };
    let store = open(&database, &TABLES).expect("a store");
    store.write(|tx| add(tx, 1)).expect("a write");
    let failed: Result<(), StoreError> = store.write(|tx| {
        add(tx, 2)?;
        add(tx, 1)
    });
    assert!(matches!(failed, Err(StoreError::Engine(_))), "{failed:?}");
    let panicked: Result<(), StoreError> = store.write(|tx| {
        add(tx, 3)?;
        panic!("a closure that breaks")
    });
    assert_eq!(panicked, Err(StoreError::Panicked));
    // A closure that goes on after an error commits nothing by halves.
    let went_on = store.write(|tx| {
        add(tx, 4)?;
        let _ignored = add(tx, 1);
        Ok::<_, StoreError>(())
    });
    assert!(went_on.is_err());
    assert_eq!(ids(&store), [1]);
    let kept = store.write(|tx| {
        add(tx, 5)?;
        let part: Result<(), StoreError> = tx.part(|| {
            add(tx, 6)?;
            add(tx, 1)
        });
        assert!(part.is_err());
        add(tx, 7)
    });
    assert_eq!(kept, Ok(()));
    assert_eq!(ids(&open(&database, &TABLES).expect("another")), [1, 5, 7]);
}

#[test]
fn a_commit_that_fails_is_each_ones_own() {
    let Some(database) = Database::fresh() else { return };
    let store = open(&database, &TABLES).expect("a store");
    let orphan = |tx: &upheld_store::Tx<'_>| tx.execute("INSERT INTO child (id, parent) VALUES (1, 99)", &[]);
    let gate = support::Gate::close(&store);
    let threads: Vec<_> = (0..6_i64)
        .map(|n| {
            let store = store.clone();
            std::thread::spawn(move || store.write(move |tx| if n == 3 { orphan(tx).map(drop) } else { add(tx, n) }))
        })
        .collect();
    gate.open();
    let answers: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("a thread").is_ok()).collect();
    assert_eq!(answers, [true, true, true, false, true, true]);
    assert_eq!(ids(&store), [0, 1, 2, 4, 5]);
}

#[test]
fn a_read_sees_one_state_writes_nothing_and_is_stopped() {
    let Some(database) = Database::fresh() else { return };
    let store = open(&database, &TABLES).expect("a store");
    store.write(|tx| add(tx, 1)).expect("a write");
    let other = store.clone();
    let seen = store.read(|tx| {
        let count = |tx: &upheld_store::Tx<'_>| tx.one("SELECT COUNT(*) FROM item", &[])?.expect("a row").int(0);
        let before = count(tx)?;
        std::thread::spawn(move || other.write(|tx| add(tx, 2))).join().expect("a thread").expect("a write");
        Ok::<_, StoreError>((before, count(tx)?))
    });
    assert_eq!(seen, Ok((1, 1)));
    assert!(store.read(|tx| tx.execute("DELETE FROM item", &[])).is_err());
    let begun = Instant::now();
    let slow = store.read(|tx| tx.query("SELECT CAST(pg_sleep(20) AS TEXT)", &[]).map(drop));
    assert_eq!(slow, Err(StoreError::Slow));
    assert!(begun.elapsed() < Duration::from_secs(8));
    assert_eq!(ids(&store), [1, 2]);
}

/// Two stores stand for two processes: what one reads within a write, the other cannot change before it is committed.
#[test]
fn two_processes_write_one_after_the_other() {
    let Some(database) = Database::fresh() else { return };
    let stores = [open(&database, &TABLES).expect("a store"), open(&database, &TABLES).expect("another")];
    let next = |tx: &upheld_store::Tx<'_>| {
        let most = tx.one("SELECT COALESCE(MAX(id), 0) FROM item", &[])?.expect("a row").int(0)?;
        add(tx, most + 1)
    };
    let done = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..16)
        .map(|n| {
            let (store, done) = (stores[n % 2].clone(), Arc::clone(&done));
            std::thread::spawn(move || {
                for _ in 0..25 {
                    store.write(next).expect("a write");
                    done.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().expect("a thread"));
    assert_eq!(done.load(Ordering::Relaxed), 400);
    assert_eq!(ids(&stores[0]), (1..=400).collect::<Vec<_>>());
}

#[test]
fn connections_that_break_lose_nothing_that_was_acknowledged() {
    let Some(database) = Database::fresh() else { return };
    let store = open(&database, &TABLES).expect("a store");
    let ended = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let killer = {
        let (admin, ended) = (open(&database, &[]).expect("a second way in"), Arc::clone(&ended));
        std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(30));
                let sql = "SELECT CAST(COUNT(pg_terminate_backend(pid)) AS BIGINT) FROM pg_stat_activity \
                           WHERE datname = current_database() AND pid <> pg_backend_pid()";
                drop(admin.read(|tx| tx.query(sql, &[]).map(drop)));
            }
        })
    };
    let acknowledged: Vec<i64> = (0..400)
        .filter(|id| {
            store
                .write({
                    let id = *id;
                    move |tx| add(tx, id)
                })
                .is_ok()
        })
        .collect();
    ended.store(true, Ordering::Relaxed);
    killer.join().expect("the killer");
    let there = ids(&store);
    assert!(acknowledged.len() > 300, "{} of 400", acknowledged.len());
    assert!(acknowledged.iter().all(|id| there.contains(id)), "an acknowledged write is gone");
}

#[test]
fn migrations_run_once_and_another_programs_tables_are_let_be() {
    let Some(database) = Database::fresh() else { return };
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let place = place(&database);
            std::thread::spawn(move || Store::open(place, &TABLES).map(drop))
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().expect("a thread"), Ok(()));
    }
    let more = [TABLES[0], Migration { area: "test", number: 2, sql: "CREATE TABLE more (id BIGINT)" }];
    drop(open(&database, &more).expect("a newer program"));
    assert_eq!(open(&database, &TABLES).expect_err("an older program"), StoreError::Newer("test 2".to_owned()));
    let others = Database::fresh().expect("another database");
    others.batch("CREATE TABLE theirs (id BIGINT)");
    assert!(matches!(open(&others, &TABLES).expect_err("tables of another"), StoreError::Open(_)));
}

#[test]
fn a_database_that_may_lose_what_it_commits_is_refused() {
    let Some(database) = Database::fresh() else { return };
    database.batch(&format!("ALTER DATABASE {} SET synchronous_commit = off", database.name()));
    let Err(StoreError::Open(why)) = open(&database, &TABLES) else { panic!("it was taken") };
    assert!(why.contains("synchronous_commit = on"), "{why}");
}

#[test]
fn an_address_is_never_repeated() {
    for address in [
        "postgres://ann:geheim@db.example/upheld",
        "no address with geheim in it",
        "postgres://ann:geheim@127.0.0.1:1/none",
    ] {
        let place = Place::Postgres(address.to_owned());
        let told = format!("{place:?}");
        let error = Store::open(place, &TABLES).expect_err("nothing is there").to_string();
        assert!(!error.contains("geheim") && !told.contains("geheim"), "{error} {told}");
    }
}

/// Between a store and its database: once it is armed, the next COMMIT goes through and its answer does not.
fn cut_at_commit(server: std::net::SocketAddr) -> (std::net::SocketAddr, Arc<std::sync::atomic::AtomicBool>) {
    use std::io::{Read as _, Write as _};
    use std::net::{Shutdown, TcpListener, TcpStream};
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let armed = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let cuts = Arc::clone(&armed);
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let (armed, server) = (Arc::clone(&cuts), TcpStream::connect(server).expect("the server"));
            let (mut from_client, mut to_server) =
                (client.try_clone().expect("a handle"), server.try_clone().expect("a handle"));
            let (mut from_server, mut to_client) = (server, client);
            let cut = Arc::new(std::sync::atomic::AtomicBool::new(false));
            let silent = Arc::clone(&cut);
            std::thread::spawn(move || {
                let mut bytes = [0; 65_536];
                while let Ok(read @ 1..) = from_client.read(&mut bytes) {
                    let commits = bytes[..read].windows(7).any(|word| word == b"COMMIT\0");
                    if commits && armed.swap(false, Ordering::SeqCst) {
                        silent.store(true, Ordering::SeqCst);
                    }
                    if to_server.write_all(&bytes[..read]).is_err() {
                        break;
                    }
                }
                drop(to_server.shutdown(Shutdown::Both));
            });
            std::thread::spawn(move || {
                let mut bytes = [0; 65_536];
                while let Ok(read @ 1..) = from_server.read(&mut bytes) {
                    if cut.load(Ordering::SeqCst) || to_client.write_all(&bytes[..read]).is_err() {
                        break;
                    }
                }
                drop(to_client.shutdown(Shutdown::Both));
            });
        }
    });
    (address, armed)
}

#[test]
fn a_commit_whose_answer_is_lost_is_not_done_twice() {
    let Some(database) = Database::fresh() else { return };
    let address = database.address();
    let server = address.split_once('@').and_then(|(_, rest)| rest.split_once('/')).expect("an address").0;
    let (through, armed) = cut_at_commit(server.parse().expect("host and port"));
    let store = Store::open(Place::Postgres(address.replace(server, &through.to_string())), &TABLES).expect("a store");
    let next = |tx: &upheld_store::Tx<'_>| {
        let next = tx.one("SELECT COALESCE(MAX(id), 0) + 1 FROM item", &[])?.expect("a row").int(0)?;
        add(tx, next)
    };
    store.write(next).expect("a write through the middle");
    // Three that share a commit; the first of them arms the cut, once.
    let gate = support::Gate::close(&store);
    let once = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let threads: Vec<_> = (0..3)
        .map(|_| {
            let (store, once, armed) = (store.clone(), Arc::clone(&once), Arc::clone(&armed));
            std::thread::spawn(move || {
                store.write(move |tx| {
                    if once.swap(false, Ordering::SeqCst) {
                        armed.store(true, Ordering::SeqCst);
                    }
                    next(tx)
                })
            })
        })
        .collect();
    gate.open();
    for thread in threads {
        assert_eq!(
            thread.join().expect("a thread"),
            Err(StoreError::Unknown),
            "nobody is told that it is stored, or that it is not"
        );
    }
    let there = || ids(&open(&database, &TABLES).expect("the database itself"));
    assert_eq!(there(), [1, 2, 3, 4], "each is there once");
    store.write(next).expect("the store goes on over a new connection");
    // And alone: the caller is told that it is not known, and it is there once.
    armed.store(true, Ordering::SeqCst);
    assert_eq!(store.write(next), Err(StoreError::Unknown));
    assert_eq!(there(), [1, 2, 3, 4, 5, 6]);
}
