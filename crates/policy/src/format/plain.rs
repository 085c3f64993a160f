//! The rules of a clause as one plain text: what a review compares, whatever the layout.

use upheld_document::{Block, BlockKind, Clause, Line, Source, Span};

use super::line::{joined, keeps_at};
use crate::syntax::ast::Sentence;
use crate::syntax::lexer::tokens;

/// The rules of a clause, a sentence a line and two blanks a level, without comments and without what they keep. Scenarios
/// show rules and are none.
pub(crate) fn rules(source: &Source, clause: &Clause) -> String {
    let mut out = String::new();
    for block in clause.blocks.iter().filter(|block| block.kind != BlockKind::Scenario) {
        let mut above: Vec<u16> = Vec::new();
        let mut begun = false;
        for line in &block.lines {
            let mut wrong = Vec::new();
            let tokens = tokens(source, *line, &mut wrong);
            let is_keeps = tokens.first().is_some_and(|first| source.slice(first.span) == "keeps");
            if wrong.is_empty() && (tokens.is_empty() || is_keeps) {
                continue;
            }
            if block.kind == BlockKind::Added && !begun {
                out.push_str("added:\n");
            }
            begun = true;
            while above.last().is_some_and(|indent| *indent >= line.indent) {
                above.pop();
            }
            out.push_str(&"  ".repeat(above.len()));
            above.push(line.indent);
            if wrong.is_empty() {
                let sentence = tokens.split_at(keeps_at(&tokens)).0;
                out.push_str(&joined(source, sentence));
            } else {
                out.push_str(source.slice(line.span));
            }
            out.push('\n');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// One sentence in the same form, with the lines below it.
pub(crate) fn sentence(source: &Source, sentence: &Sentence) -> String {
    let mut out = String::new();
    write(source, sentence, 0, &mut out);
    out.truncate(out.trim_end().len());
    out
}

fn write(source: &Source, sentence: &Sentence, depth: usize, out: &mut String) {
    let tokens = tokens(source, Line { span: sentence.span, indent: 0 }, &mut Vec::new());
    out.push_str(&"  ".repeat(depth));
    out.push_str(&joined(source, tokens.split_at(keeps_at(&tokens)).0));
    out.push('\n');
    for below in &sentence.children {
        write(source, below, depth + 1, out);
    }
}

/// The sentences of a block as they are laid out, each with the lines below it and the place of its first line; without comments and
/// without what they keep.
pub(crate) fn sentences(source: &Source, block: &Block) -> Vec<(Span, String)> {
    let mut out: Vec<(Span, String)> = Vec::new();
    let mut above: Vec<u16> = Vec::new();
    for line in &block.lines {
        let tokens = tokens(source, *line, &mut Vec::new());
        let first = tokens.first().map(|first| source.slice(first.span));
        if first.is_none_or(|first| first == "keeps") {
            continue;
        }
        while above.last().is_some_and(|indent| *indent >= line.indent) {
            above.pop();
        }
        let text = joined(source, tokens.split_at(keeps_at(&tokens)).0);
        match out.last_mut().filter(|_| !above.is_empty()) {
            Some((_, whole)) => {
                whole.push('\n');
                whole.push_str(&"  ".repeat(above.len()));
                whole.push_str(&text);
            }
            None => out.push((line.span, text)),
        }
        above.push(line.indent);
    }
    out
}
