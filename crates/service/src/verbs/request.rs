//! `request`: a person's own right, under their signed session. The answer goes to them; it is neither a use nor a share.

use std::collections::BTreeMap;

use upheld_decide::{Answer, Compiled, Element, Reason, Right, RightKind};

use crate::acts::{Access, AccessValue, Act, Answered, Ask, Erased};
use crate::error::ServiceError;
use crate::facts::Known;
use crate::holdings::{Holding, Holdings};
use crate::judge::refused_over;
use crate::moment::{Moment, granted};
use crate::service::{Result, Service};
use crate::session::Session;
use crate::verbs::choose::themselves;

/// Of a token so many characters are shown.
const SHOWN: usize = 4;

impl Service {
    /// Answers a person's request.
    ///
    /// # Errors
    ///
    /// When the right is none that this version knows, or the store fails. A refusal is no error.
    pub fn request(&self, session: &Session, ask: Ask) -> Result<Act<Answered>> {
        let kind = match ask.right.as_str() {
            "see" => RightKind::See,
            "erase" => RightKind::Erase,
            _ => return Err(ServiceError::invalid("`right` is `see` or `erase`")),
        };
        let actor = themselves(session);
        let person = session.person.clone();
        let mut done =
            self.act("request", actor.clone(), move |moment| request(moment, &actor, &person, kind, &ask))?;
        if let Some(Answered::Erased(erased)) = &mut done.result {
            self.tell_bytes_gone(erased)?;
        }
        Ok(done)
    }
}

fn request(moment: &mut Moment<'_>, actor: &str, person: &str, kind: RightKind, ask: &Ask) -> Result<Act<Answered>> {
    let in_force = std::sync::Arc::clone(&moment.in_force);
    let policy = &in_force.policy;
    let Some(mut known) = moment.known(person)? else {
        return close(moment, actor, None, kind, Err(Answer::refused(Reason::NobodyKnown)));
    };
    let (rights, wanted) = match reach(policy, &known, kind, &ask.data) {
        Ok(found) => found,
        Err(answer) => return close(moment, actor, Some(&known), kind, Err(answer)),
    };
    let because = rights.iter().filter_map(|right| policy.cite(right.sentence)).collect();
    let answer = Answer { because, ..granted() };
    let holdings = moment.holdings(&known)?;
    let in_reach: Vec<Holding> =
        holdings.values.iter().filter(|value| value.id.is_some_and(|id| wanted.contains(&id))).cloned().collect();
    let answered = match kind {
        RightKind::See => Answered::Access(access(moment, &known, &holdings, &in_reach)?),
        RightKind::Erase => {
            let gone: Vec<Holding> = in_reach.into_iter().filter(|value| value.kept.must.is_none()).collect();
            let entry = moment.next_entry()?;
            let subject = known.clone();
            let erased: Erased = moment.erase(&mut known, &holdings, &gone, entry)?;
            return close(moment, actor, Some(&subject), kind, Ok((answer, Answered::Erased(erased))));
        }
    };
    close(moment, actor, Some(&known), kind, Ok((answer, answered)))
}

/// The sentences that grant a right to this person, and the elements that it reaches of those named.
///
/// A right belongs to who is of its kind, or was: what was taken then is held still. Where the policy does not say how one
/// becomes one, it is granted.
fn reach<'p>(
    policy: &'p Compiled,
    known: &Known,
    kind: RightKind,
    data: &[String],
) -> std::result::Result<(Vec<&'p Right>, Vec<Element>), Answer> {
    let offered: Vec<&Right> = policy.rights.iter().filter(|right| right.kind == kind).collect();
    if offered.is_empty() {
        return Err(Answer::refused(Reason::NotOffered));
    }
    let theirs =
        |right: &&&Right| right.of.is_none_or(|of| known.is(policy, of) != Some(false) || known.is_or_was(policy, of));
    let rights: Vec<&Right> = offered.iter().filter(theirs).copied().collect();
    if rights.is_empty() {
        let because = offered.iter().filter_map(|right| policy.cite(right.sentence)).collect();
        return Err(Answer { allowed: false, reason: Reason::NotThatKind, because, lacking: Vec::new() });
    }
    let mut elements: Vec<Element> = rights.iter().flat_map(|right| right.elements.iter().copied()).collect();
    elements.sort_unstable();
    elements.dedup();
    if data.is_empty() {
        return Ok((rights, elements));
    }
    let mut wanted = Vec::new();
    for name in data {
        let Some(id) = policy.names.data.id(name) else {
            return Err(refused_over(Reason::NotDeclared, name));
        };
        let before = wanted.len();
        wanted.extend(elements.iter().copied().filter(|element| policy.names.data.is_within(element.0, id)));
        if wanted.len() == before {
            let reached = offered.iter().flat_map(|right| &right.elements);
            let of_others = reached.into_iter().any(|element| policy.names.data.is_within(element.0, id));
            return Err(refused_over(if of_others { Reason::NotThatKind } else { Reason::NotOffered }, name));
        }
    }
    Ok((rights, wanted))
}

fn access(moment: &Moment<'_>, known: &Known, holdings: &Holdings, values: &[Holding]) -> Result<Access> {
    let policy = moment.policy();
    let mut out = Vec::new();
    for value in values {
        let Some(record) = holdings.record(value) else { continue };
        let Some(mut held) = moment.open(holdings, value)? else { continue };
        let token = value.id.is_some_and(|id| policy.form(id).token);
        if token {
            held.value = shortened(&held.value);
        }
        let sentence = value.kept.sentence.and_then(|sentence| policy.cite(sentence)).map(|cited| cited.sentence);
        out.push(AccessValue {
            held,
            purposes: record.class.purposes.clone(),
            from: record.class.giver.clone(),
            clause: record.class.clause.clone(),
            kept_until: value.kept.closes.map(|end| moment.day_of(end)).or(sentence),
            held_as: token.then(|| "token".to_owned()),
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
    let right = match kind {
        RightKind::See => "see",
        RightKind::Erase => "erase",
    };
    entry.details.insert("right".to_owned(), right.to_owned());
    match came {
        Ok((answer, answered)) => {
            let values = match &answered {
                Answered::Access(access) => access.values.len() as u64,
                Answered::Erased(erased) => erased.values,
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
