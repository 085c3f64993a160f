//! UP0706: a period without a number, and no rule beside it that has one.

use upheld_document::{Diagnostic, Document, Source};

use super::{Kept, Read, rule_lines};
use crate::prose::Lexicon;

/// Words of a rule that says how long.
const SAYS_HOW_LONG: [&str; 8] = ["keep", "erase", "within", "after", "until", "while", "lasting", "term"];

/// The texts that a `term` gives a meaning, in lower case.
pub(super) fn terms(source: &Source, document: &Document) -> Vec<String> {
    let clauses = document.sections.iter().flat_map(|section| &section.clauses);
    let lines = clauses.flat_map(|clause| rule_lines(source, clause));
    let term = |line: &str| Some(line.strip_prefix("term \"")?.split_once('"')?.0.to_lowercase());
    lines.filter_map(term).collect()
}

pub(super) fn check(
    source: &Source,
    read: &Read<'_>,
    lexicon: &Lexicon,
    terms: &[String],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let said = SAYS_HOW_LONG.iter().any(|word| read.rule_words.contains(*word));
    if read.kept == Kept::Not || said {
        return;
    }
    for (_, span) in read.places(&lexicon.numberless, lexicon) {
        let words = source.slice(span).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        if terms.iter().any(|term| words.contains(term.as_str()) || term.contains(words.as_str())) {
            continue;
        }
        diagnostics.push(
            Diagnostic::finding("UP0706", "a period without a number")
                .at(span, "nobody can tell when it is over")
                .help(format!("say in the rules how long that is: `term \"{words}\" means 14 days`, a `keep` sentence, or `within 30 days`")),
        );
    }
}
