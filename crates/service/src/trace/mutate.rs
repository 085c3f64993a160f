//! Mutations of a policy's text: a rule taken out, a sentence put in.

use std::collections::BTreeSet;

use upheld_decide::{Action, Compiled, Form, PointKind, Reason};
use upheld_document::{Severity, Source};
use upheld_policy::Policy;
use upheld_policy::scenario::{Because, Scenario, Step, StepKind};

use super::Subject;

/// What became of a mutated text.
pub(super) enum Mutated {
    /// A policy.
    Compiles(Box<Policy>),
    /// Nothing: code and words of the first error.
    Refused(&'static str, String),
}

/// Whether a claim of the policy that the mutation refutes refuses the mutation.
#[derive(Clone, Copy)]
enum Claims {
    Count,
    LetBe,
}

fn load(subject: &Subject<'_>, text: String, claims: Claims) -> Mutated {
    let source = Source::new("privacy.md", text);
    // That a claim falls with the rule says nothing of the scenario: it is run all the same.
    let loaded = match claims {
        Claims::Count => upheld_policy::load(&source, subject.lock),
        Claims::LetBe => upheld_policy::load_unproved(&source, subject.lock),
    };
    let error = loaded.diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error);
    match (loaded.policy, error) {
        (Some(policy), _) => Mutated::Compiles(Box::new(policy)),
        (None, Some(error)) => Mutated::Refused(error.code, error.title.clone()),
        (None, None) => Mutated::Refused("", "no policy".to_owned()),
    }
}

/// The policy without the sentences at these lines (from 1) and what is indented below each of them. The other lines stay
/// where they are, and with them clauses, numbers and places.
pub(super) fn without(subject: &Subject<'_>, lines: &BTreeSet<usize>) -> Mutated {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut out = String::with_capacity(subject.text.len());
    let mut taken: Option<usize> = None;
    for (index, line) in subject.text.lines().enumerate() {
        let outside = line.trim().is_empty() || line.trim_start().starts_with("```");
        if outside || taken.is_some_and(|depth| indent(line) <= depth) {
            taken = None;
        }
        if taken.is_none() && lines.contains(&(index + 1)) {
            taken = Some(indent(line));
        }
        if taken.is_none() {
            out.push_str(line);
        }
        out.push('\n');
    }
    load(subject, out, Claims::LetBe)
}

/// The policy with sentences put in at its end.
pub(super) fn with(subject: &Subject<'_>, sentences: &str) -> Mutated {
    load(subject, format!("{}\n\n```upheld\n{sentences}\n```\n", subject.text.trim_end()), Claims::Count)
}

/// Sentences that would permit exactly what a step is refused; one for each way of saying it that may matter. None for
/// steps that no permission could let pass.
pub(super) fn permitting(policy: &Policy, scenario: &Scenario, step: &Step) -> Vec<String> {
    let compiled = &policy.compiled;
    match &step.kind {
        StepKind::May { action: action @ (Action::Collect | Action::Require), data, point: Some(point), .. } => {
            collecting(compiled, point, data, *action == Action::Collect)
        }
        StepKind::May { actor, action, data, form, purpose, case, recipient, .. } => {
            let mut sentence = declaration(compiled, recipient.as_deref(), purpose.as_deref());
            sentence.push_str(&format!("{actor} may {} {}", action.word(), data.join(", ")));
            match form {
                Form::Identified => {}
                Form::Pseudonymous => sentence.push_str(" as pseudonym"),
                Form::Aggregate(k) => sentence.push_str(&format!(" as aggregate of {k}")),
            }
            if let Some(purpose) = purpose {
                sentence.push_str(&format!(" for {purpose}"));
            }
            if let Some(recipient) = recipient {
                sentence.push_str(&format!(" with {recipient}"));
            }
            if let Some(ground) = case.as_ref().and_then(|case| ground_of(scenario, case)) {
                sentence.push_str(&format!(" on {ground}"));
            }
            vec![sentence]
        }
        StepKind::Compares { actor, element, purpose: Some(purpose), .. } => {
            vec![format!("{}{actor} may use {element} for {purpose}", declaration(compiled, None, Some(purpose)))]
        }
        StepKind::At { point, values, expects, .. }
            if matches!(expects.because, Some(Because::Reason(Reason::NotDeclaredThere))) =>
        {
            let taken = |name: &String| {
                let point = compiled.points.iter().find(|known| compiled.names.points.name(known.id.0) == point);
                let id = compiled.names.data.id(name);
                point.is_some_and(|point| point.takes.iter().any(|taken| Some(taken.element.0) == id))
            };
            let undeclared: Vec<String> = values.keys().filter(|name| !taken(name)).cloned().collect();
            collecting(compiled, point, &undeclared, true)
        }
        _ => Vec::new(),
    }
}

/// A sentence that collects data at a point, for each kind of person whose data is taken there already.
fn collecting(compiled: &Compiled, point: &str, data: &[String], may: bool) -> Vec<String> {
    let names = &compiled.names;
    let Some(point) = compiled.points.iter().find(|known| names.points.name(known.id.0) == point) else {
        return Vec::new();
    };
    let purpose = point.takes.iter().flat_map(|taken| &taken.purposes).next();
    let Some(purpose) = purpose.map(|purpose| names.purposes.name(purpose.0)) else { return Vec::new() };
    let mut kinds: Vec<u16> = point
        .takes
        .iter()
        .filter_map(|taken| names.origins.get(taken.origin.index()))
        .map(|origin| origin.capacity.0)
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    let from = if point.kind == PointKind::Form { "from" } else { "of" };
    let may = if may { "may " } else { "" };
    let point = names.points.name(point.id.0);
    kinds
        .into_iter()
        .map(|kind| {
            format!("we {may}collect {} {from} {} at {point} for {purpose}", data.join(", "), names.kinds.name(kind))
        })
        .collect()
}

/// Declarations of names that a step uses and the policy does not have.
fn declaration(compiled: &Compiled, recipient: Option<&str>, purpose: Option<&str>) -> String {
    let mut out = String::new();
    if let Some(name) = recipient.filter(|name| compiled.names.recipients.id(name).is_none()) {
        out.push_str(&format!("recipient {name} is third_party\n"));
    }
    if let Some(name) = purpose.filter(|name| compiled.names.purposes.id(name).is_none()) {
        out.push_str(&format!("purpose {name} \"Put in\"\n"));
    }
    out
}

/// The ground of a case that a scenario opened.
fn ground_of<'s>(scenario: &'s Scenario, name: &str) -> Option<&'s str> {
    scenario.steps.iter().find_map(|step| match &step.kind {
        StepKind::Opens { case, ground, .. } if case == name => Some(ground.as_str()),
        _ => None,
    })
}
