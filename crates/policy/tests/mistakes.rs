//! The likeliest mistakes in each sentence, and what they are told: one file of mistakes for each sentence, and one snapshot.
//!
//! A mistake is told where it stands, in one error or finding, with what to write instead.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use upheld_document::{Format, Source, print};

/// A policy in which everything is in order but the mistake.
const BEFORE: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n## Names\n\nWhat our words mean.\n\n```upheld\n\
person customer\n  begins at sign_up\npoint sign_up is form in \"www.example.org/join\"\npoint leaving is event\n\
role desk, works on newsletter, delivery\nrecipient courier is processor\n\
we collect email, name, address from customer at sign_up for newsletter, delivery\ncustomer may refuse delivery via link\n\
customer may agree to newsletter via link\n```\n\n## Promises\n\nWe promise this.\n\n";

fn told(fence: &str, mistake: &str) -> String {
    let before = if fence == "scenario" { "```upheld\nstatement\n```\n\n" } else { "" };
    let source = Source::new("privacy.md", format!("{BEFORE}{before}```{fence}\n{mistake}\n```\n"));
    let shown = print(&upheld_policy::load(&source, None).diagnostics, &source, Format::Plain);
    // Where it is within the mistake; the lines before it are the same for all.
    let first = BEFORE.lines().count() + before.lines().count() + 1;
    let mut out = String::new();
    for line in shown.lines() {
        let placed = line.strip_prefix("privacy.md:").and_then(|rest| {
            let (number, rest) = rest.split_once(':')?;
            Some((number.parse::<usize>().ok()?, rest))
        });
        match placed {
            Some((number, rest)) if number > first => {
                let _ = writeln!(out, "  {}:{}", number - first, rest.replace(" (in §1.2 Promises)", ""));
            }
            Some((number, rest)) => {
                let _ = writeln!(out, "  above, line {number}:{rest}");
            }
            None => {
                let _ = writeln!(out, "  {line}");
            }
        }
    }
    if out.is_empty() { "  nothing\n".to_owned() } else { out }
}

#[test]
fn each_mistake_is_told_where_it_stands_with_what_to_write_instead() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/mistakes");
    let files = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    for path in files.collect::<BTreeSet<_>>() {
        let sentence = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let fence = if sentence == "scenario" { "scenario" } else { "upheld" };
        let mistakes = std::fs::read_to_string(&path).expect("a file of mistakes");
        let mut shown = String::new();
        let mistakes: Vec<&str> = mistakes.trim_end().split("\n\n").collect();
        assert!(mistakes.len() >= 10, "{sentence}: ten mistakes at least");
        for mistake in mistakes {
            assert!(told(fence, mistake).contains("error[UP"), "{mistake}: it is told");
            let _ = writeln!(shown, "{mistake}\n{}", told(fence, mistake));
        }
        insta::assert_snapshot!(sentence, shown);
    }
}
