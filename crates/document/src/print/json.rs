//! A JSON array, one object a diagnostic.

use serde_json::{Value, json};

use crate::diagnostic::Diagnostic;
use crate::source::Source;
use crate::span::Span;

pub(super) fn print(diagnostics: &[Diagnostic], source: &Source) -> String {
    let all: Vec<Value> = diagnostics.iter().map(|diagnostic| one(diagnostic, source)).collect();
    let mut out = serde_json::to_string_pretty(&all).unwrap_or_default();
    out.push('\n');
    out
}

fn one(diagnostic: &Diagnostic, source: &Source) -> Value {
    let place = |span: Span| {
        let (line, column) = source.line_column(span.start);
        let (end_line, end_column) = source.line_column(span.end);
        json!({ "start": span.start, "end": span.end, "line": line, "column": column, "end_line": end_line, "end_column": end_column })
    };
    json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "title": diagnostic.title,
        "file": source.name,
        "clause": diagnostic.clause,
        "labels": diagnostic.labels.iter()
            .map(|label| json!({ "primary": label.primary, "text": label.text, "span": place(label.span) }))
            .collect::<Vec<_>>(),
        "notes": diagnostic.notes,
        "help": diagnostic.help.iter()
            .map(|help| json!({
                "text": help.text,
                "edit": help.edit.as_ref().map(|edit| json!({ "span": place(edit.span), "replacement": edit.replacement })),
            }))
            .collect::<Vec<_>>(),
    })
}
