//! The two files in which a store's keys lie: the root key, and the epoch key under it.
//!
//! They are made so that a crash at any instant leaves either both or what the next opening makes both of: the epoch key is
//! written aside first, the root key second, and then the epoch key gets its name.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Error, ErrorKind, Read as _, Result, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

const ROOT: &str = "root.key";
const EPOCH: &str = "epoch-1.key";
const ROOT_HEADER: &str = "upheld root key 1\n";
const EPOCH_HEADER: &str = "upheld epoch key 1\n";

/// Longer than any key file; what is longer is none.
const MOST: u64 = 4_096;

/// What the files hold: the root key, and the epoch key sealed under it.
pub(crate) struct Files {
    pub(crate) root: Zeroizing<Vec<u8>>,
    pub(crate) epoch: Zeroizing<Vec<u8>>,
}

/// Reads both files; makes them when the folder has neither. `make` draws what is to be written.
pub(crate) fn open<E: From<Error>>(
    folder: &Path,
    make: impl FnOnce() -> std::result::Result<Files, E>,
) -> std::result::Result<Files, E> {
    make_folder(folder)?;
    let place = Place(folder);
    if !place.root().try_exists()? || !place.epoch().try_exists()? {
        // Whoever comes second waits here and then finds what the first has made.
        let _held = lock(folder)?;
        place.complete(make)?;
    }
    let root = read(&place.root(), ROOT_HEADER)?;
    let epoch = read(&place.epoch(), EPOCH_HEADER)?;
    Ok(Files { root, epoch })
}

struct Place<'p>(&'p Path);

impl Place<'_> {
    fn root(&self) -> PathBuf {
        self.0.join(ROOT)
    }

    fn epoch(&self) -> PathBuf {
        self.0.join(EPOCH)
    }

    fn aside(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.new"))
    }

    fn complete<E: From<Error>>(
        &self,
        make: impl FnOnce() -> std::result::Result<Files, E>,
    ) -> std::result::Result<(), E> {
        match (self.root().try_exists()?, self.epoch().try_exists()?) {
            (true, true) => Ok(()),
            (false, true) => Err(missing(EPOCH, ROOT).into()),
            (true, false) if self.aside(EPOCH).try_exists()? => Ok(self.name_epoch()?),
            (true, false) => Err(missing(ROOT, EPOCH).into()),
            (false, false) => {
                let files = make()?;
                // Left by a making that did not get as far as the root key: nothing was ever sealed under them.
                for stale in [self.aside(EPOCH), self.aside(ROOT)] {
                    remove(&stale)?;
                }
                write(&self.aside(EPOCH), EPOCH_HEADER, &files.epoch)?;
                write(&self.aside(ROOT), ROOT_HEADER, &files.root)?;
                sync(self.0)?;
                fs::rename(self.aside(ROOT), self.root())?;
                sync(self.0)?;
                Ok(self.name_epoch()?)
            }
        }
    }

    fn name_epoch(&self) -> Result<()> {
        fs::rename(self.aside(EPOCH), self.epoch())?;
        sync(self.0)
    }
}

fn missing(there: &str, missing: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("`{there}` is there but `{missing}` is not; restore it, the data cannot be read without it"),
    )
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes the folder when it is not there, for nobody else to enter.
fn make_folder(folder: &Path) -> Result<()> {
    if folder.try_exists()? {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync(parent),
        _ => sync(Path::new(".")),
    }
}

/// Makes names durable: a file that was synced is lost all the same when its folder was not.
fn sync(folder: &Path) -> Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Holds the folder against other makers until the answer is dropped.
fn lock(folder: &Path) -> Result<Option<File>> {
    if !cfg!(unix) {
        return Ok(None);
    }
    let file = File::open(folder)?;
    file.lock()?;
    Ok(Some(file))
}

fn write(path: &Path, header: &str, secret: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let mut text = Zeroizing::new(String::with_capacity(header.len() + 2 * secret.len() + 1));
    text.push_str(header);
    for byte in secret {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn read(path: &Path, header: &str) -> Result<Zeroizing<Vec<u8>>> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let invalid = |why: &str| Error::new(ErrorKind::InvalidData, format!("`{name}` {why}"));
    let file = File::open(path).map_err(|error| Error::new(error.kind(), format!("`{name}`: {error}")))?;
    let meta = file.metadata()?;
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o027 != 0 {
        return Err(invalid("may be read or changed by others; take that away (`chmod 600`)"));
    }
    if meta.len() > MOST {
        return Err(invalid("is too long for a key"));
    }
    // Room for all of it at once: a buffer that grows leaves its old bytes behind.
    let mut text = Zeroizing::new(Vec::with_capacity(4_096));
    file.take(MOST).read_to_end(&mut text)?;
    let body = text.strip_prefix(header.as_bytes());
    let body = body.ok_or_else(|| invalid(&format!("does not begin with `{}`", header.trim_end())))?;
    let digits = body.trim_ascii();
    let (pairs, odd) = digits.as_chunks::<2>();
    let mut out = Zeroizing::new(Vec::with_capacity(pairs.len()));
    for [high, low] in pairs {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (digit(*high), digit(*low)) {
            (Some(high), Some(low)) => out.push(high << 4 | low),
            _ => return Err(invalid("is damaged")),
        }
    }
    if odd.is_empty() { Ok(out) } else { Err(invalid("is damaged")) }
}
