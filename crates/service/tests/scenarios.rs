//! Every scenario of the policies passes on the real service, and one that fails says what, and by which clause.

use std::path::{Path, PathBuf};

use upheld_document::Source;
use upheld_policy::Policy;
use upheld_service::scenario::{self, Failure};

fn load(path: &Path) -> Policy {
    let text = std::fs::read_to_string(path).expect("the policy is read");
    compile(&path.display().to_string(), text)
}

fn compile(name: &str, text: String) -> Policy {
    let loaded = upheld_policy::load(&Source::new(name, text), None);
    let errors: Vec<String> =
        loaded.diagnostics.iter().map(|found| format!("{} {}", found.code, found.title)).collect();
    loaded.policy.unwrap_or_else(|| panic!("{name} compiles: {}", errors.join("; ")))
}

fn failures(policy: &Policy) -> Vec<Failure> {
    policy.scenarios.iter().flat_map(|one| scenario::run(policy, one).expect("the scenario runs").failures).collect()
}

/// The model policies, the policies of these tests, and what the tests of the language say about its meaning.
fn policies() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = |folder: PathBuf| {
        std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path()).collect::<Vec<_>>()
    };
    let mut out: Vec<PathBuf> =
        files(root.join("../../policies")).into_iter().map(|folder| folder.join("privacy.md")).collect();
    out.extend(files(root.join("../policy/tests/data/meaning")));
    out.extend(files(root.join("tests/policies")));
    out.retain(|path| path.is_file() && path.extension().is_some_and(|extension| extension == "md"));
    out.sort();
    out
}

#[test]
fn every_scenario_of_every_policy_passes() {
    let policies = policies();
    assert!(policies.iter().any(|path| path.ends_with("hosting-2009/privacy.md")), "the model policy is there");
    let mut wrong = String::new();
    let mut scenarios = 0;
    for path in policies {
        let policy = load(&path);
        scenarios += policy.scenarios.len();
        for failure in failures(&policy) {
            let Failure { line, step, expected, got } = failure;
            wrong.push_str(&format!("{}:{line}: {step}\n  expected {expected}\n  got      {got}\n", path.display()));
        }
    }
    assert!(wrong.is_empty(), "of {scenarios} scenarios:\n{wrong}");
    assert!(scenarios >= 25, "{scenarios} scenarios");
}

#[test]
fn a_failing_scenario_says_what_it_expects_and_which_clause_decided() {
    let policy = compile("wrong.md", include_str!("policies/wrong.txt").to_owned());
    let mut told = String::new();
    for Failure { line, step, expected, got } in failures(&policy) {
        told.push_str(&format!("{line}: {step}\n  expected: {expected}\n  got:      {got}\n"));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_scenario_leaves_nothing_for_the_next_one() {
    let policy = compile("bakery.md", include_str!("policies/bakery.md").to_owned());
    let one = policy.scenarios.first().expect("a scenario");
    let first = scenario::run(&policy, one).expect("it runs");
    let again = scenario::run(&policy, one).expect("it runs");
    assert_eq!(first, again);
    assert!(first.failures.is_empty(), "{:?}", first.failures);
}
