//! `upheld check`, `explain` and `fmt` from outside: reports for code hosts, findings that are known, codes explained, rules
//! laid out.

mod support;

use std::process::Command;

use serde_json::Value;

use support::told as upheld;

const FRONT: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n";

/// A policy in which two names serve nothing.
fn policy() -> String {
    format!(
        "{FRONT}## Promises\n\nWe promise this.\n\n```upheld\nperson customer \"Has signed up\"\n  begins at sign_up\n\
         \x20 ends at leaving\npoint sign_up is form in \"www.example.org/join\"\npoint leaving is event\n\
         role desk, works on delivery\nrole guard\nrecipient courier is processor\n\
         we collect name from customer at sign_up for delivery\nwe keep name while customer\n```\n"
    )
}

fn written(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("privacy.md"), text).expect("written");
    folder
}

#[test]
fn findings_fail_and_are_allowed_with_a_reason() {
    let folder = written(&policy());
    let (code, out, _) = upheld(folder.path(), &["check", "."]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("finding[UP0406]") && out.contains("finding[UP0407]") && out.contains("2 findings"), "{out}");
    let allowed = policy().replace("role guard", "allow UP0406, UP0407 because \"they come in spring\"\nrole guard");
    let folder = written(&allowed);
    let (code, out, _) = upheld(folder.path(), &["check", "."]);
    assert_eq!(code, 0, "{out}");
}

#[test]
fn a_baseline_lets_what_is_known_pass_and_nothing_new() {
    let folder = written(&policy());
    let (code, out, said) = upheld(folder.path(), &["check", ".", "--write-baseline", "known.json"]);
    assert_eq!((code, said.contains("2 findings noted")), (0, true), "{out}{said}");
    let (code, out, _) = upheld(folder.path(), &["check", ".", "--baseline", "known.json"]);
    assert_eq!((code, out.contains("2 findings known")), (0, true), "{out}");

    // Lines move, and they are known all the same.
    let moved = policy().replace("## Promises", "## More {#more}\n\nMore.\n\n```upheld\nstatement\n```\n\n## Promises");
    std::fs::write(folder.path().join("privacy.md"), &moved).expect("written");
    assert_eq!(upheld(folder.path(), &["check", ".", "--baseline", "known.json"]).0, 0);

    // A new one counts, an error counts always, and what is gone is told.
    std::fs::write(folder.path().join("privacy.md"), moved.replace("role guard", "role guard\nrole porter"))
        .expect("written");
    let (code, out, _) = upheld(folder.path(), &["check", ".", "--baseline", "known.json"]);
    assert_eq!((code, out.contains("`porter`"), out.contains("`guard`")), (1, true, false), "{out}");
    std::fs::write(folder.path().join("privacy.md"), moved.replace("role guard", "we may use emial for delivery"))
        .expect("written");
    let (code, out, _) = upheld(folder.path(), &["check", ".", "--baseline", "known.json"]);
    assert_eq!((code, out.contains("UP0101")), (1, true), "{out}");
    let (code, ..) = upheld(folder.path(), &["check", ".", "--write-baseline", "other.json"]);
    assert_eq!((code, folder.path().join("other.json").exists()), (1, false));
    std::fs::write(folder.path().join("privacy.md"), moved.replace("role guard\n", "")).expect("written");
    let (code, _, said) = upheld(folder.path(), &["check", ".", "--baseline", "known.json"]);
    assert_eq!((code, said.contains("1 finding of the baseline")), (0, true), "{said}");

    std::fs::write(folder.path().join("known.json"), "{}").expect("written");
    let (code, _, said) = upheld(folder.path(), &["check", ".", "--baseline", "known.json"]);
    assert_eq!((code, said.contains("is not a baseline")), (2, true), "{said}");
    assert_eq!(upheld(folder.path(), &["check", ".", "--baseline", "none.json"]).0, 2);
}

#[test]
fn sarif_says_what_where_and_how_to_mend_it() {
    let text = policy().replace("role guard", "role guard\nwe may use emial for delivery");
    let folder = written(&text);
    let report = |more: &[&str]| -> Value {
        let args = [&["check", "privacy.md", "--format", "sarif"], more].concat();
        let (_, out, said) = upheld(folder.path(), &args);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{said}"))
    };
    let one = report(&[]);
    assert_eq!(one["version"], "2.1.0");
    let run = &one["runs"][0];
    let result = &run["results"][0];
    assert_eq!((result["ruleId"].as_str(), result["level"].as_str()), (Some("UP0101"), Some("error")));
    let place = &result["locations"][0]["physicalLocation"];
    let line = text.lines().position(|line| line.contains("emial")).expect("there") + 1;
    assert_eq!(place["artifactLocation"]["uri"], "privacy.md");
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&line.into(), &12.into()));
    let fix = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(fix["insertedContent"]["text"], "email");
    assert_eq!(fix["deletedRegion"], place["region"]);
    let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("a number") as usize];
    assert_eq!(rule["id"], "UP0101");
    assert!(rule["help"]["markdown"].as_str().expect("a text").contains("## Instead"));

    // Fingerprints stay while lines move.
    std::fs::write(folder.path().join("privacy.md"), policy()).expect("written");
    let prints = |report: &Value| -> Vec<Value> {
        let results = report["runs"][0]["results"].as_array().expect("a list").clone();
        results.into_iter().map(|result| result["partialFingerprints"].clone()).collect()
    };
    let before = prints(&report(&[]));
    assert_eq!(before.len(), 2);
    assert_ne!(before[0], before[1]);
    upheld(folder.path(), &["check", "privacy.md", "--write-baseline", "known.json"]);
    let moved = policy().replace("## Promises", "And more.\n\n```upheld\nstatement\n```\n\n## Promises");
    std::fs::write(folder.path().join("privacy.md"), moved.replace("role guard", "role porter\nrole guard"))
        .expect("written");
    let after = report(&["--baseline", "known.json"]);
    assert!(before.iter().all(|print| prints(&after).contains(print)), "{after:#}");
    let states: Vec<&str> = after["runs"][0]["results"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["baselineState"].as_str().expect("a state"))
        .collect();
    assert_eq!(states, ["new", "unchanged", "unchanged"]);
}

#[test]
fn codes_are_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, all, _) = upheld(folder.path(), &["explain"]);
    assert_eq!((code, all.lines().filter(|line| line.starts_with("UP")).count() >= 60), (0, true), "{all}");
    let (code, page, _) = upheld(folder.path(), &["explain", "UP0301"]);
    assert_eq!((code, page.contains("For example") && page.contains("except for newsletter")), (0, true), "{page}");
    assert_eq!(upheld(folder.path(), &["explain", "301"]), (0, page, String::new()));
    for line in all.lines().filter(|line| line.starts_with("UP")) {
        let (code, page, _) = upheld(folder.path(), &["explain", &line[..6]]);
        assert_eq!(code, 0, "{line}");
        assert!(
            page.lines().filter(|line| !line.starts_with("    ")).all(|line| line.chars().count() <= 100),
            "{page}"
        );
        assert!(!page.contains("```upheld\n\n") && page.starts_with(&line[..6]), "{page}");
    }
    let (code, _, said) = upheld(folder.path(), &["explain", "UP0331"]);
    assert_eq!((code, said.contains("did you mean")), (2, true), "{said}");
}

#[test]
fn rules_are_laid_out() {
    let messy =
        policy().replace("we collect name from", "we  collect name   from").replace("role guard", "role guard\n\n");
    let folder = written(&messy);
    let text = || std::fs::read_to_string(folder.path().join("privacy.md")).expect("read");
    let (code, out, _) = upheld(folder.path(), &["fmt", "--check", "."]);
    assert_eq!(code, 1, "{out}");
    let line = messy.lines().position(|line| line.starts_with("we  collect")).expect("there") + 1;
    assert!(out.contains(&format!("privacy.md:{line}:\n- we  collect name   from customer")), "{out}");
    assert!(out.contains("+ we collect name from customer") && out.contains("an empty line goes"), "{out}");
    assert_eq!(text(), messy);
    let (code, out, _) = upheld(folder.path(), &["fmt", "."]);
    assert_eq!((code, out.contains("privacy.md: formatted")), (0, true), "{out}");
    assert_eq!(text(), policy().replace("role guard", "role guard\n"));
    assert_eq!(upheld(folder.path(), &["fmt", "--check", "privacy.md"]), (0, String::new(), String::new()));
    assert_eq!(upheld(folder.path(), &["fmt", "."]), (0, String::new(), String::new()));

    // From standard input to standard output.
    let mut child = Command::new(env!("CARGO_BIN_EXE_upheld"))
        .args(["fmt", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the binary starts");
    std::io::Write::write_all(&mut child.stdin.take().expect("piped"), messy.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8(output.stdout).expect("UTF-8"), text());
    assert_eq!(upheld(folder.path(), &["fmt", "none.md"]).0, 2);
    assert_eq!(upheld(folder.path(), &["fmt"]).0, 2);
}
