//! A row of the scoreboard counts when taking its rule away makes its scenario fail.

use std::collections::{BTreeMap, BTreeSet};

use upheld_document::Source;
use upheld_policy::{Policy, load};
use upheld_service::scenario;

const POLICY: &str = include_str!("../../../policies/hosting-2009/privacy.md");

fn policy(text: String) -> Result<Policy, String> {
    let source = Source::new("privacy.md", text);
    let loaded = load(&source, None);
    loaded.policy.ok_or_else(|| {
        loaded.diagnostics.iter().map(|d| format!("{} {}", d.code, d.title)).collect::<Vec<_>>().join("; ")
    })
}

/// Runs the scenarios that show `row`: how many there are and how many fail.
fn run(policy: &Policy, row: &str) -> (usize, usize) {
    let shown: Vec<_> = policy.scenarios.iter().filter(|scenario| scenario.shows.iter().any(|id| id == row)).collect();
    let failed = shown.iter().filter(|one| !scenario::run(policy, one).expect("it runs").failures.is_empty()).count();
    (shown.len(), failed)
}

/// The policy's text without the sentences at `lines` (from 1) and what is indented below each of them. Lines stay where
/// they are, so that clause numbers and places do.
fn without(lines: &BTreeSet<usize>) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut out = Vec::new();
    let mut taken: Option<usize> = None;
    for (index, line) in POLICY.lines().enumerate() {
        if line.trim().is_empty()
            || line.trim_start().starts_with("```")
            || taken.is_some_and(|depth| indent(line) <= depth)
        {
            taken = None;
        }
        if taken.is_none() && lines.contains(&(index + 1)) {
            taken = Some(indent(line));
        }
        out.push(if taken.is_some() { "" } else { line });
    }
    out.join("\n") + "\n"
}

#[test]
fn every_shown_row_falls_when_its_rule_is_taken_out() {
    let whole = policy(POLICY.to_owned()).expect("the policy compiles");
    let mut kept: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for sentence in &whole.compiled.sentences {
        for row in &sentence.keeps {
            kept.entry(row.clone()).or_default().insert(sentence.line as usize);
        }
    }
    let shown: BTreeSet<&String> = whole.scenarios.iter().flat_map(|scenario| &scenario.shows).collect();
    for row in &shown {
        assert!(kept.contains_key(*row), "{row} is shown but no rule keeps it");
    }

    let (mut by_scenario, mut by_compiler, mut unmoved) = (Vec::new(), Vec::new(), Vec::new());
    for row in &shown {
        let (scenarios, failed) = run(&whole, row);
        assert!(scenarios > 0 && failed == 0, "{row}: {failed} of {scenarios} scenarios fail on the whole policy");
        match policy(without(&kept[*row])) {
            Ok(mutated) => {
                let (still, failed) = run(&mutated, row);
                assert_eq!(still, scenarios, "{row}: its scenarios are still there");
                if failed > 0 { by_scenario.push(row.as_str()) } else { unmoved.push(row.as_str()) }
            }
            Err(why) => by_compiler.push(format!("{row}: {why}")),
        }
    }
    println!("{} rows fall by a failing scenario: {}", by_scenario.len(), by_scenario.join(" "));
    println!("{} rows fall because the policy no longer compiles:\n  {}", by_compiler.len(), by_compiler.join("\n  "));
    assert!(unmoved.is_empty(), "nothing fails without the rule of: {}", unmoved.join(" "));
    assert!(by_scenario.len() + by_compiler.len() >= 30, "at least thirty rows");
}
