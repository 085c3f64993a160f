//! What people are taken to accept because they use something. It is noted, and opens nothing.

use serde::{Deserialize, Serialize};

use crate::names::{Kind, PointId};

/// What is accepted by use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accepted {
    /// `this policy`
    Policy,
    /// `its terms`: that one is bound by it.
    Terms,
    /// `its cookies`
    Cookies,
}

impl Accepted {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Policy, Self::Terms, Self::Cookies];

    /// Its word, in the log and in answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Terms => "terms",
            Self::Cookies => "cookies",
        }
    }
}

/// A sentence by which use counts as acceptance. No fact comes of it: what asks for agreement asks for a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Acceptance {
    /// Index into `Compiled::sentences`.
    pub sentence: u16,
    /// Who; empty: everybody.
    pub of: Vec<Kind>,
    /// What.
    pub what: Vec<Accepted>,
    /// The points whose use counts.
    pub at: Vec<PointId>,
}
