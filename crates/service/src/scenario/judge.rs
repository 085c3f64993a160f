//! What a step expects against what came of it, and the words for both.

use std::collections::BTreeMap;

use upheld_decide::{Answer, Cited, Reason};
use upheld_document::Document;
use upheld_evidence::EvidenceError;
use upheld_policy::scenario::{Because, Expectation};
use upheld_vault::VaultError;

use crate::acts::Act;
use crate::error::ServiceError;

/// How a step came out otherwise; none: as expected. An error is one of the store: nothing can be said then.
pub(super) type Verdict = Result<Option<Miss>, ServiceError>;

/// Something that came out otherwise.
pub(super) struct Miss {
    pub(super) expected: String,
    pub(super) got: String,
}

impl Miss {
    pub(super) fn new(expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self { expected: expected.into(), got: got.into() }
    }
}

/// What an act or a question was answered with, whatever came of it.
pub(super) struct Got {
    pub(super) answer: Answer,
    pub(super) fields: BTreeMap<String, Reason>,
}

impl From<Answer> for Got {
    fn from(answer: Answer) -> Self {
        Self { answer, fields: BTreeMap::new() }
    }
}

impl<T> From<&Act<T>> for Got {
    fn from(act: &Act<T>) -> Self {
        Self { answer: act.answer.clone(), fields: act.fields.clone() }
    }
}

/// The result, when the service gave one; else what to say of its error. Errors of the store end the run: they are no
/// outcome of a step.
pub(super) fn settle<T>(result: Result<T, ServiceError>) -> Result<Result<T, String>, ServiceError> {
    match result {
        Ok(result) => Ok(Ok(result)),
        Err(
            error @ (ServiceError::Store(_)
            | ServiceError::Vault(VaultError::Store(_) | VaultError::NoRandomness)
            | ServiceError::Evidence(EvidenceError::Store(_))),
        ) => Err(error),
        Err(error) => Ok(Err(format!("an error: {error}"))),
    }
}

/// Holds an answer against what is expected.
pub(super) fn judge(document: &Document, expects: &Expectation, got: &Got) -> Option<Miss> {
    let fits = got.answer.allowed == expects.allowed
        && expects.because.as_ref().is_none_or(|because| matches(document, because, got));
    (!fits).then(|| Miss::new(expected(document, expects), describe(got)))
}

fn matches(document: &Document, because: &Because, got: &Got) -> bool {
    let cited = &got.answer.because;
    match because {
        Because::Clause(id) => cited.iter().any(|cited| cited.clause == *id),
        Because::Section(slug) => cited.iter().any(|cited| {
            document.clause(&cited.clause).is_some_and(|(section, _)| section.slug == *slug)
                || cited.clause.rsplit_once('.').is_some_and(|(section, _)| section == slug)
        }),
        Because::Reason(reason) => {
            got.answer.reason == *reason || got.fields.values().any(|of_field| of_field == reason)
        }
    }
}

/// What a step expects, in words.
pub(super) fn expected(document: &Document, expects: &Expectation) -> String {
    let result = result(expects.allowed);
    match &expects.because {
        None => result.to_owned(),
        Some(Because::Clause(id)) => match document.clause(id) {
            Some((section, _)) if !section.number.is_empty() => format!("{result}: {id} (§{})", section.number),
            _ => format!("{result}: {id}"),
        },
        Some(Because::Section(slug)) => match document.section(slug) {
            Some(section) => format!("{result}: a clause of {}", section.name()),
            None => format!("{result}: a clause of {slug}"),
        },
        Some(Because::Reason(reason)) => format!("{result}: {}", reason.sentence()),
    }
}

/// What was answered, in words: the reason (of a record for each field), the deciding clauses with their sentences, what
/// was lacking.
pub(super) fn describe(got: &Got) -> String {
    let answer = &got.answer;
    let reasons: Vec<String> =
        got.fields.iter().map(|(element, reason)| format!("{element}: {}", reason.sentence())).collect();
    let mut parts = if reasons.is_empty() { vec![answer.reason.sentence().to_owned()] } else { reasons };
    if let Some(last) = parts.last_mut()
        && !answer.because.is_empty()
    {
        *last = format!("{last}: {}", answer.because.iter().map(cite).collect::<Vec<_>>().join(", "));
    }
    if got.fields.is_empty() && !answer.lacking.is_empty() {
        parts.push(format!("lacking {}", answer.lacking.join(", ")));
    }
    format!("{}: {}", result(answer.allowed), parts.join("; "))
}

fn cite(cited: &Cited) -> String {
    if cited.section.is_empty() {
        format!("{} \"{}\"", cited.clause, cited.sentence)
    } else {
        format!("{} (§{}) \"{}\"", cited.clause, cited.section, cited.sentence)
    }
}

const fn result(allowed: bool) -> &'static str {
    if allowed { "allowed" } else { "refused" }
}
