//! What entries say, and what they never show.

mod support;

use std::collections::BTreeMap;

use support::{key, log, store};
use upheld_evidence::{Entry, append, entries, entry, head};

#[test]
fn an_entry_comes_back_as_it_was_appended() {
    let full = Entry {
        at: 1_700_000_000_123,
        verb: "share".to_owned(),
        result: "refused".to_owned(),
        reason: Some("not_agreed".to_owned()),
        actor: "k-1 mailer".to_owned(),
        subject: Some("ab".repeat(32)),
        clauses: vec!["marketing.1".to_owned()],
        version: "2009-1".to_owned(),
        purpose: Some("marketing_email".to_owned()),
        recipient: Some("partner".to_owned()),
        case: Some("c-1".to_owned()),
        elements: vec!["email".to_owned()],
        classes: vec!["cd".repeat(32)],
        commitments: vec!["ef".repeat(32)],
        details: BTreeMap::from([("why".to_owned(), "\u{1f511} \"quoted\"\n".to_owned())]),
        nonce: "00".repeat(16),
    };
    let store = store();
    let added = full.clone();
    store.write(move |tx| append(tx, &key(), &added)).expect("an entry");
    store.write(|tx| append(tx, &key(), &Entry::default())).expect("an entry of nothing");
    let read = store.read(|tx| entries(tx, 0, u64::MAX)).expect("entries");
    assert_eq!(read.iter().map(|placed| placed.index).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(read[0].entry, full);
    assert_eq!(read[1].entry, Entry::default());
    assert_eq!(store.read(|tx| entry(tx, 2)).expect("a read"), None);
}

#[test]
fn entries_are_read_from_an_index_on_and_no_more_than_asked_for() {
    let log = log(30);
    let indices = |from, count| -> Vec<u64> {
        log.read(|tx| entries(tx, from, count)).expect("entries").iter().map(|placed| placed.index).collect()
    };
    assert_eq!(indices(10, 3), [10, 11, 12]);
    assert_eq!(indices(28, 100), [28, 29]);
    assert_eq!(indices(30, 100), [0_u64; 0]);
    assert_eq!(indices(u64::MAX, 100), [0_u64; 0]);
    assert_eq!(indices(0, 0), [0_u64; 0]);
}

#[test]
fn the_key_is_never_printed() {
    assert_eq!(format!("{:?}", key()), "LogKey");
}

#[test]
fn many_writers_get_an_entry_each_in_a_file_as_in_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = upheld_store::Place::File(folder.path().join("log.db"));
    let store = upheld_store::Store::open(place, &upheld_evidence::MIGRATIONS).expect("a store");
    let threads: Vec<_> = (0..16)
        .map(|thread| {
            let store = store.clone();
            std::thread::spawn(move || -> Vec<u64> {
                let add = |n| move |tx: &upheld_store::Tx<'_>| append(tx, &key(), &support::entry(n));
                (0..10).map(|n| store.write(add(thread * 10 + n)).expect("an entry")).collect()
            })
        })
        .collect();
    let mut indices: Vec<u64> = threads.into_iter().flat_map(|thread| thread.join().expect("a writer")).collect();
    indices.sort_unstable();
    assert_eq!(indices, (0..160).collect::<Vec<_>>());
    let report = store.read(|tx| upheld_evidence::verify(tx, &key())).expect("a report");
    assert_eq!((report.size, report.first_fault), (160, None));
    assert_eq!(store.read(|tx| head(tx, &key())).expect("a head").0, 160);
}
