//! Rules in a file of their own, bound to the clauses of a text that holds no code.
//!
//! The file is Markdown: headings that name a clause (`## payment.1`), and below each the blocks of that clause. Text and file are
//! put together to one document, in which each block stands below its clause; diagnostics point into the file that a line is from.

use crate::diagnostic::Diagnostic;
use crate::document::{Clause, Document};
use crate::lock::Lock;
use crate::markdown::{self, parse};
use crate::nearest::nearest;
use crate::source::Source;
use crate::span::Span;

/// Puts a text and the rules beside it together. What is wrong with the headings of `rules` comes back as diagnostics, their
/// places past the end of the text that is given back.
#[must_use]
pub fn with_rules(text: &Source, rules: &Source, lock: Option<&Lock>) -> (Source, Vec<Diagnostic>) {
    let (document, ..) = parse(text, lock);
    let mut diagnostics = Vec::new();
    // Where blocks are put in, and which: places in the text, spans in the file.
    let mut put: Vec<(usize, Span)> = Vec::new();
    for section in markdown::sections(rules) {
        let blocks: Vec<Span> =
            section.clauses.iter().flat_map(|clause| &clause.blocks).map(|block| block.span).collect();
        let at =
            if section.level == 0 { blocks.first().copied() } else { Some(markdown::trim_end(rules, section.heading)) };
        let Some(at) = at.filter(|_| !blocks.is_empty()) else { continue };
        let name = section.title.trim();
        match find(&document, name) {
            Ok(clause) => {
                let place = end(text, clause);
                put.extend(blocks.into_iter().map(|block| (place, block)));
            }
            Err(why) => diagnostics.push(unbound(at, section.level, name, why, &document)),
        }
    }
    put.sort_by_key(|(place, _)| *place);
    let own = own_line(text, &document);
    let mut pieces: Vec<(usize, usize, &str)> = Vec::new();
    let mut done = 0;
    let piece = |from: usize, to: usize| (0, from, text.text.get(from..to).unwrap_or_default());
    if let Some((start, end)) = own {
        pieces.push(piece(0, start));
        done = end;
    }
    for (place, block) in put {
        pieces.push(piece(done, place));
        pieces.push((0, place, "\n\n"));
        pieces.push((1, block.start as usize, rules.slice(block)));
        pieces.push((0, place, "\n"));
        done = place;
    }
    pieces.push(piece(done, text.text.len()));
    let whole = Source::together([text.clone(), rules.clone()], &pieces);
    let past = whole.text.len() + 1;
    for label in diagnostics.iter_mut().flat_map(|diagnostic| &mut diagnostic.labels) {
        label.span = Span::new(past + label.span.start as usize, past + label.span.end as usize);
    }
    (whole, diagnostics)
}

/// Why a heading names no clause.
enum Unbound {
    /// There is none of that name.
    Unknown,
    /// It names a section with several.
    Several(Vec<String>),
}

/// The clause of an id, or the only one of a section.
fn find<'d>(document: &'d Document, name: &str) -> Result<&'d Clause, Unbound> {
    if let Some((_, clause)) = document.clause(name) {
        return Ok(clause);
    }
    match document.section(name).map(|section| section.clauses.as_slice()) {
        Some([only]) => Ok(only),
        Some(several) if !several.is_empty() => {
            Err(Unbound::Several(several.iter().map(|clause| format!("`{}`", clause.id)).collect()))
        }
        _ => Err(Unbound::Unknown),
    }
}

/// The end of the line on which a clause ends, its own blocks included.
fn end(text: &Source, clause: &Clause) -> usize {
    let last = clause.blocks.iter().map(|block| block.span.end).fold(clause.span.end, u32::max) as usize;
    text.text.get(last..).and_then(|rest| rest.find('\n')).map_or(text.text.len(), |line| last + line)
}

/// The line of the front matter that names the file: what is put together has no other file beside it.
fn own_line(text: &Source, document: &Document) -> Option<(usize, usize)> {
    let entry = document.front.get("rules")?;
    let before = text.text.get(..entry.key_span.start as usize)?;
    let start = before.rfind('\n').map_or(0, |line| line + 1);
    let rest = text.text.get(entry.value_span.end as usize..)?;
    let end = rest.find('\n').map_or(text.text.len(), |line| entry.value_span.end as usize + line + 1);
    Some((start, end))
}

fn unbound(at: Span, level: u8, name: &str, why: Unbound, document: &Document) -> Diagnostic {
    let error = |title: String| Diagnostic::error("UP0712", title).at(at, "");
    match why {
        Unbound::Several(ids) => error(format!("section `{name}` has several clauses"))
            .help(format!("name the one that these blocks keep: {}", ids.join(", "))),
        Unbound::Unknown if level == 0 => error("this block stands below no heading".to_owned())
            .help("put a heading above it that names a clause, such as `## payment.1`"),
        Unbound::Unknown => {
            let ids = document.sections.iter().flat_map(|section| &section.clauses).map(|clause| clause.id.as_str());
            let slugs = document.sections.iter().map(|section| section.slug.as_str());
            let error = error(format!("the text has no clause `{name}`"));
            match nearest(name, ids.chain(slugs)) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("a clause is named by the name of its section and its number: `## payment.1`"),
            }
        }
    }
}
