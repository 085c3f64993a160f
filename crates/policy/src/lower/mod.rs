//! From sentences to the [`Model`]: every name looked up, every phrase in its place.

mod bases;
mod declarations;
mod duties;
mod hashes;
mod header;
mod names;
mod notices;
mod people;
mod rules;
mod transfers;
mod versions;
mod without;

use upheld_decide::Sentence as Cited;
use upheld_document::{Diagnostic, Document, Source};

use crate::model::{Force, Model};
use crate::syntax::ast::{Kind, Sentence};
use names::Resolver;
pub(crate) use transfers::unprotected;

/// Lowers the sentences of a document. Every error is reported; what comes back is whole only when there was none.
#[must_use]
pub fn lower(source: &Source, document: &Document, sentences: &[Sentence], diagnostics: &mut Vec<Diagnostic>) -> Model {
    let header = header::header(source, document, diagnostics);
    let mut lowering = Lowering {
        resolver: Resolver::new(diagnostics),
        model: Model { header, ..Model::default() },
        source,
        document,
    };
    if !declarations::declare(&mut lowering, sentences) {
        return lowering.model;
    }
    lowering.resolver.reject_cycles();
    for sentence in sentences {
        lowering.cite(sentence, None);
    }
    // Choices come before rules: a condition may name a choice that is offered further down.
    let numbered = number(sentences, 0);
    people::brackets(&mut lowering, &numbered);
    duties::collects(&mut lowering, &numbered);
    bases::bases(&mut lowering, &numbered);
    duties::choices(&mut lowering, &numbered);
    declarations::lives(&mut lowering, &numbered);
    declarations::grounds(&mut lowering, &numbered);
    notices::notices(&mut lowering, &numbered);
    rules::rules(&mut lowering, &numbered);
    notices::gates(&mut lowering, &numbered);
    bases::kept_apart(&mut lowering, &numbered);
    transfers::transfers(&mut lowering, &numbered);
    duties::keeps(&mut lowering, &numbered);
    duties::rights(&mut lowering, &numbered);
    duties::reports(&mut lowering, &numbered);
    versions::versions(&mut lowering, &numbered);
    declarations::fill_forms(&mut lowering, sentences);
    hashes::hashes(&mut lowering, &numbered);
    without::without(&mut lowering, &numbered);
    let Lowering { resolver, mut model, .. } = lowering;
    model.names = resolver.names;
    // Names that a claim says are looked up now, and made no part of the policy.
    let claims: Vec<Sentence> = claims(sentences).map(|(_, claim)| claim).collect();
    if !claims.is_empty() {
        let _ = with_claims(&model, source, &claims, diagnostics);
    }
    model
}

/// The claims among the sentences, each with its index in `Model::sentences` and as the promise that it would be.
pub(crate) fn claims(sentences: &[Sentence]) -> impl Iterator<Item = (u16, Sentence)> {
    number(sentences, 0).into_iter().filter_map(|numbered| {
        let Kind::Prove { who, phrases } = &numbered.sentence.kind else { return None };
        let kind = Kind::Rule { force: Force::Never, who: who.clone(), phrases: phrases.clone() };
        Some((numbered.index, Sentence { kind, ..numbered.sentence.clone() }))
    })
}

/// A model with claims among its rules, numbered after its own sentences. Names that only a claim says are added behind those of
/// the model.
#[must_use]
pub(crate) fn with_claims(
    model: &Model,
    source: &Source,
    claims: &[Sentence],
    diagnostics: &mut Vec<Diagnostic>,
) -> Model {
    let document = Document::default();
    let mut resolver = Resolver::new(diagnostics);
    resolver.names = model.names.clone();
    let mut lowering = Lowering { resolver, model: model.clone(), source, document: &document };
    let first = u16::try_from(model.sentences.len()).unwrap_or(u16::MAX);
    for claim in claims {
        lowering.cite(claim, None);
    }
    rules::rules(&mut lowering, &number(claims, first));
    let Lowering { resolver, mut model, .. } = lowering;
    model.names = resolver.names;
    model
}

/// What the steps of lowering share.
struct Lowering<'a> {
    resolver: Resolver<'a>,
    model: Model,
    source: &'a Source,
    document: &'a Document,
}

/// A sentence with its index in `Model::sentences`; children carry theirs.
#[derive(Clone, Debug)]
pub(crate) struct Numbered<'a> {
    pub(crate) index: u16,
    pub(crate) sentence: &'a Sentence,
    pub(crate) children: Vec<Numbered<'a>>,
}

/// Numbers sentences in document order, indented lines included.
fn number(sentences: &[Sentence], first: u16) -> Vec<Numbered<'_>> {
    fn one<'a>(sentence: &'a Sentence, next: &mut u16) -> Numbered<'a> {
        let index = *next;
        *next = next.saturating_add(1);
        Numbered { index, sentence, children: sentence.children.iter().map(|child| one(child, next)).collect() }
    }
    let mut next = first;
    sentences.iter().map(|sentence| one(sentence, &mut next)).collect()
}

impl Lowering<'_> {
    /// Adds a sentence and its indented lines to `Model::sentences`.
    fn cite(&mut self, sentence: &Sentence, above: Option<&str>) {
        let (section, clause) = (
            self.document.sections.get(sentence.clause.0),
            self.document.sections.get(sentence.clause.0).and_then(|section| section.clauses.get(sentence.clause.1)),
        );
        let bare = self.source.slice(sentence.span).split_whitespace().collect::<Vec<_>>().join(" ");
        let rule = matches!(sentence.kind, Kind::Rule { .. } | Kind::Keep(_));
        let text = match above {
            Some(above) if rule => format!("[{above}] {bare}"),
            _ => bare,
        };
        self.model.sentences.push(Cited {
            clause: clause.map(|clause| clause.id.clone()).unwrap_or_default(),
            section: section.map(|section| section.number.clone()).unwrap_or_default(),
            text: text.clone(),
            line: self.source.line_column(sentence.span.start).0,
            keeps: sentence.keeps.iter().map(|id| id.text.clone()).collect(),
            added: sentence.added,
        });
        self.model.spans.push(sentence.span);
        for child in &sentence.children {
            self.cite(child, Some(&text));
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.resolver.diagnostics.push(diagnostic);
    }
}
