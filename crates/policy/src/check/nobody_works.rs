//! UP0408: a purpose that nobody works on.

use std::collections::BTreeSet;

use upheld_document::Diagnostic;

use super::{Checked, each};
use crate::compile::Reach;
use crate::syntax::ast::{Kind, Name};

/// `unused` are collect sentences of which it is said already that nobody works on their purposes, `unnamed` purposes of
/// which it is said that nothing names them.
pub(super) fn check(
    checked: &Checked<'_>,
    reach: &Reach<'_>,
    unused: &BTreeSet<u16>,
    unnamed: &BTreeSet<String>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let model = checked.model;
    let purposes = &model.names.purposes;
    let by_name = reach.purposes_by_name();
    let said: BTreeSet<u16> = model
        .collects
        .iter()
        .filter(|collect| unused.contains(&collect.sentence))
        .flat_map(|collect| collect.purposes.iter().map(|purpose| purpose.0))
        .collect();
    let idle = |name: &&Name| {
        let known = purposes.id(&name.text).filter(|id| !reach.is_worked_on(*id) && !said.contains(id));
        known.filter(|_| !unnamed.contains(&name.text))
    };
    each(checked.sentences, &mut |sentence| match &sentence.kind {
        Kind::Purpose { names, .. } => {
            for name in names {
                if idle(&name).is_some_and(|id| !by_name.contains(&id)) {
                    diagnostics.push(
                        Diagnostic::finding("UP0408", format!("nobody works on the purpose `{}`", name.text))
                            .at(name.span, "")
                            .note("`we` are the roles and programs that work on a purpose")
                            .help(format!(
                                "say whose work it is: `role NAME \"What they do\", works on {}`",
                                name.text
                            )),
                    );
                }
            }
        }
        Kind::Ground { names, .. } => {
            for name in names {
                let opens = |below: &u16| {
                    model.grounds.iter().any(|ground| ground.purpose.0 == *below && !ground.opened_at.is_empty())
                };
                if idle(&name).is_some_and(|id| !purposes.below(id).iter().any(opens)) {
                    diagnostics.push(
                        Diagnostic::finding("UP0408", format!("nobody works on the ground `{}`", name.text))
                            .at(name.span, "so nobody can open a case of it")
                            .help(format!(
                                "say whose work it is: `role NAME \"What they do\", works on {}`; or where such a case begins: `opened at POINT`",
                                name.text
                            )),
                    );
                }
            }
        }
        _ => {}
    });
}
