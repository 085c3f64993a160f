//! `relate`: somebody begins to stand in a relation to a person, or does no more.

use upheld_decide::{Actor, Answer, Reason};

use crate::access::Verb;
use crate::acts::{Act, Relate};
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::facts::{Known, OWN_ID};
use crate::judge::refused_over;
use crate::moment::{Moment, actor_of, granted};
use crate::service::{Result, Service};

/// The longest id of a person, in bytes.
const LONGEST_ID: usize = 512;

impl Service {
    /// Records what somebody is to a person. Whoever is not known yet is known from then on.
    ///
    /// # Errors
    ///
    /// When the key does not list the verb, or the store fails. A refusal is no error.
    pub fn relate(&self, caller: &Caller, act: Relate) -> Result<Act<()>> {
        caller.may(Verb::Relate)?;
        if act.party.is_empty() || act.party.len() > LONGEST_ID {
            return Err(ServiceError::invalid(format!("`party` is a text of 1 to {LONGEST_ID} bytes")));
        }
        if act.party == act.of {
            return Err(ServiceError::invalid("nobody stands in a relation to themselves"));
        }
        let caller = caller.clone();
        self.act("relate", actor_of(&caller), move |moment| relate(moment, &caller, &act))
    }
}

fn relate(moment: &mut Moment<'_>, caller: &Caller, act: &Relate) -> Result<Act<()>> {
    let known = moment.known(&act.of)?;
    let party = moment.known(&act.party)?;
    let answer = weigh(moment, caller, act, known.as_ref(), party.as_ref());
    let mut entry = moment.entry("relate", &actor_of(caller));
    entry.subject = known.as_ref().map(|known| moment.subject(known.id));
    if moment.policy().names.relations.id(&act.relation).is_some() {
        entry.details.insert("relation".to_owned(), act.relation.clone());
        entry.details.insert("state".to_owned(), if act.ends { "ended" } else { "stands" }.to_owned());
    }
    if answer.allowed
        && let Some(mut known) = known
    {
        let party = match party {
            Some(party) => party.id,
            None => {
                let id = moment.id();
                moment.vault.create(id, true)?;
                moment.vault.add_handle(id, OWN_ID, &act.party)?;
                id
            }
        };
        entry.details.insert("party".to_owned(), moment.subject(party));
        let index = moment.next_entry()?;
        moment.set_relation(&mut known, &act.relation, party, !act.ends, index)?;
    }
    let log = moment.log(entry, &answer)?;
    Ok(if answer.allowed { Act::done(answer, log, ()) } else { Act::refused(answer, log) })
}

fn weigh(moment: &Moment<'_>, caller: &Caller, act: &Relate, known: Option<&Known>, party: Option<&Known>) -> Answer {
    let policy = moment.policy();
    let id = policy.names.relations.id(&act.relation);
    let Some(relation) = policy.relations.iter().find(|relation| Some(relation.id.0) == id) else {
        return refused_over(Reason::NotDeclared, &act.relation);
    };
    let because: Vec<_> = policy.cite(relation.sentence).into_iter().collect();
    let refused = |reason| Answer { because: because.clone(), ..Answer::refused(reason) };
    let role = caller.acts_as.as_deref().and_then(|name| policy.names.actors.id(name)).map(Actor);
    let in_role = |by: &Actor| role.is_some_and(|role| policy.names.actors.is_within(role.0, by.0));
    if !relation.by.is_empty() && !relation.by.iter().any(in_role) {
        return refused(Reason::NotTheirWork);
    }
    let Some(known) = known else { return refused(Reason::NobodyKnown) };
    if act.ends {
        // What does not stand cannot end: a misspelt name would leave somebody's access as it is.
        return match party {
            Some(party) if known.is_recorded(policy, relation, party.id) => Answer { because, ..granted() },
            _ => refused(Reason::NotRelated),
        };
    }
    if relation.of.is_some_and(|kind| known.is(policy, kind) == Some(false)) {
        return refused(Reason::NotThatKind);
    }
    Answer { because, ..granted() }
}
