//! Why: a clause, a section, or a reason.

use upheld_decide::Reason;
use upheld_document::{Diagnostic, Span, nearest};

use super::ast::Because;
use super::names::What;
use super::parse::Reader;
use crate::syntax::ast::Name;
use crate::syntax::cursor::{Parsed, Stop};
use crate::syntax::lexer::{Token, TokenKind};

/// Reasons that speak of somebody or something. Words in capitals stand for a name.
const PHRASES: [(&str, Reason); 13] = [
    ("PERSON has objected to CHOICE", Reason::Refused),
    ("PERSON is not RELATION of PERSON", Reason::NotRelated),
    ("PERSON has refused CHOICE", Reason::Refused),
    ("PERSON has not agreed to CHOICE", Reason::NotAgreed),
    ("PERSON is not known", Reason::NobodyKnown),
    ("ACTOR does not work on it", Reason::NotTheirWork),
    ("ACTOR opened the case", Reason::NotTheirFinding),
    ("CASE has no finding", Reason::NoFinding),
    ("CASE has ended", Reason::CaseEnded),
    ("CASE is incomplete", Reason::CaseIncomplete),
    ("CASE does not reach it", Reason::OutOfReach),
    ("DATA is missing", Reason::Missing),
    ("DATA was not given", Reason::NotGiven),
];

/// Reasons as people are most likely to write them, for messages.
const EXAMPLES: [&str; 12] = [
    "no rule",
    "it is not declared",
    "it is not declared there",
    "not further said",
    "ann has refused newsletter",
    "ann has not agreed to newsletter",
    "mailer does not work on it",
    "no case",
    "w1 has no finding",
    "it is closed",
    "it is not held",
    "not that kind",
];

/// An optional `because …` that ends the line, with a comma before it or without.
pub(super) fn because(reader: &mut Reader<'_>) -> Parsed<Option<Because>> {
    if reader.cursor.word_at(1) == Some("because") {
        reader.cursor.take_comma();
    }
    if !reader.cursor.take(&["because"]) {
        return Ok(None);
    }
    let start = reader.cursor.here().start;
    let mut words: Vec<Name> = Vec::new();
    while let Some(Token { kind, span }) = reader.cursor.next() {
        let text = match kind {
            TokenKind::Word(text) | TokenKind::Id(text) => text.clone(),
            // Nothing that a reason or a name is made of.
            _ => String::new(),
        };
        words.push(Name { text, span: *span });
    }
    let place = Span { start, end: reader.cursor.read_to() };
    if let [name] = words.as_slice()
        && let Some(found) = of_place(reader, name)?
    {
        return Ok(Some(found));
    }
    if let Some(reason) = reason(reader, &words) {
        return Ok(Some(Because::Reason(reason)));
    }
    let written = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    if let [only] = words.as_slice() {
        let slugs: Vec<&str> = reader.document.sections.iter().map(|section| section.slug.as_str()).collect();
        return unknown(reader, "section or reason", only, slugs);
    }
    let diagnostic = Diagnostic::error("UP0502", "this reason is not one that an answer gives")
        .at(place, "")
        .note(format!("reasons are for example {}", EXAMPLES.map(|phrase| format!("`{phrase}`")).join(", ")));
    reader.cursor.report(match nearest(&written, EXAMPLES.into_iter()) {
        Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), place, near),
        None => diagnostic.help("name a clause (`because partners.1`), a section (`because §3.4`), or a reason"),
    });
    Err(Stop)
}

/// A clause or a section. None for a word that is neither, which may be a reason still.
fn of_place(reader: &mut Reader<'_>, name: &Name) -> Parsed<Option<Because>> {
    let document = reader.document;
    let text = name.text.as_str();
    let number = text.strip_prefix('§');
    if let Some(number) = number.or_else(|| text.starts_with(|c: char| c.is_ascii_digit()).then_some(text)) {
        return match document.sections.iter().find(|section| section.number == number && !number.is_empty()) {
            Some(section) => Ok(Some(Because::Section(section.slug.clone()))),
            None => unknown(reader, "section", name, Vec::new()),
        };
    }
    if document.clause(text).is_some() {
        return Ok(Some(Because::Clause(name.text.clone())));
    }
    if text.contains('.') {
        let ids: Vec<&str> =
            document.sections.iter().flat_map(|section| &section.clauses).map(|clause| clause.id.as_str()).collect();
        return unknown(reader, "clause", name, ids);
    }
    // A word that is a reason stays one, whatever a section is called.
    let found = document.section(text).filter(|_| plain(text).is_none());
    Ok(found.map(|section| Because::Section(section.slug.clone())))
}

fn unknown<T>(reader: &mut Reader<'_>, what: &str, name: &Name, among: Vec<&str>) -> Parsed<T> {
    let diagnostic = Diagnostic::error("UP0502", format!("the policy has no {what} `{}`", name.text)).at(name.span, "");
    reader.cursor.report(match nearest(&name.text, among.into_iter()) {
        Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), name.span, near),
        None => diagnostic.help(
            "a clause is called by its section's name and a number (`partners.1`), a section by its name or number (`§3.4`), \
             a reason by words (`no rule`)",
        ),
    });
    Err(Stop)
}

fn reason(reader: &mut Reader<'_>, words: &[Name]) -> Option<Reason> {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let bare = texts.strip_prefix(&["it", "is"]).unwrap_or(&texts);
    if let Some(reason) = plain(&bare.join("_")) {
        return Some(reason);
    }
    for (phrase, reason) in PHRASES {
        let pattern: Vec<&str> = phrase.split(' ').collect();
        let fits = |(wanted, word): (&&str, &&str)| slot(wanted).map_or(wanted == word, |_| !word.is_empty());
        if pattern.len() != texts.len() || !pattern.iter().zip(&texts).all(fits) {
            continue;
        }
        for (wanted, word) in pattern.iter().zip(words) {
            if let Some(what) = slot(wanted).filter(|_| word.text != "it") {
                reader.mention(what, word);
            }
        }
        return Some(reason);
    }
    None
}

/// The words of a [`Reason`], joined by `_`.
fn plain(words: &str) -> Option<Reason> {
    serde_json::from_value(serde_json::Value::String(words.to_owned())).ok()
}

fn slot(word: &str) -> Option<What> {
    match word {
        "PERSON" => Some(What::Person),
        "CHOICE" => Some(What::Choice),
        "RELATION" => Some(What::Relation),
        "ACTOR" => Some(What::Actor),
        "CASE" => Some(What::Case),
        "DATA" => Some(What::Data),
        _ => None,
    }
}
