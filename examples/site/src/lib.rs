//! An example service: Larchfield Hosting, a small hosting company that keeps no personal data of its own.
//!
//! Everything personal goes through Upheld's HTTP API under `/v1`, as it would for any customer of Upheld. The site itself
//! remembers nobody: who is signed in stands in the pages that they have open, signed. Its forms are drawn from
//! `GET /v1/policy`: what the policy does not declare at a collection point cannot be asked there. The policy declares no
//! cookie, so there is none.

mod client;
mod config;
mod form;
mod headers;
mod keys;
mod pages;
mod passes;
mod policy;
mod products;
mod routes;
mod visits;

pub use config::{Clock, Places, SiteConfig, system_clock};
pub use keys::{KeyError, SiteKey};
pub use routes::router;

use std::future::Future;
use std::net::SocketAddr;

/// Why the site could not run.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The address cannot be listened on.
    #[error("the site cannot listen on `{address}`: {source}; choose another address")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The listener stopped.
    #[error("the site stopped: {0}")]
    Stopped(#[from] std::io::Error),
}

/// Serves the site on `config.listen` until `shutdown` completes, then lets running requests end.
///
/// # Errors
/// When the address cannot be listened on, or the listener fails.
pub async fn serve(config: SiteConfig, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), SiteError> {
    let address = config.listen;
    let listener =
        tokio::net::TcpListener::bind(address).await.map_err(|source| SiteError::Listen { address, source })?;
    serve_on(listener, config, shutdown).await
}

/// Serves the site on a listener that is already bound (so that a caller can choose a free port), until `shutdown`
/// completes.
///
/// # Errors
/// When the listener fails.
pub async fn serve_on(
    listener: tokio::net::TcpListener,
    config: SiteConfig,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), SiteError> {
    axum::serve(listener, router(config)).with_graceful_shutdown(shutdown).await?;
    Ok(())
}
