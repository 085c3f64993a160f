//! How each clause stands to its last review: are its prose and its rules those that somebody read together?

use upheld_document::{Drift, Lock, Review, Source, Span};

use crate::Document;
use crate::format;

/// A clause beside its last review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// Its id.
    pub clause: String,
    /// The name of its section (`§3.2 Partners`).
    pub section: String,
    /// Where its prose stands; of a clause without prose, its first rule.
    pub span: Span,
    /// Where its rules stand; empty when it has none.
    pub rules_span: Span,
    /// Its prose.
    pub prose: String,
    /// Its rules, without layout, comments and what they keep.
    pub rules: String,
    /// How both stand to the last review.
    pub drift: Drift,
    /// The last review.
    pub last: Option<Review>,
}

impl Reviewed {
    /// The review that says that this clause was read as it is.
    #[must_use]
    pub fn accepted(&self, by: &str, on: &str) -> Review {
        Review::new(&self.prose, &self.rules, by, on)
    }
}

/// All clauses that have prose or rules, in order.
#[must_use]
pub fn reviewed(source: &Source, document: &Document, lock: &Lock) -> Vec<Reviewed> {
    let mut out = Vec::new();
    for section in &document.sections {
        for clause in &section.clauses {
            let rules = format::rules(source, clause);
            if clause.text.is_empty() && rules.is_empty() {
                continue;
            }
            let lines = clause
                .blocks
                .iter()
                .filter(|block| block.kind != upheld_document::BlockKind::Scenario)
                .flat_map(|block| block.lines.iter().map(|line| line.span));
            let rules_span = lines.reduce(Span::to).unwrap_or(Span { start: clause.span.end, end: clause.span.end });
            let last = lock.review(&clause.id).cloned();
            out.push(Reviewed {
                clause: clause.id.clone(),
                section: section.name(),
                span: if clause.text.is_empty() { rules_span } else { clause.span },
                rules_span,
                drift: last.as_ref().map_or(Drift::NeverReviewed, |last| last.drift(&clause.text, &rules)),
                prose: clause.text.clone(),
                rules,
                last,
            });
        }
    }
    out
}
