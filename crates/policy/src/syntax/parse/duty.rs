//! Sentences that say what happens: collect, keep, choices, rights, and what people do by hand.

use upheld_decide::{RightKind, Unit};

use super::rule;
use crate::syntax::ast::{Choice, Cookie, End, Keep, Kind, Lasts, Name, Report, Right};
use crate::syntax::cursor::{Cursor, Parsed};
use crate::syntax::lexer::TokenKind;

const COLLECT: &str = "we collect name, email from customer at sign_up for service_setup";
const KEEP: &str = "we keep invoice 10 years after order";
const CHOICE: &str = "customer may refuse newsletter via link";
const RIGHT: &str = "customer may request to see contact within 30 days";

pub(super) fn collect(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    cursor.expect(&["we"], COLLECT)?;
    let may = cursor.take(&["may"]);
    cursor.expect(&["collect"], COLLECT)?;
    let data = cursor.names("the data", COLLECT)?;
    let (mut of, mut from, mut at, mut purposes) = (None, None, Vec::new(), Vec::new());
    loop {
        if of.is_none() && cursor.take(&["of"]) {
            of = Some(cursor.name("a kind of person", COLLECT)?);
        } else if from.is_none() && cursor.take(&["from"]) {
            from = Some(cursor.name("who gives it", COLLECT)?);
        } else if at.is_empty() && cursor.take(&["at"]) {
            at = cursor.names("a point", COLLECT)?;
        } else if purposes.is_empty() && cursor.take(&["for"]) {
            purposes = cursor.names("a purpose", COLLECT)?;
        } else {
            break;
        }
    }
    if of.is_none() && from.is_none() {
        return cursor.expected("`from` who gives it, or `of` whom it is about", COLLECT);
    }
    if at.is_empty() {
        return cursor.expected("`at` and a point", COLLECT);
    }
    if purposes.is_empty() {
        return cursor.expected("`for` and a purpose", COLLECT);
    }
    Ok(Kind::Collect { may, data, of, from, at, purposes })
}

pub(super) fn keep(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const ERASE: &str = "we must erase account within 90 days after leaving";
    let longer = cursor.take(&["but"]);
    if !longer {
        cursor.expect(&["we"], KEEP)?;
    }
    let must = cursor.take(&["must"]);
    let erase = must && cursor.take(&["erase"]);
    if !erase {
        cursor.expect(&["keep"], KEEP)?;
    }
    let data = if matches!(cursor.peek(), Some(TokenKind::Number(_)))
        || matches!(cursor.peek_word(), Some("until" | "while"))
    {
        Vec::new()
    } else {
        cursor.names("the data", KEEP)?
    };
    if data.is_empty() && !longer {
        return cursor.expected("the data", KEEP);
    }
    let (mut of, mut from, mut at) = (None, None, None);
    loop {
        if of.is_none() && cursor.take(&["of"]) {
            of = Some(rule::kinds(cursor)?);
        } else if from.is_none() && cursor.take(&["from"]) {
            from = Some(cursor.names("who gave it", KEEP)?);
        } else if at.is_none() && cursor.take(&["at"]) {
            at = Some(cursor.names("a point", KEEP)?);
        } else {
            break;
        }
    }
    if erase {
        cursor.expect(&["within"], ERASE)?;
        let within = cursor.period(ERASE)?;
        cursor.expect(&["after"], ERASE)?;
        let event = cursor.name("an event", ERASE)?;
        let end = End::Until(event);
        return Ok(Kind::Keep(Keep {
            must: false,
            longer,
            erase,
            data,
            of,
            from,
            at,
            end,
            erase_within: Some(within),
        }));
    }
    if cursor.peek_word() == Some("for") {
        return cursor.expected("how long, without `for`", KEEP);
    }
    let end = if cursor.take(&["until"]) {
        End::Until(cursor.name("an event", "we keep message until delivered")?)
    } else if cursor.take(&["while"]) {
        End::While(cursor.name("a kind of person", "we keep account while customer")?)
    } else {
        let period = cursor.period(KEEP)?;
        cursor.expect(&["after"], KEEP)?;
        End::After(period, cursor.name("an event or point", KEEP)?)
    };
    let mut erase_within = None;
    if cursor.take_comma() || cursor.peek_word() == Some("then") {
        const THEN: &str = "we keep contact until leaving, then erase within 30 days";
        cursor.expect(&["then", "erase", "within"], THEN)?;
        erase_within = Some(cursor.period(THEN)?);
    }
    Ok(Kind::Keep(Keep { must, longer, erase, data, of, from, at, end, erase_within }))
}

/// `report traffic counts page_visited of visitor at web_visit each week as aggregate of 10`
pub(super) fn report(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const REPORT: &str = "report traffic counts page_visited of visitor at web_visit each week as aggregate of 10";
    cursor.expect(&["report"], REPORT)?;
    let name = cursor.name("a name for the report", REPORT)?;
    cursor.expect(&["counts"], REPORT)?;
    let counts = cursor.names("the data that it counts by", REPORT)?;
    let (mut of, mut at, mut each, mut least) = (None, None, None, None);
    loop {
        if of.is_none() && cursor.take(&["of"]) {
            of = Some(rule::kinds(cursor)?);
        } else if at.is_none() && cursor.take(&["at"]) {
            at = Some(cursor.names("a point", REPORT)?);
        } else if each.is_none() && cursor.take(&["each"]) {
            let unit = match cursor.peek_word() {
                Some("day") => Unit::Day,
                Some("week") => Unit::Week,
                Some("month") => Unit::Month,
                Some("year") => Unit::Year,
                _ => return cursor.expected("`day`, `week`, `month` or `year`", REPORT),
            };
            cursor.next();
            each = Some(unit);
        } else if least.is_none() && cursor.take(&["as", "aggregate", "of"]) {
            let here = cursor.here();
            least = Some((cursor.number("the least number of people in a group", REPORT)?, here));
        } else {
            break;
        }
    }
    let Some(each) = each else { return cursor.expected("`each` and a period", REPORT) };
    let Some(least) = least else { return cursor.expected("`as aggregate of` and a number of people", REPORT) };
    let label = cursor.text();
    Ok(Kind::Report(Report { name, counts, of, at, each, least, label }))
}

/// `cookie prefs holds preference of visitor for preferences lasting 1 year`
pub(super) fn cookie(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const COOKIE: &str = "cookie prefs holds preference of visitor for preferences lasting 1 year";
    const BY: &str = "cookie _ga by google_analytics holds cookie_id of visitor for traffic_analysis lasting 2 years";
    const LOCAL: &str = "local draft holds preference of visitor for customer_care until removed";
    let local = cursor.take(&["local"]);
    if !local {
        cursor.expect(&["cookie"], COOKIE)?;
    }
    let name = cursor.name("a name for it", COOKIE)?;
    let by = if cursor.take(&["by"]) { Some(cursor.name("the recipient that sets it", BY)?) } else { None };
    cursor.expect(&["holds"], COOKIE)?;
    let holds = cursor.names("what it holds", COOKIE)?;
    cursor.expect(&["of"], COOKIE)?;
    let of = cursor.name("a kind of person", COOKIE)?;
    let places = super::declare::places(cursor, COOKIE)?;
    cursor.expect(&["for"], COOKIE)?;
    let purposes = cursor.names("a purpose", COOKIE)?;
    let lasts = if cursor.take(&["lasting"]) {
        Lasts::Period(cursor.period(COOKIE)?)
    } else if cursor.take(&["until", "session", "ends"]) {
        Lasts::Session
    } else if local && cursor.take(&["until", "removed"]) {
        Lasts::Removed
    } else if local {
        return cursor.expected("`lasting` and a period, `until session ends` or `until removed`", LOCAL);
    } else {
        // A browser ends every cookie at its session's end or at a time that the cookie names.
        return cursor.expected("`lasting` and a period, or `until session ends`", COOKIE);
    };
    let label = cursor.text();
    Ok(Kind::Cookie(Cookie { name, local, by, holds, of, places, purposes, lasts, label }))
}

/// `their guardian may …`: who acts for the person.
fn for_another(cursor: &mut Cursor<'_>, example: &str) -> Parsed<Option<Name>> {
    if cursor.peek_word() == Some("their") { cursor.party("a relation", example).map(Some) } else { Ok(None) }
}

fn who(cursor: &mut Cursor<'_>, every: bool, example: &str) -> Parsed<Option<Name>> {
    if every || cursor.take(&["anyone"]) {
        return Ok(None);
    }
    cursor.name("a kind of person, or `every person`", example).map(Some)
}

pub(super) fn choice(cursor: &mut Cursor<'_>, every: bool) -> Parsed<Kind> {
    let by = for_another(cursor, CHOICE)?;
    let whose = if by.is_some() { None } else { who(cursor, every, CHOICE)? };
    cursor.expect(&["may"], CHOICE)?;
    let agree = cursor.take(&["agree"]);
    let here = cursor.here();
    let objects = !agree && cursor.take(&["object"]);
    if agree {
        cursor.expect(&["to"], "customer may agree to newsletter via link")?;
    } else if objects {
        // Nothing named: all that rests on a legitimate interest.
        if !cursor.take(&["to"]) && !matches!(cursor.peek_word(), Some("via" | "giving")) && !cursor.is_done() {
            return cursor.expected("`to` and a purpose, or `via`", "every person may object to marketing via email");
        }
    } else {
        cursor.expect(&["refuse"], CHOICE)?;
    }
    let mut out = Choice {
        who: whose,
        by,
        agree,
        objects: objects.then_some(here),
        purposes: Vec::new(),
        another: false,
        that: None,
        label: None,
        via: Vec::new(),
        giving: Vec::new(),
    };
    if !objects && cursor.take(&["that", "we"]) {
        const THAT: &str = "every person may refuse that we use email for message via link";
        let verbs = rule::verbs(cursor);
        if verbs.is_empty() {
            return cursor.expected("a verb", THAT);
        }
        let data = rule::data(cursor)?;
        cursor.expect(&["for"], THAT)?;
        out.another = cursor.take(&["another", "purpose"]);
        if !out.another {
            out.purposes = cursor.names("a purpose", THAT)?;
        }
        out.that = Some((verbs, data));
    } else if !objects || !(matches!(cursor.peek_word(), Some("via" | "giving")) || cursor.is_done()) {
        out.purposes = cursor.names("a purpose", CHOICE)?;
    }
    out.label = cursor.text();
    loop {
        if out.by.is_some() && out.who.is_none() && cursor.take(&["of"]) {
            out.who = who(cursor, false, CHOICE)?;
        } else if out.via.is_empty() && cursor.take(&["via"]) {
            out.via = ways(cursor, CHOICE)?;
        } else if out.giving.is_empty() && cursor.take(&["giving"]) {
            giving(cursor, &mut out.giving, CHOICE)?;
        } else {
            return Ok(Kind::Choice(out));
        }
    }
}

/// `link, email, form account_page, request`
fn ways(cursor: &mut Cursor<'_>, example: &str) -> Parsed<Vec<String>> {
    let mut out = Vec::new();
    loop {
        let way = cursor.name("a way to act: `link`, `email`, `form`, `letter`, `request`", example)?;
        let mut text = way.text;
        if text == "form"
            && let Some(page) =
                cursor.peek_word().filter(|word| !matches!(*word, "giving" | "within" | "keeps" | "via" | "once"))
        {
            text = format!("form {page}");
            cursor.next();
        }
        out.push(text);
        if begins_phrase_of_right(cursor) || !cursor.take_comma() {
            return Ok(out);
        }
    }
}

/// `giving domain_name and contact`
fn giving(cursor: &mut Cursor<'_>, out: &mut Vec<Name>, example: &str) -> Parsed<()> {
    out.push(cursor.name("what must be given", example)?);
    while cursor.take(&["and"]) || (!begins_phrase_of_right(cursor) && cursor.take_comma()) {
        out.push(cursor.name("what must be given", example)?);
    }
    Ok(())
}

/// Whether a comma comes next, and after it a phrase of a right.
fn begins_phrase_of_right(cursor: &Cursor<'_>) -> bool {
    matches!(cursor.word_at(1), Some("via" | "within" | "giving" | "once"))
}

pub(super) fn right(cursor: &mut Cursor<'_>, every: bool) -> Parsed<Kind> {
    const ONCE: &str = "customer may request disclosures once a calendar year, within 30 days";
    let by = for_another(cursor, RIGHT)?;
    let whose = if by.is_some() { None } else { who(cursor, every, RIGHT)? };
    cursor.expect(&["may", "request"], RIGHT)?;
    let (mut rights, mut data) = (Vec::new(), Vec::new());
    if cursor.take(&["disclosures"]) {
        rights.push(RightKind::Disclosures);
    } else if cursor.take(&["an", "answer"]) {
        rights.push(RightKind::Answer);
    } else if cursor.take(&["a", "review"]) {
        rights.push(RightKind::Review);
        if cursor.take(&["of"]) {
            cursor.expect(&["this", "policy"], "every person may request a review of this policy within 30 days")?;
        }
    } else if cursor.take(&["to"]) {
        rights = rights_over_data(cursor)?;
        if let crate::syntax::ast::DataPhrase::Names(names) = rule::data(cursor)? {
            data = names;
        }
    } else {
        return cursor.expected("`to`, `disclosures`, `an answer` or `a review`", RIGHT);
    }
    let mut out = Right { who: whose, by, rights, data, via: Vec::new(), giving: Vec::new(), within: None, once: None };
    loop {
        cursor.take_comma();
        if out.by.is_some() && out.who.is_none() && cursor.take(&["of"]) {
            out.who = who(cursor, false, RIGHT)?;
        } else if out.via.is_empty() && cursor.take(&["via"]) {
            out.via = ways(cursor, RIGHT)?;
        } else if out.giving.is_empty() && cursor.take(&["giving"]) {
            giving(cursor, &mut out.giving, RIGHT)?;
        } else if out.within.is_none() && cursor.take(&["within"]) {
            out.within = Some(cursor.period(RIGHT)?);
        } else if out.once.is_none() && cursor.take(&["once"]) {
            cursor.expect(&["a", "calendar"], ONCE)?;
            out.once = Some(match cursor.peek_word() {
                Some("month") => Unit::Month,
                Some("year") => Unit::Year,
                _ => return cursor.expected("`year` or `month`", ONCE),
            });
            cursor.next();
        } else {
            return Ok(Kind::Right(out));
        }
    }
}

/// `see, correct, erase`: the rights that name what they reach.
fn rights_over_data(cursor: &mut Cursor<'_>) -> Parsed<Vec<RightKind>> {
    let right = |word: &str| RightKind::from_word(word).filter(|right| right.reaches_data());
    let mut out = Vec::new();
    loop {
        let Some(found) = cursor.peek_word().and_then(right) else {
            return cursor.expected("`see`, `erase`, `correct`, `take` or `restrict`", RIGHT);
        };
        out.push(found);
        cursor.next();
        let more = cursor.peek() == Some(&TokenKind::Comma) && cursor.word_at(1).and_then(right).is_some();
        if !more {
            return Ok(out);
        }
        cursor.take_comma();
    }
}

/// `for customer_content we act for customer`
pub(super) fn acts_for(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const ACTS_FOR: &str = "for customer_content we act for customer";
    cursor.expect(&["for"], ACTS_FOR)?;
    let data = cursor.names("the data", ACTS_FOR)?;
    cursor.expect(&["we", "act", "for"], ACTS_FOR)?;
    let whose = cursor.name("a kind of person, or a recipient", ACTS_FOR)?;
    Ok(Kind::ActsFor { data, whose })
}

/// `we store anything in DE with hetzner`, `we store backup in IE with amazon`
pub(super) fn store(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const STORE: &str = "we store anything in DE with hetzner";
    cursor.expect(&["we", "store"], STORE)?;
    let backup = cursor.take(&["backup"]) || cursor.take(&["backups"]);
    if !backup && !cursor.take(&["anything"]) {
        return cursor.expected("`anything` or `backup`", STORE);
    }
    cursor.expect(&["in"], STORE)?;
    let country = country(cursor, STORE)?;
    let with = if cursor.take(&["with"]) { Some(cursor.name("who runs the machines", STORE)?) } else { None };
    Ok(Kind::Store { backup, country, with })
}

/// A country by its two letters.
pub(crate) fn country(cursor: &mut Cursor<'_>, example: &str) -> Parsed<String> {
    match cursor.peek() {
        Some(TokenKind::Id(text)) if text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) => {
            cursor.next();
            Ok(text.clone())
        }
        _ => cursor.expected("a country by its two letters (ISO 3166)", example),
    }
}

pub(super) fn manual(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const MANUAL: &str = "manual \"the facility manager keeps the access list\" every 12 months";
    cursor.next();
    if !matches!(cursor.peek(), Some(TokenKind::Text(text)) if !text.trim().is_empty()) {
        return cursor.expected("who does it and how it is evidenced, in quotes", MANUAL);
    }
    let how = cursor.text().unwrap_or_default();
    if cursor.take(&["every"]) {
        cursor.period(MANUAL)?;
    }
    Ok(Kind::Manual { how })
}

pub(super) fn allow(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const ALLOW: &str = "allow UP0404 because \"the archive keeps this for ever\"";
    cursor.next();
    let codes = cursor.codes(ALLOW)?;
    cursor.expect(&["because"], ALLOW)?;
    if cursor.text().is_none_or(|why| why.trim().is_empty()) {
        return cursor.expected("the reason in quotes", ALLOW);
    }
    Ok(Kind::Allow { codes })
}
