//! What lies elsewhere and opens only here: the store keeps a key, an expiry and what both are bound to; whoever was handed the
//! package keeps the ciphertext. Neither alone is readable, and destroying the key makes noise of every copy of the package.

use upheld_store::Row;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::crypto::{self, Key, binding, mac};
use crate::error::{VaultError, readable};
use crate::{PersonId, Vault, sql};

/// Bytes of the random name by which a package finds its key.
const NAME: usize = 16;

/// What is sealed is filled up to a multiple of so many bytes, so that a package's length says little of what is in it.
const BLOCK: usize = 128;

/// What a key in the store is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSeal<'s> {
    /// How the log names the attempt: random, and not the name by which its package finds it.
    pub attempt: Uuid,
    /// Whose data it is.
    pub person: PersonId,
    /// Where it was typed.
    pub point: &'s str,
    /// The choice that opens it.
    pub choice: &'s str,
    /// A digest of the words under which it was typed and is opened.
    pub wording: [u8; 32],
    /// From when on nothing opens it, in milliseconds since 1970.
    pub expires: i64,
    /// Index of the log entry of the act.
    pub entry: u64,
}

/// A key that waits for its package.
#[derive(Clone, PartialEq, Eq)]
pub struct Waiting {
    look_up: [u8; 32],
    /// How the log names the attempt.
    pub attempt: Uuid,
    /// Whose data it is.
    pub person: PersonId,
    /// Where it was typed.
    pub point: String,
    /// The choice that opens it.
    pub choice: String,
    /// A digest of the words under which it was typed and is opened.
    pub wording: [u8; 32],
    /// From when on nothing opens it, in milliseconds since 1970.
    pub expires: i64,
    wrapped: Vec<u8>,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting").field("attempt", &self.attempt).finish_non_exhaustive()
    }
}

/// What a ciphertext is bound to: it opens for this attempt of this person under these words, and for nothing else.
fn bound(name: &[u8], attempt: Uuid, person: PersonId, wording: &[u8; 32]) -> Vec<u8> {
    binding("upheld sealed 1", &[name, attempt.as_bytes(), person.as_bytes(), wording])
}

fn bound_key(look_up: &[u8; 32], person: PersonId) -> Vec<u8> {
    binding("upheld seal key 1", &[look_up, person.as_bytes()])
}

impl Vault<'_> {
    fn name_of_seal(&self, name: &[u8]) -> [u8; 32] {
        mac(self.keys.look_up(), &[b"seal", name])
    }

    fn mac_of_seal(&self, seal: &Waiting, entry: u64) -> [u8; 32] {
        let (expires, entry) = (seal.expires.to_be_bytes(), entry.to_be_bytes());
        let parts: [&[u8]; 10] = [
            b"seal",
            &seal.look_up,
            seal.attempt.as_bytes(),
            seal.person.as_bytes(),
            seal.point.as_bytes(),
            seal.choice.as_bytes(),
            &seal.wording,
            &expires,
            &seal.wrapped,
            &entry,
        ];
        mac(self.keys.standing(), &parts)
    }

    /// Seals under a fresh key, keeps the key and gives the package: the only copy of the ciphertext.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn seal_away(&self, new: &NewSeal<'_>, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let name: [u8; NAME] = crypto::random()?;
        let key = crypto::new_key()?;
        let look_up = self.name_of_seal(&name);
        let seal = Waiting {
            look_up,
            attempt: new.attempt,
            person: new.person,
            point: new.point.to_owned(),
            choice: new.choice.to_owned(),
            wording: new.wording,
            expires: new.expires,
            wrapped: crypto::wrap(self.keys.epoch(), &bound_key(&look_up, new.person), &key)?,
        };
        let mac = self.mac_of_seal(&seal, new.entry);
        self.tx.execute(
            sql::ADD_SEAL,
            &[
                look_up.into(),
                (*new.attempt.as_bytes()).into(),
                (*new.person.as_bytes()).into(),
                new.point.into(),
                new.choice.into(),
                new.wording.into(),
                new.expires.into(),
                seal.wrapped.clone().into(),
                new.entry.into(),
                mac.into(),
            ],
        )?;
        let sealed = crypto::seal(&key, &bound(&name, new.attempt, new.person, &new.wording), &filled(plain))?;
        Ok([name.as_slice(), &sealed].concat())
    }

    /// The key that a package is for; none when there is no such key. The package is not opened.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotVerified`] when the row was changed.
    pub fn seal_of(&self, package: &[u8]) -> Result<Option<Waiting>, VaultError> {
        let Some((name, _)) = package.split_at_checked(NAME) else { return Ok(None) };
        let row = self.tx.one(sql::SEAL, &[self.name_of_seal(name).into()]);
        readable(row, VaultError::NotVerified)?.map(|row| self.verified_seal(&row)).transpose()
    }

    /// The keys that wait for packages of a person, oldest first.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotVerified`] when a row was changed.
    pub fn seals_of(&self, person: PersonId) -> Result<Vec<Waiting>, VaultError> {
        let rows = readable(self.tx.query(sql::SEALS_OF, &[(*person.as_bytes()).into()]), VaultError::NotVerified)?;
        rows.iter().map(|row| self.verified_seal(row)).collect()
    }

    /// Keys whose time is over.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn seals_over(&self, now: i64, most: u64) -> Result<Vec<(Uuid, PersonId)>, VaultError> {
        let rows = self.tx.query(sql::SEALS_OVER, &[now.into(), most.into()])?;
        rows.iter().map(|row| Ok((Uuid::from_bytes(row.array(0)?), Uuid::from_bytes(row.array(1)?)))).collect()
    }

    /// Opens a package; none when it was changed or is another's. Without a key it does the work for nothing, so that the
    /// time taken does not tell which of the two it was.
    ///
    /// # Errors
    ///
    /// [`VaultError::NotVerified`] when the stored key was changed.
    pub fn open_package(
        &self,
        seal: Option<&Waiting>,
        package: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let (name, sealed) = package.split_at_checked(NAME).unwrap_or_default();
        let Some(seal) = seal else {
            let key = crypto::new_key()?;
            let wrapped = crypto::wrap(self.keys.epoch(), &bound_key(&[0; 32], Uuid::nil()), &key)?;
            let key = crypto::unwrap(self.keys.epoch(), &bound_key(&[0; 32], Uuid::nil()), &wrapped)?;
            let nothing = crypto::open(&key, &bound(name, Uuid::nil(), Uuid::nil(), &[0; 32]), sealed);
            return Ok(nothing.ok().filter(|_| false));
        };
        let key: Key = crypto::unwrap(self.keys.epoch(), &bound_key(&seal.look_up, seal.person), &seal.wrapped)
            .map_err(not_verified)?;
        let plain = crypto::open(&key, &bound(name, seal.attempt, seal.person, &seal.wording), sealed);
        Ok(plain.ok().and_then(|plain| emptied(&plain)))
    }

    /// Destroys a key: nothing opens its package any more. Whether there was one.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn destroy_seal(&self, attempt: Uuid) -> Result<bool, VaultError> {
        Ok(self.tx.execute(sql::DROP_SEAL, &[(*attempt.as_bytes()).into()])? > 0)
    }

    fn verified_seal(&self, row: &Row) -> Result<Waiting, VaultError> {
        let (seal, entry, stored) = read(row).ok_or(VaultError::NotVerified)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.mac_of_seal(&seal, entry), &stored)
            .map_err(|_| VaultError::NotVerified)?;
        Ok(seal)
    }
}

fn not_verified(error: VaultError) -> VaultError {
    if matches!(error, VaultError::NotAuthentic) { VaultError::NotVerified } else { error }
}

fn read(row: &Row) -> Option<(Waiting, u64, Vec<u8>)> {
    let seal = Waiting {
        look_up: row.array(0).ok()?,
        attempt: Uuid::from_bytes(row.array(1).ok()?),
        person: Uuid::from_bytes(row.array(2).ok()?),
        point: row.text(3).ok()?.to_owned(),
        choice: row.text(4).ok()?.to_owned(),
        wording: row.array(5).ok()?,
        expires: row.int(6).ok()?,
        wrapped: row.blob(7).ok()?.to_vec(),
    };
    Some((seal, u64::try_from(row.int(8).ok()?).ok()?, row.blob(9).ok()?.to_vec()))
}

/// Length, text, zeroes.
fn filled(plain: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = u32::try_from(plain.len()).unwrap_or(u32::MAX).to_be_bytes();
    // Room for all of it at once: a vector that grows leaves copies behind.
    let whole = (length.len() + plain.len()).next_multiple_of(BLOCK);
    let mut out = Zeroizing::new(Vec::with_capacity(whole));
    out.extend_from_slice(&length);
    out.extend_from_slice(plain);
    out.resize(whole, 0);
    out
}

fn emptied(filled: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (length, rest) = filled.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    rest.get(..length).map(|plain| Zeroizing::new(plain.to_vec()))
}
