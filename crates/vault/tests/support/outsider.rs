//! Somebody who knows how values are sealed and has the files of the keys, and who shares no code with the vault: what they can
//! open is what can be opened.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use upheld_store::{StoreError, Tx};

/// Bytes as a key file has them.
fn key_file(path: &Path) -> Vec<u8> {
    let text = std::fs::read_to_string(path).expect("a key file");
    let digits = text.lines().nth(1).expect("a second line").as_bytes();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16).expect("hex")).collect()
}

pub fn binding(label: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = label.as_bytes().to_vec();
    for part in parts {
        out.extend((part.len() as u64).to_be_bytes());
        out.extend(*part);
    }
    out
}

/// Nonce, ciphertext, tag.
pub fn open(key: &[u8], bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, key).ok()?);
    let (nonce, body) = sealed.split_at_checked(12)?;
    let mut body = body.to_vec();
    let plain = key.open_in_place(Nonce::try_assume_unique_for_key(nonce).ok()?, Aad::from(bound), &mut body).ok()?;
    Some(plain.to_vec())
}

/// A sealed key has sixteen bytes more: its check value.
fn unwrap(above: &[u8], bound: &[u8], wrapped: &[u8]) -> Option<Vec<u8>> {
    open(above, bound, wrapped.get(..wrapped.len().checked_sub(16)?)?)
}

/// A value's row with all that it is bound to, copied at some time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Copied {
    bound: Vec<u8>,
    pub sealed: Vec<u8>,
}

/// Copies every value's row.
pub fn copy(tx: &Tx<'_>) -> Result<BTreeSet<Copied>, StoreError> {
    let sql = "SELECT r.class, r.person, r.id, v.element, r.at, r.item, v.sealed FROM value v JOIN record r ON r.id = v.record";
    let rows = tx.query(sql, &[])?;
    rows.iter()
        .map(|row| {
            let at = row.int(4)?.to_be_bytes();
            let item = row.optional_blob(5)?.unwrap_or_default();
            let parts: [&[u8]; 6] = [row.blob(0)?, row.blob(1)?, row.blob(2)?, row.text(3)?.as_bytes(), &at, item];
            Ok(Copied { bound: binding("upheld value 1", &parts), sealed: row.blob(6)?.to_vec() })
        })
        .collect()
}

/// Every key that there is: those of the files, and those that the rows hold under them.
pub fn keys(tx: &Tx<'_>, folder: &Path) -> Result<Vec<Vec<u8>>, StoreError> {
    let root = key_file(&folder.join("root.key"));
    let epoch = unwrap(&root, b"upheld epoch 1", &key_file(&folder.join("epoch-1.key"))).expect("the epoch key opens");
    let mut people = BTreeMap::new();
    for row in tx.query("SELECT id, wrapped FROM person", &[])? {
        let bound = binding("upheld person key 1", &[row.blob(0)?]);
        people.insert(row.blob(0)?.to_vec(), unwrap(&epoch, &bound, row.blob(1)?).expect("a person's key opens"));
    }
    let mut out = vec![root, epoch];
    for row in tx.query("SELECT id, person, wrapped FROM shred", &[])? {
        let bound = binding("upheld shred key 1", &[row.blob(1)?, row.blob(0)?]);
        out.push(unwrap(&people[row.blob(1)?], &bound, row.blob(2)?).expect("a shred key opens"));
    }
    out.extend(people.into_values());
    Ok(out)
}

/// Whatever opens: each ciphertext, of now and of the copies, is tried under each key that there is.
pub fn opened(tx: &Tx<'_>, folder: &Path, copies: &BTreeSet<Copied>) -> Result<BTreeSet<String>, StoreError> {
    let keys = keys(tx, folder)?;
    let mut out = BTreeSet::new();
    for copied in copies.union(&copy(tx)?) {
        let plain = keys.iter().filter_map(|key| open(key, &copied.bound, &copied.sealed));
        out.extend(plain.map(|plain| String::from_utf8(plain).expect("a value is a text")));
    }
    Ok(out)
}
