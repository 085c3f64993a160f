//! Runs the worked examples of a policy on the real service: a store in memory and a clock that the steps set.

use serde::Serialize;
use upheld_policy::Policy;
use upheld_policy::scenario::Scenario;

use crate::error::ServiceError;

/// What came of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The clause below which it stands.
    pub clause: String,
    /// The line at which it begins, from 1.
    pub line: u32,
    /// Requirements that it shows.
    pub shows: Vec<String>,
    /// Steps that did not come out as expected; empty: it passed.
    pub failures: Vec<Failure>,
}

/// A step that did not come out as expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its line in the policy, from 1.
    pub line: u32,
    /// As written.
    pub step: String,
    /// What it expects.
    pub expected: String,
    /// What happened, with the deciding clause.
    pub got: String,
}

/// Runs one scenario.
///
/// # Errors
///
/// When the service fails; a step that comes out otherwise is a [`Failure`].
pub fn run(policy: &Policy, scenario: &Scenario) -> Result<Outcome, ServiceError> {
    let _ = (policy, scenario);
    unimplemented!()
}
