//! Declarations: names and what they are.

use upheld_decide::{Basis, PointKind, Protection, Safeguard};

use crate::syntax::ast::{Data, Kind, Name, Places, PurposeBasis};
use crate::syntax::cursor::{Cursor, Parsed};
use crate::syntax::lexer::TokenKind;

const DATA: &str = "data invoice_number is account, identifying \"Number on an invoice\"";
const PERSON: &str = "person customer \"Has signed up for a service\"";
const PURPOSE: &str = "purpose newsletter is message \"News by e-mail\"";
const RECIPIENT: &str = "recipient braintree is processor in US \"Takes card payments\"";
const ROLE: &str = "role billing \"Takes payments\", works on payment_processing";
const POINT: &str = "point sign_up is form in \"www.example.org/join\"";
const GROUND: &str = "ground legal_process \"A warrant or order\"";
const OPEN: &str = "open selected_partner by partner_lead";

pub(super) fn data(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    cursor.expect(&["data"], DATA)?;
    let mut data = Data { names: cursor.names("a name of data", DATA)?, ..Data::default() };
    if cursor.take(&["is"]) {
        data.parents.push(cursor.name("what it is", DATA)?);
    }
    loop {
        let comma = cursor.take_comma();
        if cursor.take(&["not", "identifying"]) {
            data.not_identifying = match cursor.text() {
                Some(why) => Some(why),
                None => {
                    return cursor
                        .expected("the reason in quotes", "data page is visit, not identifying \"points to nobody\"");
                }
            };
        } else if cursor.take(&["itemised"]) {
            data.itemised = true;
        } else if cursor.take(&["held", "as"]) {
            match cursor.peek_word() {
                Some("token") => data.token = true,
                Some("hash") => data.hash = true,
                _ => return cursor.expected("`token` or `hash`", "data card_number is payment, held as token"),
            }
            cursor.next();
        } else if data.without.is_empty() && cursor.take(&["without"]) {
            data.without =
                cursor.names("data that never appears in it", "data message is communications, without card_number")?;
        } else if cursor.peek_word() == Some("shown") {
            return super::later(cursor, "shown as");
        } else if cursor.take(&["made", "from"]) {
            data.made_from =
                Some(cursor.name("the data that it is made from", "data isp_domain is device, made from ip_address")?);
        } else if comma {
            data.parents.push(cursor.name("what it is", DATA)?);
        } else {
            break;
        }
    }
    data.label = cursor.text();
    added(cursor)?;
    Ok(Kind::Data(data))
}

/// `NAMES [is PARENTS] ["label"]`
fn named(cursor: &mut Cursor<'_>, what: &str, example: &str) -> Parsed<(Vec<Name>, Vec<Name>)> {
    cursor.next();
    let names = cursor.names(what, example)?;
    let parents = if cursor.take(&["is"]) { cursor.names("what it is", example)? } else { Vec::new() };
    Ok((names, parents))
}

/// `added 2009-10-01 by ROLE`: who added the name and when; a note for readers.
fn added(cursor: &mut Cursor<'_>) -> Parsed<()> {
    const ADDED: &str = "recipient acme is selected_partner added 2009-10-01 by partner_lead";
    if cursor.take(&["added"]) {
        match cursor.peek() {
            Some(TokenKind::Date(date)) if date.parse::<jiff::civil::Date>().is_ok() => cursor.next(),
            _ => return cursor.expected("a day of the calendar, year first", ADDED),
        };
        cursor.expect(&["by"], ADDED)?;
        cursor.added_by = Some(cursor.name("the role that added it", ADDED)?);
    }
    Ok(())
}

pub(super) fn person(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    let (names, parents) = named(cursor, "a kind of person", PERSON)?;
    let label = cursor.text();
    added(cursor)?;
    Ok(Kind::Person { names, parents, label })
}

pub(super) fn purpose(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    cursor.next();
    let names = cursor.names("a purpose", PURPOSE)?;
    let mut basis = PurposeBasis::default();
    let mut parents = Vec::new();
    if cursor.take(&["is"]) {
        if cursor.take(&["compatible", "with"]) {
            compatible(cursor, &mut basis)?;
        } else {
            parents = cursor.names("what it is", PURPOSE)?;
        }
    }
    let mut label = cursor.text();
    while cursor.take_comma() {
        if cursor.take(&["basis"]) {
            const BASIS: &str =
                "purpose analytics is service_provision, basis legitimate_interest \"assessment 3, 2019-09-30\"";
            let Some(found) = cursor.peek_word().and_then(Basis::from_word) else {
                let words = Basis::ALL.map(|basis| format!("`{}`", basis.word())).join(", ");
                return cursor.expected(&format!("a basis ({words})"), BASIS);
            };
            cursor.next();
            basis.basis = Some(found);
            basis.record = cursor.text();
        } else if cursor.take(&["compatible", "with"]) {
            compatible(cursor, &mut basis)?;
        } else {
            return cursor.expected("`basis` or `compatible with`", PURPOSE);
        }
    }
    label = label.or_else(|| cursor.text());
    added(cursor)?;
    Ok(Kind::Purpose { names, parents, label, basis })
}

/// After `compatible with`: the purpose, and why.
fn compatible(cursor: &mut Cursor<'_>, basis: &mut PurposeBasis) -> Parsed<()> {
    const COMPATIBLE: &str =
        "purpose research is compatible with service_setup \"same people, no effect on them; 2019-10-01\"";
    basis.compatible_with = Some(cursor.name("the purpose with which it is compatible", COMPATIBLE)?);
    basis.record = cursor.text();
    if basis.record.is_none() {
        return cursor.expected("the recorded reason in quotes", COMPATIBLE);
    }
    Ok(())
}

pub(super) fn recipient(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const UNDER: &str = "recipient acme is processor in US, under standard_clauses \"module 2, signed 2026-01-02\"";
    let (names, parents) = named(cursor, "a recipient", RECIPIENT)?;
    let mut country = None;
    if cursor.take(&["in"]) {
        country = Some(super::duty::country(cursor, RECIPIENT)?);
    }
    let mut label = cursor.text();
    let mut safeguard = None;
    if cursor.take_comma() {
        cursor.expect(&["under"], UNDER)?;
        let Some(protection) = cursor.peek_word().and_then(Protection::from_word) else {
            let words = Protection::ALL.map(|one| format!("`{}`", one.word())).join(", ");
            return cursor.expected(&format!("a safeguard ({words})"), UNDER);
        };
        cursor.next();
        let Some(record) = cursor.text() else {
            return cursor.expected("its record in quotes: what was agreed and when, or why", UNDER);
        };
        safeguard = Some(Safeguard { protection, record });
        label = label.or_else(|| cursor.text());
    }
    added(cursor)?;
    Ok(Kind::Recipient { names, parents, label, country, safeguard })
}

/// `we safeguard transfers out of EEA`
pub(super) fn safeguarded(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const SAFEGUARD: &str = "we safeguard transfers out of EEA";
    cursor.expect(&["we", "safeguard", "transfers", "out", "of"], SAFEGUARD)?;
    match cursor.peek() {
        Some(TokenKind::Id(area)) if area == "EEA" => {
            cursor.next();
            Ok(Kind::Safeguarded)
        }
        _ => cursor.expected("`EEA`: the European Economic Area", SAFEGUARD),
    }
}

pub(super) fn role(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    cursor.next();
    let names = cursor.names("a role or program", ROLE)?;
    let program = cursor.take(&["program"]);
    let label = cursor.text();
    cursor.take_comma();
    let works_on = if cursor.take(&["works", "on"]) { cursor.names("a purpose or ground", ROLE)? } else { Vec::new() };
    added(cursor)?;
    Ok(Kind::Role { names, program, works_on, label })
}

pub(super) fn point(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    cursor.next();
    let names = cursor.names("a collection point or event", POINT)?;
    cursor.expect(&["is"], POINT)?;
    let kind = match cursor.peek_word() {
        Some("form") => PointKind::Form,
        Some("visit") => PointKind::Visit,
        Some("mail" | "call" | "desk") => PointKind::Mail,
        Some("event") => PointKind::Event,
        _ => return cursor.expected("`form`, `visit`, `mail`, `call`, `desk` or `event`", POINT),
    };
    cursor.next();
    let places = places(cursor, POINT)?;
    let label = cursor.text();
    added(cursor)?;
    Ok(Kind::Point { names, kind, places, label })
}

/// `in covers`, `in "host/path", "host/path"`, or nothing.
pub(super) fn places(cursor: &mut Cursor<'_>, example: &str) -> Parsed<Places> {
    if cursor.take(&["in", "covers"]) {
        return Ok(Places::Covers);
    }
    if !cursor.take(&["in"]) {
        return Ok(Places::Anywhere);
    }
    let mut places = Vec::new();
    loop {
        let here = cursor.here();
        match cursor.text() {
            Some(text) => places.push((text, here)),
            None => return cursor.expected("`covers`, or a host and path in quotes", example),
        }
        if !cursor.take_comma() {
            return Ok(Places::Named(places));
        }
    }
}

pub(super) fn ground(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    let (names, parents) = named(cursor, "a ground", GROUND)?;
    let label = cursor.text();
    added(cursor)?;
    Ok(Kind::Ground { names, parents, label })
}

pub(super) fn open(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    cursor.next();
    let names = cursor.names("a name that may gain members", OPEN)?;
    cursor.expect(&["by"], OPEN)?;
    let by = cursor.name("the role that adds members", OPEN)?;
    Ok(Kind::Open { names, by })
}

/// `relation guardian of child "A parent" by support`
pub(super) fn relation(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const RELATION: &str = "relation guardian of child \"A parent, or who stands in for one\" by support";
    cursor.next();
    let names = cursor.names("a relation", RELATION)?;
    cursor.expect(&["of"], RELATION)?;
    let anybody = cursor.take(&["anyone"]) || cursor.take(&["every", "person"]);
    let of = if anybody { None } else { Some(cursor.name("a kind of person, or `anyone`", RELATION)?) };
    let label = cursor.text();
    let by = if cursor.take(&["by"]) { cursor.names("the role that records it", RELATION)? } else { Vec::new() };
    Ok(Kind::Relation { names, of, by, label })
}

/// The lines below a person or a ground.
pub(super) fn below(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    if cursor.take(&["begins"]) {
        const BEGINS: &str = "begins at sign_up";
        cursor.expect(&["at"], BEGINS)?;
        return Ok(Kind::BeginsAt(cursor.names("a point", BEGINS)?));
    }
    if cursor.take(&["ends"]) {
        const ENDS: &str = "ends at leaving";
        if cursor.take(&["after"]) {
            return Ok(Kind::EndsAfter(cursor.period("ends after 30 days")?));
        }
        if !cursor.take(&["at"]) {
            return cursor.expected("`at` and a point, or `after` and a period", ENDS);
        }
        return Ok(Kind::EndsAt(cursor.names("a point", ENDS)?));
    }
    if cursor.take(&["reaches"]) {
        return Ok(Kind::Reaches(cursor.name("`item`, `person` or a kind of person", "reaches item")?));
    }
    if cursor.take(&["opened"]) {
        const OPENED: &str = "opened at mail_in";
        cursor.expect(&["at"], OPENED)?;
        return Ok(Kind::OpenedAt(cursor.names("a point", OPENED)?));
    }
    if cursor.take(&["needs", "finding"]) {
        const FINDING: &str = "needs finding \"valid and enforceable\" by counsel";
        let Some(wording) = cursor.text() else {
            return cursor.expected("the wording of the finding in quotes", FINDING);
        };
        cursor.expect(&["by"], FINDING)?;
        return Ok(Kind::NeedsFinding { wording, by: cursor.name("the role that finds", FINDING)? });
    }
    const NEEDS: &str = "needs issuer, reference";
    if cursor.take(&["needs", "earlier", "use"]) {
        const EARLIER: &str = "needs earlier use for repair_job";
        cursor.expect(&["for"], EARLIER)?;
        return Ok(Kind::NeedsEarlierUse(cursor.names("a purpose", EARLIER)?));
    }
    cursor.expect(&["needs"], NEEDS)?;
    let first = cursor.name("a field", NEEDS)?;
    if cursor.peek() == Some(&TokenKind::Colon) {
        cursor.next();
        let values = cursor.names("a value that the field may have", "needs kind: warrant, interception_order")?;
        return Ok(Kind::Needs(vec![(first, values)]));
    }
    let mut fields = vec![(first, Vec::new())];
    while cursor.take_comma() {
        fields.push((cursor.name("a field", NEEDS)?, Vec::new()));
    }
    Ok(Kind::Needs(fields))
}
