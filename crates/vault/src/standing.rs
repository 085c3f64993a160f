//! What can change about a person and decides: choices, kinds, blocks, events. One row each, under a head that counts them.

use upheld_store::{Row, Value};

use crate::crypto::{mac, sha256};
use crate::error::{VaultError, readable};
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
    /// What no two rows of a person share.
    fn place(&self) -> (&str, &str, i64) {
        (&self.topic, &self.subject, self.since)
    }

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
        Ok(self.verified(person)?.into_iter().map(|(row, _)| row).collect())
    }

    /// Sets a deciding row in place of those before it with the same topic and subject.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotVerified`] when the rows as they are do not verify.
    pub fn stand(&self, person: PersonId, row: &Standing) -> Result<(), VaultError> {
        let mut rows = self.verified(person)?;
        self.drop_rows(person, &mut rows, &row.topic, &row.subject)?;
        self.add_row(person, rows, row)
    }

    /// Adds a deciding row beside those before it: something that happens more than once.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotVerified`] when the rows as they are do not verify.
    pub fn happen(&self, person: PersonId, row: &Standing) -> Result<(), VaultError> {
        let rows = self.verified(person)?;
        if rows.iter().any(|(one, _)| one.place() == row.place()) {
            return Ok(());
        }
        self.add_row(person, rows, row)
    }

    /// Takes deciding rows away.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotVerified`] when the rows as they are do not verify.
    pub fn unstand(&self, person: PersonId, topic: &str, subject: &str) -> Result<(), VaultError> {
        let mut rows = self.verified(person)?;
        self.drop_rows(person, &mut rows, topic, subject)?;
        self.write_head(person, &rows)
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

    fn add_row(&self, person: PersonId, mut rows: Vec<Verified>, row: &Standing) -> Result<(), VaultError> {
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
        rows.push((row.clone(), mac));
        sort(&mut rows);
        self.write_head(person, &rows)
    }

    fn drop_rows(
        &self,
        person: PersonId,
        rows: &mut Vec<Verified>,
        topic: &str,
        subject: &str,
    ) -> Result<(), VaultError> {
        let before = rows.len();
        rows.retain(|(row, _)| row.topic != topic || row.subject != subject);
        if rows.len() < before {
            self.tx.execute(sql::DROP_STANDING, &[(*person.as_bytes()).into(), topic.into(), subject.into()])?;
        }
        Ok(())
    }

    fn verified(&self, person: PersonId) -> Result<Vec<Verified>, VaultError> {
        let rows = self.tx.query(sql::STANDING, &[(*person.as_bytes()).into()]);
        let rows = readable(rows, VaultError::NotVerified)?;
        let mut rows = rows
            .iter()
            .map(|row| {
                // A column of another form is a changed row like any other.
                let (row, stored) = read(row).ok_or(VaultError::NotVerified)?;
                let mac = row.mac(self, person);
                verify(&mac, &stored)?;
                Ok((row, mac))
            })
            .collect::<Result<Vec<_>, VaultError>>()?;
        sort(&mut rows);
        let head = self.tx.one(sql::HEAD, &[(*person.as_bytes()).into()]);
        let head = readable(head, VaultError::NotVerified)?.ok_or(VaultError::NotVerified)?;
        let digest = digest(&rows);
        let counted = head.int(0).ok().and_then(|count| usize::try_from(count).ok()) == Some(rows.len());
        if !counted || head.blob(1).ok() != Some(digest.as_slice()) {
            return Err(VaultError::NotVerified);
        }
        let stored = head.blob(2).map_err(|_| VaultError::NotVerified)?;
        verify(&self.head_mac(person, rows.len(), &digest), stored)?;
        Ok(rows)
    }

    /// Writes the head over rows that were just verified or made.
    pub(crate) fn write_head(&self, person: PersonId, rows: &[Verified]) -> Result<(), VaultError> {
        let digest = digest(rows);
        let mac = self.head_mac(person, rows.len(), &digest);
        let count = Value::from(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        self.tx.execute(sql::SET_HEAD, &[(*person.as_bytes()).into(), count, digest.into(), mac.into()])?;
        Ok(())
    }

    fn head_mac(&self, person: PersonId, count: usize, digest: &[u8; 32]) -> [u8; 32] {
        mac(self.keys.standing(), &[b"head", person.as_bytes(), &(count as u64).to_be_bytes(), digest])
    }
}

/// A row and its MAC.
pub(crate) type Verified = (Standing, [u8; 32]);

/// One order on every engine, whatever its collation: the head is over the rows in it.
fn sort(rows: &mut [Verified]) {
    rows.sort_by(|(one, _), (other, _)| one.place().cmp(&other.place()));
}

fn digest(rows: &[Verified]) -> [u8; 32] {
    sha256(&rows.iter().map(|(_, mac)| mac.as_slice()).collect::<Vec<_>>())
}

fn verify(expected: &[u8; 32], stored: &[u8]) -> Result<(), VaultError> {
    aws_lc_rs::constant_time::verify_slices_are_equal(expected, stored).map_err(|_| VaultError::NotVerified)
}

fn read(row: &Row) -> Option<(Standing, Vec<u8>)> {
    let standing = Standing {
        topic: row.text(0).ok()?.to_owned(),
        subject: row.text(1).ok()?.to_owned(),
        state: row.text(2).ok()?.to_owned(),
        since: row.int(3).ok()?,
        entry: u64::try_from(row.int(4).ok()?).ok()?,
    };
    Some((standing, row.blob(5).ok()?.to_vec()))
}
