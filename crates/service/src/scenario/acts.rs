//! Steps in which somebody acts.

use std::collections::BTreeMap;

use upheld_policy::scenario::{Expectation, Stated};

use super::judge::{Got, Miss, Verdict, expected, judge, settle};
use super::world::{Case, World, session};
use crate::acts::{Act, Choose, Collect, Find, OpenCase, Relate};
use crate::error::ServiceError;

/// The record of `ann at sign_up …`.
pub(super) fn at(
    person: &str,
    point: &str,
    place: Option<&str>,
    values: &BTreeMap<String, String>,
    item: Option<&str>,
    stated: &Stated,
    world: &World<'_>,
) -> Collect {
    Collect {
        point: point.to_owned(),
        r#in: place.map(str::to_owned).or_else(|| world.place_of(point)),
        person: Some(person.to_owned()),
        item: item.map(str::to_owned),
        age: stated.age,
        born: stated.born.clone(),
        region: stated.region.clone(),
        values: values.clone(),
    }
}

/// Takes a record in; `opens` names the cases that it opens by itself, each by ground and its name in the scenario.
pub(super) fn collect(
    world: &mut World<'_>,
    person: &str,
    act: Collect,
    opens: &[(String, String)],
    expects: &Expectation,
) -> Verdict {
    let point = act.point.clone();
    let caller = world.program_at(&point);
    let result = world.service.collect(&caller, act);
    let (done, verdict) = hold(world, expects, result)?;
    let Some(done) = done else { return Ok(verdict) };
    world.was_at(person, &point);
    if let Some(sealed) = &done.sealed {
        world.was_sealed(person, &point, sealed);
    }
    for (ground, name) in opens {
        let Some(id) = done.cases.get(ground) else {
            let opened = done.cases.keys().cloned().collect::<Vec<_>>().join(", ");
            let got = if opened.is_empty() { "no case was opened".to_owned() } else { format!("it opened {opened}") };
            return Ok(verdict.or_else(|| Some(Miss::new(format!("a case of {ground} opened by {point}"), got))));
        };
        let case = Case { id: id.clone(), ground: ground.clone(), opener: caller.key.clone() };
        world.cases.insert(name.clone(), case);
    }
    Ok(verdict)
}

/// `ann closes her account`: an empty record at the points that end what she is.
pub(super) fn closes(world: &mut World<'_>, person: &str) -> Verdict {
    let endings = world.endings(person);
    if endings.is_empty() {
        let got = format!("{person} is of no kind that ends at a point of the policy");
        return Ok(Some(Miss::new("an account that can be closed", got)));
    }
    let expects = Expectation { allowed: true, because: None };
    for point in endings {
        let act = at(person, &point, None, &BTreeMap::new(), None, &Stated::default(), world);
        let verdict = collect(world, person, act, &[], &expects)?;
        if verdict.is_some() {
            return Ok(verdict);
        }
    }
    Ok(None)
}

pub(super) fn chooses(
    world: &mut World<'_>,
    (person, by): (&str, Option<&str>),
    choice: &str,
    agree: bool,
    via: Option<&str>,
    giving: &BTreeMap<String, String>,
    expects: &Expectation,
) -> Verdict {
    let act = Choose {
        person: person.to_owned(),
        choice: choice.to_owned(),
        agree,
        via: via.map(str::to_owned),
        giving: giving.clone(),
        by_person: by.map(str::to_owned),
        package: if agree { world.package(person, choice) } else { None },
    };
    let result = world.service.choose_as(&session(by.unwrap_or(person)), act);
    let (done, verdict) = hold(world, expects, result)?;
    if done.is_some() && agree {
        world.opened(person, choice);
    }
    Ok(verdict)
}

pub(super) fn relates(world: &World<'_>, role: Option<&str>, act: Relate, expects: &Expectation) -> Verdict {
    let caller = role.map_or_else(|| world.program_at(""), |role| world.somebody(role));
    let result = world.service.relate(&caller, act);
    Ok(hold(world, expects, result)?.1)
}

/// What a case is opened with.
pub(super) struct Opening<'s> {
    pub(super) ground: &'s str,
    pub(super) people: &'s [String],
    pub(super) items: &'s [String],
    pub(super) recipient: Option<&'s str>,
    pub(super) fields: &'s BTreeMap<String, String>,
}

pub(super) fn opens(
    world: &mut World<'_>,
    role: &str,
    case: &str,
    opening: &Opening<'_>,
    expects: &Expectation,
) -> Verdict {
    let caller = world.somebody(role);
    let act = OpenCase {
        ground: opening.ground.to_owned(),
        people: opening.people.to_vec(),
        items: opening.items.to_vec(),
        recipient: opening.recipient.map(str::to_owned),
        fields: opening.fields.clone(),
    };
    let result = world.service.open_case(&caller, act);
    let (done, verdict) = hold(world, expects, result)?;
    if let Some(state) = done {
        let opened = Case { id: state.case, ground: opening.ground.to_owned(), opener: caller.key };
        world.cases.insert(case.to_owned(), opened);
    }
    Ok(verdict)
}

pub(super) fn finds(
    world: &World<'_>,
    role: &str,
    case: &str,
    wording: &str,
    holds: bool,
    same: bool,
    expects: &Expectation,
) -> Verdict {
    let Some(opened) = world.cases.get(case) else { return Ok(Some(not_opened(world, expects, case))) };
    let caller = if same { world.with_key(role, opened.opener.clone()) } else { world.another(role) };
    let act = Find { case: opened.id.clone(), finding: wording.to_owned(), holds };
    let result = world.service.find(&caller, act);
    Ok(hold(world, expects, result)?.1)
}

pub(super) fn ends(world: &World<'_>, role: &str, case: &str) -> Verdict {
    let expects = Expectation { allowed: true, because: None };
    let Some(opened) = world.cases.get(case) else { return Ok(Some(not_opened(world, &expects, case))) };
    let result = world.service.end_case(&world.somebody(role), &opened.id);
    Ok(hold(world, &expects, result)?.1)
}

/// The failure of a step that speaks of a case whose opening failed above.
pub(super) fn not_opened(world: &World<'_>, expects: &Expectation, case: &str) -> Miss {
    Miss::new(expected(&world.policy.document, expects), format!("the case {case} was not opened"))
}

/// Holds an act against what is expected of it; what came of it when it was done.
pub(super) fn hold<T>(
    world: &World<'_>,
    expects: &Expectation,
    result: Result<Act<T>, ServiceError>,
) -> Result<(Option<T>, Option<Miss>), ServiceError> {
    let document = &world.policy.document;
    Ok(match settle(result)? {
        Ok(act) => {
            let got = Got::from(&act);
            let miss = judge(document, expects, &got);
            if !got.answer.allowed && act.result.is_some() {
                return Ok((None, Some(Miss::new(expected(document, expects), "a refusal that gave something"))));
            }
            (act.result, miss)
        }
        Err(error) => (None, Some(Miss::new(expected(document, expects), error))),
    })
}
