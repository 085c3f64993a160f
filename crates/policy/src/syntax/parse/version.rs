//! Sentences about the policy's own versions.

use upheld_decide::Afterwards;

use crate::syntax::ast::Kind;
use crate::syntax::cursor::{Cursor, Parsed};
use crate::syntax::lexer::TokenKind;

/// `new purposes apply to data collected afterwards`, `changes apply to data collected afterwards`
pub(super) fn afterwards(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const AFTERWARDS: &str = "new purposes apply to data collected afterwards";
    let what = if cursor.take(&["changes"]) {
        Afterwards::Changes
    } else {
        cursor.expect(&["new", "purposes"], AFTERWARDS)?;
        Afterwards::NewPurposes
    };
    cursor.expect(&["apply", "to", "data", "collected", "afterwards"], AFTERWARDS)?;
    Ok(Kind::Afterwards(what))
}

/// `renamed newsletter from news_letter`
pub(super) fn renamed(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const RENAMED: &str = "renamed newsletter from news_letter";
    cursor.next();
    let to = cursor.name("what it is called now", RENAMED)?;
    cursor.expect(&["from"], RENAMED)?;
    Ok(Kind::Renamed { to, from: cursor.name("what it was called", RENAMED)? })
}

/// `changes are posted at "/privacy" before they apply`
pub(super) fn posted(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const POSTED: &str = "changes are posted at \"/privacy\" before they apply";
    cursor.expect(&["changes", "are", "posted", "at"], POSTED)?;
    if !matches!(cursor.peek(), Some(TokenKind::Text(path)) if path.starts_with('/')) {
        return cursor.expected("a path of your site in quotes, that begins with `/`", POSTED);
    }
    let path = cursor.text().unwrap_or_default();
    cursor.expect(&["before", "they", "apply"], POSTED)?;
    Ok(Kind::PostedAt { path })
}
