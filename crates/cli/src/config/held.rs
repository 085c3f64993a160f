//! One server a store. The lock is a file of its own beside the store: locking the store itself would meet the locks that the
//! engine holds on it, and other commands may work on a store while it is served.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::place::real;

/// How often the lock is tried, a tenth of a second apart: a server that is just ending, or a look at the lock, passes.
const TRIES: u32 = 10;

/// What the file says at most, in bytes.
const LONGEST: u64 = 200;

/// A store that this process serves, until dropped. The file stays: a name that comes and goes could be locked twice.
#[derive(Debug)]
pub(crate) struct Held(File);

impl Held {
    /// Takes the store for this process.
    pub(crate) fn take(store: &Path, listen: SocketAddr) -> Result<Self> {
        let path = lock_path(store);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).with_context(|| {
            format!("cannot make `{}`; check that the folder of the store exists and may be written to", path.display())
        })?;
        for attempt in 1.. {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if attempt < TRIES => std::thread::sleep(Duration::from_millis(100)),
                Err(TryLockError::WouldBlock) => bail!(
                    "the store `{}` is served already by {}; stop that server first, or name another store (other commands may \
                     work on a store while it is served)",
                    store.display(),
                    said(&mut file)
                ),
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| {
                        format!("cannot lock `{}`; put the store on a local file system", path.display())
                    });
                }
            }
        }
        // Only for people who look; what counts is the lock.
        let note = format!("process {} at {listen}", std::process::id());
        drop(file.set_len(0).and_then(|()| file.write_all(note.as_bytes())));
        Ok(Self(file))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.0.set_len(0));
    }
}

/// Who serves a store now; none: nobody.
pub(crate) fn holder(store: &Path) -> Option<String> {
    let mut file = File::open(lock_path(store)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(said(&mut file)),
        _ => None,
    }
}

fn lock_path(store: &Path) -> PathBuf {
    let mut path = real(store).into_os_string();
    path.push("-serving");
    PathBuf::from(path)
}

fn said(file: &mut File) -> String {
    let mut note = String::new();
    let read = file.rewind().and_then(|()| file.take(LONGEST).read_to_string(&mut note));
    if read.is_ok() && note.starts_with("process ") { note } else { "another process".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_held_once_and_free_again_after() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("upheld.db");
        let listen = SocketAddr::from(([127, 0, 0, 1], 8080));
        assert_eq!(holder(&store), None);
        let held = Held::take(&store, listen).unwrap();
        let who = format!("process {} at 127.0.0.1:8080", std::process::id());
        assert_eq!(holder(&store), Some(who.clone()));
        let refused = Held::take(&store, listen).unwrap_err().to_string();
        assert!(refused.contains(&who), "{refused}");
        let other_way = folder.path().join("x/../upheld.db");
        std::fs::create_dir(folder.path().join("x")).unwrap();
        assert!(Held::take(&other_way, listen).is_err(), "the same file by another path");
        drop(held);
        assert_eq!(holder(&store), None);
        Held::take(&store, listen).unwrap();
    }
}
