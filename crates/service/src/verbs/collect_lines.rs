//! `collect` of the lines of a log: many records of nobody known in one act, and how far the log was read in the same
//! transaction, so that no line goes in twice and none is lost.

use std::collections::{BTreeMap, BTreeSet};

use upheld_decide::{Answer, Compiled, Element, OriginId, Point, Reason};
use upheld_evidence::Entry;
use upheld_vault::{NewRecord, NewValue, Shreds, VaultError};

use crate::access::Verb;
use crate::acts::{Act, Line, Lines, LinesTaken, LogProgress};
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::hashes::Hashed;
use crate::intake::{Given, covers, intake};
use crate::keep::{Value, kept};
use crate::moment::{Moment, actor_of, granted, hex};
use crate::schema::sql;
use crate::service::{Result, Service};
use crate::verbs::collect::{Source, decide, parts};

/// The most lines of one act.
const MOST_LINES: usize = 10_000;

/// How far a clock may be ahead of this one, in milliseconds.
const AHEAD: i64 = 24 * 3_600_000;

impl Service {
    /// How far a log was taken in; none when nothing of it was.
    ///
    /// # Errors
    ///
    /// When the store fails, or the row was changed.
    pub fn log_progress(&self, source: &[u8; 32]) -> Result<Option<LogProgress>> {
        let now = self.0.now();
        self.0.store.read(|tx| {
            let none = std::sync::Arc::clone(&self.0.no_policy);
            Moment::reading(tx, &self.0, now, none).taken_log(source)
        })
    }

    /// Takes lines of a log in: what the point declares of each, and nothing else.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb or the point, when the store knows another place of the log than `from`, or when
    /// the store fails.
    pub fn collect_lines(&self, caller: &Caller, lines: Lines) -> Result<Act<LinesTaken>> {
        caller.may(Verb::Collect)?;
        caller.may_collect_at(&lines.point)?;
        if lines.records.len() > MOST_LINES {
            return Err(ServiceError::invalid(format!("one act takes at most {MOST_LINES} lines; send several")));
        }
        let caller = caller.clone();
        self.act("collect", actor_of(&caller), move |moment| take(moment, &caller, &lines))
    }
}

fn take(moment: &mut Moment<'_>, caller: &Caller, lines: &Lines) -> Result<Act<LinesTaken>> {
    let in_force = std::sync::Arc::clone(&moment.in_force);
    let policy = &in_force.policy;
    let known = moment.taken_log(&lines.source)?;
    if known.map_or(0, |known| known.lines) != lines.from {
        return Err(ServiceError::invalid("the store has taken another part of this log meanwhile; start again"));
    }
    let point = policy.names.points.id(&lines.point).and_then(|id| policy.points.iter().find(|point| point.id.0 == id));
    let Some(point) = point else {
        return refuse(moment, caller, crate::judge::refused_over(Reason::NotDeclared, &lines.point));
    };
    if !point.places.is_empty() && !lines.r#in.as_deref().is_some_and(|place| covers(point, place)) {
        return refuse(moment, caller, Answer::refused(Reason::NotCovered));
    }
    let index = moment.next_entry()?;
    let mut taking = Taking {
        caller,
        point,
        place: lines.r#in.as_deref(),
        index,
        out: LinesTaken::default(),
        shreds: Shreds::default(),
        people: BTreeMap::new(),
        decided: BTreeMap::new(),
        classes: BTreeSet::new(),
        clauses: BTreeSet::new(),
        hashed: Hashed::new(),
    };
    for line in &lines.records {
        taking.line(moment, policy, line)?;
    }
    let Taking { out, classes, clauses, .. } = taking;
    let mut entry = moment.entry("collect", &actor_of(caller));
    entry.elements = out.kept.keys().cloned().collect();
    entry.classes = classes.into_iter().collect();
    entry.details.insert("point".to_owned(), lines.point.clone());
    entry.details.insert("lines".to_owned(), format!("{} to {}", lines.from, lines.until));
    entry.details.insert("records".to_owned(), out.stored.to_string());
    if out.taken_out > 0 {
        entry.details.insert("taken_out".to_owned(), out.taken_out.to_string());
    }
    moment.set_taken_log(lines, index)?;
    let because = clauses.into_iter().filter_map(|sentence| policy.cite(sentence)).collect();
    let answer = Answer { because, ..granted() };
    let log = moment.log(entry, &answer)?;
    Ok(Act::done(answer, log, out))
}

fn refuse(moment: &mut Moment<'_>, caller: &Caller, answer: Answer) -> Result<Act<LinesTaken>> {
    let entry: Entry = moment.entry("collect", &actor_of(caller));
    let log = moment.log(entry, &answer)?;
    Ok(Act::refused(answer, log))
}

/// Lines on their way in. What does not change from line to line is worked out once.
struct Taking<'a> {
    caller: &'a Caller,
    point: &'a Point,
    place: Option<&'a str>,
    /// Index of the entry of the act.
    index: u64,
    out: LinesTaken,
    shreds: Shreds,
    /// Whom records of nobody known belong to, by keep and day.
    people: BTreeMap<(String, String), upheld_vault::PersonId>,
    /// Answers over sets of elements and origins: of nobody known they are the same for every line.
    decided: BTreeMap<Vec<(Element, OriginId)>, Answer>,
    classes: BTreeSet<String>,
    /// Sentences that permit.
    clauses: BTreeSet<u16>,
    /// None: nothing in a log is hashed.
    hashed: Hashed,
}

impl Taking<'_> {
    fn line(&mut self, moment: &mut Moment<'_>, policy: &Compiled, line: &Line) -> Result<()> {
        let at = line.at.as_millisecond();
        let taken =
            intake(policy, self.point, None, false, Given { values: &line.values, hashed: &self.hashed, item: None });
        if taken.stale {
            return Err(ServiceError::invalid(
                "what is held as a hash does not come in the lines of a log; leave its field out",
            ));
        }
        let taken_out = taken.taken_out;
        for name in taken.dropped {
            *self.out.dropped.entry(name).or_default() += 1;
        }
        if let Some(reason) = taken.fields.values().next() {
            *self.out.refused.entry(*reason).or_default() += 1;
            return Ok(());
        }
        let values = taken.values;
        if values.is_empty() {
            self.out.empty += 1;
            return Ok(());
        }
        let past = values.iter().any(|(taken, _)| {
            let value = Value { element: taken.element, origin: taken.origin, at, item: None };
            let kept = kept(policy, &moment.in_force.zone, None, value, moment.ms());
            kept.closes.is_some_and(|end| end <= moment.ms())
        });
        if past || at > moment.ms().saturating_add(AHEAD) {
            self.out.out_of_time += 1;
            return Ok(());
        }
        let pairs: Vec<_> = values.iter().map(|(taken, _)| (taken.element, taken.origin)).collect();
        if !self.decided.contains_key(&pairs) {
            let answer = decide(moment, self.caller, None, &values);
            self.decided.insert(pairs.clone(), answer);
        }
        if let Some(answer) = self.decided.get(&pairs).filter(|answer| !answer.allowed) {
            *self.out.refused.entry(answer.reason).or_default() += 1;
            return Ok(());
        }
        self.clauses.extend(values.iter().map(|(taken, _)| taken.sentence));
        let source = Source { caller: self.caller, point: self.point, place: self.place, nobody: true, at };
        for part in parts(moment, &source, &values) {
            let Some((_, keep, day, _)) = part.values.first() else { continue };
            let group = (keep.clone(), day.clone());
            let person = match self.people.get(&group) {
                Some(person) => *person,
                None => {
                    let id = moment.id();
                    let person = moment.vault.pseudo_person(keep, day, id)?;
                    self.people.insert(group, person);
                    person
                }
            };
            let values: Vec<NewValue<'_>> = part
                .values
                .iter()
                .map(|(element, keep, month, value)| NewValue { element, keep, month, value })
                .collect();
            for value in &values {
                *self.out.kept.entry(value.element.to_owned()).or_default() += 1;
            }
            let id = moment.id();
            let record =
                NewRecord { id, person, class: &part.class, at, item: None, entry: self.index, values: &values };
            moment.vault.put_with(&record, &mut self.shreds)?;
            self.classes.insert(hex(&part.class.id()));
        }
        self.out.taken_out += taken_out;
        self.out.stored += 1;
        Ok(())
    }
}

impl Moment<'_> {
    fn taken_log(&self, source: &[u8; 32]) -> Result<Option<LogProgress>> {
        let key = self.vault.row_mac("log source", &[source]);
        let Some(row) = self.tx.one(sql::TAKEN_LOG, &[key.into()])? else { return Ok(None) };
        let (lines, bytes, prefix) = (row.int(0)?, row.int(1)?, row.array::<32>(2)?);
        let parts: [&[u8]; 5] = [&key, &lines.to_be_bytes(), &bytes.to_be_bytes(), &prefix, &row.int(3)?.to_be_bytes()];
        self.vault.verify_row("taken_log", &parts, row.blob(4)?)?;
        let count = |n: i64| u64::try_from(n).map_err(|_| ServiceError::Vault(VaultError::NotVerified));
        Ok(Some(LogProgress { lines: count(lines)?, bytes: count(bytes)?, prefix }))
    }

    fn set_taken_log(&self, lines: &Lines, entry: u64) -> Result<()> {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let (until, bytes, entry) = (number(lines.until), number(lines.bytes), number(entry));
        // Digests of a log are digests of what people did: the store keeps them under its keys only.
        let key = self.vault.row_mac("log source", &[&lines.source]);
        let prefix = self.vault.row_mac("log prefix", &[&lines.prefix]);
        let parts: [&[u8]; 5] = [&key, &until.to_be_bytes(), &bytes.to_be_bytes(), &prefix, &entry.to_be_bytes()];
        let mac = self.vault.row_mac("taken_log", &parts);
        let values = [key.into(), until.into(), bytes.into(), prefix.into(), entry.into(), mac.into()];
        self.tx.execute(sql::SET_TAKEN_LOG, &values)?;
        Ok(())
    }
}

impl Service {
    /// Whether a digest over the first lines of a log is the one that was stored with its progress.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn is_log_prefix(&self, progress: &LogProgress, prefix: &[u8; 32]) -> Result<bool> {
        self.0.store.read(|tx| {
            let vault = upheld_vault::Vault::new(tx, &self.0.keys);
            Ok(vault.verify_row("log prefix", &[prefix], &progress.prefix).is_ok())
        })
    }
}
