//! Prose as the checks read it: sentences of words, each with its place in the source.
//!
//! Words are read from the Markdown itself, so that a finding stands on the very words. What nobody reads as prose is passed
//! over: code, the addresses of links, tags, rule blocks.

mod lexicon;
mod pattern;

use upheld_document::{Clause, Source, Span};

pub(crate) use lexicon::{Lexicon, lexicon};
pub(crate) use pattern::{Pattern, find};

/// A word in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// A sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) words: Vec<Word>,
    /// Whether it asks.
    pub(crate) asks: bool,
}

impl Sentence {
    /// Where a range of its words stands.
    pub(crate) fn span(&self, words: std::ops::Range<usize>) -> Span {
        let inside = self.words.get(words).unwrap_or_default();
        inside.iter().map(|word| word.span).reduce(Span::to).unwrap_or_default()
    }
}

/// The sentences of a clause.
pub(crate) fn sentences(source: &Source, clause: &Clause) -> Vec<Sentence> {
    let blocks: Vec<Span> = clause.blocks.iter().map(|block| block.span).collect();
    sentences_of(source, clause.span, &blocks)
}

/// The sentences of a part of the source, without these places.
pub(crate) fn sentences_of(source: &Source, span: Span, without: &[Span]) -> Vec<Sentence> {
    let text = source.slice(span);
    let hidden = hidden(text, span.start, without);
    let mut out = Vec::new();
    let mut sentence = Sentence::default();
    let mut word: Option<(usize, String)> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_hidden = hidden.get(at).copied().unwrap_or(false);
        let next = chars.peek().map(|(_, next)| *next);
        let inner = matches!(c, '\'' | '’' | '-' | '.')
            && word.is_some()
            && next.is_some_and(|next| next.is_alphanumeric() && (c != '.' || !next.is_whitespace()));
        if !is_hidden && (c.is_alphanumeric() || inner) {
            let (_, letters) = word.get_or_insert_with(|| (at, String::new()));
            match c {
                '’' => letters.push('\''),
                c => letters.extend(c.to_lowercase()),
            }
            continue;
        }
        if let Some((start, text)) = word.take() {
            let begin = span.start as usize + start;
            sentence.words.push(Word { text, span: Span::new(begin, span.start as usize + at) });
        }
        let ends = !is_hidden
            && (matches!(c, '.' | '!' | '?') && next.is_none_or(|next| !next.is_alphanumeric())
                || c == '|'
                || (c == '\n' && new_paragraph(text.get(at + 1..).unwrap_or_default())));
        if ends && !(c == '.' && abbreviates(&sentence)) {
            sentence.asks = c == '?';
            if !sentence.words.is_empty() {
                out.push(std::mem::take(&mut sentence));
            }
        }
    }
    if let Some((start, letters)) = word {
        let begin = span.start as usize + start;
        sentence.words.push(Word { text: letters, span: Span::new(begin, span.end as usize) });
    }
    if !sentence.words.is_empty() {
        out.push(sentence);
    }
    out
}

/// Whether what follows a line's end begins anew: an empty line, or an item of a list.
fn new_paragraph(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or_default().trim_start_matches(['>', ' ', '\t']);
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.is_empty()
        || line.starts_with("- ")
        || line.starts_with("* ")
        || line.starts_with("+ ")
        || (number.len() < line.len() && (number.starts_with(". ") || number.starts_with(") ")))
}

/// Whether a stop behind the last word ends no sentence.
fn abbreviates(sentence: &Sentence) -> bool {
    let last = sentence.words.last().map(|word| word.text.as_str());
    matches!(last, Some("e.g" | "i.e" | "no" | "inc" | "ltd" | "mr" | "mrs" | "dr" | "st" | "cf" | "vs")) && {
        // "No." is a sentence of its own when nothing stands before it.
        sentence.words.len() > 1
    }
}

/// For each byte whether nobody reads it as prose.
fn hidden(text: &str, base: u32, without: &[Span]) -> Vec<bool> {
    let mut out = vec![false; text.len()];
    let mut hide = |from: usize, to: usize| {
        for byte in out.iter_mut().take(to).skip(from) {
            *byte = true;
        }
    };
    for span in without {
        hide(span.start.saturating_sub(base) as usize, span.end.saturating_sub(base) as usize);
    }
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let step = rest.chars().next().map_or(1, char::len_utf8);
        let end = match rest.as_bytes().first() {
            Some(b'`') => {
                let ticks = rest.bytes().take_while(|byte| *byte == b'`').count();
                let fence = "`".repeat(ticks);
                rest.get(ticks..).and_then(|inner| inner.find(&fence)).map_or(ticks, |end| end + 2 * ticks)
            }
            Some(b']') if rest.starts_with("](") => rest.find(')').map_or(step, |end| end + 1),
            Some(b']') if rest.starts_with("][") => rest.get(1..).and_then(|r| r.find(']')).map_or(step, |end| end + 2),
            Some(b'<') if rest.starts_with("<!--") => rest.find("-->").map_or(rest.len(), |end| end + 3),
            Some(b'<') if rest.as_bytes().get(1).is_some_and(|next| next.is_ascii_alphabetic() || *next == b'/') => {
                rest.find('>').map_or(step, |end| end + 1)
            }
            Some(b'h') if rest.starts_with("http://") || rest.starts_with("https://") => {
                rest.find(|c: char| c.is_whitespace() || matches!(c, ')' | '>' | '"')).unwrap_or(rest.len())
            }
            _ => {
                at += step;
                continue;
            }
        };
        hide(at, at + end.max(1));
        at += end.max(1);
    }
    out
}
