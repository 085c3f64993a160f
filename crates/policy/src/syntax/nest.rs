//! Indentation: which line stands below which, and whether it may.

use upheld_document::Diagnostic;

use super::ast::{Kind, Sentence};
use crate::model::Force;

/// Puts each line below the nearest line above it that is indented less.
pub(super) fn nest(lines: Vec<(u16, Sentence)>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Sentence> {
    let mut lines = lines.into_iter().peekable();
    let mut out = Vec::new();
    while let Some((indent, sentence)) = lines.next() {
        out.push(with_children(indent, sentence, &mut lines, diagnostics));
    }
    for sentence in &out {
        if !stands_alone(&sentence.kind) {
            diagnostics.push(
                Diagnostic::error("UP0006", "this line needs a sentence above it to stand below")
                    .at(sentence.span, "")
                    .help("indent it by two spaces below the sentence that it narrows"),
            );
        }
    }
    out.retain(|sentence| stands_alone(&sentence.kind));
    out
}

fn with_children(
    indent: u16,
    mut sentence: Sentence,
    lines: &mut std::iter::Peekable<std::vec::IntoIter<(u16, Sentence)>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Sentence {
    while let Some((deeper, child)) = lines.next_if(|(next, _)| *next > indent) {
        let child = with_children(deeper, child, lines, diagnostics);
        if matches!(child.kind, Kind::Keeps) {
            sentence.keeps.extend(child.keeps);
        } else if may_stand_below(&child.kind, &sentence.kind) {
            sentence.children.push(child);
        } else {
            diagnostics.push(
                Diagnostic::error("UP0206", "this line cannot stand below the line above it")
                    .at(child.span, "")
                    .also(sentence.span, "below this")
                    .help(wanted_below(&sentence.kind)),
            );
        }
    }
    sentence
}

fn stands_alone(kind: &Kind) -> bool {
    match kind {
        Kind::BeginsAt(_)
        | Kind::EndsAt(_)
        | Kind::Needs(_)
        | Kind::NeedsFinding { .. }
        | Kind::Reaches(_)
        | Kind::OpenedAt(_)
        | Kind::EndsAfter(_)
        | Kind::Keeps => false,
        Kind::Rule { force, .. } => matches!(force, Force::May | Force::Never),
        Kind::Keep(keep) => !keep.longer,
        _ => true,
    }
}

fn may_stand_below(child: &Kind, parent: &Kind) -> bool {
    match (parent, child) {
        (Kind::Person { .. }, Kind::BeginsAt(_) | Kind::EndsAt(_))
        | (
            Kind::Ground { .. },
            Kind::Needs(_) | Kind::NeedsFinding { .. } | Kind::Reaches(_) | Kind::OpenedAt(_) | Kind::EndsAt(_) | Kind::EndsAfter(_),
        ) => true,
        (Kind::Rule { force: above, .. }, Kind::Rule { force: below, .. }) => match above {
            Force::Never | Force::ButNever => matches!(below, Force::Except | Force::ButMay),
            Force::May | Force::ButMay => matches!(below, Force::ButNever),
            Force::Except => false,
        },
        (Kind::Keep(above), Kind::Keep(below)) => below.longer && !above.longer,
        _ => false,
    }
}

fn wanted_below(parent: &Kind) -> &'static str {
    match parent {
        Kind::Person { .. } => "below a person stand `begins at …` and `ends at …`",
        Kind::Ground { .. } => {
            "below a ground stand `needs …`, `needs finding \"…\" by …`, `reaches …`, `opened at …`, `ends at …` and `ends after …`"
        }
        Kind::Rule { force: Force::Never | Force::ButNever, .. } => {
            "below a `never` stand `except …`, which frees, and `but may …`, which frees and permits"
        }
        Kind::Rule { force: Force::May | Force::ButMay, .. } => "below a `may` stands `but never …`",
        Kind::Keep(_) => "below a `keep` stands `but keep …`",
        _ => "nothing stands below this sentence but `keeps …`; begin the line at the left",
    }
}
