//! `upheld prove` from outside: what is proved, and what shows that something is not (R100, R101).

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const POLICY: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n## News {#news}\n\nNews, if you like.\n\n```upheld\n\
person customer \"Has signed up\"\n  begins at sign_up\npoint sign_up is form in \"www.example.org/join\"\n\
role mailer program, works on newsletter, delivery\nrole counsel, works on legal_process\nrole clerk, works on legal_process\n\
recipient courier is processor\n\
ground legal_process \"An order\"\n  needs issuer\n  needs finding \"valid\" by counsel\n\
we collect name, email, address from customer at sign_up for delivery\n\
we may use email of customer for newsletter\ncustomer may agree to newsletter \"News\" via link\n\
we may share address of customer with courier for delivery\nclerk may share name of customer with court on legal_process\n```\n";

fn prove(folder: &Path, claims: &[&str]) -> (i32, Vec<Value>) {
    let Output { status, stdout, .. } = Command::new(env!("CARGO_BIN_EXE_upheld"))
        .args(["prove", "privacy.md", "--format", "json"])
        .args(claims)
        .current_dir(folder)
        .env_clear()
        .output()
        .expect("the binary starts");
    (status.code().expect("a code"), serde_json::from_slice(&stdout).expect("JSON"))
}

fn written(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("privacy.md"), text).expect("written");
    folder
}

/// R100
#[test]
fn what_no_rule_permits_is_proved() {
    let folder = written(POLICY);
    let claims = [
        "we never sell anything",
        "we never share email with anyone",
        "we never use email for newsletter unless they have agreed to newsletter",
        "we never share name unless customer",
        "mailer never share name",
    ];
    let (code, results) = prove(folder.path(), &claims);
    assert_eq!(
        results.iter().map(|one| one["proved"].as_bool()).collect::<Vec<_>>(),
        [Some(true), Some(true), Some(true), Some(false), Some(true)]
    );
    assert_eq!(code, 1);
    let (code, _) = prove(folder.path(), &claims[..3]);
    assert_eq!(code, 0);
}

/// R101: the question is allowed, and its scenario runs and fails when the permission is gone.
#[test]
fn what_refutes_a_claim_runs() {
    let folder = written(POLICY);
    let claims = [
        "we never use email for newsletter",
        "we never share anything with courier",
        "we never share identifying with court",
        "we never collect address",
    ];
    let (code, results) = prove(folder.path(), &claims);
    assert_eq!((code, results.len()), (1, 4));
    for one in &results {
        assert_eq!(one["proved"], false, "{one}");
        let steps = one["scenario"].as_str().unwrap_or_else(|| panic!("a scenario: {one}"));
        let question = one["question"].to_string();
        let upheld = |args: &[&str], folder: &Path| {
            let run = Command::new(env!("CARGO_BIN_EXE_upheld")).args(args).current_dir(folder).env_clear().output();
            run.expect("the binary starts").status.code()
        };
        assert_eq!(upheld(&["decide", "privacy.md", "--question", &question], folder.path()), Some(0), "{question}");
        let with = written(&format!("{POLICY}\n```scenario\n{steps}```\n"));
        assert_eq!(upheld(&["test", "privacy.md"], with.path()), Some(0), "{steps}");
        let sentence = one["because"][0]["sentence"].as_str().expect("a sentence");
        let gone = written(&format!("{}\n```scenario\n{steps}```\n", POLICY.replace(&format!("{sentence}\n"), "")));
        assert_ne!(upheld(&["test", "privacy.md"], gone.path()), Some(0), "without `{sentence}`: {steps}");
    }
    assert_eq!(results[0]["question"]["facts"]["agreed newsletter"], true);
    assert_eq!(results[2]["question"]["facts"]["on legal_process"], true);
}

#[test]
fn what_is_no_claim_is_said_so() {
    let folder = written(POLICY);
    let (code, results) = prove(folder.path(), &["we may use email for newsletter", "we never use emial", ""]);
    let codes: Vec<&Value> = results.iter().map(|one| &one["errors"][0]["code"]).collect();
    assert_eq!((code, codes), (2, vec![&Value::from("UP0005"), &Value::from("UP0101"), &Value::from("UP0005")]));
}

/// R125: the claims of a policy itself.
#[test]
fn a_policy_that_claims_too_much_is_told_so_with_a_scenario_that_runs() {
    let claiming = POLICY.replacen("```\n", "prove we never share anything with processor\n```\n", 2);
    let claiming = claiming.replacen("prove we never share anything with processor\n```upheld", "```upheld", 1);
    let folder = written(&claiming);
    let run = |args: &[&str]| {
        let upheld =
            Command::new(env!("CARGO_BIN_EXE_upheld")).args(args).current_dir(folder.path()).env_clear().output();
        let Output { status, stdout, stderr } = upheld.expect("the binary starts");
        (status.code(), String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr))
    };
    let (code, said) = run(&["check", "privacy.md", "--format", "plain"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("error[UP0310]") && said.contains("permitted by `news.1`"), "{said}");
    let steps = said.split("as a scenario, which runs: ").nth(1).and_then(|rest| rest.lines().next()).expect("steps");
    assert!(steps.contains("may share ann's address for delivery with courier"), "{steps}");
    let (code, said) = run(&["test", "privacy.md"]);
    assert_ne!(code, Some(0), "{said}");
}
