//! Where the demo's store and keys lie.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use upheld_service::{Keys, Place, Service, SystemClock};

/// Says that a folder is the demo's own, to be emptied when the demo runs there again.
const MARK: &str = "made-by-upheld-demo";
const STORE: &str = "upheld.db";
const KEYS: &str = "keys";

/// The folder of one run.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes a new folder for temporary files, or takes `wanted` when it holds no store but the demo's own.
    pub(super) fn make(wanted: Option<&Path>) -> Result<Self> {
        let folder = match wanted {
            None => Self(fresh()?),
            Some(path) => {
                let folder = Self(path.to_owned());
                folder.clear()?;
                folder
            }
        };
        let mark = folder.0.join(MARK);
        fs::write(&mark, "`upheld demo` made this folder and may empty it. Nothing in it is about real people.\n")
            .with_context(|| format!("cannot write `{}`", mark.display()))?;
        Ok(folder)
    }

    /// The folder itself.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The store.
    pub(super) fn store(&self) -> PathBuf {
        self.0.join(STORE)
    }

    /// The keys.
    pub(super) fn keys(&self) -> PathBuf {
        self.0.join(KEYS)
    }

    /// Opens the store, with the machine's own clock.
    pub(super) fn open(&self) -> Result<Service> {
        let (store, keys) = (self.store(), self.keys());
        let opened = Keys::open(&keys).with_context(|| format!("cannot make keys in `{}`", keys.display()))?;
        Service::open(Place::File(store.clone()), opened, Arc::new(SystemClock))
            .with_context(|| format!("cannot make the store `{}`", store.display()))
    }

    /// Leaves no store of an earlier run behind, and touches nobody else's.
    fn clear(&self) -> Result<()> {
        fs::create_dir_all(&self.0).with_context(|| format!("cannot make the folder `{}`", self.0.display()))?;
        let ours = self.0.join(MARK).exists();
        if !ours && (self.store().exists() || self.keys().exists()) {
            bail!(
                "`{}` holds a store that the demo did not make; name another folder, or leave `--store` out",
                self.0.display()
            );
        }
        if ours {
            for suffix in ["", "-wal", "-shm", "-journal"] {
                gone(fs::remove_file(self.0.join(format!("{STORE}{suffix}"))))?;
            }
            gone(fs::remove_dir_all(self.keys()))?;
        }
        Ok(())
    }
}

fn gone(removed: std::io::Result<()>) -> Result<()> {
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).context("cannot remove the store of an earlier run; is a demo still running there?")
        }
        _ => Ok(()),
    }
}

/// A new folder that only this user can open.
fn fresh() -> Result<PathBuf> {
    let base = std::env::temp_dir();
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() % 100_000_000);
    for attempt in 0..100 {
        let path = base.join(format!("upheld-demo-{}", seed + attempt));
        match private(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("cannot make the folder `{}`", path.display())),
        }
    }
    bail!("cannot make a new folder in `{}`; name one with `--store`", base.display())
}

fn private(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_demos_own_store_is_replaced() {
        let base = fresh().unwrap();
        let foreign = base.join("foreign");
        fs::create_dir(&foreign).unwrap();
        fs::write(foreign.join(STORE), "somebody's").unwrap();
        assert!(Folder::make(Some(&foreign)).is_err());
        assert_eq!(fs::read_to_string(foreign.join(STORE)).unwrap(), "somebody's");

        let own = base.join("own");
        let folder = Folder::make(Some(&own)).unwrap();
        fs::write(folder.store(), "an earlier run's").unwrap();
        fs::write(own.join("notes.txt"), "mine").unwrap();
        Folder::make(Some(&own)).unwrap();
        assert!(!own.join(STORE).exists());
        assert!(own.join("notes.txt").exists(), "nothing but the store and the keys is removed");
        fs::remove_dir_all(base).unwrap();
    }
}
