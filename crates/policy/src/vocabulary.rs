//! The built-in vocabulary: names that a policy may use without declaring them, read from `vocabulary.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// A built-in name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// Names that it stands below.
    #[serde(default)]
    pub is: Vec<String>,
    /// In plain words.
    pub label: String,
    /// Concept of the W3C Data Privacy Vocabulary, as a CURIE.
    #[serde(default)]
    pub dpv: Option<String>,
    /// Data of which each value is an item of its own.
    #[serde(default)]
    pub itemised: bool,
    /// Data that is held as a token.
    #[serde(default)]
    pub token: bool,
    /// A role that is a program.
    #[serde(default)]
    pub program: bool,
}

/// All built-in names by kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// Data.
    pub data: BTreeMap<String, Word>,
    /// Purposes.
    pub purpose: BTreeMap<String, Word>,
    /// Recipients.
    pub recipient: BTreeMap<String, Word>,
    /// Roles and programs.
    pub role: BTreeMap<String, Word>,
    /// Kinds of person.
    pub person: BTreeMap<String, Word>,
    /// Events.
    pub event: BTreeMap<String, Word>,
}

/// The built-in vocabulary. A test reads the file; here a file that cannot be read is an empty vocabulary.
#[must_use]
pub fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: OnceLock<Vocabulary> = OnceLock::new();
    VOCABULARY.get_or_init(|| read().unwrap_or_default())
}

/// Reads the file.
///
/// # Errors
///
/// When it is not of the form of [`Vocabulary`].
pub fn read() -> Result<Vocabulary, toml::de::Error> {
    toml::from_str(include_str!("../vocabulary.toml"))
}
