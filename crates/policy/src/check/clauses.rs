//! UP0401: a clause in which nothing says how it is kept.

use std::collections::BTreeSet;

use upheld_document::{Diagnostic, Document};

use crate::model::Publication;
use crate::syntax::ast::{Kind, Sentence};

/// So many clauses without a rule are shown; where there are more, nobody has begun to write rules.
const MOST_FOUND: usize = 1_000;

/// A clause is kept by a rule, kept by hand, or a bare statement; one in none of these is a finding.
pub(super) fn clauses(document: &Document, sentences: &[Sentence], diagnostics: &mut Vec<Diagnostic>) {
    // To allow a finding is not to keep a clause, nor to show how the others are kept.
    let allows = |sentence: &Sentence| match &sentence.kind {
        Kind::Allow { .. } => true,
        Kind::Publish(what) => what.as_slice() == [Publication::How],
        _ => false,
    };
    let of = |wanted: bool| -> BTreeSet<(usize, usize)> {
        sentences.iter().filter(|sentence| allows(sentence) == wanted).map(|sentence| sentence.clause).collect()
    };
    let (with_rules, with_allows) = (of(false), of(true));
    let nearly: Vec<usize> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == "UP0010")
        .map(|diagnostic| diagnostic.span().start as usize)
        .collect();
    let mut found = 0;
    for (section_index, section) in document.sections.iter().enumerate().filter(|(_, section)| section.level != 1) {
        for (clause_index, clause) in section.clauses.iter().enumerate() {
            let kept = with_rules.contains(&(section_index, clause_index));
            // Rules that could not be read, or a block that nearly is one, are said already.
            let blocks = clause.blocks.iter().any(|block| block.kind != upheld_document::BlockKind::Scenario);
            let unread = (blocks && !with_allows.contains(&(section_index, clause_index)))
                || nearly.iter().any(|at| clause.span.range().contains(at));
            if kept || unread || clause.text.trim().is_empty() {
                continue;
            }
            found += 1;
            if found > MOST_FOUND {
                return;
            }
            diagnostics.push(
                Diagnostic::finding("UP0401", "this clause has no rule")
                    .at(clause.span, "")
                    .help("write the rule that keeps it in a block with the info string `upheld` below it")
                    .help("or say in such a block `statement` when there is nothing to run, or `manual \"who does it and how it is evidenced\"`"),
            );
        }
    }
}
