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
    let file = source.file(diagnostic.span().start);
    let place = |span: Span| {
        let (line, column) = source.line_column(span.start);
        let (end_line, end_column) = source.line_column(span.end);
        let local = source.locate(span).1;
        let mut out = json!({ "start": local.start, "end": local.end, "line": line, "column": column, "end_line": end_line, "end_column": end_column });
        // Said only of a place in another file than that of the diagnostic.
        if source.file(span.start) != file
            && let Some(fields) = out.as_object_mut()
        {
            fields.insert("file".to_owned(), source.file(span.start).into());
        }
        out
    };
    json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "title": diagnostic.title,
        "file": file,
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
