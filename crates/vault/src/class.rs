//! Classes: what was true of a record when it was taken. Interned; the id is the digest, bound into each ciphertext.

use serde::{Deserialize, Serialize};

use crate::crypto::sha256;
use crate::error::{VaultError, readable};
use crate::{Vault, sql};

/// A class's id: SHA-256 of its canonical form.
pub type ClassId = [u8; 32];

/// What was true when a record was taken, in names of the policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Class {
    /// The collection point.
    pub point: String,
    /// Host and path, where the point has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The capacity of the person.
    pub capacity: String,
    /// Who gave it: `themselves`, `us`, or a kind of person.
    pub giver: String,
    /// The original purposes.
    pub purposes: Vec<String>,
    /// The clause of the collect sentence.
    pub clause: String,
    /// The version of the policy.
    pub version: String,
    /// The program or role that took it in.
    pub source: String,
}

impl Class {
    fn canonical(&self) -> String {
        // A struct of texts and lists of them always serialises, and in the order of its fields.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> ClassId {
        sha256(&[self.canonical().as_bytes()])
    }
}

impl Vault<'_> {
    /// Interns a class.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn intern(&self, class: &Class) -> Result<ClassId, VaultError> {
        let id = class.id();
        self.tx.execute(sql::INTERN_CLASS, &[id.into(), class.canonical().into()])?;
        Ok(id)
    }

    /// A class by its id; one whose digest does not fit is refused.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotAuthentic`] when the class is missing or was changed.
    pub fn class(&self, id: &ClassId) -> Result<Class, VaultError> {
        let row = readable(self.tx.one(sql::CLASS, &[(*id).into()]), VaultError::NotAuthentic)?;
        let row = row.ok_or(VaultError::NotAuthentic)?;
        let body = readable(row.text(0), VaultError::NotAuthentic)?;
        let class: Class = serde_json::from_str(body).map_err(|_| VaultError::NotAuthentic)?;
        if class.id() == *id { Ok(class) } else { Err(VaultError::NotAuthentic) }
    }

    /// The ids of all classes.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn class_ids(&self) -> Result<Vec<ClassId>, VaultError> {
        self.tx.query(sql::CLASSES, &[])?.iter().map(|row| Ok(row.array(0)?)).collect()
    }
}
