//! Somebody who has the files of a store and all of its keys, and opens what they can: from the formats alone, without a line
//! of the vault's code.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use upheld_store::Row;

use super::World;

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
pub struct Sealed {
    bound: Vec<u8>,
    pub element: String,
    pub sealed: Vec<u8>,
}

/// A wrapped key with what it is bound to.
pub type Wrapped = (Vec<u8>, Vec<u8>);

/// What somebody copies who takes the database.
#[derive(Default)]
pub struct Copied {
    pub people: Vec<Wrapped>,
    pub shreds: Vec<Wrapped>,
    pub values: BTreeSet<Sealed>,
}

pub fn copy(world: &World) -> Copied {
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
pub fn opened(world: &World, keys: &Copied, values: &BTreeSet<Sealed>) -> BTreeMap<String, BTreeSet<String>> {
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
                out.entry(value.element.clone())
                    .or_insert_with(BTreeSet::new)
                    .insert(String::from_utf8(plain).expect("text"));
            }
        }
    }
    out
}

/// Everything that any key opens out of any cell of any table: with the bindings that the formats know, of values and of what is
/// sealed for a letter.
pub fn opened_anything(world: &World) -> Vec<Vec<u8>> {
    let folder = world.database().with_file_name("keys");
    let root = secret(&folder.join("root.key"));
    let epoch = unwrap(&root, b"upheld epoch 1", &secret(&folder.join("epoch-1.key"))).expect("the epoch key opens");
    let rows = |sql: &str| -> Vec<Row> { world.raw().read(|tx| tx.query(sql, &[])).expect("rows") };
    let blob = |row: &Row, column: usize| row.blob(column).expect("bytes").to_vec();
    let mut keys = vec![root, epoch.clone()];
    let mut bounds: Vec<Vec<u8>> = copy(world).values.into_iter().map(|value| value.bound).collect();
    for row in rows("SELECT lookup, person, wrapped, attempt, wording FROM seal") {
        let bound = binding("upheld seal key 1", &[&blob(&row, 0), &blob(&row, 1)]);
        keys.push(unwrap(&epoch, &bound, &blob(&row, 2)).expect("the key of a seal opens"));
        // The name of a package is not in the store; whatever lies there is tried as one.
        for name in [blob(&row, 0)[..16].to_vec(), blob(&row, 3), Vec::new()] {
            bounds.push(binding("upheld sealed 1", &[&name, &blob(&row, 3), &blob(&row, 1), &blob(&row, 4)]));
        }
        bounds.push(bound);
    }
    let copied = copy(world);
    let people: Vec<Vec<u8>> = copied.people.iter().filter_map(|(bound, key)| unwrap(&epoch, bound, key)).collect();
    for person in &people {
        keys.extend(copied.shreds.iter().filter_map(|(bound, key)| unwrap(person, bound, key)));
    }
    keys.extend(people);
    let mut out = Vec::new();
    for table in world.rows().into_keys() {
        let columns = rows(&format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"));
        for column in columns.iter().map(|row| row.text(0).expect("a name").to_owned()) {
            let sql = format!("SELECT CAST(\"{column}\" AS BLOB) FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
            for cell in rows(&sql).iter().map(|row| blob(row, 0)) {
                out.push(cell.clone());
                for (key, bound) in keys.iter().flat_map(|key| bounds.iter().map(move |bound| (key, bound))) {
                    out.extend(open(key, bound, &cell));
                }
            }
        }
    }
    out
}
