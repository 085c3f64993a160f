//! `collect`: take in a record at a declared collection point.

use std::collections::{BTreeMap, BTreeSet};

use upheld_decide::{
    Action, Actor, Answer, Case, Compiled, Errand, FactSet, Form, Point, PointId, PointKind, Purpose, Reason,
    Recipient, Taken,
};
use upheld_vault::{Class, NewRecord, NewValue, RecordId};
use uuid::Uuid;

use crate::access::{AccessKind, Verb};
use crate::acts::{Act, Collect, Collected};
use crate::caller::Caller;
use crate::cases::NewCase;
use crate::error::ServiceError;
use crate::facts::{Known, OWN_ID};
use crate::hashes::{Hashed, is_hash};
use crate::holdings::{Holding, giver_word};
use crate::intake::{Given, Intake, covers, intake};
use crate::judge::{is_name, refused_over};
use crate::keep::label;
use crate::moment::{Moment, actor_of, hex, is_alarm};
use crate::service::{Result, Service};
use crate::stated::Statement;

/// The longest id of a person, name of an item or place, in bytes.
const LONGEST_NAME: usize = 512;

/// The most records in one batch.
const MOST_RECORDS: usize = 10_000;

/// Values that go into one row of the vault: of one class, and of nobody known also of one keep and day.
pub(super) struct Part {
    pub(super) class: Class,
    /// Element, keep, day and value.
    pub(super) values: Vec<(String, String, String, String)>,
}

impl Service {
    /// Takes in a record.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb or the point, or the store fails. A refusal is no error.
    pub fn collect(&self, caller: &Caller, mut act: Collect) -> Result<Act<Collected>> {
        may(caller, &act)?;
        let hashed = self.hash_values(&act.point, &mut act.values)?;
        let caller = caller.clone();
        self.act("collect", actor_of(&caller), move |moment| collect(moment, &caller, &act, &hashed))
    }

    /// Takes in several, each by itself, in one transaction.
    ///
    /// # Errors
    ///
    /// As [`Service::collect`]; then none of them is stored.
    pub fn collect_batch(&self, caller: &Caller, mut acts: Vec<Collect>) -> Result<Vec<Act<Collected>>> {
        if acts.len() > MOST_RECORDS {
            return Err(ServiceError::invalid(format!("a batch has at most {MOST_RECORDS} records; send several")));
        }
        acts.iter().try_for_each(|act| may(caller, act))?;
        let hashed = self.hash_batch(acts.iter_mut().map(|act| (act.point.as_str(), &mut act.values)))?;
        let caller = caller.clone();
        self.moment(move |moment, none| {
            acts.iter()
                .zip(&hashed)
                .map(|(act, hashed)| match none {
                    None => {
                        let tx = moment.tx;
                        match tx.part(|| collect(moment, &caller, act, hashed)) {
                            Err(error) if is_alarm(&error) => {
                                tracing::error!("a stored row does not verify; the record is refused");
                                let answer = Answer::refused(Reason::NotVerified);
                                refuse(moment, &caller, act, answer, BTreeMap::new(), None)
                            }
                            done => done,
                        }
                    }
                    Some(reason) => refuse(moment, &caller, act, Answer::refused(reason), BTreeMap::new(), None),
                })
                .collect()
        })
    }
}

fn may(caller: &Caller, act: &Collect) -> Result<()> {
    caller.may(Verb::Collect)?;
    caller.may_collect_at(&act.point)?;
    for (what, text) in [("person", &act.person), ("item", &act.item), ("in", &act.r#in)] {
        if text.as_ref().is_some_and(|text| text.is_empty() || text.len() > LONGEST_NAME) {
            return Err(ServiceError::invalid(format!(
                "`{what}` is a text of 1 to {LONGEST_NAME} bytes; leave it out to say nothing"
            )));
        }
    }
    Ok(())
}

/// Takes one record in, within a moment.
fn collect(moment: &mut Moment<'_>, caller: &Caller, act: &Collect, hashed: &Hashed) -> Result<Act<Collected>> {
    let in_force = std::sync::Arc::clone(&moment.in_force);
    let policy = &in_force.policy;
    let no_fields = BTreeMap::new;
    let point = policy.names.points.id(&act.point).and_then(|id| policy.points.iter().find(|point| point.id.0 == id));
    let Some(point) = point else {
        let answer = refused_over(Reason::NotDeclared, &act.point);
        return refuse(moment, caller, act, answer, no_fields(), None);
    };
    if point.kind == PointKind::Event && caller.kind != AccessKind::Program {
        return Err(ServiceError::not_allowed("write events: a program's key does"));
    }
    if !point.places.is_empty() && !act.r#in.as_deref().is_some_and(|place| covers(point, place)) {
        return refuse(moment, caller, act, Answer::refused(Reason::NotCovered), no_fields(), None);
    }
    let known = act.person.as_deref().map(|person| moment.known(person)).transpose()?.flatten();
    let statement = match stated(moment, caller, known.as_ref(), act) {
        Ok(statement) => statement,
        Err((field, reason)) => {
            let fields = BTreeMap::from([(field.to_owned(), reason)]);
            return refuse(moment, caller, act, refused_over(reason, field), fields, known.as_ref());
        }
    };
    let given = Given { values: &act.values, hashed, item: act.item.as_deref() };
    let mut taken = intake(policy, point, known.as_ref(), act.person.is_some(), given);
    if taken.stale {
        // Another version came into force meanwhile: nothing is stored in a form that it does not have.
        return Err(ServiceError::Busy);
    }
    if let Some((field, reason)) = taken.fields.first_key_value() {
        let mut insisting = taken.insisting.clone();
        insisting.dedup();
        let because = insisting.into_iter().filter_map(|sentence| policy.cite(sentence)).collect();
        let answer = Answer { because, ..refused_over(*reason, field) };
        return refuse(moment, caller, act, answer, taken.fields, known.as_ref());
    }
    if let Some(reason) = pointless(policy, point, known.as_ref(), act, taken.values.is_empty() && !states(act)) {
        return refuse(moment, caller, act, Answer::refused(reason), no_fields(), known.as_ref());
    }
    // Who is named and has never been recorded is of no kind and has chosen nothing: that is known.
    let stranger = act.person.as_ref().filter(|_| known.is_none()).map(|_| Known::stranger(moment));
    // What is stated with the record decides about it, and stands only if it is taken.
    let weighed = known.as_ref().or(stranger.as_ref()).map(|one| one.stating(&statement));
    let weighed = weighed.as_ref();
    let mut answer = decide(moment, caller, weighed, &taken.values);
    if answer.allowed && point.kind == PointKind::Browser {
        answer = decide_device(moment, weighed, point, &taken.values, answer);
    }
    if !answer.allowed {
        return refuse(moment, caller, act, answer, no_fields(), known.as_ref());
    }

    if let Some(known) = &known {
        leave_what_is_held(moment, point, known, &mut taken)?;
    }

    let entry = moment.next_entry()?;
    let mut known = match (&act.person, known) {
        (Some(_), Some(known)) => Some(known),
        (Some(person), None) => {
            let id = moment.id();
            moment.vault.create(id, true)?;
            moment.vault.add_handle(id, OWN_ID, person)?;
            Some(moment.known_by_id(id)?)
        }
        (None, _) => None,
    };
    let source = Source { caller, point, place: act.r#in.as_deref(), nobody: known.is_none(), at: moment.ms() };
    // What a device keeps lies there, and not here.
    let parts = if point.kind == PointKind::Browser { Vec::new() } else { parts(moment, &source, &taken.values) };
    let mut records: Vec<RecordId> = Vec::new();
    let mut classes = BTreeSet::new();
    for part in &parts {
        let person = match (&known, part.values.first()) {
            (Some(known), _) => known.id,
            (None, Some((_, keep, month, _))) => {
                let id = moment.id();
                moment.vault.pseudo_person(keep, month, id)?
            }
            (None, None) => continue,
        };
        let values: Vec<NewValue<'_>> =
            part.values.iter().map(|(element, keep, month, value)| NewValue { element, keep, month, value }).collect();
        let id = moment.id();
        let item = act.item.as_deref();
        moment.vault.put(&NewRecord {
            id,
            person,
            class: &part.class,
            at: moment.ms(),
            item,
            entry,
            values: &values,
        })?;
        records.push(id);
        classes.insert(hex(&part.class.id()));
    }
    let mut cases = BTreeMap::new();
    if let Some(known) = &mut known {
        moment.set_stated(known, &statement, entry)?;
        cases = consequences(moment, caller, known, point.id, act.item.as_deref(), entry)?;
    }
    let mut log = moment.entry("collect", &actor_of(caller));
    log.subject = known.as_ref().map(|known| moment.subject(known.id));
    log.elements = taken.values.iter().map(|(taken, _)| policy.names.data.name(taken.element.0).to_owned()).collect();
    log.elements.sort_unstable();
    log.classes = classes.into_iter().collect();
    log.commitments = records.iter().map(|id| Ok(moment.vault.commitment(*id)?)).collect::<Result<_>>()?;
    log.details.insert("point".to_owned(), act.point.clone());
    note_stated(&mut log, act);
    if !taken.dropped.is_empty() {
        log.details.insert("dropped".to_owned(), taken.dropped.len().to_string());
    }
    if taken.taken_out > 0 {
        log.details.insert("taken_out".to_owned(), taken.taken_out.to_string());
    }
    log.recipient = set_by(policy, point).map(|by| policy.names.recipients.name(by.0).to_owned());
    let stored = log.elements.clone();
    let disclosed = log.recipient.is_some();
    let log = moment.log(log, &answer)?;
    if let Some(known) = known.as_ref().filter(|_| disclosed) {
        moment.note_disclosure(known, log)?;
    }
    let record = records.first().map(Uuid::to_string).unwrap_or_default();
    let dropped = taken.dropped.into_iter().filter(|name| is_name(name)).collect();
    Ok(Act::done(answer, log, Collected { record, stored, dropped, taken_out: taken.taken_out, cases }))
}

/// What the act states of the person, as it is kept; or what of it cannot be taken.
fn stated(
    moment: &Moment<'_>,
    caller: &Caller,
    known: Option<&Known>,
    act: &Collect,
) -> std::result::Result<Statement, (&'static str, Reason)> {
    let policy = moment.policy();
    let statement = crate::stated::read(policy, moment.today(), act)?;
    if statement.is_empty() {
        return Ok(statement);
    }
    if act.person.is_none() {
        let field = if act.region.is_some() { "region" } else { "age" };
        return Err((field, Reason::NobodyKnown));
    }
    // Staff who open cases with their evidence may correct what was stated.
    let corrects = caller.kind == AccessKind::Human && caller.verbs.contains(&Verb::Attest);
    match known {
        Some(known) => statement.beside(policy, known, corrects).map_err(|field| (field, Reason::StatedOtherwise)),
        None => Ok(statement),
    }
}

fn states(act: &Collect) -> bool {
    act.age.is_some() || act.born.is_some() || act.region.is_some()
}

/// That something was stated is evidence; what it was is nobody's business.
fn note_stated(entry: &mut upheld_evidence::Entry, act: &Collect) {
    let said = [("age", act.age.is_some()), ("born", act.born.is_some()), ("region", act.region.is_some())];
    let said: Vec<&str> = said.into_iter().filter(|(_, said)| *said).map(|(field, _)| field).collect();
    if !said.is_empty() {
        entry.details.insert("stated".to_owned(), said.join(", "));
    }
}

/// A value that a program gives again is not collected anew: it stays what it was when the person gave it, with its purposes
/// and its period. So nothing gains a purpose by being written once more.
fn leave_what_is_held(moment: &Moment<'_>, point: &Point, known: &Known, taken: &mut Intake<'_>) -> Result<()> {
    let policy = moment.policy();
    let elsewhere = |taken: &Taken| policy.origins_of(taken.element).any(|origin| origin != taken.origin);
    // Of one word no two hashes are alike: nothing is held that could be told to be the same.
    let may_be_held =
        |taken: &Taken| elsewhere(taken) && !policy.form(taken.element).itemised && !is_hash(policy, taken.element);
    if point.kind != PointKind::Event || !taken.values.iter().any(|(taken, _)| may_be_held(taken)) {
        return Ok(());
    }
    let holdings = moment.holdings(known)?;
    let mut new = Vec::with_capacity(taken.values.len());
    for (way, value) in std::mem::take(&mut taken.values) {
        let mut held = false;
        let same = |holding: &&Holding| {
            holding.id == Some(way.element) && holding.origin != way.origin && !holding.closed && may_be_held(way)
        };
        for holding in holdings.values.iter().filter(same) {
            held |= moment.open(&holdings, holding)?.is_some_and(|held| held.value == value);
        }
        if held {
            taken.dropped.push(policy.names.data.name(way.element.0).to_owned());
        } else {
            new.push((way, value));
        }
    }
    taken.values = new;
    Ok(())
}

fn refuse(
    moment: &mut Moment<'_>,
    caller: &Caller,
    act: &Collect,
    answer: Answer,
    fields: BTreeMap<String, Reason>,
    known: Option<&Known>,
) -> Result<Act<Collected>> {
    let mut entry = moment.entry("collect", &actor_of(caller));
    entry.subject = known.map(|known| moment.subject(known.id));
    // Names of the policy only: what was sent under another name may be anything.
    let names = &moment.policy().names;
    entry.elements = act.values.keys().filter(|name| names.data.id(name).is_some()).cloned().collect();
    if names.points.id(&act.point).is_some() {
        entry.details.insert("point".to_owned(), act.point.clone());
    }
    note_stated(&mut entry, act);
    let log = moment.log(entry, &answer)?;
    let fields = fields.into_iter().filter(|(name, _)| is_name(name)).collect();
    Ok(Act { fields, ..Act::refused(answer, log) })
}

/// Why a record without values says nothing, if it does.
fn pointless(
    policy: &upheld_decide::Compiled,
    point: &Point,
    known: Option<&Known>,
    act: &Collect,
    empty: bool,
) -> Option<Reason> {
    if !empty {
        return None;
    }
    if point.kind != PointKind::Event {
        return Some(Reason::Missing);
    }
    let begins = policy.kinds.iter().any(|life| life.begins_at.contains(&point.id));
    let known = match (known, &act.person) {
        (Some(known), _) => known,
        (None, Some(_)) if begins => return None,
        (None, Some(_)) => return Some(Reason::NobodyKnown),
        (None, None) => return Some(Reason::Missing),
    };
    // What only ends a kind happens to people of that kind.
    let ending: Vec<_> = policy.kinds.iter().filter(|life| life.ends_at.contains(&point.id)).collect();
    let is_one = ending.iter().any(|life| known.is(policy, life.kind) == Some(true));
    (point.takes.is_empty() && !ending.is_empty() && !is_one).then_some(Reason::NotThatKind)
}

/// Each element is decided as a `collect` of its origin. The point's own purposes go with it.
pub(super) fn decide(
    moment: &Moment<'_>,
    caller: &Caller,
    known: Option<&Known>,
    values: &[(&Taken, String)],
) -> Answer {
    let policy = moment.policy();
    if values.is_empty() {
        return crate::moment::granted();
    }
    let facts = known.map_or(FactSet::EMPTY, |known| known.facts(policy));
    let actor = caller.acts_as.as_deref().and_then(|name| policy.names.actors.id(name)).map_or(Actor::UNSAID, Actor);
    let errand = Errand {
        action: Action::Collect,
        actor,
        form: Form::Identified,
        purpose: Purpose::UNSAID,
        recipient: Recipient::NOBODY,
    };
    let pairs: Vec<_> = values.iter().map(|(taken, _)| (taken.element, taken.origin)).collect();
    policy.decide_set(errand, &pairs, &facts)
}

/// Who sets what lies on a device at this point; none: the service.
fn set_by(policy: &Compiled, point: &Point) -> Option<Recipient> {
    policy.cookies.iter().find(|cookie| cookie.point == point.id).and_then(|cookie| cookie.by)
}

/// To set something on a device is to use what it holds, for its purpose, and where a recipient sets it by itself, to disclose it: what
/// forbids that forbids this. Gives the answer so far where nothing does.
fn decide_device(
    moment: &Moment<'_>,
    known: Option<&Known>,
    point: &Point,
    values: &[(&Taken, String)],
    so_far: Answer,
) -> Answer {
    let policy = moment.policy();
    let by = set_by(policy, point);
    let facts = known.map_or(FactSet::EMPTY, |known| known.facts(policy));
    for (taken, _) in values {
        for purpose in &taken.purposes {
            // Whoever works on the purpose: a choice and a promise bind all of them alike.
            let actors = policy.names.actors.ids().map(Actor);
            let answers = actors.map(|actor| {
                let errand = Errand {
                    action: if by.is_some() { Action::Share } else { Action::Use },
                    actor,
                    form: Form::Identified,
                    purpose: *purpose,
                    recipient: by.unwrap_or(Recipient::NOBODY),
                };
                policy.decide_set(errand, &[(taken.element, taken.origin)], &facts)
            });
            let mut refused = None;
            let mut allowed = false;
            for answer in answers {
                if answer.allowed {
                    allowed = true;
                    break;
                }
                // A refusal that names a sentence says more than that it is not somebody's work.
                if refused.is_none() || !answer.because.is_empty() {
                    refused = Some(answer);
                }
            }
            if let Some(answer) = refused.filter(|_| !allowed) {
                return answer;
            }
        }
    }
    so_far
}

/// Where values come from: what their class says beside the sentence that takes them.
pub(super) struct Source<'a> {
    pub(super) caller: &'a Caller,
    pub(super) point: &'a Point,
    pub(super) place: Option<&'a str>,
    /// Whether anybody is known by them.
    pub(super) nobody: bool,
    /// When they were given, in milliseconds since 1970.
    pub(super) at: i64,
}

/// The values by class. Those of nobody known are told apart by keep and day as well: each such pair is a person of its own
/// in the vault, so that nothing links them to what was kept otherwise.
pub(super) fn parts(moment: &Moment<'_>, source: &Source<'_>, values: &[(&Taken, String)]) -> Vec<Part> {
    let policy = moment.policy();
    let names = &policy.names;
    let mut out: BTreeMap<(Class, String, String), Part> = BTreeMap::new();
    for (taken, value) in values {
        let Some(origin) = names.origins.get(taken.origin.index()) else { continue };
        let mut purposes: Vec<String> =
            taken.purposes.iter().map(|purpose| names.purposes.name(purpose.0).to_owned()).collect();
        purposes.sort_unstable();
        let class = Class {
            point: names.points.name(source.point.id.0).to_owned(),
            host: source.place.map(host),
            capacity: names.kinds.name(origin.capacity.0).to_owned(),
            giver: giver_word(policy, origin.giver),
            purposes,
            clause: policy.sentences.get(usize::from(taken.sentence)).map(|s| s.clause.clone()).unwrap_or_default(),
            version: moment.in_force.version.version.clone(),
            source: source.caller.acts_as.clone().unwrap_or_default(),
        };
        let (keep, rolls) = label(policy, taken.element, taken.origin);
        let day = if rolls { moment.day_of(source.at) } else { String::new() };
        let apart = if source.nobody { (keep.clone(), day.clone()) } else { (String::new(), String::new()) };
        let part = out.entry((class.clone(), apart.0, apart.1)).or_insert_with(|| Part { class, values: Vec::new() });
        part.values.push((names.data.name(taken.element.0).to_owned(), keep, day, value.clone()));
    }
    out.into_values().collect()
}

/// The host of a place: a path may hold what its visitor typed.
fn host(place: &str) -> String {
    place.split('/').next().unwrap_or_default().to_ascii_lowercase()
}

/// What happens with a record besides: kinds begin and end, events are noted where a period or a case waits for them, cases
/// open and end. Gives the cases that were opened, by ground.
fn consequences(
    moment: &mut Moment<'_>,
    caller: &Caller,
    known: &mut Known,
    point: PointId,
    item: Option<&str>,
    entry: u64,
) -> Result<BTreeMap<String, String>> {
    let in_force = std::sync::Arc::clone(&moment.in_force);
    let policy = &in_force.policy;
    let name = policy.names.points.name(point.0);
    let look_up = item.map(|item| moment.vault.item(known.id, item));
    if waited_for(policy, point) {
        // What happens to an item does not happen to the person.
        moment.happen(known, name, look_up.as_ref().map(<[u8; 32]>::as_slice), entry)?;
    }
    for life in &policy.kinds {
        let kind = policy.names.kinds.name(life.kind.0);
        let is_one = known.is(policy, life.kind) == Some(true);
        if life.begins_at.contains(&point) && !is_one {
            moment.set_kind(known, kind, true, entry)?;
        } else if life.ends_at.contains(&point) && is_one {
            moment.set_kind(known, kind, false, entry)?;
        }
    }
    for mut case in moment.cases_of(known.id)? {
        let ground = policy.grounds.iter().find(|ground| policy.names.grounds.name(ground.id.0) == case.ground);
        let Some(ground) = ground.filter(|ground| ground.ends_at.contains(&point) && !case.over(moment.ms())) else {
            continue;
        };
        let about_item = ground.reaches == Case::Item;
        let reached = |item: &[u8; 32]| case.reach.iter().any(|(_, reached)| reached.as_slice() == item);
        if !about_item || look_up.as_ref().is_some_and(reached) {
            moment.end_case(&mut case, entry)?;
        }
    }
    let mut cases = BTreeMap::new();
    for ground in policy.grounds.iter().filter(|ground| ground.opened_at.contains(&point)) {
        let item = match (ground.reaches, &look_up) {
            (Case::Item, Some(item)) => item.to_vec(),
            (Case::Item, None) => continue,
            _ => Vec::new(),
        };
        let fields = BTreeMap::new();
        let new =
            NewCase { ground, opener: &caller.key, recipient: None, fields: &fields, reach: vec![(known.id, item)] };
        let case = moment.open_case(&new, entry)?;
        cases.insert(case.ground.clone(), case.id.to_string());
    }
    Ok(cases)
}

/// Whether a kept period ends by what happens at a point. Its mere collection is known from the record.
fn waited_for(policy: &upheld_decide::Compiled, point: PointId) -> bool {
    use upheld_decide::End;
    if policy.tellings.iter().any(|telling| telling.after == point) {
        return true;
    }
    policy.keeps.iter().any(|keep| match keep.end {
        End::After(_, event) | End::Until(event) => event == point,
        End::While(kind) => policy.kinds.get(kind.index()).is_some_and(|life| life.ends_at.contains(&point)),
    })
}
