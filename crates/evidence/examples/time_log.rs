//! Times the log, in memory and in a file with full durability.
//!
//! `cargo run --release -p upheld-evidence --example time_log` prints a table.
#![expect(clippy::print_stdout, reason = "it prints its figures")]

use std::error::Error;
use std::time::{Duration, Instant};

use upheld_evidence::{Entry, EvidenceError, LogKey, MIGRATIONS, Verification, append, head, inclusion};
use upheld_store::{Place, Store};

const ENTRIES: u64 = 100_000;
const ALONE: u64 = 300;

fn key() -> LogKey {
    LogKey::new(&[7; 32])
}

fn entry(n: u64) -> Entry {
    Entry {
        at: 1_700_000_000_000,
        verb: "use".to_owned(),
        result: "done".to_owned(),
        actor: "k-12345678 mailer".to_owned(),
        subject: Some("ab".repeat(32)),
        clauses: vec!["marketing.1".to_owned()],
        version: "2009-1".to_owned(),
        purpose: Some("marketing_email".to_owned()),
        elements: vec!["email".to_owned(), "name".to_owned()],
        nonce: format!("{n:032x}"),
        ..Entry::default()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("upheld-time-log-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure(&folder);
    std::fs::remove_dir_all(&folder)?;
    outcome
}

fn measure(folder: &std::path::Path) -> Result<(), Box<dyn Error>> {
    println!("{:<46} {:>10} {:>10}", "microseconds", "memory", "file");
    let memory = figures(&Store::open(Place::Memory, &MIGRATIONS)?)?;
    let file = figures(&Store::open(Place::File(folder.join("log.db")), &MIGRATIONS)?)?;
    for ((name, memory), (_, file)) in memory.into_iter().zip(file) {
        println!("{name:<46} {memory:>10.1} {file:>10.1}");
    }
    Ok(())
}

fn micros(time: Duration, acts: u64) -> f64 {
    time.as_secs_f64() * 1e6 / acts as f64
}

fn figures(store: &Store) -> Result<Vec<(&'static str, f64)>, EvidenceError> {
    let mut out = Vec::new();
    let begun = Instant::now();
    for some in 0..ENTRIES / 100 {
        store.write(move |tx| {
            (some * 100..some * 100 + 100).try_for_each(|n| append(tx, &key(), &entry(n)).map(drop))
        })?;
    }
    out.push(("append, a hundred in a write", micros(begun.elapsed(), ENTRIES)));
    let begun = Instant::now();
    for n in 0..ALONE {
        store.write(move |tx| append(tx, &key(), &entry(n)))?;
    }
    out.push(("append, alone in its write", micros(begun.elapsed(), ALONE)));
    let begun = Instant::now();
    for _ in 0..ALONE {
        store.read(|tx| head(tx, &key()))?;
    }
    out.push(("head, alone in its read", micros(begun.elapsed(), ALONE)));
    let begun = Instant::now();
    let mut verification = Verification::new();
    while store.read(|tx| verification.advance(tx, 50_000))? {}
    let report = store.read(|tx| verification.finish(tx, &key()))?;
    out.push(("verify, an entry", micros(begun.elapsed(), report.size)));
    let begun = Instant::now();
    store.read(|tx| inclusion(tx, &key(), ENTRIES / 3))?;
    out.push(("a proof of inclusion in 100,000", micros(begun.elapsed(), 1)));
    Ok(out)
}
