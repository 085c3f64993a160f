//! `allow CODE because "…"`. UP0210: it cannot be allowed. UP0411: nothing is there to be allowed.

use upheld_document::{Clause, Diagnostic, Document, Severity, Span};

use super::each;
use crate::codes::{nearest_finding, page};
use crate::syntax::ast::{Kind, Name, Sentence};

/// Where an `allow` holds.
#[derive(Clone, Copy)]
enum Where {
    /// In the whole document.
    Everywhere,
    /// In one clause.
    Clause(Span),
}

impl Where {
    fn holds(self, at: Span) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Clause(span) => span.start <= at.start && at.start < span.end,
        }
    }
}

/// A code that is allowed somewhere.
struct Allowed<'s> {
    code: &'s Name,
    place: Where,
    used: bool,
}

pub(super) fn codes(sentences: &[Sentence], diagnostics: &mut Vec<Diagnostic>) {
    each(sentences, &mut |sentence| {
        let Kind::Allow { codes } = &sentence.kind else { return };
        for code in codes {
            match page(&code.text) {
                Some(page) if page.severity == Severity::Finding => {}
                Some(page) => diagnostics.push(
                    Diagnostic::error("UP0210", format!("`{}` is an error, and cannot be allowed", code.text))
                        .at(code.span, page.title())
                        .help("only findings can be allowed; mend what the error is about"),
                ),
                None => {
                    let error =
                        Diagnostic::error("UP0210", format!("there is no finding `{}`", code.text)).at(code.span, "");
                    diagnostics.push(match nearest_finding(&code.text) {
                        Some(near) => error.suggest(format!("did you mean `{near}`?"), code.span, near),
                        None => error.help("write a code that `upheld check` prints, such as UP0404"),
                    });
                }
            }
        }
    });
}

pub(super) fn allow(document: &Document, sentences: &[Sentence], whole: bool, diagnostics: &mut Vec<Diagnostic>) {
    let mut allowed: Vec<Allowed<'_>> = Vec::new();
    each(sentences, &mut |sentence| {
        if let Kind::Allow { codes } = &sentence.kind {
            let place = place(document, sentence.clause);
            allowed.extend(codes.iter().map(|code| Allowed { code, place, used: false }));
        }
    });
    diagnostics.retain(|found| {
        if found.severity != Severity::Finding {
            return true;
        }
        let mut kept = true;
        for one in allowed.iter_mut().filter(|one| one.code.text == found.code && one.place.holds(found.span())) {
            one.used = true;
            kept = false;
        }
        kept
    });
    if !whole {
        return;
    }
    for one in allowed.iter().filter(|one| !one.used && one.code.text != "UP0411") {
        let finding = Diagnostic::finding("UP0411", format!("nothing here is a `{}`", one.code.text))
            .at(one.code.span, "this allows nothing")
            .help("take it out, or put it into the clause that the finding is in");
        let itself = |other: &Allowed<'_>| other.code.text == "UP0411" && other.place.holds(one.code.span);
        if !allowed.iter().any(itself) {
            diagnostics.push(finding);
        }
    }
}

/// The first clause below the title, and all that stands before any heading, speak for the whole document.
fn place(document: &Document, (section, clause): (usize, usize)) -> Where {
    let Some(of) = document.sections.get(section) else { return Where::Everywhere };
    if of.level == 0 || (of.level == 1 && clause == 0) {
        return Where::Everywhere;
    }
    // Up to the next clause: what is found between the two belongs to the upper one.
    let begin = of.clauses.get(clause).map_or(of.body.start, start);
    let end = of.clauses.get(clause + 1).map_or(of.body.end, start);
    Where::Clause(Span { start: begin, end })
}

fn start(clause: &Clause) -> u32 {
    let block = clause.blocks.first().map(|block| block.span.start);
    if clause.text.is_empty() { block.unwrap_or(clause.span.start) } else { clause.span.start }
}
