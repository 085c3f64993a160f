//! Erasure: values go, and the keys that opened them go in the same transaction.

use std::collections::BTreeSet;

use upheld_store::Value;
use uuid::Uuid;

use crate::crypto;
use crate::error::VaultError;
use crate::records::{ITEM_NAME, bound_value};
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
    /// unreadable as soon as the transaction is durable, whoever still has their ciphertext.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn erase(&self, what: &[(RecordId, String)]) -> Result<Erased, VaultError> {
        let mut out = Erased::default();
        let mut touched: BTreeSet<[u8; 16]> = BTreeSet::new();
        let mut records: BTreeSet<RecordId> = BTreeSet::new();
        for (record, element) in what {
            if self.drop_value(*record, element, &mut touched)? {
                out.values += 1;
                records.insert(*record);
            }
        }
        for record in records {
            let left = self.tx.query(sql::ELEMENTS, &[(*record.as_bytes()).into()])?;
            let only_its_name = left.iter().all(|row| row.text(0).is_ok_and(|element| element == ITEM_NAME));
            if only_its_name {
                self.drop_value(record, ITEM_NAME, &mut touched)?;
                self.tx.execute(sql::DROP_RECORD, &[(*record.as_bytes()).into()])?;
                out.records += 1;
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
        let id = || Value::from(*record.as_bytes());
        let Some(row) = self.tx.one(sql::VALUE, &[id(), element.into()])? else { return Ok(false) };
        touched.insert(row.array(0)?);
        self.tx.execute(sql::DROP_VALUE, &[id(), element.into()])?;
        Ok(true)
    }

    /// Destroys a shred key; what is left under it moves to a fresh one first.
    fn destroy(&self, shred: Uuid) -> Result<(), VaultError> {
        let survivors = self.tx.query(sql::VALUES_OF_SHRED, &[(*shred.as_bytes()).into()])?;
        if survivors.is_empty() {
            self.tx.execute(sql::DROP_SHRED, &[(*shred.as_bytes()).into()])?;
            return Ok(());
        }
        let old = self.open_shred(shred)?;
        let name = self.tx.one(sql::SHRED_NAME, &[(*shred.as_bytes()).into()])?.ok_or(VaultError::NotAuthentic)?;
        let (person, keep, month) =
            (Uuid::from_bytes(name.array(0)?), name.text(1)?.to_owned(), name.text(2)?.to_owned());
        let mut plain = Vec::new();
        for row in &survivors {
            let record = Uuid::from_bytes(row.array(0)?);
            let element = row.text(1)?.to_owned();
            let of = self.tx.one(sql::RECORD, &[(*record.as_bytes()).into()])?.ok_or(VaultError::NotAuthentic)?;
            let bound = bound_value(&of.array(1)?, Uuid::from_bytes(of.array(0)?), record, &element, of.int(2)?);
            plain.push((record, element, crypto::open(&old, &bound, row.blob(2)?)?, bound));
        }
        // The name of a key is unique: the old one gives it up to the new one.
        let (fresh, key) = self.rename_to_fresh(shred, person, &keep, &month)?;
        for (record, element, value, bound) in plain {
            let sealed = crypto::seal(&key, &bound, &value)?;
            let values = [Value::from(*fresh.as_bytes()), sealed.into(), (*record.as_bytes()).into(), element.into()];
            self.tx.execute(sql::SET_VALUE, &values)?;
        }
        self.tx.execute(sql::DROP_SHRED, &[(*shred.as_bytes()).into()])?;
        Ok(())
    }

    fn rename_to_fresh(
        &self,
        old: Uuid,
        person: Uuid,
        keep: &str,
        month: &str,
    ) -> Result<(Uuid, crypto::Key), VaultError> {
        self.tx.execute(sql::RETIRE_SHRED, &[crate::keys::hex(old.as_bytes()).into(), (*old.as_bytes()).into()])?;
        self.new_shred(person, keep, month)
    }
}
