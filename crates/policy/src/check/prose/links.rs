//! UP0710: a link that leads nowhere.

use upheld_document::{Diagnostic, Document, Source, Span};

use super::blocks;

pub(super) fn check(source: &Source, document: &Document, diagnostics: &mut Vec<Diagnostic>) {
    let blocks = blocks(document);
    let text = source.text.as_str();
    for (at, _) in text.match_indices("](") {
        let rest = text.get(at + 2..).unwrap_or_default();
        let Some(end) = rest.find([')', '\n']).filter(|end| rest.as_bytes().get(*end) == Some(&b')')) else { continue };
        let target = rest.get(..end).unwrap_or_default().split_whitespace().next().unwrap_or_default();
        let span = Span::new(at + 1, at + 2 + end + 1);
        if blocks.iter().any(|block| block.start <= span.start && span.start < block.end) {
            continue;
        }
        let why = match target.trim_matches(['<', '>']) {
            "" | "#" | "http://" | "https://" => "it leads nowhere",
            slug if slug.strip_prefix('#').is_some_and(|slug| document.section(slug).is_none()) => {
                "no section has this name"
            }
            _ => continue,
        };
        diagnostics.push(
            Diagnostic::finding("UP0710", "a link that leads nowhere")
                .at(span, why)
                .help("write the address; a section is linked by its name, as in `[payment](#payment)`"),
        );
    }
}
