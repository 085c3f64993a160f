//! Findings: what compiles, and somebody should look at. One check a file.
//!
//! Errors are found where they are met, in `syntax`, `lower` and `compile`; a check here may take it that there is none.

mod allowed;
mod bases;
mod changes_nothing;
mod clauses;
mod drift;
mod never_collected;
mod never_ends;
mod never_used;
mod no_members;
mod nobody_becomes;
mod nobody_works;
mod prose;
mod readable_password;
mod together;
mod transfers;
mod unused_names;

use std::collections::BTreeMap;

use upheld_decide::Element;
use upheld_document::{Diagnostic, Document, Line, Source, Span};

use crate::compile::Reach;
use crate::model::Model;
use crate::review::Reviewed;
use crate::syntax::ast::Sentence;
use crate::syntax::lexer::{TokenKind, tokens};

/// A policy without errors, as the checks see it.
pub(crate) struct Checked<'a> {
    pub(crate) source: &'a Source,
    pub(crate) document: &'a Document,
    pub(crate) sentences: &'a [Sentence],
    pub(crate) model: &'a Model,
    /// How the clauses stand to their last review.
    pub(crate) reviewed: &'a [Reviewed],
    /// Whether a clause must have been reviewed.
    pub(crate) strict: bool,
}

/// UP0401: a clause is kept by a rule, kept by hand, or a bare statement; one in none of these is a finding.
pub(crate) fn clauses(document: &Document, sentences: &[Sentence], diagnostics: &mut Vec<Diagnostic>) {
    clauses::clauses(document, sentences, diagnostics);
}

/// UP0210: only findings can be allowed.
pub(crate) fn allowed_codes(sentences: &[Sentence], diagnostics: &mut Vec<Diagnostic>) {
    allowed::codes(sentences, diagnostics);
}

/// Takes out the findings that the policy allows. When all findings are there (`whole`), an `allow` without one is one itself.
pub(crate) fn allow(document: &Document, sentences: &[Sentence], whole: bool, diagnostics: &mut Vec<Diagnostic>) {
    allowed::allow(document, sentences, whole, diagnostics);
}

/// The findings about a policy as a whole.
pub(crate) fn whole(checked: &Checked<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let reach = Reach::new(checked.model);
    never_collected::check(checked, &reach, diagnostics);
    let unused = never_used::check(checked, &reach, diagnostics);
    never_ends::check(checked, &reach, diagnostics);
    changes_nothing::check(checked, diagnostics);
    let unnamed = unused_names::check(checked, &reach, diagnostics);
    nobody_works::check(checked, &reach, &unused, &unnamed, diagnostics);
    bases::check(checked, diagnostics);
    readable_password::check(checked, diagnostics);
    transfers::check(checked, diagnostics);
    together::check(checked, &reach, diagnostics);
    no_members::check(checked, diagnostics);
    nobody_becomes::check(checked, diagnostics);
    prose::check(checked, diagnostics);
    drift::check(checked.reviewed, diagnostics);
    if checked.strict {
        drift::never_reviewed(checked.reviewed, diagnostics);
    }
}

/// Words of a line with their places.
type Words = BTreeMap<String, Vec<Span>>;

impl Checked<'_> {
    fn span(&self, sentence: u16) -> Span {
        self.model.spans.get(usize::from(sentence)).copied().unwrap_or_default()
    }

    /// The words of a line, without what is quoted.
    fn words(&self, span: Span) -> Words {
        let mut out = Words::new();
        // That the line can be read has been seen.
        for token in tokens(self.source, Line { span, indent: 0 }, &mut Vec::new()) {
            if let TokenKind::Word(word) = token.kind {
                out.entry(word).or_default().push(token.span);
            }
        }
        out
    }

    /// Where a sentence names this data; the whole sentence when it does not.
    fn places(&self, sentence: u16, data: &[Element]) -> Vec<(String, Span)> {
        let span = self.span(sentence);
        let words = self.words(span);
        let place = |element: &Element| {
            let name = self.model.names.data.name(element.0);
            let place = words.get(name).and_then(|places| places.first()).copied();
            (name.to_owned(), place.unwrap_or(span))
        };
        data.iter().map(place).collect()
    }

    /// A finding about some of the data that a sentence names.
    fn about_data(&self, code: &'static str, sentence: u16, data: &[Element], title: &str) -> Diagnostic {
        let places = self.places(sentence, data);
        let names: Vec<String> = places.iter().map(|(name, _)| format!("`{name}`")).collect();
        let title = if names.len() > 1 { title.replacen("is ", "are ", 1) } else { title.to_owned() };
        let mut found = Diagnostic::finding(code, format!("{} {title}", names.join(", ")));
        for (_, span) in places.iter().rev() {
            found = found.at(*span, "");
        }
        for label in found.labels.iter_mut().skip(1) {
            label.primary = false;
        }
        found
    }
}

/// Calls with every sentence, indented lines included.
fn each<'s>(sentences: &'s [Sentence], see: &mut impl FnMut(&'s Sentence)) {
    for sentence in sentences {
        see(sentence);
        each(&sentence.children, see);
    }
}
