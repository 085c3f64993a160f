//! People and their handles.

use upheld_store::Value;
use uuid::Uuid;

use crate::crypto::{self, mac};
use crate::error::{VaultError, readable};
use crate::shreds::bound_person;
use crate::{PersonId, Vault, sql};

/// The handle kind of those who are nobody known: one for each keep and month. No caller's kind has a space in it.
const NOBODY: &str = "nobody known";

impl Vault<'_> {
    fn look_up(&self, kind: &str, handle: &str) -> [u8; 32] {
        mac(self.keys.look_up(), &[b"handle", kind.as_bytes(), handle.as_bytes()])
    }

    /// A handle says who is meant, so its row is authenticated like those that say what somebody chose.
    fn handle_mac(&self, kind: &str, look_up: &[u8; 32], person: PersonId) -> [u8; 32] {
        mac(self.keys.standing(), &[b"handle", kind.as_bytes(), look_up, person.as_bytes()])
    }

    /// The person with a handle.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotVerified`] when the row was made to name another person.
    pub fn find(&self, kind: &str, handle: &str) -> Result<Option<PersonId>, VaultError> {
        let look_up = self.look_up(kind, handle);
        let row = self.tx.one(sql::PERSON_OF_HANDLE, &[kind.into(), look_up.into()]);
        let Some(row) = readable(row, VaultError::NotVerified)? else { return Ok(None) };
        let person = Uuid::from_bytes(readable(row.array(0), VaultError::NotVerified)?);
        let stored = readable(row.blob(1), VaultError::NotVerified)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.handle_mac(kind, &look_up, person), stored)
            .map_err(|_| VaultError::NotVerified)?;
        Ok(Some(person))
    }

    /// Makes a person with a key of their own.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn create(&self, id: PersonId, known: bool) -> Result<(), VaultError> {
        let key = crypto::new_key()?;
        let wrapped = crypto::wrap(self.keys.epoch(), &bound_person(id), &key)?;
        self.tx.execute(sql::ADD_PERSON, &[(*id.as_bytes()).into(), wrapped.into(), known.into()])?;
        self.write_head(id, &[])
    }

    /// Gives a person a handle.
    ///
    /// # Errors
    ///
    /// [`VaultError::HandleTaken`] when another person has it.
    pub fn add_handle(&self, person: PersonId, kind: &str, handle: &str) -> Result<(), VaultError> {
        match self.find(kind, handle)? {
            Some(owner) if owner == person => Ok(()),
            Some(_) => Err(VaultError::HandleTaken),
            None => {
                let look_up = self.look_up(kind, handle);
                let mac = self.handle_mac(kind, &look_up, person);
                let values = [kind.into(), look_up.into(), (*person.as_bytes()).into(), mac.into()];
                self.tx.execute(sql::ADD_HANDLE, &values)?;
                Ok(())
            }
        }
    }

    /// Whom records of nobody known belong to: a person for each keep and month, made with the id given when there is none.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn pseudo_person(&self, keep: &str, month: &str, id: PersonId) -> Result<PersonId, VaultError> {
        // With its length in front, so that no keep and month read like another pair.
        let handle = format!("{}|{keep}|{month}", keep.len());
        if let Some(person) = self.find(NOBODY, &handle)? {
            return Ok(person);
        }
        self.create(id, false)?;
        self.add_handle(id, NOBODY, &handle)?;
        Ok(id)
    }

    /// Whether a person stands for nobody known: for one keep and period.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotVerified`] when the handle that says so was changed.
    pub fn is_nobody(&self, person: PersonId) -> Result<bool, VaultError> {
        let rows = self.tx.query(sql::HANDLES_OF_KIND, &[(*person.as_bytes()).into(), NOBODY.into()])?;
        let Some(row) = rows.first() else { return Ok(false) };
        let look_up = readable(row.array(0), VaultError::NotVerified)?;
        let stored = readable(row.blob(1), VaultError::NotVerified)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.handle_mac(NOBODY, &look_up, person), stored)
            .map_err(|_| VaultError::NotVerified)?;
        Ok(true)
    }

    /// Whether there is such a person.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn exists(&self, person: PersonId) -> Result<bool, VaultError> {
        Ok(self.tx.one(sql::PERSON_KEY, &[(*person.as_bytes()).into()])?.is_some())
    }

    /// Everybody of whom a record of a class was taken by a moment.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn people_of_class(&self, class: &crate::ClassId, by: i64) -> Result<Vec<PersonId>, VaultError> {
        let rows = self.tx.query(sql::PEOPLE_OF_CLASS, &[(*class).into(), by.into()])?;
        rows.iter().map(|row| Ok(Uuid::from_bytes(row.array(0)?))).collect()
    }

    /// Whether no value is held of a person.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn is_empty(&self, person: PersonId) -> Result<bool, VaultError> {
        Ok(self.tx.one(sql::HELD, &[(*person.as_bytes()).into()])?.is_none())
    }

    /// Forgets a person of whom no value is held: handles, standing rows, keys, those of sealed data too, records that never had a value. Someone of
    /// whom something is held stays.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn forget(&self, person: PersonId) -> Result<bool, VaultError> {
        if !self.is_empty(person)? {
            return Ok(false);
        }
        let id = || Value::from(*person.as_bytes());
        for statement in [
            sql::DROP_HANDLES,
            sql::DROP_ALL_STANDING,
            sql::DROP_HEAD,
            sql::DROP_RECORDS,
            sql::DROP_SEALS,
            sql::DROP_SHREDS,
            sql::DROP_PERSON,
        ] {
            self.tx.execute(statement, &[id()])?;
        }
        Ok(true)
    }
}
