//! How far each clause of a policy reaches: written, tested, wired, enforced. The lowest that is true is what may be said.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use upheld_document::{Lock, Severity, Source};

use super::{Subject, mutate};
use crate::error::ServiceError;
use crate::scenario;
use crate::service::Service;

/// How many days back an enforcement point counts.
const DAYS: i64 = 30;

/// How many entries of the log are read at once.
const ENTRIES: u64 = 5_000;

/// How far a clause reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// There is nothing to run.
    Stated,
    /// People keep it.
    Hand,
    /// Its rules compile, and nothing shows them.
    Written,
    /// A scenario shows them, and fails without them.
    Tested,
    /// Besides, a question that they decided was put in the last 30 days.
    Wired,
    /// Besides, an act that they decided was done or refused in the last 30 days.
    Enforced,
}

impl Reach {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Hand => "by hand",
            Self::Written => "written",
            Self::Tested => "tested",
            Self::Wired => "wired",
            Self::Enforced => "enforced",
        }
    }
}

/// A clause and how far it reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClauseReach {
    /// Its id.
    pub clause: String,
    /// Its section as printed.
    pub section: String,
    /// How far it reaches.
    pub reach: Reach,
    /// Whether nothing compiles without it: its names are used elsewhere.
    pub leaned_on: bool,
    /// Lines at which scenarios begin that fail without it.
    pub scenarios: Vec<u32>,
    /// How many acts of the last 30 days it decided.
    pub acts: u64,
    /// How many questions of the last 30 days it decided.
    pub questions: u64,
}

/// How often each clause decided something in the last 30 days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Used {
    acts: BTreeMap<String, u64>,
    questions: BTreeMap<String, u64>,
}

impl Service {
    /// How often each clause decided an act or a question in the last 30 days.
    ///
    /// # Errors
    ///
    /// When the store fails or an entry is damaged.
    pub fn used(&self) -> Result<Used, ServiceError> {
        let since = self.0.now().as_millisecond() - DAYS * 24 * 3_600_000;
        let mut out = Used { questions: self.asked(since)?, ..Used::default() };
        let size = self.0.store.read(|tx| Ok::<_, ServiceError>(upheld_evidence::head(tx, &self.0.log_key)?.0))?;
        // From the newest back, until they are too old.
        let mut end = size;
        while end > 0 {
            let from = end.saturating_sub(ENTRIES);
            let entries = self.log_entries(from, end - from)?;
            let old = entries.first().is_some_and(|first| first.entry.at < since);
            for placed in entries.iter().filter(|placed| placed.entry.at >= since) {
                for clause in &placed.entry.clauses {
                    *out.acts.entry(clause.clone()).or_default() += 1;
                }
            }
            if old {
                break;
            }
            end = from;
        }
        Ok(out)
    }
}

/// How far each clause of a policy reaches. Clauses without any sentence are left out.
///
/// # Errors
///
/// When the policy has errors, or a scenario cannot be run.
pub fn reach(
    text: &str,
    lock: Option<&Lock>,
    used: &Used,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<ClauseReach>, ServiceError> {
    let loaded = upheld_policy::load(&Source::new("privacy.md", text), lock);
    let Some(policy) = loaded.policy else {
        return Err(ServiceError::Policy(
            loaded.diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect(),
        ));
    };
    let subject = Subject { text, lock, policy: &policy };
    let mut clauses: Vec<(&str, &str)> = Vec::new();
    for sentence in &policy.compiled.sentences {
        if !clauses.iter().any(|(clause, _)| *clause == sentence.clause) {
            clauses.push((&sentence.clause, &sentence.section));
        }
    }
    let mut out = Vec::new();
    for (index, (clause, section)) in clauses.iter().enumerate() {
        progress(index, clauses.len());
        out.push(one(&subject, clause, section, used)?);
    }
    Ok(out)
}

fn one(subject: &Subject<'_>, clause: &str, section: &str, used: &Used) -> Result<ClauseReach, ServiceError> {
    let sentences = subject.policy.compiled.sentences.iter().filter(|sentence| sentence.clause == clause);
    let first = |text: &str| text.split_whitespace().next().unwrap_or_default().to_owned();
    let words: BTreeSet<String> = sentences.clone().map(|sentence| first(&sentence.text)).collect();
    let rules: BTreeSet<usize> = sentences
        .filter(|sentence| !matches!(first(&sentence.text).as_str(), "statement" | "manual"))
        .map(|sentence| sentence.line as usize)
        .collect();
    let count = |of: &BTreeMap<String, u64>| of.get(clause).copied().unwrap_or_default();
    let (acts, questions) = (count(&used.acts), count(&used.questions));
    let falling = if rules.is_empty() { Some(Vec::new()) } else { falling(subject, &rules)? };
    let leaned_on = falling.is_none();
    let scenarios = falling.unwrap_or_default();
    // Where nothing compiles, no scenario can be read, either.
    let shown = !scenarios.is_empty() || (leaned_on && !subject.policy.scenarios.is_empty());
    let reach = match (rules.is_empty(), !shown) {
        (true, _) if words.contains("manual") => Reach::Hand,
        (true, _) => Reach::Stated,
        (false, true) => Reach::Written,
        (false, false) if acts > 0 => Reach::Enforced,
        (false, false) if questions > 0 => Reach::Wired,
        (false, false) => Reach::Tested,
    };
    let (clause, section) = (clause.to_owned(), section.to_owned());
    Ok(ClauseReach { clause, section, reach, leaned_on, scenarios, acts, questions })
}

/// The scenarios that fail without these sentences; none where nothing compiles any more.
fn falling(subject: &Subject<'_>, rules: &BTreeSet<usize>) -> Result<Option<Vec<u32>>, ServiceError> {
    let policy = match mutate::without(subject, rules) {
        mutate::Mutated::Compiles(policy) => policy,
        mutate::Mutated::Refused(..) => return Ok(None),
    };
    let mut out = Vec::new();
    for one in &policy.scenarios {
        if !scenario::run(&policy, one)?.failures.is_empty() {
            out.push(one.line);
        }
    }
    Ok(Some(out))
}
