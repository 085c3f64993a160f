//! UP0421: somebody may use, for one purpose, both sides of what is never brought together.

use upheld_document::Diagnostic;

use super::Checked;
use crate::compile::Reach;

pub(super) fn check(checked: &Checked<'_>, reach: &Reach<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let names = &checked.model.names;
    for apart in &checked.model.apart {
        let Some((actor, purpose)) = reach.uses_both(&apart.one, &apart.other) else { continue };
        let (actor, purpose) = (names.actors.name(actor), names.purposes.name(purpose));
        diagnostics.push(
            Diagnostic::finding("UP0421", format!("`{actor}` may use both sides of this for `{purpose}`"))
                .at(checked.span(apart.sentence), "no act brings them together, and two acts may")
                .help("permit the two to different roles, or for different purposes"),
        );
    }
}
