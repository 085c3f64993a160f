//! `privacy.lock`: the numbers that clauses were given when they were first seen, found again by the hash of their prose.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The lock of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    #[serde(default)]
    section: BTreeMap<String, LockedSection>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockedSection {
    /// The highest number ever given; a number is never given twice.
    last: u32,
    /// Hash of the prose to number.
    clauses: Vec<LockedClause>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockedClause {
    number: u32,
    prose: String,
}

/// A lock that cannot be read.
#[derive(Debug)]
pub struct LockError(toml::de::Error);

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a lock of this version: {}", self.0.message())
    }
}

impl std::error::Error for LockError {}

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    ///
    /// When the text is not a lock.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        toml::from_str(text).map_err(LockError)
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let body = toml::to_string(self).unwrap_or_default();
        format!("# Numbers of the clauses, kept so that their ids outlive edits. Written by `upheld check`; commit it.\n\n{body}")
    }

    /// Numbers the clauses of one section: `hashes` in document order. Known prose keeps its number; changed prose between
    /// the same known neighbours keeps its; the rest get new ones.
    pub(crate) fn number(&self, slug: &str, hashes: &[String], into: &mut Self) -> Vec<u32> {
        let before = self.section.get(slug).cloned().unwrap_or_default();
        let mut numbers: Vec<Option<u32>> = vec![None; hashes.len()];
        let mut free: Vec<bool> = vec![true; before.clauses.len()];
        for (number, hash) in numbers.iter_mut().zip(hashes) {
            let found = before.clauses.iter().zip(free.iter_mut()).find(|(clause, free)| **free && clause.prose == *hash);
            if let Some((clause, free)) = found {
                *number = Some(clause.number);
                *free = false;
            }
        }
        let left: Vec<u32> =
            before.clauses.iter().zip(&free).filter(|(_, free)| **free).map(|(clause, _)| clause.number).collect();
        let unknown = numbers.iter().filter(|number| number.is_none()).count();
        // As many changed as were lost: they are the same clauses with new words, in their old order.
        let mut reuse = (unknown == left.len()).then_some(left).unwrap_or_default().into_iter();
        let mut last = before.last;
        let numbers: Vec<u32> = numbers
            .into_iter()
            .map(|number| {
                number.or_else(|| reuse.next()).unwrap_or_else(|| {
                    last += 1;
                    last
                })
            })
            .collect();
        let clauses = numbers
            .iter()
            .zip(hashes)
            .map(|(number, prose)| LockedClause { number: *number, prose: prose.clone() })
            .collect();
        into.section.insert(slug.to_owned(), LockedSection { last, clauses });
        numbers
    }
}

/// SHA-256 of prose with its white space folded, in hex.
pub(crate) fn hash(prose: &str) -> String {
    let folded = prose.split_whitespace().collect::<Vec<_>>().join(" ");
    Sha256::digest(folded.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
