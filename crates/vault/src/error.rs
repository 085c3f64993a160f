//! What can go wrong, and what to do then. No error holds a value.

use upheld_store::StoreError;

/// An error of the vault.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder of the keys cannot be used.
    #[error("the keys in `{folder}` cannot be used: {why}")]
    Keys {
        /// The folder.
        folder: String,
        /// Why.
        why: String,
    },
    /// The root key is not the one of this store.
    #[error("this root key does not open this store; put the key that made it into the folder of the keys")]
    WrongRoot,
    /// Something does not decrypt: it was moved, changed, or its key is gone.
    #[error("a stored value does not open: its row was changed or its key is not that of this store")]
    NotAuthentic,
    /// A deciding row, or the head over a person's deciding rows, does not verify.
    #[error(
        "a deciding fact of a person does not verify: a row was changed or taken away; compare with a copy of the store"
    )]
    NotVerified,
    /// The record or value is not there.
    #[error("no such value is held")]
    NotHeld,
    /// Another person has this handle.
    #[error("this handle belongs to another person; joining two people is an act of its own")]
    HandleTaken,
    /// The system's source of randomness fails.
    #[error("the system gives no random bytes")]
    NoRandomness,
}

/// A row that cannot even be read was changed: what that means is said by who reads it.
pub(crate) fn readable<T>(read: Result<T, StoreError>, otherwise: VaultError) -> Result<T, VaultError> {
    read.map_err(|error| if matches!(error, StoreError::Damaged(_)) { otherwise } else { error.into() })
}
