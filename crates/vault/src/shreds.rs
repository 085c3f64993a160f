//! The keys below the epoch key: one for each person, and under it one for each of their keeps.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use upheld_store::Row;
use uuid::Uuid;

use crate::class::ClassId;
use crate::crypto::{self, Key, binding};
use crate::error::VaultError;
use crate::{PersonId, Vault, sql};

/// How many people's keys are tried to see whether the keys are those of the store: one damaged row must not lock it.
const TRIED: u64 = 3;

/// A shred key with its id; none as long as there is none.
type Slot = Option<(Uuid, Key)>;

/// The keys of one person, by keep and month.
type Known = BTreeMap<(String, String), Slot>;

/// Shred keys that one transaction has opened, and classes that it has interned. Wiped when dropped; not to be used beyond
/// the transaction.
#[derive(Default)]
pub struct Shreds {
    people: BTreeMap<PersonId, (Key, Known)>,
    pub(crate) classes: BTreeSet<ClassId>,
}

impl std::fmt::Debug for Shreds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shreds")
    }
}

impl Shreds {
    /// Opens the key of a person.
    pub(crate) fn person(&mut self, vault: &Vault<'_>, person: PersonId) -> Result<(), VaultError> {
        if let Entry::Vacant(new) = self.people.entry(person) {
            new.insert((vault.person_key(person)?, BTreeMap::new()));
        }
        Ok(())
    }

    fn slot(
        &mut self,
        vault: &Vault<'_>,
        person: PersonId,
        keep: &str,
        month: &str,
    ) -> Result<(&Key, &mut Slot), VaultError> {
        let (above, known) = match self.people.entry(person) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert((vault.person_key(person)?, BTreeMap::new())),
        };
        let slot = match known.entry((keep.to_owned(), month.to_owned())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(vault.shred_key(person, above, keep, month)?),
        };
        Ok((above, slot))
    }

    /// Opens a key that is there.
    pub(crate) fn find(
        &mut self,
        vault: &Vault<'_>,
        person: PersonId,
        keep: &str,
        month: &str,
    ) -> Result<(), VaultError> {
        self.slot(vault, person, keep, month).map(drop)
    }

    /// The key; made when there is none.
    pub(crate) fn find_or_make(
        &mut self,
        vault: &Vault<'_>,
        person: PersonId,
        keep: &str,
        month: &str,
    ) -> Result<&(Uuid, Key), VaultError> {
        let (above, slot) = self.slot(vault, person, keep, month)?;
        match slot {
            Some(known) => Ok(known),
            None => Ok(slot.insert(vault.new_shred(person, above, keep, month)?)),
        }
    }
}

impl Vault<'_> {
    /// Whether the keys are those of this store: its people's keys open under them. A store without people has nothing to
    /// lose by other keys.
    ///
    /// # Errors
    ///
    /// [`VaultError::WrongRoot`] when they are not.
    pub fn check_keys(&self) -> Result<(), VaultError> {
        let people = self.tx.query(sql::SOME_PEOPLE, &[TRIED.into()])?;
        let opens = |row: &Row| {
            let id = Uuid::from_bytes(row.array(0)?);
            crypto::unwrap(self.keys.epoch(), &bound_person(id), row.blob(1)?)
        };
        if people.is_empty() || people.iter().any(|row| opens(row).is_ok()) {
            Ok(())
        } else {
            Err(VaultError::WrongRoot)
        }
    }

    pub(crate) fn person_key(&self, person: PersonId) -> Result<Key, VaultError> {
        let row = self.tx.one(sql::PERSON_KEY, &[(*person.as_bytes()).into()])?.ok_or(VaultError::NotHeld)?;
        self.unwrap_person(person, row.blob(0)?)
    }

    pub(crate) fn unwrap_person(&self, person: PersonId, wrapped: &[u8]) -> Result<Key, VaultError> {
        crypto::unwrap(self.keys.epoch(), &bound_person(person), wrapped)
    }

    /// The shred key of a person and a keep, if there is one.
    pub(crate) fn shred_key(
        &self,
        person: PersonId,
        above: &Key,
        keep: &str,
        month: &str,
    ) -> Result<Option<(Uuid, Key)>, VaultError> {
        let row = self.tx.one(sql::SHRED_OF, &[(*person.as_bytes()).into(), keep.into(), month.into()])?;
        let open = |row: Row| {
            let id = Uuid::from_bytes(row.array(0)?);
            Ok((id, crypto::unwrap(above, &bound_shred(person, id), row.blob(1)?)?))
        };
        row.map(open).transpose()
    }

    pub(crate) fn new_shred(
        &self,
        person: PersonId,
        above: &Key,
        keep: &str,
        month: &str,
    ) -> Result<(Uuid, Key), VaultError> {
        let id = Uuid::from_bytes(crypto::random()?);
        let key = crypto::new_key()?;
        let wrapped = crypto::wrap(above, &bound_shred(person, id), &key)?;
        let values = [(*id.as_bytes()).into(), (*person.as_bytes()).into(), keep.into(), month.into(), wrapped.into()];
        self.tx.execute(sql::ADD_SHRED, &values)?;
        Ok((id, key))
    }
}

pub(crate) fn bound_person(person: PersonId) -> Vec<u8> {
    binding("upheld person key 1", &[person.as_bytes()])
}

pub(crate) fn bound_shred(person: PersonId, id: Uuid) -> Vec<u8> {
    binding("upheld shred key 1", &[person.as_bytes(), id.as_bytes()])
}
