//! Whether two texts have the same prose and the same rules.

use upheld_document::{Document, Line, Source, Span};

use super::blocks;
use crate::syntax::lexer::{TokenKind, tokens};

/// A line as the rules see it: its tokens and which line it stands below, or its letters where it cannot be read.
#[derive(PartialEq)]
struct Said {
    tokens: Vec<TokenKind>,
    below: Option<usize>,
    letters: Option<String>,
}

/// Whether another text says what this one does.
pub(super) fn same(source: &Source, document: &Document, other: &str) -> bool {
    let other = Source::new(source.name.clone(), other);
    let (read, ..) = upheld_document::parse(&other, None);
    prose(source, document) == prose(&other, &read) && rules(source, document) == rules(&other, &read)
}

/// Everything but what stands in blocks.
fn prose(source: &Source, document: &Document) -> Vec<String> {
    let mut out = Vec::new();
    let mut at = 0;
    for block in blocks(document) {
        out.push(source.slice(Span { start: at, end: block.span.start }).to_owned());
        at = block.span.end;
    }
    out.push(source.text.get(at as usize..).unwrap_or_default().to_owned());
    let clauses = document.sections.iter().flat_map(|section| &section.clauses);
    out.extend(clauses.map(|clause| format!("{} {}", clause.blocks.len(), clause.text)));
    out
}

fn rules(source: &Source, document: &Document) -> Vec<Vec<Said>> {
    blocks(document).map(|block| said(source, &block.lines)).collect()
}

fn said(source: &Source, lines: &[Line]) -> Vec<Said> {
    let mut out: Vec<Said> = Vec::new();
    let mut above: Vec<(u16, usize)> = Vec::new();
    for line in lines {
        let mut wrong = Vec::new();
        let tokens: Vec<TokenKind> = tokens(source, *line, &mut wrong).into_iter().map(|token| token.kind).collect();
        let text = source.slice(line.span);
        if wrong.is_empty() && tokens.is_empty() {
            // A comment stands below nothing.
            out.push(Said { tokens, below: None, letters: Some(text.to_owned()) });
            continue;
        }
        while above.last().is_some_and(|(indent, _)| *indent >= line.indent) {
            above.pop();
        }
        let below = above.last().map(|(_, at)| *at);
        above.push((line.indent, out.len()));
        let letters = (!wrong.is_empty()).then(|| text.to_owned());
        out.push(Said { tokens, below, letters });
    }
    out
}
