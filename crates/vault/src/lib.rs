//! People, records, values and the keys that make them readable or not.
//!
//! A record belongs to one person (or to nobody known) and to one class: what was true when it was taken and never changes.
//! Each value is encrypted under the shred key of its person and its *keep*, so that erasing is destroying keys. What can
//! change about a person (choices, kinds, blocks, events) stands in rows of its own under a *standing head*: a row that was
//! changed or taken away is noticed. This crate stores and opens what it is told to; it decides nothing.

mod class;
mod crypto;
mod erase;
mod error;
mod key_files;
mod keys;
mod people;
mod records;
mod schema;
mod seal;
mod sealed;
mod shreds;
pub mod sql;
mod standing;

pub use class::{Class, ClassId};
pub use erase::Erased;
pub use error::VaultError;
pub use keys::Keys;
pub use records::{NewRecord, NewValue, Record};
pub use schema::MIGRATIONS;
pub use sealed::{NewSeal, Waiting};
pub use shreds::Shreds;
pub use standing::Standing;

use upheld_store::Tx;
use uuid::Uuid;

/// A person's id within the store. It never leaves it.
pub type PersonId = Uuid;

/// A record's id.
pub type RecordId = Uuid;

/// The vault within one transaction.
#[derive(Clone, Copy)]
pub struct Vault<'a> {
    tx: &'a Tx<'a>,
    keys: &'a Keys,
}

impl<'a> Vault<'a> {
    /// The vault of a store, within a transaction of it.
    #[must_use]
    pub const fn new(tx: &'a Tx<'a>, keys: &'a Keys) -> Self {
        Self { tx, keys }
    }
}
