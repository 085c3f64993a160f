//! Where the store, the keys and the listener are: flags, then `UPHELD_*`, then `upheld.toml`, then what is usual.
//!
//! `file.rs` reads `upheld.toml`, `place.rs` looks at folders, `held.rs` keeps two servers off one store.

mod file;
mod held;
mod place;
mod serving;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::builder::BoolishValueParser;
use upheld_service::{Clock, Keys, Place, Service, SystemClock};

pub(crate) use file::{Config, printable, read as read_file};
pub(crate) use held::{Held, holder};
pub(crate) use place::{beside, container_layer, ephemeral, folder, real};

/// The file that is read when none is named.
pub(crate) const FILE: &str = "upheld.toml";
/// The store when none is named.
pub(crate) const STORE: &str = "upheld.db";
/// The folder of the keys when none is named.
pub(crate) const KEYS: &str = "keys";
/// Where the server listens when nothing else is said.
pub(crate) const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// Flags that every command with a store shares.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct StoreArgs {
    /// Configuration file; `upheld.toml` here is read when it exists
    #[arg(long, env = "UPHELD_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The store: an SQLite file, made on first use
    #[arg(long, env = "UPHELD_STORE", value_name = "FILE")]
    pub(crate) store: Option<PathBuf>,
    /// The folder of the keys, outside the store and outside every backup of it
    #[arg(long, env = "UPHELD_KEYS", value_name = "FOLDER")]
    pub(crate) keys: Option<PathBuf>,
}

/// Flags about listening.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct ListenArgs {
    /// Address and port; off loopback a proxy must be named
    #[arg(long, env = "UPHELD_LISTEN", value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// The address under which people reach the server
    #[arg(long, env = "UPHELD_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// The proxy that ends TLS in front of this server
    #[arg(long, env = "UPHELD_PROXY", value_name = "NAME")]
    pub(crate) proxy: Option<String>,
    /// The country in which the store lies, by its two letters; needed where the policy says where it is
    #[arg(long, env = "UPHELD_STORE_COUNTRY", value_name = "COUNTRY")]
    pub(crate) store_country: Option<String>,
    /// Who runs the machines of the store, as the policy names them
    #[arg(long, env = "UPHELD_STORE_OPERATOR", value_name = "NAME")]
    pub(crate) store_operator: Option<String>,
    /// Serve a store in a folder that the system empties by itself, such as /tmp: for trying things out
    #[arg(long, env = "UPHELD_EPHEMERAL_OK", value_parser = BoolishValueParser::new())]
    pub(crate) ephemeral_ok: bool,
}

impl StoreArgs {
    /// The configuration file that is read; none: there is none.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.config {
            Some(path) => Some(path),
            None => Some(Path::new(FILE)).filter(|path| path.exists()),
        }
    }

    /// Reads the configuration file; flags and environment win over it.
    pub(crate) fn config(&self) -> Result<Config> {
        let Some(path) = self.file() else { return Ok(Config::default()) };
        let (config, faults) = read_file(path)?;
        let Some(first) = faults.first() else { return Ok(config) };
        let more = match faults.len() {
            1 => String::new(),
            n => format!(" (and {} more; `upheld config check` shows all)", n - 1),
        };
        bail!("the configuration `{}` cannot be used: {first}{more}", path.display())
    }

    /// The store's file and the folder of its keys.
    pub(crate) fn places(&self, config: &Config) -> (PathBuf, PathBuf) {
        let store = self.store.clone().or_else(|| config.store.clone()).unwrap_or_else(|| PathBuf::from(STORE));
        let keys = self.keys.clone().or_else(|| config.keys.clone()).unwrap_or_else(|| PathBuf::from(KEYS));
        (store, keys)
    }

    /// Opens the store with its keys; makes both when neither is there.
    pub(crate) fn open(&self) -> Result<Service> {
        self.open_by(Service::open)
    }

    /// Opens the store even when the head of its log does not verify, to say what is wrong with it.
    pub(crate) fn open_to_verify(&self) -> Result<Service> {
        self.open_by(Service::open_to_verify)
    }

    fn open_by(
        &self,
        open: impl Fn(Place, Keys, Arc<dyn Clock>) -> std::result::Result<Service, upheld_service::ServiceError>,
    ) -> Result<Service> {
        let (store, keys) = self.places(&self.config()?);
        if holds_something(&store) && !has_keys(&keys) {
            // New keys would be made beside the old store, and would open nothing of it.
            bail!(
                "the store `{}` is there, but `{}` has no keys; name the folder of its keys (`--keys`, `keys` in `{FILE}`), or \
                 restore them: without them nothing in the store can be read",
                store.display(),
                keys.display()
            );
        }
        let keys = Keys::open(&keys).with_context(|| format!("cannot open the keys in `{}`", keys.display()))?;
        open(Place::File(store.clone()), keys, Arc::new(SystemClock))
            .with_context(|| format!("cannot open the store `{}`", store.display()))
    }
}

/// Whether a store was ever made in this file.
pub(crate) fn holds_something(store: &Path) -> bool {
    std::fs::metadata(store).is_ok_and(|meta| meta.len() > 0)
}

/// Whether the folder holds any key file, finished or not. One that cannot be looked into may.
pub(crate) fn has_keys(folder: &Path) -> bool {
    match std::fs::read_dir(folder) {
        Ok(_) => !key_files(folder).is_empty(),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}

/// The files of a folder of keys, in the order of their names.
pub(crate) fn key_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".key") || name.ends_with(".key.new")
        })
        .collect();
    files.sort();
    files
}
