//! One bit flipped in any cell of any table: what comes of it is an error, a refusal or the very same answer, never another
//! one.

mod support;

use std::sync::Arc;

use support::{BAKERY, BEGINS, World, done, human, reading, session, strings, time};
use upheld_service::{Ask, ServiceError, SetClock};
use upheld_store::{Place, Store, StoreError, Value};

/// What somebody can see of a store: what is read of bob, that nothing is of ann, who has refused, what both are shown, what a
/// case opens, and which totals stand.
fn observed(world: &World, case: &str) -> Vec<Result<String, ServiceError>> {
    let read = |role: &str, person: &str, data: &str, purpose: &str, on: Option<&str>| {
        let mut act = reading(person, &[data], purpose);
        act.on = on.map(str::to_owned);
        if on.is_some() {
            act.purpose = None;
        }
        world.service.use_(&human(role), act).map(|act| format!("{:?} {:?}", act.answer.allowed, act.result))
    };
    let see = |person: &str| {
        let ask = Ask { right: "see".to_owned(), data: strings(&["contact"]), ..Ask::default() };
        world.service.request(&session(person), ask).map(|act| format!("{:?} {:?}", act.answer.allowed, act.result))
    };
    vec![
        read("mailer", "bob", "email", "newsletter", None),
        read("mailer", "ann", "email", "newsletter", None),
        read("clerk", "ann", "address", "dispute", Some(case)),
        see("ann"),
        see("bob"),
    ]
}

/// Every cell that is there: its table, column, row and value.
fn cells(store: &Store) -> Vec<(String, String, i64, Value)> {
    store
        .read(|tx| -> Result<_, StoreError> {
            let mut out = Vec::new();
            for table in tx.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", &[])? {
                let table = table.text(0)?.to_owned();
                for column in tx.query(&format!("SELECT name FROM pragma_table_info('{table}')"), &[])? {
                    let column = column.text(0)?.to_owned();
                    // The last rows are those of the act before; the first those that decide.
                    let sql = format!("SELECT rowid, typeof({column}), {column} FROM {table} ORDER BY rowid LIMIT 3");
                    for row in tx.query(&sql, &[])? {
                        let value = match row.text(1)? {
                            "integer" => Value::Int(row.int(2)?),
                            "text" => Value::Text(row.text(2)?.to_owned()),
                            "blob" => Value::Blob(row.blob(2)?.to_vec()),
                            _ => continue,
                        };
                        out.push((table.clone(), column.clone(), row.int(0)?, value));
                    }
                }
            }
            Ok(out)
        })
        .expect("the cells")
}

/// The value with one bit turned: the lowest of a number, of a text and of bytes one in the middle.
fn flipped(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Null => return None,
        Value::Int(number) => Value::Int(number ^ 1),
        Value::Text(text) => {
            let mut bytes = text.clone().into_bytes();
            let middle = bytes.len() / 2;
            *bytes.get_mut(middle).filter(|byte| byte.is_ascii())? ^= 1;
            Value::Text(String::from_utf8(bytes).ok()?)
        }
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            let middle = bytes.len() / 2;
            *bytes.get_mut(middle)? ^= 1;
            Value::Blob(bytes)
        }
    })
}

#[test]
fn one_bit_flipped_in_any_table_changes_no_answer_unnoticed() {
    let world = World::file(BAKERY);
    if !world.is_file() {
        return;
    }
    world.join("ann");
    world.join("bob");
    done(world.choose("ann", "newsletter", false, Some("link")));
    let case = world.open_case("clerk", "dispute", "ann", &[], &[("subject", "late")]).case;
    let before: Vec<String> =
        observed(&world, &case).into_iter().map(|seen| seen.expect("an untouched store answers")).collect();
    assert!(before[0].starts_with("true") && before[1].starts_with("false"), "{before:?}");
    assert!(before[2].starts_with("true"), "{before:?}");
    let cells = cells(&world.raw());
    let tables: std::collections::BTreeSet<&str> = cells.iter().map(|(table, ..)| table.as_str()).collect();
    assert!(tables.len() >= 12, "{tables:?}");
    let (mut same, mut refused, mut broken) = (0, 0, 0);
    for (table, column, row, value) in &cells {
        let Some(flipped) = flipped(value) else { continue };
        let copy = world.copied();
        let sql = format!("UPDATE {table} SET {column} = $1 WHERE rowid = {row}");
        let place = Place::File(copy.path().join("store.db"));
        // A flip that the schema itself refuses cannot lie in the file.
        if Store::open(place, &[])
            .expect("it opens")
            .write(move |tx| tx.execute(&sql, std::slice::from_ref(&flipped)))
            .is_err()
        {
            continue;
        }
        let clock = Arc::new(SetClock::new(time(BEGINS)));
        let Ok(service) = support::open(copy.path(), clock.clone()) else {
            broken += 1;
            continue;
        };
        let after = observed(&World { service, clock, folder: Some(copy), database: None }, &case);
        for (seen, known) in after.iter().zip(&before) {
            match seen {
                Ok(seen) if seen == known => same += 1,
                Ok(seen) if seen.starts_with("false") => refused += 1,
                Ok(seen) => panic!("{table}.{column} of row {row}: {known} became {seen}"),
                Err(_) => broken += 1,
            }
        }
    }
    assert!(same > 0 && refused > 0 && broken > 0, "{same} the same, {refused} refused, {broken} broken");
    println!("{} cells: {same} answers the same, {refused} refused, {broken} broken", cells.len());
}
