//! The service: what is opened once and shared by all acts.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, RwLock};

use jiff::Timestamp;
use upheld_evidence::{EvidenceError, LogKey, Placed, Report, Verification};
use upheld_store::{Migration, Place, Store, Tx};
use upheld_vault::{Keys, Vault};

use crate::clock::Clock;
use crate::error::ServiceError;
use crate::policy_life::InForce;
use crate::recent::Recent;
use crate::schema::MIGRATIONS;

pub(crate) type Result<T> = std::result::Result<T, ServiceError>;

/// How many entries of the log one read verifies.
const ENTRIES_AT_ONCE: u64 = 100_000;

/// The service. Cheap to clone; may be used from any thread.
#[derive(Clone)]
pub struct Service(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) keys: Keys,
    pub(crate) log_key: LogKey,
    clock: Arc<dyn Clock>,
    /// The time of the newest act: now is never earlier.
    latest: AtomicI64,
    /// Compiled versions, by number. A version never changes.
    pub(crate) versions: RwLock<BTreeMap<u64, Arc<InForce>>>,
    /// What questions rest on, for a moment.
    pub(crate) recent: Recent,
    /// How often questions were decided.
    pub(crate) asked: crate::asked::Asked,
    /// Where hashes are made.
    pub(crate) workshop: crate::hashes::Workshop,
    /// Stands in where no version is in force; it permits nothing.
    pub(crate) no_policy: Arc<InForce>,
}

/// The migrations of all areas, in the order in which their tables refer to each other.
pub(crate) fn migrations() -> Vec<Migration> {
    upheld_vault::MIGRATIONS.into_iter().chain(upheld_evidence::MIGRATIONS).chain(MIGRATIONS).collect()
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}

impl Service {
    /// Opens a store.
    ///
    /// # Errors
    ///
    /// When the store cannot be opened, or its keys are not those that made it.
    pub fn open(place: Place, keys: Keys, clock: Arc<dyn Clock>) -> Result<Self> {
        let service = Self::open_to_verify(place, keys, clock)?;
        service.0.store.read(|tx| Ok::<_, ServiceError>(upheld_evidence::head(tx, &service.0.log_key)?))?;
        Ok(service)
    }

    /// As [`Service::open`], and also when the head of the log does not verify: to say what is wrong with it. Acts fail.
    ///
    /// # Errors
    ///
    /// As [`Service::open`].
    pub fn open_to_verify(place: Place, keys: Keys, clock: Arc<dyn Clock>) -> Result<Self> {
        let store = Store::open(place, &migrations())?;
        let log_key = LogKey::new(keys.log());
        let newest = store.read(|tx| -> Result<i64> {
            Vault::new(tx, &keys).check_keys()?;
            let size = match upheld_evidence::head(tx, &log_key) {
                Err(EvidenceError::Head) => return Ok(i64::MIN),
                head => head?.0,
            };
            let newest = size.checked_sub(1).map(|last| upheld_evidence::entry(tx, last)).transpose()?.flatten();
            Ok(newest.map_or(i64::MIN, |placed| placed.entry.at))
        })?;
        let service = Self(Arc::new(Inner {
            store,
            keys,
            log_key,
            clock,
            latest: AtomicI64::new(newest),
            versions: RwLock::default(),
            recent: Recent::default(),
            asked: crate::asked::Asked::default(),
            workshop: crate::hashes::Workshop::default(),
            no_policy: Arc::new(InForce::none()),
        }));
        Ok(service)
    }

    /// Entries of the log, from an index on.
    ///
    /// # Errors
    ///
    /// When an entry is damaged.
    pub fn log_entries(&self, from: u64, count: u64) -> Result<Vec<Placed>> {
        self.0.store.read(|tx| Ok(upheld_evidence::entries(tx, from, count)?))
    }

    /// Recomputes the log from its rows and compares it with its head.
    ///
    /// # Errors
    ///
    /// When the store fails; what is wrong with the log stands in the report.
    pub fn verify_log(&self) -> Result<Report> {
        let mut verification = Verification::new();
        // Piece by piece: a read is stopped after five seconds.
        while self.0.store.read(|tx| -> Result<bool> { Ok(verification.advance(tx, ENTRIES_AT_ONCE)?) })? {}
        self.0.store.read(|tx| Ok(verification.finish(tx, &self.0.log_key)?))
    }
}

impl Inner {
    /// The time now: the clock's, and never earlier than the newest act.
    pub(crate) fn now(&self) -> Timestamp {
        let clock = self.clock.now().as_millisecond();
        let latest = self.latest.fetch_max(clock, Ordering::SeqCst).max(clock);
        Timestamp::from_millisecond(latest).unwrap_or(Timestamp::MAX)
    }

    /// The version in force at a time.
    pub(crate) fn in_force(&self, tx: &Tx<'_>, now: Timestamp) -> Result<Option<Arc<InForce>>> {
        let row = tx.one(crate::schema::sql::IN_FORCE, &[now.as_millisecond().into()])?;
        let Some(row) = row else { return Ok(None) };
        let number = u64::try_from(row.int(0)?).unwrap_or_default();
        self.version(tx, number).map(Some)
    }
}
