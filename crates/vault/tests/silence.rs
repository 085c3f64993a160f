//! Nothing that may hold a value or a key prints it.

mod support;

use support::World;
use upheld_vault::{Keys, VaultError};

const SECRET: &str = "ann@example.org";

#[test]
fn debug_prints_hold_no_values_and_no_keys() {
    let world = World::in_memory();
    let ann = world.person(1);
    let values = vec![("email".to_owned(), SECRET.to_owned())];
    let id = world.put_item(ann, 10, "account", Some("order-of-ann"), values);
    let record = world.record(ann, id);
    let opened = world.look(|vault| vault.open(&record, "email")).expect("a value");
    let name = world.look(|vault| vault.item_name(&record)).expect("a name");
    let note = world
        .act(move |vault| {
            let sealed = vault.seal_note(Some(ann), b"case", SECRET.as_bytes())?;
            vault.open_note(Some(ann), b"case", &sealed)
        })
        .expect("a note");
    assert_eq!((opened.as_str(), note.as_slice()), (SECRET, SECRET.as_bytes()));
    let printed = format!("{opened:?} {name:?} {note:?} {record:?} {:?} {:?}", world.keys, world.store);
    for part in ["ann", "@", "order-of", "97, 110, 110", "616e6e"] {
        assert!(!printed.contains(part), "{part} in {printed}");
    }
    assert_eq!(format!("{:?}", world.keys), "Keys");
    let log: String = world.keys.log().iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!printed.contains(&log[..8]));
}

#[test]
fn errors_hold_no_values() {
    let world = World::in_memory();
    let ann = world.person(1);
    let id = world.put(ann, 10, "account", &[("email", SECRET)]);
    let record = world.record(ann, id);
    let taken = world.act(move |vault| {
        vault.add_handle(ann, "email", SECRET)?;
        vault.create(uuid::Uuid::from_u128(2), true)?;
        vault.add_handle(uuid::Uuid::from_u128(2), "email", SECRET)
    });
    let twice = world.act(move |vault| vault.create(ann, true));
    let missing = world.open(&record, "ann").map(drop);
    world.tamper("UPDATE value SET sealed = zeroblob(40)", Vec::new());
    let changed = world.open(&record, "email").map(drop);
    for outcome in [taken, twice, missing, changed] {
        let error: VaultError = outcome.expect_err("an error");
        let said = format!("{error} {error:?}");
        assert!(!said.contains("ann@") && !said.contains("example"), "{said}");
    }
}

#[test]
fn a_note_opens_only_for_its_person_and_in_its_place() {
    let world = World::in_memory();
    let (ann, bob) = (world.person(1), world.person(2));
    let sealed = world
        .act(move |vault| {
            Ok([vault.seal_note(Some(ann), b"case 1", b"a note")?, vault.seal_note(None, b"case 1", b"a note")?])
        })
        .expect("notes");
    let open = |person, bound: &[u8], sealed: &[u8]| world.look(|vault| vault.open_note(person, bound, sealed));
    assert_eq!(open(Some(ann), b"case 1", &sealed[0]).expect("a note").as_slice(), b"a note");
    assert_eq!(open(None, b"case 1", &sealed[1]).expect("a note").as_slice(), b"a note");
    for (person, bound, which) in [
        (Some(bob), b"case 1", 0),
        (None, b"case 1", 0),
        (Some(ann), b"case 2", 0),
        (Some(ann), b"case 1", 1),
        (None, b"case 2", 1),
    ] {
        let answer = open(person, bound, &sealed[which]);
        assert!(matches!(answer, Err(VaultError::NotAuthentic)), "{answer:?}");
    }
    // Once its person is forgotten it opens for nobody.
    assert!(world.act(move |vault| vault.forget(ann)).expect("forgotten"));
    assert!(matches!(open(Some(ann), b"case 1", &sealed[0]), Err(VaultError::NotHeld)));
}

#[test]
fn the_mac_of_a_row_is_of_its_table_and_its_parts() {
    let world = World::in_memory();
    let stranger = Keys::ephemeral().expect("keys");
    let mac = world.look(|vault| Ok(vault.row_mac("cases", &[b"ab", b"c"]))).expect("a mac");
    let verify = |table: &str, parts: &[&[u8]], mac: &[u8]| world.look(|vault| vault.verify_row(table, parts, mac));
    verify("cases", &[b"ab", b"c"], &mac).expect("it verifies");
    for (table, parts) in
        [("case", &[b"ab".as_slice(), b"c"][..]), ("cases", &[b"a", b"bc"]), ("cases", &[b"abc"]), ("cases", &[])]
    {
        assert!(matches!(verify(table, parts, &mac), Err(VaultError::NotVerified)));
    }
    assert!(matches!(verify("cases", &[b"ab", b"c"], &mac[..31]), Err(VaultError::NotVerified)));
    let of_others = World { keys: stranger, store: world.store.clone() };
    assert_ne!(of_others.look(|vault| Ok(vault.row_mac("cases", &[b"ab", b"c"]))).expect("a mac"), mac);
}
