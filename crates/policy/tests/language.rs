//! `docs/language.md` holds: its examples load, its codes and reasons are all of them, and each of its rules is shown by a test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use upheld_document::{Format, Source, print};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn reference() -> String {
    std::fs::read_to_string(root().join("docs/language.md")).unwrap()
}

const FRONT: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n";

/// What the examples lean on. A declaration is left out when the example itself declares the name.
const FRAME: [&str; 25] = [
    "person customer \"Has signed up\"\n  begins at sign_up\n  ends at leaving",
    "person friend",
    "point sign_up is form in \"www.example.org/join\"",
    "point referral is form in \"www.example.org/tell\"",
    "point web_visit is visit in covers",
    "point mail_in is mail",
    "purpose invitation is message",
    "data account_status, domain_name is account",
    "data customer_message is communications, identifying, itemised",
    "recipient courier, mail_carrier is processor",
    "recipient selected_partner is partner",
    "open selected_partner by partner_lead",
    "role partner_lead",
    "ground legal_process\n  reaches item",
    "role office \"Runs the office\", works on customer_relationship, message, marketing, running_the_site, research, delivery, \
     payment_processing, message_delivery, customer_care, legal_process",
    "we collect name, email from customer at sign_up for service_setup",
    "we may collect phone_number from customer at sign_up for service_setup",
    "we collect page_visited of visitor at web_visit for traffic_analysis",
    "we collect customer_message of customer at mail_in for message_delivery",
    "we may collect account_status of customer at service_event for service_provision",
    "we may collect invoice of customer at order for bookkeeping",
    "role books \"Keeps the books\", works on bookkeeping",
    "we may use email for newsletter",
    "every person may refuse delivery_news via link",
    "purpose delivery_news is message",
];

/// Names that a text of rules declares.
fn declared(rules: &str) -> BTreeSet<&str> {
    let words = ["data", "person", "purpose", "recipient", "role", "point", "ground"];
    let mut out = BTreeSet::new();
    for line in rules.lines() {
        if let Some((word, rest)) = line.split_once(' ').filter(|(word, _)| words.contains(word)) {
            let names = rest.split(" is ").next().unwrap_or_default().split([' ', '"']).next_back();
            let names = if word == "role" || word == "person" { rest.split([' ', '"']).next() } else { names };
            let all = rest.split(" is ").next().unwrap_or_default();
            out.extend(all.split(',').map(str::trim).chain(names).map(|name| name.trim_matches(',')));
        }
    }
    out
}

/// The frame without what the example says itself.
fn frame(example: &str) -> String {
    let own = declared(example);
    FRAME.iter().filter(|lines| declared(lines).is_disjoint(&own)).map(|lines| format!("{lines}\n")).collect()
}

/// Fenced blocks of a Markdown text: info string and content. A fence of four backticks is one block.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let fence = line.bytes().take_while(|b| *b == b'`').count();
        if fence < 3 {
            continue;
        }
        let close = &line[..fence];
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != close).collect();
        out.push((line[fence..].to_owned(), body.join("\n") + "\n"));
    }
    out
}

fn loads(what: &str, text: String) {
    let source = Source::new("example.md", text);
    let loaded = upheld_policy::load(&source, None);
    let said = print(&loaded.diagnostics, &source, Format::Plain);
    assert!(loaded.diagnostics.is_empty(), "{what}\n{said}\n{}", source.text);
}

#[test]
fn the_examples_load() {
    let mut count = 0;
    for (info, example) in blocks(&reference()) {
        let frame = frame(&example);
        match info.as_str() {
            "markdown" => loads(&example, example.clone()),
            "upheld" | "upheld added" => loads(
                &example,
                format!(
                    "{FRONT}## Example\n\nProse.\n\n```{info}\n{example}```\n\n## Frame\n\nProse.\n\n```upheld\n{frame}```\n"
                ),
            ),
            "scenario" => loads(
                &example,
                format!(
                    "{FRONT}## Frame\n\nProse.\n\n```upheld\n{frame}customer may refuse newsletter via link\n\
                     customer may request to see contact\n```\n\n```scenario\n{example}```\n"
                ),
            ),
            other => panic!("a block of `{other}`"),
        }
        count += 1;
    }
    assert!(count >= 15, "{count} examples");
}

#[test]
fn every_code_is_in_the_table() {
    let text = reference();
    let mut codes = BTreeSet::new();
    for file in files(&root().join("crates"), &["rs"]) {
        if !file.components().any(|part| part.as_os_str() == "src") {
            continue;
        }
        for piece in std::fs::read_to_string(&file).unwrap().split("\"UP").skip(1) {
            let digits: String = piece.chars().take_while(char::is_ascii_digit).collect();
            if digits.len() == 4 {
                codes.insert(format!("UP{digits}"));
            }
        }
    }
    let told: BTreeSet<String> =
        text.split("| `UP").skip(1).map(|row| format!("UP{}", row.split('`').next().unwrap())).collect();
    // Of what has a code, this page tells what the language says; the commands may have codes of their own.
    let of_language: BTreeSet<String> = codes.into_iter().filter(|code| code.as_str() < "UP0800").collect();
    assert_eq!(of_language, told, "left: in the sources; right: in docs/language.md");
}

#[test]
fn every_reason_is_in_the_table() {
    let source = std::fs::read_to_string(root().join("crates/decide/src/answer.rs")).unwrap();
    let variants = source.split("pub enum Reason {").nth(1).unwrap().split("\n}").next().unwrap();
    let mut reasons = BTreeSet::new();
    for name in variants.lines().map(str::trim).filter_map(|line| line.strip_suffix(',')) {
        let mut words = String::new();
        for c in name.chars() {
            if c.is_uppercase() && !words.is_empty() {
                words.push(' ');
            }
            words.extend(c.to_lowercase());
        }
        reasons.insert(words);
    }
    let text = reference();
    let table = text.split("| reason | when |").nth(1).unwrap().split("\n\n").next().unwrap();
    let told: BTreeSet<String> = table
        .lines()
        .filter_map(|row| row.strip_prefix("| `"))
        .map(|row| row.split('`').next().unwrap().to_owned())
        .collect();
    assert_eq!(reasons, told, "left: in the sources; right: in docs/language.md");
}

/// All files below a folder with one of these endings.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(files(&path, endings));
        } else if path.extension().is_some_and(|ending| endings.iter().any(|known| ending == *known)) {
            out.push(path);
        }
    }
    out.sort();
    out
}

/// The rules that a text of tests names: in Rust behind `//`, in a policy behind `#`, as in `// R4, R6`.
fn cited(file: &Path, text: &str) -> Vec<String> {
    let mark = if file.extension().is_some_and(|ending| ending == "rs") { "// R" } else { "# R" };
    let mut out = Vec::new();
    for line in text.lines() {
        let Some((_, comment)) =
            line.split_once(mark).filter(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()))
        else {
            continue;
        };
        for word in format!("R{comment}").split([' ', ',', '.', ':', ';']) {
            if let Some(number) =
                word.strip_prefix('R').filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
            {
                out.push(format!("R{number}"));
            }
        }
    }
    out
}

#[test]
fn every_rule_is_shown_by_a_test() {
    let text = reference();
    let rules: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("**R")?.split_once(".**"))
        .filter(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()))
        .map(|(number, _)| format!("R{number}"))
        .collect();
    let numbers: BTreeSet<u32> = rules.iter().map(|rule| rule[1..].parse().expect("a number")).collect();
    assert_eq!(rules.len(), numbers.len(), "no number is given twice");
    assert!(rules.len() >= 40);
    let mut shown: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for member in std::fs::read_dir(root().join("crates")).unwrap() {
        for file in files(&member.unwrap().path().join("tests"), &["rs", "md"]) {
            for rule in cited(&file, &std::fs::read_to_string(&file).unwrap()) {
                shown.entry(rule).or_default().push(file.clone());
            }
        }
    }
    let without: Vec<&String> = rules.iter().filter(|rule| !shown.contains_key(*rule)).collect();
    assert!(without.is_empty(), "rules that no test shows: {without:?}");
    let unknown: Vec<_> = shown.iter().filter(|(rule, _)| !rules.contains(rule)).collect();
    assert!(unknown.is_empty(), "tests that show rules which do not exist: {unknown:?}");
}

#[test]
fn the_policies_of_meaning_load() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/meaning"), &["md"]);
    assert!(files.len() >= 5, "{files:?}");
    for file in files {
        loads(&file.display().to_string(), std::fs::read_to_string(&file).unwrap());
    }
}

#[test]
fn the_list_of_countries_can_be_read() {
    let countries = upheld_policy::countries::read().expect("the file is of its form");
    assert_eq!(countries.eea.len(), 30);
    let letters = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    assert!(countries.eea.iter().chain(countries.adequacy.keys()).all(letters));
    assert!(!countries.adequacy.keys().any(|country| countries.eea.contains(country)));
    for (country, decision) in &countries.adequacy {
        let day = |text: &String| text.parse::<jiff::civil::Date>().is_ok();
        assert!(day(&decision.of) && decision.until.as_ref().is_none_or(day), "{country}");
    }
    // A decision that ends by itself protects nothing after its last day.
    use upheld_policy::countries::Standing;
    assert!(matches!(countries.standing("GB", "2031-12-27"), Standing::Adequate(_)));
    assert!(matches!(countries.standing("GB", "2031-12-28"), Standing::Outside));
}
