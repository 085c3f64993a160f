//! Steps in which people use their rights, and what comes of it.

use std::collections::BTreeMap;

use upheld_decide::{Accepted, RightKind};
use upheld_document::{Diagnostic, nearest};

use super::acts::way;
use super::ast::{Expectation, StepKind};
use super::because::because;
use super::names::What;
use super::parse::Reader;
use crate::syntax::ast::Name;
use crate::syntax::cursor::{Parsed, Stop};
use crate::syntax::lexer::TokenKind;
use crate::syntax::parse::duty::country;

const REQUESTS: &str = "ann requests to see contact";

/// `requests to see …`, and after `may` and `not` also `request to see …`.
pub(super) fn requests(reader: &mut Reader<'_>, person: &Name, allowed: bool) -> Parsed<StepKind> {
    const CORRECT: &str = "ann requests to correct email to \"ann@example.org\"";
    let mut person = reader.mention(What::Acts, person);
    let mut by = None;
    reader.cursor.next();
    let (mut data, mut to, mut item, mut clause) = (Vec::new(), None, None, None);
    let right = right(reader)?;
    if right == RightKind::Review && reader.cursor.take(&["of"]) {
        clause = of_clause(reader)?;
    }
    if right.reaches_data() {
        reader.whose();
        if reader.cursor.followed_by_possessive() {
            let whose = reader.name(What::Person, "whose data", REQUESTS)?;
            reader.cursor.next();
            by = Some(std::mem::replace(&mut person, whose));
        }
        if !(reader.cursor.take(&["anything"]) || reader.cursor.take(&["everything"])) {
            data = reader.names(What::Data, "the data, or `everything`", REQUESTS)?;
        }
    }
    if right == RightKind::Correct {
        if reader.cursor.take(&["of", "item"]) {
            item = Some(reader.name(What::Item, "an item", "… of item m1")?);
        }
        reader.cursor.expect(&["to"], CORRECT)?;
        to = Some(reader.text("the value in quotes", CORRECT)?);
    }
    let (mut via, mut giving) = (None, BTreeMap::new());
    loop {
        if by.is_none() && reader.cursor.take(&["for"]) {
            let whose = reader.name(What::Person, "for whom", "carol requests disclosures for mia")?;
            by = Some(std::mem::replace(&mut person, whose));
        } else if via.is_none() && reader.cursor.take(&["via"]) {
            via = Some(way(reader, REQUESTS)?);
        } else if giving.is_empty() && reader.cursor.take(&["giving"]) {
            giving = reader.values(What::Data, REQUESTS)?;
        } else {
            break;
        }
    }
    let expects = Expectation { allowed, because: because(reader)? };
    let step = StepKind::Requests { person, by, right, data, to, item, clause, lift: false, via, giving, expects };
    reader.done(step, REQUESTS)
}

fn right(reader: &mut Reader<'_>) -> Parsed<RightKind> {
    if reader.cursor.take(&["disclosures"]) {
        return Ok(RightKind::Disclosures);
    }
    if reader.cursor.take(&["an", "answer"]) {
        return Ok(RightKind::Answer);
    }
    if reader.cursor.take(&["a", "review"]) {
        return Ok(RightKind::Review);
    }
    if !reader.cursor.take(&["to"]) {
        return reader.cursor.expected("`to`, `disclosures`, `an answer` or `a review`", REQUESTS);
    }
    let word = reader.cursor.peek_word().and_then(RightKind::from_word);
    let Some(right) = word.filter(|right| right.reaches_data()) else {
        return reader.cursor.expected("`see`, `erase`, `correct`, `take` or `restrict`", REQUESTS);
    };
    reader.cursor.next();
    Ok(right)
}

/// `of marketing.1`, `of this policy`
fn of_clause(reader: &mut Reader<'_>) -> Parsed<Option<String>> {
    if reader.cursor.take(&["this", "policy"]) {
        return Ok(None);
    }
    let name = reader.cursor.choice("ann requests a review of marketing.1")?;
    if reader.document.clause(&name.text).is_some() {
        return Ok(Some(name.text));
    }
    let sections = reader.document.sections.iter();
    let ids = sections.flat_map(|section| &section.clauses).map(|clause| clause.id.as_str());
    let unknown = Diagnostic::error("UP0502", format!("the policy has no clause `{}`", name.text)).at(name.span, "");
    let unknown = match nearest(&name.text, ids) {
        Some(near) => unknown.suggest(format!("did you mean `{near}`?"), name.span, near),
        None => unknown.help("a clause is called by its section's name and a number: `partners.1`"),
    };
    reader.cursor.report(unknown);
    Err(Stop)
}

/// `ann lifts her restriction`
pub(super) fn lifts(reader: &mut Reader<'_>, person: &Name) -> Parsed<StepKind> {
    const LIFTS: &str = "ann lifts her restriction";
    let person = reader.mention(What::Person, person);
    reader.cursor.next();
    reader.whose();
    reader.cursor.expect(&["restriction"], LIFTS)?;
    let step = StepKind::Requests {
        person,
        by: None,
        right: RightKind::Restrict,
        data: Vec::new(),
        to: None,
        item: None,
        clause: None,
        lift: true,
        via: None,
        giving: BTreeMap::new(),
        expects: Expectation { allowed: true, because: None },
    };
    reader.done(step, LIFTS)
}

/// `ann's disclosures name acme`, after `disclosures`.
pub(super) fn disclosed(reader: &mut Reader<'_>, person: String) -> Parsed<StepKind> {
    const NAME: &str = "ann's disclosures name acme";
    let named = !reader.cursor.take(&["do", "not"]);
    reader.cursor.expect(&["name"], NAME)?;
    let recipient = reader.name(What::Recipient, "a recipient", NAME)?;
    reader.done(StepKind::Disclosed { person, recipient, named }, NAME)
}

/// `office answers ann's request`
pub(super) fn answers(reader: &mut Reader<'_>, role: &Name) -> Parsed<StepKind> {
    const ANSWERS: &str = "office answers ann's request";
    let role = reader.mention(What::Actor, role);
    reader.cursor.next();
    let person = reader.name(What::Person, "whose request", ANSWERS)?;
    if reader.cursor.peek() != Some(&TokenKind::Possessive) {
        return reader.cursor.expected("`'s` after the person", ANSWERS);
    }
    reader.cursor.next();
    reader.cursor.expect(&["request"], ANSWERS)?;
    reader.done(StepKind::Answers { role, person }, ANSWERS)
}

/// `ann waits for an answer`, `ann waits for no answer`
pub(super) fn waits(reader: &mut Reader<'_>, person: &Name) -> Parsed<StepKind> {
    const WAITS: &str = "ann waits for an answer";
    let person = reader.mention(What::Person, person);
    reader.cursor.next();
    reader.cursor.expect(&["for"], WAITS)?;
    let waits = !reader.cursor.take(&["no"]);
    if waits {
        reader.cursor.expect(&["an"], WAITS)?;
    }
    reader.cursor.expect(&["answer"], WAITS)?;
    reader.done(StepKind::Waits { person, waits }, WAITS)
}

/// `the store may be in DE with hetzner`, after `the store`.
pub(super) fn stored(reader: &mut Reader<'_>, backup: bool) -> Parsed<StepKind> {
    const STORED: &str = "the store may be in DE with hetzner";
    reader.cursor.expect(&["may"], STORED)?;
    let allowed = !reader.cursor.take(&["not"]);
    reader.cursor.expect(&["be", "in"], STORED)?;
    let country = country(&mut reader.cursor, STORED)?;
    let with = match reader.cursor.take(&["with"]) {
        true => Some(reader.name(What::Recipient, "who runs the machines", STORED)?),
        false => None,
    };
    let expects = Expectation { allowed, because: because(reader)? };
    reader.done(StepKind::Stored { backup, country, with, expects }, STORED)
}

/// `office notifies ann of takeover_notice`
pub(super) fn notifies(reader: &mut Reader<'_>, actor: &Name) -> Parsed<StepKind> {
    const NOTIFIES: &str = "office notifies ann of takeover_notice";
    let actor = reader.mention(What::Actor, actor);
    reader.cursor.next();
    let person = reader.name(What::Person, "who is told", NOTIFIES)?;
    reader.cursor.expect(&["of"], NOTIFIES)?;
    let notice = reader.name(What::Notice, "a notice", NOTIFIES)?;
    reader.done(StepKind::Notifies { actor, person, notice }, NOTIFIES)
}

/// `ann is owed breach_notice`, `ann is owed nothing`
pub(super) fn owed(reader: &mut Reader<'_>, person: &Name) -> Parsed<StepKind> {
    const OWED: &str = "ann is owed breach_notice";
    let person = reader.mention(What::Person, person);
    reader.cursor.expect(&["is", "owed"], OWED)?;
    let nothing = reader.cursor.take(&["nothing"]);
    let notice = if nothing { None } else { Some(reader.name(What::Notice, "a notice, or `nothing`", OWED)?) };
    reader.done(StepKind::Owed { person, notice }, OWED)
}

/// `ann has accepted version 1 by use`, `ann has not accepted the terms of version 2`
pub(super) fn accepted(reader: &mut Reader<'_>, person: &Name) -> Parsed<StepKind> {
    const ACCEPTED: &str = "ann has accepted version 1 by use";
    let person = reader.mention(What::Person, person);
    reader.cursor.expect(&["has"], ACCEPTED)?;
    let accepted = !reader.cursor.take(&["not"]);
    reader.cursor.expect(&["accepted"], ACCEPTED)?;
    let what = if reader.cursor.take(&["the", "terms", "of"]) {
        Accepted::Terms
    } else if reader.cursor.take(&["the", "cookies", "of"]) {
        Accepted::Cookies
    } else {
        Accepted::Policy
    };
    reader.cursor.expect(&["version"], ACCEPTED)?;
    let version = match reader.cursor.next().map(|token| &token.kind) {
        Some(TokenKind::Number(number)) => number.to_string(),
        Some(TokenKind::Text(text) | TokenKind::Id(text) | TokenKind::Word(text) | TokenKind::Date(text)) => {
            text.clone()
        }
        _ => return reader.cursor.expected("a version of the policy", ACCEPTED),
    };
    reader.cursor.take(&["by", "use"]);
    reader.done(StepKind::Accepted { person, what, version, accepted }, ACCEPTED)
}
