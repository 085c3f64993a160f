//! Handles: found by a keyed look-up that shows nothing, belonging to one person, and not to be bent to another.

mod support;

use support::{World, blob};
use upheld_vault::{Keys, Vault, VaultError};
use uuid::Uuid;

const MAIL: &str = "ann@example.org";

fn named(world: &World, number: u128, kind: &'static str, handle: &'static str) -> Uuid {
    let person = world.person(number);
    world.act(move |vault| vault.add_handle(person, kind, handle)).expect("a handle");
    person
}

#[test]
fn a_person_is_found_by_each_of_their_handles_and_by_no_other() {
    let world = World::in_memory();
    let ann = named(&world, 1, "email", MAIL);
    world.act(move |vault| vault.add_handle(ann, "id", "c-17")).expect("a second handle");
    world.act(move |vault| vault.add_handle(ann, "email", MAIL)).expect("the same again changes nothing");
    let find = |kind: &str, handle: &str| world.look(|vault| vault.find(kind, handle)).expect("a look-up");
    assert_eq!((find("email", MAIL), find("id", "c-17")), (Some(ann), Some(ann)));
    assert_eq!((find("id", MAIL), find("email", "c-17"), find("email", "ANN@example.org")), (None, None, None));
    assert_eq!(world.rows("SELECT 1 FROM handle").len(), 2);
}

#[test]
fn a_handle_belongs_to_one_person() {
    let world = World::in_memory();
    named(&world, 1, "email", MAIL);
    let bob = world.person(2);
    let answer = world.act(move |vault| vault.add_handle(bob, "email", MAIL));
    assert!(matches!(answer, Err(VaultError::HandleTaken)), "{answer:?}");
}

#[test]
fn no_file_holds_a_handle_or_what_could_be_guessed_from_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::in_file(folder.path());
    let ann = named(&world, 1, "email", MAIL);
    world.put_item(ann, 10, "account", Some("order-4711-ann"), vec![("name".to_owned(), "Ann-Kathrin".to_owned())]);
    let mut files = 0;
    for entry in std::fs::read_dir(folder.path()).expect("the folder") {
        let bytes = std::fs::read(entry.expect("a file").path()).expect("its bytes");
        for plain in [MAIL, "ann@", "order-4711-ann", "4711", "Ann-Kathrin"] {
            assert!(!bytes.windows(plain.len()).any(|run| run == plain.as_bytes()), "{plain}");
        }
        files += usize::from(!bytes.is_empty());
    }
    assert!(files >= 2);
    // Another store's keys give another look-up: whoever has no keys cannot try out handles.
    let look_up = world.rows("SELECT lookup FROM handle")[0].blob(0).expect("bytes").to_vec();
    let other = World { keys: Keys::ephemeral().expect("keys"), store: World::in_memory().store };
    named(&other, 1, "email", MAIL);
    assert_ne!(other.rows("SELECT lookup FROM handle")[0].blob(0).expect("bytes"), look_up);
}

#[test]
fn a_handle_that_was_bent_to_another_person_is_refused() {
    for sql in [
        "UPDATE handle SET person = $1 WHERE kind = 'email'",
        "UPDATE handle SET mac = $1 WHERE kind = 'email'",
        "UPDATE handle SET mac = 1.5 + length($1) WHERE kind = 'email'",
        // The row of another handle, its look-up put in place of the first one's.
        "UPDATE handle SET person = $1, mac = (SELECT mac FROM handle WHERE kind = 'id') WHERE kind = 'email'",
    ] {
        let world = World::in_memory();
        named(&world, 1, "email", MAIL);
        let bob = named(&world, 2, "id", "c-18");
        world.tamper(sql, vec![blob(bob)]);
        let found = world.look(|vault| vault.find("email", MAIL));
        assert!(matches!(found, Err(VaultError::NotVerified)), "{sql}: {found:?}");
        let added = world.act(move |vault| vault.add_handle(bob, "email", MAIL));
        assert!(matches!(added, Err(VaultError::NotVerified)), "{sql}: {added:?}");
    }
}

#[test]
fn a_handle_of_another_kind_or_store_does_not_pass_for_this_one() {
    let world = World::in_memory();
    named(&world, 1, "email", MAIL);
    world.tamper("UPDATE handle SET kind = 'id'", Vec::new());
    assert_eq!(world.look(|vault| vault.find("email", MAIL)).expect("a look-up"), None);
    assert_eq!(world.look(|vault| vault.find("id", MAIL)).expect("a look-up"), None);
    let keys = Keys::ephemeral().expect("keys");
    let found = world.store.read(|tx| Vault::new(tx, &keys).find("email", MAIL)).expect("a look-up");
    assert_eq!(found, None);
}

#[test]
fn records_of_nobody_known_belong_to_one_person_for_each_keep_and_month() {
    let world = World::in_memory();
    let mut next = 100;
    let mut pseudo = |keep: &'static str, month: &'static str| {
        next += 1;
        let id = Uuid::from_u128(next);
        world.act(move |vault| vault.pseudo_person(keep, month, id)).expect("a person")
    };
    let first = pseudo("visits", "2026-01");
    assert_eq!(pseudo("visits", "2026-01"), first);
    let others =
        [pseudo("visits", "2026-02"), pseudo("orders", "2026-01"), pseudo("visits|2026-01", ""), pseudo("visits", "")];
    assert!(others.iter().all(|other| *other != first));
    assert_eq!(others.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    // A caller's handle of whatever kind does not reach them.
    for kind in ["pseudo", "id", "email", ""] {
        assert_eq!(world.look(|vault| vault.find(kind, "6|visits|2026-01")).expect("a look-up"), None);
    }
}

#[test]
fn a_person_is_made_once() {
    let world = World::in_memory();
    let ann = world.person(1);
    assert!(world.act(move |vault| vault.create(ann, true)).is_err());
    assert!(world.look(|vault| vault.exists(ann)).expect("a look-up"));
    assert!(!world.look(|vault| vault.exists(Uuid::from_u128(2))).expect("a look-up"));
}
