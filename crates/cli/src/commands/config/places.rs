//! The folder of the store and the folder of the keys: do they last, can they be written, who else can read them, and does one
//! copy take both?

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::Path;

use super::InEffect;
use super::findings::{Findings, Level};
use crate::config::{beside, container_layer, ephemeral, folder, holder, key_files, real};

pub(super) fn look(set: &InEffect, findings: &mut Findings) {
    lasting(set, findings);
    if let Some(how) = beside(&set.store, &set.keys) {
        findings.add(
            Level::Warning,
            Level::Error,
            "keys_beside_store",
            format!("{how}: one copy of that folder takes both, and who has both reads everything"),
            "keep the keys in a folder of their own that no copy of the store includes (`keys`)",
        );
    }
    writable(set, findings);
    if cfg!(unix) {
        private(set, findings);
    }
    if let Some(who) = holder(&set.store) {
        findings.note(
            "served",
            format!("the store is being served by {who}"),
            "nothing to do; a second server is refused",
        );
    }
}

fn lasting(set: &InEffect, findings: &mut Findings) {
    if let Some(why) = ephemeral(&set.store) {
        let level = if set.ephemeral_ok { Level::Warning } else { Level::Error };
        findings.add(
            level,
            Level::Error,
            "store_ephemeral",
            format!("the store would not last: {why}"),
            "name a store elsewhere (`store`); to try things out, say `--ephemeral-ok`",
        );
    } else if container_layer(&set.store) {
        findings.warning(
            "store_in_container",
            "the store lies in the container's own layer: it is gone when the container is replaced",
            "put it on a volume",
        );
    }
    if let Some(why) = ephemeral(&set.keys.join("root.key")) {
        // Keys that are there may be put there at each start, from a place that lasts; new ones would be lost.
        let new = key_files(&set.keys).is_empty() && !set.ephemeral_ok;
        findings.add(
            if new { Level::Error } else { Level::Warning },
            if new { Level::Error } else { Level::Warning },
            "keys_ephemeral",
            format!("the keys would not last: {why}; without them nothing in the store can be read"),
            "name a folder elsewhere (`keys`), or see to it that they are put back at each start",
        );
    } else if container_layer(&set.keys.join("root.key")) {
        findings.warning(
            "keys_in_container",
            "the keys lie in the container's own layer: they are gone when the container is replaced",
            "put them on a volume of their own",
        );
    }
}

fn writable(set: &InEffect, findings: &mut Findings) {
    let home = folder(&set.store);
    if !home.is_dir() {
        findings.error(
            "store_folder",
            format!("the folder of the store, `{}`, is not there", home.display()),
            "make it, for the user who runs the server and nobody else",
        );
    } else if let Err(error) = can_write(&home) {
        findings.error(
            "store_folder",
            format!("the folder of the store, `{}`, cannot be written to ({error})", home.display()),
            "give it to the user who runs the server: files beside the store are made and removed there",
        );
    } else if OpenOptions::new().append(true).open(&set.store).is_err_and(|error| error.kind() != ErrorKind::NotFound) {
        findings.error(
            "store_folder",
            format!("the store `{}` cannot be written to", set.store.display()),
            "give it to the user who runs the server",
        );
    }
    // Keys that are there are only read.
    if key_files(&set.keys).is_empty() {
        let keys = real(&set.keys);
        let there = keys.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(Path::new("/"));
        if let Err(error) = can_write(there) {
            findings.error(
                "keys_folder",
                format!("keys cannot be made in `{}` ({error})", keys.display()),
                "make the folder for the user who runs the server and nobody else",
            );
        }
    }
}

/// Whether this user may make files in a folder: only trying tells.
fn can_write(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".upheld-check-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).open(&probe)?;
    std::fs::remove_file(&probe)
}

#[cfg(not(unix))]
fn mode(_: &Path) -> Option<u32> {
    None
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).ok().map(|meta| meta.permissions().mode() & 0o777)
}

/// Who else can read or change the keys and the store.
fn private(set: &InEffect, findings: &mut Findings) {
    let of = |path: &Path, mask: u32| mode(path).filter(|mode| mode & mask != 0);
    if let Some(mode) = of(&set.keys, 0o077) {
        let level = if mode & 0o022 == 0 { Level::Warning } else { Level::Error };
        findings.add(
            level,
            Level::Error,
            "keys_readable",
            format!("the folder of the keys, `{}`, is open to others (mode {mode:03o})", set.keys.display()),
            format!("`chmod 700 {}`", set.keys.display()),
        );
    }
    for file in key_files(&set.keys) {
        // The program reads no key that others may read or that a group may change.
        let Some(mode) = of(&file, 0o077) else { continue };
        let level = if mode & 0o027 == 0 { Level::Warning } else { Level::Error };
        findings.add(
            level,
            Level::Error,
            "keys_readable",
            format!("the key `{}` can be read by others (mode {mode:03o})", file.display()),
            format!("`chmod 600 {}`; if somebody may have read it, see docs/threat-model.md", file.display()),
        );
    }
    if let Some(mode) = of(&set.store, 0o077) {
        findings.warning(
            "store_readable",
            format!("the store `{}` is open to others (mode {mode:03o})", set.store.display()),
            format!("`chmod 600 {}`", set.store.display()),
        );
    }
}
