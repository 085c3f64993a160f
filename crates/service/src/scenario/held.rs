//! What the store holds of a person, whatever the rules say.

use upheld_policy::scenario::Expectation;

use super::judge::{Got, Miss, Verdict, judge, settle};
use super::world::World;
use crate::acts::Held;
use crate::error::ServiceError;

/// Every value that can still be read, closed ones included.
fn all(world: &World<'_>, person: &str) -> Result<Vec<Held>, ServiceError> {
    world.service.held(person)
}

/// `ann's email is held as "…"`, `ann's email is not held`
pub(super) fn element(world: &World<'_>, person: &str, element: &str, value: Option<&str>, is_held: bool) -> Verdict {
    let expected = match (is_held, value) {
        (false, _) => format!("{element} is not held"),
        (true, None) => format!("{element} is held"),
        (true, Some(value)) => format!("{element} is held as {value:?}"),
    };
    let held = match settle(all(world, person))? {
        Ok(held) => held,
        Err(error) => return Ok(Some(Miss::new(expected, error))),
    };
    let of_it: Vec<&Held> = held.iter().filter(|held| is_within(world, &held.element, element)).collect();
    if of_it.is_empty() != is_held {
        // A token is read by a permitted use only: that it is held is all that is seen of it here.
        let as_said = |value: &str| of_it.iter().any(|held| held.value == value || is_token(world, &held.element));
        // Nobody can say what was hashed; comparing tells whether it was this.
        return Ok(match value {
            Some(value) if !as_said(value) => {
                let others = of_it.iter().map(|held| format!("{:?}", held.value)).collect::<Vec<_>>().join(", ");
                Some(Miss::new(expected, format!("{element} is held as {others}")))
            }
            _ => None,
        });
    }
    let got = if is_held { format!("{element} is not held") } else { format!("{element} is held") };
    Ok(Some(Miss::new(expected, got)))
}

/// `mia's login_name is sealed`, `mia's login_name is not sealed`: it is in a package whose key is still there.
pub(super) fn sealed(world: &World<'_>, person: &str, element: &str, expects: bool) -> Verdict {
    let words = |sealed: bool| format!("{element} is {}sealed", if sealed { "" } else { "not " });
    let waiting = match settle(world.service.waiting_seals(person))? {
        Ok(waiting) => waiting,
        Err(error) => return Ok(Some(Miss::new(words(expects), error))),
    };
    let holds = |attempt: &String| world.sealed_in(attempt).iter().any(|sealed| is_within(world, sealed, element));
    let is_sealed = waiting.iter().any(holds);
    Ok((is_sealed != expects).then(|| Miss::new(words(expects), words(is_sealed))))
}

/// `ann's invoice is kept, because disputes.1`
pub(super) fn kept(world: &World<'_>, person: &str, element: &str, expects: &Expectation) -> Verdict {
    let answer = match settle(world.service.kept_by(person, element))? {
        Ok(answer) => answer,
        Err(error) => return Ok(Some(Miss::new("what an erasure leaves", error))),
    };
    let words = |kept: bool| format!("an erasure {} {element}", if kept { "leaves" } else { "takes" });
    if answer.allowed != expects.allowed {
        return Ok(Some(Miss::new(words(expects.allowed), words(answer.allowed))));
    }
    Ok(judge(&world.policy.document, expects, &Got::from(answer)))
}

/// `nothing of ann is held except invoice`: nothing else, and of each of these something.
pub(super) fn nothing(world: &World<'_>, person: &str, except: &[String]) -> Verdict {
    let expected = if except.is_empty() {
        "nothing is held".to_owned()
    } else {
        format!("nothing is held except {}", except.join(", "))
    };
    let held = match settle(all(world, person))? {
        Ok(held) => held,
        Err(error) => return Ok(Some(Miss::new(expected, error))),
    };
    let excepted = |element: &str| except.iter().any(|group| is_within(world, element, group));
    let mut others: Vec<&str> =
        held.iter().map(|held| held.element.as_str()).filter(|element| !excepted(element)).collect();
    others.sort_unstable();
    others.dedup();
    if !others.is_empty() {
        return Ok(Some(Miss::new(expected, format!("held: {}", others.join(", ")))));
    }
    let gone: Vec<&str> = except
        .iter()
        .filter(|group| !held.iter().any(|held| is_within(world, &held.element, group)))
        .map(String::as_str)
        .collect();
    Ok((!gone.is_empty()).then(|| Miss::new(expected, format!("not held: {}", gone.join(", ")))))
}

/// Whether an element is a name or stands below it.
fn is_within(world: &World<'_>, element: &str, group: &str) -> bool {
    let data = &world.compiled().names.data;
    element == group
        || data.id(element).zip(data.id(group)).is_some_and(|(element, group)| data.is_within(element, group))
}

fn is_token(world: &World<'_>, element: &str) -> bool {
    let compiled = world.compiled();
    compiled.names.data.id(element).is_some_and(|id| compiled.form(id.into()).token)
}
