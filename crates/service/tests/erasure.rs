//! An account is closed and its invoice stays: after "bytes gone" every byte of every file, opened with every key that
//! still exists, yields the invoice and nothing else.
//!
//! The test opens ciphertexts by itself, from the formats alone: nothing of the vault's code helps it.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use support::outsider::{Copied, Sealed, copy, opened};
use support::{HOSTING, World, days, is_in, pairs};
use upheld_service::{AccessKind, Answered, Ask, Caller, Collect, Session, Verb};
use upheld_store::StoreError;

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
        ..Collect::default()
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

/// No value, and no piece of a key that is gone, lies in any byte of any file; with all copies and all keys that are left,
/// the invoice opens and nothing else.
fn only_the_invoice_is_left(world: &World, before: &Copied) {
    let after = copy(world);
    let mut everything: BTreeSet<Sealed> = before.values.clone();
    everything.extend(after.values.iter().cloned());
    let left = opened(world, &after, &everything);
    assert_eq!(left, BTreeMap::from([("invoice".to_owned(), BTreeSet::from([INVOICE.to_owned()]))]));

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
        assert!(opened[element].contains(value), "{element}");
    }
    assert!(opened["invoice"].contains(INVOICE) && opened["email_message"].contains(MESSAGE));
    assert!(!is_in(&world.bytes(), b"Xylander"), "nothing lies in the file as it is");
}

#[test]
fn a_closed_account_leaves_its_invoice_and_nothing_else() {
    let world = lived();
    if !world.is_file() {
        return;
    }
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
    if !world.is_file() {
        return;
    }
    let before = copy(&world);
    collect(&world, "delivered", Some("m1"), &[]);
    world.service.sweep().expect("a sweep");
    let session = Session { person: "ann".to_owned(), by: "key-of-web_server".to_owned() };
    let ask = Ask { right: "erase".to_owned(), ..Ask::default() };
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
    if !world.is_file() {
        return;
    }
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
