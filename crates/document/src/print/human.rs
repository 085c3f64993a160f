//! With source lines and underlines, in the look of rustc.

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Source;
use crate::span::Span;

pub(super) fn print(diagnostics: &[Diagnostic], source: &Source, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let source = Source::new(harmless(&source.name), harmless_text(&source.text));
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&report(&harmless_words(diagnostic), &source)));
        out.push_str("\n\n");
    }
    out
}

/// Without characters that steer a terminal: a policy is somebody's file.
fn harmless(text: &str) -> String {
    text.replace(|c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || is_bidi(c), "\u{fffd}")
}

/// The same for a text in which places are bytes. Control characters of one byte the renderer draws itself.
fn harmless_text(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{80}'..='\u{9f}' => '·',
            c if is_bidi(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

const fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn harmless_words(diagnostic: &Diagnostic) -> Diagnostic {
    let mut out = diagnostic.clone();
    out.title = harmless(&out.title);
    out.clause = out.clause.as_deref().map(harmless);
    for text in out.labels.iter_mut().map(|label| &mut label.text).chain(&mut out.notes) {
        *text = harmless(text);
    }
    for help in &mut out.help {
        help.text = harmless(&help.text);
        if let Some(edit) = &mut help.edit {
            edit.replacement = harmless(&edit.replacement);
        }
    }
    out
}

fn report<'a>(diagnostic: &'a Diagnostic, source: &'a Source) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Finding => Level::WARNING.with_name("finding"),
    };
    let mut main = Group::with_title(level.primary_title(diagnostic.title.as_str()).id(diagnostic.code));
    let inside: Vec<_> = diagnostic.labels.iter().filter(|label| fits(source, label.span)).collect();
    if !inside.is_empty() {
        let annotations = inside.into_iter().map(|label| {
            let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            kind.span(label.span.range()).label((!label.text.is_empty()).then_some(label.text.as_str()))
        });
        main = main.element(Snippet::source(source.text.as_str()).path(source.name.as_str()).annotations(annotations));
    }
    if let Some(clause) = &diagnostic.clause {
        main = main.element(Level::NOTE.message(format!("in {clause}")));
    }
    for note in &diagnostic.notes {
        main = main.element(Level::NOTE.message(note.as_str()));
    }
    let mut groups = Vec::new();
    for help in &diagnostic.help {
        match &help.edit {
            Some(edit) if fits(source, edit.span) => groups.push(
                Group::with_title(Level::HELP.secondary_title(help.text.as_str())).element(
                    Snippet::source(source.text.as_str())
                        .path(source.name.as_str())
                        .patch(Patch::new(edit.span.range(), edit.replacement.as_str())),
                ),
            ),
            _ => main = main.element(Level::HELP.message(help.text.as_str())),
        }
    }
    groups.insert(0, main);
    groups
}

/// The renderer demands spans on character boundaries within the text.
fn fits(source: &Source, span: Span) -> bool {
    source.text.get(span.range()).is_some()
}
