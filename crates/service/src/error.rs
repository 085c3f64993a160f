//! What can go wrong that is no refusal: each says what to do next, none holds a personal value.

use upheld_document::Diagnostic;
use upheld_evidence::EvidenceError;
use upheld_policy::change::Weakening;
use upheld_store::StoreError;
use upheld_vault::VaultError;

/// An error of the service. A refusal by the policy is no error: it is an [`crate::Act`] that was not allowed.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// A token or session that is not known, not valid any more, or not well formed. It does not say which.
    #[error("the key or session is not known or not valid any more; ask an administrator for a key")]
    NotAuthenticated,
    /// The key does not list what it was used for.
    #[error("this key may not {what}; an administrator can add a key that lists it")]
    NotAllowed {
        /// What it does not list: a verb, `collect at POINT`, `act for PURPOSE`.
        what: String,
    },
    /// Nothing of that name.
    #[error("there is no such {what}")]
    NotFound {
        /// The sort of thing: `key`, `case`.
        what: &'static str,
    },
    /// Something that was said cannot be.
    #[error("{what}")]
    Invalid {
        /// What, and what to say instead.
        what: String,
    },
    /// Too much is going on.
    #[error("too much is going on at once; nothing was done, try again in a second")]
    Busy,
    /// The policy does not compile.
    #[error("the policy has {} errors; `upheld check` shows each with its place", .0.len())]
    Policy(Vec<Diagnostic>),
    /// A version of that name is stored with another text.
    #[error(
        "version `{version}` is already stored with another text; give the changed policy a new `version` in its front matter"
    )]
    VersionTaken {
        /// The version, as the front matter has it.
        version: String,
    },
    /// A version that may be weaker for people does not begin without notice and a second person.
    #[error(
        "version `{version}` may be weaker for people than the one whose place it takes; propose it, and let somebody else approve it after people were told (`upheld versions propose`)"
    )]
    Weaker {
        /// The version, as the front matter has it.
        version: String,
        /// In which sentences.
        weaker: Vec<Weakening>,
    },
    /// A stored policy does not mean any more what it meant when it was activated.
    #[error(
        "version `{version}` of the policy was compiled by `{compiler}` to another meaning than this program gives it; use that program, or activate the text as a new version"
    )]
    MeaningChanged {
        /// The version, as the front matter has it.
        version: String,
        /// What compiled it then.
        compiler: String,
    },
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vault's.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The log's.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
}

impl ServiceError {
    pub(crate) fn invalid(what: impl Into<String>) -> Self {
        Self::Invalid { what: what.into() }
    }

    pub(crate) fn damaged(what: &'static str) -> Self {
        Self::Store(StoreError::Damaged(what))
    }

    pub(crate) fn not_allowed(what: impl Into<String>) -> Self {
        Self::NotAllowed { what: what.into() }
    }
}
