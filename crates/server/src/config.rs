//! How the server listens, and how much it takes on.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil::Date;
use thiserror::Error;

use crate::limits::{Rate, Ticks};
use crate::observe::{LONGEST_DAYS, Observe};

/// How the server listens, and how much it takes on.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Address and port. Off loopback `trusted_proxy` must be named.
    pub listen: SocketAddr,
    /// The address under which people reach the server (`https://privacy.example.org`), for links that leave it.
    pub public_url: Option<String>,
    /// The proxy that ends TLS in front of this server. Naming it says that nobody else can reach `listen`.
    pub trusted_proxy: Option<String>,
    /// The longest request body, in bytes.
    pub body_limit: usize,
    /// How many connections are open at the same time; more wait to be taken.
    pub connections: usize,
    /// How long a connection may take to send the head of its next request.
    pub head_timeout: Duration,
    /// How long a request may take to send its body.
    pub request_timeout: Duration,
    /// How many requests work on the store at the same time; the others wait.
    pub concurrency: usize,
    /// How long a request waits for its turn before it is sent away.
    pub queue_timeout: Duration,
    /// How many requests of one key are taken.
    pub key_rate: Rate,
    /// How many requests without a key are taken from one address.
    pub address_rate: Rate,
    /// The header in which the trusted proxy puts the caller's address last (`x-forwarded-for`). Behind a proxy that is not
    /// said to, requests without a key are not counted.
    pub client_header: Option<String>,
    /// What the rates are counted by.
    pub ticks: Ticks,
    /// Purposes for which questions are observed and not enforced yet.
    pub observe: Vec<Observe>,
    /// How often what is due is erased.
    pub sweep_every: Duration,
    /// How long requests that run may go on after the server was told to stop.
    pub grace: Duration,
}

impl Default for ServerConfig {
    /// Port 8080 of loopback, bodies of 1 MiB.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            trusted_proxy: None,
            body_limit: 1024 * 1024,
            connections: 512,
            head_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(10),
            concurrency: 32,
            queue_timeout: Duration::from_secs(5),
            key_rate: Rate { per_second: 2000, burst: 4000 },
            address_rate: Rate { per_second: 50, burst: 200 },
            client_header: None,
            ticks: Ticks::default(),
            observe: Vec::new(),
            sweep_every: Duration::from_secs(60),
            grace: Duration::from_secs(20),
        }
    }
}

impl ServerConfig {
    /// The usual configuration at another address.
    #[must_use]
    pub fn new(listen: SocketAddr) -> Self {
        Self { listen, ..Self::default() }
    }

    /// Whether the server may start like this.
    ///
    /// # Errors
    /// Off loopback without a proxy; a public address that is no `http://` or `https://` address; a header of a proxy that is
    /// not named; a purpose that is observed twice or has no name.
    pub fn check(&self) -> Result<(), ServeError> {
        if !self.listen.ip().is_loopback() && self.trusted_proxy.as_deref().is_none_or(|name| name.trim().is_empty()) {
            return Err(ServeError::NoProxy { listen: self.listen });
        }
        if let Some(url) = &self.public_url {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if rest.is_none_or(|rest| {
                rest.is_empty() || rest.contains(|c: char| c.is_whitespace() || "?#\"<>\\@".contains(c))
            }) {
                return Err(ServeError::PublicUrl { url: url.clone() });
            }
        }
        if let Some(header) = &self.client_header
            && (self.trusted_proxy.is_none() || header.parse::<axum::http::HeaderName>().is_err())
        {
            return Err(ServeError::ClientHeader);
        }
        for (index, Observe { purpose, .. }) in self.observe.iter().enumerate() {
            if purpose.is_empty() || self.observe.iter().take(index).any(|other| other.purpose == *purpose) {
                return Err(ServeError::ObservedTwice { purpose: purpose.clone() });
            }
        }
        Ok(())
    }

    /// Whether the last days of what is observed are near enough, seen from a day.
    ///
    /// # Errors
    /// When one is more than 90 days ahead.
    pub fn check_observed(&self, today: Date) -> Result<(), ServeError> {
        let latest = today.saturating_add(LONGEST_DAYS.days());
        match self.observe.iter().find(|observe| observe.until > latest) {
            Some(Observe { purpose, until }) => {
                Err(ServeError::ObservedTooLong { purpose: purpose.clone(), until: *until, latest })
            }
            None => Ok(()),
        }
    }
}

/// Why the server did not start, or stopped.
#[derive(Debug, Error)]
pub enum ServeError {
    /// It would listen where others can reach it in plain text.
    #[error(
        "`{listen}` can be reached from other machines, and this server speaks no TLS; \
         put a proxy that ends TLS in front of it and name it (`proxy` in `upheld.toml`), or listen on 127.0.0.1"
    )]
    NoProxy {
        /// Where it was to listen.
        listen: SocketAddr,
    },
    /// The public address is none.
    #[error("the public address `{url}` is not of the form `https://privacy.example.org`")]
    PublicUrl {
        /// As given.
        url: String,
    },
    /// The header with the caller's address is none, or nobody is there to set it.
    #[error(
        "`client_header` is the header in which a proxy tells the caller's address; name that proxy, too (`proxy`)"
    )]
    ClientHeader,
    /// A purpose is observed twice, or has no name.
    #[error("`observe` names the purpose `{purpose}` twice, or without a name; each purpose has one last day")]
    ObservedTwice {
        /// The purpose.
        purpose: String,
    },
    /// A purpose would be observed for too long.
    #[error(
        "`{purpose}` would be observed and not enforced until {until}; at most 90 days are, so name {latest} or an earlier day"
    )]
    ObservedTooLong {
        /// The purpose.
        purpose: String,
        /// The last day, as given.
        until: Date,
        /// The last day that may be named.
        latest: Date,
    },
    /// The address cannot be had.
    #[error("cannot listen on `{listen}`")]
    Listen {
        /// Where it was to listen.
        listen: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}
