//! Migrations run once, in order, all or none; a store of another program is let be.

mod support;

use support::{TABLES, add, file, ids, in_file};
use upheld_store::{Migration, Place, Store, StoreError};

const fn second(sql: &'static str) -> Migration {
    Migration { area: "test", number: 2, sql }
}

fn open(folder: &std::path::Path, migrations: &[Migration]) -> Result<Store, StoreError> {
    Store::open(Place::File(file(folder)), migrations)
}

#[test]
fn a_later_migration_is_added_to_what_is_there() {
    let place = in_file();
    place.store.write(|tx| add(tx, 1)).expect("a write");
    drop(place.store);
    let more = [TABLES[0], second("CREATE TABLE more (id BIGINT)")];
    for _ in 0..2 {
        let store = open(place.folder.path(), &more).expect("the store opens");
        store.write(|tx| tx.execute("INSERT INTO more VALUES (1)", &[])).expect("a write");
        assert_eq!(ids(&store), [1]);
    }
}

#[test]
fn a_newer_store_is_refused() {
    let place = in_file();
    drop(place.store);
    drop(open(place.folder.path(), &[TABLES[0], second("CREATE TABLE more (id BIGINT)")]).expect("a newer program"));
    let refused = open(place.folder.path(), &TABLES).expect_err("an older program");
    assert_eq!(refused, StoreError::Newer("test 2".to_owned()));
}

#[test]
fn a_changed_migration_is_refused() {
    let place = in_file();
    drop(place.store);
    let changed = [Migration { sql: "CREATE TABLE item (id BIGINT)", ..TABLES[0] }];
    assert_eq!(
        open(place.folder.path(), &changed).expect_err("another text"),
        StoreError::Changed("test 1".to_owned())
    );
}

#[test]
fn a_migration_put_in_before_one_that_ran_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let late = second("CREATE TABLE more (id BIGINT)");
    drop(open(folder.path(), &[late]).expect("the store opens"));
    assert_eq!(
        open(folder.path(), &[TABLES[0], late]).expect_err("too late"),
        StoreError::Changed("test 1".to_owned())
    );
}

#[test]
fn a_migration_that_fails_leaves_the_store_as_it_was() {
    let place = in_file();
    place.store.write(|tx| add(tx, 1)).expect("a write");
    drop(place.store);
    let third =
        Migration { area: "test", number: 3, sql: "CREATE TABLE half (id BIGINT); CREATE TABLE item (id BIGINT)" };
    let more = [TABLES[0], second("CREATE TABLE more (id BIGINT); DELETE FROM item"), third];
    assert!(open(place.folder.path(), &more).is_err());
    let store = open(place.folder.path(), &TABLES).expect("the older program opens it as before");
    assert_eq!(ids(&store), [1]);
    let tables = |tx: &upheld_store::Tx<'_>| {
        tx.query("SELECT name FROM sqlite_master WHERE name IN ('more', 'half')", &[]).map(|rows| rows.len())
    };
    assert_eq!(store.read(tables), Ok(0));
}

#[test]
fn many_that_open_a_new_store_at_once_all_find_it_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path());
    let threads: Vec<_> = (0..8)
        .map(|id| {
            let path = path.clone();
            std::thread::spawn(move || {
                let store = Store::open(Place::File(path), &TABLES)?;
                store.write(move |tx| add(tx, id))
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("a thread").expect("an opened store");
    }
    assert_eq!(ids(&open(folder.path(), &[]).expect("the store")), (0..8).collect::<Vec<_>>());
}

#[test]
fn a_file_of_another_program_is_refused_and_let_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path());
    let other = rusqlite::Connection::open(&path).expect("a database");
    other.execute_batch("CREATE TABLE theirs (id BIGINT)").expect("a table");
    assert!(matches!(open(folder.path(), &TABLES), Err(StoreError::Open(_))));
    let tables: i64 = other.query_row("SELECT COUNT(*) FROM sqlite_master", [], |row| row.get(0)).expect("a count");
    assert_eq!(tables, 1);

    std::fs::write(
        folder.path().join("text.db"),
        "not a database at all, but long enough to be read as one\n".repeat(40),
    )
    .expect("a file");
    let refused = Store::open(Place::File(folder.path().join("text.db")), &TABLES).expect_err("no database");
    assert!(matches!(&refused, StoreError::Open(why) if why.contains("text.db")), "{refused}");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let refused = open(std::path::Path::new("/nowhere/at/all"), &TABLES).expect_err("no folder");
    assert!(refused.to_string().contains("/nowhere/at/all/store.db"), "{refused}");
    assert!(refused.to_string().contains("check that the folder exists"), "{refused}");
}
