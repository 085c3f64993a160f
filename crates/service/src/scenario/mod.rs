//! Runs the worked examples of a policy on the real service: a store in memory and a clock that the steps set.
//!
//! `world` is the service that a scenario runs on, with its clock, keys and cases; `acts` does the steps in which somebody
//! acts, `may` those that ask whether somebody may, `rights` those in which people ask for what is theirs, `held` looks at what the store holds; `judge` holds what came of a step
//! against what it expects, and words both.

mod acts;
mod held;
mod judge;
mod may;
mod rights;
mod time;
mod world;

use serde::Serialize;
use upheld_document::{Diagnostic, Source};
use upheld_policy::reason::Refuted;
use upheld_policy::scenario::{Scenario, StepKind};
use upheld_policy::{Loaded, Policy, Unproved};

use crate::acts::{Compare, Relate};
use crate::answers::Ask;
use crate::error::ServiceError;
use judge::Verdict;
use world::World;

/// What came of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The clause below which it stands.
    pub clause: String,
    /// The line at which it begins, from 1.
    pub line: u32,
    /// Requirements that it shows.
    pub shows: Vec<String>,
    /// Steps that did not come out as expected; empty: it passed.
    pub failures: Vec<Failure>,
}

/// A step that did not come out as expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its line in the policy, from 1.
    pub line: u32,
    /// As written.
    pub step: String,
    /// What it expects.
    pub expected: String,
    /// What happened, with the deciding clause.
    pub got: String,
}

/// Runs one scenario.
///
/// # Errors
///
/// When the service fails; a step that comes out otherwise is a [`Failure`].
pub fn run(policy: &Policy, scenario: &Scenario) -> Result<Outcome, ServiceError> {
    let mut world = World::new(policy)?;
    let mut failures = Vec::new();
    for step in &scenario.steps {
        // What happens next is still worth knowing: a step that came out otherwise does not end the scenario.
        if let Some(miss) = run_step(&mut world, &step.kind, &step.text)? {
            let (expected, got) = (miss.expected, miss.got);
            failures.push(Failure { line: step.line, step: step.text.clone(), expected, got });
        }
    }
    Ok(Outcome { clause: scenario.clause.clone(), line: scenario.line, shows: scenario.shows.clone(), failures })
}

/// Adds to each claim that is refuted the steps that show it, where they come out as they say.
pub fn show_refuted(source: &Source, loaded: &mut Loaded) {
    let Some(Unproved { policy, refuted }) = &loaded.unproved else { return };
    for Refuted { at, steps } in refuted {
        let example = upheld_policy::example(policy, source, &loaded.lock, steps);
        if !example.is_some_and(|example| run(policy, &example).is_ok_and(|outcome| outcome.failures.is_empty())) {
            continue;
        }
        let claim = |found: &&mut Diagnostic| found.code == "UP0310" && found.span() == *at;
        if let Some(found) = loaded.diagnostics.iter_mut().find(claim) {
            found.notes.push(format!("as a scenario, which runs:\n{}", steps.trim_end()));
        }
    }
}

fn run_step(world: &mut World<'_>, step: &StepKind, text: &str) -> Verdict {
    match step {
        StepKind::At { person, .. } | StepKind::Relates { party: person, .. } => world.appears(person),
        StepKind::Chooses { person, by, .. } | StepKind::Requests { person, by, .. } => {
            world.appears(by.as_ref().unwrap_or(person));
        }
        _ => {}
    }
    match step {
        StepKind::ItIs(time) => time::it_is(world, *time, text),
        StepKind::After(count, unit) => time::after(world, *count, *unit),
        StepKind::PolicyThen { text } => world.then(text),
        StepKind::PolicyMayNot { text, expects } => Ok(may::say(text, expects)),
        StepKind::At { person, stated, point, place, values, item, opens, expects } => {
            let act = acts::at(person, point, place.as_deref(), values, item.as_deref(), stated, world);
            acts::collect(world, person, act, opens, expects)
        }
        StepKind::Closes { person } => acts::closes(world, person),
        StepKind::Chooses { person, by, choice, agree, via, giving, expects } => {
            acts::chooses(world, (person, by.as_deref()), choice, *agree, via.as_deref(), giving, expects)
        }
        StepKind::Relates { role, party, relation, person, begins, expects } => {
            let act = Relate { relation: relation.clone(), party: party.clone(), of: person.clone(), ends: !begins };
            acts::relates(world, role.as_deref(), act, expects)
        }
        StepKind::Opens { role, ground, case, people, items, recipient, fields, expects } => {
            let opening = acts::Opening { ground, people, items, recipient: recipient.as_deref(), fields };
            acts::opens(world, role, case, &opening, expects)
        }
        StepKind::Finds { role, case, wording, holds, same, expects } => {
            acts::finds(world, role, case, wording, *holds, *same, expects)
        }
        StepKind::Ends { role, case } => acts::ends(world, role, case),
        StepKind::May { actor, action, person, data, point, item, form, purpose, case, recipient, expects } => {
            let asked =
                may::Asked { actor, action: *action, person, data, point, item, form: *form, purpose, recipient };
            may::may(world, &asked, case.as_deref(), expects)
        }
        StepKind::Does { actor, deed, person, data, value, item, purpose, case } => {
            let doing = may::Doing { actor, deed: *deed, person, data, value, item, purpose };
            may::does(world, &doing, case.as_deref())
        }
        StepKind::Compares { actor, person, element, value, purpose, matches, expects } => {
            let (person, element, value) = (person.clone(), element.clone(), value.clone());
            let act = Compare { person, element, value, purpose: purpose.clone() };
            may::compares(world, actor, act, *matches, expects)
        }
        StepKind::Requests { person, by, right, data, to, item, clause, lift, via, giving, expects } => {
            let ask = Ask {
                right: right.word().to_owned(),
                data: data.clone(),
                to: to.clone(),
                item: item.clone(),
                clause: clause.clone(),
                lift: *lift,
                via: via.clone(),
                giving: giving.clone(),
                person: by.as_ref().map(|_| person.clone()),
            };
            rights::requests(world, by.as_ref().unwrap_or(person), ask, expects)
        }
        StepKind::Notifies { actor, person, notice } => rights::notifies(world, actor, person, notice),
        StepKind::Owed { person, notice } => rights::owed(world, person, notice.as_deref()),
        StepKind::Disclosed { person, recipient, named } => rights::disclosed(world, person, recipient, *named),
        StepKind::Answers { role, person } => rights::answers(world, role, person),
        StepKind::Stored { backup, country, with, expects } => {
            Ok(rights::stored(world, *backup, country, with.as_deref(), expects))
        }
        StepKind::Shown { among, name, purpose, named } => {
            rights::shown(world, *among, name, purpose.as_deref(), *named)
        }
        StepKind::Waits { person, waits } => rights::waits(world, person, *waits),
        StepKind::NothingHeld { person, except } => held::nothing(world, person, except),
        StepKind::Held { person, element, value, held } => {
            held::element(world, person, element, value.as_deref(), *held)
        }
    }
}
