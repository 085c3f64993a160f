//! UP0402: data that is used, kept or shown, and that no sentence collects.

use upheld_document::Diagnostic;

use super::Checked;
use crate::compile::Reach;

const HELP: &str = "say where it comes in: `we may collect DATA from WHO at POINT for PURPOSE`; or take it out here";

pub(super) fn check(checked: &Checked<'_>, reach: &Reach<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let sorts = [
        ("is permitted here, and never collected", reach.untaken_by_permissions()),
        ("is kept here, and never collected", reach.untaken_by_keeps()),
        ("can be asked for here, and is never collected", reach.untaken_by_rights()),
        ("is held from being erased here, and never collected", reach.untaken_by_holds()),
    ];
    for (title, sentences) in sorts {
        for one in sentences {
            let found = checked.about_data("UP0402", one.sentence, &one.data, title);
            diagnostics.push(
                found
                    .note("no `collect` sentence takes it, or not of such people, from such a giver, at such a point")
                    .help(HELP),
            );
        }
    }
}
