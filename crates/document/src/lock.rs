//! `privacy.lock`: the numbers that clauses were given when they were first seen, found again by the hash of their prose, and
//! what of each clause was last reviewed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::review::Review;

/// The highest number that a lock may hold: more clauses than any document has bytes.
const MOST: u32 = 100_000_000;

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
    /// Number and hash of the clauses, in the order of the document.
    #[serde(default)]
    clauses: Vec<LockedClause>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockedClause {
    number: u32,
    prose: String,
    /// What of it was last reviewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reviewed: Option<Review>,
}

/// A lock that cannot be read.
#[derive(Debug)]
pub struct LockError {
    what: String,
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a lock of this version: {}", self.what)
    }
}

impl std::error::Error for LockError {}

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    ///
    /// When the text is not a lock, or gives one number to two clauses.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let lock: Self = toml::from_str(text).map_err(|error| LockError { what: error.message().to_owned() })?;
        for (slug, section) in &lock.section {
            let mut seen = BTreeSet::new();
            for clause in &section.clauses {
                if clause.number == 0 || clause.number > section.last || !seen.insert(clause.number) {
                    let what =
                        format!("`{slug}.{}` is given twice, or beyond the last number of its section", clause.number);
                    return Err(LockError { what });
                }
                if clause.reviewed.as_ref().is_some_and(|review| !review.is_whole()) {
                    let what = format!("the reviewed text of `{slug}.{}` is not the one of its hash", clause.number);
                    return Err(LockError { what });
                }
            }
            if section.last > MOST {
                return Err(LockError { what: format!("section `{slug}` counts beyond {MOST}") });
            }
        }
        Ok(lock)
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let body = toml::to_string(self).unwrap_or_default();
        let reviews = if self.has_reviews() { "# `upheld review` notes here what of them was reviewed.\n" } else { "" };
        format!(
            "# Numbers of the clauses, kept so that their ids outlive edits. Written by `upheld check`; commit it.\n{reviews}\n{body}"
        )
    }

    /// The last review of a clause.
    #[must_use]
    pub fn review(&self, clause: &str) -> Option<&Review> {
        let (slug, number) = split(clause)?;
        let section = self.section.get(slug)?;
        section.clauses.iter().find(|clause| clause.number == number)?.reviewed.as_ref()
    }

    /// Notes the review of a clause; false when the lock has no such clause.
    pub fn accept(&mut self, clause: &str, review: Review) -> bool {
        let of = split(clause).and_then(|(slug, number)| {
            self.section.get_mut(slug)?.clauses.iter_mut().find(|clause| clause.number == number)
        });
        of.map(|clause| clause.reviewed = Some(review)).is_some()
    }

    /// Whether any clause was ever reviewed.
    #[must_use]
    pub fn has_reviews(&self) -> bool {
        self.section.values().flat_map(|section| &section.clauses).any(|clause| clause.reviewed.is_some())
    }

    /// Of sections that are gone only the last number is kept, so that it is never given again.
    pub(crate) fn forget_prose_elsewhere(&mut self, slugs: BTreeSet<&str>) {
        for (slug, section) in &mut self.section {
            if !slugs.contains(slug.as_str()) {
                section.clauses.clear();
            }
        }
    }

    /// Numbers the clauses of one section, `hashes` in document order, and keeps what it gave. Known prose keeps its number;
    /// changed prose between the same known neighbours keeps its; the rest get new ones.
    pub(crate) fn number(&mut self, slug: &str, hashes: Vec<String>) -> Vec<u32> {
        let section = self.section.entry(slug.to_owned()).or_default();
        let found = find_again(&section.clauses, &hashes);
        let mut last = section.last;
        let numbers: Vec<u32> = found
            .into_iter()
            .map(|at| {
                at.and_then(|at| section.clauses.get(at)).map_or_else(
                    || {
                        last = last.saturating_add(1);
                        last
                    },
                    |clause| clause.number,
                )
            })
            .collect();
        section.last = last;
        let mut reviews: BTreeMap<u32, Review> =
            section.clauses.drain(..).filter_map(|clause| Some((clause.number, clause.reviewed?))).collect();
        let locked =
            |(number, prose): (&u32, String)| LockedClause { number: *number, prose, reviewed: reviews.remove(number) };
        section.clauses = numbers.iter().zip(hashes).map(locked).collect();
        numbers
    }
}

/// Section and number of a clause id.
fn split(clause: &str) -> Option<(&str, u32)> {
    let (slug, number) = clause.rsplit_once('.')?;
    Some((slug, number.parse().ok()?))
}

/// For each new clause the old one that it is.
fn find_again(old: &[LockedClause], new: &[String]) -> Vec<Option<usize>> {
    let mut places: BTreeMap<&str, VecDeque<usize>> = BTreeMap::new();
    for (at, clause) in old.iter().enumerate() {
        places.entry(&clause.prose).or_default().push_back(at);
    }
    let known: Vec<Option<usize>> =
        new.iter().map(|hash| places.get_mut(hash.as_str()).and_then(VecDeque::pop_front)).collect();
    let kept: BTreeSet<usize> = known.iter().flatten().copied().collect();

    let mut found = Vec::with_capacity(known.len());
    let mut above = None;
    for run in known.chunk_by(|a, b| a.is_none() && b.is_none()) {
        if let [Some(at)] = run {
            found.push(Some(*at));
            above = Some(*at);
            continue;
        }
        // Prose that changed: as many clauses as stood here before, between the same neighbours, are the same ones.
        let below = known.get(found.len() + run.len()).copied().flatten();
        let first = above.map_or(0, |at| at + 1);
        let lost: Vec<usize> = (first..below.unwrap_or(old.len())).take_while(|at| !kept.contains(at)).collect();
        let same = lost.len() == run.len() && first + run.len() == below.unwrap_or(old.len());
        found.extend((0..run.len()).map(|n| lost.get(n).copied().filter(|_| same)));
    }
    found
}

/// SHA-256 of prose with its white space folded, in hex.
pub(crate) fn hash(prose: &str) -> String {
    digest(&prose.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// SHA-256 of a text as it is, in hex.
pub(crate) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
