//! Worked examples: what happens, what may be done then, and what is held. Read here, run by `service`.

mod ast;
mod names;
mod parse;

pub use ast::{Because, Expectation, Scenario, Step, StepKind, Unit};

use upheld_decide::{Choice, Names};
use upheld_document::{BlockKind, Diagnostic, Document, Source};

use crate::syntax::lexer;

/// Reads the scenarios of a document. All names are looked up now, so that no step is refused because of a typing error.
#[must_use]
pub fn parse(source: &Source, document: &Document, names: &Names, choices: &[Choice], diagnostics: &mut Vec<Diagnostic>) -> Vec<Scenario> {
    let mut out = Vec::new();
    for section in &document.sections {
        for clause in &section.clauses {
            for block in clause.blocks.iter().filter(|block| block.kind == BlockKind::Scenario) {
                let before = diagnostics.len();
                let (line, _) = source.line_column(block.span.start);
                let mut scenario = Scenario { clause: clause.id.clone(), line, shows: Vec::new(), steps: Vec::new() };
                for line in &block.lines {
                    let tokens = lexer::tokens(source, *line, diagnostics);
                    parse::line(&tokens, *line, source, &mut scenario, diagnostics);
                }
                for step in &scenario.steps {
                    names::check(step, document, names, choices, diagnostics);
                }
                for diagnostic in diagnostics.iter_mut().skip(before) {
                    diagnostic.clause.get_or_insert_with(|| section.name());
                }
                out.push(scenario);
            }
        }
    }
    out
}
