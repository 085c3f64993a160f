//! One statement a line.

use std::fmt::Write as _;

use crate::diagnostic::Diagnostic;
use crate::source::Source;
use crate::span::Span;

pub(super) fn print(diagnostics: &[Diagnostic], source: &Source) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        one(diagnostic, source, &mut out);
    }
    // A policy's own characters must not steer the terminal that reads about it.
    let bidi = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    out.replace(|c: char| (c.is_control() && c != '\n') || bidi(c), "\u{fffd}")
}

fn place(source: &Source, span: Span) -> String {
    let (line, column) = source.line_column(span.start);
    format!("{}:{line}:{column}", source.file(span.start))
}

fn one(diagnostic: &Diagnostic, source: &Source, out: &mut String) {
    let mut line = |text: std::fmt::Arguments<'_>| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{text}");
    };
    let place_of = |span| place(source, span);
    let clause = diagnostic.clause.as_ref().map(|clause| format!(" (in {clause})")).unwrap_or_default();
    line(format_args!(
        "{}: {}[{}]: {}{clause}",
        place_of(diagnostic.span()),
        diagnostic.severity.word(),
        diagnostic.code,
        diagnostic.title
    ));
    for label in diagnostic.labels.iter().filter(|label| !label.text.is_empty()) {
        line(format_args!("  at {}: {}", place_of(label.span), label.text));
    }
    for note in &diagnostic.notes {
        line(format_args!("  note: {}", note.replace('\n', " / ")));
    }
    for help in &diagnostic.help {
        match &help.edit {
            Some(edit) if edit.span.start == edit.span.end => {
                line(format_args!("  help: {}: insert `{}`", help.text, edit.replacement));
            }
            Some(edit) => {
                line(format_args!(
                    "  help: {}: replace `{}` by `{}`",
                    help.text,
                    source.slice(edit.span),
                    edit.replacement
                ));
            }
            None => line(format_args!("  help: {}", help.text)),
        }
    }
}
