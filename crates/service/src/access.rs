//! Access keys: who may ask the service for what.

use serde::{Deserialize, Serialize};

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Take records in, at the points that it lists.
    Collect,
    /// Read values.
    Use,
    /// Alter values.
    Change,
    /// Remove values.
    Erase,
    /// Block values, and lift blocks.
    Block,
    /// Disclose values.
    Share,
    /// Record people's choices.
    Choose,
    /// Open cases, find, end cases.
    Attest,
    /// Pass on people's requests.
    Request,
    /// Record in what relation people stand to each other.
    Relate,
    /// Compare with what is held as a hash.
    Compare,
    /// Note that people were told.
    Notify,
    /// Put questions.
    Ask,
    /// Read the log.
    Log,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Collect,
        Self::Use,
        Self::Change,
        Self::Erase,
        Self::Block,
        Self::Share,
        Self::Choose,
        Self::Attest,
        Self::Request,
        Self::Relate,
        Self::Compare,
        Self::Notify,
        Self::Ask,
        Self::Log,
    ];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Use => "use",
            Self::Change => "change",
            Self::Erase => "erase",
            Self::Block => "block",
            Self::Share => "share",
            Self::Choose => "choose",
            Self::Attest => "attest",
            Self::Request => "request",
            Self::Relate => "relate",
            Self::Compare => "compare",
            Self::Notify => "notify",
            Self::Ask => "ask",
            Self::Log => "log",
        }
    }

    /// The verb of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.word() == word)
    }

    /// All words, for messages.
    #[must_use]
    pub fn words() -> String {
        Self::ALL.map(Self::word).join(", ")
    }
}

/// Whose key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessKind {
    /// A program's.
    Program,
    /// One human's. Findings are made with such a key only.
    Human,
    /// An administrator's: puts policies into force and manages keys.
    Administrator,
}

impl AccessKind {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Human => "human",
            Self::Administrator => "administrator",
        }
    }
}

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccess {
    /// What people call it.
    pub name: String,
    /// Whose it is.
    pub kind: AccessKind,
    /// The role or program of the policy that it acts as.
    pub acts_as: Option<String>,
    /// What it may do.
    pub verbs: Vec<Verb>,
    /// The points at which it may collect.
    pub points: Vec<String>,
    /// The purposes for which it may act; empty: any that its role works on.
    pub purposes: Vec<String>,
    /// Whether it may act, and not only ask.
    pub may_act: bool,
    /// The public Ed25519 key (PEM, or 32 bytes in base64) of the sessions that it signs.
    pub signs_sessions: Option<String>,
}

/// A key as it is listed; its secret is stored as a hash only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccessKey {
    /// Its id; it stands in every log entry of its acts.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whose it is.
    pub kind: AccessKind,
    /// The role or program of the policy that it acts as.
    pub acts_as: Option<String>,
    /// What it may do.
    pub verbs: Vec<Verb>,
    /// The points at which it may collect.
    pub points: Vec<String>,
    /// The purposes for which it may act; empty: any that its role works on.
    pub purposes: Vec<String>,
    /// Whether it may act, and not only ask.
    pub may_act: bool,
    /// Whether it signs sessions.
    pub signs_sessions: bool,
    /// Whether it was revoked.
    pub revoked: bool,
}
