//! The keys above the database: root → epoch, and what is derived from the root. They lie in a folder of their own, outside
//! the database and outside every backup of it.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::{hkdf, hmac};
use zeroize::Zeroizing;

use crate::crypto::{self, Key};
use crate::error::VaultError;

const ROOT_FILE: &str = "root.key";
const EPOCH_FILE: &str = "epoch-1.key";
const ROOT_HEADER: &str = "upheld root key 1";
const EPOCH_HEADER: &str = "upheld epoch key 1";
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
    /// When the folder cannot be used or a file in it is not a key.
    pub fn open(folder: &Path) -> Result<Self, VaultError> {
        let failed = |why: String| VaultError::Keys { folder: folder.display().to_string(), why };
        fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
        let (root_file, epoch_file) = (folder.join(ROOT_FILE), folder.join(EPOCH_FILE));
        if !root_file.exists() {
            if epoch_file.exists() {
                return Err(failed(format!(
                    "`{EPOCH_FILE}` is there but `{ROOT_FILE}` is not; restore it, the data cannot be read without it"
                )));
            }
            let root = crypto::new_key()?;
            let epoch = crypto::new_key()?;
            let wrapped = crypto::wrap(&root, EPOCH_BOUND, &epoch)?;
            // The root last: a crash in between leaves a folder that is made anew.
            fs::remove_file(&epoch_file).ok();
            write_secret(&root_file, ROOT_HEADER, root.as_slice()).map_err(|error| failed(error.to_string()))?;
            write_secret(&epoch_file, EPOCH_HEADER, &wrapped).map_err(|error| failed(error.to_string()))?;
        }
        let root = read_secret(&root_file, ROOT_HEADER).map_err(failed)?;
        let root: Key =
            Zeroizing::new(root.as_slice().try_into().map_err(|_| failed(format!("`{ROOT_FILE}` is not 32 bytes")))?);
        let wrapped = read_secret(&epoch_file, EPOCH_HEADER).map_err(failed)?;
        let epoch = crypto::unwrap(&root, EPOCH_BOUND, &wrapped).map_err(|_| VaultError::WrongRoot)?;
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

fn write_secret(path: &Path, header: &str, secret: &[u8]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let text = Zeroizing::new(format!("{header}\n{}\n", hex(secret)));
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn read_secret(path: &Path, header: &str) -> Result<Zeroizing<Vec<u8>>, String> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| format!("`{name}`: {error}"))?);
    let body =
        text.strip_prefix(header).map(str::trim).ok_or_else(|| format!("`{name}` does not begin with `{header}`"))?;
    let bytes: Option<Vec<u8>> = body
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    bytes.map(Zeroizing::new).ok_or_else(|| format!("`{name}` is damaged"))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
