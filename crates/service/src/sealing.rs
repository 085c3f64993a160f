//! What is sealed until somebody else has agreed: split off from a record, sealed, opened, destroyed.
//!
//! The service keeps a key and hands out the ciphertext, the *package*. What is in it is held by nobody until it is opened.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use upheld_decide::{Compiled, Element, Point, Reason, Seal};
use upheld_vault::{NewSeal, PersonId, VaultError, Waiting};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::acts::Sealed;
use crate::facts::{Known, begins};
use crate::hashes::{Hashed, is_hash};
use crate::intake::well_formed;
use crate::keep::later;
use crate::moment::{Moment, granted};
use crate::schema::sql;
use crate::service::Result;

/// The most bytes of values that are sealed together: the package goes into a link.
const MOST_SEALED: usize = 2048;

/// The longest package that is read, in characters.
const LONGEST_PACKAGE: usize = 8 * 1024;

/// The part of a record that its point seals.
pub(crate) struct Apart<'a> {
    /// The sentence that seals it.
    pub(crate) seal: &'a Seal,
    /// The values, by element.
    values: BTreeMap<&'a str, &'a str>,
}

/// What lies in a package.
#[derive(Serialize, Deserialize)]
struct Typed {
    /// The role or program through which it was typed.
    by: String,
    /// Which of the values are hashes: what is held as a hash is sealed as one.
    hashed: Hashed,
    /// The values, by element.
    values: BTreeMap<String, String>,
}

/// The same, written without copying.
#[derive(Serialize)]
struct TypedRef<'a> {
    by: &'a str,
    hashed: Vec<&'a str>,
    values: &'a BTreeMap<&'a str, &'a str>,
}

/// What was in a package.
pub(crate) struct Opened {
    /// The key that opened it.
    pub(crate) waiting: Waiting,
    /// The point at which it is collected now.
    pub(crate) then: String,
    /// The role or program through which it was typed.
    pub(crate) by: String,
    /// Which of the values are hashes.
    pub(crate) hashed: Hashed,
    /// The values, by element.
    pub(crate) values: BTreeMap<String, String>,
}

/// Splits off what a point seals; gives the rest of the record, too.
pub(crate) fn apart<'a>(
    policy: &'a Compiled,
    point: &Point,
    given: &'a BTreeMap<String, String>,
) -> (BTreeMap<String, String>, Option<Apart<'a>>) {
    let Some(seal) = policy.seals.iter().find(|seal| seal.at == point.id) else { return (given.clone(), None) };
    let is_sealed = |name: &str| policy.names.data.id(name).is_some_and(|id| seal.elements.contains(&Element(id)));
    let rest = given.iter().filter(|(name, _)| !is_sealed(name));
    let rest = rest.map(|(name, value)| (name.clone(), value.clone())).collect();
    let values: BTreeMap<&str, &str> =
        given.iter().filter(|(name, _)| is_sealed(name)).map(|(name, value)| (name.as_str(), value.as_str())).collect();
    (rest, (!values.is_empty()).then_some(Apart { seal, values }))
}

impl Apart<'_> {
    /// Why it cannot be sealed, by element: what is found later, when it is opened, would undo somebody else's agreement.
    pub(crate) fn faults(&self, policy: &Compiled, known: Option<&Known>) -> BTreeMap<String, Reason> {
        let mut out = BTreeMap::new();
        let of = self.seal.of;
        let is_one = !begins(policy, of) || known.is_some_and(|known| known.is(policy, of) == Some(true));
        let bytes: usize = self.values.values().map(|value| value.len()).sum();
        for (name, value) in &self.values {
            let open = policy.names.data.id(name).is_some_and(|id| policy.names.open_data.contains(&Element(id)));
            let fault = if open {
                Some(Reason::NotFurtherSaid)
            } else if !is_one {
                Some(Reason::NotThatKind)
            } else if bytes > MOST_SEALED || !well_formed(name, value) {
                Some(Reason::Malformed)
            } else {
                None
            };
            out.extend(fault.map(|fault| ((*name).to_owned(), fault)));
        }
        let then = policy.points.iter().find(|point| point.id == self.seal.then);
        let insisted = then.into_iter().flat_map(|point| &point.takes).filter(|taken| taken.required);
        for taken in insisted.filter(|taken| self.seal.elements.contains(&taken.element)) {
            let data = &policy.names.data;
            let there = |name: &&str| data.id(name).is_some_and(|id| data.is_within(id, taken.element.0));
            if !self.values.keys().any(there) {
                out.insert(data.name(taken.element.0).to_owned(), Reason::Missing);
            }
        }
        out
    }

    /// Whether it was hashed for another version than this one.
    pub(crate) fn is_stale(&self, policy: &Compiled, hashed: &Hashed) -> bool {
        self.values.keys().any(|name| is_hashed(policy, name) != hashed.contains(*name))
    }

    /// What it is, by name.
    pub(crate) fn names(&self) -> Vec<String> {
        self.values.keys().map(|name| (*name).to_owned()).collect()
    }
}

fn is_hashed(policy: &Compiled, name: &str) -> bool {
    policy.names.data.id(name).is_some_and(|id| is_hash(policy, Element(id)))
}

/// A digest of the words under which something is sealed: what is sealed, and what somebody agrees to.
fn wording(policy: &Compiled, seal: &Seal) -> [u8; 32] {
    let choice = policy.choices.get(usize::from(seal.until)).map(|choice| choice.sentence);
    let mut context = digest::Context::new(&digest::SHA256);
    for sentence in std::iter::once(seal.sentence).chain(choice) {
        let text =
            policy.sentences.get(usize::from(sentence)).map(|sentence| sentence.text.as_str()).unwrap_or_default();
        context.update(&(text.len() as u64).to_be_bytes());
        context.update(text.as_bytes());
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

impl Moment<'_> {
    /// Seals what was split off, for its person. An earlier attempt of theirs at the same point is over: the answer names it, to
    /// be logged.
    pub(crate) fn seal_away(
        &mut self,
        known: &mut Known,
        apart: &Apart<'_>,
        (by, hashed): (&str, &Hashed),
        entry: u64,
    ) -> Result<(Sealed, Vec<Waiting>)> {
        let in_force = std::sync::Arc::clone(&self.in_force);
        let policy = &in_force.policy;
        let point = policy.names.points.name(apart.seal.at.0);
        let choice = policy.choices.get(usize::from(apart.seal.until)).map(|choice| choice.name.as_str());
        let mut earlier = self.waiting_of(known)?;
        earlier.retain(|waiting| waiting.point == point);
        for waiting in &earlier {
            self.destroy(known, waiting, entry)?;
        }
        let attempt = self.id();
        let expires = later(self.ms(), apart.seal.at_most, &in_force.zone);
        let new = NewSeal {
            attempt,
            person: known.id,
            point,
            choice: choice.unwrap_or_default(),
            wording: wording(policy, apart.seal),
            expires,
            entry,
        };
        // Room for all of it at once: a vector that grows leaves copies behind. Escapes of JSON at most double a text.
        let names: usize = apart.values.iter().map(|(name, value)| name.len() + 2 * value.len() + 6).sum();
        let hashed: Vec<&str> =
            hashed.iter().map(String::as_str).filter(|name| apart.values.contains_key(name)).collect();
        let names = 2 * names;
        let typed = TypedRef { by, hashed, values: &apart.values };
        let mut plain = Zeroizing::new(Vec::with_capacity(names + 2 * by.len() + 64));
        serde_json::to_writer(&mut *plain, &typed)
            .map_err(|_| crate::error::ServiceError::damaged("what is to be sealed"))?;
        let package = self.vault.seal_away(&new, &plain)?;
        self.note_seal(known, &attempt.to_string(), entry)?;
        let sealed = Sealed {
            id: attempt.to_string(),
            elements: apart.names(),
            package: URL_SAFE_NO_PAD.encode(package),
            expires: jiff::Timestamp::from_millisecond(expires).unwrap_or(jiff::Timestamp::MAX).to_string(),
        };
        Ok((sealed, earlier))
    }

    /// What is sealed of a person and waits still.
    pub(crate) fn waiting_of(&self, known: &Known) -> Result<Vec<Waiting>> {
        let all = self.vault.seals_of(known.id)?;
        // A key without its deciding row was put back by somebody.
        if all.iter().any(|waiting| !known.has_sealed(&waiting.attempt.to_string())) {
            return Err(VaultError::NotVerified.into());
        }
        Ok(all.into_iter().filter(|waiting| waiting.expires > self.ms()).collect())
    }

    /// Opens a package for a choice of a person. None: it was changed, used, is too late, or is for something else. Which of these
    /// it is nobody learns.
    pub(crate) fn open_sealed(&self, known: &Known, choice: &str, package: &str) -> Result<Option<Opened>> {
        let policy = self.policy();
        let bytes = if package.len() > LONGEST_PACKAGE { None } else { URL_SAFE_NO_PAD.decode(package).ok() };
        let bytes = bytes.unwrap_or_default();
        let waiting =
            self.vault.seal_of(&bytes)?.filter(|waiting| waiting.person == known.id && waiting.choice == choice);
        if waiting.as_ref().is_some_and(|waiting| !known.has_sealed(&waiting.attempt.to_string())) {
            return Err(VaultError::NotVerified.into());
        }
        // The words are those of today: nobody agreed to what was sealed under others.
        let seal = waiting
            .as_ref()
            .and_then(|waiting| policy.seals.iter().find(|seal| wording(policy, seal) == waiting.wording));
        let waiting = waiting.filter(|waiting| seal.is_some() && waiting.expires > self.ms());
        let plain = self.vault.open_package(waiting.as_ref(), &bytes)?;
        let (Some(waiting), Some(seal), Some(plain)) = (waiting, seal, plain) else { return Ok(None) };
        let typed: Typed =
            serde_json::from_slice(&plain).map_err(|_| crate::error::ServiceError::damaged("what was sealed"))?;
        if typed.values.keys().any(|name| is_hashed(policy, name) != typed.hashed.contains(name)) {
            return Ok(None);
        }
        let then = policy.names.points.name(seal.then.0).to_owned();
        Ok(Some(Opened { waiting, then, by: typed.by, hashed: typed.hashed, values: typed.values }))
    }

    /// Destroys a key: what it would open is noise from now on.
    pub(crate) fn destroy(&self, known: &mut Known, waiting: &Waiting, entry: u64) -> Result<()> {
        self.vault.destroy_seal(waiting.attempt)?;
        self.end_seal(known, &waiting.attempt.to_string())?;
        // The bytes of the key wait to be scrubbed like those of erased values.
        self.tx.execute(sql::ADD_WAITING, &[entry.into(), self.ms().into()])?;
        Ok(())
    }

    /// Says in the log that a key was destroyed, and why.
    pub(crate) fn log_destroyed(&mut self, actor: &str, person: PersonId, attempt: Uuid, why: &str) -> Result<()> {
        let mut entry = self.entry("keep", actor);
        entry.subject = Some(self.subject(person));
        entry.details.insert("step".to_owned(), "seal destroyed".to_owned());
        entry.details.insert("why".to_owned(), why.to_owned());
        entry.details.insert("seal".to_owned(), attempt.to_string());
        self.log(entry, &granted())?;
        Ok(())
    }
}
