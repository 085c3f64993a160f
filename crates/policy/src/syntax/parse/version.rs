//! Sentences about the policy's own versions.

use upheld_decide::Afterwards;

use crate::syntax::ast::Kind;
use crate::syntax::cursor::{Cursor, Parsed};

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
