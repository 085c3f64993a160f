//! `attest`: open a case that supplies a ground, make a finding on it, end it.

use upheld_decide::{Actor, Answer, Case as Reach, Compiled, Ground, Reason, Recipient};
use upheld_vault::PersonId;

use crate::access::{AccessKind, Verb};
use crate::acts::{Act, CaseState, Find, OpenCase};
use crate::caller::Caller;
use crate::cases::{Case, NewCase};
use crate::error::ServiceError;
use crate::judge::refused_over;
use crate::keys::name_of;
use crate::moment::{Moment, actor_of, granted};
use crate::service::{Result, Service};

/// The most people, items or fields of one case.
const MOST: usize = 1_000;

/// The longest field of a case, in bytes.
const LONGEST_FIELD: usize = 4_096;

/// The people, and the look-ups of their items, that a case reaches.
type Reached = Vec<(PersonId, Vec<u8>)>;

impl Service {
    /// Opens a case. What its ground needs may be missing still: then it does not stand yet.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb, or the store fails.
    pub fn open_case(&self, caller: &Caller, act: OpenCase) -> Result<Act<CaseState>> {
        caller.may(Verb::Attest)?;
        if act.people.len().max(act.items.len()).max(act.fields.len()) > MOST {
            return Err(ServiceError::invalid(format!("a case has at most {MOST} people, items and fields each")));
        }
        if act.fields.values().any(|value| value.len() > LONGEST_FIELD) {
            return Err(ServiceError::invalid(format!("a field of a case has at most {LONGEST_FIELD} bytes")));
        }
        let caller = caller.clone();
        self.act("attest", actor_of(&caller), move |moment| open(moment, &caller, &act))
    }

    /// Makes a finding: with a human's key, in the role that the ground names, by another human than who opened the case.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb, or the store fails.
    pub fn find(&self, caller: &Caller, act: Find) -> Result<Act<CaseState>> {
        caller.may(Verb::Attest)?;
        let caller = caller.clone();
        self.act("attest", actor_of(&caller), move |moment| find(moment, &caller, &act))
    }

    /// Ends a case: nothing rides on it any more.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb, or the store fails.
    pub fn end_case(&self, caller: &Caller, case: &str) -> Result<Act<CaseState>> {
        caller.may(Verb::Attest)?;
        let (caller, id) = (caller.clone(), case.to_owned());
        self.act("attest", actor_of(&caller), move |moment| {
            let Some((mut case, ground)) = case_of(moment, &id)? else { return no_case(moment, &caller, "end") };
            let answer = match works_on(moment.policy(), &caller, &ground) {
                false => Answer::refused(Reason::NotTheirWork),
                true if case.over(moment.ms()) => Answer::refused(Reason::CaseEnded),
                true => granted(),
            };
            if answer.allowed {
                let entry = moment.next_entry()?;
                moment.end_case(&mut case, entry)?;
            }
            close(moment, &caller, "end", Some(&case), answer)
        })
    }
}

fn open(moment: &mut Moment<'_>, caller: &Caller, act: &OpenCase) -> Result<Act<CaseState>> {
    let in_force = std::sync::Arc::clone(&moment.in_force);
    let policy = &in_force.policy;
    let ground = policy.names.grounds.id(&act.ground);
    let Some(ground) = ground.and_then(|id| policy.grounds.iter().find(|ground| ground.id.0 == id)) else {
        let answer = refused_over(Reason::NotDeclared, &act.ground);
        return close(moment, caller, "open", None, answer);
    };
    let reach = match reach(moment, caller, ground, act)? {
        Ok(reach) => reach,
        Err(answer) => return close(moment, caller, "open", None, answer),
    };
    let entry = moment.next_entry()?;
    let new = NewCase { ground, opener: &caller.key, recipient: act.recipient.as_deref(), fields: &act.fields, reach };
    let case = moment.open_case(&new, entry)?;
    let because = policy.cite(ground.sentence).into_iter().collect();
    close(moment, caller, "open", Some(&case), Answer { because, ..granted() })
}

/// Whom and what a case is to reach, or why it cannot be opened.
fn reach(
    moment: &Moment<'_>,
    caller: &Caller,
    ground: &Ground,
    act: &OpenCase,
) -> Result<std::result::Result<Reached, Answer>> {
    let policy = moment.policy();
    let refused = |reason: Reason, name: &str| Ok(Err(refused_over(reason, name)));
    if !works_on(policy, caller, ground) {
        return Ok(Err(Answer::refused(Reason::NotTheirWork)));
    }
    if policy.names.open_purposes.contains(&ground.purpose) {
        return refused(Reason::NotFurtherSaid, &act.ground);
    }
    for (field, value) in &act.fields {
        match ground.needs.iter().find(|(name, _)| name == field) {
            None => return refused(Reason::NotDeclaredThere, "field"),
            Some((_, values)) if !values.is_empty() && !values.contains(value) => {
                return refused(Reason::Malformed, field);
            }
            Some(_) => {}
        }
    }
    if let Some(recipient) = &act.recipient {
        let Some(id) = policy.names.recipients.id(recipient).map(Recipient) else {
            return refused(Reason::NotDeclared, recipient);
        };
        if policy.names.open_recipients.contains(&id) {
            return refused(Reason::NotFurtherSaid, recipient);
        }
    }
    let mut people = Vec::new();
    for person in &act.people {
        match moment.vault.find(crate::facts::OWN_ID, person)? {
            Some(id) => people.push(id),
            None => return Ok(Err(Answer::refused(Reason::NobodyKnown))),
        }
    }
    let reach = match ground.reaches {
        Reach::Everybody(_) => Vec::new(),
        Reach::Person if people.is_empty() => return refused(Reason::Missing, "people"),
        Reach::Person => people.into_iter().map(|person| (person, Vec::new())).collect(),
        Reach::Item if people.is_empty() => return refused(Reason::Missing, "people"),
        Reach::Item if act.items.is_empty() => return Ok(Err(Answer::refused(Reason::NoItem))),
        Reach::Item => {
            let mut reach = Vec::new();
            for item in &act.items {
                let before = reach.len();
                for person in &people {
                    let look_up = moment.vault.item(*person, item);
                    if moment.vault.records(*person)?.iter().any(|record| record.item == Some(look_up)) {
                        reach.push((*person, look_up.to_vec()));
                    }
                }
                if reach.len() == before {
                    return Ok(Err(Answer::refused(Reason::NotHeld)));
                }
            }
            reach
        }
    };
    let mut reach = reach;
    reach.sort_unstable();
    reach.dedup();
    Ok(Ok(reach))
}

fn find(moment: &mut Moment<'_>, caller: &Caller, act: &Find) -> Result<Act<CaseState>> {
    let Some((mut case, ground)) = case_of(moment, &act.case)? else { return no_case(moment, caller, "find") };
    let answer = weigh_finding(moment, caller, &case, &ground, act)?;
    if answer.allowed {
        let entry = moment.next_entry()?;
        moment.add_finding(&mut case, &act.finding, &caller.key, act.holds, entry)?;
    }
    close(moment, caller, "find", Some(&case), answer)
}

fn weigh_finding(moment: &Moment<'_>, caller: &Caller, case: &Case, ground: &Ground, act: &Find) -> Result<Answer> {
    let policy = moment.policy();
    let Some(finding) = ground.findings.iter().find(|finding| finding.wording == act.finding) else {
        return Ok(Answer::refused_over(Reason::NotOffered, "finding"));
    };
    if case.over(moment.ms()) {
        return Ok(Answer::refused(Reason::CaseEnded));
    }
    let in_role = actor(policy, caller).is_some_and(|actor| policy.names.actors.is_within(actor.0, finding.by.0));
    // One human may have two keys: who opened the case makes no finding on it under either.
    let same_human = case.opener == caller.key
        || matches!((name_of(moment, &case.opener)?, name_of(moment, &caller.key)?), (Some(a), Some(b)) if a == b);
    if caller.kind != AccessKind::Human || !in_role || same_human {
        let because = policy.cite(ground.sentence).into_iter().collect();
        return Ok(Answer { allowed: false, reason: Reason::NotTheirFinding, because, lacking: Vec::new() });
    }
    Ok(Answer { because: policy.cite(ground.sentence).into_iter().collect(), ..granted() })
}

fn actor(policy: &Compiled, caller: &Caller) -> Option<Actor> {
    caller.acts_as.as_deref().and_then(|name| policy.names.actors.id(name)).map(Actor)
}

fn works_on(policy: &Compiled, caller: &Caller, ground: &Ground) -> bool {
    let works = actor(policy, caller).and_then(|actor| policy.works_on.get(actor.index()));
    works.is_some_and(|works| works.contains(&ground.purpose))
}

fn case_of(moment: &Moment<'_>, id: &str) -> Result<Option<(Case, Ground)>> {
    let Some(case) = moment.case(id)? else { return Ok(None) };
    let policy = moment.policy();
    let ground = policy.names.grounds.id(&case.ground);
    let ground = ground.and_then(|id| policy.grounds.iter().find(|ground| ground.id.0 == id)).cloned();
    Ok(ground.map(|ground| (case, ground)))
}

fn no_case(moment: &mut Moment<'_>, caller: &Caller, step: &str) -> Result<Act<CaseState>> {
    close(moment, caller, step, None, Answer::refused(Reason::NoCase))
}

fn close(
    moment: &mut Moment<'_>,
    caller: &Caller,
    step: &str,
    case: Option<&Case>,
    answer: Answer,
) -> Result<Act<CaseState>> {
    let mut entry = moment.entry("attest", &actor_of(caller));
    entry.details.insert("step".to_owned(), step.to_owned());
    if let Some(case) = case {
        entry.case = Some(case.id.to_string());
        entry.details.insert("ground".to_owned(), case.ground.clone());
        entry.subject = case.reach.first().map(|(person, _)| moment.subject(*person));
    }
    let log = moment.log(entry, &answer)?;
    match case {
        Some(case) if answer.allowed => {
            let state = moment.case_state(case)?;
            Ok(Act::done(answer, log, state))
        }
        _ => Ok(Act::refused(answer, log)),
    }
}
