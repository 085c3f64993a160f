//! A policy document as plain data: what [`crate::parse`] gives.

use crate::front::Front;
use crate::source::Source;
use crate::span::Span;

/// A policy document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its front matter.
    pub front: Front,
    /// Its sections in order; the first has no heading when text stands before any.
    pub sections: Vec<Section>,
    /// Where its link definitions (`[name]: address`) stand.
    pub references: Vec<Span>,
}

/// A heading and what stands below it, up to the next heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// `{#name}` on the heading, else made from its words.
    pub slug: String,
    /// Its number as printed (`3.2`); empty for the title.
    pub number: String,
    /// The heading's text.
    pub title: String,
    /// The heading's level, 1 to 6; 0 for text before any heading.
    pub level: u8,
    /// Where the heading stands.
    pub heading: Span,
    /// From after the heading to the next one.
    pub body: Span,
    /// Its clauses in order.
    pub clauses: Vec<Clause>,
}

/// A piece of prose (a paragraph, with the list, quote or table that follows it) and the blocks that keep it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clause {
    /// `slug.number`; the number never changes and is never given again.
    pub id: String,
    /// Where the prose stands; empty for blocks directly under a heading.
    pub span: Span,
    /// The prose as plain text, its white space folded.
    pub text: String,
    /// The blocks below it, or within its list or quote.
    pub blocks: Vec<Block>,
}

/// What a fenced block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// ```` ```upheld ````: rules.
    Rules,
    /// ```` ```upheld added ````: the operator's additions.
    Added,
    /// ```` ```scenario ````: worked examples.
    Scenario,
}

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it holds.
    pub kind: BlockKind,
    /// Its lines, blank ones left out.
    pub lines: Vec<Line>,
    /// From the opening fence to the closing one.
    pub span: Span,
}

/// One line of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its text without indentation and trailing blanks.
    pub span: Span,
    /// How many columns it is indented within the block; a tab counts four.
    pub indent: u16,
}

impl Document {
    /// The clause with this id, and its section.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<(&Section, &Clause)> {
        self.sections
            .iter()
            .find_map(|section| section.clauses.iter().find(|clause| clause.id == id).map(|clause| (section, clause)))
    }

    /// The section with this slug.
    #[must_use]
    pub fn section(&self, slug: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.slug == slug)
    }

    /// The Markdown of a section's body without its rule blocks and scenarios. The document's link definitions are added,
    /// so that it can be rendered by itself.
    #[must_use]
    pub fn prose(&self, source: &Source, section: &Section) -> String {
        let mut out = String::new();
        let mut at = section.body.start;
        for block in section.clauses.iter().flat_map(|clause| &clause.blocks) {
            out.push_str(source.slice(Span { start: at, end: block.span.start }));
            at = block.span.end;
        }
        out.push_str(source.slice(Span { start: at, end: section.body.end }));
        let elsewhere = |span: &&Span| span.start < section.body.start || span.start >= section.body.end;
        for reference in self.references.iter().filter(elsewhere) {
            out.push_str("\n\n");
            out.push_str(source.slice(*reference));
        }
        out
    }
}

impl Section {
    /// How messages name it: `§3.2 Partners`.
    #[must_use]
    pub fn name(&self) -> String {
        if self.number.is_empty() { self.title.clone() } else { format!("§{} {}", self.number, self.title) }
    }
}
