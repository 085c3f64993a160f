//! UP0704: a sentence that promises, in a clause that is a bare statement.

use upheld_document::Diagnostic;

use super::{Kept, Read};
use crate::prose::{Lexicon, Word, find};

pub(super) fn check(read: &Read<'_>, lexicon: &Lexicon, diagnostics: &mut Vec<Diagnostic>) {
    if read.kept != Kept::Statement {
        return;
    }
    for sentence in read.sentences.iter().filter(|sentence| !sentence.asks) {
        let Some(words) = promise(&sentence.words, lexicon) else { continue };
        diagnostics.push(
            Diagnostic::finding("UP0704", "this sentence promises something, and its clause is a bare statement")
                .at(sentence.span(words), "nothing keeps what is said here")
                .help("write the rule that keeps it below the clause; or `manual \"who does it and how it is evidenced\"`")
                .help("if nothing is promised, say it in other words, or write `allow UP0704 because \"…\"`"),
        );
    }
}

/// The first words of a sentence that promise and do not only look like it.
fn promise(words: &[Word], lexicon: &Lexicon) -> Option<std::ops::Range<usize>> {
    let mut at = 0;
    while let Some(found) = find(&lexicon.promises, words, at, lexicon) {
        let seeming = find(&lexicon.not_promises, words, found.start, lexicon);
        match seeming.filter(|seeming| seeming.start == found.start) {
            Some(seeming) => at = seeming.end.max(found.end),
            None => return Some(found),
        }
    }
    None
}
