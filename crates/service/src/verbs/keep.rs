//! `keep`: what time does. A sweep erases what is past its period and ends cases that are over; scrubbing makes the bytes
//! of what was erased go.

use std::collections::BTreeSet;

use upheld_decide::{Compiled, End};
use upheld_vault::{PersonId, VaultError};

use crate::acts::{Erased, Held};
use crate::error::ServiceError;
use crate::holdings::{Holding, origin_of};
use crate::keep::earlier;
use crate::moment::{Moment, granted, hex};
use crate::schema::sql;
use crate::service::{Result, Service};

/// How many people one write of a sweep looks at: what waits behind it does not wait long.
const PEOPLE_AT_ONCE: usize = 100;

/// How many cases one sweep ends.
const CASES_AT_ONCE: u64 = 5_000;

/// How the log names what nobody asked for.
const TIME: &str = "time";

impl Service {
    /// Erases what is past its kept period and ends cases that are over. A value past its period is refused even before.
    ///
    /// # Errors
    ///
    /// When the store fails. What was erased by then stays erased; the next sweep goes on.
    pub fn sweep(&self) -> Result<Erased> {
        let now = self.0.now();
        let mut total = Erased { unreadable: now.to_string(), ..Erased::default() };
        let candidates = self.0.store.read(|tx| match self.0.in_force(tx, now)? {
            None => Ok(Vec::new()),
            Some(in_force) => candidates(&Moment::reading(tx, &self.0, now, in_force)),
        })?;
        for people in candidates.chunks(PEOPLE_AT_ONCE) {
            let people = people.to_vec();
            let erased = self.moment(move |moment, _| {
                let mut sum = Erased::default();
                for person in &people {
                    match erase_due(moment, *person) {
                        Ok(erased) => {
                            sum.values += erased.values;
                            sum.keys += erased.keys;
                        }
                        Err(ServiceError::Vault(VaultError::NotVerified | VaultError::NotAuthentic)) => {
                            tracing::error!("a stored row of a person does not verify; what is due of them is left");
                        }
                        Err(error) => return Err(error),
                    }
                }
                Ok(sum)
            })?;
            total.values += erased.values;
            total.keys += erased.keys;
        }
        self.moment(|moment, _| {
            for mut case in moment.cases_over(CASES_AT_ONCE)? {
                let entry = moment.next_entry()?;
                moment.end_case(&mut case, entry)?;
                let mut log = moment.entry("attest", TIME);
                log.case = Some(case.id.to_string());
                log.details.insert("step".to_owned(), "end".to_owned());
                log.details.insert("ground".to_owned(), case.ground.clone());
                moment.log(log, &granted())?;
            }
            Ok(())
        })?;
        match self.scrub() {
            Ok(waited) if waited > 0 => total.bytes_gone = Some(self.0.now().to_string()),
            Ok(_) => {}
            Err(ServiceError::Store(upheld_store::StoreError::Busy)) => {
                tracing::info!("readers are in the way of scrubbing; the next sweep tries again");
            }
            Err(error) => return Err(error),
        }
        Ok(total)
    }

    /// Makes the bytes of what was erased go; gives how many erasures had waited.
    ///
    /// # Errors
    ///
    /// [`upheld_store::StoreError::Busy`] when readers are in the way.
    pub fn scrub(&self) -> Result<u64> {
        let (waiting, last) = self.0.store.read(|tx| -> Result<(u64, i64)> {
            let row = tx.one(sql::COUNT_WAITING, &[])?.ok_or_else(|| ServiceError::damaged("erasures that wait"))?;
            Ok((u64::try_from(row.int(0)?).unwrap_or_default(), row.optional_int(1)?.unwrap_or(-1)))
        })?;
        if waiting == 0 {
            return Ok(0);
        }
        self.0.store.scrub()?;
        self.moment(move |moment, _| {
            moment.tx.execute(sql::DROP_WAITING, &[last.into()])?;
            let mut entry = moment.entry("keep", TIME);
            entry.details.insert("step".to_owned(), "bytes gone".to_owned());
            entry.details.insert("erasures".to_owned(), waiting.to_string());
            entry.details.insert("up_to".to_owned(), last.to_string());
            moment.log(entry, &granted())?;
            Ok(())
        })?;
        Ok(waiting)
    }

    /// Every value of a person that lies in the store and opens, closed and blocked ones too: what scenarios look at.
    pub(crate) fn held(&self, person: &str) -> Result<Vec<Held>> {
        let now = self.0.now();
        self.0.store.read(|tx| {
            let in_force = self.0.in_force(tx, now)?.unwrap_or_else(|| std::sync::Arc::clone(&self.0.no_policy));
            let moment = Moment::reading(tx, &self.0, now, in_force);
            let Some(known) = moment.known(person)? else { return Ok(Vec::new()) };
            let holdings = moment.holdings(&known)?;
            let mut out = Vec::new();
            for value in &holdings.values {
                out.extend(moment.open(&holdings, value)?);
            }
            Ok(out)
        })
    }
}

/// People of whom something may be due. More than are due: each is looked at closely before anything is erased.
fn candidates(moment: &Moment<'_>) -> Result<Vec<PersonId>> {
    let policy = moment.policy();
    let mut out: BTreeSet<PersonId> = BTreeSet::new();
    for event in awaited(policy) {
        out.extend(moment.people_of_event(policy.names.points.name(event))?);
    }
    for (id, class) in moment.vault.classes()? {
        let origin = origin_of(policy, &class);
        for keep in policy.keeps.iter().filter(|keep| keep.origins.contains(&origin)) {
            let at_once = match keep.end {
                End::After(period, _) => earlier(moment.ms(), period, &moment.in_force.zone),
                // Kept for those of a kind only: of somebody else it is due at once.
                End::While(_) => moment.ms(),
                End::Until(_) => continue,
            };
            out.extend(moment.vault.people_of_class(&id, at_once)?);
        }
    }
    Ok(out.into_iter().collect())
}

/// The events that end a period.
fn awaited(policy: &Compiled) -> BTreeSet<u16> {
    let mut out = BTreeSet::new();
    for keep in &policy.keeps {
        match keep.end {
            End::After(_, event) | End::Until(event) => drop(out.insert(event.0)),
            End::While(kind) => {
                let life = policy.kinds.get(kind.index());
                out.extend(life.into_iter().flat_map(|life| &life.ends_at).map(|point| point.0));
            }
        }
    }
    out
}

fn erase_due(moment: &mut Moment<'_>, person: PersonId) -> Result<Erased> {
    // Somebody of whom nothing was left by an erasure just before.
    let Some(mut known) = moment.still_known(person)? else { return Ok(Erased::default()) };
    let holdings = moment.holdings(&known)?;
    let due: Vec<Holding> = holdings.values.iter().filter(|value| value.closed).cloned().collect();
    // What is kept of nobody known goes by the day: all of it together, when the last of it is past its period.
    let waits = due.len() < holdings.values.len() && moment.vault.is_nobody(person)?;
    if due.is_empty() || waits {
        return Ok(Erased::default());
    }
    let subject = moment.subject(person);
    let mut entry = moment.entry("keep", TIME);
    entry.subject = Some(subject);
    entry.elements = due.iter().map(|value| value.element.clone()).collect();
    entry.elements.sort_unstable();
    entry.elements.dedup();
    let classes: BTreeSet<String> =
        due.iter().filter_map(|value| holdings.record(value)).map(|record| hex(&record.class_id)).collect();
    entry.classes = classes.into_iter().collect();
    let mut sentences: Vec<u16> = due.iter().filter_map(|value| value.kept.sentence).collect();
    sentences.sort_unstable();
    sentences.dedup();
    let index = moment.next_entry()?;
    let erased = moment.erase(&mut known, &holdings, &due, index)?;
    entry.details.insert("values".to_owned(), erased.values.to_string());
    let because = sentences.into_iter().filter_map(|sentence| moment.policy().cite(sentence)).collect();
    moment.log(entry, &upheld_decide::Answer { because, ..granted() })?;
    Ok(erased)
}
