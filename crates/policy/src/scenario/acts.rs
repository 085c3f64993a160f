//! Steps in which somebody acts, or in which it is asked whether they may.

use std::collections::BTreeMap;

use upheld_decide::{Action, Form};

use super::ast::{Deed, Expectation, StepKind};
use super::because::because;
use super::names::What;
use super::parse::{AT, MAY, Reader};
use crate::syntax::ast::Name;
use crate::syntax::cursor::Parsed;
use crate::syntax::lexer::TokenKind;

pub(super) fn at(reader: &mut Reader<'_>, person: &Name) -> Parsed<StepKind> {
    let person = reader.mention(What::Acts, person);
    reader.cursor.next();
    let point = reader.name(What::Point, "a point or event", AT)?;
    let (mut place, mut values, mut item) = (None, BTreeMap::new(), None);
    loop {
        if place.is_none() && reader.cursor.take(&["in"]) {
            place = Some(reader.text("a host and path in quotes", "ann at sign_up in \"www.example.org/join\"")?);
        } else if values.is_empty() && reader.cursor.take(&["with"]) {
            values = reader.values(What::Data, AT)?;
        } else if item.is_none() && reader.cursor.take(&["as", "item"]) {
            item = Some(reader.name(What::TakenAs, "a name for the item", "ann at mail_in as item m1")?);
        } else {
            break;
        }
    }
    let mut opens = Vec::new();
    if reader.cursor.word_at(1) == Some("opens") {
        reader.cursor.take_comma();
    }
    if reader.cursor.take(&["opens"]) {
        const OPENS: &str = "ann at mail_in with email_message \"…\", opens inquiry q1";
        loop {
            let ground = reader.name(What::Ground, "a ground", OPENS)?;
            opens.push((ground, reader.name(What::Opened, "a name for the case", OPENS)?));
            if !reader.cursor.take_comma() {
                break;
            }
        }
    }
    if reader.cursor.word_at(1) == Some("is") {
        reader.cursor.take_comma();
    }
    let allowed = !reader.cursor.take(&["is", "refused"]);
    let expects = Expectation { allowed, because: because(reader)? };
    reader.done(StepKind::At { person, point, place, values, item, opens, expects }, AT)
}

/// `ann's browser keeps prefs with preference "dark"`: what a record at that point would be.
pub(super) fn browser(reader: &mut Reader<'_>, person: &Name) -> Parsed<StepKind> {
    const KEEPS: &str = "ann's browser keeps prefs with preference \"dark\"";
    reader.cursor.next();
    reader.cursor.expect(&["browser"], KEEPS)?;
    at(reader, person)
}

/// `agrees to …`, `refuses …`, and after `may` and `not` also `agree to …`, `refuse …`.
pub(super) fn chooses(reader: &mut Reader<'_>, person: &Name, allowed: bool) -> Parsed<StepKind> {
    const CHOOSES: &str =
        "ann refuses newsletter via request giving domain_name \"a.example\" and email \"ann@a.example\"";
    let mut person = reader.mention(What::Acts, person);
    let mut by = None;
    let agree = matches!(reader.cursor.peek_word(), Some("agrees" | "agree"));
    let to = agree || matches!(reader.cursor.peek_word(), Some("objects" | "object"));
    reader.cursor.next();
    if to {
        reader.cursor.expect(&["to"], if agree { "ann agrees to newsletter" } else { "ann objects to analytics" })?;
    }
    let choice = reader.cursor.choice(CHOOSES)?;
    let choice = reader.mention(What::Choice, &choice);
    let (mut via, mut giving) = (None, BTreeMap::new());
    loop {
        if by.is_none() && reader.cursor.take(&["for"]) {
            let whose = reader.name(What::Person, "for whom", "carol agrees to account_of_child for mia")?;
            by = Some(std::mem::replace(&mut person, whose));
        } else if via.is_none() && reader.cursor.take(&["via"]) {
            via = Some(way(reader, CHOOSES)?);
        } else if giving.is_empty() && reader.cursor.take(&["giving"]) {
            giving = reader.values(What::Data, CHOOSES)?;
        } else {
            break;
        }
    }
    let expects = Expectation { allowed, because: because(reader)? };
    reader.done(StepKind::Chooses { person, by, choice, agree, via, giving, expects }, CHOOSES)
}

/// `link`, `form account_page`
pub(super) fn way(reader: &mut Reader<'_>, example: &str) -> Parsed<String> {
    let way = reader.cursor.name("a way to act: `link`, `email`, `form`, `letter`, `request`", example)?.text;
    match reader.cursor.peek_word() {
        Some(page) if way == "form" && !matches!(page, "giving" | "because") => {
            reader.cursor.next();
            Ok(format!("form {page}"))
        }
        _ => Ok(way),
    }
}

const RELATES: &str = "support relates carol to mia as guardian";

/// `support relates carol to mia as guardian`, `support ends carol as guardian of mia`, and after `may not` both without
/// their `s`.
pub(super) fn relates(reader: &mut Reader<'_>, role: &Name, begins: bool, allowed: bool) -> Parsed<StepKind> {
    let role = Some(reader.mention(What::Actor, role));
    reader.cursor.next();
    let (party, relation, person);
    if begins {
        party = reader.name(What::Acts, "who stands in it", RELATES)?;
        reader.cursor.expect(&["to"], RELATES)?;
        person = reader.name(What::Person, "to whom", RELATES)?;
        reader.cursor.expect(&["as"], RELATES)?;
        relation = reader.name(What::Relation, "a relation", RELATES)?;
    } else {
        const ENDS: &str = "support ends carol as guardian of mia";
        party = reader.name(What::Person, "who stands in it", ENDS)?;
        reader.cursor.expect(&["as"], ENDS)?;
        relation = reader.name(What::Relation, "a relation", ENDS)?;
        reader.cursor.expect(&["of"], ENDS)?;
        person = reader.name(What::Person, "to whom", ENDS)?;
    }
    let expects = Expectation { allowed, because: because(reader)? };
    reader.done(StepKind::Relates { role, party, relation, person, begins, expects }, RELATES)
}

/// `carol becomes guardian of mia`, `carol is no longer guardian of mia`.
pub(super) fn becomes(reader: &mut Reader<'_>, party: &Name, begins: bool) -> Parsed<StepKind> {
    const BECOMES: &str = "carol becomes guardian of mia";
    const NO_LONGER: &str = "carol is no longer guardian of mia";
    let party = reader.mention(if begins { What::Acts } else { What::Person }, party);
    reader.cursor.next();
    if !begins {
        reader.cursor.expect(&["no", "longer"], NO_LONGER)?;
    }
    let relation = reader.name(What::Relation, "a relation", BECOMES)?;
    reader.cursor.expect(&["of"], BECOMES)?;
    let person = reader.name(What::Person, "to whom", BECOMES)?;
    let expects = Expectation { allowed: true, because: because(reader)? };
    reader.done(StepKind::Relates { role: None, party, relation, person, begins, expects }, BECOMES)
}

pub(super) fn opens(reader: &mut Reader<'_>, role: &Name, allowed: bool) -> Parsed<StepKind> {
    const OPENS: &str = "counsel opens legal_process w1 on ann for item m1 with recipient court with issuer \"District Court\", reference \"77\"";
    let role = reader.mention(What::Actor, role);
    reader.cursor.next();
    let ground = reader.name(What::Ground, "a ground", OPENS)?;
    let case = reader.name(if allowed { What::Opened } else { What::Unopened }, "a name for the case", OPENS)?;
    let (mut people, mut items, mut recipient, mut fields) = (Vec::new(), Vec::new(), None, BTreeMap::new());
    loop {
        if people.is_empty() && reader.cursor.take(&["on"]) {
            people = reader.names(What::Person, "a person", OPENS)?;
        } else if items.is_empty() && (reader.cursor.take(&["for", "item"]) || reader.cursor.take(&["for", "items"])) {
            items = reader.names(What::Item, "an item", OPENS)?;
        } else if recipient.is_none()
            && reader.cursor.word_at(2).is_some()
            && reader.cursor.take(&["with", "recipient"])
        {
            recipient = Some(reader.name(What::Recipient, "a recipient", OPENS)?);
        } else if fields.is_empty() && reader.cursor.take(&["with"]) {
            fields = reader.values(What::Field, OPENS)?;
        } else {
            break;
        }
    }
    let expects = Expectation { allowed, because: because(reader)? };
    reader.done(StepKind::Opens { role, ground, case, people, items, recipient, fields, expects }, OPENS)
}

pub(super) fn finds(reader: &mut Reader<'_>, role: &Name, same: bool, allowed: bool) -> Parsed<StepKind> {
    const FINDS: &str = "counsel finds w1 \"valid and enforceable\"";
    let role = reader.mention(What::Actor, role);
    reader.cursor.next();
    let case = reader.name(What::Case, "a case", FINDS)?;
    let holds = !reader.cursor.take(&["not"]);
    let wording = reader.text("the wording of the finding in quotes", FINDS)?;
    let expects = Expectation { allowed, because: because(reader)? };
    reader.done(StepKind::Finds { role, case, wording, holds, same, expects }, FINDS)
}

pub(super) fn ends(reader: &mut Reader<'_>, role: &Name) -> Parsed<StepKind> {
    const ENDS: &str = "counsel ends w1";
    let role = reader.mention(What::Actor, role);
    reader.cursor.next();
    let case = reader.name(What::Case, "a case", ENDS)?;
    reader.done(StepKind::Ends { role, case }, ENDS)
}

pub(super) fn may(reader: &mut Reader<'_>, subject: &Name, same: bool) -> Parsed<StepKind> {
    reader.cursor.next();
    let allowed = !reader.cursor.take(&["not"]);
    match reader.cursor.peek_word() {
        Some("find") => return finds(reader, subject, same, allowed),
        _ if same => {
            return reader.cursor.expected("`find`", "the same counsel may not find w1 \"valid and enforceable\"");
        }
        Some("agree" | "refuse" | "object") => return chooses(reader, subject, allowed),
        Some("request") => return super::rights::requests(reader, subject, allowed),
        Some("open") => return opens(reader, subject, allowed),
        Some("compare") => return compares(reader, subject, allowed),
        Some("relate") => return relates(reader, subject, true, allowed),
        Some("end") => return relates(reader, subject, false, allowed),
        _ => {}
    }
    let verb = reader.cursor.peek_word();
    let Some(action) = Action::ALL.into_iter().find(|action| Some(action.word()) == verb) else {
        let verbs: Vec<String> = Action::ALL.iter().map(|action| format!("`{}`", action.word())).collect();
        return reader.cursor.expected(&format!("a verb ({})", verbs.join(", ")), MAY);
    };
    let actor = reader.mention(What::ActorOrPerson, subject);
    reader.cursor.next();
    let (person, data) = whose(reader, MAY)?;
    let Phrases { point, item, form, purpose, case, recipient } = phrases(reader, MAY)?;
    let form = form.unwrap_or_default();
    let expects = Expectation { allowed, because: because(reader)? };
    reader
        .done(StepKind::May { actor, action, person, data, point, item, form, purpose, case, recipient, expects }, MAY)
}

/// `moderator erases ann's message of item m1 on h1`: an act that alters what is held, and is done.
pub(super) fn does(reader: &mut Reader<'_>, subject: &Name) -> Parsed<StepKind> {
    const DOES: &str = "moderator blocks ann's message of item m1 on h1";
    let deed = match reader.cursor.peek_word() {
        Some("erases") => Deed::Erases,
        Some("blocks") => Deed::Blocks,
        Some("unblocks") => Deed::Unblocks,
        _ => Deed::Changes,
    };
    let actor = reader.mention(What::Actor, subject);
    reader.cursor.next();
    let (person, data) = whose(reader, DOES)?;
    let mut value = None;
    if deed == Deed::Changes {
        const CHANGES: &str = "support changes ann's address to \"2 Elm Row\" for customer_care";
        reader.cursor.expect(&["to"], CHANGES)?;
        value = Some(reader.text("the new value in quotes", CHANGES)?);
    }
    let Phrases { point: None, item, form: None, purpose, case, recipient: None } = phrases(reader, DOES)? else {
        return reader.cursor.expected("an item, a purpose or a case", DOES);
    };
    reader.done(StepKind::Does { actor, deed, person, data, value, item, purpose, case }, DOES)
}

/// `web_server compares ann's password with "…" for sign_in and it matches`, and after `may not` without its `s`.
pub(super) fn compares(reader: &mut Reader<'_>, subject: &Name, allowed: bool) -> Parsed<StepKind> {
    const COMPARES: &str = "web_server compares ann's password with \"unicorn\" for sign_in and it matches";
    let actor = reader.mention(What::Actor, subject);
    reader.cursor.next();
    let person = reader.name(What::Anybody, "whose data", COMPARES)?;
    if reader.cursor.peek() != Some(&TokenKind::Possessive) {
        return reader.cursor.expected("`'s` after the person", COMPARES);
    }
    reader.cursor.next();
    let element = reader.name(What::Data, "the data", COMPARES)?;
    reader.cursor.expect(&["with"], COMPARES)?;
    let value = reader.text("what is typed, in quotes", COMPARES)?;
    let purpose = match reader.cursor.take(&["for"]) {
        true => Some(reader.name(What::Purpose, "a purpose", COMPARES)?),
        false => None,
    };
    let mut matches = None;
    if allowed && reader.cursor.take(&["and", "it"]) {
        matches = Some(reader.cursor.take(&["matches"]));
        if matches == Some(false) {
            reader.cursor.expect(&["does", "not", "match"], COMPARES)?;
        }
    }
    let expects = Expectation { allowed, because: because(reader)? };
    reader.done(StepKind::Compares { actor, person, element, value, purpose, matches, expects }, COMPARES)
}

/// `ann's email, name`
fn whose(reader: &mut Reader<'_>, example: &str) -> Parsed<(String, Vec<String>)> {
    let person = reader.name(What::Person, "whose data", example)?;
    if reader.cursor.peek() != Some(&TokenKind::Possessive) {
        return reader.cursor.expected("`'s` after the person", example);
    }
    reader.cursor.next();
    Ok((person, reader.names(What::Data, "the data", example)?))
}

/// What may follow the data, in any order.
#[derive(Default)]
struct Phrases {
    point: Option<String>,
    item: Option<String>,
    form: Option<Form>,
    purpose: Option<String>,
    case: Option<String>,
    recipient: Option<String>,
}

fn phrases(reader: &mut Reader<'_>, example: &str) -> Parsed<Phrases> {
    let mut out = Phrases::default();
    loop {
        if out.item.is_none() && reader.cursor.take(&["of", "item"]) {
            out.item = Some(reader.name(What::Item, "an item", "… of item m1")?);
        } else if out.point.is_none() && reader.cursor.take(&["at"]) {
            out.point = Some(reader.name(What::Point, "a point", "… at sign_up")?);
        } else if out.form.is_none() && reader.cursor.take(&["as", "pseudonym"]) {
            out.form = Some(Form::Pseudonymous);
        } else if out.form.is_none() && reader.cursor.take(&["as", "aggregate", "of"]) {
            out.form = Some(Form::Aggregate(reader.cursor.number("a number of people", "… as aggregate of 10")?));
        } else if out.purpose.is_none() && reader.cursor.take(&["for"]) {
            out.purpose = Some(reader.name(What::Purpose, "a purpose", example)?);
        } else if out.case.is_none() && reader.cursor.take(&["on"]) {
            out.case = Some(reader.name(What::Case, "a case", "… on w1")?);
        } else if out.recipient.is_none() && reader.cursor.take(&["with"]) {
            out.recipient = Some(reader.name(What::RecipientOrPerson, "a recipient", "… with acme")?);
        } else {
            return Ok(out);
        }
    }
}
