//! UP0409: an open name without members.

use upheld_document::Diagnostic;

use super::{Checked, each};
use crate::syntax::ast::Kind;

pub(super) fn check(checked: &Checked<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let names = &checked.model.names;
    each(checked.sentences, &mut |sentence| {
        let Kind::Open { names: opened, .. } = &sentence.kind else { return };
        for name in opened {
            let axes = [("data", &names.data), ("purpose", &names.purposes), ("recipient", &names.recipients)];
            let found: Vec<_> =
                axes.iter().filter_map(|(word, axis)| Some((word, axis, axis.id(&name.text)?))).collect();
            if found.iter().any(|(_, axis, id)| axis.below(*id).len() > 1) {
                continue;
            }
            let ground = names.grounds.id(&name.text).is_some();
            let word = found.first().map_or("recipient", |(word, ..)| word);
            diagnostics.push(
                Diagnostic::finding("UP0409", format!("`{}` is open and has no members", name.text))
                    .at(name.span, "nothing that is said of it can happen before it has one")
                    .help(format!(
                        "add one in an `upheld added` block: `{} NAME is {} added 2026-12-01 by ROLE`; or allow the finding while the list is empty",
                        if ground { "ground" } else { word },
                        name.text
                    )),
            );
        }
    });
}
