//! `choose`: a person agrees, refuses, or takes either back.

use std::collections::BTreeMap;

use upheld_decide::{Answer, Element, Reason, their};
use upheld_evidence::Entry;

use crate::access::Verb;
use crate::acts::{Act, Choose};
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::facts::Known;
use crate::hashes::is_hash;
use crate::holdings::Holding;
use crate::judge::refused_over;
use crate::moment::{Moment, actor_of, granted};
use crate::sealing::Opened;
use crate::service::{Result, Service};
use crate::session::Session;
use crate::verbs::collect::collect_opened;

/// How the log names a person who acts for themselves, after the key that vouches for the session.
const THEMSELVES: &str = "themselves";

pub(crate) fn themselves(session: &Session) -> String {
    format!("{} {THEMSELVES}", session.by)
}

impl Service {
    /// Records a choice that a person made by letter, telephone or the like.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb, or the store fails.
    pub fn choose(&self, caller: &Caller, act: Choose) -> Result<Act<()>> {
        caller.may(Verb::Choose)?;
        let actor = actor_of(caller);
        self.act("choose", actor.clone(), move |moment| choose(moment, &actor, &act))
    }

    /// Records a person's own choice.
    ///
    /// # Errors
    ///
    /// When the session is another person's, or the store fails.
    pub fn choose_as(&self, session: &Session, act: Choose) -> Result<Act<()>> {
        if act.by_person.as_ref().unwrap_or(&act.person) != &session.person {
            return Err(ServiceError::not_allowed("choose for anybody but the person of the session"));
        }
        let actor = themselves(session);
        self.act("choose", actor.clone(), move |moment| choose(moment, &actor, &act))
    }
}

fn choose(moment: &mut Moment<'_>, actor: &str, act: &Choose) -> Result<Act<()>> {
    let mut known = None;
    let answer = weigh(moment, act, &mut known)?;
    let mut entry = moment.entry("choose", actor);
    entry.subject = known.as_ref().map(|known: &Known| moment.subject(known.id));
    if let Some(party) = act.by_person.as_deref().map(|party| moment.known(party)).transpose()?.flatten() {
        entry.details.insert("by_person".to_owned(), moment.subject(party.id));
    }
    if moment.policy().choices.iter().any(|choice| choice.name == act.choice) {
        entry.details.insert("choice".to_owned(), act.choice.clone());
        entry.details.insert("state".to_owned(), if act.agree { "agreed" } else { "refused" }.to_owned());
    }
    let Some(known) = known.as_mut().filter(|_| answer.allowed) else {
        let log = moment.log(entry, &answer)?;
        return Ok(Act::refused(answer, log));
    };
    let Some(package) = act.package.as_ref().filter(|_| act.agree) else {
        let log = stand(moment, known, act, entry, &answer)?;
        if !act.agree {
            for waiting in moment.waiting_of(known)?.iter().filter(|waiting| waiting.choice == act.choice) {
                moment.destroy(known, waiting, log)?;
                moment.log_destroyed(actor, known.id, waiting.attempt, "refused")?;
            }
        }
        return Ok(Act::done(answer, log, ()));
    };
    let Some(opened) = moment.open_sealed(known, &act.choice, package)? else {
        let lacking = vec!["package".to_owned()];
        let answer = Answer { allowed: false, reason: Reason::NotGiven, lacking, ..answer };
        let log = moment.log(entry, &answer)?;
        return Ok(Act::refused(answer, log));
    };
    entry.details.insert("seal".to_owned(), opened.waiting.attempt.to_string());
    open(moment, actor, act, known, &opened, entry, answer)
}

/// The choice stands, and is logged.
fn stand(moment: &mut Moment<'_>, known: &mut Known, act: &Choose, entry: Entry, answer: &Answer) -> Result<u64> {
    let index = moment.next_entry()?;
    moment.set_choice(known, &act.choice, act.agree, index)?;
    moment.log(entry, answer)
}

/// Why an opening was undone.
enum Undone {
    /// What was sealed may not be collected: the choice is refused for that reason.
    Refused(Box<Answer>),
    Failed(ServiceError),
}

impl From<ServiceError> for Undone {
    fn from(error: ServiceError) -> Self {
        Self::Failed(error)
    }
}

impl From<upheld_store::StoreError> for Undone {
    fn from(error: upheld_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// The choice stands and what was sealed until it is taken in, both or neither.
fn open(
    moment: &mut Moment<'_>,
    actor: &str,
    act: &Choose,
    known: &mut Known,
    opened: &Opened,
    entry: Entry,
    answer: Answer,
) -> Result<Act<()>> {
    let tx = moment.tx;
    let done = tx.part(|| -> std::result::Result<u64, Undone> {
        let log = stand(moment, known, act, entry.clone(), &answer)?;
        let taken = collect_opened(moment, actor, &act.person, opened)?;
        if !taken.answer.allowed {
            return Err(Undone::Refused(Box::new(taken.answer)));
        }
        // What was collected may have changed the person's deciding rows.
        *known = moment.known_by_id(known.id)?;
        moment.destroy(known, &opened.waiting, log)?;
        moment.log_destroyed(actor, known.id, opened.waiting.attempt, "opened")?;
        Ok(log)
    });
    match done {
        Ok(log) => Ok(Act::done(answer, log, ())),
        Err(Undone::Refused(answer)) => {
            let log = moment.log(entry, &answer)?;
            Ok(Act::refused(*answer, log))
        }
        Err(Undone::Failed(error)) => Err(error),
    }
}

fn weigh(moment: &Moment<'_>, act: &Choose, person: &mut Option<Known>) -> Result<Answer> {
    let policy = moment.policy();
    let by = match &act.by_person {
        Some(party) => moment.parties_of(moment.known(&act.person)?.as_ref(), Some(party))?.unwrap_or_default(),
        None => Vec::new(),
    };
    let Some(choice) = policy.choices.iter().find(|choice| choice.name == act.choice) else {
        return Ok(refused_over(Reason::NotOffered, &act.choice));
    };
    let cited = policy.cite(choice.sentence).into_iter().collect::<Vec<_>>();
    let refused =
        |reason: Reason, lacking: Vec<String>| Ok(Answer { allowed: false, reason, because: cited.clone(), lacking });
    // Whose choice it is to make: their own, or of whoever stands in the relation that the sentence names.
    let theirs = match choice.by {
        Some(relation) => by.contains(&their(policy.names.relations.name(relation.0))),
        None => act.by_person.as_ref().is_none_or(|party| *party == act.person),
    };
    if !theirs {
        return refused(Reason::NotRelated, Vec::new());
    }
    let Some(known) = moment.known(&act.person)? else { return refused(Reason::NobodyKnown, Vec::new()) };
    let of_kind = choice.kind.is_none_or(|kind| known.is(policy, kind) != Some(false));
    let known = person.insert(known);
    if !of_kind {
        return refused(Reason::NotThatKind, Vec::new());
    }
    let by_that_way = act.via.as_ref().is_some_and(|via| choice.via.contains(via));
    if !choice.via.is_empty() && !by_that_way {
        return refused(Reason::NotOffered, choice.via.iter().map(|via| format!("via {via}")).collect());
    }
    let lacking = not_given(moment, known, &choice.giving, &act.giving)?;
    if !lacking.is_empty() {
        return refused(Reason::NotGiven, lacking);
    }
    Ok(Answer { because: cited, ..granted() })
}

/// What must be given and was not, or does not match what is held. It is compared and dropped.
pub(crate) fn not_given(
    moment: &Moment<'_>,
    known: &Known,
    wanted: &[Element],
    given: &BTreeMap<String, String>,
) -> Result<Vec<String>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let policy = moment.policy();
    let holdings = moment.holdings(known)?;
    let mut matches: Vec<(Element, Vec<&String>)> = Vec::new();
    for wanted in wanted {
        let mut matching = Vec::new();
        for (name, given) in given {
            let Some(element) = policy.names.data.id(name) else { continue };
            if !policy.names.data.is_within(element, wanted.0) {
                continue;
            }
            // Every value is compared, so that the time taken tells nothing about which one matched.
            let mut matched = false;
            let there = |value: &&Holding| value.id == Some(Element(element)) && !value.closed;
            // A hash is no value: who gives one gives nothing.
            let readable = !is_hash(policy, Element(element));
            for value in holdings.values.iter().filter(|value| readable && there(value)) {
                let held = moment.open(&holdings, value)?;
                matched |= held.is_some_and(|held| same(&held.value, given));
            }
            if matched {
                matching.push(name);
            }
        }
        matches.push((*wanted, matching));
    }
    // One thing given does not stand for two that are asked: what has the fewest matches takes its own first.
    matches.sort_by_key(|(_, matching)| matching.len());
    let mut used: Vec<&String> = Vec::new();
    let mut lacking = Vec::new();
    for (wanted, matching) in matches {
        match matching.into_iter().find(|name| !used.contains(name)) {
            Some(name) => used.push(name),
            None => lacking.push(policy.names.data.name(wanted.0).to_owned()),
        }
    }
    Ok(lacking)
}

/// Equal, but for capitals and blanks at the ends.
fn same(held: &str, given: &str) -> bool {
    let plain = |text: &str| zeroize::Zeroizing::new(text.trim().to_lowercase());
    aws_lc_rs::constant_time::verify_slices_are_equal(plain(held).as_bytes(), plain(given).as_bytes()).is_ok()
}
