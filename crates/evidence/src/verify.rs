//! The whole log recomputed from its rows.

use upheld_store::{Row, StoreError, Tx, Value};

use crate::log::{EvidenceError, LogKey, read_head};
use crate::sql;
use crate::tree::{Frontier, Hash, Proof, leaf, path, verify_leaf};

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

/// A verification under way. Entries are only ever added, so a long log can be verified over several reads, none of which
/// holds its snapshot for long: [`Verification::advance`] until it says that nothing follows, then [`Verification::finish`].
#[derive(Clone, Debug, Default)]
pub struct Verification {
    tree: Frontier,
    first_fault: Option<Fault>,
    /// Nothing behind a gap has a place to be held against.
    stopped: bool,
}

impl Verification {
    /// One that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Recomputes the leaves of at least `most` more entries; says whether others follow.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn advance(&mut self, tx: &Tx<'_>, most: u64) -> Result<bool, EvidenceError> {
        let until = self.tree.size.saturating_add(most);
        while !self.stopped && self.tree.size < until {
            // At first from the very beginning: an entry before the first would be seen by nobody else.
            let from = if self.tree.size == 0 { Value::Int(i64::MIN) } else { self.tree.size.into() };
            let rows = match tx.query(sql::RANGE, &[from.clone(), STRIDE.into()]) {
                // One of them cannot even be read: one by one it is found which.
                Err(StoreError::Damaged(_)) => match tx.query(sql::RANGE, &[from, 1_u64.into()]) {
                    Err(StoreError::Damaged(_)) => {
                        self.stop(Fault::Changed(self.tree.size));
                        break;
                    }
                    other => other?,
                },
                other => other?,
            };
            if rows.is_empty() {
                return Ok(false);
            }
            rows.iter().for_each(|row| self.take(row));
        }
        Ok(!self.stopped)
    }

    fn take(&mut self, row: &Row) {
        if self.stopped {
            return;
        }
        // No entry has a negative place, or one that is no number.
        let Some(place) = row.int(0).ok().and_then(|seq| u64::try_from(seq).ok()) else {
            return self.stop(Fault::NotTheHead);
        };
        if place != self.tree.size {
            return self.stop(Fault::Missing(self.tree.size));
        }
        // A column of another form is a changed entry like any other; what it was is not known any more.
        let Ok(body) = row.text(1) else { return self.stop(Fault::Changed(place)) };
        let hash = leaf(body.as_bytes());
        if row.blob(2).ok() != Some(&hash) {
            self.first_fault.get_or_insert(Fault::Changed(place));
        }
        self.tree.push(hash);
    }

    fn stop(&mut self, fault: Fault) {
        self.first_fault.get_or_insert(fault);
        self.stopped = true;
    }

    /// Recomputes what is left and compares the whole with the head.
    ///
    /// # Errors
    ///
    /// When the store fails; a fault of the log is no error but in the report.
    pub fn finish(mut self, tx: &Tx<'_>, key: &LogKey) -> Result<Report, EvidenceError> {
        while self.advance(tx, STRIDE)? {}
        if !self.stopped {
            match read_head(tx, key) {
                Ok(head) if head == self.tree => {}
                Ok(_) => self.stop(Fault::NotTheHead),
                Err(EvidenceError::Head) => self.stop(Fault::Head),
                Err(error) => return Err(error),
            }
        }
        let root = self.tree.root().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Report { size: self.tree.size, root, first_fault: self.first_fault })
    }
}

/// Recomputes every leaf and the root, and compares them with the rows and the head. In one transaction: a log of more than
/// about a million entries takes longer than a read may; see [`Verification`].
///
/// # Errors
///
/// When the store fails; a fault of the log is no error but in the report.
pub fn verify(tx: &Tx<'_>, key: &LogKey) -> Result<Report, EvidenceError> {
    Verification::new().finish(tx, key)
}

/// A proof that the entry at `index` stands in the log as it is now.
///
/// # Errors
///
/// When the head does not verify, the leaves are not those of the head, or there is no such entry.
pub fn inclusion(tx: &Tx<'_>, key: &LogKey, index: u64) -> Result<Proof, EvidenceError> {
    let head = read_head(tx, key)?;
    if index >= head.size {
        return Err(EvidenceError::Entry(index));
    }
    let leaves: Vec<Hash> =
        tx.query(sql::LEAVES, &[head.size.into()])?.iter().map(|row| row.array(0)).collect::<Result<_, _>>()?;
    let at = usize::try_from(index).map_err(|_| EvidenceError::Entry(index))?;
    let own = leaves.get(at).ok_or(EvidenceError::Entry(index))?;
    let proof = Proof { index, size: head.size, path: path(at, &leaves) };
    // A proof that does not prove is not handed out.
    if verify_leaf(*own, &proof, &head.root()) { Ok(proof) } else { Err(EvidenceError::Head) }
}
