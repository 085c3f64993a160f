//! From the lines of a block to sentences. Parsing never fails: lines that are not understood are reported and left out.

pub mod ast;
pub(crate) mod cursor;
pub mod lexer;
mod nest;
pub(crate) mod parse;
mod slips;

use upheld_document::{BlockKind, Diagnostic, Document, Line, Source};

use ast::Sentence;

/// After so many errors in one block its other lines are not read: it is probably no block of rules.
const MOST_ERRORS: usize = 200;

/// The most lines of rules that are read.
const MOST_LINES: usize = 10_000;

/// All sentences of a document, in order, indented lines below their own.
#[must_use]
pub fn sentences(source: &Source, document: &Document, diagnostics: &mut Vec<Diagnostic>) -> Vec<Sentence> {
    let mut out = Vec::new();
    let mut read = 0;
    let terms = terms(source, document);
    for (section_index, section) in document.sections.iter().enumerate() {
        for (clause_index, clause) in section.clauses.iter().enumerate() {
            for block in clause.blocks.iter().filter(|block| block.kind != BlockKind::Scenario) {
                let added = block.kind == BlockKind::Added;
                let before = diagnostics.len();
                let mut lines = Vec::new();
                for line in &block.lines {
                    read += 1;
                    if read > MOST_LINES {
                        diagnostics.push(
                            Diagnostic::error("UP0011", format!("a policy has at most {MOST_LINES} lines of rules"))
                                .at(line.span, "from here on they are not read")
                                .help("say for groups of names what is said for every single one"),
                        );
                        break;
                    }
                    let errors = diagnostics.len();
                    let tokens = lexer::tokens(source, *line, diagnostics);
                    if tokens.is_empty() && diagnostics.len() == errors {
                        continue;
                    }
                    let read =
                        if diagnostics.len() == errors { parse::line(&tokens, &terms, diagnostics) } else { None };
                    lines.push((
                        line.indent,
                        read.map(|sentence| Sentence { clause: (section_index, clause_index), added, ..sentence }),
                    ));
                    if diagnostics.len() > before + MOST_ERRORS {
                        break;
                    }
                }
                out.extend(nest::nest(lines, diagnostics));
                if read > MOST_LINES {
                    return out;
                }
            }
        }
    }
    out
}

/// The terms that stand for a period, wherever they are declared. What is wrong with a line is said when it is read.
fn terms(source: &Source, document: &Document) -> cursor::Terms {
    let mut out = cursor::Terms::new();
    let blocks = document.sections.iter().flat_map(|section| &section.clauses).flat_map(|clause| &clause.blocks);
    let lines = blocks.filter(|block| block.kind != BlockKind::Scenario).flat_map(|block| &block.lines);
    for line in lines.filter(|line| source.slice(line.span).trim_start().starts_with("term ")).take(MOST_LINES) {
        let tokens = lexer::tokens(source, *line, &mut Vec::new());
        if let Some((words, period)) = parse::term_period(&tokens) {
            out.entry(words).or_insert(period);
        }
    }
    out
}

/// One sentence that stands in no document. None: it is not understood, and the diagnostics say why.
#[must_use]
pub fn sentence(source: &Source, line: Line, diagnostics: &mut Vec<Diagnostic>) -> Option<Sentence> {
    let tokens = lexer::tokens(source, line, diagnostics);
    if !diagnostics.is_empty() {
        return None;
    }
    if tokens.is_empty() {
        let error = Diagnostic::error("UP0005", "there is no sentence here").at(line.span, "");
        diagnostics.push(error.help("say for example `we never sell anything`"));
        return None;
    }
    // A term stands for a period, and no claim has one.
    parse::line(&tokens, &std::collections::BTreeMap::new(), diagnostics)
}
