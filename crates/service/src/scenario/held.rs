//! What the store holds of a person, whatever the rules say.

use super::judge::{Miss, Verdict, settle};
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
