//! One line: which family of sentences it is of.

mod claim;
mod declare;
pub(crate) mod duty;
mod notice;
mod person;
mod publish;
mod rule;
mod version;

use upheld_document::{Diagnostic, Span, nearest};

use upheld_decide::Period;

use super::ast::{Kind, Means, Name, Sentence};
use super::cursor::{Cursor, Parsed, Stop, Terms};
use super::lexer::{Token, TokenKind};
use super::slips;

const EXAMPLE: &str = "we may use email for newsletter";

/// Words that begin a line.
const FIRST: [&str; 33] = [
    "data",
    "person",
    "purpose",
    "recipient",
    "role",
    "point",
    "ground",
    "notice",
    "open",
    "relation",
    "begins",
    "ends",
    "needs",
    "reaches",
    "opened",
    "we",
    "except",
    "but",
    "statement",
    "manual",
    "allow",
    "keeps",
    "every",
    "may",
    "never",
    "cookie",
    "local",
    "term",
    "report",
    "changes",
    "prove",
    "publish",
    "renamed",
];

pub(super) fn line(tokens: &[Token], terms: &Terms, diagnostics: &mut Vec<Diagnostic>) -> Option<Sentence> {
    let whole = tokens.first()?.span.to(tokens.last()?.span);
    let mut cursor = Cursor::new(tokens, whole, diagnostics).with_terms(terms);
    let (kind, end, keeps) = sentence(&mut cursor).ok()?;
    let span = Span { start: whole.start, end };
    let added_by = cursor.added_by;
    Some(Sentence { span, clause: (0, 0), added: false, added_by, kind, keeps, children: Vec::new() })
}

/// `term "WORDS" means PERIOD`: the words and the period.
pub(super) fn term_period(tokens: &[Token]) -> Option<(String, Period)> {
    let whole = tokens.first()?.span;
    let mut unsaid = Vec::new();
    match term(&mut Cursor::new(tokens, whole, &mut unsaid)).ok()? {
        Kind::Term { words, means: Means::Period(period) } => Some((words, period)),
        _ => None,
    }
}

fn term(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    const TERM: &str = "term \"reasonable time\" means 14 days";
    cursor.expect(&["term"], TERM)?;
    let words = cursor.text().filter(|words| !words.trim().is_empty());
    let Some(words) = words else { return cursor.expected("the words of the text, in quotes", TERM) };
    cursor.expect(&["means"], TERM)?;
    let means = if matches!(cursor.peek(), Some(TokenKind::Number(_))) {
        Means::Period(cursor.period(TERM)?)
    } else {
        Means::Names(cursor.names("a period, or a name", TERM)?)
    };
    Ok(Kind::Term { words, means })
}

/// What a line says, where that ends, and what it keeps.
fn sentence(cursor: &mut Cursor<'_>) -> Parsed<(Kind, u32, Vec<Name>)> {
    let kind = family(cursor)?;
    let end = cursor.read_to();
    let keeps = cursor.keeps()?;
    if let Some(word @ ("together" | "unless")) = cursor.peek_word() {
        return later(cursor, word);
    }
    cursor.end(EXAMPLE)?;
    Ok((kind, end, keeps))
}

fn family(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    if matches!(cursor.peek(), Some(TokenKind::Number(_))) {
        return person::bracket(cursor);
    }
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
        "notice" => notice::notice(cursor),
        "open" => declare::open(cursor),
        "relation" => declare::relation(cursor),
        "begins" | "ends" | "needs" | "reaches" | "opened" => declare::below(cursor),
        "under" | "in" => person::bracket(cursor),
        "of" => person::unknown_age(cursor),
        "except" | "but" if cursor.word_at(1) != Some("keep") => rule::indented(cursor),
        "but" => duty::keep(cursor),
        "statement" => {
            cursor.next();
            Ok(Kind::Statement)
        }
        "manual" => duty::manual(cursor),
        "allow" => duty::allow(cursor),
        "keeps" => Ok(Kind::Keeps),
        "prove" => claim::prove(cursor),
        "report" => duty::report(cursor),
        "for" => duty::acts_for(cursor),
        "term" => term(cursor),
        "cookie" | "local" => duty::cookie(cursor),
        "changes" if cursor.word_at(1) == Some("are") => version::posted(cursor),
        "changes" | "new" => version::afterwards(cursor),
        "renamed" => version::renamed(cursor),
        "publish" => publish::publish(cursor),
        _ => who_sentence(cursor),
    }
}

/// Sentences that begin with who acts.
fn who_sentence(cursor: &mut Cursor<'_>) -> Parsed<Kind> {
    let every = cursor.take(&["every", "person"]);
    // Look past the names of the subject for the verb that tells the family.
    let party = |at: usize| at + 1 + usize::from(cursor.word_at(at) == Some("their"));
    let mut ahead = if every { 0 } else { party(0) };
    while !every && cursor.word_at(ahead).is_none() && ahead < 32 {
        ahead = party(ahead + 1);
    }
    let tail = (cursor.word_at(ahead), cursor.word_at(ahead + 1));
    match tail {
        (Some("collect"), _) | (Some("may"), Some("collect")) if cursor.peek_word() == Some("we") => {
            duty::collect(cursor)
        }
        (Some("keep"), _) | (Some("must"), Some("keep" | "erase")) => duty::keep(cursor),
        (Some("may"), Some("agree" | "refuse" | "object")) => duty::choice(cursor, every),
        (Some("safeguard"), _) if cursor.peek_word() == Some("we") => declare::safeguarded(cursor),
        (Some("store"), _) if cursor.peek_word() == Some("we") => duty::store(cursor),
        (Some("may"), Some("request")) => duty::right(cursor, every),
        (Some("may"), _) if every && cursor.names_their_own() => rule::everybody(cursor),
        (Some("may" | "never"), _) if every => {
            cursor.next();
            cursor.expected(
                "`agree to`, `refuse`, `object to` or `request to`",
                "every person may refuse newsletter via link",
            )
        }
        (Some("may" | "never"), _) => rule::top(cursor),
        (Some(verb), _) if rule::verb(verb).is_some() && cursor.peek_word() == Some("we") => rule::lock(cursor),
        (Some("must"), Some("notify")) if cursor.peek_word() == Some("we") => notice::must(cursor),
        (Some("must"), _) => {
            cursor.skip(ahead + 1);
            cursor.expected("`keep`, `erase` or `notify` after `must`", "we must keep invoice 10 years after order")
        }
        _ if every => cursor.expected("`may`", "every person may refuse newsletter via link"),
        (Some(word), _) if ahead > 0 && is_slip(cursor.peek_word(), word) => no_verb(cursor, ahead, word),
        _ => {
            let word = cursor.peek_word().unwrap_or_default();
            let here = cursor.here();
            let mut diagnostic = Diagnostic::error("UP0005", format!("no sentence begins with `{word}`")).at(here, "");
            diagnostic = match (slips::first(word), nearest(word, FIRST.into_iter())) {
                (Some(help), _) => diagnostic.help(help),
                (None, Some(near)) => diagnostic.suggest(format!("did you mean `{near}`?"), here, near),
                (None, None) => diagnostic.help(
                    "a sentence says who may, never or must do what (`we may use email for newsletter`), or declares a name (`purpose newsletter is message`)",
                ),
            };
            cursor.report(diagnostic);
            Err(Stop)
        }
    }
}

/// Words that stand after who acts.
const AFTER: [&str; 6] = ["may", "never", "must", "collect", "keep", "store"];

/// Whether a word stands where one of these should, rather than the word before it for one that begins a sentence.
fn is_slip(first: Option<&str>, word: &str) -> bool {
    let subject = first == Some("we") || first.is_some_and(|first| nearest(first, FIRST.into_iter()).is_none());
    subject
        && (slips::after_subject(word).is_some() || nearest(word, AFTER.into_iter()).is_some() || first == Some("we"))
}

/// After who acts stands none of the words that may stand there.
fn no_verb<T>(cursor: &mut Cursor<'_>, ahead: usize, word: &str) -> Parsed<T> {
    cursor.skip(ahead);
    let here = cursor.here();
    let diagnostic = Diagnostic::error("UP0005", format!("no sentence has `{word}` after who acts")).at(here, "");
    cursor.report(match (slips::after_subject(word), nearest(word, AFTER.into_iter())) {
        (Some(help), _) => diagnostic.help(help),
        (None, Some(near)) => diagnostic.suggest(format!("did you mean `{near}`?"), here, near),
        (None, None) => diagnostic.help(
            "a sentence says who may, never or must do what (`we may use email for newsletter`), or declares a name (`purpose newsletter is message`)",
        ),
    });
    Err(Stop)
}

fn later<T>(cursor: &mut Cursor<'_>, word: &str) -> Parsed<T> {
    let here = cursor.here();
    cursor.report(Diagnostic::error("UP0007", format!("`{word}` is not part of the language yet")).at(here, "").help(
        "until it is, say under the clause who keeps it and how, for example `manual \"the office keeps a list\"`",
    ));
    Err(Stop)
}
