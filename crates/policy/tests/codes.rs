//! Every code has a page, a golden and a help; the first example of a page gives its code, the second nothing.

use std::collections::BTreeSet;
use std::path::Path;

use upheld_document::{Format, Lock, Severity, Source, print};
use upheld_policy::codes::{PAGES, nearest_code, page};

const FRONT: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n";

/// What the examples lean on. Nothing is to be found in it, whatever the check.
const FRAME: &str = "## Frame {#frame}\n\nWhat our words mean.\n\n```upheld\nperson customer \"Has signed up\"\n  begins at sign_up\n\
\x20 ends at leaving\npoint sign_up is form in \"www.example.org/join\"\npoint leaving is event\n\
role desk, works on newsletter, delivery\nwe collect name, email from customer at sign_up for delivery\n\
we keep name, email of customer while customer, then erase within 30 days\n```\n\n";

/// A recipient, for the pages of errors; in those of findings it would be one that nothing names.
const COURIER: &str = "## Courier\n\nWho brings it.\n\n```upheld\nrecipient courier is processor\n```\n\n";

/// Fenced blocks of a Markdown text: info string and content.
fn blocks(text: &str) -> Vec<(&str, String)> {
    let mut out = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let fence = line.bytes().take_while(|b| *b == b'`').count();
        if fence >= 3 {
            let close = &line[..fence];
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != close).collect();
            out.push((&line[fence..], body.join("\n") + "\n"));
        }
    }
    out
}

/// A line `…` stands for the lines between those above and those below it, which count up.
fn unfolded(example: &str) -> String {
    let Some((above, below)) = example.split_once("…\n") else { return example.to_owned() };
    let last: String = below.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let Ok(count) = last.parse::<usize>() else { return example.to_owned() };
    (1..=count).map(|n| above.replace('1', &n.to_string())).collect()
}

fn wrapped(info: &str, example: &str, finding: bool) -> String {
    let courier = if finding || example.contains("recipient courier") { "" } else { COURIER };
    match info {
        "markdown" if example.starts_with("---") || example.starts_with("# ") => example.to_owned(),
        "markdown" if example.starts_with("## ") => format!("{FRONT}{FRAME}{courier}{example}"),
        "markdown" => format!("{FRONT}{FRAME}{courier}## Example\n\n{example}"),
        "scenario" => {
            format!(
                "{FRONT}{FRAME}{courier}## Example\n\nProse.\n\n```upheld\nstatement\n```\n\n```scenario\n{example}```\n"
            )
        }
        _ => format!("{FRONT}{FRAME}{courier}## Example\n\nProse.\n\n```{info}\n{example}```\n"),
    }
}

/// The lock of a text in which all clauses but one were reviewed as they are.
fn all_reviewed(source: &Source, but: &str) -> Lock {
    let read = upheld_policy::read(source, None);
    let mut lock = read.lock;
    for clause in upheld_policy::review::reviewed(source, &read.document, &lock.clone()) {
        if clause.clause != but {
            assert!(lock.accept(&clause.clause, clause.accepted("Ann Reader", "2026-12-01")), "{}", clause.clause);
        }
    }
    lock
}

/// The errors of a text with these rules beside it.
fn beside(rules: &str) -> Vec<&'static str> {
    let text = Source::new("privacy.md", format!("{FRONT}{FRAME}## News {{#news}}\n\nNews.\n"));
    let (source, unbound) = upheld_document::with_rules(&text, &Source::new("privacy.rules.md", rules), None);
    for found in &unbound {
        assert!(!found.help.is_empty() && !source.slice(found.span()).is_empty());
    }
    let loaded = upheld_policy::load(&source, None).diagnostics;
    let all = unbound.iter().chain(&loaded);
    all.filter(|found| found.severity == Severity::Error).map(|found| found.code).collect()
}

#[test]
fn the_examples_of_the_pages_do_what_they_say() {
    for page in PAGES {
        let examples = blocks(page.text);
        assert_eq!(examples.len(), 2, "{}: one example and how to say it instead", page.code);
        let is_finding = page.severity == Severity::Finding;
        for ((info, example), expected) in examples.iter().zip([vec![page.code], vec![]]) {
            let source = Source::new("privacy.md", wrapped(info, &unfolded(example), is_finding));
            let checks = match page.code {
                "UP0701" => upheld_policy::check_strictly,
                _ if is_finding => upheld_policy::check,
                _ => upheld_policy::load,
            };
            let unread = if page.code == "UP0701" && !expected.is_empty() { "news.1" } else { "" };
            if page.code == "UP0712" {
                assert_eq!(beside(example), expected, "{example}");
                continue;
            }
            let (info, instead) = &examples[1];
            let good = Source::new("privacy.md", wrapped(info, instead, is_finding));
            let lock = ["UP0701", "UP0702", "UP0703"].contains(&page.code).then(|| all_reviewed(&good, unread));
            let loaded = checks(&source, lock.as_ref());
            let codes: Vec<&str> = loaded.diagnostics.iter().map(|found| found.code).collect();
            let said = print(&loaded.diagnostics, &source, Format::Plain);
            assert_eq!(codes, expected, "{}:\n{example}\n{said}", page.code);
            for found in &loaded.diagnostics {
                assert_eq!(found.severity, page.severity, "{}", page.code);
                assert!(!found.help.is_empty(), "{} says what to do:\n{said}", page.code);
                assert!(!found.labels.is_empty(), "{} says where:\n{said}", page.code);
            }
        }
    }
}

#[test]
fn pages_say_what_they_are_about() {
    let mut before = "";
    for page in PAGES {
        assert!(before < page.code, "pages stand in order: {before}, {}", page.code);
        before = page.code;
        assert!(page.text.starts_with(&format!("# {}: {}\n", page.code, page.title())), "{}", page.code);
        assert!(page.meaning().split_whitespace().count() >= 6, "{}: {:?}", page.code, page.meaning());
        assert!(!page.title().is_empty() && !page.title().ends_with('.'), "{}", page.code);
    }
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut codes = BTreeSet::new();
    for folder in ["src", "../document/src", "../decide/src"] {
        read_codes(&root.join(folder), &mut codes);
    }
    let pages: BTreeSet<String> = PAGES.iter().map(|page| page.code.to_owned()).collect();
    assert_eq!(codes, pages, "left: codes in the sources; right: codes with a page");
    let files = std::fs::read_dir(root.join("codes")).unwrap();
    let files: BTreeSet<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap().replace(".md", "")).collect();
    assert_eq!(files, pages, "left: files; right: the table");
}

/// Notes every `"UPdddd"` of a folder's sources.
fn read_codes(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_codes(&path, codes);
            continue;
        }
        for piece in std::fs::read_to_string(&path).unwrap().split("\"UP").skip(1) {
            if let Some(digits) = piece.get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit())) {
                codes.insert(format!("UP{digits}"));
            }
        }
    }
}

#[test]
fn a_code_is_found_however_it_is_written() {
    assert_eq!(page("UP0203").map(|page| page.title()), Some("an act that cannot be permitted so"));
    assert_eq!(page("UP0000"), None);
    for (written, meant) in
        [("up0203", "UP0203"), ("0203", "UP0203"), ("203", "UP0203"), ("UPO203", "UP0203"), ("UP0299", "UP0209")]
    {
        assert_eq!(nearest_code(written), Some(meant), "{written}");
    }
    assert_eq!(nearest_code("nonsense"), None);
}
