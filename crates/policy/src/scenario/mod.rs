//! Worked examples: what happens, what may be done then, and what is held. Read here, run by `service`.
//!
//! `parse` reads one line, `acts` the steps in which somebody acts or asks, `because` their reasons, `rights` what people ask for; `names` holds what was
//! named against the policy and against the steps above, `time` the clock.

mod acts;
mod ast;
mod because;
mod names;
mod parse;
mod rights;
mod time;
mod version;

pub use ast::{Because, Deed, Expectation, Scenario, Stated, Step, StepKind, Unit};

use upheld_decide::{Choice, Names, Notice};
use upheld_document::{Block, BlockKind, Clause, Diagnostic, Document, Lock, Source, Span};

use crate::Policy;
use crate::syntax::lexer;

/// Reads the scenarios of a document. All names are looked up now, so that no step is refused because of a typing error.
#[must_use]
pub fn parse(
    source: &Source,
    document: &Document,
    lock: &Lock,
    names: &Names,
    choices: &[Choice],
    notices: &[Notice],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Scenario> {
    let mut out = Vec::new();
    let bare = version::without_scenarios(source, document);
    for section in &document.sections {
        for clause in &section.clauses {
            for block in clause.blocks.iter().filter(|block| block.kind == BlockKind::Scenario) {
                let policy = names::Policy { document, names, choices, notices };
                out.push(scenario(source, &policy, (&bare, lock), clause, block, diagnostics));
            }
        }
    }
    out
}

fn scenario(
    source: &Source,
    first: &names::Policy<'_>,
    (bare, lock): (&str, &Lock),
    clause: &Clause,
    block: &Block,
    diagnostics: &mut Vec<Diagnostic>,
) -> Scenario {
    let (line, _) = source.line_column(block.span.start);
    let mut scenario = Scenario {
        clause: clause.id.clone(),
        file: source.file(block.span.start).to_owned(),
        line,
        shows: Vec::new(),
        steps: Vec::new(),
    };
    let mut known = names::Known::default();
    let mut clock = time::Clock::default();
    let before = diagnostics.len();
    // The version that the steps so far have left, and its names where it is not the first.
    let (mut text, mut then) = (bare.to_owned(), None::<Policy>);
    for line in &block.lines {
        let tokens = lexer::tokens(source, *line, diagnostics);
        let Some(last) = tokens.last() else { continue };
        let span = Span { start: line.span.start, end: last.span.end };
        let read = parse::line(&tokens, span, first.document, &text, diagnostics);
        let policy = &match &then {
            Some(then) => names::Policy {
                document: first.document,
                names: &then.model.names,
                choices: &then.model.choices,
                notices: &then.model.notices,
            },
            None => names::Policy {
                document: first.document,
                names: first.names,
                choices: first.choices,
                notices: first.notices,
            },
        };
        // What a line that is not understood names is known all the same: one error for one mistake.
        match read.said {
            Some(parse::Said::Shows(ids)) => scenario.shows.extend(ids),
            Some(parse::Said::Step(kind)) => {
                names::check(&kind, span, &read.mentions, policy, &mut known, diagnostics);
                time::check(&kind, span, &mut clock, diagnostics);
                let (line, _) = source.line_column(span.start);
                scenario.steps.push(Step { span, line, text: source.slice(span).to_owned(), kind: *kind });
            }
            Some(parse::Said::Version(next)) => {
                let (line, _) = source.line_column(span.start);
                let Some(compiled) = version::compiled(&next, lock, span, diagnostics) else { continue };
                let kind = StepKind::PolicyThen { text: next.clone() };
                scenario.steps.push(Step { span, line, text: source.slice(span).to_owned(), kind });
                (text, then) = (next, Some(compiled));
            }
            None => known.take_in(&read.mentions),
        }
    }
    if scenario.steps.is_empty() && diagnostics.len() == before {
        let fence = source.slice(block.span).lines().next().unwrap_or_default().len();
        let opening = Span::new(block.span.start as usize, block.span.start as usize + fence);
        diagnostics.push(
            Diagnostic::finding("UP0506", "this scenario has no steps and shows nothing")
                .at(opening, "")
                .help("say what happens and what may be done then, or take it out"),
        );
    }
    scenario
}
