//! What was erased is read by nobody: not with any key that is left, not from any copy of a value, not from any byte of a file.
//! What was kept opens as before.

mod support;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use proptest::prelude::*;
use support::outsider::{self, Copied};
use support::{AT, World, cells, class, key_folder, tables};
use upheld_vault::{Erased, NewRecord, NewValue, PersonId, RecordId, VaultError};
use uuid::Uuid;

fn erase(world: &World, what: &[(RecordId, &str)]) -> Result<Erased, VaultError> {
    let what: Vec<(RecordId, String)> = what.iter().map(|(record, element)| (*record, (*element).to_owned())).collect();
    world.act(move |vault| vault.erase(&what))
}

fn copy(world: &World) -> BTreeSet<Copied> {
    world.store.read(outsider::copy).expect("the rows")
}

/// All that can be opened by anybody, from the rows as they are and from copies of what they were.
fn opened(world: &World, copies: &BTreeSet<Copied>) -> BTreeSet<String> {
    world.store.read(|tx| outsider::opened(tx, key_folder(), copies)).expect("the rows")
}

fn texts(values: &[&str]) -> BTreeSet<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

/// Every run of sixteen bytes in any file of a folder.
fn runs(folder: &Path) -> HashSet<[u8; 16]> {
    let mut out = HashSet::new();
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let bytes = std::fs::read(entry.expect("a file").path()).expect("its bytes");
        out.extend(bytes.windows(16).map(|run| <[u8; 16]>::try_from(run).expect("sixteen")));
    }
    out
}

fn left_in(runs: &HashSet<[u8; 16]>, bytes: &[u8]) -> bool {
    bytes.windows(16).any(|run| runs.contains(run))
}

/// What of a table's row is gone from every file when the row is. A table that is not here makes the test fail: say what of it
/// has to go.
fn secret_columns(table: &str) -> &'static [&'static str] {
    match table {
        "person" => &["id", "wrapped"],
        "handle" => &["lookup", "mac"],
        "shred" => &["id", "wrapped"],
        "record" => &["id", "item"],
        "value" => &["record", "shred", "sealed"],
        "seal" => &["lookup", "attempt", "wrapped", "mac"],
        "standing" => &["mac"],
        "standing_head" => &["digest", "mac"],
        // What was true of records when they were taken, in words of the policy; and the schema itself.
        "class" | "migration" => &[],
        other => panic!("the table `{other}` is new: what of its rows has to go when a person's data is erased?"),
    }
}

/// Every cell that has to go when its row does.
fn secrets(world: &World) -> BTreeSet<(String, String, Vec<u8>)> {
    let all = world.store.read(cells).expect("the cells");
    all.into_iter()
        .filter(|(table, column, bytes)| secret_columns(table).contains(&column.as_str()) && bytes.len() >= 16)
        .collect()
}

#[test]
fn every_table_says_what_of_it_has_to_go() {
    let world = World::in_memory();
    let tables = world.store.read(tables).expect("the schema");
    assert_eq!(tables.len(), 10);
    for (table, columns) in tables {
        for column in secret_columns(&table) {
            assert!(columns.iter().any(|one| one == column), "{table}.{column}");
        }
    }
}

#[test]
fn the_outsider_opens_what_is_held_and_nothing_without_the_keys() {
    let world = World::in_memory();
    let ann = world.person(1);
    world.put(ann, 10, "account", &[("name", "Ann"), ("email", "ann@example.org")]);
    let copies = copy(&world);
    assert_eq!(opened(&world, &copies), texts(&["Ann", "ann@example.org"]), "so what the outsider misses is closed");
    world.tamper("UPDATE value SET shred = shred, sealed = zeroblob(40)", Vec::new());
    assert_eq!(opened(&world, &copies), texts(&["Ann", "ann@example.org"]), "copies open while their key is there");
}

#[test]
fn what_is_erased_opens_under_no_key_and_what_shared_its_key_opens_as_before() {
    let world = World::in_memory();
    let (ann, bob) = (world.person(1), world.person(2));
    let first = world.put(ann, 10, "account", &[("name", "Ann"), ("email", "ann@example.org")]);
    let second = world.put(ann, 11, "account", &[("phone", "555 0100")]);
    let invoice = world.put(ann, 12, "invoice", &[("total", "17.50")]);
    let other = world.put(bob, 13, "account", &[("name", "Bob")]);
    let before = copy(&world);

    let erased = erase(&world, &[(first, "email")]).expect("an erasure");
    assert_eq!(erased, Erased { values: 1, records: 0, keys: 1 });
    assert_eq!(opened(&world, &before), texts(&["Ann", "555 0100", "17.50", "Bob"]));
    for (person, record, element, value) in [
        (ann, first, "name", "Ann"),
        (ann, second, "phone", "555 0100"),
        (ann, invoice, "total", "17.50"),
        (bob, other, "name", "Bob"),
    ] {
        assert_eq!(world.value(person, record, element).expect("it opens"), value);
    }
    assert!(matches!(world.value(ann, first, "email"), Err(VaultError::NotHeld)));

    // Nothing of Ann but the invoice: two records go with their last values, and the copies of what is kept open, too, since
    // its key was not touched.
    let before = copy(&world).union(&before).cloned().collect();
    let erased = erase(&world, &[(first, "name"), (second, "phone")]).expect("an erasure");
    assert_eq!(erased, Erased { values: 2, records: 2, keys: 1 });
    assert_eq!(opened(&world, &before), texts(&["17.50", "Bob"]));
    assert_eq!(world.look(|vault| vault.records(ann)).expect("records").len(), 1);
}

#[test]
fn the_name_of_an_item_goes_with_the_last_value() {
    let world = World::in_memory();
    let ann = world.person(1);
    let values = vec![("total".to_owned(), "17.50".to_owned()), ("note".to_owned(), "late".to_owned())];
    let id = world.put_item(ann, 10, "invoice", Some("2019-17"), values);
    let before = copy(&world);
    erase(&world, &[(id, "total")]).expect("an erasure");
    let record = world.record(ann, id);
    assert_eq!(
        world.look(|vault| vault.item_name(&record)).expect("a name").expect("there is one").as_str(),
        "2019-17"
    );
    assert_eq!(opened(&world, &before), texts(&["late", "2019-17"]));
    assert_eq!(erase(&world, &[(id, "note")]).expect("an erasure"), Erased { values: 1, records: 1, keys: 1 });
    assert_eq!(opened(&world, &before), texts(&[]));
}

#[test]
fn erasing_what_is_not_held_is_nothing_and_a_record_without_values_can_be_erased() {
    let world = World::in_memory();
    let ann = world.person(1);
    let id = world.put(ann, 10, "account", &[("name", "Ann")]);
    let empty = world.put(ann, 11, "account", &[]);
    let none = Uuid::from_u128(99);
    assert_eq!(erase(&world, &[(none, "name"), (id, "email")]).expect("nothing"), Erased::default());
    assert_eq!(erase(&world, &[(empty, "")]).expect("a record"), Erased { values: 0, records: 1, keys: 0 });
    let twice = erase(&world, &[(id, "name"), (id, "name")]).expect("an erasure");
    assert_eq!(twice, Erased { values: 1, records: 1, keys: 1 });
}

#[test]
fn an_erasure_that_cannot_keep_the_rest_does_nothing_at_all() {
    let world = World::in_memory();
    let ann = world.person(1);
    let id = world.put(ann, 10, "account", &[("name", "Ann"), ("email", "ann@example.org")]);
    world.tamper("UPDATE value SET sealed = zeroblob(40) WHERE element = 'name'", Vec::new());
    let before = (copy(&world), world.rows("SELECT id FROM shred").len());
    // Even when whoever asked for it goes on and commits.
    let answer = world.act(move |vault| Ok(vault.erase(&[(id, "email".to_owned())])));
    assert!(matches!(answer, Ok(Err(VaultError::NotAuthentic))));
    assert_eq!((copy(&world), world.rows("SELECT id FROM shred").len()), before);
    assert_eq!(world.value(ann, id, "email").expect("a value"), "ann@example.org");
}

#[test]
fn a_key_that_is_destroyed_leaves_its_name_to_the_next() {
    let world = World::in_memory();
    let ann = world.person(1);
    for round in 0..4_u128 {
        let one = world.put(ann, 100 + 2 * round, "account", &[("name", "Ann")]);
        world.put(ann, 101 + 2 * round, "account", &[("name", "stays")]);
        erase(&world, &[(one, "name")]).expect("an erasure");
        let keys = world.rows("SELECT keep FROM shred");
        assert_eq!((keys.len(), keys[0].text(0).expect("a keep")), (1, "account"));
    }
    assert_eq!(world.look(|vault| vault.records(ann)).expect("records").len(), 4);
}

/// Ann and forty others with values under three keeps; then Ann keeps only her invoice, and Bob is erased and forgotten.
#[test]
fn after_a_scrub_no_byte_of_what_was_erased_is_in_any_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::in_file(folder.path());
    world
        .act(|vault| {
            for number in 1..=42_u128 {
                let id = Uuid::from_u128(number << 64 | 0xABCD_EF01_2345_6789);
                vault.create(id, true)?;
                vault.add_handle(id, "email", &format!("{number}@example.org"))?;
                for (record, keep) in [(0, "account"), (1, "account"), (2, "invoice"), (3, "visits")] {
                    let text = format!("{number} has a value under {keep}, number {record}");
                    let values = [("name", 1), ("note", 40)].map(|(element, times)| (element, text.repeat(times)));
                    let values: Vec<NewValue<'_>> =
                        values.iter().map(|(element, value)| NewValue { element, keep, month: "", value }).collect();
                    let record = Uuid::from_u128(number << 96 | record << 64 | 0x1234_5678_9ABC_DEF0);
                    vault.put(&NewRecord {
                        id: record,
                        person: id,
                        class: &class(),
                        at: AT,
                        item: Some("i-1"),
                        entry: 0,
                        values: &values,
                    })?;
                }
                let row = upheld_vault::Standing {
                    topic: "choice".to_owned(),
                    subject: "news".to_owned(),
                    state: "agreed".to_owned(),
                    since: 1,
                    entry: 0,
                };
                vault.stand(id, &row)?;
            }
            Ok(())
        })
        .expect("people");
    world.store.scrub().expect("a scrub");
    let (copies, before) = (copy(&world), secrets(&world));
    let held = opened(&world, &copies);
    assert_eq!(held.len(), 42 * 4 * 2 + 1);

    let id = |number: u128| Uuid::from_u128(number << 64 | 0xABCD_EF01_2345_6789);
    let all_of = |person: PersonId, but: &str| -> Vec<(RecordId, String)> {
        let records = world.look(|vault| vault.records(person)).expect("records");
        let shreds = world.store.read(|tx| {
            tx.query(
                "SELECT v.record, v.element FROM value v JOIN shred s ON s.id = v.shred WHERE s.keep = $1",
                &[but.into()],
            )
        });
        let kept: Vec<Uuid> =
            shreds.expect("rows").iter().map(|row| Uuid::from_bytes(row.array(0).expect("an id"))).collect();
        records
            .iter()
            .filter(|record| !kept.contains(&record.id))
            .flat_map(|record| record.elements.iter().map(|element| (record.id, element.clone())))
            .collect()
    };
    let (of_ann, of_bob) = (all_of(id(1), "invoice"), all_of(id(2), "nothing"));
    assert_eq!((of_ann.len(), of_bob.len()), (6, 8));
    world
        .act(move |vault| {
            vault.erase(&of_ann)?;
            vault.erase(&of_bob)?;
            assert!(vault.forget(id(2))?);
            Ok(())
        })
        .expect("an erasure");

    // Unreadable at once: with every key that is left, and every copy of a value that was made before.
    let ann_keeps = |text: &String| text.starts_with("1 has") && text.contains("under invoice");
    let expected: BTreeSet<String> = held
        .into_iter()
        .filter(|text| !(text.starts_with("1 has") || text.starts_with("2 has")) || ann_keeps(text))
        .collect();
    assert_eq!(expected.len(), 40 * 8 + 2 + 1);
    assert_eq!(opened(&world, &copies), expected);

    // And the bytes gone after the scrub: of every cell of every table that is there no more.
    let gone: Vec<_> = before.difference(&secrets(&world)).cloned().collect();
    let of = |table: &str| gone.iter().filter(|(one, ..)| one == table).count();
    assert!(of("value") >= 14 && of("shred") >= 10 && of("person") == 2 && of("handle") == 2 && of("record") >= 7);
    let runs_before = runs(folder.path());
    assert!(gone.iter().any(|(_, _, bytes)| left_in(&runs_before, bytes)), "before, the log of writes still has them");
    world.store.scrub().expect("a scrub");
    let runs = runs(folder.path());
    for (table, column, bytes) in &gone {
        assert!(!left_in(&runs, bytes), "a {column} of {table} is left in a file");
    }
    for (table, column, bytes) in secrets(&world) {
        assert!(left_in(&runs, &bytes), "a {column} of {table} is there, so the search works");
    }
    assert_eq!(opened(&world, &copies), expected);
}

#[test]
fn somebody_who_is_forgotten_is_in_no_table_any_more() {
    let world = World::in_memory();
    let (ann, bob) = (Uuid::from_u128(0xA11A_11A1 << 64 | 1), Uuid::from_u128(0xB0B0_B0B0 << 64 | 2));
    for person in [ann, bob] {
        world
            .act(move |vault| {
                vault.create(person, true)?;
                vault.add_handle(person, "id", &person.to_string())?;
                let row = upheld_vault::Standing {
                    topic: "kind".to_owned(),
                    subject: "customer".to_owned(),
                    state: "is".to_owned(),
                    since: 1,
                    entry: 0,
                };
                vault.stand(person, &row)
            })
            .expect("a person");
        world.put(person, person.as_u128() + 100, "account", &[("name", "x")]);
        // A record that never had a value holds nobody back.
        world.put(person, person.as_u128() + 200, "account", &[]);
    }
    assert!(!world.act(move |vault| vault.forget(ann)).expect("an answer"), "something is held of her");
    let with_ann = |bytes: &[u8]| bytes.windows(8).any(|run| run == 0xA11A_11A1_u64.to_be_bytes());
    let rows_of_ann = || {
        let cells = world.store.read(cells).expect("the cells");
        cells.iter().filter(|(.., bytes)| with_ann(bytes)).map(|(table, ..)| table.clone()).collect::<BTreeSet<_>>()
    };
    let names = ["handle", "person", "record", "shred", "standing", "standing_head", "value"];
    assert_eq!(
        rows_of_ann().into_iter().collect::<Vec<_>>(),
        names,
        "a new table with people in it has to be considered"
    );
    // A key without values, as a fault may leave it, holds nobody back either.
    world.tamper(
        "INSERT INTO shred SELECT zeroblob(16), person, 'left over', '', wrapped FROM shred LIMIT 1",
        Vec::new(),
    );
    let id = Uuid::from_u128(ann.as_u128() + 100);
    erase(&world, &[(id, "name")]).expect("an erasure");
    assert!(world.look(|vault| vault.is_empty(ann)).expect("an answer"));
    assert!(world.act(move |vault| vault.forget(ann)).expect("she is forgotten"));
    assert_eq!(rows_of_ann(), BTreeSet::new());
    assert!(!world.look(|vault| vault.exists(ann)).expect("an answer"));
    assert_eq!(world.look(|vault| vault.find("id", &ann.to_string())).expect("an answer"), None);
    let record = Uuid::from_u128(bob.as_u128() + 100);
    assert_eq!(world.value(bob, record, "name").expect("Bob is still there"), "x");
}

/// An act of the random days below.
#[derive(Clone, Debug)]
enum Act {
    Put { person: u8, values: Vec<(u8, u8)>, item: bool },
    Change(prop::sample::Index),
    Erase(Vec<prop::sample::Index>),
    Forget(u8),
}

fn act() -> impl Strategy<Value = Act> {
    let put = (0_u8..3, proptest::collection::vec((0_u8..5, 0_u8..4), 0..5), any::<bool>())
        .prop_map(|(person, values, item)| Act::Put { person, values, item });
    prop_oneof![
        4 => put,
        1 => any::<prop::sample::Index>().prop_map(Act::Change),
        3 => proptest::collection::vec(any::<prop::sample::Index>(), 1..6).prop_map(Act::Erase),
        1 => (0_u8..3).prop_map(Act::Forget),
    ]
}

const ELEMENTS: [&str; 5] = ["email", "grade", "name", "note", "phone"];
const KEEPS: [(&str, &str); 4] = [("account", ""), ("invoice", ""), ("visits", "2026-01"), ("visits", "2026-02")];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is taken in, changed, erased and forgotten in whatever order: exactly what a plain list holds opens, for
    /// readers as for somebody with all keys and all copies, and nothing else.
    #[test]
    fn exactly_what_is_kept_opens(acts in proptest::collection::vec(act(), 1..30)) {
        let world = World::in_memory();
        let people: Vec<PersonId> = (0..3).map(|number| Uuid::from_u128(1_000 + number)).collect();
        let mut there = [false; 3];
        let mut held: BTreeMap<(PersonId, RecordId, &str), String> = BTreeMap::new();
        let mut names: BTreeMap<RecordId, String> = BTreeMap::new();
        let mut copies: BTreeSet<Copied> = BTreeSet::new();
        for (next, act) in acts.into_iter().enumerate() {
            match act {
                Act::Put { person, values, item } => {
                    let who = people[usize::from(person)];
                    if !std::mem::replace(&mut there[usize::from(person)], true) {
                        world.act(move |vault| vault.create(who, true)).expect("a person");
                    }
                    let id = Uuid::from_u128(next as u128);
                    let values: BTreeMap<&str, (u8, String)> = values
                        .iter()
                        .map(|(element, keep)| (ELEMENTS[usize::from(*element)], (*keep, format!("value {next} of {element}"))))
                        .collect();
                    for (element, (_, value)) in &values {
                        held.insert((who, id, element), value.clone());
                    }
                    let item = (item && !values.is_empty()).then(|| format!("item {next}"));
                    names.extend(item.clone().map(|item| (id, item)));
                    world.act(move |vault| {
                        let values: Vec<NewValue<'_>> = values.iter().map(|(element, (keep, value))| {
                            let (keep, month) = KEEPS[usize::from(*keep)];
                            NewValue { element, keep, month, value }
                        }).collect();
                        let item = item.as_deref();
                        vault.put(&NewRecord { id, person: who, class: &class(), at: AT, item, entry: 0, values: &values })
                    }).expect("a record");
                }
                Act::Change(which) if !held.is_empty() => {
                    let at = which.index(held.len());
                    let ((person, id, element), value) = held.iter_mut().nth(at).expect("one");
                    *value = format!("changed by {next}");
                    let (record, value) = (world.record(*person, *id), value.clone());
                    let element = *element;
                    world.act(move |vault| vault.change(&record, element, &value)).expect("a change");
                    // A correction is under the same key: a copy of what was corrected is no erased value, and is set aside.
                    copies.clear();
                }
                Act::Erase(which) if !held.is_empty() => {
                    let all: Vec<_> = held.keys().copied().collect();
                    let chosen: Vec<_> = which.iter().map(|index| all[index.index(all.len())]).collect();
                    let what: Vec<(RecordId, &str)> = chosen.iter().map(|(_, id, element)| (*id, *element)).collect();
                    let erased = erase(&world, &what).expect("an erasure");
                    let distinct = chosen.iter().collect::<BTreeSet<_>>().len();
                    prop_assert_eq!(erased.values, distinct as u64);
                    for one in &chosen {
                        held.remove(one);
                    }
                    names.retain(|id, _| held.keys().any(|(_, record, _)| record == id));
                }
                Act::Forget(person) if there[usize::from(person)] => {
                    let who = people[usize::from(person)];
                    let empty = !held.keys().any(|(one, ..)| *one == who);
                    prop_assert_eq!(world.act(move |vault| vault.forget(who)).expect("an answer"), empty);
                    there[usize::from(person)] = !empty;
                }
                _ => {}
            }
            copies.extend(copy(&world));
        }
        let mut expected: BTreeSet<String> = held.values().cloned().collect();
        expected.extend(names.values().cloned());
        prop_assert_eq!(opened(&world, &copies), expected);
        for person in people {
            let records = world.look(|vault| vault.records(person)).expect("records");
            let mut listed = BTreeSet::new();
            for record in &records {
                for element in &record.elements {
                    let value = world.open(record, element).expect("it opens");
                    let key = held.keys().find(|(_, id, one)| *id == record.id && one == element).expect("it is kept");
                    prop_assert_eq!(&value, &held[key]);
                    listed.insert((record.id, element.clone()));
                }
                let name = world.look(|vault| vault.item_name(record)).ok().flatten().map(|name| name.to_string());
                prop_assert_eq!(name.as_ref(), names.get(&record.id));
            }
            prop_assert_eq!(listed.len(), held.keys().filter(|(one, ..)| *one == person).count());
        }
    }
}
