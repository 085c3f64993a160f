//! Rules in a file of their own: the text holds no code, and every diagnostic points into the file that its line is from.

mod support;

use support::said as upheld;

const TEXT: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\nrules: rules/privacy.rules.md\n---\n\n# Privacy\n\n\
## Joining {#joining}\n\nWho joins gives a name.\n\nA name is gone thirty days after you leave.\n\n\
## News {#news}\n\n- We send news to customers,\n- until they say stop.\n";

const RULES: &str = "# The rules\n\nThey keep what `privacy.md` says.\n\n## joining.1\n\n```upheld\nperson customer \"Has signed up\"\n\
\x20 begins at sign_up\n  ends at leaving\npoint sign_up is form\npoint leaving is event\nrole desk, works on newsletter, delivery\n\
we collect name from customer at sign_up for delivery\n```\n\n```scenario\nit is 2026-12-02\nann at sign_up with name \"Ann\"\n\
desk may use ann's name for delivery\n```\n\n## news\n\n```upheld\nwe may use name of customer for newsletter\n\
customer may refuse newsletter\n```\n\n## joining.2\n\n```upheld\nwe keep name of customer while customer, then erase within 30 days\n```\n";

fn folder(rules: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("rules")).expect("made");
    std::fs::write(folder.path().join("privacy.md"), TEXT).expect("written");
    std::fs::write(folder.path().join("rules/privacy.rules.md"), rules).expect("written");
    folder
}

fn line_of(text: &str, word: &str) -> usize {
    text.lines().position(|line| line.contains(word)).expect("there") + 1
}

#[test]
fn text_and_rules_are_one_policy() {
    let folder = folder(RULES);
    let path = folder.path();
    let (code, out) = upheld(path, &["check", "."]);
    assert_eq!((code, out.contains("3 clauses") && out.contains("no findings")), (0, true), "{out}");
    let (code, out) = upheld(path, &["test", "."]);
    assert_eq!((code, out.contains("1 passed")), (0, true), "{out}");
    assert_eq!(upheld(path, &["fmt", "--check", "privacy.md", "rules/privacy.rules.md"]).0, 0);
    assert_eq!(upheld(path, &["review", ".", "--all", "--by", "Ann"]).0, 0);
    assert_eq!(upheld(path, &["check", ".", "--strict", "--locked"]).0, 0);
    // What is stored is one text, which needs no file beside it.
    let (code, out) = upheld(path, &["activate", "privacy.md", "--by", "Ines"]);
    assert_eq!(code, 0, "{out}");
    assert_eq!(upheld(path, &["status"]).0, 0);
    std::fs::remove_file(path.join("rules/privacy.rules.md")).expect("removed");
    let (code, out) = upheld(path, &["check", "."]);
    assert_eq!((code, out.contains("cannot open the rules")), (2, true), "{out}");
    assert_eq!(upheld(path, &["status"]).0, 0, "the store has it all");
}

// R108
#[test]
fn diagnostics_point_into_the_file_of_their_line() {
    let broken = RULES.replace("name of customer for newsletter", "nmae of customer for newsletter");
    let folder = folder(&broken);
    let path = folder.path();
    let line = line_of(&broken, "nmae");
    let (code, out) = upheld(path, &["check", ".", "--format", "plain"]);
    assert_eq!(code, 1);
    assert!(out.contains(&format!("./rules/privacy.rules.md:{line}:12: error[UP0101]")), "{out}");
    let (_, out) = upheld(path, &["check", "."]);
    assert!(
        out.contains(&format!("--> ./rules/privacy.rules.md:{line}:12")) && out.contains("we may use nmae of"),
        "{out}"
    );
    let (_, out) = upheld(path, &["check", ".", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(json[0]["file"], "./rules/privacy.rules.md");
    let span = &json[0]["labels"][0]["span"];
    let bytes = span["start"].as_u64().expect("a number") as usize..span["end"].as_u64().expect("a number") as usize;
    assert_eq!((&broken[bytes], span["line"].as_u64()), ("nmae", Some(line as u64)));
    let (_, out) = upheld(path, &["check", ".", "--format", "sarif"]);
    let sarif: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "rules/privacy.rules.md");
    assert_eq!(place["region"]["startLine"].as_u64(), Some(line as u64));

    // In the text, and across both.
    std::fs::write(path.join("rules/privacy.rules.md"), RULES).expect("written");
    assert_eq!(upheld(path, &["review", ".", "--all", "--by", "Ann"]).0, 0);
    let changed = TEXT.replace("- until they say stop.", "- generally until they say so.");
    std::fs::write(path.join("privacy.md"), &changed).expect("written");
    std::fs::write(
        path.join("rules/privacy.rules.md"),
        RULES.replace("refuse newsletter", "refuse newsletter via link"),
    )
    .expect("written");
    let (_, out) = upheld(path, &["check", ".", "--format", "plain"]);
    assert!(out.contains("./privacy.md:22:1: finding[UP0702]"), "{out}");
    let at = line_of(RULES, "we may use name");
    assert!(out.contains(&format!("  at ./rules/privacy.rules.md:{at}:1: `via link` is new")), "{out}");
    assert!(out.contains("./privacy.md:23:3: finding[UP0708]"), "{out}");
    let (_, out) = upheld(path, &["check", "."]);
    assert!(out.contains("--> ./privacy.md:22:1") && out.contains("::: ./rules/privacy.rules.md"), "{out}");

    // A worked example that fails.
    std::fs::write(path.join("rules/privacy.rules.md"), RULES.replace("desk may use ann's", "desk may not use ann's"))
        .expect("written");
    let (code, out) = upheld(path, &["test", "."]);
    let at = line_of(RULES, "desk may use ann's");
    assert_eq!((code, out.contains(&format!("failed: ./rules/privacy.rules.md:{at}:"))), (1, true), "{out}");
}

// R108
#[test]
fn rules_that_belong_to_no_clause_are_errors() {
    for (rules, heading, title, help) in [
        (
            RULES.replace("## joining.2", "## joinin.2"),
            "## joinin.2",
            "no clause `joinin.2`",
            "did you mean `joining.2`?",
        ),
        (
            RULES.replace("## joining.2", "## joining"),
            "## joining",
            "section `joining` has several clauses",
            "`joining.1`, `joining.2`",
        ),
        (format!("```upheld\nstatement\n```\n\n{RULES}"), "```upheld", "stands below no heading", "## payment.1"),
    ] {
        let folder = folder(&rules);
        let (code, out) = upheld(folder.path(), &["check", ".", "--format", "plain"]);
        assert_eq!(code, 1, "{out}");
        assert!(out.contains("error[UP0712]") && out.contains(title) && out.contains(help), "{out}");
        let line = rules.lines().position(|line| line == heading).expect("there") + 1;
        assert!(out.contains(&format!("./rules/privacy.rules.md:{line}:1: error[UP0712]")), "{out}");
        let (_, out) = upheld(folder.path(), &["check", "."]);
        assert!(out.contains(&format!("--> ./rules/privacy.rules.md:{line}:1")), "{out}");
        assert_eq!(upheld(folder.path(), &["test", "."]).0, 2);
        let lock = folder.path().join("privacy.lock");
        assert!(!lock.exists(), "an error writes no lock");
    }
}

#[test]
fn the_file_may_be_named_on_the_command_line() {
    let folder = folder(RULES);
    let path = folder.path();
    std::fs::write(path.join("privacy.md"), TEXT.replace("rules: rules/privacy.rules.md\n", "")).expect("written");
    assert_eq!(upheld(path, &["check", "privacy.md"]).0, 1, "clauses without rules");
    let (code, out) = upheld(path, &["check", "privacy.md", "--rules", "rules/privacy.rules.md"]);
    assert_eq!(code, 0, "{out}");
    assert_eq!(upheld(path, &["check", "privacy.md", "--rules", "none.md"]).0, 2);
    assert_eq!(upheld(path, &["check", "-", "--rules", "rules/privacy.rules.md"]).0, 2);
}

#[test]
fn blocks_in_both_files_stand_one_below_the_other() {
    let folder = folder(RULES);
    let path = folder.path();
    let both = TEXT.replace("after you leave.\n", "after you leave.\n\n```upheld\nstatement\n```\n");
    std::fs::write(path.join("privacy.md"), both).expect("written");
    let (code, out) = upheld(path, &["check", "."]);
    assert_eq!(code, 0, "{out}");
}
