//! The versions of the policy that a store holds, and the one in force.

use jiff::civil::Date;
use serde::Serialize;
use upheld_decide::Compiled;
use upheld_document::Document;

/// A version that was activated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Its number in this store, from 1.
    pub number: u64,
    /// Its version, as its front matter has it.
    pub version: String,
    /// First day of its force.
    pub from: Date,
    /// Who activated it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// SHA-256 of its source, in hex.
    pub source_digest: String,
    /// SHA-256 of what it means, in hex.
    pub meaning_digest: String,
    /// What compiled it.
    pub compiler: String,
    /// Index of its entry in the log.
    pub log: u64,
}

/// The version in force, ready to decide.
#[derive(Clone, Debug)]
pub struct InForce {
    /// Which it is.
    pub version: Version,
    /// What decides.
    pub policy: Compiled,
    /// Its text.
    pub source: String,
    /// Its text in sections and clauses.
    pub document: Document,
}
