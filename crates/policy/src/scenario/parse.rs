//! One line of a scenario.

use std::collections::BTreeMap;

use upheld_decide::{Action, Form, Reason, RightKind};
use upheld_document::{Diagnostic, Line, Source};

use super::ast::{Because, Expectation, Scenario, Step, StepKind, Unit};
use crate::syntax::cursor::{Cursor, Parsed, Stop};
use crate::syntax::lexer::{Token, TokenKind};

const AT: &str = "ann at sign_up with name \"Ann\", email \"ann@example.org\"";
const MAY: &str = "mailer may use ann's email for newsletter";

pub(super) fn line(tokens: &[Token], line: Line, source: &Source, scenario: &mut Scenario, diagnostics: &mut Vec<Diagnostic>) {
    if tokens.is_empty() {
        return;
    }
    let mut cursor = Cursor::new(tokens, line.span, diagnostics);
    if cursor.take(&["shows"]) {
        if let Ok(ids) = ids(&mut cursor) {
            scenario.shows.extend(ids);
        }
        return;
    }
    if let Ok(kind) = step(&mut cursor) {
        let (number, _) = source.line_column(line.span.start);
        let text = source.slice(line.span).split(" #").next().unwrap_or("").trim().to_owned();
        scenario.steps.push(Step { span: line.span, line: number, text, kind });
    }
}

fn ids(cursor: &mut Cursor<'_>) -> Parsed<Vec<String>> {
    let mut out = Vec::new();
    loop {
        match cursor.next() {
            Some(Token { kind: TokenKind::Id(id) | TokenKind::Word(id), .. }) => out.push(id.clone()),
            _ => return cursor.expected("the id of a requirement", "shows WX09-49"),
        }
        if !cursor.take_comma() {
            return Ok(out);
        }
    }
}

fn step(cursor: &mut Cursor<'_>) -> Parsed<StepKind> {
    if cursor.take(&["it", "is"]) {
        return match cursor.next() {
            Some(Token { kind: TokenKind::Date(date), .. }) => done(cursor, StepKind::ItIs(date.clone())),
            _ => cursor.expected("a date", "it is 2019-10-05"),
        };
    }
    if cursor.take(&["after"]) {
        return after(cursor);
    }
    if cursor.take(&["nothing", "of"]) {
        let person = name(cursor, "whose", "nothing of ann is held except invoice")?;
        cursor.expect(&["is", "held"], "nothing of ann is held except invoice")?;
        let except = if cursor.take(&["except"]) { words(cursor, "the data that is held", "nothing of ann is held except invoice")? } else { Vec::new() };
        return done(cursor, StepKind::NothingHeld { person, except });
    }
    let same = cursor.take(&["the", "same"]);
    let subject = name(cursor, "a person, a role or a program", MAY)?;
    if cursor.peek() == Some(&TokenKind::Possessive) {
        return held(cursor, subject);
    }
    match (cursor.peek_word(), cursor.word_at(1)) {
        (Some("at"), _) => at(cursor, subject),
        (Some("closes"), _) => closes(cursor, subject),
        (Some("agrees" | "refuses"), _) => chooses(cursor, subject, true),
        (Some("requests"), _) => requests(cursor, subject, true),
        (Some("opens"), _) => opens(cursor, subject, true),
        (Some("finds"), _) => finds(cursor, subject, same),
        (Some("ends"), _) => {
            cursor.next();
            let case = name(cursor, "a case", "counsel ends w1")?;
            done(cursor, StepKind::Ends { role: subject, case })
        }
        (Some("may"), Some(_)) => may(cursor, subject, same),
        _ => cursor.expected("what happens, or what may be done", &format!("{AT}`, `{MAY}")),
    }
}

fn name(cursor: &mut Cursor<'_>, what: &str, example: &str) -> Parsed<String> {
    cursor.name(what, example).map(|name| name.text)
}

fn words(cursor: &mut Cursor<'_>, what: &str, example: &str) -> Parsed<Vec<String>> {
    Ok(cursor.names(what, example)?.into_iter().map(|name| name.text).collect())
}

fn done(cursor: &mut Cursor<'_>, kind: StepKind) -> Parsed<StepKind> {
    cursor.end(MAY)?;
    Ok(kind)
}

fn after(cursor: &mut Cursor<'_>) -> Parsed<StepKind> {
    const AFTER: &str = "after 30 days";
    let count = cursor.number("a number", AFTER)?;
    let unit = match cursor.peek_word() {
        Some("minute" | "minutes") => Unit::Minutes,
        Some("hour" | "hours") => Unit::Hours,
        Some("day" | "days") => Unit::Days,
        Some("week" | "weeks") => Unit::Weeks,
        Some("month" | "months") => Unit::Months,
        Some("year" | "years") => Unit::Years,
        _ => return cursor.expected("`minutes`, `hours`, `days`, `weeks`, `months` or `years`", AFTER),
    };
    cursor.next();
    done(cursor, StepKind::After(count, unit))
}

/// `name "Ann", email "…"`
fn values(cursor: &mut Cursor<'_>, example: &str) -> Parsed<BTreeMap<String, String>> {
    let mut out = BTreeMap::new();
    loop {
        let element = name(cursor, "a name and its value in quotes", example)?;
        match cursor.text() {
            Some(value) => out.insert(element, value),
            None => return cursor.expected("the value in quotes", example),
        };
        let more = matches!(cursor.peek(), Some(TokenKind::Comma)) && cursor.word_at(1) != Some("because");
        if more {
            cursor.next();
        } else if !cursor.take(&["and"]) {
            return Ok(out);
        }
    }
}

fn at(cursor: &mut Cursor<'_>, person: String) -> Parsed<StepKind> {
    cursor.expect(&["at"], AT)?;
    let point = name(cursor, "a point", AT)?;
    let mut place = None;
    if cursor.take(&["in"]) {
        place = match cursor.text() {
            Some(place) => Some(place),
            None => return cursor.expected("a host and path in quotes", "ann at sign_up in \"www.example.org/join\""),
        };
    }
    let values = if cursor.take(&["with"]) { values(cursor, AT)? } else { BTreeMap::new() };
    let item = if cursor.take(&["as", "item"]) { Some(name(cursor, "a name for the item", "… as item m1")?) } else { None };
    let refused = cursor.take(&["is", "refused"]);
    let because = because(cursor)?;
    done(cursor, StepKind::At { person, point, place, values, item, expects: Expectation { allowed: !refused, because } })
}

/// `ann closes her account`: the event by that name.
fn closes(cursor: &mut Cursor<'_>, person: String) -> Parsed<StepKind> {
    cursor.next();
    for word in ["her", "his", "their", "the"] {
        cursor.take(&[word]);
    }
    cursor.take(&["account"]);
    let point = "leaving".to_owned();
    let expects = Expectation { allowed: true, because: None };
    done(cursor, StepKind::At { person, point, place: None, values: BTreeMap::new(), item: None, expects })
}

fn chooses(cursor: &mut Cursor<'_>, person: String, allowed: bool) -> Parsed<StepKind> {
    const CHOOSES: &str = "ann refuses newsletter via request giving domain_name \"a.example\" and email \"ann@a.example\"";
    let agree = matches!(cursor.peek_word(), Some("agrees" | "agree"));
    cursor.next();
    if agree {
        cursor.expect(&["to"], "ann agrees to newsletter")?;
    }
    let choice = match cursor.next() {
        Some(Token { kind: TokenKind::Word(word) | TokenKind::Id(word), .. }) => word.clone(),
        _ => return cursor.expected("a choice", CHOOSES),
    };
    let via = if cursor.take(&["via"]) { Some(name(cursor, "a way", CHOOSES)?) } else { None };
    let giving = if cursor.take(&["giving"]) { values(cursor, CHOOSES)? } else { BTreeMap::new() };
    let because = because(cursor)?;
    done(cursor, StepKind::Chooses { person, choice, agree, via, giving, expects: Expectation { allowed, because } })
}

fn requests(cursor: &mut Cursor<'_>, person: String, allowed: bool) -> Parsed<StepKind> {
    const REQUESTS: &str = "ann requests to see contact";
    cursor.next();
    cursor.expect(&["to"], REQUESTS)?;
    let right = if cursor.take(&["see"]) {
        RightKind::See
    } else if cursor.take(&["erase"]) {
        RightKind::Erase
    } else {
        return cursor.expected("`see` or `erase`", REQUESTS);
    };
    let data = if cursor.take(&["anything"]) || cursor.take(&["everything"]) {
        Vec::new()
    } else {
        words(cursor, "the data, or `everything`", REQUESTS)?
    };
    let because = because(cursor)?;
    done(cursor, StepKind::Requests { person, right, data, expects: Expectation { allowed, because } })
}

fn opens(cursor: &mut Cursor<'_>, role: String, allowed: bool) -> Parsed<StepKind> {
    const OPENS: &str = "counsel opens legal_process w1 on ann for item m1 with issuer \"District Court\", reference \"77\"";
    cursor.next();
    let ground = name(cursor, "a ground", OPENS)?;
    let case = name(cursor, "a name for the case", OPENS)?;
    let (mut people, mut items, mut recipient, mut fields) = (Vec::new(), Vec::new(), None, BTreeMap::new());
    loop {
        if people.is_empty() && cursor.take(&["on"]) {
            people = words(cursor, "a person", OPENS)?;
        } else if items.is_empty() && (cursor.take(&["for", "item"]) || cursor.take(&["for", "message"])) {
            items = words(cursor, "an item", OPENS)?;
        } else if recipient.is_none() && cursor.take(&["naming"]) {
            recipient = Some(name(cursor, "a recipient", OPENS)?);
        } else if fields.is_empty() && cursor.take(&["with"]) {
            fields = values(cursor, OPENS)?;
        } else {
            break;
        }
    }
    let because = because(cursor)?;
    let expects = Expectation { allowed, because };
    done(cursor, StepKind::Opens { role, ground, case, people, items, recipient, fields, expects })
}

fn finds(cursor: &mut Cursor<'_>, role: String, same: bool) -> Parsed<StepKind> {
    finding(cursor, role, same, true)
}

fn finding(cursor: &mut Cursor<'_>, role: String, same: bool, allowed: bool) -> Parsed<StepKind> {
    const FINDS: &str = "counsel finds w1 \"valid and enforceable\"";
    cursor.next();
    let case = name(cursor, "a case", FINDS)?;
    let holds = !cursor.take(&["not"]);
    let Some(wording) = cursor.text() else {
        return cursor.expected("the wording of the finding in quotes", FINDS);
    };
    let because = because(cursor)?;
    done(cursor, StepKind::Finds { role, case, wording, holds, same, expects: Expectation { allowed, because } })
}

fn may(cursor: &mut Cursor<'_>, subject: String, same: bool) -> Parsed<StepKind> {
    cursor.next();
    let allowed = !cursor.take(&["not"]);
    match cursor.peek_word() {
        Some("agree" | "refuse") => return chooses(cursor, subject, allowed),
        Some("request") => return requests(cursor, subject, allowed),
        Some("open") => return opens(cursor, subject, allowed),
        Some("find") => return finding(cursor, subject, same, allowed),
        _ => {}
    }
    let action = cursor.peek_word().and_then(|word| Action::ALL.into_iter().find(|action| action.word() == word));
    let Some(action) = action else {
        return cursor.expected("a verb: `use`, `share`, `change`, `erase`, `block`, `sell`, `rent` or `transfer`", MAY);
    };
    cursor.next();
    let person = name(cursor, "whose data", MAY)?;
    if cursor.peek() != Some(&TokenKind::Possessive) {
        return cursor.expected("`'s` after the person", MAY);
    }
    cursor.next();
    let data = words(cursor, "the data", MAY)?;
    let (mut item, mut form, mut purpose, mut case, mut recipient) = (None, Form::Identified, None, None, None);
    loop {
        if item.is_none() && cursor.take(&["of", "item"]) {
            item = Some(name(cursor, "an item", "… of item m1")?);
        } else if cursor.take(&["as", "pseudonym"]) {
            form = Form::Pseudonymous;
        } else if cursor.take(&["as", "aggregate", "of"]) {
            form = Form::Aggregate(cursor.number("a number of people", "… as aggregate of 10")?);
        } else if purpose.is_none() && cursor.take(&["for"]) {
            purpose = Some(name(cursor, "a purpose", MAY)?);
        } else if case.is_none() && cursor.take(&["on"]) {
            case = Some(name(cursor, "a case", "… on w1")?);
        } else if recipient.is_none() && cursor.take(&["with"]) {
            recipient = Some(name(cursor, "a recipient", "… with acme")?);
        } else {
            break;
        }
    }
    let because = because(cursor)?;
    let expects = Expectation { allowed, because };
    done(cursor, StepKind::May { actor: subject, action, person, data, item, form, purpose, case, recipient, expects })
}

fn held(cursor: &mut Cursor<'_>, person: String) -> Parsed<StepKind> {
    const HELD: &str = "ann's isp_domain is held as \"isp.example\"";
    cursor.next();
    let element = name(cursor, "the data", HELD)?;
    if cursor.take(&["is", "not", "held"]) {
        return done(cursor, StepKind::Held { person, element, value: None, held: false });
    }
    cursor.expect(&["is", "held"], HELD)?;
    let mut value = None;
    if cursor.take(&["as"]) {
        value = match cursor.text() {
            Some(value) => Some(value),
            None => return cursor.expected("the value in quotes", HELD),
        };
    }
    done(cursor, StepKind::Held { person, element, value, held: true })
}

/// Phrases after `because`, beside the words of [`Reason`] with blanks. `_` stands for any one name.
const PHRASES: [(&str, Reason); 18] = [
    ("no rule", Reason::NoRule),
    ("it is closed", Reason::Closed),
    ("_ has refused _", Reason::Refused),
    ("_ has refused it", Reason::Refused),
    ("_ has not agreed to _", Reason::NotAgreed),
    ("_ has no finding", Reason::NoFinding),
    ("no case", Reason::NoCase),
    ("it is not declared", Reason::NotDeclared),
    ("it is not declared there", Reason::NotDeclaredThere),
    ("_ does not work on it", Reason::NotTheirWork),
    ("it is not held", Reason::NotHeld),
    ("it is blocked", Reason::Blocked),
    ("_ has ended", Reason::CaseEnded),
    ("_ does not reach it", Reason::OutOfReach),
    ("_ is missing", Reason::Missing),
    ("_ is incomplete", Reason::CaseIncomplete),
    ("_ opened the case", Reason::NotTheirFinding),
    ("_ was not given", Reason::NotGiven),
];

fn because(cursor: &mut Cursor<'_>) -> Parsed<Option<Because>> {
    if cursor.word_at(1) == Some("because") {
        cursor.take_comma();
    }
    if !cursor.take(&["because"]) {
        return Ok(None);
    }
    let here = cursor.here();
    let mut words = Vec::new();
    let mut id = None;
    while let Some(token) = cursor.next() {
        match &token.kind {
            TokenKind::Word(word) => words.push(word.clone()),
            TokenKind::Id(text) => id = Some(text.clone()),
            TokenKind::Possessive => {}
            _ => words.push("?".to_owned()),
        }
    }
    if let (Some(id), true) = (id, words.is_empty()) {
        return Ok(Some(match id.strip_prefix('§') {
            Some(number) => Because::Section(number.to_owned()),
            None if id.contains('.') => Because::Clause(id),
            None => Because::Section(id),
        }));
    }
    for (phrase, reason) in PHRASES {
        let pattern: Vec<&str> = phrase.split(' ').collect();
        if pattern.len() == words.len() && pattern.iter().zip(&words).all(|(wanted, word)| *wanted == "_" || wanted == word) {
            return Ok(Some(Because::Reason(reason)));
        }
    }
    let joined = words.join("_");
    if let Ok(reason) = serde_json::from_value::<Reason>(serde_json::Value::String(joined)) {
        return Ok(Some(Because::Reason(reason)));
    }
    if let [slug] = words.as_slice() {
        return Ok(Some(Because::Section(slug.clone())));
    }
    let known: Vec<String> = PHRASES.iter().map(|(phrase, _)| format!("`{}`", phrase.replace('_', "…"))).collect();
    cursor.report(
        Diagnostic::error("UP0502", "this reason is not one that an answer gives")
            .at(here, "")
            .help("name a clause (`because partners.1`), a section (`because §3.4`), or a reason")
            .note(format!("reasons: {}", known.join(", "))),
    );
    Err(Stop)
}
