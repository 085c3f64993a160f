//! Ids of clauses outlive edits.

use upheld_document::{Lock, Source, parse};

/// Reads paragraphs under one heading; gives `number text` of each, and the lock.
fn number(paragraphs: &[&str], lock: Option<&Lock>) -> (Vec<String>, Lock) {
    let source = Source::new("privacy.md", format!("---\n---\n## S\n\n{}\n", paragraphs.join("\n\n")));
    let (document, lock, _) = parse(&source, lock);
    let ids = document.sections[0].clauses.iter().map(|clause| format!("{} {}", clause.id, clause.text)).collect();
    (ids, lock)
}

/// Writes one version after the other and checks the ids of the last.
fn check(versions: &[&[&str]], expected: &[&str]) {
    let mut lock = None;
    let mut ids = Vec::new();
    for version in versions {
        let (now, after) = number(version, lock.as_ref());
        assert_eq!(Lock::parse(&after.to_text()).unwrap(), after);
        (ids, lock) = (now, Some(after));
    }
    assert_eq!(ids, expected);
}

#[test]
fn insertion_and_order_do_not_touch_ids() {
    check(&[&["a", "b"], &["new", "a", "b"]], &["s.3 new", "s.1 a", "s.2 b"]);
    check(&[&["a", "b"], &["b", "a"]], &["s.2 b", "s.1 a"]);
    check(&[&["a", "a"], &["a", "a", "a"]], &["s.1 a", "s.2 a", "s.3 a"]);
    check(&[&["a b"], &["a\nb"]], &["s.1 a b"]);
}

#[test]
fn changed_prose_between_the_same_neighbours_keeps_its_number() {
    check(&[&["a", "b", "c"], &["a", "b, better", "c"]], &["s.1 a", "s.2 b, better", "s.3 c"]);
    check(&[&["a", "b"], &["c", "d"]], &["s.1 c", "s.2 d"]);
    // Changed, and another one beside it: which of the two is the old one is anybody's guess.
    check(&[&["a", "b", "c"], &["a", "x", "y", "c"]], &["s.1 a", "s.4 x", "s.5 y", "s.3 c"]);
    // A change in one place and a loss in another are not one clause that moved.
    check(&[&["a", "b", "c"], &["b", "c", "x"]], &["s.2 b", "s.3 c", "s.4 x"]);
}

#[test]
fn numbers_are_never_given_again() {
    check(&[&["a", "b"], &["a"], &["a", "b"]], &["s.1 a", "s.3 b"]);
    let (_, lock) = number(&["a", "b"], None);
    let elsewhere = Source::new("privacy.md", "---\n---\n## Other\n\nx\n");
    let (_, lock, _) = parse(&elsewhere, Some(&lock));
    assert_eq!(number(&["a"], Some(&lock)).0, ["s.3 a"]);
}

#[test]
fn a_damaged_lock_is_refused() {
    let lock = |text: &str| Lock::parse(text).map_err(|error| error.to_string());
    assert!(lock("").is_ok());
    assert!(lock("[section.s]\nlast = 1\n[[section.s.clauses]]\nnumber = 1\nprose = \"x\"\n").is_ok());
    for damaged in [
        "nonsense",
        "[section.s]\nlast = 1\n[[section.s.clauses]]\nnumber = 2\nprose = \"x\"\n",
        "[section.s]\nlast = 4294967295\n",
        "[section.s]\nlast = 2\n[[section.s.clauses]]\nnumber = 1\nprose = \"x\"\n[[section.s.clauses]]\nnumber = 1\nprose = \"y\"\n",
    ] {
        assert!(lock(damaged).unwrap_err().starts_with("not a lock of this version: "), "{damaged}");
    }
}
