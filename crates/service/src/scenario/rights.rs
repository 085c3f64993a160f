//! Steps in which people use their rights, and what came of it.

use upheld_decide::Recipient;
use upheld_policy::publish::Publication;
use upheld_policy::scenario::Expectation;

use super::acts::hold;
use super::judge::{Got, Miss, Verdict, judge, settle};
use super::world::{World, session};
use crate::acts::Notify;
use crate::answers::Ask;

pub(super) fn requests(world: &World<'_>, person: &str, ask: Ask, expects: &Expectation) -> Verdict {
    let result = world.service.request(&session(person), ask);
    Ok(hold(world, expects, result)?.1)
}

/// `ann's disclosures name acme`
pub(super) fn disclosed(world: &World<'_>, person: &str, recipient: &str, named: bool) -> Verdict {
    let told = match settle(world.service.recipients_of(person))? {
        Ok(told) => told,
        Err(error) => return Ok(Some(Miss::new("a report of disclosures", error))),
    };
    if told.iter().any(|with| with == recipient) == named {
        return Ok(None);
    }
    let expected = format!("disclosures that {}name {recipient}", if named { "" } else { "do not " });
    let got = if told.is_empty() { "no disclosure".to_owned() } else { format!("disclosures to {}", told.join(", ")) };
    Ok(Some(Miss::new(expected, got)))
}

/// `office answers ann's request`: all that she waits for.
pub(super) fn answers(world: &World<'_>, role: &str, person: &str) -> Verdict {
    let expects = Expectation { allowed: true, because: None };
    let asked = match settle(world.service.asked_by(person))? {
        Ok(asked) => asked,
        Err(error) => return Ok(Some(Miss::new("a request to answer", error))),
    };
    if asked.is_empty() {
        return Ok(Some(Miss::new("a request to answer", format!("{person} waits for no answer"))));
    }
    for inquiry in asked {
        let result = world.service.answer(&world.somebody(role), &inquiry.id);
        if let (_, Some(miss)) = hold(world, &expects, result)? {
            return Ok(Some(miss));
        }
    }
    Ok(None)
}

/// `ann waits for an answer`
pub(super) fn waits(world: &World<'_>, person: &str, waits: bool) -> Verdict {
    let asked = match settle(world.service.asked_by(person))? {
        Ok(asked) => asked,
        Err(error) => return Ok(Some(Miss::new("a request that waits", error))),
    };
    let words = |waits| if waits { "an answer is waited for" } else { "no answer is waited for" };
    Ok((asked.is_empty() == waits).then(|| Miss::new(words(waits), words(!waits))))
}

/// `the store may be in DE with hetzner`
pub(super) fn stored(
    world: &World<'_>,
    backup: bool,
    country: &str,
    with: Option<&str>,
    expects: &Expectation,
) -> Option<Miss> {
    let compiled = world.compiled();
    let with = with.and_then(|name| compiled.names.recipients.id(name)).map(Recipient);
    judge(&world.policy.document, expects, &Got::from(compiled.may_be_stored(backup, country, with)))
}

/// `office notifies ann of takeover_notice`
pub(super) fn notifies(world: &World<'_>, actor: &str, person: &str, notice: &str) -> Verdict {
    let expects = Expectation { allowed: true, because: None };
    let act = Notify { notice: notice.to_owned(), person: person.to_owned() };
    Ok(hold(world, &expects, world.service.notify(&world.somebody(actor), act))?.1)
}

/// `ann is owed breach_notice`, `ann is owed nothing`
pub(super) fn owed(world: &World<'_>, person: &str, notice: Option<&str>) -> Verdict {
    let owed = match settle(world.service.owed_to(person))? {
        Ok(owed) => owed,
        Err(error) => return Ok(Some(Miss::new("what is owed", error))),
    };
    let fits = notice.map_or(owed.is_empty(), |notice| owed.iter().any(|one| one == notice));
    let words = |what: &str| format!("{person} is owed {what}");
    let got = if owed.is_empty() { "nothing".to_owned() } else { owed.join(", ") };
    Ok((!fits).then(|| Miss::new(words(notice.unwrap_or("nothing")), words(&got))))
}

/// `the page names prefs among cookies for preferences`, `the page does not name acme among recipients`
pub(super) fn shown(world: &World<'_>, among: Publication, name: &str, purpose: Option<&str>, named: bool) -> Verdict {
    let page = match settle(world.service.in_force())? {
        Ok(in_force) => in_force.map(|in_force| in_force.page.clone()).unwrap_or_default(),
        Err(error) => return Ok(Some(Miss::new("what the page shows", error))),
    };
    let tables = || page.clauses.values().flat_map(|shown| &shown.tables).filter(|table| table.what == among);
    let is = |row: &&upheld_policy::publish::Row| {
        row.names.iter().any(|known| known == name)
            && purpose.is_none_or(|purpose| row.purposes.iter().any(|known| known == purpose))
    };
    if tables().flat_map(|table| &table.rows).any(|row| is(&row)) == named {
        return Ok(None);
    }
    let list = among.word();
    let got = match (tables().next(), named) {
        (None, _) => format!("a page without a list of {list}"),
        (Some(_), true) => format!("a list of {list} without it"),
        (Some(_), false) => format!("a list of {list} with it"),
    };
    Ok(Some(Miss::new(format!("`{name}` {} {list}", if named { "among" } else { "not among" }), got)))
}
