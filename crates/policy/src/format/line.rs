//! One line, word by word.

use upheld_document::{BlockKind, Line, Source};

use super::columns::Item;
use crate::syntax::lexer::{Token, TokenKind, tokens};

/// Words that begin a declaration with a label.
const LABELLED: [&str; 6] = ["person", "purpose", "recipient", "role", "ground", "relation"];

pub(super) fn read(source: &Source, line: Line, kind: BlockKind) -> Item {
    let text = source.slice(line.span);
    let mut wrong = Vec::new();
    let tokens = tokens(source, line, &mut wrong);
    if !wrong.is_empty() {
        // What cannot be read stays as it is.
        return Item { head: text.to_owned(), raw: true, ..Item::default() };
    }
    let read_to = tokens.last().map_or(line.span.start, |token| token.span.end);
    let comment = source.text.get(read_to as usize..line.span.end as usize).unwrap_or_default().trim();
    let comment = (!comment.is_empty()).then(|| comment.to_owned());
    let words = |part: &[Token]| joined(source, part);
    if kind == BlockKind::Scenario {
        return Item { head: words(&tokens), comment, ..Item::default() };
    }
    let (sentence, kept) = tokens.split_at(keeps_at(&tokens));
    let keeps = (!kept.is_empty()).then(|| words(kept));
    let Some(label) = label_at(sentence) else {
        return Item { head: words(sentence), keeps, comment, ..Item::default() };
    };
    let (head, rest) = sentence.split_at(label);
    let comma = rest.get(1).is_some_and(|token| token.kind == TokenKind::Comma);
    let (label, rest) = rest.split_at(if comma { 2 } else { 1 });
    let is_program = |token: &Token| token.kind == TokenKind::Word("program".to_owned());
    let (head, program) = match head.split_last() {
        Some((last, head)) if is_program(last) => (head, true),
        _ => (head, false),
    };
    Item {
        family: family(sentence),
        head: words(head),
        program,
        label: Some(words(label)),
        rest: words(rest),
        keeps,
        comment,
        ..Item::default()
    }
}

fn word(token: &Token) -> Option<&str> {
    match &token.kind {
        TokenKind::Word(word) => Some(word),
        _ => None,
    }
}

/// Where a trailing `keeps ID, ID` begins; the end when there is none.
pub(super) fn keeps_at(tokens: &[Token]) -> usize {
    let is_id = |token: &Token| matches!(token.kind, TokenKind::Id(_) | TokenKind::Word(_) | TokenKind::Comma);
    let at = tokens.iter().rposition(|token| word(token) == Some("keeps"));
    let at = at.filter(|at| *at > 0 && tokens.iter().skip(*at + 1).all(is_id));
    at.unwrap_or(tokens.len())
}

/// Where the label of a declaration or of a choice stands.
fn label_at(tokens: &[Token]) -> Option<usize> {
    family(tokens)?;
    tokens.iter().position(|token| matches!(token.kind, TokenKind::Text(_)))
}

/// What lines must have in common for their labels to stand below each other.
fn family(tokens: &[Token]) -> Option<String> {
    let first = tokens.first().and_then(word)?;
    if LABELLED.contains(&first) {
        return Some(first.to_owned());
    }
    let choice = tokens.windows(2).any(|pair| {
        let words: Vec<Option<&str>> = pair.iter().map(word).collect();
        matches!(words.as_slice(), [Some("may"), Some("agree" | "refuse")])
    });
    choice.then(|| "choice".to_owned())
}

pub(super) fn joined(source: &Source, tokens: &[Token]) -> String {
    let mut out = String::new();
    let mut before: Option<&TokenKind> = None;
    for token in tokens {
        let tight = match (before, &token.kind) {
            (None, _) | (_, TokenKind::Comma | TokenKind::Colon | TokenKind::Possessive) => true,
            // `09:30`
            (Some(TokenKind::Colon), TokenKind::Number(_)) => {
                out.trim_end_matches(':').ends_with(|c: char| c.is_ascii_digit())
            }
            _ => false,
        };
        if !tight {
            out.push(' ');
        }
        out.push_str(source.slice(token.span));
        before = Some(&token.kind);
    }
    out
}
