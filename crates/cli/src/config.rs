//! `upheld.toml` and `UPHELD_*`: where the store, the keys and the listener are.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use serde::Deserialize;
use upheld_service::{Keys, Place, Service, SystemClock};

/// Flags that every command with a store shares.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct StoreArgs {
    /// Configuration file; `upheld.toml` here is read when it exists
    #[arg(long, env = "UPHELD_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The store: an SQLite file, made on first use
    #[arg(long, env = "UPHELD_STORE", value_name = "FILE")]
    store: Option<PathBuf>,
    /// The folder of the keys, outside the store and outside every backup of it
    #[arg(long, env = "UPHELD_KEYS", value_name = "FOLDER")]
    keys: Option<PathBuf>,
}

/// What `upheld.toml` may say. An unknown name is an error.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The SQLite file; `upheld.db` when left out.
    store: Option<PathBuf>,
    /// The folder of the keys; `keys` when left out.
    keys: Option<PathBuf>,
    /// Address and port to listen on; `127.0.0.1:8080` when left out.
    pub(crate) listen: Option<SocketAddr>,
    /// The address under which people reach the server.
    pub(crate) public_url: Option<String>,
    /// The proxy that ends TLS in front of this server; needed to listen off loopback.
    pub(crate) proxy: Option<String>,
}

impl StoreArgs {
    /// Reads the configuration file; flags and environment win over it.
    pub(crate) fn config(&self) -> Result<Config> {
        let default = Path::new("upheld.toml");
        let path = match &self.config {
            Some(path) => path.as_path(),
            None if default.exists() => default,
            None => return Ok(Config::default()),
        };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration `{}`", path.display()))?;
        toml::from_str(&text)
            .with_context(|| format!("the configuration `{}` is not of the right form", path.display()))
    }

    /// Opens the store with its keys.
    pub(crate) fn open(&self) -> Result<Service> {
        let config = self.config()?;
        let store = self.store.clone().or(config.store).unwrap_or_else(|| PathBuf::from("upheld.db"));
        let keys = self.keys.clone().or(config.keys).unwrap_or_else(|| PathBuf::from("keys"));
        let keys = Keys::open(&keys).with_context(|| format!("cannot open the keys in `{}`", keys.display()))?;
        Service::open(Place::File(store.clone()), keys, Arc::new(SystemClock))
            .with_context(|| format!("cannot open the store `{}`", store.display()))
    }
}
