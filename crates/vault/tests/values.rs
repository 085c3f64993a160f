//! Values come back as they were given, and open nowhere but in their place.

mod support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use support::{AT, World, blob, class};
use upheld_store::Value;
use upheld_vault::{Class, NewRecord, NewValue, VaultError};
use uuid::Uuid;

fn not_authentic<T: std::fmt::Debug>(answer: Result<T, VaultError>, what: &str) {
    assert!(matches!(answer, Err(VaultError::NotAuthentic)), "{what}: {answer:?}");
}

#[test]
fn a_record_comes_back_with_its_class_and_its_values() {
    let world = World::in_memory();
    let ann = world.person(1);
    let id = world.put_item(
        ann,
        10,
        "account",
        Some("order-7"),
        vec![("name".to_owned(), "Ann \u{1f511}".to_owned()), ("email".to_owned(), String::new())],
    );
    let record = world.record(ann, id);
    assert_eq!((record.person, record.at, &record.class, record.class_id), (ann, AT, &class(), class().id()));
    assert_eq!(record.elements, ["email", "name"]);
    assert_eq!(record.item, Some(world.look(|vault| Ok(vault.item(ann, "order-7"))).expect("a look-up")));
    assert_eq!(world.open(&record, "name").expect("a value"), "Ann \u{1f511}");
    assert_eq!(world.open(&record, "email").expect("an empty value"), "");
    let name = world.look(|vault| vault.item_name(&record)).expect("a name").expect("there is one");
    assert_eq!(name.as_str(), "order-7");
    assert!(matches!(world.open(&record, "phone"), Err(VaultError::NotHeld)));
    let plain = world.record(ann, world.put(ann, 11, "account", &[("name", "Ann")]));
    assert_eq!((plain.item, world.look(|vault| vault.item_name(&plain)).expect("none").is_none()), (None, true));
}

#[test]
fn records_are_listed_by_person_and_class_oldest_first() {
    let world = World::in_memory();
    let (ann, bob) = (world.person(1), world.person(2));
    let other = Class { point: "order".to_owned(), ..class() };
    let (first, second) = (class(), other.clone());
    world
        .act(move |vault| {
            for (n, person, class, at) in [
                (1, ann, &first, 30),
                (2, ann, &second, 20),
                (3, bob, &first, 10),
                (4, ann, &first, 20),
                (5, bob, &first, 40),
            ] {
                let values = [NewValue { element: "name", keep: "account", month: "", value: "x" }];
                let id = Uuid::from_u128(n);
                vault.put(&NewRecord { id, person, class, at, item: None, entry: 0, values: &values })?;
            }
            // One without values is a record all the same.
            let id = Uuid::from_u128(6);
            vault.put(&NewRecord { id, person: ann, class: &first, at: 5, item: None, entry: 0, values: &[] })
        })
        .expect("records");
    let ids = |records: Vec<upheld_vault::Record>| records.iter().map(|record| record.id.as_u128()).collect::<Vec<_>>();
    assert_eq!(ids(world.look(|vault| vault.records(ann)).expect("records")), [6, 2, 4, 1]);
    assert_eq!(ids(world.look(|vault| vault.records_of(ann, &class().id())).expect("records")), [6, 4, 1]);
    let of_class =
        |by, most| ids(world.look(|vault| vault.records_of_class(&class().id(), by, most)).expect("records"));
    assert_eq!(of_class(30, 100), [6, 3, 4, 1]);
    assert_eq!(of_class(100, 2), [6, 3]);
    assert_eq!(world.look(|vault| vault.class_ids()).expect("classes").len(), 2);
    let people = world.look(|vault| vault.people_of_class(&class().id(), 20)).expect("people");
    assert_eq!(people.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([ann, bob]));
}

#[test]
fn a_person_who_is_not_there_gets_no_record() {
    let world = World::in_memory();
    let answer = world.act(|vault| {
        vault.put(&NewRecord {
            id: Uuid::from_u128(1),
            person: Uuid::from_u128(99),
            class: &class(),
            at: AT,
            item: None,
            entry: 0,
            values: &[],
        })
    });
    assert!(matches!(answer, Err(VaultError::NotHeld)), "{answer:?}");
    assert_eq!(world.rows("SELECT 1 FROM record").len() + world.rows("SELECT 1 FROM class").len(), 0);
}

#[test]
fn a_value_that_was_moved_does_not_open() {
    let world = World::in_memory();
    let (ann, bob) = (world.person(1), world.person(2));
    let one = world.put(ann, 10, "account", &[("name", "Ann"), ("email", "ann@example.org")]);
    let two = world.put(ann, 11, "account", &[("name", "Ann B.")]);
    let three = world.put(bob, 12, "account", &[("name", "Bob")]);
    let sealed = |record: Uuid, element: &str| {
        let rows = world.store.read(|tx| {
            tx.query("SELECT sealed FROM value WHERE record = $1 AND element = $2", &[blob(record), element.into()])
        });
        Value::from(rows.expect("a row")[0].blob(0).expect("bytes"))
    };
    let set = |record: Uuid, element: &str, to: Value| {
        world.tamper(
            "UPDATE value SET sealed = $1 WHERE record = $2 AND element = $3",
            vec![to, blob(record), element.into()],
        );
    };
    for (to, element, from) in
        [(one, "email", sealed(one, "name")), (two, "name", sealed(one, "name")), (three, "name", sealed(one, "name"))]
    {
        let before = sealed(to, element);
        set(to, element, from);
        let person = if to == three { bob } else { ann };
        not_authentic(world.value(person, to, element), element);
        set(to, element, before);
        world.value(person, to, element).expect("put back it opens");
    }
}

#[test]
fn a_row_of_which_anything_was_changed_does_not_open() {
    let changes: [(&str, &'static str); 18] = [
        ("the ciphertext", "UPDATE value SET sealed = zeroblob(length(sealed)) WHERE element = 'name'"),
        ("its length", "UPDATE value SET sealed = x'00' WHERE element = 'name'"),
        ("its form", "UPDATE value SET sealed = 'text' WHERE element = 'name'"),
        ("its form", "UPDATE value SET sealed = 1.5 WHERE element = 'name'"),
        ("the record's time", "UPDATE record SET at = at + 1"),
        ("the record's item", "UPDATE record SET item = zeroblob(32)"),
        ("the record's item", "UPDATE record SET item = NULL"),
        ("the record's class", "UPDATE record SET class = (SELECT digest FROM class WHERE body LIKE '%order%')"),
        ("the record's person", "UPDATE record SET person = (SELECT id FROM person WHERE id <> record.person)"),
        ("the class", "UPDATE class SET body = replace(body, 'sign_up', 'order')"),
        ("the class", "UPDATE class SET body = 'no json'"),
        ("the class", "UPDATE class SET body = x'00'"),
        ("the value's key", "UPDATE value SET shred = (SELECT id FROM shred WHERE id <> value.shred LIMIT 1)"),
        ("the shred key", "UPDATE shred SET wrapped = zeroblob(length(wrapped))"),
        (
            "the shred key's check",
            "UPDATE shred SET wrapped = unhex(substr(hex(wrapped), 1, 120) || substr(hex(wrapped), 1, 32))",
        ),
        ("the shred key's person", "UPDATE shred SET person = (SELECT id FROM person WHERE id <> shred.person)"),
        ("the person's key", "UPDATE person SET wrapped = zeroblob(length(wrapped))"),
        ("the person's key", "UPDATE person SET wrapped = x''"),
    ];
    for (what, sql) in changes {
        let world = World::in_memory();
        let (ann, bob) = (world.person(1), world.person(2));
        let values = vec![("name".to_owned(), "Ann".to_owned())];
        let id = world.put_item(ann, 10, "account", Some("order-7"), values);
        world.put(bob, 11, "invoice", &[("grade", "A")]);
        let other = Class { point: "order".to_owned(), ..class() };
        world.act(move |vault| vault.intern(&other)).expect("another class");
        world.tamper(sql, Vec::new());
        let owner = world.rows("SELECT person FROM record WHERE id = x'0000000000000000000000000000000a'");
        let owner = Uuid::from_bytes(owner[0].array(0).expect("an id"));
        not_authentic(world.value(owner, id, "name"), what);
    }
}

#[test]
fn a_changed_value_keeps_its_class_and_the_old_one_is_not_seen_again() {
    let world = World::in_memory();
    let ann = world.person(1);
    let id = world.put(ann, 10, "account", &[("name", "Ann"), ("email", "ann@example.org")]);
    let record = world.record(ann, id);
    let same = record.clone();
    world.act(move |vault| vault.change(&same, "name", "Anna")).expect("a change");
    assert_eq!(world.record(ann, id), record);
    assert_eq!(world.open(&record, "name").expect("a value"), "Anna");
    assert_eq!(world.open(&record, "email").expect("a value"), "ann@example.org");
    let same = record.clone();
    let answer = world.act(move |vault| vault.change(&same, "phone", "1"));
    assert!(matches!(answer, Err(VaultError::NotHeld)));
}

#[test]
fn an_act_that_meets_a_changed_key_writes_nothing() {
    let world = World::in_memory();
    let ann = world.person(1);
    world.put(ann, 10, "account", &[("name", "Ann")]);
    world.tamper("UPDATE shred SET wrapped = zeroblob(76)", Vec::new());
    // Whoever runs the act may commit it as a refusal: the vault must not have begun to write.
    let answer = world.act(move |vault| {
        let values = [("account", "x"), ("invoice", "y")].map(|(keep, value)| NewValue {
            element: keep,
            keep,
            month: "",
            value,
        });
        let id = Uuid::from_u128(11);
        Ok(vault.put(&NewRecord { id, person: ann, class: &class(), at: AT, item: None, entry: 0, values: &values }))
    });
    not_authentic(answer.expect("it commits"), "a record under a changed key");
    assert_eq!((world.rows("SELECT 1 FROM record").len(), world.rows("SELECT 1 FROM shred").len()), (1, 1));
}

#[test]
fn equal_values_are_sealed_differently_each_time() {
    let world = World::in_memory();
    let ann = world.person(1);
    for record in 0..200 {
        world.put(ann, 10 + record, "account", &[("name", "Ann")]);
    }
    let sealed = world.rows("SELECT sealed FROM value");
    let sealed: Vec<&[u8]> = sealed.iter().map(|row| row.blob(0).expect("bytes")).collect();
    assert_eq!(sealed.iter().map(|sealed| &sealed[..12]).collect::<BTreeSet<_>>().len(), 200, "nonces");
    assert!(sealed.iter().map(|sealed| &sealed[12..15]).collect::<BTreeSet<_>>().len() > 190, "ciphertexts");
    assert!(sealed.iter().all(|sealed| sealed.len() == 12 + 3 + 16));
}

#[test]
fn a_commitment_is_over_the_ciphertexts_and_means_nothing_without_them() {
    let world = World::in_memory();
    let ann = world.person(1);
    let (one, two) =
        (world.put(ann, 10, "account", &[("name", "Ann")]), world.put(ann, 11, "account", &[("name", "Ann")]));
    let commitment = |id| world.look(|vault| vault.commitment(id)).expect("a commitment");
    assert_eq!(commitment(one).len(), 64);
    assert_eq!(commitment(one), commitment(one));
    assert_ne!(commitment(one), commitment(two), "equal values do not show");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_comes_back(values in proptest::collection::btree_map("[a-z]{1,8}", any::<String>(), 1..6), item in proptest::option::of("\\PC{0,40}")) {
        let world = World::in_memory();
        let ann = world.person(1);
        let list: Vec<(String, String)> = values.clone().into_iter().collect();
        let item: Option<&'static str> = item.map(|item| &*Box::leak(item.into_boxed_str()));
        let id = world.put_item(ann, 10, "account", item, list);
        let record = world.record(ann, id);
        prop_assert_eq!(&record.elements, &values.keys().cloned().collect::<Vec<_>>());
        for (element, value) in &values {
            prop_assert_eq!(&world.open(&record, element).expect("a value"), value);
        }
        let name = world.look(|vault| vault.item_name(&record)).expect("a name").map(|name| name.to_string());
        prop_assert_eq!(name.as_deref(), item);
    }
}
