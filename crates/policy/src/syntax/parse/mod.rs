//! One line: which family of sentences it is of.

mod declare;
mod duty;
mod rule;

use upheld_document::{Diagnostic, Span, nearest};

use super::ast::{Kind, Sentence};
use super::cursor::{Cursor, Parsed, Stop};
use super::lexer::Token;

const EXAMPLE: &str = "we may use email for newsletter";

/// Words that begin a line.
const FIRST: [&str; 26] = [
    "data", "person", "purpose", "recipient", "role", "point", "ground", "open", "begins", "ends", "needs", "reaches",
    "opened", "we", "except", "but", "statement", "manual", "keeps", "every", "may", "never", "cookie", "term", "report", "store",
];

pub(super) fn line(tokens: &[Token], span: Span, diagnostics: &mut Vec<Diagnostic>) -> Option<Sentence> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    let span = Span { start: first.span.start, end: last.span.end.max(first.span.start) }.to(Span { start: span.start, end: span.start });
    let mut cursor = Cursor::new(tokens, span, diagnostics);
    let (kind, keeps) = sentence(&mut cursor).ok()?;
    Some(Sentence { span, clause: (0, 0), added: false, kind, keeps, children: Vec::new() })
}

fn sentence(cursor: &mut Cursor<'_>) -> Parsed<(Kind, Vec<super::ast::Name>)> {
    let kind = family(cursor)?;
    let keeps = cursor.keeps()?;
    cursor.end(EXAMPLE)?;
    Ok((kind, keeps))
}

fn family(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    let Some(first) = cursor.peek_word() else {
        return cursor.expected("a sentence", EXAMPLE);
    };
    match first {
        "data" => declare::data(cursor),
        "person" => declare::person(cursor),
        "purpose" => declare::purpose(cursor),
        "recipient" => declare::recipient(cursor),
        "role" => declare::role(cursor),
        "point" => declare::point(cursor),
        "ground" => declare::ground(cursor),
        "open" => declare::open(cursor),
        "begins" | "ends" | "needs" | "reaches" | "opened" => declare::below(cursor),
        "except" | "but" if cursor.word_at(1) != Some("keep") => rule::indented(cursor),
        "but" => duty::keep(cursor),
        "statement" => {
            cursor.next();
            Ok(Kind::Statement)
        }
        "manual" => duty::manual(cursor),
        "keeps" => Ok(Kind::Keeps),
        "cookie" | "term" | "report" | "store" | "changes" | "new" | "prove" => later(cursor, first),
        _ => who_sentence(cursor),
    }
}

/// Sentences that begin with who acts.
fn who_sentence(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    let every = cursor.take(&["every", "person"]);
    // Look past the names of the subject for the verb that tells the family.
    let mut ahead = usize::from(!every);
    while !every && cursor.word_at(ahead).is_none() && ahead < 32 {
        ahead += 2;
    }
    let tail = (cursor.word_at(ahead), cursor.word_at(ahead + 1));
    match tail {
        (Some("collect"), _) | (Some("may"), Some("collect")) if cursor.peek_word() == Some("we") => duty::collect(cursor),
        (Some("keep"), _) | (Some("must"), Some("keep" | "erase")) => duty::keep(cursor),
        (Some("may"), Some("agree" | "refuse")) => duty::choice(cursor, every),
        (Some("may"), Some("request")) => duty::right(cursor, every),
        (Some("may" | "never"), _) => rule::top(cursor),
        (Some("must"), _) => later(cursor, "must"),
        _ => {
            let word = cursor.peek_word().unwrap_or_default();
            let here = cursor.here();
            let mut diagnostic = Diagnostic::error("UP0005", format!("no sentence begins with `{word}`")).at(here, "");
            diagnostic = match nearest(word, FIRST.into_iter()) {
                Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), here, near),
                None => diagnostic.help(
                    "a sentence says who may, never or must do what (`we may use email for newsletter`), or declares a name (`purpose newsletter is message`)",
                ),
            };
            cursor.report(diagnostic);
            Err(Stop)
        }
    }
}

fn later<T>(cursor: &mut Cursor<'_>, word: &str) -> Parsed<T> {
    let here = cursor.here();
    cursor.report(
        Diagnostic::error("UP0007", format!("sentences with `{word}` are not part of the language yet"))
            .at(here, "")
            .help("until they are, say under the clause who keeps it and how: `manual \"…\"`"),
    );
    Err(Stop)
}
