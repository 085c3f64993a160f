//! With source lines and underlines, in the look of rustc.

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Source;
use crate::span::Span;

pub(super) fn print(diagnostics: &[Diagnostic], source: &Source, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for diagnostic in diagnostics {
        let files = Files::of(diagnostic, source);
        out.push_str(&renderer.render(&report(&harmless_words(diagnostic), &files)));
        out.push_str("\n\n");
    }
    out
}

/// The files in which a diagnostic's places are, each place within its own.
struct Files {
    files: Vec<Source>,
    /// For each place the file and the place in it: labels first, then edits.
    labels: Vec<(usize, Span)>,
    edits: Vec<Option<(usize, Span)>>,
}

impl Files {
    fn of(diagnostic: &Diagnostic, source: &Source) -> Self {
        let mut files: Vec<Source> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        let mut place = |span: Span| {
            let (file, span) = source.locate(span);
            let at = names.iter().position(|name| *name == file.name).unwrap_or_else(|| {
                names.push(file.name.clone());
                files.push(Source::new(harmless(&file.name), harmless_text(&file.text)));
                files.len() - 1
            });
            (at, span)
        };
        let labels = diagnostic.labels.iter().map(|label| place(label.span)).collect();
        let edits = diagnostic.help.iter().map(|help| help.edit.as_ref().map(|edit| place(edit.span))).collect();
        Self { files, labels, edits }
    }
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

fn report<'a>(diagnostic: &'a Diagnostic, files: &'a Files) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Finding => Level::WARNING.with_name("finding"),
    };
    let mut main = Group::with_title(level.primary_title(diagnostic.title.as_str()).id(diagnostic.code));
    for (at, file) in files.files.iter().enumerate() {
        let inside: Vec<_> = diagnostic
            .labels
            .iter()
            .zip(&files.labels)
            .filter(|(_, (of, span))| *of == at && fits(file, *span))
            .map(|(label, (_, span))| (label, *span))
            .collect();
        if inside.is_empty() {
            continue;
        }
        let annotations = inside.into_iter().map(|(label, span)| {
            let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            kind.span(span.range()).label((!label.text.is_empty()).then_some(label.text.as_str()))
        });
        main = main.element(Snippet::source(file.text.as_str()).path(file.name.as_str()).annotations(annotations));
    }
    if let Some(clause) = &diagnostic.clause {
        main = main.element(Level::NOTE.message(format!("in {clause}")));
    }
    for note in &diagnostic.notes {
        main = main.element(Level::NOTE.message(note.as_str()));
    }
    let mut groups = Vec::new();
    for (help, place) in diagnostic.help.iter().zip(&files.edits) {
        let edit = help.edit.as_ref().zip(*place).and_then(|(edit, (at, span))| {
            files.files.get(at).filter(|file| fits(file, span)).map(|file| (edit, file, span))
        });
        match edit {
            Some((edit, file, span)) => groups.push(
                Group::with_title(Level::HELP.secondary_title(help.text.as_str())).element(
                    Snippet::source(file.text.as_str())
                        .path(file.name.as_str())
                        .patch(Patch::new(span.range(), edit.replacement.as_str())),
                ),
            ),
            None => main = main.element(Level::HELP.message(help.text.as_str())),
        }
    }
    groups.insert(0, main);
    groups
}

/// The renderer demands spans on character boundaries within the text.
fn fits(source: &Source, span: Span) -> bool {
    source.text.get(span.range()).is_some()
}
