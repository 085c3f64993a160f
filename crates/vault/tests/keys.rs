//! The files of the keys: for nobody else, whole after a crash, and refused when they are not those of the store.
#![cfg(unix)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use support::World;
use upheld_vault::{Keys, Vault, VaultError};
use uuid::Uuid;

const ROOT: &str = "root.key";
const EPOCH: &str = "epoch-1.key";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// Whether two sets of keys are the same, as far as anybody outside can tell.
fn same(one: &Keys, other: &Keys) -> bool {
    let person = Uuid::from_u128(1);
    one.log() == other.log()
        && one.subject(person) == other.subject(person)
        && one.token_hash(b"t") == other.token_hash(b"t")
}

fn refused(folder: &Path, word: &str) {
    match Keys::open(folder) {
        Err(VaultError::Keys { folder: named, why }) => {
            assert_eq!(named, folder.display().to_string());
            assert!(why.contains(word), "{why}");
        }
        other => panic!("{word}: {other:?}"),
    }
}

#[test]
fn keys_are_made_once_and_then_read_and_are_for_nobody_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("deep/down/keys");
    let made = Keys::open(&keys).expect("keys");
    assert_eq!((mode(&keys), mode(&keys.join(ROOT)), mode(&keys.join(EPOCH))), (0o700, 0o600, 0o600));
    assert_eq!(fs::read_dir(&keys).expect("the folder").count(), 2, "nothing else is left");
    assert!(same(&made, &Keys::open(&keys).expect("keys")));
    assert!(!same(&made, &Keys::ephemeral().expect("keys")));
    let text = fs::read_to_string(keys.join(ROOT)).expect("the root key");
    assert!(text.starts_with("upheld root key 1\n") && text.len() == 18 + 64 + 1, "one line that says what it is");
    assert!(fs::read_to_string(keys.join(EPOCH)).expect("the epoch key").starts_with("upheld epoch key 1\n"));
}

#[test]
fn many_that_open_a_new_folder_at_once_have_the_same_keys() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("keys");
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || Keys::open(&path).expect("keys"))
        })
        .collect();
    let keys: Vec<Keys> = threads.into_iter().map(|thread| thread.join().expect("a thread")).collect();
    assert!(keys.iter().all(|one| same(one, &keys[0])));
}

#[test]
fn a_crash_while_keys_are_made_leaves_what_the_next_opening_makes_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("keys");
    let made = Keys::open(&path).expect("keys");
    let aside = |name: &str| path.join(format!("{name}.new"));

    // The root key has its name, the epoch key not yet.
    fs::rename(path.join(EPOCH), aside(EPOCH)).expect("a rename");
    assert!(same(&made, &Keys::open(&path).expect("the same keys")));
    assert!(path.join(EPOCH).exists() && !aside(EPOCH).exists());

    // Neither has its name, and the root key is written by half: nothing was ever under them.
    fs::rename(path.join(EPOCH), aside(EPOCH)).expect("a rename");
    fs::remove_file(path.join(ROOT)).expect("a removal");
    fs::write(aside(ROOT), "upheld root k").expect("half a file");
    let anew = Keys::open(&path).expect("new keys");
    assert!(!same(&made, &anew) && same(&anew, &Keys::open(&path).expect("keys")));
    assert_eq!(fs::read_dir(&path).expect("the folder").count(), 2, "nothing else is left");
}

#[test]
fn a_key_that_was_lost_is_not_made_anew() {
    for (lost, left) in [(ROOT, EPOCH), (EPOCH, ROOT)] {
        let folder = tempfile::tempdir().expect("a folder");
        Keys::open(folder.path()).expect("keys");
        fs::remove_file(folder.path().join(lost)).expect("a loss");
        let before = fs::read(folder.path().join(left)).expect("the other");
        refused(folder.path(), &format!("`{lost}` is not; restore it"));
        assert_eq!(fs::read(folder.path().join(left)).expect("the other"), before);
        assert!(!folder.path().join(lost).exists());
    }
}

#[test]
fn a_file_that_is_no_key_or_open_to_others_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    Keys::open(path).expect("keys");
    let root = path.join(ROOT);
    let good = fs::read_to_string(&root).expect("the root key");
    for (text, word) in [
        (String::new(), "does not begin with"),
        (good.replace("root", "epoch"), "does not begin with"),
        (good.replace('\n', ""), "does not begin with"),
        (good[..good.len() - 2].to_owned(), "is damaged"),
        (good[..good.len() - 3].to_owned(), "is not 32 bytes"),
        (good.trim_end().to_owned() + "00", "is not 32 bytes"),
        (good[..20].to_owned() + "+f" + &good[22..], "is damaged"),
        (good.clone() + &" ".repeat(5_000), "too long"),
    ] {
        fs::write(&root, &text).expect("a file");
        refused(path, word);
    }
    fs::write(&root, &good).expect("a file");
    for mode in [0o644, 0o660, 0o602, 0o601] {
        fs::set_permissions(&root, fs::Permissions::from_mode(mode)).expect("permissions");
        refused(path, "chmod 600");
    }
    for mode in [0o600, 0o400, 0o440] {
        fs::set_permissions(&root, fs::Permissions::from_mode(mode)).expect("permissions");
        Keys::open(path).expect("keys");
    }
    // No error says what a file holds.
    fs::set_permissions(&root, fs::Permissions::from_mode(0o600)).expect("permissions");
    fs::write(&root, format!("{}zz", good.trim_end())).expect("a file");
    let said = Keys::open(path).expect_err("a damaged key").to_string();
    assert!(!said.contains(&good[18..30]), "{said}");
}

#[test]
fn a_root_key_of_another_store_is_refused() {
    let (one, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    Keys::open(one.path()).expect("keys");
    Keys::open(other.path()).expect("keys");
    fs::copy(other.path().join(ROOT), one.path().join(ROOT)).expect("a copy");
    assert!(matches!(Keys::open(one.path()), Err(VaultError::WrongRoot)));
}

#[test]
fn a_whole_folder_of_another_store_is_refused_once_there_are_people() {
    let world = World::in_memory();
    let stranger = Keys::ephemeral().expect("keys");
    let check = |keys: &Keys| world.store.read(|tx| Vault::new(tx, keys).check_keys());
    check(&stranger).expect("an empty store is anybody's");
    let ann = world.person(1);
    for number in 2..6 {
        world.person(number);
    }
    check(&world.keys).expect("its own keys");
    assert!(matches!(check(&stranger), Err(VaultError::WrongRoot)));
    // One damaged row does not lock the store.
    world.tamper("UPDATE person SET wrapped = x'00' WHERE id = $1", vec![support::blob(ann)]);
    check(&world.keys).expect("its own keys");
}

#[test]
fn with_other_keys_nothing_opens_and_nothing_decides() {
    let world = World::in_memory();
    let ann = world.person(1);
    let id = world.put(ann, 10, "account", &[("name", "Ann")]);
    let record = world.record(ann, id);
    let stranger = World { keys: Keys::ephemeral().expect("keys"), store: world.store.clone() };
    assert!(matches!(stranger.open(&record, "name"), Err(VaultError::NotAuthentic)));
    assert!(matches!(stranger.look(|vault| vault.standing(ann)), Err(VaultError::NotVerified)));
    let what = vec![(id, "name".to_owned())];
    stranger.act(move |vault| vault.erase(&what)).expect("what is erased needs no key");
}
