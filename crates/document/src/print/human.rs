//! With source lines and underlines, in the look of rustc.

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Source;
use crate::span::Span;

pub(super) fn print(diagnostics: &[Diagnostic], source: &Source, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&renderer.render(&report(diagnostic, source)));
        out.push_str("\n\n");
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
