//! The whole log recomputed from its rows.

use upheld_store::Tx;

use crate::log::{EvidenceError, LogKey, read_head};
use crate::sql;
use crate::tree::{Frontier, Hash, Proof, leaf, path};

/// What verifying found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many entries the rows have.
    pub size: u64,
    /// The root over them, in hex.
    pub root: String,
    /// The first thing that is wrong.
    pub first_fault: Option<Fault>,
}

/// Something wrong with the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An entry is missing at this index.
    Missing(u64),
    /// The entry at this index is not the one that was hashed.
    Changed(u64),
    /// The entries are not those of the head: some were removed from the end, added, or rewritten with their hashes.
    NotTheHead,
    /// The head itself is not authentic.
    Head,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(index) => write!(f, "entry {index} is missing"),
            Self::Changed(index) => write!(f, "entry {index} was changed"),
            Self::NotTheHead => f.write_str("the entries are not those that the head of the log stands for"),
            Self::Head => f.write_str("the head of the log is not authentic"),
        }
    }
}

/// How many entries are read at a time.
const STRIDE: u64 = 1_000;

/// Recomputes every leaf and the root, and compares them with the rows and the head.
///
/// # Errors
///
/// When the store fails; a fault of the log is no error but in the report.
pub fn verify(tx: &Tx<'_>, key: &LogKey) -> Result<Report, EvidenceError> {
    let mut tree = Frontier::default();
    let mut first_fault = None;
    loop {
        let rows = tx.query(sql::RANGE, &[tree.size.into(), STRIDE.into()])?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let seq = u64::try_from(row.int(0)?).unwrap_or(u64::MAX);
            let hash = leaf(row.text(1)?.as_bytes());
            if seq != tree.size {
                first_fault.get_or_insert(Fault::Missing(tree.size));
                // Nothing behind a gap has a place to be held against.
                return Ok(report(&tree, first_fault));
            }
            if row.blob(2)? != hash {
                first_fault.get_or_insert(Fault::Changed(seq));
            }
            tree.push(hash);
        }
    }
    match read_head(tx, key) {
        Ok(head) if head == tree => {}
        Ok(_) => {
            first_fault.get_or_insert(Fault::NotTheHead);
        }
        Err(EvidenceError::Head) => {
            first_fault.get_or_insert(Fault::Head);
        }
        Err(error) => return Err(error),
    }
    Ok(report(&tree, first_fault))
}

fn report(tree: &Frontier, first_fault: Option<Fault>) -> Report {
    let root = tree.root().iter().map(|byte| format!("{byte:02x}")).collect();
    Report { size: tree.size, root, first_fault }
}

/// A proof that the entry at `index` stands in the log as it is now.
///
/// # Errors
///
/// When the head does not verify or there is no such entry.
pub fn inclusion(tx: &Tx<'_>, key: &LogKey, index: u64) -> Result<Proof, EvidenceError> {
    let head = read_head(tx, key)?;
    if index >= head.size {
        return Err(EvidenceError::Entry(index));
    }
    let leaves: Vec<Hash> =
        tx.query(sql::LEAVES, &[head.size.into()])?.iter().map(|row| row.array(0)).collect::<Result<_, _>>()?;
    let at = usize::try_from(index).map_err(|_| EvidenceError::Entry(index))?;
    Ok(Proof { index, size: head.size, path: path(at, &leaves) })
}
