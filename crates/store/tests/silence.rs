//! No value of a row or parameter comes out by way of an error or a debug print; rows of another form are refused.

mod support;

use support::{in_file, in_memory};
use upheld_store::{Row, StoreError, Value};

const SECRET: &str = "ann@example.org";

fn row(sql: &'static str) -> Result<Option<Row>, StoreError> {
    in_memory().read(|tx| tx.one(sql, &[]))
}

#[test]
fn errors_hold_no_values() {
    let store = in_memory();
    let made =
        "CREATE TABLE strict (id BIGINT PRIMARY KEY NOT NULL, mail TEXT NOT NULL UNIQUE CHECK (length(mail) < 30))";
    store.write(move |tx| tx.execute(made, &[])).expect("a table");
    let add = |id: Value, mail: Value| {
        store.write(move |tx| tx.execute("INSERT INTO strict VALUES ($1, $2)", &[id.clone(), mail.clone()]))
    };
    add(1.into(), SECRET.into()).expect("a row");
    let mut errors = vec![
        add(2.into(), SECRET.into()).expect_err("taken"),
        add(3.into(), Value::Null).expect_err("empty"),
        add(4.into(), format!("{SECRET} and a long tail of more").into()).expect_err("too long"),
    ];
    for sql in [
        "SELECT json('ann@example.org')",
        "SELECT 'ann@example.org",
        "SELECT \"ann@example.org\" FROM strict WHERE nothing = 'ann@example.org'",
        "INSERT INTO strict VALUES ('ann@example.org')",
        "SELECT CAST('ann@example.org' AS BLOB) -> 'x'",
        "SELECT 1; SELECT 'ann@example.org'",
    ] {
        errors.push(store.write(move |tx| tx.query(sql, &[])).expect_err(sql));
    }
    errors.push(store.write(|tx| tx.query("SELECT $1", &[SECRET.into(), SECRET.into()])).expect_err("too many"));
    for error in errors {
        let (shown, debugged) = (error.to_string(), format!("{error:?}"));
        for part in ["ann", "example", "mail", "strict"] {
            assert!(!shown.contains(part) && !debugged.contains(part), "{shown} / {debugged}");
        }
    }
}

#[test]
fn debug_prints_hold_no_values() {
    let place = in_file();
    let value = [Value::from(SECRET), Value::from(SECRET.as_bytes()), Value::from(4711_i64), Value::Null];
    assert_eq!(format!("{value:?}"), "[Text, Blob, Int, Null]");
    let row = row("SELECT 'ann@example.org', 4711").expect("a read").expect("a row");
    assert_eq!(format!("{row:?}"), "Row of 2");
    assert_eq!(format!("{:?}", place.store), "Store");
    let tx = place.store.read(|tx| Ok::<_, StoreError>(format!("{tx:?}"))).expect("a read");
    assert_eq!(tx, "Tx");
}

#[test]
fn columns_of_another_form_are_refused_not_guessed() {
    let read = |sql| row(sql).and_then(|row| row.ok_or(StoreError::Closed));
    let text = read("SELECT 'ann', 7, x'0102', NULL").expect("a row");
    assert!(text.int(0).is_err() && text.text(1).is_err() && text.blob(0).is_err() && text.int(9).is_err());
    assert!(text.array::<3>(2).is_err());
    assert_eq!(text.array::<2>(2), Ok([1, 2]));
    assert_eq!((text.optional_int(3), text.optional_text(3), text.optional_blob(3)), (Ok(None), Ok(None), Ok(None)));
    assert_eq!((text.optional_text(0), text.optional_int(1)), (Ok(Some("ann")), Ok(Some(7))));
    assert_eq!(read("SELECT 1.5"), Err(StoreError::Damaged("a number has a fraction")));
    assert_eq!(read("SELECT CAST(x'ff' AS TEXT)"), Err(StoreError::Damaged("a text is not UTF-8")));
}

#[test]
fn parameters_are_named_in_the_order_of_their_first_use() {
    let names = |sql: &'static str| in_memory().read(|tx| tx.parameters(sql)).expect("a statement");
    assert_eq!(names("SELECT id FROM item WHERE id > $1 AND id < $2 AND id <> $1"), ["$1", "$2"]);
    assert_eq!(names("SELECT id FROM item WHERE id > $2 AND id < $1"), ["$2", "$1"], "out of order is seen");
}
