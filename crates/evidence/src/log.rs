//! The log's rows.

use aws_lc_rs::hmac;
use serde::Serialize;
use upheld_store::{Migration, Row, StoreError, Tx, Value};

use crate::entry::Entry;
use crate::sql;
use crate::tree::{Frontier, Hash, leaf};

/// The tables of the log.
pub const MIGRATIONS: [Migration; 1] = [Migration {
    area: "evidence",
    number: 1,
    sql: "CREATE TABLE log_entry (seq BIGINT PRIMARY KEY NOT NULL, body TEXT NOT NULL, leaf BLOB NOT NULL);
          CREATE TABLE log_head (id BIGINT PRIMARY KEY NOT NULL, size BIGINT NOT NULL, root BLOB NOT NULL, frontier BLOB NOT NULL,
                                 mac BLOB NOT NULL);",
}];

/// The key under which the log's head is authenticated.
pub struct LogKey(hmac::Key);

impl LogKey {
    /// A key from 32 secret bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }
}

impl std::fmt::Debug for LogKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LogKey")
    }
}

/// An error of the log.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The head of the log is not what was written.
    #[error("the head of the log does not verify; run `upheld evidence verify` and compare with a copy of the store")]
    Head,
    /// An entry cannot be read.
    #[error("entry {0} of the log is damaged; run `upheld evidence verify`")]
    Entry(u64),
}

/// An entry with its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Placed {
    /// Its index, from 0.
    pub index: u64,
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry,
}

fn mac(key: &LogKey, frontier: &Frontier, root: &Hash) -> Vec<u8> {
    let mut context = hmac::Context::with_key(&key.0);
    context.update(b"upheld log head 1");
    context.update(&frontier.size.to_be_bytes());
    context.update(root);
    context.update(&frontier.to_bytes());
    context.sign().as_ref().to_vec()
}

pub(crate) fn read_head(tx: &Tx<'_>, key: &LogKey) -> Result<Frontier, EvidenceError> {
    let Some(row) = tx.one(sql::HEAD, &[])? else { return Ok(Frontier::default()) };
    // A column of another form is a changed head like any other.
    let parts =
        || Some((u64::try_from(row.int(0).ok()?).ok()?, row.array(1).ok()?, row.blob(2).ok()?, row.blob(3).ok()?));
    let (size, root, peaks, stored): (_, Hash, _, _) = parts().ok_or(EvidenceError::Head)?;
    let frontier = Frontier::from_bytes(size, peaks).ok_or(EvidenceError::Head)?;
    let expected = mac(key, &frontier, &root);
    aws_lc_rs::constant_time::verify_slices_are_equal(&expected, stored).map_err(|_| EvidenceError::Head)?;
    if frontier.root() == root { Ok(frontier) } else { Err(EvidenceError::Head) }
}

/// Size and root of the log.
///
/// # Errors
///
/// When the head does not verify.
pub fn head(tx: &Tx<'_>, key: &LogKey) -> Result<(u64, Hash), EvidenceError> {
    let frontier = read_head(tx, key)?;
    Ok((frontier.size, frontier.root()))
}

/// Appends an entry; gives its index. In the transaction of its act.
///
/// # Errors
///
/// When the head does not verify, or the store fails.
pub fn append(tx: &Tx<'_>, key: &LogKey, entry: &Entry) -> Result<u64, EvidenceError> {
    let mut frontier = read_head(tx, key)?;
    let index = frontier.size;
    let body = serde_json::to_string(entry).map_err(|_| EvidenceError::Entry(index))?;
    let hash = leaf(body.as_bytes());
    tx.execute(sql::ADD, &[index.into(), body.into(), hash.into()])?;
    frontier.push(hash);
    let root = frontier.root();
    let mac = mac(key, &frontier, &root);
    tx.execute(sql::SET_HEAD, &[Value::from(frontier.size), root.into(), frontier.to_bytes().into(), mac.into()])?;
    Ok(index)
}

/// Entries from an index on.
///
/// # Errors
///
/// When an entry cannot be read.
pub fn entries(tx: &Tx<'_>, from: u64, count: u64) -> Result<Vec<Placed>, EvidenceError> {
    tx.query(sql::RANGE, &[from.into(), count.into()])?.iter().map(placed).collect()
}

/// One entry.
///
/// # Errors
///
/// When it cannot be read.
pub fn entry(tx: &Tx<'_>, index: u64) -> Result<Option<Placed>, EvidenceError> {
    Ok(entries(tx, index, 1)?.into_iter().find(|placed| placed.index == index))
}

fn placed(row: &Row) -> Result<Placed, EvidenceError> {
    let index = u64::try_from(row.int(0)?).map_err(|_| EvidenceError::Entry(0))?;
    let body = row.text(1).map_err(|_| EvidenceError::Entry(index))?;
    let entry = serde_json::from_str(body).map_err(|_| EvidenceError::Entry(index))?;
    Ok(Placed { index, entry })
}
