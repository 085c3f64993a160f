//! The lines of a kind of person that age and region decide.

use crate::syntax::ast::{Bracket, Kind, Name};
use crate::syntax::cursor::{Cursor, Parsed};
use crate::syntax::lexer::{Token, TokenKind};

const BRACKET: &str = "under 13 in US";

/// `under 13 in US, US-CA`, `13 or over and under 16 elsewhere`, `in US-CA`
pub(super) fn bracket(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    let mut out = Bracket::default();
    if matches!(cursor.peek(), Some(TokenKind::Number(_))) {
        const OVER: &str = "13 or over and under 16 in US";
        out.from = Some(age(cursor, OVER)?);
        cursor.expect(&["or", "over"], OVER)?;
        if cursor.take(&["and"]) {
            cursor.expect(&["under"], OVER)?;
            out.under = Some(age(cursor, OVER)?);
        }
    } else if cursor.take(&["under"]) {
        out.under = Some(age(cursor, BRACKET)?);
    }
    let aged = out.from.is_some() || out.under.is_some();
    if aged && cursor.take(&["elsewhere"]) {
        out.elsewhere = true;
    } else if cursor.take(&["in"]) {
        loop {
            if cursor.peek_word() == Some("under") {
                return cursor.expected("another place (other ages stand in a line of their own)", BRACKET);
            }
            out.places.push(place(cursor)?);
            if !cursor.take_comma() {
                break;
            }
        }
    } else if !aged {
        return cursor.expected("ages or a place", BRACKET);
    }
    Ok(Kind::Bracket(out))
}

fn age(cursor: &mut Cursor<'_>, example: &str) -> Parsed<(u32, upheld_document::Span)> {
    let here = cursor.here();
    Ok((cursor.number("an age in years", example)?, here))
}

/// A code in capitals; whether there is such a place is for lowering to say.
fn place(cursor: &mut Cursor<'_>) -> Parsed<Name> {
    match cursor.peek() {
        Some(TokenKind::Id(_) | TokenKind::Word(_)) => {}
        _ => return cursor.expected("a country (`US`), a part of one (`US-CA`), `EU` or `EEA`", BRACKET),
    }
    match cursor.next() {
        Some(Token { kind: TokenKind::Id(text) | TokenKind::Word(text), span }) => {
            Ok(Name { text: text.clone(), span: *span })
        }
        _ => cursor.expected("a place", BRACKET),
    }
}

/// `of unknown age`
pub(super) fn unknown_age(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    cursor.expect(&["of", "unknown", "age"], "of unknown age")?;
    Ok(Kind::UnknownAge)
}
