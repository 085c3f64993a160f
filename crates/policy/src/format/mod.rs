//! Layout of rule blocks and scenarios. Prose stays as it is, byte for byte, and so does what the rules mean.
//!
//! Two blanks a level, one between words, none before a comma; labels below each other in a run of declarations, and
//! `keeps …` in one column in a run of lines; single blank lines. `line` reads a line, `columns` puts lines below each
//! other, `same` holds the result against the text.

mod columns;
mod line;
mod plain;
mod requirements;
mod same;

use std::ops::Range;

use upheld_document::{Block, Document, Source};

use columns::Item;
pub(crate) use plain::{rules, sentence, sentences};
pub use requirements::without_requirements;

/// Lays the blocks of a policy out. What is formatted already comes back as it is.
#[must_use]
pub fn format(source: &Source) -> String {
    let (document, ..) = upheld_document::parse(source, None);
    let pieces: Vec<(Range<usize>, String)> = blocks(&document).filter_map(|block| formatted(source, block)).collect();
    if pieces.is_empty() {
        return source.text.clone();
    }
    let whole = replaced(&source.text, &pieces);
    if same::same(source, &document, &whole) {
        return whole;
    }
    // Somewhere the layout means something. Such blocks stay as they are.
    let good: Vec<(Range<usize>, String)> = pieces
        .into_iter()
        .filter(|piece| same::same(source, &document, &replaced(&source.text, std::slice::from_ref(piece))))
        .collect();
    let whole = replaced(&source.text, &good);
    if same::same(source, &document, &whole) { whole } else { source.text.clone() }
}

/// All blocks in the order of the text.
fn blocks(document: &Document) -> impl Iterator<Item = &Block> {
    let mut all: Vec<&Block> =
        document.sections.iter().flat_map(|section| &section.clauses).flat_map(|clause| &clause.blocks).collect();
    all.sort_by_key(|block| block.span);
    all.into_iter()
}

fn replaced(text: &str, pieces: &[(Range<usize>, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, piece) in pieces {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(piece);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// What stands between the fences of a block, and what is to stand there. None: the same, or it cannot be told where its
/// lines begin.
fn formatted(source: &Source, block: &Block) -> Option<(Range<usize>, String)> {
    let text = source.slice(block.span);
    let first = text.find('\n')? + 1;
    let last = text.rfind('\n')? + 1;
    let closed = text.get(last..)?.trim_start_matches(['>', ' ', '\t']);
    let is_fence = |c: char| matches!(c, '`' | '~');
    if closed.is_empty() || !closed.trim_end().chars().all(is_fence) || last < first {
        return None;
    }
    let range = block.span.start as usize + first..block.span.start as usize + last;
    let end = if text.get(..first)?.ends_with("\r\n") { "\r\n" } else { "\n" };
    let mut prefix: Option<&str> = None;
    let mut items = Vec::new();
    let mut above: Vec<u16> = Vec::new();
    let mut before: Option<u32> = None;
    for at in &block.lines {
        let own = prefix_of(&source.text, at.span.start as usize, at.indent)?;
        if *prefix.get_or_insert(own) != own {
            return None;
        }
        let between = before.map(|before| source.text.get(before as usize..at.span.start as usize));
        if between.flatten().is_some_and(|between| between.matches('\n').count() > 1) {
            items.push(Item::blank());
        }
        before = Some(at.span.end);
        let mut item = line::read(source, *at, block.kind);
        if !item.is_comment() {
            while above.last().is_some_and(|indent| *indent >= at.indent) {
                above.pop();
            }
            item.depth = above.len();
            above.push(at.indent);
        }
        items.push(item);
    }
    columns::comments(&mut items);
    columns::labels(&mut items);
    columns::keeps(&mut items);
    let prefix = prefix.unwrap_or_default();
    let mut out = String::new();
    for item in &items {
        let text = item.text();
        out.push_str(if text.is_empty() { prefix.trim_end() } else { prefix });
        out.push_str(&text);
        out.push_str(end);
    }
    (source.text.get(range.clone()) != Some(out.as_str())).then_some((range, out))
}

/// What stands before a line's own indentation: the marks of a quote, the indentation of a list.
fn prefix_of(text: &str, start: usize, indent: u16) -> Option<&str> {
    let before = text.get(..start)?;
    let lead = before.get(before.rfind('\n').map_or(0, |at| at + 1)..)?;
    let mut columns = indent;
    let mut rest = lead;
    while columns > 0 {
        let blank = rest.chars().next_back()?;
        let width = if blank == '\t' { 4 } else { 1 };
        if !blank.is_whitespace() || width > columns {
            return None;
        }
        columns -= width;
        rest = rest.get(..rest.len() - blank.len_utf8())?;
    }
    Some(rest)
}
