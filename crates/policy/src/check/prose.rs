//! What is found in the prose itself, clause by clause. One check a file below.

mod damaged;
mod hedges;
mod links;
mod numberless;
mod open_lists;
mod periods;
mod placeholders;
mod promises;

use std::collections::BTreeSet;

use upheld_document::{Clause, Diagnostic, Document, Source, Span};

use super::{Checked, each};
use crate::model::Publication;
use crate::prose::{Lexicon, Pattern, Sentence, find, lexicon, sentences};
use crate::syntax::ast::Kind;

/// A clause as these checks see it.
pub(super) struct Read<'a> {
    clause: &'a Clause,
    sentences: Vec<Sentence>,
    /// Words of its rules, quoted texts left out; quoted texts.
    rule_words: BTreeSet<String>,
    /// How it is kept.
    kept: Kept,
}

/// How a clause is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// Nothing is said: another finding.
    Not,
    /// `statement`, and nothing else.
    Statement,
    /// By hand.
    ByHand,
    /// By rules.
    ByRules,
}

pub(super) fn check(checked: &Checked<'_>, diagnostics: &mut Vec<Diagnostic>) {
    damaged::check(checked.source, diagnostics);
    placeholders::brackets(checked.source, checked.document, diagnostics);
    links::check(checked.source, checked.document, diagnostics);
    let locale = checked.document.front.get("locale").map_or("en", |entry| entry.value.as_str());
    let Some(lexicon) = lexicon(locale) else { return };
    let open = open_lists::open_names(checked.sentences);
    let terms = numberless::terms(checked.source, checked.document);
    for (section_index, section) in checked.document.sections.iter().enumerate() {
        placeholders::words(checked.source, lexicon, section.heading, diagnostics);
        for (clause_index, clause) in section.clauses.iter().enumerate() {
            let read = read(checked, (section_index, clause_index), clause);
            placeholders::of_clause(&read, lexicon, diagnostics);
            promises::check(&read, lexicon, diagnostics);
            numberless::check(checked.source, &read, lexicon, &terms, diagnostics);
            open_lists::check(&read, lexicon, &open, diagnostics);
            hedges::check(&read, lexicon, diagnostics);
            periods::check(checked.source, &read, lexicon, diagnostics);
        }
    }
}

fn read<'a>(checked: &Checked<'_>, at: (usize, usize), clause: &'a Clause) -> Read<'a> {
    let mut kept = Kept::Not;
    let mut rule_words = BTreeSet::new();
    each(checked.sentences, &mut |sentence| {
        if sentence.clause != at {
            return;
        }
        rule_words.extend(checked.words(sentence.span).into_keys());
        kept = match (&sentence.kind, kept) {
            (Kind::Allow { .. }, kept) => kept,
            (Kind::Publish(what), kept) if what.as_slice() == [Publication::How] => kept,
            (Kind::Statement, Kept::Not | Kept::Statement) => Kept::Statement,
            (Kind::Manual { .. }, Kept::Not | Kept::Statement | Kept::ByHand) => Kept::ByHand,
            (_, Kept::ByHand) if matches!(sentence.kind, Kind::Statement) => Kept::ByHand,
            _ => Kept::ByRules,
        };
    });
    Read { clause, sentences: sentences(checked.source, clause), rule_words, kept }
}

impl Read<'_> {
    /// Every place where one of these phrases stands.
    fn places(&self, patterns: &[Pattern], lexicon: &Lexicon) -> Vec<(&Sentence, Span)> {
        let mut out = Vec::new();
        for sentence in &self.sentences {
            let mut at = 0;
            while let Some(words) = find(patterns, &sentence.words, at, lexicon) {
                at = words.end.max(words.start + 1);
                out.push((sentence, sentence.span(words)));
            }
        }
        out
    }
}

/// The text of each line of a clause's rules.
fn rule_lines<'s>(source: &'s Source, clause: &'s Clause) -> impl Iterator<Item = &'s str> {
    clause
        .blocks
        .iter()
        .filter(|block| block.kind != upheld_document::BlockKind::Scenario)
        .flat_map(move |block| block.lines.iter().map(move |line| source.slice(line.span)))
}

/// Where rules and scenarios stand.
fn blocks(document: &Document) -> Vec<Span> {
    let clauses = document.sections.iter().flat_map(|section| &section.clauses);
    clauses.flat_map(|clause| clause.blocks.iter().map(|block| block.span)).collect()
}
