//! What an entry says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One act, done or refused. Names of the policy and of classes, never a value; the subject stands under a pseudonym.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The verb: `collect`, `use`, `share`, …
    pub verb: String,
    /// `done` or `refused`.
    pub result: String,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who: the key's id and the role that it acts as.
    pub actor: String,
    /// Whose data: HMAC of the person's id under a key of the store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The clauses that decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
    /// The version of the policy that decided.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// The case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The elements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<String>,
    /// Digests of the classes of the records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// Salted commitments to the records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<String>,
    /// Whatever else belongs to the verb, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
    /// Sixteen random bytes in hex: without them nobody can guess an entry from its hash.
    pub nonce: String,
}
