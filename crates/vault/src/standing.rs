//! What can change about a person and decides: choices, kinds, blocks, events. One row each, under a head that counts them.

use upheld_store::Value;

use crate::crypto::{mac, sha256};
use crate::error::VaultError;
use crate::{PersonId, Vault, sql};

/// A deciding row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// `choice`, `kind`, `block` or `event`.
    pub topic: String,
    /// Which one.
    pub subject: String,
    /// How it stands (`agreed`, `refused`, `is`, `was`, `blocked`, `happened`).
    pub state: String,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// The log entry that made it.
    pub entry: u64,
}

impl Standing {
    fn mac(&self, vault: &Vault<'_>, person: PersonId) -> [u8; 32] {
        mac(
            vault.keys.standing(),
            &[
                b"row",
                person.as_bytes(),
                self.topic.as_bytes(),
                self.subject.as_bytes(),
                self.state.as_bytes(),
                &self.since.to_be_bytes(),
                &self.entry.to_be_bytes(),
            ],
        )
    }
}

impl Vault<'_> {
    /// A person's deciding rows, every one verified, and none missing.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotVerified`] when a row was changed, added or taken away.
    pub fn standing(&self, person: PersonId) -> Result<Vec<Standing>, VaultError> {
        let (rows, macs) = self.rows(person)?;
        for (row, stored) in rows.iter().zip(&macs) {
            aws_lc_rs::constant_time::verify_slices_are_equal(&row.mac(self, person), stored)
                .map_err(|_| VaultError::NotVerified)?;
        }
        let head = self.tx.one(sql::HEAD, &[(*person.as_bytes()).into()])?.ok_or(VaultError::NotVerified)?;
        let digest = digest(&macs);
        let expected = self.head_mac(person, rows.len(), &digest);
        let counted = usize::try_from(head.int(0)?).is_ok_and(|count| count == rows.len());
        if !counted || head.blob(1)? != digest {
            return Err(VaultError::NotVerified);
        }
        aws_lc_rs::constant_time::verify_slices_are_equal(&expected, head.blob(2)?)
            .map_err(|_| VaultError::NotVerified)?;
        Ok(rows)
    }

    /// Sets a deciding row in place of those before it with the same topic and subject.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotVerified`] when the rows as they are do not verify.
    pub fn stand(&self, person: PersonId, row: &Standing) -> Result<(), VaultError> {
        self.standing(person)?;
        self.tx.execute(
            sql::DROP_STANDING,
            &[(*person.as_bytes()).into(), row.topic.as_str().into(), row.subject.as_str().into()],
        )?;
        self.add_row(person, row)
    }

    /// Adds a deciding row beside those before it: something that happens more than once.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotVerified`] when the rows as they are do not verify.
    pub fn happen(&self, person: PersonId, row: &Standing) -> Result<(), VaultError> {
        let known = self.standing(person)?;
        if known.iter().any(|one| one.topic == row.topic && one.subject == row.subject && one.since == row.since) {
            return Ok(());
        }
        self.add_row(person, row)
    }

    /// Takes deciding rows away.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotVerified`] when the rows as they are do not verify.
    pub fn unstand(&self, person: PersonId, topic: &str, subject: &str) -> Result<(), VaultError> {
        self.standing(person)?;
        self.tx.execute(sql::DROP_STANDING, &[(*person.as_bytes()).into(), topic.into(), subject.into()])?;
        self.write_head(person)
    }

    /// Everybody with a row of this topic and subject.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn people_standing(&self, topic: &str, subject: &str) -> Result<Vec<PersonId>, VaultError> {
        let rows = self.tx.query(sql::PEOPLE_STANDING, &[topic.into(), subject.into()])?;
        rows.iter().map(|row| Ok(PersonId::from_bytes(row.array(0)?))).collect()
    }

    /// Everybody with a row of this topic whose subject lies between two texts, the second left out.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn people_standing_between(&self, topic: &str, from: Value, to: Value) -> Result<Vec<PersonId>, VaultError> {
        let rows = self.tx.query(sql::PEOPLE_STANDING_BETWEEN, &[topic.into(), from, to])?;
        rows.iter().map(|row| Ok(PersonId::from_bytes(row.array(0)?))).collect()
    }

    fn add_row(&self, person: PersonId, row: &Standing) -> Result<(), VaultError> {
        let mac = row.mac(self, person);
        self.tx.execute(
            sql::ADD_STANDING,
            &[
                (*person.as_bytes()).into(),
                row.topic.as_str().into(),
                row.subject.as_str().into(),
                row.state.as_str().into(),
                row.since.into(),
                row.entry.into(),
                mac.into(),
            ],
        )?;
        self.write_head(person)
    }

    fn rows(&self, person: PersonId) -> Result<(Vec<Standing>, Vec<[u8; 32]>), VaultError> {
        let mut rows = Vec::new();
        let mut macs = Vec::new();
        for row in self.tx.query(sql::STANDING, &[(*person.as_bytes()).into()])? {
            rows.push(Standing {
                topic: row.text(0)?.to_owned(),
                subject: row.text(1)?.to_owned(),
                state: row.text(2)?.to_owned(),
                since: row.int(3)?,
                entry: u64::try_from(row.int(4)?).map_err(|_| VaultError::NotVerified)?,
            });
            macs.push(row.array(5).map_err(|_| VaultError::NotVerified)?);
        }
        Ok((rows, macs))
    }

    /// Writes the head over the rows as they are. Whoever calls this has just verified or made them.
    pub(crate) fn write_head(&self, person: PersonId) -> Result<(), VaultError> {
        let (rows, macs) = self.rows(person)?;
        let digest = digest(&macs);
        let mac = self.head_mac(person, rows.len(), &digest);
        let count = Value::from(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        self.tx.execute(sql::SET_HEAD, &[(*person.as_bytes()).into(), count, digest.into(), mac.into()])?;
        Ok(())
    }

    fn head_mac(&self, person: PersonId, count: usize, digest: &[u8; 32]) -> [u8; 32] {
        mac(self.keys.standing(), &[b"head", person.as_bytes(), &(count as u64).to_be_bytes(), digest])
    }
}

fn digest(macs: &[[u8; 32]]) -> [u8; 32] {
    sha256(&macs.iter().map(<[u8; 32]>::as_slice).collect::<Vec<_>>())
}
