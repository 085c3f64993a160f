//! What people are told: notices, what waits for them, and how soon they are due.

use super::rule;
use crate::syntax::ast::Kind;
use crate::syntax::cursor::{Cursor, Parsed};

const GATE: &str = "we must notify user of takeover_notice before we transfer anything with successor";

/// `notice takeover_notice "Your data moves to a new owner"`
pub(super) fn notice(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    cursor.next();
    let names = cursor.names("a name for the notice", "notice takeover_notice \"Your data moves to a new owner\"")?;
    Ok(Kind::Notice { names, label: cursor.text() })
}

/// `we must notify WHO of NOTICE before we …`, `… within PERIOD after POINT`
pub(super) fn must(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const WITHIN: &str = "we must notify user of breach_notice within 3 days after breach";
    cursor.expect(&["we", "must", "notify"], GATE)?;
    let of = rule::kinds(cursor)?;
    cursor.expect(&["of"], GATE)?;
    let notice = cursor.name("a notice", GATE)?;
    cursor.take_comma();
    if cursor.take(&["within"]) {
        let within = cursor.period(WITHIN)?;
        cursor.expect(&["after"], WITHIN)?;
        return Ok(Kind::Telling { of, notice, within, after: cursor.name("a point or event", WITHIN)? });
    }
    cursor.expect(&["before", "we"], GATE)?;
    if cursor.peek_word().and_then(rule::verb).is_none() {
        return cursor.expected("what waits for it: `use`, `share`, `transfer` …", GATE);
    }
    let phrases = rule::phrases(cursor)?;
    rule::no_party(cursor, &phrases)?;
    Ok(Kind::Gate { of, notice, phrases: Box::new(phrases) })
}
