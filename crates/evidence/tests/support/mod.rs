//! What the tests of the log share: a log in memory, and the tree of RFC 9162 once more, written as its definition reads.
#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses a part of it")]

use sha2::{Digest as _, Sha256};
use upheld_evidence::{Entry, EvidenceError, LogKey, MIGRATIONS, append, head};
use upheld_store::{Place, Store, Tx, Value};

pub const SECRET: [u8; 32] = [7; 32];

pub fn key() -> LogKey {
    LogKey::new(&SECRET)
}

pub fn store() -> Store {
    Store::open(Place::Memory, &MIGRATIONS).expect("a store")
}

pub fn entry(n: u64) -> Entry {
    Entry {
        at: 1_000 + n as i64,
        verb: "use".to_owned(),
        result: "done".to_owned(),
        actor: "mailer".to_owned(),
        nonce: format!("{n:032x}"),
        ..Entry::default()
    }
}

pub fn grow(store: &Store, entries: u64) {
    store
        .write(move |tx| {
            let (from, _) = head(tx, &key())?;
            (from..from + entries).try_for_each(|n| append(tx, &key(), &entry(n)).map(drop))
        })
        .unwrap_or_else(|error: EvidenceError| panic!("the log grows: {error}"));
}

pub fn log(entries: u64) -> Store {
    let store = store();
    grow(&store, entries);
    store
}

/// Does to the rows what somebody with the file could do.
pub fn tamper(store: &Store, sql: &'static str, values: Vec<Value>) {
    let changed = store.write(move |tx| tx.execute(sql, &values)).expect("a statement");
    assert!(changed > 0, "{sql} changes something");
}

/// The bodies as they lie in the rows.
pub fn bodies(tx: &Tx<'_>) -> Vec<Vec<u8>> {
    let rows = tx.query("SELECT body FROM log_entry ORDER BY seq", &[]).expect("the rows");
    rows.iter().map(|row| row.text(0).expect("a body").as_bytes().to_vec()).collect()
}

pub fn leaf(body: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update([0]).chain_update(body).finalize().into()
}

fn node(left: [u8; 32], right: [u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The largest power of two below a number.
fn split(n: usize) -> usize {
    (0..).map(|bit| 1 << bit).take_while(|power| *power < n).last().expect("n is at least 2")
}

/// MTH(D[n]) of section 2.1.1.
pub fn root(bodies: &[Vec<u8>]) -> [u8; 32] {
    match bodies {
        [] => Sha256::digest([]).into(),
        [body] => leaf(body),
        _ => {
            let (left, right) = bodies.split_at(split(bodies.len()));
            node(root(left), root(right))
        }
    }
}

/// PATH(m, D[n]) of section 2.1.3.1.
pub fn path(m: usize, bodies: &[Vec<u8>]) -> Vec<[u8; 32]> {
    if bodies.len() == 1 {
        return Vec::new();
    }
    let (left, right) = bodies.split_at(split(bodies.len()));
    let (mut out, other) =
        if m < left.len() { (path(m, left), root(right)) } else { (path(m - left.len(), right), root(left)) };
    out.push(other);
    out
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("hex")).collect()
}
