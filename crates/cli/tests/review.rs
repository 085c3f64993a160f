//! `upheld review` and what `upheld check` says of drift, from outside.

mod support;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use support::hosting_policy;

use support::told as upheld;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::copy(hosting_policy(), folder.path().join("privacy.md")).expect("copied");
    folder
}

fn change(folder: &Path, old: &str, new: &str) {
    let path = folder.join("privacy.md");
    let text = std::fs::read_to_string(&path).expect("read");
    assert!(text.contains(old), "{old}");
    std::fs::write(path, text.replacen(old, new, 1)).expect("written");
}

#[test]
fn what_was_reviewed_drifts_and_is_accepted_again() {
    let folder = folder();
    let path = folder.path();
    let (code, out, said) = upheld(path, &["review", "."]);
    assert_eq!(
        (code, out.contains("people.1 never reviewed"), said.contains("--accept")),
        (1, true, true),
        "{out}{said}"
    );
    let (code, out, _) = upheld(path, &["check", "."]);
    assert_eq!((code, out.contains("clauses never reviewed")), (0, true), "{out}");
    let (code, out, _) = upheld(path, &["check", ".", "--strict"]);
    assert_eq!((code, out.contains("finding[UP0701]")), (1, true), "{out}");

    let (code, out, said) = upheld(path, &["review", ".", "--all", "--by", "Ann Reader", "--on", "2026-12-01"]);
    assert_eq!((code, out.contains("accepted by Ann Reader")), (0, true), "{out}{said}");
    let (code, out, _) = upheld(path, &["check", ".", "--strict", "--locked"]);
    assert_eq!((code, out.contains("never reviewed")), (0, false), "{out}");
    assert_eq!(upheld(path, &["review", "."]).0, 0);

    change(path, "Larchfield keeps websites", "Larchfield runs websites");
    change(path, "ends at leaving", "ends at leaving  # the last day");
    let (code, out, _) = upheld(path, &["check", ".", "--format", "plain"]);
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("UP0702") && out.contains("`keeps` became `runs`") && out.contains("2026-12-01 by Ann Reader"),
        "{out}"
    );
    assert!(!out.contains("UP0703"), "a comment is no change: {out}");
    let (code, out, _) = upheld(path, &["review", ".", "--list"]);
    assert_eq!((code, out.contains("1 clause to review")), (1, true), "{out}");

    let id = "privacy-at-larchfield-hosting";
    let (code, _, said) = upheld(path, &["review", ".", "--accept", "people.7", "--by", "Bob"]);
    assert_eq!((code, said.contains("did you mean `people.")), (2, true), "{said}");
    assert_eq!(upheld(path, &["review", ".", "--accept", id]).0, 2, "a name is asked for");
    assert_eq!(upheld(path, &["review", ".", "--all", "--by", " "]).0, 2);
    assert_eq!(upheld(path, &["review", ".", "--all", "--by", "Bob", "--on", "soon"]).0, 2);
    let (code, out, said) = upheld(path, &["review", ".", "--accept", id, "--by", "Bob"]);
    assert_eq!((code, out.contains("clauses accepted by Bob")), (0, true), "{out}{said}");
    assert_eq!(upheld(path, &["check", ".", "--strict"]).0, 0);
}

#[test]
fn a_policy_with_errors_and_no_file_at_all_are_not_reviewed() {
    let folder = folder();
    change(folder.path(), "ends at leaving", "ends at laeving");
    let (code, _, said) = upheld(folder.path(), &["review", ".", "--all", "--by", "Ann"]);
    assert_eq!((code, said.contains("UP0101")), (2, true), "{said}");
    assert!(!folder.path().join("privacy.lock").exists());
    assert_eq!(upheld(folder.path(), &["review", "none.md"]).0, 2);
    assert_eq!(upheld(folder.path(), &["review", "-"]).0, 2);
}

/// In a terminal: one clause after the other, accepted, skipped, and left.
#[test]
#[cfg(target_os = "linux")]
fn in_a_terminal_it_asks_clause_after_clause() {
    if Command::new("script").arg("--version").output().is_err() {
        // Without util-linux there is no terminal to be had here.
        return;
    }
    let folder = folder();
    assert_eq!(upheld(folder.path(), &["review", ".", "--all", "--by", "Ann"]).0, 0);
    change(folder.path(), "Larchfield keeps websites", "Larchfield runs websites");
    change(folder.path(), "works on traffic_analysis,", "works on research, traffic_analysis,");
    let mut child = Command::new("script")
        .args(["-qec", &format!("{} review . --by Bob", env!("CARGO_BIN_EXE_upheld")), "/dev/null"])
        .current_dir(folder.path())
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script starts");
    child.stdin.take().expect("piped").write_all(b"what\na\ns\n").expect("written");
    let output = child.wait_with_output().expect("it ends");
    let out = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    assert!(out.contains("1 of 2") && out.contains("Larchfield [-keeps-] {+runs+} websites"), "{out}");
    assert!(out.contains("a, s or q") && out.contains("{+research,+}"), "{out}");
    assert!(out.contains("1 accepted, 1 skipped, 1 left to review"), "{out}");
    assert_eq!(output.status.code(), Some(1));
    let (_, out, _) = upheld(folder.path(), &["check", ".", "--format", "plain"]);
    assert!(out.contains("UP0703") && !out.contains("UP0702"), "{out}");
}
