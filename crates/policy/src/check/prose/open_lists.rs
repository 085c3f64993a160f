//! UP0707: a list that the prose leaves open and the rules do not.

use std::collections::BTreeSet;

use upheld_document::Diagnostic;

use super::{Kept, Read, each};
use crate::prose::{Lexicon, find};
use crate::syntax::ast::{Kind, Sentence};

/// The names that are open.
pub(super) fn open_names(sentences: &[Sentence]) -> BTreeSet<&str> {
    let mut out = BTreeSet::new();
    each(sentences, &mut |sentence| {
        if let Kind::Open { names, .. } = &sentence.kind {
            out.extend(names.iter().map(|name| name.text.as_str()));
        }
    });
    out
}

pub(super) fn check(read: &Read<'_>, lexicon: &Lexicon, open: &BTreeSet<&str>, diagnostics: &mut Vec<Diagnostic>) {
    if read.kept != Kept::ByRules || read.rule_words.iter().any(|word| word == "open" || open.contains(word.as_str())) {
        return;
    }
    for (sentence, span) in read.places(&lexicon.open_lists, lexicon) {
        if find(&lexicon.closed_marks, &sentence.words, 0, lexicon).is_some() {
            continue;
        }
        diagnostics.push(
            Diagnostic::finding(
                "UP0707",
                "this list is left open, and the rules of its clause name nothing that is open",
            )
            .at(span, "what else belongs to it?")
            .help("name everything that belongs to it, and say so: `… and nothing else`")
            .help("or let the list grow by names that are added with their day: `open NAME by ROLE`"),
        );
    }
}
