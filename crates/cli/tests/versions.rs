//! `upheld versions` and `activate` from outside: a weaker version takes the long way, a stronger one the short.

mod support;

use support::{hosting_policy, said as upheld};

#[test]
fn a_weaker_version_takes_the_long_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    let first = std::fs::read_to_string(hosting_policy()).expect("read");
    let rule = "we may use visit_facts of visitor for content_improvement    keeps WX09-28\n";
    assert!(first.contains(rule));
    let stronger = first.replace(rule, "statement\n").replace("version: 1\n", "version: 2\n");
    let back = first.replace("version: 1\n", "version: 3\n");
    for (name, text) in [("1.md", &first), ("2.md", &stronger), ("3.md", &back)] {
        std::fs::write(path.join(name), text).expect("written");
    }
    assert_eq!(upheld(path, &["activate", "1.md", "--by", "Ines"]).0, 0);
    let (code, out) = upheld(path, &["activate", "2.md", "--by", "Ines"]);
    assert_eq!(code, 0, "nowhere weaker: {out}");
    let (code, out) = upheld(path, &["activate", "3.md", "--by", "Ines"]);
    assert_eq!(code, 2, "{out}");
    assert!(
        out.contains("+ we may use visit_facts of visitor for content_improvement")
            && out.contains("versions propose 3.md"),
        "{out}"
    );

    let (code, out) = upheld(path, &["versions", "propose", "3.md", "--by", "Ines"]);
    assert_eq!((code, out.contains("newly permitted: ")), (0, true), "{out}");
    let (code, out) = upheld(path, &["versions"]);
    assert_eq!((code, out.contains("? 3 "), out.contains("→ 2 ")), (0, true, true), "{out}");
    let (code, out) = upheld(path, &["versions", "approve", "3", "--by", "Bo"]);
    assert_eq!((code, out.contains("--posted")), (2, true), "{out}");
    let approve = ["versions", "approve", "3", "--posted", "2026-01-01", "--from", "2026-02-01", "--by"];
    let (code, out) = upheld(path, &[&approve[..], &["Ines"]].concat());
    assert_eq!((code, out.contains("somebody else")), (2, true), "{out}");
    let (code, out) = upheld(path, &["versions", "approve", "3", "--posted", "soon", "--by", "Bo"]);
    assert_eq!((code, out.contains("not a date")), (2, true), "{out}");
    let (code, out) = upheld(path, &[&approve[..], &["Bo"]].concat());
    assert_eq!((code, out.contains("version 3 is in force")), (0, true), "{out}");
    let (code, out) = upheld(path, &["activate", "3.md", "--by", "Ines"]);
    assert_eq!(code, 0, "the same text again changes nothing: {out}");
    let (code, out) = upheld(path, &["versions", "withdraw", "3", "--by", "Bo"]);
    assert_eq!((code, out.contains("approved already")), (2, true), "{out}");
    assert_eq!(upheld(path, &["versions", "withdraw", "9", "--by", "Bo"]).0, 2);
    assert_eq!(upheld(path, &["evidence", "verify"]).0, 0);
}
