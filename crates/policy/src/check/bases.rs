//! UP0418: a legitimate interest without its assessment. UP0419: a purpose without a basis beside others that have one. UP0420: a
//! purpose that rests on a consent that nobody can give.

use std::collections::BTreeMap;

use upheld_decide::{Basis, Purpose, basis_of};
use upheld_document::{Diagnostic, Span};

use super::{Checked, each};
use crate::model::{Force, Rule};
use crate::syntax::ast::Kind;

pub(super) fn check(checked: &Checked<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let model = checked.model;
    let name = |purpose: Purpose| model.names.purposes.name(purpose.0);
    for basis in &model.bases {
        if basis.basis == Some(Basis::LegitimateInterest) && basis.record.is_none() {
            diagnostics.push(
                Diagnostic::finding(
                    "UP0418",
                    format!("`{}` rests on an interest that nobody weighed", name(basis.purpose)),
                )
                .at(place(checked, basis.sentence, name(basis.purpose)), "")
                .help("name the recorded assessment: `basis legitimate_interest \"assessment 3, 2026-09-30\"`"),
            );
        }
    }
    if model.bases.is_empty() {
        return;
    }
    for (purpose, sentence) in used(checked) {
        let at = place(checked, sentence, name(purpose));
        let found = basis_of(&model.names, &model.bases, purpose).and_then(|found| found.basis);
        match found {
            None => diagnostics.push(
                Diagnostic::finding("UP0419", format!("nothing says on which basis data serves `{}`", name(purpose)))
                    .at(at, "other purposes have a basis")
                    .help(format!("say what it rests on: `purpose {}, basis contract`", name(purpose))),
            ),
            Some(Basis::Consent) if !can_agree(checked, purpose) => diagnostics.push(
                Diagnostic::finding("UP0420", format!("`{}` rests on consent, and nobody can give it", name(purpose)))
                    .at(at, "")
                    .help(format!("offer it: `every person may agree to {} via form account_page`", name(purpose))),
            ),
            Some(_) => {}
        }
    }
}

/// Whether a choice to agree guards a purpose.
fn can_agree(checked: &Checked<'_>, purpose: Purpose) -> bool {
    let purposes = &checked.model.names.purposes;
    let covers = |other: &Purpose| purposes.is_within(purpose.0, other.0);
    checked.model.choices.iter().any(|choice| choice.agree && choice.purposes.iter().any(covers))
}

/// The purposes that data serves, each with the first sentence that says so. A case has its ground, and needs no basis.
fn used(checked: &Checked<'_>) -> BTreeMap<Purpose, u16> {
    let mut out = BTreeMap::new();
    let model = checked.model;
    for collect in &model.collects {
        for purpose in &collect.purposes {
            out.entry(*purpose).or_insert(collect.sentence);
        }
    }
    permitted(&model.rules, &mut out);
    out.retain(|purpose, _| {
        !model.grounds.iter().any(|ground| ground.purpose == *purpose) && !model.names.open_purposes.contains(purpose)
    });
    out
}

fn permitted(rules: &[Rule], out: &mut BTreeMap<Purpose, u16>) {
    for rule in rules {
        if matches!(rule.force, Force::May | Force::ButMay) {
            for purpose in rule.scope.purposes.iter().flatten() {
                out.entry(*purpose).or_insert(rule.sentence);
            }
        }
        permitted(&rule.children, out);
    }
}

/// Where a purpose is declared; else where a sentence names it.
fn place(checked: &Checked<'_>, sentence: u16, name: &str) -> Span {
    let mut declared = None;
    each(checked.sentences, &mut |one| {
        if let Kind::Purpose { names, .. } = &one.kind {
            declared = declared.or_else(|| names.iter().find(|known| known.text == name).map(|known| known.span));
        }
    });
    let words = checked.words(checked.span(sentence));
    let said = words.get(name).and_then(|places| places.first()).copied();
    declared.or(said).unwrap_or_else(|| checked.span(sentence))
}
