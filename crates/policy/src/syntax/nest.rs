//! Indentation: which line stands below which, and whether it may.

use upheld_document::Diagnostic;

use super::ast::{Kind, Sentence};
use crate::model::Force;

/// How deep lines may be indented below each other.
const DEEPEST: usize = 8;

type Lines = std::iter::Peekable<std::vec::IntoIter<(u16, Option<Sentence>)>>;

/// Puts each line below the nearest line above it that is indented less. A line that was not understood (`None`) takes the
/// lines below it along: what is wrong there is already said.
pub(super) fn nest(lines: Vec<(u16, Option<Sentence>)>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Sentence> {
    let mut lines = lines.into_iter().peekable();
    let mut out = Vec::new();
    while let Some((indent, sentence)) = lines.next() {
        let Some(sentence) = sentence else {
            skip_below(indent, &mut lines);
            continue;
        };
        let sentence = with_children(indent, sentence, 1, &mut lines, diagnostics);
        if stands_alone(&sentence.kind) {
            out.push(sentence);
        } else {
            diagnostics.push(
                Diagnostic::error("UP0006", "this line needs a sentence above it to stand below")
                    .at(sentence.span, "")
                    .help("indent it by two spaces below the sentence that it speaks of"),
            );
        }
    }
    out
}

fn skip_below(indent: u16, lines: &mut Lines) {
    while lines.next_if(|(next, _)| *next > indent).is_some() {}
}

fn with_children(
    indent: u16,
    mut sentence: Sentence,
    depth: usize,
    lines: &mut Lines,
    diagnostics: &mut Vec<Diagnostic>,
) -> Sentence {
    while let Some((deeper, child)) = lines.next_if(|(next, _)| *next > indent) {
        let Some(child) = child else {
            skip_below(deeper, lines);
            continue;
        };
        if depth == DEEPEST {
            diagnostics.push(
                Diagnostic::error("UP0206", format!("lines stand at most {DEEPEST} deep below each other"))
                    .at(child.span, "")
                    .help("say it in sentences of their own"),
            );
            skip_below(indent, lines);
            continue;
        }
        let child = with_children(deeper, child, depth + 1, lines, diagnostics);
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
        | Kind::Bracket(_)
        | Kind::UnknownAge
        | Kind::Needs(_)
        | Kind::NeedsFinding { .. }
        | Kind::NeedsEarlierUse(_)
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
        (Kind::Person { .. }, Kind::BeginsAt(_) | Kind::EndsAt(_) | Kind::Bracket(_) | Kind::UnknownAge)
        | (
            Kind::Ground { .. },
            Kind::Needs(_)
            | Kind::NeedsFinding { .. }
            | Kind::NeedsEarlierUse(_)
            | Kind::Reaches(_)
            | Kind::OpenedAt(_)
            | Kind::EndsAt(_)
            | Kind::EndsAfter(_),
        ) => true,
        (Kind::Rule { force: above, .. }, Kind::Rule { force: below, .. }) => match above {
            Force::Never | Force::ButNever => matches!(below, Force::Except | Force::ButMay),
            Force::May | Force::ButMay => matches!(below, Force::ButNever),
            Force::Except => false,
        },
        (Kind::Prove { .. }, Kind::Rule { force: Force::Except, .. }) => true,
        (Kind::Keep(above), Kind::Keep(below)) => below.longer && !above.longer,
        _ => false,
    }
}

fn wanted_below(parent: &Kind) -> &'static str {
    match parent {
        Kind::Person { .. } => {
            "below a person stand `begins at …` and `ends at …`, or `under 13 in US`, `under 16 elsewhere` and `of unknown age`"
        }
        Kind::Ground { .. } => {
            "below a ground stand `needs …`, `needs finding \"…\" by …`, `reaches …`, `opened at …`, `ends at …` and `ends after …`"
        }
        Kind::Rule { force: Force::Never | Force::ButNever, .. } => {
            "below a `never` stand `except …`, which frees, and `but may …`, which frees and permits"
        }
        Kind::Rule { force: Force::May | Force::ButMay, .. } => "below a `may` stands `but never …`",
        Kind::Prove { .. } => "below a `prove` stands `except …`, which leaves a part out of what is claimed",
        Kind::Keep(_) => "below a `keep` stands `but keep …`",
        _ => "nothing stands below this sentence but `keeps …`; begin the line at the left",
    }
}
