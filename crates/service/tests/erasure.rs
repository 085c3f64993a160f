//! An account is closed and its invoice stays: after "bytes gone" every byte of every file, opened with every key that
//! still exists, yields the invoice and nothing else.
//!
//! The test opens ciphertexts by itself, from the formats alone: nothing of the vault's code helps it.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use support::{HOSTING, World, days, pairs};
use upheld_service::{AccessKind, Answered, Ask, Caller, Collect, Session, Verb};
use upheld_store::{Row, StoreError};

const NONCE: usize = 12;
const CHECK: usize = 16;

/// Opens nonce, ciphertext and tag; none when the key or the binding is another.
fn open(key: &[u8], bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, body) = sealed.split_at_checked(NONCE)?;
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut body = body.to_vec();
    key.open_in_place(nonce, Aad::from(bound), &mut body).ok().map(|plain| plain.to_vec())
}

/// A wrapped key ends in a check value of 16 bytes.
fn unwrap(under: &[u8], bound: &[u8], wrapped: &[u8]) -> Option<Vec<u8>> {
    open(under, bound, wrapped.get(..wrapped.len().checked_sub(CHECK)?)?)
}

fn binding(label: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = label.as_bytes().to_vec();
    for part in parts {
        out.extend((part.len() as u64).to_be_bytes());
        out.extend(*part);
    }
    out
}

fn secret(path: &std::path::Path) -> Vec<u8> {
    let text = std::fs::read_to_string(path).expect("a key file");
    let hex = text.lines().nth(1).expect("the secret").trim();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
}

/// A sealed value with all that it is bound to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Sealed {
    bound: Vec<u8>,
    element: String,
    sealed: Vec<u8>,
}

/// A wrapped key with what it is bound to.
type Wrapped = (Vec<u8>, Vec<u8>);

/// What somebody copies who takes the database.
#[derive(Default)]
struct Copied {
    people: Vec<Wrapped>,
    shreds: Vec<Wrapped>,
    values: BTreeSet<Sealed>,
}

fn copy(world: &World) -> Copied {
    let rows = |sql: &str| -> Vec<Row> { world.raw().read(|tx| tx.query(sql, &[])).expect("rows") };
    let blob = |row: &Row, column: usize| row.blob(column).expect("bytes").to_vec();
    let mut out = Copied::default();
    for row in rows("SELECT id, wrapped FROM person") {
        out.people.push((binding("upheld person key 1", &[&blob(&row, 0)]), blob(&row, 1)));
    }
    for row in rows("SELECT id, person, wrapped FROM shred") {
        out.shreds.push((binding("upheld shred key 1", &[&blob(&row, 1), &blob(&row, 0)]), blob(&row, 2)));
    }
    let values = "SELECT r.class, r.person, r.id, v.element, r.at, v.sealed, r.item FROM value v JOIN record r ON r.id = v.record";
    for row in rows(values) {
        let element = row.text(3).expect("an element").to_owned();
        let at = row.int(4).expect("a time").to_be_bytes();
        let item = row.optional_blob(6).expect("bytes").unwrap_or_default();
        let record = [&blob(&row, 0), &blob(&row, 1), &blob(&row, 2)];
        let bound = binding("upheld value 1", &[record[0], record[1], record[2], element.as_bytes(), &at, item]);
        out.values.insert(Sealed { bound, element, sealed: blob(&row, 5) });
    }
    out
}

/// Everything that opens with the keys of the key folder and the wrapped keys of one copy, out of the values of any copies.
fn opened(world: &World, keys: &Copied, values: &BTreeSet<Sealed>) -> BTreeMap<String, String> {
    let folder = world.database().with_file_name("keys");
    let root = secret(&folder.join("root.key"));
    let epoch = unwrap(&root, b"upheld epoch 1", &secret(&folder.join("epoch-1.key"))).expect("the epoch key opens");
    let mut all = vec![root, epoch.clone()];
    let people: Vec<Vec<u8>> = keys.people.iter().filter_map(|(bound, key)| unwrap(&epoch, bound, key)).collect();
    for person in &people {
        all.extend(keys.shreds.iter().filter_map(|(bound, key)| unwrap(person, bound, key)));
    }
    all.extend(people);
    let mut out = BTreeMap::new();
    for value in values {
        for key in &all {
            if let Some(plain) = open(key, &value.bound, &value.sealed) {
                out.insert(value.element.clone(), String::from_utf8(plain).expect("text"));
            }
        }
    }
    out
}

fn program(role: &str) -> Caller {
    Caller {
        key: format!("key-of-{role}"),
        kind: AccessKind::Program,
        acts_as: Some(role.to_owned()),
        verbs: Verb::ALL.to_vec(),
        points: support::strings(&["sign_up", "order", "leaving", "service_event", "mail_in", "delivered"]),
        purposes: Vec::new(),
        may_act: true,
    }
}

const VALUES: [(&str, &str); 6] = [
    ("name", "Ann Q. Xylander"),
    ("address", "17 Quince Terrace"),
    ("phone_number", "555 0199 731"),
    ("billing_details", "Xylander & Daughters"),
    ("card_number", "5500000000000004"),
    ("email", "ann.xylander@mail.example"),
];
const LOG_LINE: &str = "moved to the plan Garden of Quinces";
const INVOICE: &str = "2026-117: one year of Garden";
const MESSAGE: &str = "See you under the quince tree at noon.";

fn collect(world: &World, point: &str, item: Option<&str>, values: &[(&str, &str)]) {
    let act = Collect {
        point: point.to_owned(),
        r#in: (point == "sign_up").then(|| "www.larchfield.example/join".to_owned()),
        person: Some("ann".to_owned()),
        item: item.map(str::to_owned),
        values: pairs(values),
    };
    let done = world.service.collect(&program("web_server"), act).expect("an answer");
    assert!(done.answer.allowed, "{point}: {:?} {:?}", done.answer, done.fields);
}

/// Ann signs up, orders, gets mail. Her data lies in the file, under keys.
fn lived() -> World {
    let world = World::file(HOSTING);
    collect(&world, "sign_up", None, &VALUES);
    collect(&world, "service_event", None, &[("customer_log", LOG_LINE)]);
    collect(&world, "order", None, &[("invoice", INVOICE)]);
    collect(&world, "mail_in", Some("m1"), &[("email_message", MESSAGE)]);
    world
}

fn texts() -> Vec<&'static str> {
    VALUES.iter().map(|(_, value)| *value).chain([LOG_LINE, INVOICE, MESSAGE, "m1"]).collect()
}

fn is_in(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// No value, and no piece of a key that is gone, lies in any byte of any file; with all copies and all keys that are left,
/// the invoice opens and nothing else.
fn only_the_invoice_is_left(world: &World, before: &Copied) {
    let after = copy(world);
    let mut everything: BTreeSet<Sealed> = before.values.clone();
    everything.extend(after.values.iter().cloned());
    let left = opened(world, &after, &everything);
    assert_eq!(left, BTreeMap::from([("invoice".to_owned(), INVOICE.to_owned())]));

    let bytes = world.bytes();
    for text in texts().into_iter().filter(|text| text.len() > 4) {
        assert!(!is_in(&bytes, text.as_bytes()), "`{text}` lies in the file as it is");
    }
    let gone: Vec<&Sealed> = before.values.iter().filter(|value| !after.values.contains(value)).collect();
    assert!(gone.len() > VALUES.len(), "values are gone");
    for value in gone {
        assert!(!is_in(&bytes, &value.sealed), "the bytes of `{}` are gone", value.element);
    }
    let keys: BTreeSet<&Vec<u8>> = after.shreds.iter().map(|(_, key)| key).collect();
    let destroyed: Vec<&Vec<u8>> = before.shreds.iter().map(|(_, key)| key).filter(|key| !keys.contains(key)).collect();
    assert!(destroyed.len() >= 2, "keys were destroyed");
    for key in destroyed {
        assert!(!is_in(&bytes, key), "no byte of a destroyed key is left");
    }
    world.assert_log_verifies();
    let log = serde_json::to_string(&world.log()).expect("JSON");
    assert!(texts().iter().filter(|text| text.len() > 4).all(|text| !log.contains(text)), "no value in the log");
}

#[test]
fn what_is_held_opens_with_its_keys() {
    // The test's own reading of the formats is right: with all keys there, everything opens.
    let world = lived();
    let copied = copy(&world);
    let opened = opened(&world, &copied, &copied.values);
    for (element, value) in VALUES {
        assert_eq!(opened.get(element).map(String::as_str), Some(value), "{element}");
    }
    assert_eq!(opened.get("invoice").map(String::as_str), Some(INVOICE));
    assert_eq!(opened.get("email_message").map(String::as_str), Some(MESSAGE));
    assert!(!is_in(&world.bytes(), b"Xylander"), "nothing lies in the file as it is");
}

#[test]
fn a_closed_account_leaves_its_invoice_and_nothing_else() {
    let world = lived();
    let before = copy(&world);
    collect(&world, "delivered", Some("m1"), &[]);
    collect(&world, "leaving", None, &[]);
    world.clock.advance(days(1));
    let swept = world.service.sweep().expect("a sweep");
    assert!(swept.values > 7, "{swept:?}");
    assert!(swept.bytes_gone.is_some(), "{swept:?}");
    only_the_invoice_is_left(&world, &before);
}

#[test]
fn an_erasure_on_request_says_what_stays_and_until_when() {
    let world = lived();
    let before = copy(&world);
    collect(&world, "delivered", Some("m1"), &[]);
    world.service.sweep().expect("a sweep");
    let session = Session { person: "ann".to_owned(), by: "key-of-web_server".to_owned() };
    let ask = Ask { right: "erase".to_owned(), data: Vec::new() };
    let act = world.service.request(&session, ask).expect("an answer");
    let Some(Answered::Erased(erased)) = act.result else { panic!("{:?}", act.answer) };
    assert!(erased.bytes_gone.is_some(), "nobody was reading: {erased:?}");
    let [stays] = erased.stays.as_slice() else { panic!("one thing stays: {erased:?}") };
    assert_eq!((stays.element.as_str(), stays.until.as_deref()), ("invoice", Some("2036-01-05")));
    assert!(stays.sentence.contains("must keep invoice"), "{stays:?}");
    only_the_invoice_is_left(&world, &before);
}

#[test]
fn when_the_last_value_goes_the_person_is_forgotten_whole() {
    let world = lived();
    let before = copy(&world);
    collect(&world, "delivered", Some("m1"), &[]);
    collect(&world, "leaving", None, &[]);
    world.clock.advance(days(366 * 11));
    world.service.sweep().expect("a sweep");
    let after = copy(&world);
    assert!(opened(&world, &after, &before.values).is_empty());
    let people: BTreeSet<Vec<u8>> = world
        .raw()
        .read(|tx| -> Result<_, StoreError> {
            let mut out = BTreeSet::new();
            for table in ["person", "handle", "shred", "record", "value", "standing", "standing_head", "case_reach"] {
                let count = tx.one(&format!("SELECT COUNT(*) FROM {table}"), &[])?.expect("a count").int(0)?;
                if count > 0 {
                    out.insert(table.as_bytes().to_vec());
                }
            }
            Ok(out)
        })
        .expect("rows");
    assert!(
        people.is_empty(),
        "rows are left in: {:?}",
        people.iter().map(|t| String::from_utf8_lossy(t)).collect::<Vec<_>>()
    );
    for (_, key) in &before.people {
        assert!(!is_in(&world.bytes(), key), "no byte of the person's key is left");
    }
    world.assert_log_verifies();
}
