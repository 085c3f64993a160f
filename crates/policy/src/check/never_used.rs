//! UP0403: data that is collected, and that nobody may do anything with.

use std::collections::BTreeSet;

use upheld_document::Diagnostic;

use super::Checked;
use crate::compile::Reach;

/// Gives the sentences in which something was found.
pub(super) fn check(checked: &Checked<'_>, reach: &Reach<'_>, diagnostics: &mut Vec<Diagnostic>) -> BTreeSet<u16> {
    let mut out = BTreeSet::new();
    for one in reach.unused() {
        out.insert(one.sentence);
        diagnostics.push(
            checked
                .about_data("UP0403", one.sentence, &one.data, "is collected here, and never used")
                .note("nobody works on its purposes, and no other sentence permits anything with it")
                .help("do not collect it; or say whose work it is: `role NAME \"What they do\", works on PURPOSE`"),
        );
    }
    out
}
