//! The keys above the database: root → epoch, and what is derived from the root. They lie in a folder of their own, outside
//! the database and outside every backup of it.

use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::{hkdf, hmac};
use zeroize::Zeroizing;

use crate::crypto::{self, Key, hex};
use crate::error::VaultError;
use crate::key_files::{self, Files};

const EPOCH_BOUND: &[u8] = b"upheld epoch 1";

/// The keys of a store. Cheap to clone; wiped when the last clone goes; never printed.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    epoch: Key,
    look_up: hmac::Key,
    standing: hmac::Key,
    subject: hmac::Key,
    log: Key,
    tokens: hmac::Key,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    /// Reads the keys of a folder; makes them when the folder has none.
    ///
    /// # Errors
    ///
    /// When the folder cannot be used, a file in it is not a key or may be read by others, or the two do not belong together.
    pub fn open(folder: &Path) -> Result<Self, VaultError> {
        let failed = |why: String| VaultError::Keys { folder: folder.display().to_string(), why };
        let files = key_files::open(folder, make).map_err(|error| match error {
            Failure::File(error) => failed(error.to_string()),
            Failure::Vault(error) => error,
        })?;
        let root = crypto::key(&files.root).ok_or_else(|| failed("the root key is not 32 bytes".to_owned()))?;
        let epoch = crypto::unwrap(&root, EPOCH_BOUND, &files.epoch).map_err(|_| VaultError::WrongRoot)?;
        Self::derive(&root, epoch)
    }

    /// Keys in memory, gone with the process: for scenarios and tests.
    ///
    /// # Errors
    ///
    /// When the system gives no random bytes.
    pub fn ephemeral() -> Result<Self, VaultError> {
        let root = crypto::new_key()?;
        let epoch = crypto::new_key()?;
        Self::derive(&root, epoch)
    }

    fn derive(root: &Key, epoch: Key) -> Result<Self, VaultError> {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"upheld 1");
        let expand = salt.extract(root.as_slice());
        let key = |label: &str| -> Result<Key, VaultError> {
            let mut out = Zeroizing::new([0; 32]);
            expand
                .expand(&[label.as_bytes()], hkdf::HKDF_SHA256)
                .and_then(|okm| okm.fill(out.as_mut_slice()))
                .map_err(|_| VaultError::NoRandomness)?;
            Ok(out)
        };
        let mac = |label: &str| key(label).map(|key| hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()));
        Ok(Self(Arc::new(Inner {
            epoch,
            look_up: mac("look-up")?,
            standing: mac("standing")?,
            subject: mac("subject")?,
            log: key("log")?,
            tokens: mac("tokens")?,
        })))
    }

    pub(crate) fn epoch(&self) -> &Key {
        &self.0.epoch
    }

    pub(crate) fn look_up(&self) -> &hmac::Key {
        &self.0.look_up
    }

    pub(crate) fn standing(&self) -> &hmac::Key {
        &self.0.standing
    }

    /// The secret of the log's head.
    #[must_use]
    pub fn log(&self) -> &[u8; 32] {
        &self.0.log
    }

    /// A person as the log names them: HMAC of their id, in hex.
    #[must_use]
    pub fn subject(&self, person: crate::PersonId) -> String {
        hex(&crypto::mac(&self.0.subject, &[person.as_bytes()]))
    }

    /// The hash under which an access token is stored.
    #[must_use]
    pub fn token_hash(&self, secret: &[u8]) -> [u8; 32] {
        crypto::mac(&self.0.tokens, &[secret])
    }
}

enum Failure {
    File(std::io::Error),
    Vault(VaultError),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::File(error)
    }
}

fn make() -> Result<Files, Failure> {
    let root = crypto::new_key().map_err(Failure::Vault)?;
    let epoch = crypto::new_key().map_err(Failure::Vault)?;
    let wrapped = crypto::wrap(&root, EPOCH_BOUND, &epoch).map_err(Failure::Vault)?;
    Ok(Files { root: Zeroizing::new(root.to_vec()), epoch: Zeroizing::new(wrapped) })
}
