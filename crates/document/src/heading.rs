//! Numbers and slugs of sections.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::document::Section;
use crate::markdown::trim_end;
use crate::source::Source;
use crate::span::Span;

/// Numbers headings of level 2 and below: 1, 1.1, 1.2, 2 … A level that is left out counts as its first.
pub(crate) fn number(sections: &mut [Section]) {
    let mut counts: Vec<u32> = Vec::new();
    for section in sections.iter_mut().filter(|section| section.level >= 2) {
        let depth = usize::from(section.level) - 1;
        counts.truncate(depth);
        while counts.len() + 1 < depth {
            counts.push(1);
        }
        if counts.len() < depth {
            counts.push(0);
        }
        if let Some(count) = counts.last_mut() {
            *count += 1;
        }
        section.number = counts.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
    }
}

/// Gives each section a slug of its own.
pub(crate) fn name(source: &Source, sections: &mut [Section], diagnostics: &mut Vec<Diagnostic>) {
    let mut taken: BTreeMap<String, Span> = BTreeMap::new();
    let mut next: BTreeMap<String, u32> = BTreeMap::new();
    for section in sections {
        let heading = trim_end(source, section.heading);
        let chosen = !section.slug.is_empty();
        let base = slug(if chosen { &section.slug } else { &section.title }, !chosen);
        if chosen && base != section.slug {
            diagnostics.push(
                Diagnostic::error("UP0009", format!("`{}` cannot be the name of a section", section.slug))
                    .at(heading, "a name has lower-case letters, digits and hyphens")
                    .help(format!("write `{{#{base}}}`")),
            );
        }
        section.slug.clone_from(&base);
        let first = taken.get(&base).copied();
        while taken.contains_key(&section.slug) {
            let n = next.entry(base.clone()).or_insert(2);
            section.slug = format!("{base}-{n}");
            *n += 1;
        }
        taken.insert(section.slug.clone(), heading);
        if let Some(first) = first.filter(|_| chosen) {
            diagnostics.push(
                Diagnostic::error("UP0003", format!("two headings have the name `{base}`"))
                    .at(heading, "the second one")
                    .also(first, "the first one")
                    .help("give one of them another `{#name}`"),
            );
        }
    }
}

/// Words in lower case, joined by hyphens; a number in front of a heading's words is dropped.
fn slug(words: &str, drop_number: bool) -> String {
    let lower = words.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let numbers = words.iter().take_while(|word| drop_number && word.chars().all(|c| c.is_ascii_digit())).count();
    let rest = words.get(numbers..).filter(|rest| !rest.is_empty()).unwrap_or(&words);
    if rest.is_empty() { "top".to_owned() } else { rest.join("-") }
}
