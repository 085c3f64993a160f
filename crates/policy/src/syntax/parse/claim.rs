//! What a policy says of itself: claims that its rules must bear out.

use upheld_document::Diagnostic;

use crate::model::Force;
use crate::syntax::ast::Kind;
use crate::syntax::cursor::{Cursor, Parsed, Stop};

const PROVE: &str = "prove we never share identifying with advertiser";

/// `prove we never share identifying with advertiser`
pub(super) fn prove(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    cursor.next();
    if cursor.is_done() {
        return cursor.expected("what is never done", PROVE);
    }
    let here = cursor.here();
    match super::family(cursor)? {
        Kind::Rule { force: Force::Never, who, phrases } => Ok(Kind::Prove { who, phrases }),
        _ => {
            cursor.report(
                Diagnostic::error("UP0005", "a claim says what is never done")
                    .at(here, "this says something else")
                    .help(format!("write it as a promise: `{PROVE}`")),
            );
            Err(Stop)
        }
    }
}
