//! Whole output of each printer.

use std::collections::BTreeSet;

use upheld_document::{
    Diagnostic, Format, Sarif, SarifRule, Severity, Source, Span, fingerprints, nearest, print, sarif,
};

const TEXT: &str = "---\ntitle: Privacy\n---\n## Partners\n\nWe never sell your personal data.\n\n```upheld\nwe never sell anythng\nwe may sell order with anyone for advertising\n```\n";

fn source() -> Source {
    Source::new("privacy.md", TEXT)
}

fn find(words: &str) -> Span {
    let start = TEXT.find(words).unwrap();
    Span::new(start, start + words.len())
}

fn sample() -> Vec<Diagnostic> {
    vec![
        Diagnostic::error("UP0301", "this rule permits what a promise forbids")
            .also(find("We never sell your personal data."), "promised here")
            .at(find("we may sell order with anyone for advertising"), "permits to sell `order`")
            .note("smallest question that shows it: sell order with anyone for advertising")
            .help("take the rule out, or narrow the promise")
            .in_clause("§1 Partners"),
        Diagnostic::error("UP0101", "no data is named `anythng`").at(find("anythng"), "").suggest(
            "did you mean `anything`?",
            find("anythng"),
            "anything",
        ),
        Diagnostic::finding("UP0602", "nothing to point at"),
        Diagnostic::finding("UP0401", "a place outside the text").at(Span::new(9_000, 9_001), "is left out").suggest(
            "say so",
            Span::new(TEXT.len(), TEXT.len()),
            "statement",
        ),
    ]
}

#[test]
fn human() {
    insta::assert_snapshot!(print(&sample(), &source(), Format::Human { color: false }));
}

#[test]
fn colours_change_nothing_else() {
    let colored = print(&sample(), &source(), Format::Human { color: true });
    assert!(colored.contains("\u{1b}["));
    let mut bare = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        bare += before;
        rest = after.split_once('m').unwrap().1;
    }
    assert_eq!(
        (bare + rest).replace(' ', ""),
        print(&sample(), &source(), Format::Human { color: false }).replace(' ', "")
    );
}

#[test]
fn sarif_for_code_hosts() {
    let rule =
        |code, severity| SarifRule { code, severity, title: "a title", meaning: "A meaning.", page: "# A page\n" };
    let rules = [rule("UP0001", Severity::Error), rule("UP0101", Severity::Error), rule("UP0401", Severity::Finding)];
    let known = BTreeSet::from([fingerprints(&sample(), &source())[1].clone()]);
    let report = Sarif { path: "./our policies/privacy.md", version: "1.2.3", rules: &rules, known: Some(&known) };
    insta::assert_snapshot!(sarif(&sample(), &source(), &report));
}

#[test]
fn fingerprints_tell_apart_what_looks_alike() {
    let alike = [sample().remove(1), sample().remove(1), sample().remove(2)];
    let prints = fingerprints(&alike, &source());
    assert_eq!(prints.iter().collect::<BTreeSet<_>>().len(), 3, "{prints:?}");
    // Elsewhere in another text the same words are the same finding.
    let moved = Source::new("other.md", format!("And more.\n\n{TEXT}"));
    let mut there = sample().remove(1);
    let shift = "And more.\n\n".len() as u32;
    there.labels[0].span.start += shift;
    there.labels[0].span.end += shift;
    assert_eq!(fingerprints(&[there], &moved), prints[..1]);
}

#[test]
fn plain() {
    insta::assert_snapshot!(print(&sample(), &source(), Format::Plain));
    let steering = [Diagnostic::error("UP0101", "no name `\u{1b}[31m`")];
    assert_eq!(print(&steering, &source(), Format::Plain), "privacy.md:1:1: error[UP0101]: no name `\u{fffd}[31m`\n");
}

/// A policy is somebody's file: what stands in it must not steer the terminal of whoever checks it.
#[test]
fn no_source_steers_a_terminal() {
    let source = Source::new("p\u{1b}[31m.md", "one \u{1b}]0;title\u{7} two\u{9b}31m \u{202e}three\n");
    let all = [Diagnostic::error("UP0101", "no \u{1b}[2J name")
        .at(Span::new(0, 3), "la\u{1b}bel")
        .note("no\u{8}te")
        .help("he\u{1b}lp")];
    for format in [Format::Human { color: false }, Format::Plain] {
        let shown = print(&all, &source, format);
        let steers = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!shown.contains(steers), "{format:?} {shown:?}");
    }
}

#[test]
fn json() {
    let text = print(&sample(), &source(), Format::Json);
    assert!(serde_json::from_str::<serde_json::Value>(&text).unwrap().is_array());
    insta::assert_snapshot!(text);
}

#[test]
fn nothing_to_say() {
    assert_eq!(print(&[], &source(), Format::Human { color: false }), "");
    assert_eq!(print(&[], &source(), Format::Plain), "");
    assert_eq!(print(&[], &source(), Format::Json), "[]\n");
}

#[test]
fn places() {
    let source = Source::new("x", "añb\r\n\nc");
    assert_eq!(source.line_column(0), (1, 1));
    assert_eq!(source.line_column(3), (1, 3));
    assert_eq!(source.line_column(6), (2, 1));
    assert_eq!(source.line_column(7), (3, 1));
    assert_eq!(source.line_column(u32::MAX), (3, 2));
    assert_eq!(source.line_column(2), (1, 2), "within a character: its start");
    assert_eq!(source.slice(Span::new(1, 2)), "");
    assert_eq!(source.slice(Span { start: 5, end: 2 }), "");
    assert_eq!(Span::new(3, 4).to(Span::new(1, 2)), Span { start: 1, end: 4 });
}

#[test]
fn nearest_names() {
    let names = ["email", "address", "name", "phone"];
    let near = |word: &str| nearest(word, names.into_iter());
    assert_eq!(near("emial"), Some("email"));
    assert_eq!(near("adress"), Some("address"));
    assert_eq!(near("nane"), Some("name"));
    assert_eq!(near("fax"), None);
    assert_eq!(near("zip"), None);
    assert_eq!(near("phonebook"), None);
    assert_eq!(near(""), None);
}
