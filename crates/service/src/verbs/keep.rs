//! `keep`: what time does. A sweep erases what is past its period and ends cases that are over; scrubbing makes the bytes
//! of what was erased go.

use std::collections::BTreeSet;

use upheld_decide::{Answer, Compiled, End, Reason};
use upheld_vault::{PersonId, VaultError};
use uuid::Uuid;

use crate::acts::{Erased, Held, HeldByCase};
use crate::cases::held_words;
use crate::error::ServiceError;
use crate::holdings::{Holding, origin_of};
use crate::keep::earlier;
use crate::moment::{Moment, granted, hex, is_alarm};
use crate::schema::sql;
use crate::service::{Result, Service};

/// How many people one write of a sweep looks at: what waits behind it does not wait long.
const PEOPLE_AT_ONCE: usize = 100;

/// How many keys of sealed data one write destroys.
const SEALS_AT_ONCE: u64 = 100;

/// How many cases one sweep ends.
const CASES_AT_ONCE: u64 = 5_000;

/// A store of so many bytes is scrubbed after each erasure: that takes less than a tenth of a second.
pub(crate) const SMALL: u64 = 8 << 20;

/// How long the bytes of an erasure may wait in a larger one, in milliseconds.
const LONGEST_WAIT: i64 = 12 * 3_600_000;

/// Erasures whose bytes are not gone yet.
#[derive(Clone, Copy)]
struct Waiting {
    count: u64,
    /// The entry of the newest.
    last: i64,
    /// When the oldest was.
    oldest: Option<i64>,
}

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
        self.destroy_seals_over()?;
        for people in candidates.chunks(PEOPLE_AT_ONCE) {
            let people = people.to_vec();
            let erased = self.moment(move |moment, _| {
                let mut sum = Erased::default();
                for person in &people {
                    // One whose rows do not verify is left whole; the others go on.
                    let tx = moment.tx;
                    match tx.part(|| erase_due(moment, *person)) {
                        Ok(erased) => {
                            sum.values += erased.values;
                            sum.keys += erased.keys;
                        }
                        Err(error) if is_alarm(&error) => {
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
        self.store_counts()?;
        match self.scrub_when_due() {
            Ok(waited) if waited > 0 => total.bytes_gone = Some(self.0.now().to_string()),
            Ok(_) => {}
            Err(ServiceError::Store(upheld_store::StoreError::Busy)) => {
                tracing::info!("readers are in the way of scrubbing; the next sweep tries again");
            }
            Err(error) => return Err(error),
        }
        Ok(total)
    }

    /// Destroys the keys of what was sealed and nobody agreed to in time. Of whom nothing else is there is forgotten.
    fn destroy_seals_over(&self) -> Result<()> {
        let mut more = true;
        while more {
            more = self.moment(|moment, _| {
                let over = moment.vault.seals_over(moment.ms(), SEALS_AT_ONCE)?;
                let mut done = false;
                for (attempt, person) in &over {
                    let tx = moment.tx;
                    match tx.part(|| destroy_over(moment, *attempt, *person)) {
                        Ok(()) => done = true,
                        Err(error) if is_alarm(&error) => {
                            tracing::error!("a stored row of a person does not verify; what is sealed of them is left");
                        }
                        Err(error) => return Err(error),
                    }
                }
                // Those that do not verify would be found again and again.
                Ok(done && over.len() as u64 >= SEALS_AT_ONCE)
            })?;
        }
        Ok(())
    }

    /// What is sealed of a person and waits still, as the log names it: what scenarios look at.
    pub(crate) fn waiting_seals(&self, person: &str) -> Result<Vec<String>> {
        let now = self.0.now();
        self.0.store.read(|tx| {
            let in_force = self.0.in_force(tx, now)?.unwrap_or_else(|| std::sync::Arc::clone(&self.0.no_policy));
            let moment = Moment::reading(tx, &self.0, now, in_force);
            let Some(known) = moment.known(person)? else { return Ok(Vec::new()) };
            Ok(moment.waiting_of(&known)?.iter().map(|waiting| waiting.attempt.to_string()).collect())
        })
    }

    /// Makes the bytes of what was erased go; gives how many erasures had waited.
    ///
    /// # Errors
    ///
    /// [`upheld_store::StoreError::Busy`] when readers are in the way.
    pub fn scrub(&self) -> Result<u64> {
        self.scrub_up_to(u64::MAX)
    }

    /// Scrubs a small store at once, a large one when an erasure has waited for half a day: it is rewritten whole, and
    /// writes wait meanwhile.
    fn scrub_when_due(&self) -> Result<u64> {
        let now = self.0.now().as_millisecond();
        let oldest = self.waiting()?.and_then(|waiting| waiting.oldest);
        let long = oldest.is_some_and(|oldest| now.saturating_sub(oldest) >= LONGEST_WAIT);
        self.scrub_up_to(if long { u64::MAX } else { SMALL })
    }

    /// Scrubs a store of at most so many bytes; of a larger one the erasures go on waiting, and the answer is zero.
    pub(crate) fn scrub_up_to(&self, bytes: u64) -> Result<u64> {
        let Some(waiting) = self.waiting()? else { return Ok(0) };
        if !self.0.store.scrub_up_to(bytes)? {
            return Ok(0);
        }
        self.moment(move |moment, _| {
            moment.tx.execute(sql::DROP_WAITING, &[waiting.last.into()])?;
            let mut entry = moment.entry("keep", TIME);
            entry.details.insert("step".to_owned(), "bytes gone".to_owned());
            entry.details.insert("erasures".to_owned(), waiting.count.to_string());
            entry.details.insert("up_to".to_owned(), waiting.last.to_string());
            moment.log(entry, &granted())?;
            Ok(())
        })?;
        Ok(waiting.count)
    }

    fn waiting(&self) -> Result<Option<Waiting>> {
        self.0.store.read(|tx| {
            let row = tx.one(sql::COUNT_WAITING, &[])?.ok_or_else(|| ServiceError::damaged("erasures that wait"))?;
            let count = u64::try_from(row.int(0)?).unwrap_or_default();
            Ok(match row.optional_int(1)? {
                Some(last) if count > 0 => Some(Waiting { count, last, oldest: row.optional_int(2)? }),
                _ => None,
            })
        })
    }

    /// The cases that hold data from being erased, oldest first: for who has the store.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn holds(&self) -> Result<Vec<HeldByCase>> {
        let now = self.0.now();
        self.0.store.read(|tx| {
            let in_force = self.0.in_force(tx, now)?.unwrap_or_else(|| std::sync::Arc::clone(&self.0.no_policy));
            let moment = Moment::reading(tx, &self.0, now, in_force);
            let policy = moment.policy();
            let mut out = Vec::new();
            for ground in policy.grounds.iter().filter(|ground| !ground.holds.is_empty()) {
                for case in moment.open_cases(policy.names.grounds.name(ground.id.0))? {
                    if case.over(moment.ms()) {
                        continue;
                    }
                    let people: BTreeSet<PersonId> = case.reach.iter().map(|(person, _)| *person).collect();
                    let everybody = matches!(ground.reaches, upheld_decide::Case::Everybody(_));
                    let line = ground.holds.first().and_then(|hold| policy.cite(hold.sentence));
                    out.push((
                        case.opened,
                        HeldByCase {
                            case: case.id.to_string(),
                            ground: case.ground.clone(),
                            data: held_words(policy, ground),
                            people: (!everybody).then_some(people.len() as u64),
                            by: case.opener.clone(),
                            since: moment.day_of(case.opened),
                            until: case.ends.map(|end| moment.day_of(end)),
                            missing: moment.case_state(&case)?.missing,
                            clause: line.map(|cited| cited.clause).unwrap_or_default(),
                        },
                    ));
                }
            }
            out.sort_by(|(one, a), (other, b)| (one, &a.case).cmp(&(other, &b.case)));
            Ok(out.into_iter().map(|(_, held)| held).collect())
        })
    }

    /// By which clauses what is held of an element of a person must not be erased now: what scenarios look at.
    pub(crate) fn kept_by(&self, person: &str, element: &str) -> Result<upheld_decide::Answer> {
        let now = self.0.now();
        self.0.store.read(|tx| {
            let in_force = self.0.in_force(tx, now)?.unwrap_or_else(|| std::sync::Arc::clone(&self.0.no_policy));
            let moment = Moment::reading(tx, &self.0, now, in_force);
            let Some(known) = moment.known(person)? else { return Ok(Answer::refused(Reason::NobodyKnown)) };
            let mut holdings = moment.holdings(&known)?;
            moment.mark_holds(&known, &mut holdings)?;
            let data = &moment.policy().names.data;
            let wanted = data.id(element);
            let of_it = |value: &&Holding| value.id.zip(wanted).is_some_and(|(id, group)| data.is_within(id.0, group));
            let demanded: BTreeSet<u16> = holdings.values.iter().filter(of_it).filter_map(Holding::demanded).collect();
            if demanded.is_empty() {
                return Ok(Answer::refused(Reason::NoRule));
            }
            let because = demanded.into_iter().filter_map(|sentence| moment.policy().cite(sentence)).collect();
            Ok(Answer { allowed: true, reason: Reason::Kept, because, lacking: Vec::new() })
        })
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
                let hash = value.id.is_some_and(|id| crate::hashes::is_hash(moment.policy(), id));
                let opened = moment.open(&holdings, value)?;
                out.extend(
                    opened
                        .map(|held| if hash { Held { value: crate::hashes::HIDDEN.to_owned(), ..held } } else { held }),
                );
            }
            Ok(out)
        })
    }
}

/// People of whom something may be due. More than are due: each is looked at closely before anything is erased.
fn candidates(moment: &Moment<'_>) -> Result<Vec<PersonId>> {
    let mut out: BTreeSet<PersonId> = BTreeSet::new();
    let mut events: BTreeSet<String> = awaited(moment.policy());
    for id in moment.vault.class_ids()? {
        let class = match moment.vault.class(&id) {
            Err(VaultError::NotAuthentic) => {
                tracing::error!("a stored class does not verify; what is due of it is left");
                continue;
            }
            class => class?,
        };
        let keeping = moment.keeping(&class)?;
        if !std::sync::Arc::ptr_eq(&keeping, &moment.in_force) {
            events.extend(awaited(&keeping.policy));
        }
        let origin = origin_of(&keeping.policy, &class);
        let keeps =
            keeping.policy.keeps.iter().filter(|keep| keep.purposes.is_empty() && keep.origins.contains(&origin));
        // Where the last of several ends counts, each of them is past when it is due.
        for end in keeps.flat_map(|keep| keep.end.each()) {
            let at_once = match end {
                End::After(period, _) => earlier(moment.ms(), *period, &keeping.zone),
                // No value is due before the shortest of them.
                End::Law(law) => {
                    let soonest = law.periods.iter().map(|asked| earlier(moment.ms(), asked.period, &keeping.zone));
                    soonest.max().unwrap_or(i64::MIN)
                }
                // Kept for those of a kind only: of somebody else it is due at once.
                End::While(_) => moment.ms(),
                End::Until(_) | End::Longer(_) => continue,
            };
            out.extend(moment.vault.people_of_class(&id, at_once)?);
        }
    }
    for event in events {
        out.extend(moment.people_of_event(&event)?);
    }
    Ok(out.into_iter().collect())
}

/// Destroys the key of an attempt whose time is over.
fn destroy_over(moment: &mut Moment<'_>, attempt: Uuid, person: PersonId) -> Result<()> {
    // Somebody who was forgotten just before went with all of their keys.
    let Some(mut known) = moment.still_known(person)? else { return Ok(()) };
    let entry = moment.next_entry()?;
    let over = moment.vault.seals_of(person)?;
    for waiting in over.iter().filter(|waiting| waiting.attempt == attempt) {
        moment.destroy(&mut known, waiting, entry)?;
    }
    if moment.vault.is_empty(person)? && moment.vault.seals_of(person)?.is_empty() {
        moment.forget(person)?;
    }
    moment.log_destroyed(TIME, person, attempt, "expired")
}

/// The events that end a period, by name.
fn awaited(policy: &Compiled) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for end in policy.keeps.iter().filter(|keep| keep.purposes.is_empty()).flat_map(|keep| keep.end.each()) {
        let points: Vec<u16> = match end {
            End::After(_, event) | End::Until(event) => vec![event.0],
            End::While(kind) => {
                let life = policy.kinds.get(kind.index());
                life.into_iter().flat_map(|life| &life.ends_at).map(|point| point.0).collect()
            }
            End::Law(law) => vec![law.after.0],
            End::Longer(_) => Vec::new(),
        };
        out.extend(points.into_iter().map(|point| policy.names.points.name(point).to_owned()));
    }
    out
}

fn erase_due(moment: &mut Moment<'_>, person: PersonId) -> Result<Erased> {
    // Somebody of whom nothing was left by an erasure just before.
    let Some(mut known) = moment.still_known(person)? else { return Ok(Erased::default()) };
    let mut holdings = moment.holdings(&known)?;
    moment.mark_holds(&known, &mut holdings)?;
    let due: Vec<Holding> =
        holdings.values.iter().filter(|value| value.closed && value.hold.is_none()).cloned().collect();
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
    moment.log(entry, &Answer { because, ..granted() })?;
    Ok(erased)
}
