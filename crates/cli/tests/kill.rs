//! A crash at any instant loses no acknowledged act, and leaves no act without its entry.

mod support;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use support::{Running, agent, hosting_policy, key, post, upheld_ok};
use upheld_store::{Place, Store};

/// Callers at once, each with an act under way.
const CALLERS: usize = 200;
const ROUNDS: u64 = 30;

#[test]
fn kill_9_during_200_concurrent_acts_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    upheld_ok(folder, &["activate", hosting_policy().to_str().expect("UTF-8"), "--by", "test"]);
    let token = key(folder, &["shop", "--as", "web_server", "--verbs", "collect", "--points", "sign_up"]);

    let acknowledged: Arc<Mutex<BTreeMap<u64, String>>> = Arc::default();
    let next = Arc::new(AtomicU64::new(0));
    for round in 0..ROUNDS {
        let mut server = Running::start(folder);
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let (base, token) = (server.base.clone(), token.clone());
                let (acknowledged, next) = (Arc::clone(&acknowledged), Arc::clone(&next));
                std::thread::spawn(move || {
                    let agent = agent();
                    loop {
                        let person = format!("person-{}", next.fetch_add(1, Ordering::Relaxed));
                        let body = json!({
                            "point": "sign_up",
                            "in": "www.larchfield.example/join",
                            "person": person,
                            "values": { "name": "Ann Example", "address": "1 Elm Row", "phone_number": "555 0100" },
                        });
                        // A failure after the kill is not an acknowledgement; a refusal would be a fault of the test.
                        let Some((status, answer)) = post(&agent, &base, "/v1/collect", &token, &body) else { return };
                        if status == 503 {
                            continue;
                        }
                        assert_eq!(status, 201, "{answer}");
                        let record = answer["result"]["record"].as_str().expect("a record").to_owned();
                        let log = answer["log"].as_u64().expect("a log index");
                        assert!(acknowledged.lock().expect("lock").insert(log, record).is_none(), "one entry, one act");
                    }
                })
            })
            .collect();
        // A different instant each round, from the first acts to the middle of a long queue.
        std::thread::sleep(Duration::from_millis(40 + round * 17 % 260));
        server.kill();
        callers.into_iter().for_each(|caller| caller.join().expect("a caller ends"));
    }

    let acknowledged = acknowledged.lock().expect("lock");
    assert!(acknowledged.len() > 500, "the rounds did something: {}", acknowledged.len());
    let verified = upheld_ok(folder, &["evidence", "verify"]);
    assert!(verified.contains("the log verifies"), "{verified}");

    let store = Store::open(Place::File(folder.join("upheld.db")), &[]).expect("the store opens");
    let rows: Vec<(Vec<u8>, i64)> = store
        .read(|tx| tx.query("SELECT id, entry FROM record ORDER BY entry", &[]))
        .expect("rows")
        .iter()
        .map(|row| (row.blob(0).expect("an id").to_vec(), row.int(1).expect("an entry")))
        .collect();
    let records: BTreeMap<u64, String> = rows
        .iter()
        .map(|(id, entry)| {
            (u64::try_from(*entry).expect("an index"), uuid::Uuid::from_slice(id).expect("an id").to_string())
        })
        .collect();
    assert_eq!(records.len(), rows.len(), "one record an entry");
    for (log, record) in acknowledged.iter() {
        assert_eq!(records.get(log), Some(record), "the acknowledged act at {log} is there");
    }
    // No act without its entry: every record's entry is a done `collect`, and there is no such entry without a record.
    let shown = upheld_ok(folder, &["evidence", "show", "--count", "10000000"]);
    let collects: Vec<u64> = shown
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .filter(|entry| entry["verb"] == "collect" && entry["result"] == "done")
        .map(|entry| entry["index"].as_u64().expect("an index"))
        .collect();
    assert_eq!(collects, records.keys().copied().collect::<Vec<_>>());
    println!("{ROUNDS} rounds, {CALLERS} callers: {} acknowledged, {} stored", acknowledged.len(), records.len());
}
