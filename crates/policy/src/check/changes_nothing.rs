//! UP0405: a sentence without which every question would be answered alike.

use upheld_document::Diagnostic;

use super::Checked;
use crate::compile::idle;
use crate::model::{Force, Rule};

pub(super) fn check(checked: &Checked<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for sentence in idle(checked.model) {
        let why = match force_of(&checked.model.rules, sentence) {
            Some(Force::May | Force::ButMay) => "other sentences permit all of it already",
            Some(Force::Never) => "nothing is permitted that its condition would have to guard",
            Some(Force::Except) => "nothing is permitted where it frees",
            Some(Force::ButNever) | None => "what it takes out is not permitted anyway",
        };
        diagnostics.push(
            Diagnostic::finding("UP0405", "this sentence changes nothing")
                .at(checked.span(sentence), why)
                .note("without it every question would be answered as it is now")
                .help("take it out; or, where it is meant to say more, say that"),
        );
    }
}

fn force_of(rules: &[Rule], sentence: u16) -> Option<Force> {
    rules.iter().find_map(
        |rule| {
            if rule.sentence == sentence { Some(rule.force) } else { force_of(&rule.children, sentence) }
        },
    )
}
