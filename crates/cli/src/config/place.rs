//! Looks at folders: does this one last, and which lies within which?

use std::path::{Component, Path, PathBuf};

/// Folders that the system empties by itself, at a start or after some days.
const EMPTIED: [&str; 5] = ["/tmp", "/var/tmp", "/dev/shm", "/run", "/private/tmp"];

/// What is mounted, as this process sees it. Not `/proc/mounts`, which a hardened service may not see.
const MOUNTED: &str = "/proc/self/mounts";

/// An absolute path without links and dots. What is not there yet is taken as it is written.
pub(crate) fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut missing = PathBuf::new();
    for ancestor in absolute.ancestors() {
        if let Ok(found) = ancestor.canonicalize() {
            return plain(&found.join(&missing));
        }
        let Some(name) = ancestor.file_name() else { break };
        missing = if missing.as_os_str().is_empty() { PathBuf::from(name) } else { Path::new(name).join(&missing) };
    }
    plain(&absolute)
}

fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

/// The folder of a file, without links.
pub(crate) fn folder(file: &Path) -> PathBuf {
    // The file itself may be a link to somewhere else: its data lie there.
    let file = real(file);
    file.parent().map_or_else(|| file.clone(), Path::to_owned)
}

/// Why what is stored in this file may be gone tomorrow; none: nothing speaks for it.
pub(crate) fn ephemeral(file: &Path) -> Option<String> {
    let folder = folder(file);
    let temporary = std::env::temp_dir();
    for root in EMPTIED.into_iter().map(Path::new).chain([temporary.as_path()]) {
        let root = real(root);
        if root.parent().is_some() && folder.starts_with(&root) {
            return Some(format!("`{}` is emptied by the system", root.display()));
        }
    }
    let mounts = std::fs::read_to_string(MOUNTED).ok()?;
    let (point, kind) = mount(&mounts, &folder)?;
    let in_memory = ["tmpfs", "ramfs", "devtmpfs"].contains(&kind.as_str());
    in_memory.then(|| format!("`{}` is a {kind}: it lies in memory and is gone at the next start", point.display()))
}

/// Whether a file would lie in the layer of a container itself, which goes when the container does.
pub(crate) fn container_layer(file: &Path) -> bool {
    let mounts = std::fs::read_to_string(MOUNTED).unwrap_or_default();
    mount(&mounts, &folder(file)).is_some_and(|(point, kind)| kind == "overlay" && point == Path::new("/"))
}

/// The mount point that a folder lies on and its kind, from a text like that of [`MOUNTED`].
fn mount(mounts: &str, folder: &Path) -> Option<(PathBuf, String)> {
    let lines = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((PathBuf::from(unescape(fields.next()?)), fields.next()?.to_owned()))
    });
    // Of two on the same point the later one covers the earlier one.
    lines.filter(|(point, _)| folder.starts_with(point)).max_by_key(|(point, _)| point.components().count())
}

/// Blanks and the like stand in [`MOUNTED`] as octal numbers.
fn unescape(field: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .into_iter()
        .fold(field.to_owned(), |text, (code, plain)| text.replace(code, plain))
}

/// How the folder of the keys lies to the store when one copy of a folder takes both; none: they lie apart.
pub(crate) fn beside(store: &Path, keys: &Path) -> Option<String> {
    let (home, keys) = (folder(store), real(keys));
    if keys == home {
        Some(format!("the keys lie in the same folder as the store, `{}`", home.display()))
    } else if keys.starts_with(&home) {
        Some(format!("the keys lie in `{}`, within the folder of the store", keys.display()))
    } else if home.starts_with(&keys) {
        Some(format!("the store lies in `{}`, within the folder of the keys", home.display()))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "overlay / overlay rw 0 0\nproc /proc proc rw 0 0\ntmpfs /srv/quick\\040one tmpfs rw 0 0\n\
                          /dev/sda1 /srv ext4 rw 0 0\ntmpfs /srv tmpfs rw 0 0\n/dev/sdb /srv/data xfs rw 0 0\n";

    #[test]
    fn the_innermost_and_the_last_mount_counts() {
        let kind = |folder: &str| mount(MOUNTS, Path::new(folder)).unwrap().1;
        assert_eq!(kind("/var/lib/upheld"), "overlay");
        assert_eq!(kind("/srv/quick one/a"), "tmpfs");
        assert_eq!(kind("/srv"), "tmpfs", "mounted over");
        assert_eq!(kind("/srv/data/upheld"), "xfs");
        assert_eq!(kind("/srv/database"), "tmpfs", "whole names only");
        assert_eq!(mount("", Path::new("/srv")), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_for_temporary_files_is_ephemeral_also_by_a_link() {
        let temporary = tempfile::tempdir().unwrap();
        assert!(ephemeral(&temporary.path().join("upheld.db")).is_some());
        assert!(ephemeral(Path::new("/run/upheld/not/there/upheld.db")).is_some());
        assert!(ephemeral(Path::new("/tmp/../tmp/upheld.db")).is_some());
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let link = temporary.path().join("lasting");
        std::os::unix::fs::symlink("/", &link).unwrap();
        assert_eq!(real(&link.join("no/such/folder")), Path::new("/no/such/folder"));
        let (direct, linked) = (here.join("upheld.db"), link.join(here.strip_prefix("/").unwrap()).join("upheld.db"));
        assert_eq!(ephemeral(&linked), ephemeral(&direct), "what counts is where the link leads");
    }

    #[test]
    fn keys_are_beside_the_store_when_one_folder_holds_both() {
        let beside = |store: &str, keys: &str| beside(Path::new(store), Path::new(keys)).is_some();
        assert!(beside("/srv/upheld/upheld.db", "/srv/upheld/keys"));
        assert!(beside("/srv/upheld/upheld.db", "/srv/upheld"));
        assert!(beside("/srv/keys/store/upheld.db", "/srv/keys"));
        assert!(beside("/srv/upheld/upheld.db", "/srv/other/../upheld/keys"));
        assert!(!beside("/srv/upheld/upheld.db", "/srv/upheld-keys"));
        assert!(!beside("/srv/upheld/upheld.db", "/etc/upheld/keys"));
    }
}
