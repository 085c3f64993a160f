//! What the public page shows that the rules say.

use upheld_document::{Diagnostic, nearest};

use crate::model::Publication;
use crate::syntax::ast::Kind;
use crate::syntax::cursor::{Cursor, Parsed, Stop};

const PUBLISH: &str = "publish recipients, cookies";

/// `publish how`, `publish recipients, cookies`
pub(super) fn publish(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    cursor.next();
    let mut out: Vec<Publication> = Vec::new();
    loop {
        let here = cursor.here();
        let Some(found) = cursor.peek_word().and_then(Publication::from_word) else {
            let words = Publication::ALL.map(|one| format!("`{}`", one.word()));
            let near =
                cursor.peek_word().and_then(|word| nearest(word, Publication::ALL.into_iter().map(Publication::word)));
            let Some(near) = near else { return cursor.expected(&format!("one of {}", words.join(", ")), PUBLISH) };
            let word = cursor.peek_word().unwrap_or_default();
            cursor.report(
                Diagnostic::error("UP0005", format!("the page has no list of `{word}`")).at(here, "").suggest(
                    format!("did you mean `{near}`?"),
                    here,
                    near,
                ),
            );
            return Err(Stop);
        };
        cursor.next();
        if out.contains(&found) {
            cursor.report(
                Diagnostic::error("UP0008", format!("`{}` is said twice in one sentence", found.word()))
                    .at(here, "again here")
                    .help("keep one of the two: a list stands once below its clause"),
            );
            return Err(Stop);
        }
        out.push(found);
        if !cursor.take_comma() {
            return Ok(Kind::Publish(out));
        }
    }
}
