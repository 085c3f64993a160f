//! UP0410: a condition on a kind of person that nobody becomes.

use upheld_document::Diagnostic;

use super::Checked;
use crate::model::{About, Condition, Force, Rule};

pub(super) fn check(checked: &Checked<'_>, diagnostics: &mut Vec<Diagnostic>) {
    walk(checked, &checked.model.rules, diagnostics);
}

fn walk(checked: &Checked<'_>, rules: &[Rule], diagnostics: &mut Vec<Diagnostic>) {
    for rule in rules {
        let mut said = Vec::new();
        for condition in rule.when.iter().flatten() {
            let Condition { about: About::Is(kind), .. } = condition else { continue };
            let bracketed = checked.model.names.brackets.of(*kind).is_some();
            if said.contains(kind) || bracketed || is_begun(checked, kind.0) {
                continue;
            }
            said.push(*kind);
            let name = checked.model.names.kinds.name(kind.0);
            let span = checked.span(rule.sentence);
            // The condition stands last.
            let place = checked.words(span).get(name).and_then(|places| places.last().copied());
            let so = match rule.force {
                Force::May | Force::ButMay => "so this permission never opens",
                Force::Never | Force::ButNever => "so this promise always stands",
                Force::Except => "so this exception never frees",
            };
            diagnostics.push(
                Diagnostic::finding("UP0410", format!("nothing says how somebody becomes a `{name}`"))
                    .at(place.unwrap_or(span), "it is never known of anybody")
                    .note(so)
                    .help(format!("say it below `person {name}`: `begins at POINT`")),
            );
        }
        walk(checked, &rule.children, diagnostics);
    }
}

/// Whether some point begins the kind, or one below it.
fn is_begun(checked: &Checked<'_>, kind: u16) -> bool {
    let below = checked.model.names.kinds.below(kind);
    checked.model.kinds.iter().any(|life| below.contains(&life.kind.0) && !life.begins_at.is_empty())
}
