//! Erasure: values go, and the keys that opened them go in the same transaction.

use std::collections::BTreeSet;

use upheld_store::Value;
use uuid::Uuid;

use crate::crypto::{self, hex};
use crate::error::VaultError;
use crate::records::{Bound, ITEM_NAME};
use crate::shreds::bound_shred;
use crate::{RecordId, Vault, sql};

/// What an erasure did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many values.
    pub values: u64,
    /// How many records went with their last value.
    pub records: u64,
    /// How many keys were destroyed.
    pub keys: u64,
}

impl Vault<'_> {
    /// Erases values. What else was under the same keys is sealed anew under fresh ones, so that the erased values are
    /// unreadable as soon as the transaction is durable, whoever still has their ciphertext. All of it or, when it fails,
    /// nothing. Each key costs as many sealings as values are left under it: erase what goes together at once.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotAuthentic`] when a value that is to stay does not open; the store's.
    pub fn erase(&self, what: &[(RecordId, String)]) -> Result<Erased, VaultError> {
        self.tx.part(|| self.erase_all(what))
    }

    fn erase_all(&self, what: &[(RecordId, String)]) -> Result<Erased, VaultError> {
        let mut out = Erased::default();
        let mut touched: BTreeSet<[u8; 16]> = BTreeSet::new();
        for (record, element) in what {
            out.values += u64::from(self.drop_value(*record, element, &mut touched)?);
        }
        for record in what.iter().map(|(record, _)| *record).collect::<BTreeSet<_>>() {
            let left = self.tx.query(sql::ELEMENTS, &[(*record.as_bytes()).into()])?;
            let only_its_name = left.iter().all(|row| row.text(0).is_ok_and(|element| element == ITEM_NAME));
            if only_its_name {
                self.drop_value(record, ITEM_NAME, &mut touched)?;
                let dropped = self.tx.execute(sql::DROP_RECORD, &[(*record.as_bytes()).into()])?;
                out.records += u64::from(dropped > 0);
            }
        }
        for shred in touched {
            self.destroy(Uuid::from_bytes(shred))?;
            out.keys += 1;
        }
        Ok(out)
    }

    fn drop_value(
        &self,
        record: RecordId,
        element: &str,
        touched: &mut BTreeSet<[u8; 16]>,
    ) -> Result<bool, VaultError> {
        let dropped = self.tx.query(sql::DROP_VALUE, &[(*record.as_bytes()).into(), element.into()])?;
        for row in &dropped {
            touched.insert(row.array(0)?);
        }
        Ok(!dropped.is_empty())
    }

    /// Destroys a shred key; what is left under it moves to a fresh one first.
    fn destroy(&self, shred: Uuid) -> Result<(), VaultError> {
        let id = || Value::from(*shred.as_bytes());
        let survivors = self.tx.query(sql::VALUES_OF_SHRED, &[id()])?;
        if !survivors.is_empty() {
            let row = self.tx.one(sql::SHRED, &[id()])?.ok_or(VaultError::NotAuthentic)?;
            let (person, keep, month) = (Uuid::from_bytes(row.array(0)?), row.text(1)?, row.text(2)?);
            let above = self.person_key(person)?;
            let old = crypto::unwrap(&above, &bound_shred(person, shred), row.blob(3)?)?;
            // The name of a key is unique: the old one gives it up to the new one.
            self.tx.execute(sql::RETIRE_SHRED, &[hex(shred.as_bytes()).into(), id()])?;
            let (fresh, key) = self.new_shred(person, &above, keep, month)?;
            for row in &survivors {
                let (record, element) = (Uuid::from_bytes(row.array(0)?), row.text(1)?);
                let place = Bound {
                    class: row.array(4)?,
                    person: Uuid::from_bytes(row.array(3)?),
                    record,
                    at: row.int(5)?,
                    item: if row.is_null(6) { None } else { Some(row.array(6)?) },
                };
                let bound = place.of(element);
                let sealed = crypto::seal(&key, &bound, &crypto::open(&old, &bound, row.blob(2)?)?)?;
                let record = *record.as_bytes();
                let values = [Value::from(*fresh.as_bytes()), sealed.into(), record.into(), element.into()];
                self.tx.execute(sql::SET_VALUE, &values)?;
            }
        }
        self.tx.execute(sql::DROP_SHRED, &[id()])?;
        Ok(())
    }
}
