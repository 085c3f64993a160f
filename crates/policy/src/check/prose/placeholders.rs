//! UP0705: what an author meant to fill in later.

use upheld_document::{Diagnostic, Document, Source, Span};

use super::{Read, blocks};
use crate::prose::{Lexicon, Sentence, find, sentences_of};

pub(super) fn of_clause(read: &Read<'_>, lexicon: &Lexicon, diagnostics: &mut Vec<Diagnostic>) {
    for sentence in &read.sentences {
        sentence_of_words(sentence, lexicon, diagnostics);
    }
}

/// The same in a part of the source.
pub(super) fn words(source: &Source, lexicon: &Lexicon, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    for sentence in sentences_of(source, span, &[]) {
        sentence_of_words(&sentence, lexicon, diagnostics);
    }
}

fn sentence_of_words(sentence: &Sentence, lexicon: &Lexicon, diagnostics: &mut Vec<Diagnostic>) {
    let mut at = 0;
    while let Some(words) = find(&lexicon.placeholders, &sentence.words, at, lexicon) {
        at = words.end.max(words.start + 1);
        diagnostics.push(placeholder(sentence.span(words)));
    }
}

/// Brackets that are no link, `___` and `???`, in the front matter and in all prose.
pub(super) fn brackets(source: &Source, document: &Document, diagnostics: &mut Vec<Diagnostic>) {
    let blocks = blocks(document);
    let names = defined(source, document);
    let text = source.text.as_str();
    for (at, _) in text.match_indices('[') {
        let rest = text.get(at + 1..).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        let Some(end) = rest.find([']', '[', '\n']).filter(|end| rest.as_bytes().get(*end) == Some(&b']')) else {
            continue;
        };
        let inside = rest.get(..end).unwrap_or_default().trim();
        let after = rest.get(end + 1..).unwrap_or_default();
        let links = after.starts_with(['(', '[', ':', ']']) || before.ends_with(['[', ']', '!', '\\']);
        let boxes = matches!(inside, "x" | "X") || inside.starts_with('^') || names.contains(&inside.to_lowercase());
        let span = Span::new(at, at + end + 2);
        if !links && !boxes && is_prose(text, &blocks, span) {
            diagnostics.push(placeholder(span));
        }
    }
    for mark in ["___", "???"] {
        let mut past = 0;
        for (at, _) in text.match_indices(mark) {
            if at < past {
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let length = rest.bytes().take_while(|byte| Some(byte) == mark.as_bytes().first()).count();
            past = at + length;
            let span = Span::new(at, past);
            // A line of nothing else is a rule across the page.
            let start = text.get(..at).and_then(|above| above.rfind('\n')).map_or(0, |line| line + 1);
            let line = text.get(start..).and_then(|line| line.lines().next()).unwrap_or_default();
            let rule = line.trim().bytes().all(|byte| byte == b'_' || byte == b' ');
            if !rule && is_prose(text, &blocks, span) {
                diagnostics.push(placeholder(span));
            }
        }
    }
}

/// Names of links that the text defines.
fn defined(source: &Source, document: &Document) -> Vec<String> {
    let name = |span: &Span| Some(source.slice(*span).strip_prefix('[')?.split_once("]:")?.0.to_lowercase());
    document.references.iter().filter_map(name).collect()
}

/// Neither in a block nor in code.
fn is_prose(text: &str, blocks: &[Span], span: Span) -> bool {
    if blocks.iter().any(|block| block.start <= span.start && span.start < block.end) {
        return false;
    }
    let start = text.get(..span.start as usize).and_then(|above| above.rfind('\n')).map_or(0, |line| line + 1);
    let before = text.get(start..span.start as usize).unwrap_or_default();
    before.matches('`').count() % 2 == 0
}

fn placeholder(span: Span) -> Diagnostic {
    Diagnostic::finding("UP0705", "a placeholder was left in the text")
        .at(span, "this was to be filled in")
        .help("write what belongs here, or take it out")
}
