//! How many requests one key, or one address without a key, may send: a bucket of tokens for each, which refills with time.
//!
//! Whose bucket it is stands nowhere: buckets are told apart by an HMAC under a key that is drawn when the server starts
//! and never leaves it. There is a fixed number of them. Where all places for a newcomer are taken, the one that is nearest
//! to full gives way, so that whoever has used theirs up keeps waiting.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use axum::extract::{Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::warn;

use crate::config::ServerConfig;
use crate::pages;
use crate::problem::Problem;
use crate::state::App;

/// How many requests are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many a second, on and on; 0: as many as come.
    pub per_second: u32,
    /// How many at once, after a pause; at least one.
    pub burst: u32,
}

impl Rate {
    /// As many as come.
    pub const UNLIMITED: Self = Self { per_second: 0, burst: 0 };
}

/// A clock that only goes forward. Tests bring their own.
#[derive(Clone)]
pub struct Ticks(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Ticks {
    /// A clock that tells how long ago some moment was, always the same one.
    #[must_use]
    pub fn new(elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(elapsed))
    }

    fn micros(&self) -> i64 {
        i64::try_from((self.0)().as_micros()).unwrap_or(i64::MAX)
    }
}

impl Default for Ticks {
    /// The clock of this computer that only goes forward.
    fn default() -> Self {
        let began = Instant::now();
        Self::new(move || began.elapsed())
    }
}

impl fmt::Debug for Ticks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticks")
    }
}

/// The address at the other end of a connection. It is turned into an HMAC and never kept, logged or printed.
#[derive(Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Buckets are grouped, and a newcomer may take any place of its group.
const GROUPS: usize = 2048;
const PLACES: usize = 8;

/// A token in the unit in which they are counted.
const TOKEN: i64 = 1_000_000;

/// All buckets of a server.
pub(crate) struct Limits {
    secret: hmac::Key,
    ticks: Ticks,
    keys: Buckets,
    addresses: Buckets,
    behind_proxy: bool,
    client_header: Option<String>,
}

impl Limits {
    pub(crate) fn new(config: &ServerConfig) -> Self {
        let mut secret = [0; 32];
        if aws_lc_rs::rand::fill(&mut secret).is_err() {
            warn!(
                "there is no randomness; buckets are told apart by digests that could be guessed, but never leave this process"
            );
        }
        Self {
            secret: hmac::Key::new(hmac::HMAC_SHA256, &secret),
            ticks: config.ticks.clone(),
            keys: Buckets::new(config.key_rate),
            addresses: Buckets::new(config.address_rate),
            behind_proxy: config.trusted_proxy.is_some(),
            client_header: config.client_header.clone(),
        }
    }

    /// Takes a request of a key.
    pub(crate) fn key(&self, id: &str) -> Result<(), Problem> {
        self.take(&self.keys, b"key", id.as_bytes())
    }

    /// Counts so many requests more for a key: those that came within one. They are taken, and the next one waits longer.
    pub(crate) fn key_owes(&self, id: &str, requests: usize) {
        if self.keys.rate.per_second > 0 && requests > 0 {
            let requests = i64::try_from(requests).unwrap_or(i64::MAX);
            self.keys.owe(self.tag(b"key", id.as_bytes()), self.ticks.micros(), requests);
        }
    }

    /// Takes a request without a key that holds.
    pub(crate) fn stranger(&self, parts: &Parts) -> Result<(), Problem> {
        match self.address(parts) {
            Some(IpAddr::V4(address)) => self.take(&self.addresses, b"address", &address.octets()),
            // One household or host has a whole /64, and would have as many buckets.
            Some(IpAddr::V6(address)) => self.take(&self.addresses, b"address", &address.octets()[..8]),
            None => Ok(()),
        }
    }

    /// Who is at the other end. Behind a proxy that is the proxy, so it counts only what the proxy is said to tell.
    fn address(&self, parts: &Parts) -> Option<IpAddr> {
        if self.addresses.rate.per_second == 0 {
            return None;
        }
        if !self.behind_proxy {
            return parts.extensions.get::<Peer>().map(|peer| peer.0);
        }
        // The proxy adds the last one; whatever stands before it may be the caller's invention.
        let value = parts.headers.get_all(self.client_header.as_deref()?).iter().next_back()?.to_str().ok()?;
        value.rsplit(',').next()?.trim().parse().ok()
    }

    fn take(&self, buckets: &Buckets, kind: &[u8], who: &[u8]) -> Result<(), Problem> {
        if buckets.rate.per_second == 0 {
            return Ok(());
        }
        buckets.take(self.tag(kind, who), self.ticks.micros()).map_err(Problem::too_many)
    }

    fn tag(&self, kind: &[u8], who: &[u8]) -> Tag {
        let mut context = hmac::Context::with_key(&self.secret);
        context.update(kind);
        context.update(who);
        let tag = context.sign();
        let mut halves = [[0; 8]; 2];
        for (half, bytes) in halves.iter_mut().zip(tag.as_ref().chunks_exact(8)) {
            half.copy_from_slice(bytes);
        }
        let [group, name] = halves.map(u64::from_be_bytes);
        // Nought stands for nobody.
        Tag { group: usize::try_from(group % GROUPS as u64).unwrap_or(0), name: name.max(1) }
    }
}

/// Which bucket.
#[derive(Clone, Copy)]
struct Tag {
    group: usize,
    name: u64,
}

#[derive(Clone, Copy, Default)]
struct Bucket {
    /// Nought: nobody's.
    name: u64,
    /// What is in it, in parts of a [`TOKEN`]; less than nothing where something is owed.
    held: i64,
    /// When it was last looked at, in microseconds.
    at: i64,
}

struct Buckets {
    rate: Rate,
    groups: Vec<Mutex<[Bucket; PLACES]>>,
}

impl Buckets {
    fn new(rate: Rate) -> Self {
        let groups = if rate.per_second == 0 { 0 } else { GROUPS };
        Self { rate, groups: (0..groups).map(|_| Mutex::default()).collect() }
    }

    fn full(&self) -> i64 {
        i64::from(self.rate.burst.max(1)) * TOKEN
    }

    /// What a bucket holds at a time.
    fn held(&self, bucket: &Bucket, now: i64) -> i64 {
        if bucket.name == 0 {
            return self.full();
        }
        // A microsecond brings a millionth of what a second does, which is what a token is counted in.
        let grown = now.saturating_sub(bucket.at).saturating_mul(i64::from(self.rate.per_second));
        bucket.held.saturating_add(grown).min(self.full())
    }

    fn with<T>(&self, tag: Tag, now: i64, what: impl FnOnce(&mut i64) -> T) -> Option<T> {
        let mut group = self.groups.get(tag.group)?.lock().unwrap_or_else(PoisonError::into_inner);
        let known = group.iter().position(|bucket| bucket.name == tag.name);
        let place = known.or_else(|| (0..PLACES).max_by_key(|place| group.get(*place).map(|b| self.held(b, now))))?;
        let bucket = group.get_mut(place)?;
        let mut held = if known.is_some() { self.held(bucket, now) } else { self.full() };
        let out = what(&mut held);
        *bucket = Bucket { name: tag.name, held, at: now };
        Some(out)
    }

    /// Takes a token, or says for how many seconds there is none.
    fn take(&self, tag: Tag, now: i64) -> Result<(), u64> {
        let rate = i64::from(self.rate.per_second).max(1);
        let taken = self.with(tag, now, |held| {
            if *held >= TOKEN {
                *held -= TOKEN;
                return Ok(());
            }
            let second = rate * TOKEN;
            let seconds = (TOKEN - *held + second - 1).div_euclid(second);
            Err(u64::try_from(seconds).unwrap_or(1))
        });
        taken.unwrap_or(Ok(()))
    }

    /// Takes tokens that may not be there. Never more is owed than a full bucket.
    fn owe(&self, tag: Tag, now: i64, tokens: i64) {
        let least = -self.full();
        self.with(tag, now, |held| *held = held.saturating_sub(tokens.saturating_mul(TOKEN)).max(least));
    }
}

/// Whether a path is one that asks for a key, and so counts by key; or one that tells that the server is alive.
fn counts_itself(path: &str) -> bool {
    path.starts_with("/v1/") || path.starts_with("/access/") || matches!(path, "/healthz" | "/readyz")
}

/// Takes what anybody may ask for by the address that asks.
pub(crate) async fn open_to_all(State(app): State<App>, request: Request, next: Next) -> Response {
    if counts_itself(request.uri().path()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match app.limits.stranger(&parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) if reads_pages(&parts) => pages::unavailable(&problem),
        Err(problem) => problem.into_response(),
    }
}

fn reads_pages(parts: &Parts) -> bool {
    parts
        .headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kinds| kinds.contains("text/html"))
}
