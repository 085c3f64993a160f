//! The way of a version into force: proposed, approved or withdrawn.
//!
//! A version that is nowhere weaker for people than the one in force may be approved by anybody, at once. One that may be weaker
//! needs another person than the one who proposed it, and a day on which people were told, before its first. It is compared with
//! the version whose place it takes, as that is known when it is approved and not when it was proposed.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;
use upheld_decide::Compiled;
use upheld_document::{Document, Lock, Source};
use upheld_policy::change::{self as weaker, Weakening, may_weaken};
use upheld_store::Row;

use crate::error::ServiceError;
use crate::moment::{Moment, believed, granted};
use crate::policy_life::{InForce, NewVersion, Version, compile, parse_lock, slices};
use crate::schema::sql;
use crate::service::{Result, Service};

/// Where a proposed version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// It waits for approval.
    Proposed,
    /// It was put into force.
    Approved,
    /// It was taken back.
    Withdrawn,
}

impl ProposalState {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn read(word: &str) -> Result<Self> {
        [Self::Proposed, Self::Approved, Self::Withdrawn]
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| ServiceError::damaged("the state of a proposed version"))
    }
}

/// A version on its way into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// Its version, as its front matter has it.
    pub version: String,
    /// Where it stands.
    pub state: ProposalState,
    /// Who proposed it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// SHA-256 of its source, in hex.
    pub source_digest: String,
    /// SHA-256 of what it means, in hex.
    pub meaning_digest: String,
    /// Index of the entry in the log that made it what it is.
    pub log: u64,
}

impl Proposal {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            version: row.text(0)?.to_owned(),
            state: ProposalState::read(row.text(1)?)?,
            by: row.text(2)?.to_owned(),
            at: row.int(3)?,
            source_digest: row.text(4)?.to_owned(),
            meaning_digest: row.text(5)?.to_owned(),
            log: u64::try_from(row.int(6)?).unwrap_or_default(),
        })
    }

    fn parts(&self) -> Vec<Vec<u8>> {
        vec![
            self.version.clone().into_bytes(),
            self.state.word().as_bytes().to_vec(),
            self.by.clone().into_bytes(),
            self.at.to_be_bytes().to_vec(),
            self.source_digest.clone().into_bytes(),
            self.meaning_digest.clone().into_bytes(),
            self.log.to_be_bytes().to_vec(),
        ]
    }
}

/// A proposal with its text.
struct Stored {
    proposal: Proposal,
    source: String,
    lock: String,
}

/// Who takes a step has a name, for the evidence.
pub(crate) fn named(by: &str, what: &str) -> Result<()> {
    if by.trim().is_empty() {
        return Err(ServiceError::invalid(format!("say who {what}: a name for the evidence")));
    }
    Ok(())
}

impl Service {
    /// Notes a version that is to come into force. Proposed again with another text, it is the new text that waits; with `lock`
    /// left out, clause ids go on from the newest stored version. Gives what may weaken it against the version in force.
    ///
    /// # Errors
    ///
    /// When it does not compile, or a version of that name was put into force.
    pub fn propose(&self, source: &str, lock: Option<&Lock>, by: &str) -> Result<(Proposal, Vec<Weakening>)> {
        named(by, "proposes the policy")?;
        let newest = if lock.is_none() { self.newest_lock()? } else { None };
        let (policy, lock) = compile(source, lock.or(newest.as_ref()))?;
        let (source, lock, by) = (source.to_owned(), lock.to_text(), by.trim().to_owned());
        let version = policy.compiled.header.version.clone();
        let (source_digest, meaning_digest) =
            (upheld_policy::digest(&source), upheld_policy::meaning(&policy.compiled));
        self.moment(move |moment, _| {
            if moment.tx.one(sql::VERSION_NAMED, &[version.as_str().into()])?.is_some() {
                return Err(ServiceError::invalid(format!(
                    "version `{version}` was put into force already; give the changed policy a new `version` in its front matter"
                )));
            }
            let proposal = Proposal {
                version: version.clone(),
                state: ProposalState::Proposed,
                by: by.clone(),
                at: moment.ms(),
                source_digest: source_digest.clone(),
                meaning_digest: meaning_digest.clone(),
                log: moment.next_entry()?,
            };
            let stored = Stored { proposal: proposal.clone(), source: source.clone(), lock: lock.clone() };
            moment.put_proposal(&stored)?;
            let mut entry = moment.entry("propose", &by);
            entry.details.insert("proposed".to_owned(), version.clone());
            entry.details.insert("source".to_owned(), source_digest.clone());
            entry.details.insert("meaning".to_owned(), meaning_digest.clone());
            moment.log(entry, &granted())?;
            let weaker = against(&moment.in_force, &policy.compiled, &policy.document);
            Ok((proposal, weaker))
        })
    }

    /// Puts a proposed version into force, from the beginning of a day on (at once when none is given).
    ///
    /// # Errors
    ///
    /// When it does not wait for approval, when it may weaken the policy and `by` proposed it or people were not told in time, or
    /// when its stored row or text was changed.
    pub fn approve(&self, version: &str, from: Option<Date>, posted: Option<Date>, by: &str) -> Result<Version> {
        named(by, "approves the policy")?;
        let stored = self.moment({
            let version = version.to_owned();
            move |moment, _| moment.proposal(&version)
        })?;
        let (policy, lock) = compile(&stored.source, Some(&parse_lock(&stored.lock)?))?;
        let mut new = NewVersion::of(&policy, &stored.source, &lock, from, by.trim())?;
        if new.meaning_digest != stored.proposal.meaning_digest {
            return Err(ServiceError::MeaningChanged {
                version: version.to_owned(),
                compiler: "the program that took the proposal".to_owned(),
            });
        }
        new.details.push(("proposed_by", stored.proposal.by.clone()));
        if let Some(day) = posted {
            new.details.push(("posted", day.to_string()));
        }
        let (version, adding) = (version.to_owned(), new.clone());
        let added = self.moment(move |moment, _| {
            let stored = moment.proposal(&version)?;
            if stored.proposal.source_digest != adding.source_digest {
                return Err(ServiceError::invalid("the proposal changed while it was approved; look at it again"));
            }
            moment.mind_weakening(&stored, &adding, from, posted)?;
            let added = moment.add_version(&adding)?;
            let proposal = Proposal { state: ProposalState::Approved, log: added.log, ..stored.proposal };
            moment.put_proposal(&Stored { proposal, ..stored })?;
            Ok(added)
        })?;
        self.take_up(new, added.clone(), policy.document);
        Ok(added)
    }

    /// Takes a proposed version back.
    ///
    /// # Errors
    ///
    /// When it does not wait for approval.
    pub fn withdraw_proposal(&self, version: &str, by: &str) -> Result<Proposal> {
        named(by, "takes the proposal back")?;
        let (version, by) = (version.to_owned(), by.trim().to_owned());
        self.moment(move |moment, _| {
            let stored = moment.proposal(&version)?;
            let log = moment.next_entry()?;
            let proposal = Proposal { state: ProposalState::Withdrawn, log, ..stored.proposal };
            let stored = Stored { proposal: proposal.clone(), ..stored };
            moment.put_proposal(&stored)?;
            let mut entry = moment.entry("withdraw", &by);
            entry.details.insert("proposed".to_owned(), version.clone());
            moment.log(entry, &granted())?;
            Ok(proposal)
        })
    }

    /// All versions that were ever proposed, oldest first.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn proposals(&self) -> Result<Vec<Proposal>> {
        self.0.store.read(|tx| tx.query(sql::PROPOSALS, &[])?.iter().map(Proposal::read).collect())
    }
}

/// In what a version may be weaker than the one whose place it takes. Where none was in force nothing can be.
fn against(old: &InForce, new: &Compiled, document: &Document) -> Vec<Weakening> {
    if old.source.is_empty() {
        return Vec::new();
    }
    may_weaken(
        weaker::Version { compiled: &old.policy, document: &old.document },
        weaker::Version { compiled: new, document },
    )
}

fn text(source: &str) -> Document {
    upheld_document::parse(&Source::new("privacy.md", source), None).0
}

impl Moment<'_> {
    /// What holds for a version that may begin without notice: it is nowhere weaker than the one whose place it takes, and
    /// nothing promises that changes are posted. The same text again is no change.
    pub(crate) fn mind_short_way(&self, new: &NewVersion) -> Result<()> {
        let version = &new.policy.header.version;
        if self.tx.one(sql::VERSION_NAMED, &[version.as_str().into()])?.is_some() {
            return Ok(());
        }
        let before = self.replaced(new)?;
        if let Some(path) = self.posted_at(&before) {
            return Err(ServiceError::invalid(format!(
                "the policy in force promises that changes are posted at {path} before they apply; propose the new version \
                 and approve it with the day since which it is posted (`upheld versions approve … --posted DATE`)"
            )));
        }
        let weaker = against(&before, &new.policy, &text(&new.source));
        if weaker.is_empty() { Ok(()) } else { Err(ServiceError::Weaker { version: version.clone(), weaker }) }
    }

    /// The version whose place a new one takes: the one in force when it begins.
    fn replaced(&self, new: &NewVersion) -> Result<Arc<InForce>> {
        let starts = new.starts(self.now)?;
        if starts == self.now {
            return Ok(Arc::clone(&self.in_force));
        }
        Ok(believed(self.inner.in_force(self.tx, starts))?.unwrap_or_else(|| Arc::clone(&self.inner.no_policy)))
    }

    /// Where changes are posted before they apply: by the promise that people can read now, or by that of the version whose
    /// place is taken.
    fn posted_at<'p>(&'p self, before: &'p InForce) -> Option<&'p str> {
        let promise = |policy: &'p Compiled| policy.versions.posted_at.as_ref().map(|(path, _)| path.as_str());
        promise(self.policy()).or_else(|| promise(&before.policy))
    }

    /// A proposal that waits, its row and its text held against what was proposed.
    fn proposal(&self, version: &str) -> Result<Stored> {
        let row = self.tx.one(sql::PROPOSAL, &[version.into()])?;
        let row = row.ok_or(ServiceError::NotFound { what: "proposed version" })?;
        let proposal = Proposal::read(&row)?;
        self.vault.verify_row("proposal", &slices(&proposal.parts()), row.blob(7)?)?;
        if proposal.state != ProposalState::Proposed {
            return Err(ServiceError::invalid(format!(
                "version `{version}` was {} already; it does not wait for approval",
                proposal.state.word()
            )));
        }
        let stored = Stored { proposal, source: row.text(8)?.to_owned(), lock: row.text(9)?.to_owned() };
        if upheld_policy::digest(&stored.source) != stored.proposal.source_digest {
            return Err(ServiceError::damaged("the text of a proposed version"));
        }
        Ok(stored)
    }

    fn put_proposal(&self, stored: &Stored) -> Result<()> {
        let Stored { proposal, source, lock } = stored;
        let mac = self.vault.row_mac("proposal", &slices(&proposal.parts()));
        self.tx.execute(
            sql::SET_PROPOSAL,
            &[
                proposal.version.as_str().into(),
                proposal.state.word().into(),
                proposal.by.as_str().into(),
                proposal.at.into(),
                source.as_str().into(),
                lock.as_str().into(),
                proposal.source_digest.as_str().into(),
                proposal.meaning_digest.as_str().into(),
                proposal.log.into(),
                mac.into(),
            ],
        )?;
        Ok(())
    }

    /// What may be weaker needs a second person, and people who were told in time.
    fn mind_weakening(
        &self,
        stored: &Stored,
        new: &NewVersion,
        from: Option<Date>,
        posted: Option<Date>,
    ) -> Result<()> {
        let today = new.today(self.now);
        if posted.is_some_and(|day| day > today) {
            return Err(ServiceError::invalid("people cannot have been told on a day that is still to come"));
        }
        let before = self.replaced(new)?;
        let weaker = !against(&before, &new.policy, &text(&stored.source)).is_empty();
        let promised = self.posted_at(&before);
        if !weaker && promised.is_none() {
            return Ok(());
        }
        let version = &stored.proposal.version;
        let Some(posted) = posted else {
            if let Some(path) = promised {
                return Err(ServiceError::invalid(format!(
                    "the policy promises that changes are posted at {path} before they apply; post version `{version}` there, and say since which day it stands there (`--posted`)"
                )));
            }
            return Err(ServiceError::invalid(format!(
                "version `{version}` may be weaker for people than the one in force; tell them first, and say on which day they were told (`--posted`)"
            )));
        };
        if posted >= from.unwrap_or(today).max(today) {
            return Err(ServiceError::invalid(format!(
                "people were told of version `{version}` on {posted}; it begins on a later day than that (`--from`)"
            )));
        }
        if !weaker {
            return Ok(());
        }
        if stored.proposal.by.eq_ignore_ascii_case(new.approver()) {
            return Err(ServiceError::invalid(format!(
                "`{}` proposed version `{version}`; what may be weaker for people is approved by somebody else",
                stored.proposal.by
            )));
        }
        Ok(())
    }
}
