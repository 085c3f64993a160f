//! Values that are held as a hash: hashed before they come near the store, and compared with what somebody types.
//!
//! The work takes much memory by design, so no more than a few hashes are under way at once and no more than some wait; it is
//! never done in a write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use upheld_decide::{Compiled, Element};
use zeroize::{Zeroize, Zeroizing};

use crate::error::ServiceError;
use crate::intake::well_formed;
use crate::moment::{believed, random};
use crate::service::{Result, Service};

/// Memory in KiB, passes and lanes of argon2id: what the OWASP Password Storage Cheat Sheet asks for at least (read 2026-11-25).
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The lengths of a salt and of a hash, in bytes (RFC 9106, 3.1 and 4).
const SALT: usize = 16;
const HASH: usize = 32;

/// The most memory and passes that a stored hash may ask for: more stands in none that this program wrote.
const MOST_MEMORY: u32 = 1 << 20;
const MOST_PASSES: u32 = 64;

/// The longest value that is hashed, in bytes.
const LONGEST: usize = 1024;

/// How many are hashed at once, at most: memory is the bound.
const AT_ONCE: usize = 4;

/// How many wait for their turn, at most.
const MOST_WAITING: usize = 64;

/// The most values in one batch of records that are to be hashed.
const MOST_IN_A_BATCH: usize = 16;

/// Where hashes are made.
#[derive(Default)]
pub(crate) struct Workshop {
    /// How many are under way, and how many wait.
    load: Mutex<(usize, usize)>,
    freed: Condvar,
    /// What is compared with where there is nothing to compare with.
    nobody: OnceLock<Option<String>>,
}

/// A turn in the workshop, until it is dropped.
struct Turn<'w>(&'w Workshop);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.load.lock().unwrap_or_else(PoisonError::into_inner).0 -= 1;
        self.0.freed.notify_one();
    }
}

impl Workshop {
    fn turn(&self) -> Result<Turn<'_>> {
        let at_once = std::thread::available_parallelism().map_or(1, usize::from).min(AT_ONCE);
        let mut load = self.load.lock().unwrap_or_else(PoisonError::into_inner);
        if load.0 >= at_once {
            if load.1 >= MOST_WAITING {
                return Err(ServiceError::Busy);
            }
            load.1 += 1;
            while load.0 >= at_once {
                load = self.freed.wait(load).unwrap_or_else(PoisonError::into_inner);
            }
            load.1 -= 1;
        }
        load.0 += 1;
        Ok(Turn(self))
    }

    /// The hash of a value with a salt of its own, in the PHC string format.
    fn hash(&self, value: &str) -> Result<String> {
        let _turn = self.turn()?;
        let salt = random()?;
        let salt = salt.get(..SALT).unwrap_or_default();
        let hash = argon2id(value, salt, (MEMORY, PASSES, LANES), HASH)?;
        let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash.as_slice()));
        Ok(format!("$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}${salt}${hash}"))
    }

    /// Whether a value is the one that was hashed. Without a hash the same work is done, and the answer is no.
    pub(crate) fn matches(&self, value: &str, held: Option<&str>) -> Result<bool> {
        let nobody = || self.nobody.get_or_init(|| self.hash("nobody").ok()).as_deref();
        // A value that was taken before the policy held it as a hash is none, and matches nothing.
        let held = held.and_then(Held::read);
        let there = held.is_some();
        let Some(held) = held.or_else(|| nobody().and_then(Held::read)) else { return Err(ServiceError::Busy) };
        // What was too long to be taken in is held by nobody; it costs no less, and no more.
        let fits = value.len() <= LONGEST;
        let value = if fits { value } else { "" };
        let Held { salt, hash, costs } = held;
        let _turn = self.turn()?;
        let made = argon2id(value, &salt, costs, hash.len())?;
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(&made, &hash).is_ok();
        Ok(same && there && fits)
    }
}

fn argon2id(
    value: &str,
    salt: &[u8],
    (memory, passes, lanes): (u32, u32, u32),
    len: usize,
) -> Result<Zeroizing<Vec<u8>>> {
    let failed = |_| ServiceError::damaged("a hash");
    let params = Params::new(memory, passes, lanes, Some(len)).map_err(failed)?;
    let mut blocks = Zeroizing::new(vec![Block::new(); params.block_count()]);
    let mut out = Zeroizing::new(vec![0; len]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into_with_memory(value.as_bytes(), salt, &mut out, &mut **blocks).map_err(failed)?;
    Ok(out)
}

/// A hash as it is stored, read. Its costs stand in it, so that others may be asked for one day.
struct Held {
    salt: Vec<u8>,
    hash: Zeroizing<Vec<u8>>,
    costs: (u32, u32, u32),
}

impl Held {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("$argon2id$v=19$")?.split('$');
        let (costs, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
        let mut costs = costs.split(',');
        let mut cost = |name: &str| costs.next()?.strip_prefix(name)?.strip_prefix('=')?.parse::<u32>().ok();
        let costs = (cost("m")?, cost("t")?, cost("p")?);
        let bounded = costs.0 <= MOST_MEMORY && costs.1 <= MOST_PASSES && costs.2 == LANES;
        let (salt, hash) = (STANDARD_NO_PAD.decode(salt).ok()?, STANDARD_NO_PAD.decode(hash).ok()?);
        (bounded && parts.next().is_none()).then_some(Self { salt, hash: Zeroizing::new(hash), costs })
    }
}

/// What is shown in the place of a hash.
pub(crate) const HIDDEN: &str = "…";

/// Whether an element is held as a hash.
pub(crate) fn is_hash(policy: &Compiled, element: Element) -> bool {
    policy.forms.get(element.index()).is_some_and(|form| form.hash)
}

/// The names of the values of a record that were hashed on the way in.
pub(crate) type Hashed = BTreeSet<String>;

impl Service {
    /// Puts hashes in the place of what a point takes and holds so. What cannot be hashed becomes empty, which no value may be.
    pub(crate) fn hash_values(&self, point: &str, values: &mut BTreeMap<String, String>) -> Result<Hashed> {
        let mut hashed = Hashed::new();
        let Some(policy) = self.policy_ahead()? else { return Ok(hashed) };
        let policy = &policy.policy;
        let Some(point) = policy.names.points.id(point) else { return Ok(hashed) };
        let takes = policy.points.iter().filter(|known| known.id.0 == point).flat_map(|point| &point.takes);
        // What is sealed there is sealed as it is held once it is opened.
        let seals = policy.seals.iter().filter(|seal| seal.at.0 == point).flat_map(|seal| &seal.elements);
        let elements = takes.map(|taken| taken.element).chain(seals.copied());
        for element in elements.filter(|element| is_hash(policy, *element)) {
            let name = policy.names.data.name(element.0);
            if let Some(value) = values.get_mut(name)
                && hashed.insert(name.to_owned())
            {
                self.hash_value(name, value)?;
            }
        }
        Ok(hashed)
    }

    /// As [`Service::hash_values`], of a batch.
    pub(crate) fn hash_batch<'a>(
        &self,
        records: impl Iterator<Item = (&'a str, &'a mut BTreeMap<String, String>)>,
    ) -> Result<Vec<Hashed>> {
        let mut count = 0;
        let mut out = Vec::new();
        for (point, values) in records {
            if count > MOST_IN_A_BATCH {
                return Err(ServiceError::invalid(format!(
                    "a batch has at most {MOST_IN_A_BATCH} values that are held as a hash; send several"
                )));
            }
            let hashed = self.hash_values(point, values)?;
            count += hashed.len();
            out.push(hashed);
        }
        Ok(out)
    }

    /// Puts a hash in the place of a value of an element that is held so; says whether it is.
    pub(crate) fn hash_one(&self, element: &str, value: &mut String) -> Result<bool> {
        let Some(policy) = self.policy_ahead()? else { return Ok(false) };
        let policy = &policy.policy;
        let hash = policy.names.data.id(element).is_some_and(|id| is_hash(policy, Element(id)));
        if hash {
            self.hash_value(element, value)?;
        }
        Ok(hash)
    }

    fn hash_value(&self, element: &str, value: &mut String) -> Result<()> {
        let good = value.len() <= LONGEST && well_formed(element, value);
        let hash = if good { self.0.workshop.hash(value)? } else { String::new() };
        value.zeroize();
        *value = hash;
        Ok(())
    }

    /// The version in force before the write begins. Where another one is in force in it, what was hashed for this one is not stored.
    fn policy_ahead(&self) -> Result<Option<std::sync::Arc<crate::policy_life::InForce>>> {
        match self.recent_policy() {
            Some(known) => Ok(known),
            None => believed(self.in_force_to_ask()),
        }
    }
}
