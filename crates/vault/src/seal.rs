//! What other parts of a store keep beside the vault, under the vault's keys: notes that are sealed, rows that are
//! authenticated.

use zeroize::Zeroizing;

use crate::crypto::{binding, mac, open, seal};
use crate::error::VaultError;
use crate::{PersonId, Vault};

impl Vault<'_> {
    /// Seals a note. With a person it is under their key and unreadable once they are forgotten; `bound` says what it
    /// belongs to, and it opens nowhere else.
    ///
    /// # Errors
    ///
    /// When there is no such person, or the store fails.
    pub fn seal_note(&self, person: Option<PersonId>, bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let bound = binding("upheld note 1", &[bound]);
        match person {
            Some(person) => seal(&self.person_key(person)?, &bound, plain),
            None => seal(self.keys.epoch(), &bound, plain),
        }
    }

    /// Opens a note.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotAuthentic`] when it was changed or belongs elsewhere.
    pub fn open_note(
        &self,
        person: Option<PersonId>,
        bound: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let bound = binding("upheld note 1", &[bound]);
        match person {
            Some(person) => open(&self.person_key(person)?, &bound, sealed),
            None => open(self.keys.epoch(), &bound, sealed),
        }
    }

    /// The MAC of a deciding row of another table.
    #[must_use]
    pub fn row_mac(&self, table: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut all: Vec<&[u8]> = vec![b"other", table.as_bytes()];
        all.extend_from_slice(parts);
        mac(self.keys.standing(), &all)
    }

    /// Compares a stored MAC with the one expected, in constant time.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotVerified`] when they differ.
    pub fn verify_row(&self, table: &str, parts: &[&[u8]], stored: &[u8]) -> Result<(), VaultError> {
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.row_mac(table, parts), stored)
            .map_err(|_| VaultError::NotVerified)
    }
}
