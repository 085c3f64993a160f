//! Where recipients are, and what protects data that goes there.

use serde::Serialize;

use crate::names::Recipient;

/// What protects data outside (GDPR, chapter V).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// The recipient takes part in what a decision on adequacy is about (Art. 45).
    Adequacy,
    /// Standard data protection clauses (Art. 46 (2)).
    StandardClauses,
    /// Binding corporate rules (Art. 47).
    BindingRules,
    /// None; a derogation for a specific situation (Art. 49).
    Derogation,
}

impl Protection {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Adequacy, Self::StandardClauses, Self::BindingRules, Self::Derogation];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Adequacy => "adequacy",
            Self::StandardClauses => "standard_clauses",
            Self::BindingRules => "binding_rules",
            Self::Derogation => "derogation",
        }
    }

    /// The protection of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// A safeguard with its record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Safeguard {
    /// Of which kind.
    pub protection: Protection,
    /// What was agreed and when, or why there is a derogation.
    pub record: String,
}

/// What is said of a recipient's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Whereabouts {
    /// Who.
    pub recipient: Recipient,
    /// The country, by its two letters.
    pub country: Option<String>,
    /// What protects data there.
    pub safeguard: Option<Safeguard>,
    /// Index of the sentence.
    pub sentence: u16,
}

/// `we safeguard transfers out of EEA`, with the places that it was held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transfers {
    /// Index of the sentence.
    pub sentence: u16,
    /// The places of recipients.
    pub whereabouts: Vec<Whereabouts>,
}
