//! SARIF 2.1.0, for code hosts and editors.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Source;
use crate::span::Span;

/// What a report says of one code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SarifRule<'a> {
    /// The code.
    pub code: &'a str,
    /// How grave it is.
    pub severity: Severity,
    /// What it says, in one line.
    pub title: &'a str,
    /// What it means.
    pub meaning: &'a str,
    /// Its page, in Markdown.
    pub page: &'a str,
}

/// What a report needs beside its diagnostics.
#[derive(Clone, Copy, Debug)]
pub struct Sarif<'a> {
    /// Path of the text, as it is called where the report is read.
    pub path: &'a str,
    /// The version of the program.
    pub version: &'a str,
    /// What is to be said of the codes; those that occur are told.
    pub rules: &'a [SarifRule<'a>],
    /// Fingerprints of an earlier report, against which results are new or unchanged.
    pub known: Option<&'a BTreeSet<String>>,
}

/// Prints a report.
#[must_use]
pub fn sarif(diagnostics: &[Diagnostic], source: &Source, report: &Sarif<'_>) -> String {
    let told: BTreeSet<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let rules: Vec<&SarifRule<'_>> = report.rules.iter().filter(|rule| told.contains(rule.code)).collect();
    let uri = uri(report.path);
    let results: Vec<Value> = diagnostics
        .iter()
        .zip(fingerprints(diagnostics, source))
        .map(|(diagnostic, fingerprint)| {
            let mut out = result(diagnostic, source, &|span| of(source, span, report.path), &fingerprint);
            if let Some(index) = rules.iter().position(|rule| rule.code == diagnostic.code) {
                out.insert("ruleIndex".to_owned(), index.into());
            }
            if let Some(known) = report.known {
                let state = if known.contains(&fingerprint) { "unchanged" } else { "new" };
                out.insert("baselineState".to_owned(), state.into());
            }
            Value::Object(out)
        })
        .collect();
    let out = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "upheld",
                "semanticVersion": report.version,
                "rules": rules.into_iter().map(rule).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "artifacts": [{ "location": { "uri": uri }, "sourceLanguage": "markdown" }],
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&out).unwrap_or_default() + "\n"
}

fn rule(rule: &SarifRule<'_>) -> Value {
    json!({
        "id": rule.code,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.meaning },
        "help": { "text": rule.meaning, "markdown": rule.page },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Finding => "warning",
    }
}

/// The file of a place, as a URI; the text itself goes by the name that the report gives it.
fn of(source: &Source, span: Span, path: &str) -> String {
    let name = source.file(span.start);
    uri(if name == source.name { path } else { name })
}

fn result(
    diagnostic: &Diagnostic,
    source: &Source,
    uri: &dyn Fn(Span) -> String,
    fingerprint: &str,
) -> Map<String, Value> {
    let place = |span: Span| json!({ "artifactLocation": { "uri": uri(span) }, "region": region(source, span) });
    let mut text = diagnostic.title.clone();
    if let Some(clause) = &diagnostic.clause {
        text.push_str(&format!(" (in {clause})"));
    }
    let helps = diagnostic.help.iter().map(|help| match &help.edit {
        Some(edit) if !edit.replacement.is_empty() => format!("{} `{}`", help.text, edit.replacement),
        _ => help.text.clone(),
    });
    for more in diagnostic.notes.iter().cloned().chain(helps) {
        text.push_str(&format!("\n{more}"));
    }
    let mut out = Map::new();
    out.insert("ruleId".to_owned(), diagnostic.code.into());
    out.insert("level".to_owned(), level(diagnostic.severity).into());
    out.insert("message".to_owned(), json!({ "text": text }));
    out.insert("locations".to_owned(), json!([{ "physicalLocation": place(diagnostic.span()) }]));
    let related: Vec<Value> = (1..)
        .zip(diagnostic.labels.iter().skip(1))
        .map(|(id, label)| {
            let text = if label.text.is_empty() { "here, too" } else { &label.text };
            json!({ "id": id, "physicalLocation": place(label.span), "message": { "text": text } })
        })
        .collect();
    if !related.is_empty() {
        out.insert("relatedLocations".to_owned(), related.into());
    }
    out.insert("partialFingerprints".to_owned(), json!({ "upheldFinding/v1": fingerprint }));
    let fixes: Vec<Value> = diagnostic
        .help
        .iter()
        .filter_map(|help| Some((help, help.edit.as_ref()?)))
        .map(|(help, edit)| {
            json!({
                "description": { "text": help.text },
                "artifactChanges": [{
                    "artifactLocation": { "uri": uri(edit.span) },
                    "replacements": [{
                        "deletedRegion": region(source, edit.span),
                        "insertedContent": { "text": edit.replacement },
                    }],
                }],
            })
        })
        .collect();
    if !fixes.is_empty() {
        out.insert("fixes".to_owned(), fixes.into());
    }
    out
}

fn region(source: &Source, span: Span) -> Value {
    let (source, span) = source.locate(span);
    let within = |at: u32| at.min(Span::new(0, source.text.len()).end);
    let span = Span { start: within(span.start), end: within(span.end) };
    let (line, column) = source.line_column(span.start);
    let (end_line, end_column) = source.line_column(span.end);
    json!({
        "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column,
        "byteOffset": span.start, "byteLength": span.end.saturating_sub(span.start),
    })
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let path = path.strip_prefix("./").unwrap_or(&path);
    let mut out = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    // A colon in the first part would make it a scheme.
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// For each diagnostic what tells it from the others, and stays the same while lines move: a digest of its code, what it
/// says, and the text that it is about, its white space folded. Of equal ones it is counted which they are.
#[must_use]
pub fn fingerprints(diagnostics: &[Diagnostic], source: &Source) -> Vec<String> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let one = |diagnostic: &Diagnostic| {
        let about = source.slice(diagnostic.span()).split_whitespace().collect::<Vec<_>>().join(" ");
        let what = format!("{}\0{}\0{about}", diagnostic.code, diagnostic.title);
        let count = seen.entry(what.clone()).or_insert(0);
        *count += 1;
        let digest = Sha256::digest(format!("{what}\0{count}").as_bytes());
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    };
    diagnostics.iter().map(one).collect()
}
