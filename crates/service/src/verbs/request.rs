//! `request`: a person's own right, under their signed session. The answer goes to them; it is neither a use nor a share.

use std::collections::BTreeMap;

use upheld_decide::{Answer, Compiled, Element, PointKind, Reason, Right, RightKind, Unit, their};

use crate::acts::{Act, Erased};
use crate::answers::{Access, AccessValue, Altered, Answered, Ask, Portable, PortableRecord, PortableValue};
use crate::error::ServiceError;
use crate::facts::Known;
use crate::hashes::{HIDDEN, is_hash};
use crate::holdings::{Holding, Holdings};
use crate::intake::{clean, well_formed};
use crate::judge::refused_over;
use crate::moment::{Moment, granted};
use crate::service::{Result, Service};
use crate::session::Session;
use crate::verbs::choose::{not_given, themselves};

/// Of a token so many characters are shown.
const SHOWN: usize = 4;

impl Service {
    /// Answers a person's request.
    ///
    /// # Errors
    ///
    /// When the right is none that this version knows or lacks what it needs, or the store fails. A refusal is no error.
    pub fn request(&self, session: &Session, mut ask: Ask) -> Result<Act<Answered>> {
        let Some(kind) = RightKind::from_word(&ask.right) else {
            let words = RightKind::ALL.map(RightKind::word).join(", ");
            return Err(ServiceError::invalid(format!("`right` is one of {words}")));
        };
        if (kind == RightKind::Correct) != ask.to.is_some() || (kind == RightKind::Correct && ask.data.len() != 1) {
            return Err(ServiceError::invalid(
                "a correction, and nothing else, names one element and its value in `to`",
            ));
        }
        if (ask.clause.is_some() && kind != RightKind::Review) || (ask.lift && kind != RightKind::Restrict) {
            return Err(ServiceError::invalid("`clause` goes with a review, `lift` with a restriction"));
        }
        let hashed = match (&mut ask.to, ask.data.first()) {
            (Some(to), Some(element)) => self.hash_one(element, to)?,
            _ => false,
        };
        let actor = themselves(session);
        // Whoever asks for another is held against what they are to them.
        let person = ask.person.clone().unwrap_or_else(|| session.person.clone());
        let party = session.person.clone();
        let mut done = self.act("request", actor.clone(), move |moment| {
            request(moment, &actor, (&person, &party), kind, (&ask, hashed))
        })?;
        if let Some(Answered::Erased(erased)) = &mut done.result {
            self.tell_bytes_gone(erased)?;
        }
        Ok(done)
    }
}

fn request(
    moment: &mut Moment<'_>,
    actor: &str,
    (person, party): (&str, &str),
    kind: RightKind,
    (ask, hashed): (&Ask, bool),
) -> Result<Act<Answered>> {
    let in_force = std::sync::Arc::clone(&moment.in_force);
    let policy = &in_force.policy;
    let known = moment.known(person)?;
    let parties = moment.parties_of(known.as_ref(), Some(party).filter(|party| *party != person))?;
    let Some(mut known) = known else {
        let reason = if parties.is_some() { Reason::NotRelated } else { Reason::NobodyKnown };
        return close(moment, actor, None, kind, Err(Answer::refused(reason)));
    };
    let rights = match granting(policy, &known, parties.as_deref(), kind).and_then(|rights| by_way(policy, rights, ask))
    {
        Ok(rights) => rights,
        Err(answer) => return close(moment, actor, Some(&known), kind, Err(answer)),
    };
    let rights = match shown(moment, &known, rights, ask)? {
        Ok(rights) => rights,
        Err(answer) => return close(moment, actor, Some(&known), kind, Err(answer)),
    };
    let (rights, unused) = match in_time(moment, &known, rights) {
        Ok(rights) => rights,
        Err(answer) => return close(moment, actor, Some(&known), kind, Err(answer)),
    };
    let wanted = match reach(policy, &rights, kind, &ask.data) {
        Ok(wanted) => wanted,
        Err(answer) => return close(moment, actor, Some(&known), kind, Err(answer)),
    };
    let wanted = match their_own(policy, &wanted, kind, !ask.data.is_empty()) {
        Ok(wanted) => wanted,
        Err(answer) => return close(moment, actor, Some(&known), kind, Err(answer)),
    };
    let because = rights.iter().filter_map(|right| policy.cite(right.sentence)).collect();
    let answer = Answer { because, ..granted() };
    let holdings = moment.holdings(&known)?;
    let in_reach: Vec<Holding> =
        holdings.values.iter().filter(|value| value.id.is_some_and(|id| wanted.contains(&id))).cloned().collect();
    let subject = known.clone();
    let entry = moment.next_entry()?;
    if unused {
        moment.use_right(&mut known, kind.word(), entry)?;
    }
    let answered = match kind {
        RightKind::See => Answered::Access(access(moment, (&known, parties.as_deref()), &holdings, &in_reach)?),
        RightKind::Take => Answered::Taken(portable(moment, &holdings, &in_reach)?),
        RightKind::Erase => {
            let gone: Vec<Holding> = in_reach.into_iter().filter(|value| value.kept.must.is_none()).collect();
            let erased: Erased = moment.erase(&mut known, &holdings, &gone, entry)?;
            Answered::Erased(erased)
        }
        RightKind::Correct => match correct(moment, &known, &holdings, &in_reach, (ask, hashed))? {
            Ok(altered) => Answered::Altered(altered),
            Err(answer) => return close(moment, actor, Some(&subject), kind, Err(answer)),
        },
        RightKind::Restrict => Answered::Altered(restrict(moment, &mut known, &holdings, &in_reach, ask.lift, entry)?),
        RightKind::Disclosures => Answered::Disclosures(moment.disclosures(&known)?),
        RightKind::Answer => Answered::Inquiry(moment.open_inquiry(&mut known, kind, None, entry)?),
        RightKind::Review => {
            let clause = ask.clause.as_deref();
            if let Some(clause) = clause.filter(|clause| in_force.document.clause(clause).is_none()) {
                return close(moment, actor, Some(&subject), kind, Err(refused_over(Reason::NotDeclared, clause)));
            }
            Answered::Inquiry(moment.open_inquiry(&mut known, kind, clause, entry)?)
        }
    };
    close(moment, actor, Some(&subject), kind, Ok((answer, answered)))
}

/// Replaces a value in the newest record that holds it. Its class stays: where it came from, and for what it was given.
fn correct(
    moment: &Moment<'_>,
    known: &Known,
    holdings: &Holdings,
    in_reach: &[Holding],
    (ask, hashed): (&Ask, bool),
) -> Result<std::result::Result<Altered, Answer>> {
    let Some(to) = ask.to.as_deref() else { return Ok(Err(Answer::refused(Reason::Missing))) };
    let item = ask.item.as_deref().map(|item| moment.vault.item(known.id, item));
    let of_item = |value: &&Holding| {
        let itemised = value.id.is_some_and(|id| moment.policy().form(id).itemised);
        !itemised || (item.is_some() && holdings.record(value).is_some_and(|record| record.item == item))
    };
    // A hash takes the place of a hash, and nothing else does.
    let alike = |value: &&Holding| value.id.is_some_and(|id| is_hash(moment.policy(), id)) == hashed;
    let open = || in_reach.iter().filter(|value| !value.closed).filter(alike);
    let Some(newest) = open().rfind(of_item) else {
        let no_item = open().next().is_some() && item.is_none();
        let reason = match (no_item, in_reach.is_empty()) {
            (true, _) => Reason::NoItem,
            (false, false) if open().next().is_none() => Reason::Closed,
            _ => Reason::NotHeld,
        };
        return Ok(Err(Answer::refused(reason)));
    };
    if !well_formed(&newest.element, to) {
        return Ok(Err(Answer::refused_over(Reason::Malformed, newest.element.clone())));
    }
    let Some(record) = holdings.record(newest) else { return Ok(Err(Answer::refused(Reason::NotHeld))) };
    let (to, taken_out) = match newest.id {
        Some(id) => clean(moment.policy(), id, to),
        None => (to.into(), 0),
    };
    moment.vault.change(record, &newest.element, &to)?;
    Ok(Ok(Altered { altered: 1, taken_out }))
}

/// Restricts values, or lifts what the person restricted.
fn restrict(
    moment: &Moment<'_>,
    known: &mut Known,
    holdings: &Holdings,
    in_reach: &[Holding],
    lift: bool,
    entry: u64,
) -> Result<Altered> {
    let mut altered = 0;
    for value in in_reach {
        let Some(record) = holdings.record(value) else { continue };
        let done = if lift {
            moment.lift(known, record.id, &value.element)?
        } else {
            moment.restrict(known, record.id, &value.element, entry)?
        };
        altered += u64::from(done);
    }
    Ok(Altered { altered, taken_out: 0 })
}

/// The sentences that grant a right to this person.
///
/// A right belongs to who is of its kind, or was: what was taken then is held still. Where the policy does not say how one
/// becomes one, it is granted.
fn granting<'p>(
    policy: &'p Compiled,
    known: &Known,
    parties: Option<&[String]>,
    kind: RightKind,
) -> std::result::Result<Vec<&'p Right>, Answer> {
    let offered: Vec<&Right> = policy.rights.iter().filter(|right| right.kind == kind).collect();
    if offered.is_empty() {
        return Err(Answer::refused(Reason::NotOffered));
    }
    // Their own, or of whoever stands in the relation that the sentence names.
    let exercises = |right: &&Right| match (right.by, parties) {
        (None, None) => true,
        (Some(relation), Some(parties)) => parties.contains(&their(policy.names.relations.name(relation.0))),
        _ => false,
    };
    let offered_so: Vec<&Right> =
        offered.iter().copied().filter(|right| right.by.is_some() == parties.is_some()).collect();
    if offered_so.is_empty() {
        let reason = if parties.is_some() { Reason::NotRelated } else { Reason::NotOffered };
        return Err(refused_by(policy, &offered, reason));
    }
    let offered: Vec<&Right> = offered_so.iter().copied().filter(exercises).collect();
    if offered.is_empty() {
        return Err(refused_by(policy, &offered_so, Reason::NotRelated));
    }
    let theirs =
        |right: &&&Right| right.of.is_none_or(|of| known.is(policy, of) != Some(false) || known.is_or_was(policy, of));
    let rights: Vec<&Right> = offered.iter().filter(theirs).copied().collect();
    if rights.is_empty() {
        return Err(refused_by(policy, &offered, Reason::NotThatKind));
    }
    Ok(rights)
}

fn refused_by(policy: &Compiled, rights: &[&Right], reason: Reason) -> Answer {
    let because = rights.iter().filter_map(|right| policy.cite(right.sentence)).collect();
    Answer { allowed: false, reason, because, lacking: Vec::new() }
}

/// Of these rights those that can be asked for in the way that the person took. Who does not say which way they took asks
/// under their session, which is as good as any.
fn by_way<'p>(policy: &Compiled, rights: Vec<&'p Right>, ask: &Ask) -> std::result::Result<Vec<&'p Right>, Answer> {
    let Some(via) = &ask.via else { return Ok(rights) };
    let fits = |right: &&&Right| right.via.is_empty() || right.via.contains(via);
    let fitting: Vec<&Right> = rights.iter().filter(fits).copied().collect();
    if fitting.is_empty() {
        let lacking = rights.iter().flat_map(|right| &right.via).map(|via| format!("via {via}")).collect();
        return Err(Answer { lacking, ..refused_by(policy, &rights, Reason::NotOffered) });
    }
    Ok(fitting)
}

/// Of these rights those for which the person has given what they must.
fn shown<'p>(
    moment: &Moment<'_>,
    known: &Known,
    rights: Vec<&'p Right>,
    ask: &Ask,
) -> Result<std::result::Result<Vec<&'p Right>, Answer>> {
    let mut out = Vec::new();
    let mut lacking = Vec::new();
    for right in &rights {
        let missing = not_given(moment, known, &right.giving, &ask.giving)?;
        if missing.is_empty() {
            out.push(*right);
        }
        lacking.extend(missing);
    }
    if out.is_empty() {
        lacking.dedup();
        return Ok(Err(Answer { lacking, ..refused_by(moment.policy(), &rights, Reason::NotGiven) }));
    }
    Ok(Ok(out))
}

/// Of these rights those that are not used up; and whether they are all of the sort that is used up by this.
fn in_time<'p>(
    moment: &Moment<'_>,
    known: &Known,
    rights: Vec<&'p Right>,
) -> std::result::Result<(Vec<&'p Right>, bool), Answer> {
    let year_and_month = |ms: i64| {
        let at = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::MAX);
        let day = at.to_zoned_datetime(moment.in_force.zone.clone()).date();
        (day.year(), day.month())
    };
    let now = year_and_month(moment.ms());
    let used_up = |right: &Right| {
        let Some(once) = right.once else { return false };
        let used = known.right_used(right.kind.word()).map(year_and_month);
        used.is_some_and(|used| used.0 == now.0 && (once == Unit::Year || used.1 == now.1))
    };
    let left: Vec<&Right> = rights.iter().filter(|right| !used_up(right)).copied().collect();
    if left.is_empty() {
        return Err(refused_by(moment.policy(), &rights, Reason::UsedUp));
    }
    let once = left.iter().all(|right| right.once.is_some());
    Ok((left, once))
}

/// The elements that rights reach, of those named.
fn reach(
    policy: &Compiled,
    rights: &[&Right],
    kind: RightKind,
    data: &[String],
) -> std::result::Result<Vec<Element>, Answer> {
    let mut elements: Vec<Element> = rights.iter().flat_map(|right| right.elements.iter().copied()).collect();
    elements.sort_unstable();
    elements.dedup();
    if data.is_empty() || !kind.reaches_data() {
        return Ok(elements);
    }
    let mut wanted = Vec::new();
    for name in data {
        let Some(id) = policy.names.data.id(name) else {
            return Err(refused_over(Reason::NotDeclared, name));
        };
        let before = wanted.len();
        wanted.extend(elements.iter().copied().filter(|element| policy.names.data.is_within(element.0, id)));
        if wanted.len() == before {
            let offered = policy.rights.iter().filter(|right| right.kind == kind);
            let mut reached = offered.flat_map(|right| &right.elements);
            let of_others = reached.any(|element| policy.names.data.is_within(element.0, id));
            return Err(refused_over(if of_others { Reason::NotThatKind } else { Reason::NotOffered }, name));
        }
    }
    Ok(wanted)
}

/// Of what is asked for, what the service answers for. Who names what is held on behalf of somebody else is sent there.
fn their_own(
    policy: &Compiled,
    wanted: &[Element],
    kind: RightKind,
    named: bool,
) -> std::result::Result<Vec<Element>, Answer> {
    let own: Vec<Element> = wanted.iter().copied().filter(|element| policy.acts_for(*element).is_none()).collect();
    let other = wanted.iter().find_map(|element| policy.acts_for(*element));
    match other.filter(|_| kind.reaches_data() && (named || own.is_empty())) {
        Some(other) => Err(Answer {
            allowed: false,
            reason: Reason::HandedOver,
            because: policy.cite(other.sentence).into_iter().collect(),
            lacking: vec![other.whose.clone()],
        }),
        None => Ok(own),
    }
}

/// What a person takes along: what is in reach, but what the service made of its own and what others gave about them.
fn portable(moment: &Moment<'_>, holdings: &Holdings, values: &[Holding]) -> Result<Portable> {
    let policy = moment.policy();
    let mut records: Vec<(usize, PortableRecord)> = Vec::new();
    for value in values {
        let Some(record) = holdings.record(value) else { continue };
        let seen = moment.seen_or_given(&record.class);
        // A hash is of use to nobody who has it.
        if !seen || value.closed || value.id.is_some_and(|id| is_hash(policy, id)) {
            continue;
        }
        let Some(mut held) = moment.open(holdings, value)? else { continue };
        let form = value.id.map(|id| policy.form(id)).unwrap_or_default();
        if form.token {
            held.value = shortened(&held.value);
        }
        let taken = PortableValue { element: held.element, value: held.value, dpv: form.dpv };
        match records.iter_mut().find(|(at, _)| *at == value.record) {
            Some((_, record)) => record.values.push(taken),
            None => records.push((
                value.record,
                PortableRecord { at: held.at, point: held.point, item: held.item, values: vec![taken] },
            )),
        }
    }
    Ok(Portable {
        format: "upheld-portable-1".to_owned(),
        controller: policy.header.controller.clone(),
        at: moment.now.to_string(),
        records: records.into_iter().map(|(_, record)| record).collect(),
    })
}

impl Moment<'_> {
    /// Whether a person gave what is of this class themselves, or it was seen of them at a visit or in mail: what they may
    /// take along. What the service writes at events of its own is its own.
    fn seen_or_given(&self, class: &upheld_vault::Class) -> bool {
        let point = self.policy().names.points.id(&class.point);
        let kind =
            point.and_then(|id| self.policy().points.iter().find(|point| point.id.0 == id)).map(|point| point.kind);
        class.giver == "themselves" || (class.giver == "us" && matches!(kind, Some(PointKind::Visit | PointKind::Mail)))
    }
}

fn access(
    moment: &Moment<'_>,
    (known, parties): (&Known, Option<&[String]>),
    holdings: &Holdings,
    values: &[Holding],
) -> Result<Access> {
    let policy = moment.policy();
    let mut out = Vec::new();
    for value in values {
        let Some(record) = holdings.record(value) else { continue };
        let Some(mut held) = moment.open(holdings, value)? else { continue };
        let form = value.id.map(|id| policy.form(id)).unwrap_or_default();
        let mut replace = None;
        if form.token {
            held.value = shortened(&held.value);
        }
        if form.hash {
            held.value = HIDDEN.to_owned();
            // Whoever asks and may correct it may replace it.
            let may = granting(policy, known, parties, RightKind::Correct).unwrap_or_default();
            let reaches = |right: &&Right| value.id.is_some_and(|id| right.elements.contains(&id));
            replace = may.iter().any(reaches).then(|| RightKind::Correct.word().to_owned());
        }
        let sentence = value.kept.sentence.and_then(|sentence| policy.cite(sentence)).map(|cited| cited.sentence);
        out.push(AccessValue {
            held,
            purposes: record.class.purposes.clone(),
            from: record.class.giver.clone(),
            clause: record.class.clause.clone(),
            kept_until: value.kept.closes.map(|end| moment.day_of(end)).or(sentence),
            held_as: match (form.token, form.hash) {
                (_, true) => Some("hash".to_owned()),
                (true, _) => Some("token".to_owned()),
                _ => None,
            },
            replace,
        });
    }
    let choices: BTreeMap<String, String> = policy
        .choices
        .iter()
        .filter_map(|choice| {
            let state = if known.choice(&choice.name)? { "agreed" } else { "refused" };
            Some((choice.name.clone(), state.to_owned()))
        })
        .collect();
    Ok(Access {
        controller: policy.header.controller.clone(),
        version: policy.header.version.clone(),
        at: moment.now.to_string(),
        values: out,
        choices,
    })
}

/// The last characters, when there are enough before them to hide.
fn shortened(value: &str) -> String {
    let letters: Vec<char> = value.chars().filter(|c| c.is_alphanumeric()).collect();
    let shown = if letters.len() >= SHOWN * 2 { SHOWN } else { 0 };
    let last: String = letters.iter().skip(letters.len() - shown).collect();
    format!("…{last}")
}

fn close(
    moment: &mut Moment<'_>,
    actor: &str,
    known: Option<&Known>,
    kind: RightKind,
    came: std::result::Result<(Answer, Answered), Answer>,
) -> Result<Act<Answered>> {
    let mut entry = moment.entry("request", actor);
    entry.subject = known.map(|known| moment.subject(known.id));
    entry.details.insert("right".to_owned(), kind.word().to_owned());
    match came {
        Ok((answer, answered)) => {
            let values = match &answered {
                Answered::Access(access) => access.values.len() as u64,
                Answered::Erased(erased) => erased.values,
                Answered::Taken(taken) => taken.records.iter().map(|record| record.values.len() as u64).sum(),
                Answered::Disclosures(told) => told.disclosures.len() as u64,
                Answered::Altered(altered) => {
                    if altered.taken_out > 0 {
                        entry.details.insert("taken_out".to_owned(), altered.taken_out.to_string());
                    }
                    altered.altered
                }
                Answered::Inquiry(inquiry) => {
                    entry.details.insert("request".to_owned(), inquiry.id.clone());
                    if let Some(clause) = &inquiry.clause {
                        entry.details.insert("clause".to_owned(), clause.clone());
                    }
                    0
                }
            };
            entry.details.insert("values".to_owned(), values.to_string());
            let log = moment.log(entry, &answer)?;
            Ok(Act::done(answer, log, answered))
        }
        Err(answer) => {
            let log = moment.log(entry, &answer)?;
            Ok(Act::refused(answer, log))
        }
    }
}
