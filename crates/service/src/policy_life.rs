//! The versions of the policy that a store holds, and the one in force.

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use upheld_decide::Compiled;
use upheld_document::{Document, Lock, Severity, Source};
use upheld_policy::publish::{self, Page};
use upheld_policy::{Loaded, Policy};
use upheld_store::{Row, Tx};
use upheld_vault::Vault;

use crate::error::ServiceError;
use crate::moment::{Moment, granted};
use crate::proposals::named;
use crate::schema::sql;
use crate::service::{Inner, Result, Service};

/// A version that was activated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Its number in this store, from 1.
    pub number: u64,
    /// Its version, as its front matter has it.
    pub version: String,
    /// First day of its force.
    pub from: Date,
    /// Who activated it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// SHA-256 of its source, in hex.
    pub source_digest: String,
    /// SHA-256 of what it means, in hex.
    pub meaning_digest: String,
    /// What compiled it.
    pub compiler: String,
    /// Index of its entry in the log.
    pub log: u64,
}

/// The version in force, ready to decide.
#[derive(Clone, Debug)]
pub struct InForce {
    /// Which it is.
    pub version: Version,
    /// What decides.
    pub policy: Compiled,
    /// Its text.
    pub source: String,
    /// Its text in sections and clauses.
    pub document: Document,
    /// What its page shows beside the prose.
    pub page: Arc<Page>,
    /// The zone in which its days are counted.
    pub(crate) zone: TimeZone,
}

impl InForce {
    /// A policy that permits nothing.
    pub(crate) fn none() -> Self {
        Self {
            version: Version {
                number: 0,
                version: String::new(),
                from: Date::ZERO,
                by: String::new(),
                at: 0,
                source_digest: String::new(),
                meaning_digest: String::new(),
                compiler: String::new(),
                log: 0,
            },
            policy: Compiled::default(),
            source: String::new(),
            document: Document::default(),
            page: Arc::default(),
            zone: TimeZone::UTC,
        }
    }
}

/// A version as its row has it.
struct Stored {
    version: Version,
    /// When its force begins, in milliseconds since 1970.
    starts: i64,
    mac: Vec<u8>,
}

impl Stored {
    fn read(row: &Row) -> Result<Self> {
        let unsigned = |column: usize| row.int(column).map(|n| u64::try_from(n).unwrap_or_default());
        let from = row.text(2)?.parse().map_err(|_| ServiceError::damaged("a day of a version"))?;
        Ok(Self {
            version: Version {
                number: unsigned(0)?,
                version: row.text(1)?.to_owned(),
                from,
                by: row.text(4)?.to_owned(),
                at: row.int(5)?,
                source_digest: row.text(6)?.to_owned(),
                meaning_digest: row.text(7)?.to_owned(),
                compiler: row.text(8)?.to_owned(),
                log: unsigned(9)?,
            },
            starts: row.int(3)?,
            mac: row.blob(10)?.to_vec(),
        })
    }

    fn parts(&self) -> Vec<Vec<u8>> {
        let version = &self.version;
        vec![
            version.number.to_be_bytes().to_vec(),
            version.version.clone().into_bytes(),
            version.from.to_string().into_bytes(),
            self.starts.to_be_bytes().to_vec(),
            version.source_digest.clone().into_bytes(),
            version.meaning_digest.clone().into_bytes(),
            version.log.to_be_bytes().to_vec(),
        ]
    }
}

pub(crate) fn slices(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

/// The zone of a policy.
fn zone(policy: &Compiled) -> Result<TimeZone> {
    match policy.header.zone.as_str() {
        "UTC" | "" => Ok(TimeZone::UTC),
        name => TimeZone::get(name).map_err(|_| {
            ServiceError::invalid(format!(
                "`{name}` is no time zone that this machine knows; install its time zone database, or correct `zone` in the \
                 front matter"
            ))
        }),
    }
}

/// A version that is to be put into force.
pub(crate) fn compile(source: &str, lock: Option<&Lock>) -> Result<(Policy, Lock)> {
    let source = Source::new("privacy.md", source);
    let mut loaded = upheld_policy::load(&source, lock);
    crate::scenario::show_refuted(&source, &mut loaded);
    compiled(loaded)
}

/// A version that was put into force once.
fn compile_again(source: &str, lock: &Lock) -> Result<Policy> {
    compiled(upheld_policy::load_unproved(&Source::new("privacy.md", source), Some(lock))).map(|(policy, _)| policy)
}

fn compiled(loaded: Loaded) -> Result<(Policy, Lock)> {
    match loaded.policy {
        Some(policy) => Ok((policy, loaded.lock)),
        None => Err(ServiceError::Policy(
            loaded.diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect(),
        )),
    }
}

/// A version that is to be put into force.
#[derive(Clone)]
pub(crate) struct NewVersion {
    pub(crate) policy: Compiled,
    pub(crate) source: String,
    page: Arc<Page>,
    lock: String,
    zone: TimeZone,
    from: Option<Date>,
    by: String,
    pub(crate) source_digest: String,
    pub(crate) meaning_digest: String,
    /// What its entry says besides.
    pub(crate) details: Vec<(&'static str, String)>,
}

impl NewVersion {
    pub(crate) fn of(policy: &Policy, source: &str, lock: &Lock, from: Option<Date>, by: &str) -> Result<Self> {
        Ok(Self {
            zone: zone(&policy.compiled)?,
            source_digest: upheld_policy::digest(source),
            meaning_digest: upheld_policy::meaning(&policy.compiled),
            policy: policy.compiled.clone(),
            page: Arc::new(publish::page(&Source::new("privacy.md", source), policy)),
            source: source.to_owned(),
            lock: lock.to_text(),
            from,
            by: by.to_owned(),
            details: Vec::new(),
        })
    }

    /// Who puts it into force.
    pub(crate) fn approver(&self) -> &str {
        &self.by
    }

    /// When its force begins: with its first day, or now where that is none to come.
    pub(crate) fn starts(&self, now: Timestamp) -> Result<Timestamp> {
        match self.from {
            Some(day) if day > self.today(now) => start_of(day, &self.zone),
            _ => Ok(now),
        }
    }

    /// Today, as its days are counted.
    pub(crate) fn today(&self, now: Timestamp) -> Date {
        now.to_zoned_datetime(self.zone.clone()).date()
    }
}

impl Moment<'_> {
    /// Stores a version and logs that it is put into force. The same text again changes nothing.
    pub(crate) fn add_version(&mut self, new: &NewVersion) -> Result<Version> {
        let name = &new.policy.header.version;
        for row in self.tx.query(sql::VERSIONS, &[])? {
            let known = Stored::read(&row)?.version;
            if known.version == *name {
                let same = known.source_digest == new.source_digest && known.meaning_digest == new.meaning_digest;
                return if same { Ok(known) } else { Err(ServiceError::VersionTaken { version: name.clone() }) };
            }
        }
        let starts = new.starts(self.now)?;
        let number = self.tx.query(sql::VERSIONS, &[])?.len() as u64 + 1;
        let log = self.next_entry()?;
        let version = Version {
            number,
            version: name.clone(),
            from: new.today(starts),
            by: new.by.clone(),
            at: self.ms(),
            source_digest: new.source_digest.clone(),
            meaning_digest: new.meaning_digest.clone(),
            compiler: upheld_policy::COMPILER.to_owned(),
            log,
        };
        let stored = Stored { version: version.clone(), starts: starts.as_millisecond(), mac: Vec::new() };
        let mac = self.vault.row_mac("version", &slices(&stored.parts()));
        self.tx.execute(
            sql::ADD_VERSION,
            &[
                number.into(),
                version.version.as_str().into(),
                version.from.to_string().into(),
                stored.starts.into(),
                version.by.as_str().into(),
                version.at.into(),
                new.source.as_str().into(),
                new.lock.as_str().into(),
                version.source_digest.as_str().into(),
                version.meaning_digest.as_str().into(),
                version.compiler.as_str().into(),
                log.into(),
                mac.into(),
            ],
        )?;
        let mut entry = self.entry("activate", &new.by);
        entry.version = version.version.clone();
        entry.details.insert("source".to_owned(), version.source_digest.clone());
        entry.details.insert("meaning".to_owned(), version.meaning_digest.clone());
        entry.details.insert("from".to_owned(), version.from.to_string());
        entry.details.extend(new.details.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        self.log(entry, &granted())?;
        Ok(version)
    }
}

impl Service {
    /// Compiles a policy, stores it and puts it into force from the beginning of a day on (at once when none is given).
    /// Clause ids go on from the newest stored version. The same text again changes nothing.
    ///
    /// # Errors
    ///
    /// When it does not compile, or another text is stored under its version; [`ServiceError::Weaker`] and where changes are
    /// posted before they apply: such a version is proposed and approved.
    pub fn activate(&self, source: &str, from: Option<Date>, by: &str) -> Result<Version> {
        self.activate_locked(source, self.newest_lock()?.as_ref(), from, by)
    }

    /// The lock of the newest stored version.
    pub(crate) fn newest_lock(&self) -> Result<Option<Lock>> {
        self.0.store.read(|tx| -> Result<Option<Lock>> {
            let Some(newest) = tx.query(sql::VERSIONS, &[])?.pop() else { return Ok(None) };
            let text = tx.one(sql::VERSION_TEXT, &[newest.int(0)?.into()])?;
            text.map(|row| parse_lock(row.text(1)?)).transpose()
        })
    }

    /// As [`Service::activate`], with the clause ids of the lock beside the policy.
    ///
    /// # Errors
    ///
    /// As [`Service::activate`].
    pub fn activate_locked(&self, source: &str, lock: Option<&Lock>, from: Option<Date>, by: &str) -> Result<Version> {
        named(by, "puts the policy into force")?;
        let (policy, lock) = compile(source, lock)?;
        let new = NewVersion::of(&policy, source, &lock, from, by.trim())?;
        self.put_into_force(new, &policy.document, |moment, new| moment.mind_short_way(new))
    }

    /// Puts a policy that is already compiled into force at once: for scenarios, whose store lives as long as they run.
    pub(crate) fn adopt(&self, policy: &Policy) -> Result<Version> {
        let new = NewVersion::of(policy, "", &Lock::default(), None, "scenario")?;
        self.put_into_force(new, &policy.document, |_, _| Ok(()))
    }

    fn put_into_force(
        &self,
        new: NewVersion,
        document: &Document,
        mut mind: impl FnMut(&Moment<'_>, &NewVersion) -> Result<()> + Send + 'static,
    ) -> Result<Version> {
        let adding = new.clone();
        let version = self.moment(move |moment, _| {
            mind(moment, &adding)?;
            moment.add_version(&adding)
        })?;
        self.take_up(new, version.clone(), document.clone());
        Ok(version)
    }

    /// Remembers a version that was just put into force, compiled as it is.
    pub(crate) fn take_up(&self, new: NewVersion, version: Version, document: Document) {
        let NewVersion { policy, source, page, zone, .. } = new;
        self.0.remember(InForce { version, policy, source, document, page, zone });
        self.0.recent.forget();
    }

    /// The version in force now.
    ///
    /// # Errors
    ///
    /// When the store fails, or the version means something else to this program.
    pub fn in_force(&self) -> Result<Option<Arc<InForce>>> {
        let now = self.0.now();
        self.0.store.read(|tx| self.0.in_force(tx, now))
    }

    /// The version in force now, and when the next one begins, in milliseconds since 1970.
    pub(crate) fn in_force_until(&self) -> Result<(Option<Arc<InForce>>, i64)> {
        let now = self.0.now();
        self.0.store.read(|tx| {
            let in_force = self.0.in_force(tx, now)?;
            let mut next = i64::MAX;
            for row in tx.query(sql::VERSIONS, &[])? {
                let starts = Stored::read(&row)?.starts;
                if starts > now.as_millisecond() {
                    next = next.min(starts);
                }
            }
            Ok((in_force, next))
        })
    }

    /// All versions, oldest first.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn versions(&self) -> Result<Vec<Version>> {
        self.0.store.read(|tx| {
            let rows = tx.query(sql::VERSIONS, &[])?;
            rows.iter().map(|row| Stored::read(row).map(|stored| stored.version)).collect()
        })
    }

    /// The text of a stored version.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`] when there is none of that number.
    pub fn source(&self, number: u64) -> Result<String> {
        self.0.store.read(|tx| {
            let row = tx.one(sql::VERSION_TEXT, &[number.into()])?;
            let row = row.ok_or(ServiceError::NotFound { what: "version" })?;
            Ok(row.text(0)?.to_owned())
        })
    }

    /// A stored version, compiled.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`] when there is none of that number; when it means something else to this program.
    pub fn compiled_version(&self, number: u64) -> Result<Arc<InForce>> {
        self.0.store.read(|tx| self.0.version(tx, number))
    }

    /// The lock with which a stored version was compiled: it keeps the ids of its clauses.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`] when there is none of that number.
    pub fn lock(&self, number: u64) -> Result<Lock> {
        self.0.store.read(|tx| {
            let row = tx.one(sql::VERSION_TEXT, &[number.into()])?;
            parse_lock(row.ok_or(ServiceError::NotFound { what: "version" })?.text(1)?)
        })
    }

    /// Compiles the version in force and those to come, so that a policy that means something else to this program is found
    /// at start.
    ///
    /// # Errors
    ///
    /// [`ServiceError::MeaningChanged`]; or when a version's row or text was changed. Other commands go on working, so that
    /// another version can be put into force.
    pub fn ready(&self) -> Result<()> {
        let now = self.0.now();
        self.0.store.read(|tx| {
            self.0.in_force(tx, now)?;
            for row in tx.query(sql::VERSIONS, &[])? {
                let stored = Stored::read(&row)?;
                if stored.starts > now.as_millisecond() {
                    self.0.version(tx, stored.version.number)?;
                }
            }
            Ok(())
        })
    }
}

impl Inner {
    /// A version, compiled once and kept; its row, its text and its meaning are held against what was activated.
    pub(crate) fn version(&self, tx: &Tx<'_>, number: u64) -> Result<Arc<InForce>> {
        let known = self.versions.read().unwrap_or_else(PoisonError::into_inner).get(&number).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let missing = || ServiceError::NotFound { what: "version" };
        let stored = Stored::read(&tx.one(sql::VERSION, &[number.into()])?.ok_or_else(missing)?)?;
        let vault = Vault::new(tx, &self.keys);
        vault.verify_row("version", &slices(&stored.parts()), &stored.mac)?;
        let row = tx.one(sql::VERSION_TEXT, &[number.into()])?.ok_or_else(missing)?;
        let source = row.text(0)?.to_owned();
        if upheld_policy::digest(&source) != stored.version.source_digest {
            return Err(ServiceError::damaged("the text of a version"));
        }
        let policy = compile_again(&source, &parse_lock(row.text(1)?)?)?;
        if upheld_policy::meaning(&policy.compiled) != stored.version.meaning_digest {
            return Err(ServiceError::MeaningChanged {
                version: stored.version.version,
                compiler: stored.version.compiler,
            });
        }
        let zone = zone(&policy.compiled)?;
        Ok(self.remember(InForce {
            version: stored.version,
            page: Arc::new(publish::page(&Source::new("privacy.md", source.clone()), &policy)),
            policy: policy.compiled,
            source,
            document: policy.document,
            zone,
        }))
    }

    /// A version by its name in the front matter.
    pub(crate) fn version_named(&self, tx: &Tx<'_>, name: &str) -> Result<Option<Arc<InForce>>> {
        let Some(row) = tx.one(sql::VERSION_NAMED, &[name.into()])? else { return Ok(None) };
        self.version(tx, u64::try_from(row.int(0)?).unwrap_or_default()).map(Some)
    }

    fn remember(&self, version: InForce) -> Arc<InForce> {
        let mut versions = self.versions.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(versions.entry(version.version.number).or_insert_with(|| Arc::new(version)))
    }
}

pub(crate) fn parse_lock(text: &str) -> Result<Lock> {
    Lock::parse(text).map_err(|_| ServiceError::damaged("the lock of a version"))
}

fn start_of(day: Date, zone: &TimeZone) -> Result<Timestamp> {
    day.to_zoned_datetime(zone.clone())
        .map(|zoned| zoned.timestamp())
        .map_err(|_| ServiceError::invalid("the first day is not on the calendar"))
}

impl Moment<'_> {
    /// The time as a day of the policy's zone.
    pub(crate) fn day_of(&self, ms: i64) -> String {
        let time = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX);
        time.to_zoned_datetime(self.in_force.zone.clone()).date().to_string()
    }
}
