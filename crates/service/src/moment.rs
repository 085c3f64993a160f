//! The moment of an act: one transaction with all that was fixed before it began. Every verb takes this one way to the
//! store.

use std::sync::Arc;

use aws_lc_rs::{digest, rand};
use jiff::Timestamp;
use upheld_decide::{Answer, Compiled, Reason};
use upheld_evidence::Entry;
use upheld_store::{StoreError, Tx};
use upheld_vault::{PersonId, Vault, VaultError};
use uuid::Uuid;

use crate::acts::Act;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::policy_life::InForce;
use crate::service::{Inner, Result, Service};

/// One act under way.
pub(crate) struct Moment<'a> {
    pub(crate) tx: &'a Tx<'a>,
    pub(crate) vault: Vault<'a>,
    pub(crate) inner: &'a Inner,
    /// The time of the act.
    pub(crate) now: Timestamp,
    /// The version in force then.
    pub(crate) in_force: Arc<InForce>,
    draw: Draw,
}

/// Ids, drawn from a seed that was fixed before the write began: a write that runs again draws the same.
struct Draw {
    seed: [u8; 32],
    next: u64,
}

impl Draw {
    fn bytes(&mut self) -> [u8; 16] {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&self.seed);
        context.update(&self.next.to_be_bytes());
        self.next += 1;
        let mut out = [0; 16];
        out.copy_from_slice(&context.finish().as_ref()[..16]);
        out
    }
}

pub(crate) fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| ServiceError::Vault(VaultError::NoRandomness))?;
    Ok(bytes)
}

/// How the log names a caller: the key and the role that it acts as.
pub(crate) fn actor_of(caller: &Caller) -> String {
    match &caller.acts_as {
        Some(role) => format!("{} {role}", caller.key),
        None => caller.key.clone(),
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Service {
    /// Runs one act in one write: the version in force is read, `run` decides, does and logs. Without a version in force
    /// the act is refused, and that is logged; so it is when a stored row does not verify, and what the act did is undone.
    pub(crate) fn act<T: Send + 'static>(
        &self,
        verb: &'static str,
        actor: String,
        mut run: impl FnMut(&mut Moment<'_>) -> Result<Act<T>> + Send + 'static,
    ) -> Result<Act<T>> {
        self.moment(move |moment, none| {
            let reason = match none {
                None => {
                    let tx = moment.tx;
                    match tx.part(|| run(moment)) {
                        Err(error) if is_alarm(&error) => {
                            tracing::error!(act = verb, "a stored row does not verify; the act is refused");
                            Reason::NotVerified
                        }
                        done => return done,
                    }
                }
                Some(reason) => reason,
            };
            let answer = Answer::refused(reason);
            let log = moment.log(moment.entry(verb, &actor), &answer)?;
            Ok(Act::refused(answer, log))
        })
    }

    /// Runs a closure in one write with its time and ids fixed. The second argument is there when no version is in force:
    /// the policy of the moment is then empty.
    pub(crate) fn moment<T: Send + 'static>(
        &self,
        mut run: impl FnMut(&mut Moment<'_>, Option<Reason>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let inner = Arc::clone(&self.0);
        let now = inner.now();
        let seed = random()?;
        self.0.store.write(move |tx| {
            let in_force = believed(inner.in_force(tx, now))?;
            let none = in_force.is_none().then_some(Reason::NoPolicy);
            let mut moment = Moment {
                tx,
                vault: Vault::new(tx, &inner.keys),
                inner: &inner,
                now,
                in_force: in_force.unwrap_or_else(|| Arc::clone(&inner.no_policy)),
                draw: Draw { seed, next: 0 },
            };
            run(&mut moment, none)
        })
    }
}

/// A version, or none where it cannot be believed: nothing is decided by it, and another one can be put into force.
pub(crate) fn believed(version: Result<Option<Arc<InForce>>>) -> Result<Option<Arc<InForce>>> {
    match version {
        Err(
            error @ (ServiceError::MeaningChanged { .. }
            | ServiceError::Policy(_)
            | ServiceError::Store(StoreError::Damaged(_))
            | ServiceError::Vault(VaultError::NotVerified)),
        ) => {
            tracing::error!(%error, "the version in force cannot be used");
            Ok(None)
        }
        version => version,
    }
}

impl<'a> Moment<'a> {
    /// A moment that only reads: what it would draw is thrown away.
    pub(crate) fn reading(tx: &'a Tx<'a>, inner: &'a Inner, now: Timestamp, in_force: Arc<InForce>) -> Self {
        Self { tx, vault: Vault::new(tx, &inner.keys), inner, now, in_force, draw: Draw { seed: [0; 32], next: 0 } }
    }

    pub(crate) fn policy(&self) -> &Compiled {
        &self.in_force.policy
    }

    /// The time in milliseconds since 1970.
    pub(crate) fn ms(&self) -> i64 {
        self.now.as_millisecond()
    }

    /// A fresh id, the same when the write runs again. Ids rise with time and within an act (UUID version 7, RFC 9562), so
    /// that what comes in together lies together in the store.
    pub(crate) fn id(&mut self) -> Uuid {
        let [high, low] = u16::try_from(self.draw.next % (1 << 12)).unwrap_or_default().to_be_bytes();
        let drawn = self.draw.bytes();
        let mut rest = [0; 10];
        rest.copy_from_slice(&drawn[..10]);
        (rest[0], rest[1]) = (high, low);
        let ms = u64::try_from(self.ms()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(ms, &rest).into_uuid()
    }

    /// The index that the next entry will have.
    pub(crate) fn next_entry(&self) -> Result<u64> {
        Ok(upheld_evidence::head(self.tx, &self.inner.log_key)?.0)
    }

    /// An entry to be filled in.
    pub(crate) fn entry(&self, verb: &str, actor: &str) -> Entry {
        Entry {
            at: self.ms(),
            verb: verb.to_owned(),
            actor: actor.to_owned(),
            version: self.in_force.version.version.clone(),
            ..Entry::default()
        }
    }

    /// How the log names a person.
    pub(crate) fn subject(&self, person: PersonId) -> String {
        self.inner.keys.subject(person)
    }

    /// Appends an entry with what was answered; gives its index.
    pub(crate) fn log(&mut self, mut entry: Entry, answer: &Answer) -> Result<u64> {
        entry.result = if answer.allowed { "done" } else { "refused" }.to_owned();
        entry.reason = (!answer.allowed).then(|| word(answer.reason));
        let mut clauses: Vec<String> = answer.because.iter().map(|cited| cited.clause.clone()).collect();
        clauses.dedup();
        entry.clauses = clauses;
        entry.nonce = hex(&self.draw.bytes());
        Ok(upheld_evidence::append(self.tx, &self.inner.log_key, &entry)?)
    }
}

/// Whether an error says that somebody changed the store: a refusal and an alarm.
pub(crate) const fn is_alarm(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Vault(VaultError::NotVerified | VaultError::NotAuthentic))
}

/// A reason as one word of the language (`not_agreed`).
pub(crate) fn word(reason: Reason) -> String {
    // A unit variant always serialises to a text.
    serde_json::to_value(reason).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

impl<T> Act<T> {
    pub(crate) fn refused(answer: Answer, log: u64) -> Self {
        Self { answer, log, fields: std::collections::BTreeMap::new(), result: None }
    }

    pub(crate) fn done(answer: Answer, log: u64, result: T) -> Self {
        Self { answer, log, fields: std::collections::BTreeMap::new(), result: Some(result) }
    }
}

/// An answer that no sentence had to give: the act is one that the store or the person may always do.
pub(crate) fn granted() -> Answer {
    Answer { allowed: true, reason: Reason::Permitted, because: Vec::new(), lacking: Vec::new() }
}
