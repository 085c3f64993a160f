//! `upheld diff`: what changes in meaning, both ways, and nothing where nothing does.

mod support;

use support::told as upheld;

const OLD: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\nversion: 1\n\
effective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n## Names {#names}\n\nWhat our words mean.\n\n```upheld\n\
person customer \"Has signed up\"\n  begins at sign_up\n  ends at leaving\n\
point sign_up is form in \"www.example.org/join\"\npoint leaving is event\n\
recipient courier is processor \"Brings things\"\n\
role office, works on newsletter, delivery, service_setup, research\n\
we collect name, email from customer at sign_up for service_setup\n\
we may use email of customer for newsletter    keeps ID-1\n\
customer may refuse newsletter \"News\" via link    keeps ID-2\n\
we keep name, email 1 year after sign_up    keeps ID-3\n```\n";

fn folder(changed: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut new = OLD.to_owned();
    for (old, with) in changed {
        assert!(new.contains(old), "{old}");
        new = new.replace(old, with);
    }
    std::fs::write(folder.path().join("old.md"), OLD).expect("written");
    std::fs::write(folder.path().join("new.md"), new).expect("written");
    folder
}

#[test]
fn nothing_changes_when_only_the_layout_does() {
    let folder = folder(&[("we keep name, email 1 year", "we keep email, name 1 year")]);
    let (code, out, _) = upheld(folder.path(), &["diff", "old.md", "new.md"]);
    assert_eq!((code, out.as_str()), (0, "nothing changes, neither in meaning nor in prose\n"));
}

// R102, R103
#[test]
fn a_permission_more_is_weaker_and_read_backwards_stronger() {
    let folder = folder(&[(
        "customer may refuse",
        "we may share name of customer with courier for delivery    keeps ID-4\ncustomer may refuse",
    )]);
    let (code, out, _) = upheld(folder.path(), &["diff", "old.md", "new.md"]);
    assert_eq!(code, 1);
    assert!(
        out.starts_with("- newly permitted: office may share name of customer with courier for delivery\n"),
        "{out}"
    );
    assert!(out.contains("1 change: 1 weaker for people") && out.contains("material"), "{out}");
    let (_, back, _) = upheld(folder.path(), &["diff", "new.md", "old.md"]);
    assert!(
        back.starts_with("+ no longer permitted: office may share name of customer with courier for delivery\n"),
        "{back}"
    );
    assert!(back.contains("nothing is weaker for people"), "{back}");
}

// R104
#[test]
fn a_choice_that_goes_and_a_longer_period_are_seen_with_their_conditions() {
    let folder = folder(&[
        ("customer may refuse newsletter \"News\" via link    keeps ID-2\n", ""),
        ("1 year after", "2 years after"),
        ("What our words mean.", "What our words mean, from now on."),
    ]);
    let (code, out, _) = upheld(folder.path(), &["diff", "old.md", "new.md", "--format", "json"]);
    assert_eq!(code, 1);
    let told: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let lines = told["lines"].as_array().expect("lines");
    let of = |about: &str| lines.iter().filter(|line| line["about"] == about).collect::<Vec<_>>();
    assert_eq!(of("decision").len(), 1, "{out}");
    assert_eq!(of("decision")[0]["kind"], "loosened");
    assert_eq!(of("decision")[0]["before"][0], "not refused newsletter");
    assert_eq!((&of("choice")[0]["kind"], &of("choice")[0]["direction"]), (&"gone".into(), &"weaker".into()));
    assert_eq!((&of("period")[0]["kind"], &of("period")[0]["direction"]), (&"changed".into(), &"weaker".into()));
    assert_eq!((told["material"].as_bool(), told["prose"].as_array().map(Vec::len)), (Some(true), Some(1)));
    let (_, page, _) = upheld(folder.path(), &["diff", "old.md", "new.md", "--format", "html"]);
    assert!(page.contains("Weaker for people (3)"), "{page}");
    assert!(page.contains("<del>mean.</del> <ins>mean, from now on.</ins>"), "{page}");
    assert!(!page.contains("<script") && !page.contains("http"), "it fetches nothing");
    std::fs::write(folder.path().join("list.tsv"), "change\tid_old\tid_new\nweakened\tID-2\t-\nkept\tID-9\t-\n")
        .expect("written");
    let (_, table, _) =
        upheld(folder.path(), &["diff", "old.md", "new.md", "--format", "markdown", "--compare", "list.tsv"]);
    assert!(table.contains("| weakened | ID-2 | permitted on fewer conditions"), "{table}");
    assert!(table.contains("1 of 2 rows shown."), "{table}");
}
