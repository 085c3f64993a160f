//! Records and their values.

use upheld_store::{Row, Value};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::class::{Class, ClassId};
use crate::crypto::{self, binding, mac, sha256};
use crate::error::VaultError;
use crate::keys::hex;
use crate::{PersonId, RecordId, Vault, sql};

/// The element under which the caller's own name of an item is held: it lives and dies with the record's values.
pub(crate) const ITEM_NAME: &str = "";

/// A record to be stored.
pub struct NewRecord<'v> {
    /// Its id, fixed before the write.
    pub id: RecordId,
    /// Whose.
    pub person: PersonId,
    /// What is true of it.
    pub class: &'v Class,
    /// When it was taken, in milliseconds since 1970.
    pub at: i64,
    /// The caller's own name of the item, for itemised data.
    pub item: Option<&'v str>,
    /// Index of the log entry of the act.
    pub entry: u64,
    /// Its values.
    pub values: &'v [NewValue<'v>],
}

/// A value to be stored.
pub struct NewValue<'v> {
    /// Its element.
    pub element: &'v str,
    /// Which keep sentences hold it, as text; the shred key is this person's and this text's.
    pub keep: &'v str,
    /// The month, where the keep rolls; empty elsewhere.
    pub month: &'v str,
    /// The value.
    pub value: &'v str,
}

/// A record as it is held: nothing of it is decrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// Whose.
    pub person: PersonId,
    /// What is true of it.
    pub class: Class,
    /// The class's id.
    pub class_id: ClassId,
    /// When it was taken, in milliseconds since 1970.
    pub at: i64,
    /// Keyed look-up of its item's name.
    pub item: Option<[u8; 32]>,
    /// Its elements.
    pub elements: Vec<String>,
}

impl Vault<'_> {
    /// Stores a record.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn put(&self, record: &NewRecord<'_>) -> Result<(), VaultError> {
        let class = self.intern(record.class)?;
        let item = record.item.map(|name| self.item(record.person, name));
        self.tx.execute(
            sql::ADD_RECORD,
            &[
                (*record.id.as_bytes()).into(),
                (*record.person.as_bytes()).into(),
                class.into(),
                record.at.into(),
                item.into(),
                record.entry.into(),
            ],
        )?;
        let name = record.item.zip(record.values.first()).map(|(name, first)| NewValue {
            element: ITEM_NAME,
            keep: first.keep,
            month: first.month,
            value: name,
        });
        for value in record.values.iter().chain(&name) {
            let (shred, key) = self.shred_key(record.person, value.keep, value.month)?;
            let bound = bound_value(&class, record.person, record.id, value.element, record.at);
            let sealed = crypto::seal(&key, &bound, value.value.as_bytes())?;
            let id = *record.id.as_bytes();
            self.tx.execute(
                sql::ADD_VALUE,
                &[id.into(), value.element.into(), (*shred.as_bytes()).into(), sealed.into()],
            )?;
        }
        Ok(())
    }

    /// The look-up of an item by the caller's own name, within a person.
    #[must_use]
    pub fn item(&self, person: PersonId, name: &str) -> [u8; 32] {
        mac(self.keys.look_up(), &[b"item", person.as_bytes(), name.as_bytes()])
    }

    fn record(&self, row: &Row) -> Result<Record, VaultError> {
        let id: [u8; 16] = row.array(0)?;
        let class_id: ClassId = row.array(1)?;
        let elements = self
            .tx
            .query(sql::ELEMENTS, &[id.into()])?
            .iter()
            .map(|row| row.text(0).map(str::to_owned))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Record {
            id: Uuid::from_bytes(id),
            person: Uuid::from_bytes(row.array(4)?),
            class: self.class(&class_id)?,
            class_id,
            at: row.int(2)?,
            item: if row.is_null(3) { None } else { Some(row.array(3)?) },
            elements: elements.into_iter().filter(|element| element != ITEM_NAME).collect(),
        })
    }

    /// A person's records, oldest first.
    ///
    /// # Errors
    ///
    /// When the store fails, or a class was changed.
    pub fn records(&self, person: PersonId) -> Result<Vec<Record>, VaultError> {
        self.tx.query(sql::RECORDS, &[(*person.as_bytes()).into()])?.iter().map(|row| self.record(row)).collect()
    }

    /// The oldest records of a class that were taken by a moment.
    ///
    /// # Errors
    ///
    /// When the store fails, or a class was changed.
    pub fn records_of_class(&self, class: &ClassId, by: i64, most: u64) -> Result<Vec<Record>, VaultError> {
        self.tx
            .query(sql::RECORDS_OF_CLASS, &[(*class).into(), by.into(), most.into()])?
            .iter()
            .map(|row| self.record(row))
            .collect()
    }

    /// A person's records of a class.
    ///
    /// # Errors
    ///
    /// When the store fails, or a class was changed.
    pub fn records_of(&self, person: PersonId, class: &ClassId) -> Result<Vec<Record>, VaultError> {
        let values = [(*person.as_bytes()).into(), (*class).into()];
        self.tx.query(sql::RECORDS_OF_CLASS_AND_PERSON, &values)?.iter().map(|row| self.record(row)).collect()
    }

    /// Opens a value.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotHeld`] when there is none, [`VaultError::NotAuthentic`] when its row, its record or its class was
    /// changed.
    pub fn open(&self, record: &Record, element: &str) -> Result<Zeroizing<String>, VaultError> {
        let row =
            self.tx.one(sql::VALUE, &[(*record.id.as_bytes()).into(), element.into()])?.ok_or(VaultError::NotHeld)?;
        let key = self.open_shred(Uuid::from_bytes(row.array(0)?))?;
        let bound = bound_value(&record.class_id, record.person, record.id, element, record.at);
        let plain = crypto::open(&key, &bound, row.blob(1)?)?;
        String::from_utf8(plain.to_vec()).map(Zeroizing::new).map_err(|_| VaultError::NotAuthentic)
    }

    /// The caller's own name of a record's item.
    ///
    /// # Errors
    ///
    /// As [`Vault::open`].
    pub fn item_name(&self, record: &Record) -> Result<Option<Zeroizing<String>>, VaultError> {
        match record.item {
            Some(_) => self.open(record, ITEM_NAME).map(Some),
            None => Ok(None),
        }
    }

    /// Alters a value. It keeps its class: correcting is not collecting.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotHeld`] when there is none.
    pub fn change(&self, record: &Record, element: &str, value: &str) -> Result<(), VaultError> {
        let row =
            self.tx.one(sql::VALUE, &[(*record.id.as_bytes()).into(), element.into()])?.ok_or(VaultError::NotHeld)?;
        let shred: [u8; 16] = row.array(0)?;
        let key = self.open_shred(Uuid::from_bytes(shred))?;
        let bound = bound_value(&record.class_id, record.person, record.id, element, record.at);
        let sealed = crypto::seal(&key, &bound, value.as_bytes())?;
        let id = *record.id.as_bytes();
        self.tx.execute(sql::SET_VALUE, &[Value::from(shred), sealed.into(), id.into(), element.into()])?;
        Ok(())
    }

    /// A commitment to a record for the log, in hex: a hash over its ciphertexts, whose random nonces salt it. It means
    /// nothing once they are gone.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn commitment(&self, record: RecordId) -> Result<String, VaultError> {
        let rows = self.tx.query(sql::SEALED_OF, &[(*record.as_bytes()).into()])?;
        let mut parts: Vec<&[u8]> = vec![record.as_bytes()];
        for row in &rows {
            parts.push(row.text(0)?.as_bytes());
            parts.push(row.blob(1)?);
        }
        Ok(hex(&sha256(&parts)))
    }
}

/// What a ciphertext is bound to: it opens nowhere else.
pub(crate) fn bound_value(class: &ClassId, person: PersonId, record: RecordId, element: &str, at: i64) -> Vec<u8> {
    let at = at.to_be_bytes();
    binding("upheld value 1", &[class, person.as_bytes(), record.as_bytes(), element.as_bytes(), &at])
}
