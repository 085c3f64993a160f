//! Opens every value of a store with its keys and searches what it opened, and every byte of the file, for some texts.
//!
//! `cargo run --release -p upheld-vault --example search_opened -- STORE KEYS TEXT…` prints how many values there are of each
//! element and how often each text was found; found at all, it ends with 1.
#![expect(clippy::print_stdout, reason = "it prints what it found")]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use upheld_store::{Place, Store};
use upheld_vault::{Keys, PersonId, Vault, VaultError};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<ExitCode, Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [store, keys, texts @ ..] = args.as_slice() else { return Err("say STORE KEYS TEXT…".into()) };
    let mut found: BTreeMap<&str, u64> = texts.iter().map(|text| (text.as_str(), 0)).collect();
    let values = opened(Path::new(store), Path::new(keys), &mut found)?;
    for (element, count) in &values {
        println!("{element}: {count} values opened");
    }
    let bytes = searched(Path::new(store), &mut found)?;
    println!("{bytes} bytes of the file searched");
    for (text, count) in &found {
        println!("`{text}`: found {count} times");
    }
    Ok(if found.values().all(|count| *count == 0) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn opened(store: &Path, keys: &Path, found: &mut BTreeMap<&str, u64>) -> Result<BTreeMap<String, u64>, Failure> {
    let store = Store::open(Place::File(store.to_owned()), &[])?;
    let keys = Keys::open(keys)?;
    let people: Vec<[u8; 16]> = store
        .read(|tx| tx.query("SELECT id FROM person ORDER BY id", &[])?.iter().map(|row| row.array(0)).collect())?;
    let mut out = BTreeMap::new();
    for person in people.into_iter().map(PersonId::from_bytes) {
        // In pieces: a read is stopped after five seconds.
        let records = store.write(move |tx| -> Result<Vec<[u8; 16]>, VaultError> {
            let sql = "SELECT id FROM record WHERE person = $1 ORDER BY id";
            tx.query(sql, &[(*person.as_bytes()).into()])?.iter().map(|row| Ok(row.array(0)?)).collect()
        })?;
        println!("{} records of one person", records.len());
        let keys = keys.clone();
        let texts: Vec<String> = found.keys().map(|text| (*text).to_owned()).collect();
        let (counts, hits) = store.write(move |tx| -> Result<_, VaultError> {
            let vault = Vault::new(tx, &keys);
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            let mut hits: BTreeMap<String, u64> = BTreeMap::new();
            for record in vault.records(person)? {
                for element in &record.elements {
                    let value = vault.open(&record, element)?;
                    *counts.entry(element.clone()).or_default() += 1;
                    for text in texts.iter().filter(|text| value.contains(text.as_str())) {
                        *hits.entry(text.clone()).or_default() += 1;
                    }
                }
            }
            Ok((counts, hits))
        })?;
        for (element, count) in counts {
            *out.entry(element).or_insert(0) += count;
        }
        for (text, count) in hits {
            if let Some(sum) = found.get_mut(text.as_str()) {
                *sum += count;
            }
        }
    }
    Ok(out)
}

fn searched(store: &Path, found: &mut BTreeMap<&str, u64>) -> Result<u64, Failure> {
    const PIECE: usize = 8 << 20;
    let longest = found.keys().map(|text| text.len()).max().unwrap_or(1);
    let mut file = std::fs::File::open(store)?;
    let (mut piece, mut kept, mut bytes) = (vec![0; PIECE], Vec::new(), 0);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(bytes);
        }
        bytes += read as u64;
        kept.extend_from_slice(&piece[..read]);
        for (text, count) in found.iter_mut() {
            let hits = kept.windows(text.len()).filter(|window| *window == text.as_bytes()).count();
            *count += hits as u64;
        }
        let tail = kept.len().saturating_sub(longest - 1);
        kept.drain(..tail);
    }
}
