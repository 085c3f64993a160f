//! `mailer may use ann's email for newsletter`: the question, and where it can be done here, the act too.

use std::collections::BTreeMap;

use upheld_decide::{Action, Answer, Form};
use upheld_document::{Severity, Source};
use upheld_policy::scenario::{Because, Deed, Expectation};

use super::acts::{hold, not_opened};
use super::judge::{Got, Miss, Verdict, describe, expected, judge, settle};
use super::world::World;
use crate::acts::{Act, Change, Compare, Held, Question, Remove, Share, Use};
use crate::caller::Caller;
use crate::error::ServiceError;

/// What is asked.
pub(super) struct Asked<'s> {
    pub(super) actor: &'s str,
    pub(super) action: Action,
    pub(super) person: &'s str,
    pub(super) data: &'s [String],
    pub(super) point: &'s Option<String>,
    pub(super) item: &'s Option<String>,
    pub(super) form: Form,
    pub(super) purpose: &'s Option<String>,
    pub(super) recipient: &'s Option<String>,
}

pub(super) fn may(world: &World<'_>, asked: &Asked<'_>, case: Option<&str>, expects: &Expectation) -> Verdict {
    let case = match case.map(|name| world.cases.get(name).ok_or(name)) {
        None => None,
        Some(Ok(case)) => Some(case),
        Some(Err(name)) => return Ok(Some(not_opened(world, expects, name))),
    };
    let document = &world.policy.document;
    if matches!(asked.action, Action::Collect | Action::Require) {
        let got = from_rules(world, asked, case.map(|case| case.ground.clone())).into();
        return Ok(judge(document, expects, &got));
    }
    let caller = asked.caller(world);
    let on = case.map(|case| case.id.clone());
    let answer = match settle(world.service.ask(&caller, asked.question(world, on.clone())))? {
        Ok(answer) => answer,
        Err(error) => return Ok(Some(Miss::new(expected(document, expects), error))),
    };
    let allowed = answer.allowed;
    let got = Got::from(answer);
    if let Some(miss) = judge(document, expects, &got) {
        return Ok(Some(miss));
    }
    if !asked.can_be_done(allowed) {
        return Ok(None);
    }
    let act = settle(asked.act(world, &caller, on))?;
    let done = matches!(&act, Ok(done) if done.got.answer.allowed);
    let given = matches!(&act, Ok(done) if done.given);
    if done == allowed && given == allowed {
        return Ok(None);
    }
    let what = match &act {
        Ok(done) => describe(&done.got),
        Err(error) => error.clone(),
    };
    let got = format!("the question: {}; the act itself: {what}", describe(&got));
    Ok(Some(Miss::new(expected(document, expects), got)))
}

/// What is done.
pub(super) struct Doing<'s> {
    pub(super) actor: &'s str,
    pub(super) deed: Deed,
    pub(super) person: &'s str,
    pub(super) data: &'s [String],
    pub(super) value: &'s Option<String>,
    pub(super) item: &'s Option<String>,
    pub(super) purpose: &'s Option<String>,
}

/// An act that alters what is held: done, and it must be permitted.
pub(super) fn does(world: &World<'_>, doing: &Doing<'_>, case: Option<&str>) -> Verdict {
    let document = &world.policy.document;
    let expects = Expectation { allowed: true, because: None };
    let on = match case.map(|name| world.cases.get(name).ok_or(name)) {
        None => None,
        Some(Ok(case)) => Some(case.id.clone()),
        Some(Err(name)) => return Ok(Some(not_opened(world, &expects, name))),
    };
    let caller = world.somebody(doing.actor);
    let service = &world.service;
    let (person, item, purpose) = (doing.person.to_owned(), doing.item.clone(), doing.purpose.clone());
    let removal = |lift| Remove {
        person: person.clone(),
        data: doing.data.to_vec(),
        item: item.clone(),
        purpose: purpose.clone(),
        on: on.clone(),
        actor_person: None,
        lift,
    };
    let done = match doing.deed {
        Deed::Erases => service.erase(&caller, removal(false)).map(Done::from),
        Deed::Blocks => service.block(&caller, removal(false)).map(Done::from),
        Deed::Unblocks => service.block(&caller, removal(true)).map(Done::from),
        Deed::Changes => {
            let element = doing.data.first().cloned().unwrap_or_default();
            let value = doing.value.clone().unwrap_or_default();
            service
                .change(&caller, Change { person, element, value, item, purpose, on, actor_person: None })
                .map(Done::from)
        }
    };
    Ok(match settle(done)? {
        Ok(done) => judge(document, &expects, &done.got),
        Err(error) => Some(Miss::new(expected(document, &expects), error)),
    })
}

/// A version of the policy that must not compile, and the clause that its errors speak of.
pub(super) fn say(text: &str, expects: &Expectation) -> Option<Miss> {
    let source = Source::new("privacy.md", text);
    let loaded = upheld_policy::load(&source, None);
    let read = upheld_policy::read(&source, None);
    let errors: Vec<_> = loaded.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
    let places: Vec<_> = errors.iter().flat_map(|error| &error.labels).map(|label| label.span).collect();
    let sentences = read.model.sentences.iter().zip(&read.model.spans);
    let met: Vec<String> = sentences
        .filter(|(_, span)| places.iter().any(|place| span.start <= place.start && place.end <= span.end))
        .map(|(sentence, _)| sentence.clause.clone())
        .collect();
    let fits = match &expects.because {
        None => true,
        Some(Because::Clause(id)) => met.contains(id),
        Some(Because::Section(slug)) => {
            met.iter().any(|id| id.rsplit_once('.').is_some_and(|(section, _)| section == slug))
        }
        Some(Because::Reason(_)) => false,
    };
    let expected = expected(&read.document, expects);
    match errors.first() {
        None => Some(Miss::new(expected, "a policy that compiles")),
        Some(_) if fits => None,
        Some(error) => Some(Miss::new(expected, format!("{}: {}", error.code, error.title))),
    }
}

/// What is typed is compared with what is held.
pub(super) fn compares(
    world: &World<'_>,
    actor: &str,
    act: Compare,
    matches: Option<bool>,
    expects: &Expectation,
) -> Verdict {
    let (done, miss) = hold(world, expects, world.service.compare(&world.somebody(actor), act))?;
    let words = |matches| if matches { "it matches" } else { "it does not match" };
    Ok(miss.or_else(|| {
        let (got, wanted) = (done?.matches, matches?);
        (got != wanted).then(|| Miss::new(words(wanted), words(got)))
    }))
}

/// Taking in is asked of the rules alone: nobody need be known for it.
fn from_rules(world: &World<'_>, asked: &Asked<'_>, on: Option<String>) -> Answer {
    world.compiled().answer(&upheld_decide::Question {
        action: asked.action,
        actor: Some(asked.actor.to_owned()),
        data: asked.data.to_vec(),
        form: asked.form,
        purpose: asked.purpose.clone(),
        recipient: asked.recipient.clone(),
        on,
        of: None,
        at: asked.point.clone(),
        from: None,
        facts: BTreeMap::new(),
    })
}

/// What came of an act.
struct Done {
    got: Got,
    /// Whether it gave anything.
    given: bool,
}

impl<T> From<Act<T>> for Done {
    fn from(act: Act<T>) -> Self {
        Self { got: Got::from(&act), given: act.result.is_some() }
    }
}

/// Values that were handed out; an empty list is nothing.
fn values(act: Act<Vec<Held>>) -> Done {
    Done { got: Got::from(&act), given: act.result.is_some_and(|values| !values.is_empty()) }
}

impl Asked<'_> {
    /// Whoever asks: the role; for a person the program that knows them.
    fn caller(&self, world: &World<'_>) -> Caller {
        match self.actor_person(world) {
            Some(_) => world.program_at(""),
            None => world.somebody(self.actor),
        }
    }

    /// The actor, when it is no role of the policy but a person.
    fn actor_person(&self, world: &World<'_>) -> Option<String> {
        world.has_appeared(self.actor).then(|| self.actor.to_owned())
    }

    /// The recipient, when it is one of the policy.
    fn recipient(&self, world: &World<'_>) -> Option<String> {
        if self.recipient_person(world).is_some() { None } else { self.recipient.clone() }
    }

    fn recipient_person(&self, world: &World<'_>) -> Option<String> {
        self.recipient.clone().filter(|name| world.has_appeared(name))
    }

    fn question(&self, world: &World<'_>, on: Option<String>) -> Question {
        Question {
            action: self.action,
            person: self.person.to_owned(),
            data: self.data.to_vec(),
            with: self.recipient(world),
            actor_person: self.actor_person(world),
            with_person: self.recipient_person(world),
            item: self.item.clone(),
            purpose: self.purpose.clone(),
            on,
            form: self.form,
        }
    }

    /// An act and its question must agree. What is refused can always be tried. Of what is allowed only reading and
    /// disclosing are done: other acts would alter what the steps below speak of. An act hands values out as they are, so
    /// that every other form stays a question.
    const fn can_be_done(&self, allowed: bool) -> bool {
        let hands_out = matches!(self.action, Action::Use) || self.action.discloses();
        matches!(self.form, Form::Identified) && (hands_out || !allowed)
    }

    fn act(&self, world: &World<'_>, caller: &Caller, on: Option<String>) -> Result<Done, ServiceError> {
        let service = &world.service;
        let (person, data) = (self.person.to_owned(), self.data.to_vec());
        let (item, purpose, form) = (self.item.clone(), self.purpose.clone(), self.form);
        let actor_person = self.actor_person(world);
        match self.action {
            Action::Use => {
                service.use_(caller, Use { person, data, item, purpose, on, form, actor_person }).map(values)
            }
            Action::Change => {
                // Refused before it comes to the value.
                let (element, value) = (data.into_iter().next().unwrap_or_default(), "changed".to_owned());
                service
                    .change(caller, Change { person, element, value, item, purpose, on, actor_person })
                    .map(Done::from)
            }
            Action::Erase => service
                .erase(caller, Remove { person, data, item, purpose, on, actor_person, lift: false })
                .map(Done::from),
            Action::Block => service
                .block(caller, Remove { person, data, item, purpose, on, actor_person, lift: false })
                .map(Done::from),
            action => {
                let with = self.recipient(world).unwrap_or_default();
                let with_person = self.recipient_person(world);
                service
                    .share(
                        caller,
                        Share { person, data, with, action, item, purpose, on, form, actor_person, with_person },
                    )
                    .map(values)
            }
        }
    }
}
