//! The policy language: syntax, names, rules, checks, scenarios, and the compiler to a decision table.
//!
//! [`load`] is the way in: a text becomes a [`Policy`], or diagnostics that say why not. The steps are one module each:
//! `syntax` reads lines, `lower` looks names up and makes the [`model::Model`], `compile` folds it into
//! [`upheld_decide::Compiled`], [`scenario`] reads the worked examples.
//!
//! This crate does no I/O and has no clock. It does not run scenarios: that takes a store, and is `service`'s.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod change;
mod check;
pub mod codes;
mod compile;
pub mod countries;
mod format;
mod lower;
pub mod model;
pub mod places;
mod prose;
pub mod publish;
pub mod reason;
pub mod recognise;
pub mod review;
pub mod scenario;
mod syntax;
pub mod vocabulary;

pub use compile::compile;
pub use format::{format, without_requirements};

use sha2::{Digest, Sha256};
use upheld_decide::Compiled;
use upheld_document::{BlockKind, Diagnostic, Document, Lock, Severity, Source};

use model::Model;
use scenario::Scenario;

/// The edition of the language that this crate reads (`upheld: 1`).
pub const EDITION: u32 = 1;

/// Which compiler made a [`Compiled`]; stored beside each version of a policy.
pub const COMPILER: &str = concat!("upheld-policy ", env!("CARGO_PKG_VERSION"), ", edition 1");

/// A policy without errors.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The text in its sections and clauses.
    pub document: Document,
    /// The rules with their names resolved.
    pub model: Model,
    /// What decides.
    pub compiled: Compiled,
    /// The worked examples, in order.
    pub scenarios: Vec<Scenario>,
}

/// What came of a text.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The policy; none when there is an error.
    pub policy: Option<Policy>,
    /// The policy as it would be without its claims, where nothing but claims (`prove …`) is wrong.
    pub unproved: Option<Unproved>,
    /// Errors and findings, in order of their place.
    pub diagnostics: Vec<Diagnostic>,
    /// The lock, brought up to date.
    pub lock: Lock,
}

/// A policy that claims more than its rules bear out.
#[derive(Clone, Debug)]
pub struct Unproved {
    /// The policy.
    pub policy: Policy,
    /// The claims of which some steps may show that they are not true.
    pub refuted: Vec<reason::Refuted>,
}

/// Reads and compiles a policy. Never fails: what is wrong is in the diagnostics.
#[must_use]
pub fn load(source: &Source, lock: Option<&Lock>) -> Loaded {
    loaded(source, lock, Depth::Compile)
}

/// Reads and compiles a policy like [`load`] and lets its claims be: they change no decision. For a version that has been in force, and
/// for one that only a worked example makes.
#[must_use]
pub fn load_unproved(source: &Source, lock: Option<&Lock>) -> Loaded {
    loaded(source, lock, Depth::Decide)
}

/// Reads and compiles a policy like [`load`], and says also what is found in it as a whole: names, data and sentences that
/// serve nothing. That takes longer, and is of use to whoever writes the policy.
#[must_use]
pub fn check(source: &Source, lock: Option<&Lock>) -> Loaded {
    loaded(source, lock, Depth::Check)
}

/// Checks a policy like [`check`], and finds also which of its clauses nobody has reviewed.
#[must_use]
pub fn check_strictly(source: &Source, lock: Option<&Lock>) -> Loaded {
    loaded(source, lock, Depth::Strict)
}

/// How much is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// What keeps it from deciding.
    Decide,
    /// What keeps it from compiling: its claims, too.
    Compile,
    /// All that is found in it.
    Check,
    /// Clauses that were never reviewed, too.
    Strict,
}

fn loaded(source: &Source, lock: Option<&Lock>, depth: Depth) -> Loaded {
    let Read { document, lock, model, scenarios, sentences, mut diagnostics } = read(source, lock);
    let mut compiled = None;
    if !has_errors(&diagnostics) {
        let (table, found) = compile::compile(&model);
        diagnostics.extend(found);
        compiled = Some(table).filter(|_| !has_errors(&diagnostics));
    }
    let whole = matches!(depth, Depth::Check | Depth::Strict) && compiled.is_some();
    if whole {
        let reviewed = review::reviewed(source, &document, &lock);
        let checked = check::Checked {
            source,
            document: &document,
            sentences: &sentences,
            model: &model,
            reviewed: &reviewed,
            strict: depth == Depth::Strict,
        };
        check::whole(&checked, &mut diagnostics);
    }
    check::allow(&document, &sentences, whole, &mut diagnostics);
    name_sections(&document, &mut diagnostics);
    let mut policy = compiled.map(|compiled| Policy { document, model, compiled, scenarios });
    let mut unproved = None;
    if let Some(claiming) = policy.take_if(|_| depth != Depth::Decide) {
        let refuted = reason::prove_all(&claiming, source, &sentences, &mut diagnostics);
        if has_errors(&diagnostics) {
            name_sections(&claiming.document, &mut diagnostics);
            unproved = Some(Unproved { policy: claiming, refuted });
        } else {
            policy = Some(claiming);
        }
    }
    diagnostics.sort_by_key(|diagnostic| (diagnostic.span(), diagnostic.code));
    Loaded { policy, unproved, diagnostics, lock }
}

/// Steps as a scenario of a policy, as if they stood at its end. None: they are none of this policy.
#[must_use]
pub fn example(policy: &Policy, source: &Source, lock: &Lock, steps: &str) -> Option<Scenario> {
    let text = format!("{}\n\n```scenario\n{}\n```\n", source.text.trim_end(), steps.trim_end());
    let source = Source::new("privacy.md", text);
    let (mut document, lock, _) = upheld_document::parse(&source, Some(lock));
    let blocks = document.sections.iter().flat_map(|section| &section.clauses).flat_map(|clause| &clause.blocks);
    let last = blocks.filter(|block| block.kind == BlockKind::Scenario).map(|block| block.span).max()?;
    for clause in document.sections.iter_mut().flat_map(|section| &mut section.clauses) {
        clause.blocks.retain(|block| block.span == last);
    }
    let Model { names, choices, notices, .. } = &policy.model;
    let mut wrong = Vec::new();
    let found = scenario::parse(&source, &document, &lock, names, choices, notices, &mut wrong).pop();
    found.filter(|_| wrong.is_empty())
}

/// A text that was read and not compiled: what tools and tests see that want the rules themselves, whether or not they agree
/// with each other.
#[derive(Clone, Debug)]
pub struct Read {
    /// The text in its sections and clauses.
    pub document: Document,
    /// The lock, brought up to date.
    pub lock: Lock,
    /// The rules with their names resolved; whole when no diagnostic is an error.
    pub model: Model,
    /// The worked examples, in order.
    pub scenarios: Vec<Scenario>,
    /// Errors and findings, as they were met.
    pub diagnostics: Vec<Diagnostic>,
    /// The rules as written.
    sentences: Vec<syntax::ast::Sentence>,
}

/// Reads a policy without compiling it.
#[must_use]
pub fn read(source: &Source, lock: Option<&Lock>) -> Read {
    let (document, lock, mut diagnostics) = upheld_document::parse(source, lock);
    let sentences = syntax::sentences(source, &document, &mut diagnostics);
    let model = lower::lower(source, &document, &sentences, &mut diagnostics);
    check::clauses(&document, &sentences, &mut diagnostics);
    check::allowed_codes(&sentences, &mut diagnostics);
    let scenarios =
        scenario::parse(source, &document, &lock, &model.names, &model.choices, &model.notices, &mut diagnostics);
    Read { document, lock, model, scenarios, diagnostics, sentences }
}

/// Says of each diagnostic in which section it is.
fn name_sections(document: &Document, diagnostics: &mut [Diagnostic]) {
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| !diagnostic.labels.is_empty()) {
        let at = diagnostic.span().start;
        let begun = document.sections.partition_point(|section| section.heading.start <= at);
        let section = begun.checked_sub(1).and_then(|last| document.sections.get(last));
        if let Some(section) = section.filter(|section| section.level > 0 && at < section.body.end) {
            diagnostic.clause.get_or_insert_with(|| section.name());
        }
    }
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// SHA-256 of a policy's source, in hex.
#[must_use]
pub fn digest(source: &str) -> String {
    hex(&Sha256::digest(source.as_bytes()))
}

/// SHA-256 of what a compiled policy means, in hex: equal for two compilers that understand a source alike.
#[must_use]
pub fn meaning(compiled: &Compiled) -> String {
    // Plain data of numbers, texts and lists: it always serialises.
    hex(&Sha256::digest(serde_json::to_vec(compiled).unwrap_or_default()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
