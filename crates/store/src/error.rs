//! What can go wrong with a store, and what to do then.

/// An error of the store. It never holds a value of a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be opened.
    #[error("the store cannot be opened: {0}")]
    Open(String),
    /// The file was written by a newer program.
    #[error(
        "the store has migration {0}, which this program does not know; use the program that wrote it, or a newer one"
    )]
    Newer(String),
    /// A migration that ran is not the one that this program has.
    #[error("migration {0} of the store is not the one of this program; use the program that wrote the store")]
    Changed(String),
    /// Another process holds the store too long.
    #[error("the store is busy: another process holds it; try again")]
    Busy,
    /// The connection broke while something was being committed.
    #[error(
        "the connection to the database broke while this act was being committed; look whether it was stored before you repeat it"
    )]
    Unknown,
    /// The disk is full.
    #[error("the disk is full; nothing of this act was stored")]
    Full,
    /// Reading took too long.
    #[error("a read took longer than 5 seconds and was stopped; ask for less at once")]
    Slow,
    /// The closure panicked; its part was rolled back.
    #[error("an act failed within and was rolled back whole")]
    Panicked,
    /// A read or write was begun within another of the same store: it would wait for itself.
    #[error("a read or write was begun within another of the same store; use the transaction at hand")]
    Nested,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// A row is not of the form that the program wrote.
    #[error("a row of the store is damaged: {0}")]
    Damaged(&'static str),
    /// Anything else that the engine says.
    #[error("the store failed: {0}")]
    Engine(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error() {
            Some(error) => match error.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
                ErrorCode::DiskFull => Self::Full,
                ErrorCode::OperationInterrupted => Self::Slow,
                // The code and its general meaning only: an engine's own message may quote a value.
                code => Self::Engine(format!("{code:?} (code {})", error.extended_code)),
            },
            None => Self::Engine("a statement or its parameters do not fit".to_owned()),
        }
    }
}
