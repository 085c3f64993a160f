//! UP0422: a kind by age or region that leaves open what holds for somebody.

use upheld_document::Diagnostic;

use super::Checked;
use crate::syntax::ast::{Bracket, Kind};

pub(super) fn check(checked: &Checked<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for sentence in checked.sentences {
        let Kind::Person { names, .. } = &sentence.kind else { continue };
        let lines: Vec<&Bracket> = sentence
            .children
            .iter()
            .filter_map(|line| if let Kind::Bracket(line) = &line.kind { Some(line) } else { None })
            .collect();
        let aged = lines.iter().any(|line| line.from.is_some() || line.under.is_some());
        let (true, Some(name)) = (aged, names.first()) else { continue };
        if lines.iter().all(|line| !line.places.is_empty()) {
            diagnostics.push(
                Diagnostic::finding("UP0422", format!("nothing says from what age on people elsewhere are `{}`", name.text))
                    .at(name.span, "")
                    .note("as it stands nobody elsewhere is one; of unknown region people may be one: no permission that asks for it holds for them, every promise does")
                    .help("say it in a line below: `under 16 elsewhere`"),
            );
        }
        if !sentence.children.iter().any(|line| line.kind == Kind::UnknownAge) {
            diagnostics.push(
                Diagnostic::finding("UP0422", format!("nothing says whether people of unknown age are `{}`", name.text))
                    .at(name.span, "")
                    .note("as it stands they may be one: no permission that asks for it holds for them, every promise does, and they have its rights")
                    .help("say it in a line below: `of unknown age`; or `allow UP0422 because \"…\"` where this is what is meant"),
            );
        }
    }
}
