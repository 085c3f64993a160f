//! Prose and rules held together by the lock: what drifts is found, what does not count is not, and reviews outlive edits.

use upheld_document::{Format, Lock, Source, print};
use upheld_policy::review::reviewed;

const FRONT: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n";

const TEXT: &str = "## Joining {#joining}\n\nWho joins gives a name and an address.\n\n```upheld\n\
person customer \"Has signed up\"\n  begins at sign_up\n  ends at leaving\npoint sign_up is form\npoint leaving is event\n\
role desk, works on newsletter, delivery\nwe collect name, email from customer at sign_up for delivery\n\
we keep name, email of customer while customer, then erase within 30 days\n```\n\n\
## News {#news}\n\nWe send news until you say stop. You may stop them at any time.\n\n```upheld\n\
we may use email of customer for newsletter    keeps A-1\ncustomer may refuse newsletter\n  keeps A-2\n```\n";

fn text() -> String {
    format!("{FRONT}{TEXT}")
}

/// The lock after everything was reviewed.
fn lock() -> Lock {
    let source = Source::new("privacy.md", text());
    let read = upheld_policy::read(&source, None);
    let mut lock = read.lock;
    for clause in reviewed(&source, &read.document, &lock.clone()) {
        assert!(lock.accept(&clause.clause, clause.accepted("Ann Reader", "2026-12-01")));
    }
    // As a file it says the same.
    Lock::parse(&lock.to_text()).unwrap()
}

fn found(text: &str, lock: &Lock) -> (String, Vec<&'static str>) {
    let source = Source::new("privacy.md", text);
    let checked = upheld_policy::check_strictly(&source, Some(lock));
    let shown = print(&checked.diagnostics, &source, Format::Human { color: false });
    (shown, checked.diagnostics.iter().map(|one| one.code).collect())
}

#[test]
fn up0701_never_reviewed() {
    let (shown, codes) = found(&(text() + "\n## More\n\nMore.\n\n```upheld\nstatement\n```\n"), &lock());
    assert_eq!(codes, ["UP0701"]);
    insta::assert_snapshot!(shown);
}

#[test]
fn up0702_prose_changed() {
    let (shown, codes) = found(&text().replace("at any time", "within three days"), &lock());
    assert_eq!(codes, ["UP0702"]);
    insta::assert_snapshot!(shown);
}

#[test]
fn up0702_both_changed() {
    let changed =
        text().replace("at any time", "within three days").replace("refuse newsletter", "refuse newsletter via link");
    let (shown, codes) = found(&changed, &lock());
    assert_eq!(codes, ["UP0702"]);
    insta::assert_snapshot!(shown);
}

#[test]
fn up0703_rules_changed() {
    let (shown, codes) = found(&text().replace("for newsletter  ", "for newsletter if customer  "), &lock());
    assert_eq!(codes, ["UP0703"]);
    insta::assert_snapshot!(shown);
}

// R105
#[test]
fn layout_comments_and_keeps_do_not_count_and_words_and_depth_do() {
    let same = [
        ("We send news until", "We send\nnews   until"),
        ("    keeps A-1", ""),
        ("\n  keeps A-2", "    keeps A-3, A-4"),
        ("we may use email of", "we  may use   email of"),
        ("customer may refuse newsletter", "# they may\n\ncustomer may refuse newsletter # always"),
        ("  begins at sign_up\n  ends", "    begins at sign_up\n    ends"),
        (
            "keeps A-2\n```\n",
            "keeps A-2\n```\n\n```scenario\nit is 2026-12-02\nann at sign_up with name \"A\", email \"a@example.org\"\n```\n",
        ),
    ];
    for (old, new) in same {
        assert!(text().contains(old), "{old}");
        let (shown, codes) = found(&text().replace(old, new), &lock());
        assert_eq!(codes, [""; 0], "{new}: {shown}");
    }
    for (old, new, code) in [
        ("until you say stop", "until you say so", "UP0702"),
        ("\"Has signed up\"", "\"Has joined\"", "UP0703"),
        ("then erase within 30 days", "then erase within 31 days", "UP0703"),
    ] {
        assert_eq!(found(&text().replace(old, new), &lock()).1, [code], "{new}");
    }
}

#[test]
fn a_review_stays_with_its_clause_while_others_come_and_go() {
    let above = text().replace("## News", "Another.\n\n```upheld\nstatement\n```\n\n## News");
    let (shown, codes) = found(&above, &lock());
    assert_eq!(codes, ["UP0701"], "{shown}");
    // The lock that comes back keeps the review of a clause that drifts, so that the finding stays.
    let source = Source::new("privacy.md", text().replace("at any time", "soon"));
    let drifted = upheld_policy::check(&source, Some(&lock())).lock;
    assert_eq!(found(&source.text, &drifted).1, ["UP0702"]);
    assert_eq!(found(&text(), &drifted).1, [""; 0]);
}

#[test]
fn drift_is_allowed_with_a_reason_and_is_no_matter_of_loading() {
    let changed = text().replace("at any time", "soon");
    let (_, codes) = found(&changed.replace("# Privacy\n\n", "# Privacy\n\nOurs.\n\n```upheld\nallow UP0701, UP0702 because \"they are read in spring\"\nstatement\n```\n\n"), &lock());
    assert_eq!(codes, [""; 0]);
    assert!(upheld_policy::load(&Source::new("privacy.md", changed), Some(&lock())).diagnostics.is_empty());
}

#[test]
fn a_lock_whose_reviewed_text_was_changed_by_hand_is_no_lock() {
    let text = lock().to_text();
    assert!(Lock::parse(&text.replace("until you say stop", "until you say so")).is_err());
    // Locks from before reviews are read.
    let old = "[section.news]\nlast = 1\n\n[[section.news.clauses]]\nnumber = 1\nprose = \"00\"\n";
    assert!(Lock::parse(old).unwrap().review("news.1").is_none());
}
