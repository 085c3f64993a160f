//! Opens every value of a store with its keys and searches what it opened, and every byte of the file, for some texts.
//!
//! `cargo run --release -p upheld-vault --example search_opened -- STORE KEYS TEXT…` prints how many values there are of each
//! element and how often each text was found in values and in bytes; found in a value, it ends with 1. The bytes hold the
//! published policy, too, and short texts stand in ciphertext by chance.
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
    let (bytes, in_bytes) = searched(Path::new(store), &texts_of(&found))?;
    println!("{bytes} bytes of the file searched");
    for (text, in_values) in &found {
        println!("`{text}`: {in_values} times in values, {} times in bytes", in_bytes.get(text).unwrap_or(&0));
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

fn texts_of<'a>(found: &BTreeMap<&'a str, u64>) -> Vec<&'a str> {
    found.keys().copied().collect()
}

fn searched<'a>(store: &Path, texts: &[&'a str]) -> Result<(u64, BTreeMap<&'a str, u64>), Failure> {
    const PIECE: usize = 8 << 20;
    let mut file = std::fs::File::open(store)?;
    let mut piece = vec![0; PIECE];
    let (mut bytes, mut found) = (0, BTreeMap::new());
    // The end of the piece before, of each text as long as it could go on in the next one.
    let mut before: Vec<Vec<u8>> = vec![Vec::new(); texts.len()];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((bytes, found));
        }
        bytes += read as u64;
        for (text, before) in texts.iter().zip(&mut before) {
            before.extend_from_slice(&piece[..read]);
            let hits = before.windows(text.len()).filter(|window| *window == text.as_bytes()).count();
            *found.entry(*text).or_insert(0) += hits as u64;
            before.drain(..before.len().saturating_sub(text.len().saturating_sub(1)));
        }
    }
}
