//! How each requirement of a list is kept by a policy, decided by mutation rather than by assertion.
//!
//! A requirement is kept *by machine* when a rule names it (`keeps ID`), a scenario shows it (`shows ID`) and passes, and
//! that scenario fails once the rule is taken out. Where the requirement says what must be refused, the scenario must
//! have a step that is refused for a stated reason, and that step must fall, too: when the rule is taken out, or when a
//! sentence that permits exactly that question is put in.

mod clauses;
mod mutate;
mod requirements;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use upheld_document::{Lock, Severity, Source};
use upheld_policy::Policy;
use upheld_policy::scenario::{Scenario, Step};

use crate::error::ServiceError;
use crate::scenario;

pub use clauses::{ClauseReach, Reach, Used, reach};
pub use requirements::{Requirement, RequirementsError, read};

/// What a policy's authors say of requirements that no rule keeps: by requirement id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Kept elsewhere: by a test that the project's own suite runs.
    pub elsewhere: BTreeMap<String, String>,
    /// Not kept yet: what it waits for.
    pub planned: BTreeMap<String, String>,
}

/// How a requirement is kept. The first that is true, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// By a rule that a scenario shows, and falls with.
    Machine,
    /// By a test outside the policy.
    Elsewhere,
    /// By people: a `manual` sentence says who and how it is evidenced.
    Hand,
    /// There is nothing to run: a `statement`.
    Stated,
    /// Not yet.
    Planned,
    /// By nothing.
    Missing,
}

impl How {
    /// All of them, in the order of their strength.
    pub const ALL: [Self; 6] = [Self::Machine, Self::Elsewhere, Self::Hand, Self::Stated, Self::Planned, Self::Missing];

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Machine => "by machine",
            Self::Elsewhere => "elsewhere",
            Self::Hand => "by hand",
            Self::Stated => "stated",
            Self::Planned => "planned",
            Self::Missing => "missing",
        }
    }
}

/// One requirement and how it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// What it asks for, in the list's words.
    pub practice: String,
    /// How it is kept.
    pub how: How,
    /// The clauses whose sentences keep it.
    pub clauses: Vec<String>,
    /// The lines at which the scenarios begin that show it.
    pub scenarios: Vec<u32>,
    /// What was seen: which mutation makes which scenario fail; or what is lacking; or what the notes say.
    pub seen: String,
}

/// How many requirements are kept in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// By machine.
    pub machine: usize,
    /// By hand.
    pub hand: usize,
    /// Stated.
    pub stated: usize,
    /// Elsewhere.
    pub elsewhere: usize,
    /// Planned.
    pub planned: usize,
    /// Missing.
    pub missing: usize,
}

/// What tracing found. The summary is the last member of its JSON form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// One row for each requirement, in the order of the list.
    pub rows: Vec<Row>,
    /// Ids that the policy names and the list does not have.
    pub unknown: Vec<String>,
    /// The counts.
    pub summary: Summary,
}

/// A policy under test.
pub(crate) struct Subject<'a> {
    pub(crate) text: &'a str,
    pub(crate) lock: Option<&'a Lock>,
    pub(crate) policy: &'a Policy,
}

/// Traces requirements through a policy. `progress` is told after each requirement how many are done.
///
/// # Errors
///
/// When the policy has errors, or a scenario cannot be run.
pub fn trace(
    text: &str,
    lock: Option<&Lock>,
    requirements: &[Requirement],
    notes: &Notes,
    progress: &mut dyn FnMut(usize),
) -> Result<Trace, ServiceError> {
    let loaded = upheld_policy::load(&Source::new("privacy.md", text), lock);
    let Some(policy) = loaded.policy else {
        return Err(ServiceError::Policy(
            loaded.diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect(),
        ));
    };
    let subject = Subject { text, lock, policy: &policy };
    let mut rows = Vec::new();
    for (index, requirement) in requirements.iter().enumerate() {
        rows.push(row(&subject, requirement, notes)?);
        progress(index + 1);
    }
    let mut summary = Summary::default();
    for row in &rows {
        *match row.how {
            How::Machine => &mut summary.machine,
            How::Hand => &mut summary.hand,
            How::Stated => &mut summary.stated,
            How::Elsewhere => &mut summary.elsewhere,
            How::Planned => &mut summary.planned,
            How::Missing => &mut summary.missing,
        } += 1;
    }
    let listed: BTreeSet<&str> = requirements.iter().map(|requirement| requirement.id.as_str()).collect();
    let named = policy.compiled.sentences.iter().flat_map(|sentence| &sentence.keeps);
    let named = named.chain(policy.scenarios.iter().flat_map(|scenario| &scenario.shows));
    let unknown: BTreeSet<&String> = named.filter(|id| !listed.contains(id.as_str())).collect();
    let unknown = unknown.into_iter().cloned().collect();
    Ok(Trace { rows, unknown, summary })
}

fn row(subject: &Subject<'_>, requirement: &Requirement, notes: &Notes) -> Result<Row, ServiceError> {
    let policy = subject.policy;
    let id = &requirement.id;
    let keeping: Vec<_> = policy.compiled.sentences.iter().filter(|sentence| sentence.keeps.contains(id)).collect();
    let is = |word: &str| keeping.iter().any(|sentence| sentence.text.split_whitespace().next() == Some(word));
    let rules: BTreeSet<usize> = keeping
        .iter()
        .filter(|sentence| !matches!(sentence.text.split_whitespace().next(), Some("statement" | "manual")))
        .map(|sentence| sentence.line as usize)
        .collect();
    let showing: Vec<&Scenario> = policy.scenarios.iter().filter(|scenario| scenario.shows.contains(id)).collect();
    let mut clauses: Vec<String> = keeping.iter().map(|sentence| sentence.clause.clone()).collect();
    clauses.dedup();
    let mut out = Row {
        id: id.clone(),
        practice: requirement.practice.clone(),
        how: How::Missing,
        clauses,
        scenarios: showing.iter().map(|scenario| scenario.line).collect(),
        seen: String::new(),
    };
    let lacking = match by_machine(subject, requirement, &rules, &showing)? {
        Ok(seen) => {
            out.how = How::Machine;
            out.seen = seen;
            return Ok(out);
        }
        Err(lacking) => lacking,
    };
    (out.how, out.seen) = if let Some(test) = notes.elsewhere.get(id) {
        (How::Elsewhere, test.clone())
    } else if is("manual") {
        (How::Hand, manual(&keeping))
    } else if is("statement") {
        (How::Stated, "nothing to run".to_owned())
    } else if let Some(why) = notes.planned.get(id) {
        (How::Planned, why.clone())
    } else {
        (How::Missing, lacking)
    };
    Ok(out)
}

fn manual(keeping: &[&upheld_decide::Sentence]) -> String {
    let manual = keeping.iter().find_map(|sentence| sentence.text.strip_prefix("manual "));
    manual.unwrap_or_default().trim().to_owned()
}

/// What makes a row one that is kept by machine; or what it lacks for that.
fn by_machine(
    subject: &Subject<'_>,
    requirement: &Requirement,
    rules: &BTreeSet<usize>,
    showing: &[&Scenario],
) -> Result<Result<String, String>, ServiceError> {
    let lacks = |what: &str| Ok(Err(what.to_owned()));
    if rules.is_empty() {
        return lacks("no rule keeps it");
    }
    if showing.is_empty() {
        return lacks("no scenario shows it");
    }
    for scenario in showing {
        if let Some(failure) = scenario::run(subject.policy, scenario)?.failures.first() {
            return Ok(Err(format!("its scenario fails at line {}: {}", failure.line, failure.step)));
        }
    }
    let without = mutate::without(subject, rules);
    let fallen = fall(&without, showing)?;
    let Some(first) = fallen.first() else {
        // A claim takes nothing away when it goes: it is there for the sentence that would make it untrue.
        return Ok(claimed(subject, &requirement.id, showing)?.ok_or("its scenarios pass without its rule".to_owned()));
    };
    let mut seen = format!("without its rule {first}");
    if requirement.must_fail.is_none() {
        return Ok(Ok(seen));
    }
    let refused: Vec<(&Scenario, &Step)> = showing
        .iter()
        .flat_map(|scenario| scenario.steps.iter().map(move |step| (*scenario, step)))
        .filter(|(_, step)| step.kind.expects().is_some_and(|expects| !expects.allowed && expects.because.is_some()))
        .collect();
    if refused.is_empty() {
        return lacks("it says what must be refused, and no step that shows it is refused for a stated reason");
    }
    for (scenario, step) in refused {
        if falls(&without, scenario, step, &|_| true)? {
            seen.push_str(&format!("; the refusal at line {} falls with it", step.line));
            return Ok(Ok(seen));
        }
        for sentence in mutate::permitting(subject.policy, scenario, step) {
            let with = mutate::with(subject, &sentence);
            // A promise that the sentence meets does not let it in: the refusal rests on that promise.
            if falls(&with, scenario, step, &|code| CONFLICT.contains(&code))? {
                let sentence = sentence.lines().last().unwrap_or_default();
                seen.push_str(&format!("; the refusal at line {} stands against `{sentence}`", step.line));
                return Ok(Ok(seen));
            }
        }
    }
    lacks("its refusals stand whatever the rules say")
}

/// Where a claim keeps a requirement: a refusal of its scenarios that no sentence may undo without making the claim untrue.
fn claimed(subject: &Subject<'_>, id: &str, showing: &[&Scenario]) -> Result<Option<String>, ServiceError> {
    let keeps = |sentence: &&upheld_decide::Sentence| sentence.keeps.iter().any(|kept| kept == id);
    let mut keeping = subject.policy.compiled.sentences.iter().filter(keeps);
    if !keeping.any(|sentence| sentence.text.starts_with("prove ")) {
        return Ok(None);
    }
    for scenario in showing {
        let refused = |step: &&Step| step.kind.expects().is_some_and(|expects| !expects.allowed);
        for step in scenario.steps.iter().filter(refused) {
            for sentence in mutate::permitting(subject.policy, scenario, step) {
                if falls(&mutate::with(subject, &sentence), scenario, step, &|code| code == REFUTED)? {
                    let sentence = sentence.lines().last().unwrap_or_default();
                    return Ok(Some(format!(
                        "the claim keeps `{sentence}` out, and the refusal at line {}",
                        step.line
                    )));
                }
            }
        }
    }
    Ok(None)
}

/// What falls under a mutation: nothing compiles any more, or scenarios fail.
fn fall(mutated: &mutate::Mutated, showing: &[&Scenario]) -> Result<Vec<String>, ServiceError> {
    let policy = match mutated {
        mutate::Mutated::Compiles(policy) => policy,
        mutate::Mutated::Refused(code, why) => return Ok(vec![format!("nothing compiles ({code} {why})")]),
    };
    let mut out = Vec::new();
    for scenario in showing {
        let Some(same) = policy.scenarios.iter().find(|other| other.line == scenario.line) else { continue };
        if let Some(failure) = scenario::run(policy, same)?.failures.first() {
            out.push(format!("line {} fails: got {}", failure.line, failure.got));
        }
    }
    Ok(out)
}

/// The errors of a permission that meets a promise, and of one that makes a claim untrue.
const CONFLICT: [&str; 2] = ["UP0301", REFUTED];
const REFUTED: &str = "UP0310";

/// Whether a step comes out otherwise under a mutation, or the mutation is refused with an error that counts as much.
fn falls(
    mutated: &mutate::Mutated,
    scenario: &Scenario,
    step: &Step,
    counts: &dyn Fn(&str) -> bool,
) -> Result<bool, ServiceError> {
    let policy = match mutated {
        mutate::Mutated::Compiles(policy) => policy,
        mutate::Mutated::Refused(code, _) => return Ok(counts(code)),
    };
    let Some(same) = policy.scenarios.iter().find(|other| other.line == scenario.line) else { return Ok(false) };
    Ok(scenario::run(policy, same)?.failures.iter().any(|failure| failure.line == step.line))
}
