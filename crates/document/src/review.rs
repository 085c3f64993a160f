//! What was reviewed of a clause: its prose and its rules, held together by somebody who read both.

use serde::{Deserialize, Serialize};

use crate::lock::{digest, hash};

/// The review of a clause, as the lock keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Hash of the prose that was read.
    prose: String,
    /// Hash of the rules that were read beside it.
    rules: String,
    /// Who read them.
    by: String,
    /// The day, `2026-12-01`.
    on: String,
    /// The prose itself, so that a later review can show what changed.
    prose_text: String,
    /// The rules themselves.
    rules_text: String,
}

/// How a clause stands to its last review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// Nobody has reviewed it.
    NeverReviewed,
    /// It is as it was reviewed.
    None,
    /// Its prose changed since.
    Prose,
    /// Its rules changed since.
    Rules,
    /// Both changed since.
    Both,
}

impl Review {
    /// A review of this prose with these rules.
    #[must_use]
    pub fn new(prose: &str, rules: &str, by: &str, on: &str) -> Self {
        Self {
            prose: hash(prose),
            rules: digest(rules),
            by: by.to_owned(),
            on: on.to_owned(),
            prose_text: prose.to_owned(),
            rules_text: rules.to_owned(),
        }
    }

    /// How prose and rules stand to this review. White space in prose does not count.
    #[must_use]
    pub fn drift(&self, prose: &str, rules: &str) -> Drift {
        match (self.prose == hash(prose), self.rules == digest(rules)) {
            (true, true) => Drift::None,
            (false, true) => Drift::Prose,
            (true, false) => Drift::Rules,
            (false, false) => Drift::Both,
        }
    }

    /// Who made it.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }

    /// Its day.
    #[must_use]
    pub fn on(&self) -> &str {
        &self.on
    }

    /// The prose that was read.
    #[must_use]
    pub fn prose_text(&self) -> &str {
        &self.prose_text
    }

    /// The rules that were read.
    #[must_use]
    pub fn rules_text(&self) -> &str {
        &self.rules_text
    }

    /// Whether the texts are those whose hashes it holds.
    pub(crate) fn is_whole(&self) -> bool {
        self.drift(&self.prose_text, &self.rules_text) == Drift::None
    }
}
