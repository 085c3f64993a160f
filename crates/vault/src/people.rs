//! People, their handles and their keys.

use upheld_store::Value;
use uuid::Uuid;

use crate::crypto::{self, Key, binding, mac};
use crate::error::VaultError;
use crate::{PersonId, Vault, sql};

/// The handle kind of those who are nobody known: one for each keep and month.
const PSEUDO: &str = "pseudo";

impl Vault<'_> {
    fn look_up(&self, kind: &str, handle: &str) -> [u8; 32] {
        mac(self.keys.look_up(), &[b"handle", kind.as_bytes(), handle.as_bytes()])
    }

    /// The person with a handle.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn find(&self, kind: &str, handle: &str) -> Result<Option<PersonId>, VaultError> {
        let row = self.tx.one(sql::PERSON_OF_HANDLE, &[kind.into(), self.look_up(kind, handle).into()])?;
        row.map(|row| Ok(Uuid::from_bytes(row.array(0)?))).transpose()
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
        self.write_head(id)
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
                let lookup = self.look_up(kind, handle);
                self.tx.execute(sql::ADD_HANDLE, &[kind.into(), lookup.into(), (*person.as_bytes()).into()])?;
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
        let handle = format!("{keep}|{month}");
        if let Some(person) = self.find(PSEUDO, &handle)? {
            return Ok(person);
        }
        self.create(id, false)?;
        self.add_handle(id, PSEUDO, &handle)?;
        Ok(id)
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

    /// Whether nothing is held of a person.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn is_empty(&self, person: PersonId) -> Result<bool, VaultError> {
        let row = self.tx.one(sql::COUNT_RECORDS, &[(*person.as_bytes()).into()])?;
        Ok(row.map(|row| row.int(0)).transpose()?.unwrap_or(0) == 0)
    }

    /// Forgets a person of whom nothing is held: handles, standing rows, key. Someone of whom something is held stays.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn forget(&self, person: PersonId) -> Result<bool, VaultError> {
        if !self.is_empty(person)? {
            return Ok(false);
        }
        let id = || Value::from(*person.as_bytes());
        for statement in [sql::DROP_HANDLES, sql::DROP_ALL_STANDING, sql::DROP_HEAD, sql::DROP_PERSON] {
            self.tx.execute(statement, &[id()])?;
        }
        Ok(true)
    }

    pub(crate) fn person_key(&self, person: PersonId) -> Result<Key, VaultError> {
        let row = self.tx.one(sql::PERSON_KEY, &[(*person.as_bytes()).into()])?.ok_or(VaultError::NotHeld)?;
        crypto::unwrap(self.keys.epoch(), &bound_person(person), row.blob(0)?)
    }

    /// The shred key of a person and a keep, made when there is none.
    pub(crate) fn shred_key(&self, person: PersonId, keep: &str, month: &str) -> Result<(Uuid, Key), VaultError> {
        let row = self.tx.one(sql::SHRED_OF, &[(*person.as_bytes()).into(), keep.into(), month.into()])?;
        match row {
            Some(row) => {
                let id = Uuid::from_bytes(row.array(0)?);
                let key = crypto::unwrap(&self.person_key(person)?, &bound_shred(person, id), row.blob(1)?)?;
                Ok((id, key))
            }
            None => self.new_shred(person, keep, month),
        }
    }

    pub(crate) fn new_shred(&self, person: PersonId, keep: &str, month: &str) -> Result<(Uuid, Key), VaultError> {
        let id = Uuid::from_bytes(crypto::random()?);
        let key = crypto::new_key()?;
        let wrapped = crypto::wrap(&self.person_key(person)?, &bound_shred(person, id), &key)?;
        let values = [(*id.as_bytes()).into(), (*person.as_bytes()).into(), keep.into(), month.into(), wrapped.into()];
        self.tx.execute(sql::ADD_SHRED, &values)?;
        Ok((id, key))
    }

    pub(crate) fn open_shred(&self, id: Uuid) -> Result<Key, VaultError> {
        let row = self.tx.one(sql::SHRED_KEY, &[(*id.as_bytes()).into()])?.ok_or(VaultError::NotAuthentic)?;
        let person = Uuid::from_bytes(row.array(0)?);
        crypto::unwrap(&self.person_key(person)?, &bound_shred(person, id), row.blob(1)?)
    }
}

pub(crate) fn bound_person(person: PersonId) -> Vec<u8> {
    binding("upheld person key 1", &[person.as_bytes()])
}

pub(crate) fn bound_shred(person: PersonId, id: Uuid) -> Vec<u8> {
    binding("upheld shred key 1", &[person.as_bytes(), id.as_bytes()])
}
