//! Records and their values.

use std::collections::BTreeMap;

use upheld_store::{Row, StoreError, Value};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::class::{Class, ClassId};
use crate::crypto::{self, Key, binding, hex, mac, sha256};
use crate::error::{VaultError, readable};
use crate::shreds::{Shreds, bound_shred};
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
    /// Stores a record. Its person must be there; what does not verify is found before anything is written.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotHeld`] when there is no such person, [`VaultError::NotAuthentic`] when their keys do not open.
    pub fn put(&self, record: &NewRecord<'_>) -> Result<(), VaultError> {
        self.put_with(record, &mut Shreds::default())
    }

    /// As [`Vault::put`], for many records in one transaction: keys that were opened for one are there for the next.
    ///
    /// # Errors
    ///
    /// As [`Vault::put`].
    pub fn put_with(&self, record: &NewRecord<'_>, shreds: &mut Shreds) -> Result<(), VaultError> {
        let name = record.item.zip(record.values.first()).map(|(name, first)| NewValue {
            element: ITEM_NAME,
            keep: first.keep,
            month: first.month,
            value: name,
        });
        // Keys that are there are opened first: one that does not open is found before anything is written.
        shreds.person(self, record.person)?;
        for NewValue { keep, month, .. } in record.values {
            shreds.find(self, record.person, keep, month)?;
        }
        let class = match shreds.classes.contains(&record.class.id()) {
            true => record.class.id(),
            false => self.intern(record.class)?,
        };
        shreds.classes.insert(class);
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
        let place = Bound { class, person: record.person, record: record.id, at: record.at, item };
        for value in record.values.iter().chain(&name) {
            let (shred, key) = shreds.find_or_make(self, record.person, value.keep, value.month)?;
            let sealed = crypto::seal(key, &place.of(value.element), value.value.as_bytes())?;
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

    /// The records in rows of an element each. Each class is read and held against its digest once.
    fn records_in(&self, rows: &[Row]) -> Result<Vec<Record>, VaultError> {
        let mut classes: BTreeMap<ClassId, Class> = BTreeMap::new();
        let mut out: Vec<Record> = Vec::new();
        for row in rows {
            let id = Uuid::from_bytes(row.array(0)?);
            if out.last().is_none_or(|last| last.id != id) {
                let class_id: ClassId = row.array(1)?;
                let class = match classes.get(&class_id) {
                    Some(class) => class.clone(),
                    None => classes.entry(class_id).or_insert(self.class(&class_id)?).clone(),
                };
                out.push(Record {
                    id,
                    person: Uuid::from_bytes(row.array(4)?),
                    class,
                    class_id,
                    at: row.int(2)?,
                    item: if row.is_null(3) { None } else { Some(row.array(3)?) },
                    elements: Vec::new(),
                });
            }
            let element = row.optional_text(5)?.filter(|element| *element != ITEM_NAME);
            if let (Some(record), Some(element)) = (out.last_mut(), element) {
                record.elements.push(element.to_owned());
            }
        }
        Ok(out)
    }

    /// A person's records, oldest first.
    ///
    /// # Errors
    ///
    /// When the store fails, or a class was changed.
    pub fn records(&self, person: PersonId) -> Result<Vec<Record>, VaultError> {
        self.records_in(&self.tx.query(sql::RECORDS, &[(*person.as_bytes()).into()])?)
    }

    /// The oldest records of a class that were taken by a moment.
    ///
    /// # Errors
    ///
    /// When the store fails, or a class was changed.
    pub fn records_of_class(&self, class: &ClassId, by: i64, most: u64) -> Result<Vec<Record>, VaultError> {
        self.records_in(&self.tx.query(sql::RECORDS_OF_CLASS, &[(*class).into(), by.into(), most.into()])?)
    }

    /// A person's records of a class.
    ///
    /// # Errors
    ///
    /// When the store fails, or a class was changed.
    pub fn records_of(&self, person: PersonId, class: &ClassId) -> Result<Vec<Record>, VaultError> {
        let values = [(*person.as_bytes()).into(), (*class).into()];
        self.records_in(&self.tx.query(sql::RECORDS_OF_CLASS_AND_PERSON, &values)?)
    }

    /// Opens a value.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotHeld`] when there is none, [`VaultError::NotAuthentic`] when its row, its record or its class was
    /// changed.
    pub fn open(&self, record: &Record, element: &str) -> Result<Zeroizing<String>, VaultError> {
        let stored = self.stored(record, element)?;
        let plain = crypto::open(&stored.key, &record.bound().of(element), &stored.sealed)?;
        // The text is copied once, into memory that is wiped.
        std::str::from_utf8(&plain).map(|text| Zeroizing::new(text.to_owned())).map_err(|_| VaultError::NotAuthentic)
    }

    fn stored(&self, record: &Record, element: &str) -> Result<Stored, VaultError> {
        let row = self.tx.one(sql::VALUE, &[(*record.id.as_bytes()).into(), element.into()]);
        let row = authentic(row)?.ok_or(VaultError::NotHeld)?;
        let shred = Uuid::from_bytes(authentic(row.array(0))?);
        // A value under somebody else's key was put there by somebody else.
        if authentic(row.array(2))? != *record.person.as_bytes() {
            return Err(VaultError::NotAuthentic);
        }
        let above = self.unwrap_person(record.person, authentic(row.blob(4))?)?;
        let key = crypto::unwrap(&above, &bound_shred(record.person, shred), authentic(row.blob(3))?)?;
        Ok(Stored { shred, key, sealed: authentic(row.blob(1))?.to_vec() })
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
        let stored = self.stored(record, element)?;
        let sealed = crypto::seal(&stored.key, &record.bound().of(element), value.as_bytes())?;
        let (id, shred) = (*record.id.as_bytes(), *stored.shred.as_bytes());
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

fn authentic<T>(read: Result<T, StoreError>) -> Result<T, VaultError> {
    readable(read, VaultError::NotAuthentic)
}

/// A value as it lies in its row, with the key that opens it.
struct Stored {
    shred: Uuid,
    key: Key,
    sealed: Vec<u8>,
}

impl Record {
    fn bound(&self) -> Bound {
        Bound { class: self.class_id, person: self.person, record: self.id, at: self.at, item: self.item }
    }
}

/// What the ciphertexts of a record are bound to: they open nowhere else, and not when any of this was changed.
pub(crate) struct Bound {
    pub(crate) class: ClassId,
    pub(crate) person: PersonId,
    pub(crate) record: RecordId,
    pub(crate) at: i64,
    pub(crate) item: Option<[u8; 32]>,
}

impl Bound {
    pub(crate) fn of(&self, element: &str) -> Vec<u8> {
        let at = self.at.to_be_bytes();
        let item = self.item.as_ref().map_or(&[][..], <[u8; 32]>::as_slice);
        let (person, record) = (self.person.as_bytes(), self.record.as_bytes());
        binding("upheld value 1", &[&self.class, person, record, element.as_bytes(), &at, item])
    }
}
