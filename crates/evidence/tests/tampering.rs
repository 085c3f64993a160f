//! Whatever is done to the rows of the log is found when it is verified, and nothing is added to a log that is not whole.

mod support;

use proptest::prelude::*;
use support::{bodies, entry, grow, key, leaf, log, tamper};
use upheld_evidence::{EvidenceError, Fault, LogKey, Report, Verification, append, entries, head, verify};
use upheld_store::{Store, StoreError, Value};

fn report(store: &Store) -> Report {
    store.read(|tx| verify(tx, &key())).expect("verifying is no error, whatever it finds")
}

fn fault(store: &Store) -> Option<Fault> {
    let whole = report(store);
    // Over several reads it finds the same.
    let mut by_parts = Verification::new();
    while store.read(|tx| by_parts.advance(tx, 7)).expect("a part") {}
    assert_eq!(store.read(|tx| by_parts.finish(tx, &key())).expect("the rest"), whole);
    whole.first_fault
}

fn refuses_to_grow(store: &Store) {
    let added = store.write(|tx| append(tx, &key(), &entry(0)));
    assert!(matches!(added, Err(EvidenceError::Head | EvidenceError::Store(StoreError::Engine(_)))), "{added:?}");
}

#[test]
fn a_whole_log_verifies() {
    for size in [0, 1, 2, 29, 999, 1_000, 1_001, 2_500] {
        let log = log(size);
        assert_eq!(fault(&log), None, "{size}");
        let (counted, root) = log.read(|tx| head(tx, &key())).expect("a head");
        assert_eq!((report(&log).size, report(&log).root), (counted, support::hex(&root)));
    }
}

#[test]
fn a_changed_body_is_found() {
    let log = log(20);
    tamper(&log, "UPDATE log_entry SET body = replace(body, 'mailer', 'nobody') WHERE seq = 7", vec![]);
    assert_eq!(fault(&log), Some(Fault::Changed(7)));
}

#[test]
fn a_body_or_hash_of_another_form_is_found() {
    for sql in [
        "UPDATE log_entry SET body = CAST(body AS BLOB) WHERE seq = 7",
        "UPDATE log_entry SET body = CAST(x'ff' AS TEXT) WHERE seq = 7",
        "UPDATE log_entry SET leaf = 'text' WHERE seq = 7",
        "UPDATE log_entry SET leaf = 1.5 WHERE seq = 7",
    ] {
        let log = log(20);
        tamper(&log, sql, vec![]);
        assert_eq!(fault(&log), Some(Fault::Changed(7)), "{sql}");
    }
}

#[test]
fn a_removed_entry_in_the_middle_is_found() {
    let log = log(20);
    tamper(&log, "DELETE FROM log_entry WHERE seq = 7", vec![]);
    assert_eq!(fault(&log), Some(Fault::Missing(7)));
}

#[test]
fn a_removed_entry_whose_place_is_closed_up_is_found() {
    let log = log(20);
    tamper(&log, "DELETE FROM log_entry WHERE seq = 7", vec![]);
    for seq in 8..20_i64 {
        tamper(&log, "UPDATE log_entry SET seq = $1 WHERE seq = $2", vec![(seq - 1).into(), seq.into()]);
    }
    assert_eq!(fault(&log), Some(Fault::NotTheHead));
}

#[test]
fn a_removed_end_is_found() {
    for from in [0, 5, 19] {
        let log = log(20);
        tamper(&log, "DELETE FROM log_entry WHERE seq >= $1", vec![from.into()]);
        assert_eq!(fault(&log), Some(Fault::NotTheHead), "from {from}");
    }
}

#[test]
fn an_added_entry_is_found_wherever_it_is_put() {
    for seq in [20, 5_000_000, -1, i64::MIN] {
        let log = log(20);
        let body = "{\"forged\":true}";
        let values = vec![seq.into(), body.into(), leaf(body.as_bytes()).into()];
        tamper(&log, "INSERT INTO log_entry (seq, body, leaf) VALUES ($1, $2, $3)", values);
        let found = fault(&log);
        assert!(matches!(found, Some(Fault::NotTheHead | Fault::Missing(20))), "at {seq}: {found:?}");
    }
    let log = log(20);
    let values = vec!["not a number".into(), "{}".into(), leaf(b"{}").into()];
    tamper(&log, "INSERT INTO log_entry (seq, body, leaf) VALUES ($1, $2, $3)", values);
    assert_eq!(fault(&log), Some(Fault::NotTheHead));
}

#[test]
fn an_entry_that_was_rewritten_with_its_hash_is_found() {
    let log = log(20);
    let body = String::from_utf8(log.read(|tx| Ok::<_, StoreError>(bodies(tx))).expect("bodies")[7].clone());
    let body = body.expect("UTF-8").replace("mailer", "nobody");
    let values: Vec<Value> = vec![leaf(body.as_bytes()).into(), body.into()];
    tamper(&log, "UPDATE log_entry SET leaf = $1, body = $2 WHERE seq = 7", values);
    assert_eq!(fault(&log), Some(Fault::NotTheHead));
    // Appending reads the head only: what is wrong below it is found by verifying, before and after.
    grow(&log, 1);
    assert_eq!(fault(&log), Some(Fault::NotTheHead));
}

#[test]
fn two_entries_that_changed_places_are_found() {
    let log = log(20);
    for (from, to) in [(3, 100), (4, 3), (100, 4)] {
        tamper(&log, "UPDATE log_entry SET seq = $1 WHERE seq = $2", vec![to.into(), from.into()]);
    }
    assert_eq!(fault(&log), Some(Fault::NotTheHead));
}

#[test]
fn an_older_head_is_found_while_the_entries_after_it_are_there() {
    let log = log(12);
    let old =
        log.read(|tx| tx.one("SELECT size, root, frontier, mac FROM log_head", &[])).expect("a read").expect("a head");
    grow(&log, 8);
    let column = |at| Value::from(old.blob(at).expect("bytes"));
    let values = vec![old.int(0).expect("a size").into(), column(1), column(2), column(3)];
    tamper(&log, "UPDATE log_head SET size = $1, root = $2, frontier = $3, mac = $4", values);
    assert_eq!(fault(&log), Some(Fault::NotTheHead));
    // It is authentic, so only the entry that stands in the way says no.
    refuses_to_grow(&log);
    // With the entries after it gone, too, the log is what it once was. Only a copy of a later head shows that; see the
    // threat model.
    tamper(&log, "DELETE FROM log_entry WHERE seq >= 12", vec![]);
    assert_eq!(fault(&log), None);
}

#[test]
fn a_changed_head_is_found_and_nothing_is_added_under_it() {
    for sql in [
        "UPDATE log_head SET size = size + 1",
        "UPDATE log_head SET size = -1",
        "UPDATE log_head SET size = 'many'",
        "UPDATE log_head SET root = zeroblob(32)",
        "UPDATE log_head SET root = zeroblob(31)",
        "UPDATE log_head SET frontier = zeroblob(length(frontier))",
        "UPDATE log_head SET frontier = x''",
        "UPDATE log_head SET mac = zeroblob(32)",
        "UPDATE log_head SET mac = 7",
    ] {
        let log = log(20);
        tamper(&log, sql, vec![]);
        assert_eq!(fault(&log), Some(Fault::Head), "{sql}");
        refuses_to_grow(&log);
        assert!(matches!(log.read(|tx| head(tx, &key())), Err(EvidenceError::Head)), "{sql}");
    }
}

#[test]
fn a_removed_head_is_found_and_nothing_is_added_without_it() {
    let log = log(20);
    tamper(&log, "DELETE FROM log_head", vec![]);
    assert_eq!(fault(&log), Some(Fault::NotTheHead));
    refuses_to_grow(&log);
}

#[test]
fn another_key_finds_the_head_not_authentic() {
    let log = log(20);
    let found = log.read(|tx| verify(tx, &LogKey::new(&[8; 32]))).expect("a report");
    assert_eq!(found.first_fault, Some(Fault::Head));
    let added = log.write(|tx| append(tx, &LogKey::new(&[8; 32]), &entry(20)));
    assert!(matches!(added, Err(EvidenceError::Head)));
}

#[test]
fn a_damaged_entry_is_named_when_it_is_read() {
    let log = log(20);
    tamper(&log, "UPDATE log_entry SET body = 'no json' WHERE seq = 7", vec![]);
    assert!(matches!(log.read(|tx| entries(tx, 0, 20)), Err(EvidenceError::Entry(7))));
    assert_eq!(log.read(|tx| entries(tx, 8, 5)).expect("others are read").len(), 5);
    tamper(&log, "UPDATE log_entry SET body = x'00' WHERE seq = 7", vec![]);
    assert!(matches!(log.read(|tx| entries(tx, 7, 1)), Err(EvidenceError::Entry(7))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// One changed byte in any column of any row of the log is found.
    #[test]
    fn any_changed_byte_is_found(size in 1_u64..40, at in any::<prop::sample::Index>(), column in 0_usize..5, byte in any::<prop::sample::Index>(), by in 1_u8..128) {
        let log = log(size);
        let seq = at.index(size as usize) as i64;
        let (read, write) = [
            ("SELECT body FROM log_entry WHERE seq = $1", "UPDATE log_entry SET body = $1 WHERE seq = $2"),
            ("SELECT leaf FROM log_entry WHERE seq = $1", "UPDATE log_entry SET leaf = $1 WHERE seq = $2"),
            ("SELECT root FROM log_head WHERE $1 >= 0", "UPDATE log_head SET root = $1 WHERE $2 >= 0"),
            ("SELECT frontier FROM log_head WHERE $1 >= 0", "UPDATE log_head SET frontier = $1 WHERE $2 >= 0"),
            ("SELECT mac FROM log_head WHERE $1 >= 0", "UPDATE log_head SET mac = $1 WHERE $2 >= 0"),
        ][column];
        let row = log.read(|tx| tx.one(read, &[seq.into()])).expect("a read").expect("a row");
        let changed = |bytes: &[u8]| {
            let mut bytes = bytes.to_vec();
            let at = byte.index(bytes.len());
            bytes[at] ^= by;
            bytes
        };
        let value: Value = match row.text(0) {
            // Seven bits stay seven bits, so the text stays a text.
            Ok(text) => String::from_utf8(changed(text.as_bytes())).expect("ASCII").into(),
            Err(_) => changed(row.blob(0).expect("bytes")).into(),
        };
        tamper(&log, write, vec![value, seq.into()]);
        prop_assert!(fault(&log).is_some());
    }
}
