//! Markdown to sections, clauses and blocks, with exact byte spans.

use std::collections::BTreeSet;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::diagnostic::Diagnostic;
use crate::front::{self, Front};
use crate::lock::{self, Lock};
use crate::source::{Source, Span};

/// The longest document that is read, in bytes.
pub const LONGEST: usize = 4 * 1024 * 1024;

/// A policy document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its front matter.
    pub front: Front,
    /// Its sections in order; the first has no heading when text stands before any.
    pub sections: Vec<Section>,
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
    /// The prose as plain text.
    pub text: String,
    /// The blocks below it.
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
    /// The section that a clause id belongs to, and the clause.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<(&Section, &Clause)> {
        self.sections.iter().find_map(|section| {
            section.clauses.iter().find(|clause| clause.id == id).map(|clause| (section, clause))
        })
    }

    /// The Markdown of a section's body without its rule blocks and scenarios.
    #[must_use]
    pub fn prose(source: &Source, section: &Section) -> String {
        let mut out = String::new();
        let mut at = section.body.start;
        for block in section.clauses.iter().flat_map(|clause| &clause.blocks) {
            out.push_str(source.slice(Span { start: at, end: block.span.start }));
            at = block.span.end;
        }
        out.push_str(source.slice(Span { start: at, end: section.body.end }));
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

/// Reads a document. Never fails: what is wrong comes back as diagnostics. The lock that comes back is `lock` brought up to
/// date.
#[must_use]
pub fn parse(source: &Source, lock: Option<&Lock>) -> (Document, Lock, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    if source.text.len() > LONGEST {
        diagnostics.push(
            Diagnostic::error("UP0002", "the policy is longer than 4 MiB")
                .at(Span::new(0, 0), "")
                .help("a policy is a text that people read; was another file meant?"),
        );
        return (Document::default(), lock.cloned().unwrap_or_default(), diagnostics);
    }
    let (front, body) = front::parse(source, &mut diagnostics);
    let mut reader = Reader { source, base: body, sections: vec![Section::default()], diagnostics };
    reader.read();
    let Reader { mut sections, mut diagnostics, .. } = reader;
    if sections.first().is_some_and(|first| first.level == 0 && first.clauses.is_empty()) {
        sections.remove(0);
    }
    number_sections(&mut sections);
    name_sections(&mut sections, &mut diagnostics);
    let lock = number_clauses(&mut sections, lock);
    (Document { front, sections }, lock, diagnostics)
}

struct Reader<'s> {
    source: &'s Source,
    base: usize,
    sections: Vec<Section>,
    diagnostics: Vec<Diagnostic>,
}

/// A block that is being read.
struct Open {
    kind: Option<BlockKind>,
    span: Span,
    lines: Vec<Line>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let text = self.source.text.get(self.base..).unwrap_or("");
        let options = Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        let mut depth = 0_usize;
        let mut heading: Option<Section> = None;
        let mut open: Option<Open> = None;
        for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
            let span = Span::new(range.start + self.base, range.end + self.base);
            match event {
                Event::Start(Tag::Heading { level, id, .. }) if depth == 0 => {
                    let slug = id.map(|id| id.to_string()).unwrap_or_default();
                    heading = Some(Section { slug, level: level_of(level), heading: span, ..Section::default() });
                }
                Event::End(TagEnd::Heading(_)) if depth == 0 => {
                    if let Some(mut section) = heading.take() {
                        section.title = section.title.trim().to_owned();
                        if let Some(last) = self.sections.last_mut() {
                            last.body.end = section.heading.start;
                        }
                        section.body = Span { start: section.heading.end, end: section.heading.end };
                        self.sections.push(section);
                    }
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    let kind = match &kind {
                        CodeBlockKind::Fenced(info) => kind_of(info),
                        CodeBlockKind::Indented => None,
                    };
                    if kind.is_none() && depth == 0 {
                        self.begin_prose(span, true);
                    }
                    open = Some(Open { kind, span: trim_end(self.source, span), lines: Vec::new() });
                    depth += 1;
                }
                Event::End(TagEnd::CodeBlock) => {
                    depth = depth.saturating_sub(1);
                    if let Some(open) = open.take() {
                        self.end_block(open);
                    }
                }
                Event::Start(tag) => {
                    if depth == 0 {
                        self.begin_prose(span, !matches!(tag, Tag::Paragraph));
                    }
                    depth += 1;
                }
                Event::End(_) => depth = depth.saturating_sub(1),
                Event::Text(words) | Event::Code(words) => match (&mut heading, &mut open) {
                    (Some(section), _) => section.title.push_str(&words),
                    (None, Some(open)) if open.kind.is_some() => push_lines(self.source, span, &mut open.lines),
                    _ => self.push_prose(&words),
                },
                Event::SoftBreak | Event::HardBreak => match &mut heading {
                    Some(section) => section.title.push(' '),
                    None => self.push_prose(" "),
                },
                _ => {}
            }
        }
        let end = u32::try_from(self.source.text.len()).unwrap_or(u32::MAX);
        if let Some(last) = self.sections.last_mut() {
            last.body.end = end;
        }
        if let Some(first) = self.sections.first_mut() {
            first.body.start = u32::try_from(self.base).unwrap_or(u32::MAX).min(first.body.end);
        }
    }

    /// A block of prose begins. A list, quote or table belongs to the paragraph above it.
    fn begin_prose(&mut self, span: Span, joins: bool) {
        let span = trim_end(self.source, span);
        let Some(section) = self.sections.last_mut() else { return };
        match section.clauses.last_mut() {
            Some(clause) if joins && clause.blocks.is_empty() => {
                clause.span.end = span.end;
                clause.text.push(' ');
            }
            _ => section.clauses.push(Clause { span, ..Clause::default() }),
        }
    }

    fn push_prose(&mut self, words: &str) {
        if let Some(clause) = self.sections.last_mut().and_then(|section| section.clauses.last_mut()) {
            clause.text.push_str(words);
        }
    }

    fn end_block(&mut self, open: Open) {
        let Some(kind) = open.kind else { return };
        let text = self.source.slice(open.span);
        let last = text.lines().last().unwrap_or("").trim_start_matches(['>', ' ', '\t']);
        if text.lines().count() < 2 || !(last.starts_with("```") || last.starts_with("~~~")) {
            let fence = Span::new(
                open.span.start as usize,
                open.span.start as usize + text.lines().next().unwrap_or("").trim_end().len(),
            );
            self.diagnostics.push(
                Diagnostic::error("UP0001", "this block is never closed")
                    .at(fence, "it begins here and takes in the rest of the text")
                    .help("end it with a line of three backticks"),
            );
        }
        let Some(section) = self.sections.last_mut() else { return };
        if section.clauses.is_empty() {
            let at = Span { start: open.span.start, end: open.span.start };
            section.clauses.push(Clause { span: at, ..Clause::default() });
        }
        if let Some(clause) = section.clauses.last_mut() {
            clause.blocks.push(Block { kind, lines: open.lines, span: open.span });
        }
    }
}

fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

fn kind_of(info: &str) -> Option<BlockKind> {
    match info.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["upheld"] => Some(BlockKind::Rules),
        ["upheld", "added"] => Some(BlockKind::Added),
        ["scenario"] => Some(BlockKind::Scenario),
        _ => None,
    }
}

fn trim_end(source: &Source, span: Span) -> Span {
    let length = source.slice(span).trim_end().len();
    Span::new(span.start as usize, span.start as usize + length)
}

/// The lines of one piece of a block's text.
fn push_lines(source: &Source, span: Span, lines: &mut Vec<Line>) {
    let mut at = span.start as usize;
    for line in source.slice(span).split_inclusive('\n') {
        let bare = line.trim();
        if !bare.is_empty() {
            let lead = line.len() - line.trim_start().len();
            let indent = line.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum();
            lines.push(Line { span: Span::new(at + lead, at + lead + bare.len()), indent });
        }
        at += line.len();
    }
}

/// Numbers headings of level 2 and below: 1, 1.1, 1.2, 2 …
fn number_sections(sections: &mut [Section]) {
    let mut counts: Vec<u32> = Vec::new();
    for section in sections.iter_mut().filter(|section| section.level >= 2) {
        let depth = usize::from(section.level) - 1;
        counts.resize(depth, 0);
        if let Some(count) = counts.last_mut() {
            *count += 1;
        }
        section.number = counts.iter().map(|n| n.max(&1).to_string()).collect::<Vec<_>>().join(".");
    }
}

/// Gives each section a slug of its own.
fn name_sections(sections: &mut [Section], diagnostics: &mut Vec<Diagnostic>) {
    let mut taken = BTreeSet::new();
    for section in sections {
        let chosen = !section.slug.is_empty();
        if !chosen {
            section.slug = slug(&section.title);
        }
        let base = section.slug.clone();
        let mut n = 2;
        while !taken.insert(section.slug.clone()) {
            section.slug = format!("{base}-{n}");
            n += 1;
        }
        if chosen && section.slug != base {
            diagnostics.push(
                Diagnostic::error("UP0003", format!("two headings have the name `{base}`"))
                    .at(section.heading, "the second one")
                    .help("give one of them another `{#name}`"),
            );
        }
    }
}

/// A heading's words in lower case, joined by hyphens, without a number in front.
fn slug(title: &str) -> String {
    let words: Vec<String> = title
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let numbers = words.iter().take_while(|word| word.chars().all(|c| c.is_ascii_digit())).count();
    let rest = words.get(numbers..).filter(|rest| !rest.is_empty()).unwrap_or(&words);
    if rest.is_empty() { "top".to_owned() } else { rest.join("-") }
}

fn number_clauses(sections: &mut [Section], before: Option<&Lock>) -> Lock {
    let empty = Lock::default();
    let before = before.unwrap_or(&empty);
    let mut after = Lock::default();
    for section in sections {
        let hashes: Vec<String> = section.clauses.iter().map(|clause| lock::hash(&clause.text)).collect();
        let numbers = before.number(&section.slug, &hashes, &mut after);
        for (clause, number) in section.clauses.iter_mut().zip(numbers) {
            clause.id = format!("{}.{number}", section.slug);
            clause.text = clause.text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
    }
    after
}
