//! What is in the store: does it open with these keys and this program, is a policy in force, are there access keys? A store is
//! opened only where that makes nothing and brings nothing up to date.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use upheld_service::{Keys, Place, Service, ServiceError, SystemClock};
use upheld_store::{Store, StoreError};

use super::InEffect;
use super::findings::{Findings, Level};
use crate::config::{folder, has_keys, holds_something};
use crate::policy_file::count;

/// Which migrations ran, with their checksums, by area and number.
type Migrations = BTreeMap<(String, i64), String>;

pub(super) fn look(set: &InEffect, findings: &mut Findings) {
    match (holds_something(&set.store), has_keys(&set.keys)) {
        (false, false) => {
            let what = "there is no store and there are no keys yet; the first command that needs them makes both";
            findings.note("new", what, "next: upheld activate privacy.md --by NAME");
        }
        (false, true) => {
            let what = "the keys are there, but there is no store yet; the first command that needs it makes one";
            findings.add(Level::Note, Level::Warning, "store_missing", what, "if there was a store, see `store`");
        }
        (true, false) => findings.error(
            "keys_missing",
            format!("the store is there, but `{}` has no keys: nothing in the store can be read", set.keys.display()),
            "name the folder of its keys (`keys`), or restore them",
        ),
        (true, true) => {
            if migrations_fit(&set.store, findings) {
                opened(set, findings);
            }
        }
    }
}

/// Whether the store is as this program would have made it.
fn migrations_fit(store: &Path, findings: &mut Findings) -> bool {
    let ran = match migrations(store) {
        Ok(ran) => ran,
        Err(StoreError::Busy) => {
            findings.warning("store_busy", "another process holds the store, so it was not looked into", "try again");
            return false;
        }
        Err(error) => {
            findings.error(
                "store_not_opened",
                format!("`{}` does not open as a store of this program ({error})", store.display()),
                "name the store (`store`), or restore it",
            );
            return false;
        }
    };
    let known = match known(&folder(store)) {
        Ok(known) => known,
        Err(error) => {
            let what = format!("what this program knows about stores could not be told ({error:#})");
            findings.warning("store_not_compared", what, "let this user make files in the folder for temporary files");
            return false;
        }
    };
    if let Some((area, number)) = ran.keys().find(|name| !known.contains_key(*name)) {
        findings.error(
            "store_newer",
            format!("the store has migration {area} {number}, which this program does not know"),
            "use the program that wrote it, or a newer one",
        );
        return false;
    }
    if let Some(((area, number), _)) = ran.iter().find(|(name, sum)| known.get(*name) != Some(*sum)) {
        findings.error(
            "store_changed",
            format!("migration {area} {number} of the store is not the one of this program"),
            "use the program that wrote it",
        );
        return false;
    }
    let missing = known.len() - ran.len();
    if missing > 0 {
        findings.note(
            "store_older",
            format!("the store is an older program's: {} will run at the next start", count(missing, "migration")),
            "copy the store and its keys first, each to its own place: there is no way back",
        );
    }
    missing == 0
}

/// The migrations that ran in a store, which is read as it is.
fn migrations(store: &Path) -> Result<Migrations, StoreError> {
    let store = Store::open(Place::File(store.to_owned()), &[])?;
    store.read(|tx| {
        let mut all = Migrations::new();
        for row in tx.query("SELECT area, number, checksum FROM migration", &[])? {
            all.insert((row.text(0)?.to_owned(), row.int(1)?), row.text(2)?.to_owned());
        }
        Ok(all)
    })
}

/// The migrations that this program knows: those of a store that it makes anew. It is made in the folder for temporary files,
/// or, on a machine where nothing else may be written, beside the store.
fn known(home: &Path) -> Result<Migrations> {
    let folder = Scratch::make(&std::env::temp_dir()).or_else(|_| Scratch::make(home))?;
    let store = folder.0.join("fresh.db");
    drop(Service::open(Place::File(store.clone()), Keys::ephemeral()?, Arc::new(SystemClock))?);
    Ok(migrations(&store)?)
}

/// A folder that is gone again when this is.
struct Scratch(PathBuf);

impl Scratch {
    fn make(within: &Path) -> Result<Self> {
        let folder = within.join(format!("upheld-check-{}", std::process::id()));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Opens the store with its keys and looks at what is in it.
fn opened(set: &InEffect, findings: &mut Findings) {
    let service = Keys::open(&set.keys)
        .map_err(ServiceError::from)
        .and_then(|keys| Service::open(Place::File(set.store.clone()), keys, Arc::new(SystemClock)));
    let service = match service {
        Ok(service) => service,
        Err(error) => {
            findings.error(
                "store_not_opened",
                format!("the store does not open with the keys in `{}`: {error}", set.keys.display()),
                "name the folder of its keys (`keys`), or restore what is missing",
            );
            return;
        }
    };
    if let Err(error @ ServiceError::MeaningChanged { .. }) = service.ready() {
        let help =
            "activate the text as a new version (`version` in its front matter), or use the program that activated it";
        return findings.error("policy_meaning", error.to_string(), help);
    }
    if let Err(error) = contents(&service, findings) {
        findings.error("store_not_read", error.to_string(), "run `upheld evidence verify`");
    }
}

fn contents(service: &Service, findings: &mut Findings) -> Result<()> {
    if service.in_force()?.is_none() {
        let what = match service.versions()?.last() {
            Some(coming) => format!("no policy is in force until {}: nothing is permitted", coming.from),
            None => "no policy is in force: nothing is permitted".to_owned(),
        };
        findings.warning("no_policy", what, "upheld activate privacy.md --by NAME");
    }
    if service.access_list()?.iter().all(|key| key.revoked) {
        findings.warning(
            "no_access_key",
            "there is no access key: no program can ask for anything",
            "upheld access add NAME --as ROLE --verbs collect,use",
        );
    }
    Ok(())
}
