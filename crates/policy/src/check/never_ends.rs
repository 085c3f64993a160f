//! UP0404: data that is kept without an end.

use upheld_document::Diagnostic;

use super::Checked;
use crate::compile::Reach;

pub(super) fn check(checked: &Checked<'_>, reach: &Reach<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for one in reach.unkept() {
        diagnostics.push(
            checked
                .about_data("UP0404", one.sentence, &one.data, "is collected here, and kept without an end")
                .note("it stays until somebody asks for its erasure")
                .help("say when it ends: `we keep DATA 1 year after EVENT`, or `we keep DATA while KIND, then erase within 30 days`"),
        );
    }
}
