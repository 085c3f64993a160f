//! UP0708: words that take half back what the rules keep wholly.

use upheld_document::Diagnostic;

use super::{Kept, Read};
use crate::prose::Lexicon;

pub(super) fn check(read: &Read<'_>, lexicon: &Lexicon, diagnostics: &mut Vec<Diagnostic>) {
    if read.kept != Kept::ByRules {
        return;
    }
    for (sentence, span) in read.places(&lexicon.hedges, lexicon) {
        if sentence.asks {
            continue;
        }
        diagnostics.push(
            Diagnostic::finding("UP0708", "a hedge: the rules keep this clause always, and its prose does not say so")
                .at(span, "when, and when not?")
                .help("say it without these words; or say in prose and rules in which cases it holds (`if`, `unless`, `on`)"),
        );
    }
}
