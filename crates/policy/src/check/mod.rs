//! Findings about the document as a whole.

use upheld_document::{Diagnostic, Document};

use crate::syntax::ast::Sentence;

/// A clause is kept by a rule, kept by hand, or a bare statement; one in none of these is a finding.
pub(crate) fn clauses(document: &Document, sentences: &[Sentence], diagnostics: &mut Vec<Diagnostic>) {
    for (section_index, section) in document.sections.iter().enumerate().filter(|(_, section)| section.level != 1) {
        for (clause_index, clause) in section.clauses.iter().enumerate() {
            let kept = sentences.iter().any(|sentence| sentence.clause == (section_index, clause_index));
            // Rules that could not be read, or a block that nearly is one, are said already.
            let nearly = |diagnostic: &Diagnostic| {
                diagnostic.code == "UP0010" && clause.span.range().contains(&(diagnostic.span().start as usize))
            };
            let unread = clause.blocks.iter().any(|block| block.kind != upheld_document::BlockKind::Scenario)
                || diagnostics.iter().any(nearly);
            if kept || unread || clause.text.trim().is_empty() {
                continue;
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
