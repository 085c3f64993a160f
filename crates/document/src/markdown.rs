//! Markdown to sections, clauses and blocks, with exact byte spans.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::block::Open;
use crate::diagnostic::Diagnostic;
use crate::document::{Clause, Document, Section};
use crate::front;
use crate::heading;
use crate::lock::{self, Lock};
use crate::source::Source;
use crate::span::Span;

/// The longest document that is read, in bytes.
pub const LONGEST: usize = 4 * 1024 * 1024;

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
    let mut reader = Reader::new(source, body);
    reader.read();
    let Reader { mut sections, references, diagnostics: of_body, .. } = reader;
    diagnostics.extend(of_body);
    if sections.first().is_some_and(|first| first.level == 0 && first.clauses.is_empty()) {
        sections.remove(0);
    }
    heading::number(&mut sections);
    heading::name(source, &mut sections, &mut diagnostics);
    let lock = number_clauses(&mut sections, lock);
    (Document { front, sections, references }, lock, diagnostics)
}

/// The sections of a text without front matter, with the blocks that stand in them; what is wrong with its blocks is said where
/// they are read again.
pub(crate) fn sections(source: &Source) -> Vec<Section> {
    if source.text.len() > LONGEST {
        return Vec::new();
    }
    let mut reader = Reader::new(source, 0);
    reader.read();
    reader.sections
}

struct Reader<'s> {
    source: &'s Source,
    /// The byte at which the body begins.
    base: usize,
    /// How many tags are open, headings left out.
    depth: usize,
    /// The heading that is being read.
    heading: Option<Section>,
    /// The code block that is being read.
    open: Option<Open>,
    /// Whether an HTML comment is being read: it is nobody's prose.
    comment: bool,
    sections: Vec<Section>,
    references: Vec<Span>,
    diagnostics: Vec<Diagnostic>,
}

impl<'s> Reader<'s> {
    fn new(source: &'s Source, base: usize) -> Self {
        Self {
            source,
            base,
            depth: 0,
            heading: None,
            open: None,
            comment: false,
            sections: vec![Section { body: Span::new(base, base), ..Section::default() }],
            references: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    fn read(&mut self) {
        let text = self.source.text.get(self.base..).unwrap_or("");
        let options = Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        let events = Parser::new_ext(text, options).into_offset_iter();
        let here = |range: &std::ops::Range<usize>| Span::new(range.start + self.base, range.end + self.base);
        self.references = events.reference_definitions().iter().map(|(_, definition)| here(&definition.span)).collect();
        self.references.sort_unstable();
        for (event, range) in events {
            let span = Span::new(range.start + self.base, range.end + self.base);
            self.event(event, span);
        }
        let end = Span::new(self.source.text.len(), self.source.text.len()).end;
        if let Some(last) = self.sections.last_mut() {
            last.body.end = end;
        }
    }

    fn event(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Start(Tag::Heading { level, id, .. }) if self.depth == 0 => {
                let slug = id.map(|id| id.to_string()).unwrap_or_default();
                self.heading = Some(Section { slug, level: level as u8, heading: span, ..Section::default() });
            }
            Event::End(TagEnd::Heading(_)) if self.depth == 0 => self.end_heading(),
            Event::Start(tag) => self.start(&tag, span),
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                match tag {
                    TagEnd::CodeBlock => self.end_block(),
                    TagEnd::HtmlBlock => self.comment = false,
                    _ => {}
                }
                let inline = matches!(
                    tag,
                    TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image
                );
                if !inline {
                    self.push_words(" ");
                }
            }
            Event::Text(words) => match &mut self.open {
                Some(open) if open.kind.is_some() => open.push(self.source, span, &words),
                _ => self.push_words(&words),
            },
            Event::Code(words) => self.push_words(&words),
            Event::Html(words) if !self.comment => self.push_words(&words),
            Event::SoftBreak | Event::HardBreak => self.push_words(" "),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, span: Span) {
        let mut prose = self.depth == 0 && self.heading.is_none();
        if let Tag::CodeBlock(kind) = tag {
            let open = Open::new(self.source, span, kind, &mut self.diagnostics);
            prose &= open.kind.is_none();
            self.open = Some(open);
        }
        if matches!(tag, Tag::HtmlBlock) {
            let html = self.source.slice(span).trim();
            self.comment = html.starts_with("<!--") && html.find("-->") == html.len().checked_sub(3);
            prose &= !self.comment;
        }
        if prose {
            self.begin_prose(span, !matches!(tag, Tag::Paragraph));
        }
        self.depth += 1;
    }

    fn end_heading(&mut self) {
        let Some(mut section) = self.heading.take() else {
            return;
        };
        section.title = section.title.split_whitespace().collect::<Vec<_>>().join(" ");
        section.body = Span { start: section.heading.end, end: section.heading.end };
        if let Some(last) = self.sections.last_mut() {
            last.body.end = section.heading.start;
        }
        self.sections.push(section);
    }

    /// A block of prose begins. A list, quote or table belongs to the paragraph above it.
    fn begin_prose(&mut self, span: Span, joins: bool) {
        let span = trim_end(self.source, span);
        let Some(section) = self.sections.last_mut() else {
            return;
        };
        match section.clauses.last_mut() {
            Some(clause) if joins && clause.blocks.is_empty() => clause.span.end = span.end,
            _ => section.clauses.push(Clause { span, ..Clause::default() }),
        }
    }

    fn push_words(&mut self, words: &str) {
        if let Some(heading) = &mut self.heading {
            heading.title.push_str(words);
        } else if let Some(clause) = self.sections.last_mut().and_then(|section| section.clauses.last_mut()) {
            clause.text.push_str(words);
        }
    }

    fn end_block(&mut self) {
        let Some(block) = self.open.take().and_then(|open| open.close(self.source, &mut self.diagnostics)) else {
            return;
        };
        let Some(section) = self.sections.last_mut() else {
            return;
        };
        if section.clauses.is_empty() {
            let at = Span { start: block.span.start, end: block.span.start };
            section.clauses.push(Clause { span: at, ..Clause::default() });
        }
        if let Some(clause) = section.clauses.last_mut() {
            clause.blocks.push(block);
        }
    }
}

/// A span without the blanks at its end.
pub(crate) fn trim_end(source: &Source, span: Span) -> Span {
    let length = source.slice(span).trim_end().len();
    Span::new(span.start as usize, span.start as usize + length)
}

fn number_clauses(sections: &mut [Section], before: Option<&Lock>) -> Lock {
    let mut lock = before.cloned().unwrap_or_default();
    lock.forget_prose_elsewhere(sections.iter().map(|section| section.slug.as_str()).collect());
    for section in sections {
        for clause in &mut section.clauses {
            clause.text = clause.text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        let hashes = section.clauses.iter().map(|clause| lock::hash(&clause.text)).collect();
        for (clause, number) in section.clauses.iter_mut().zip(lock.number(&section.slug, hashes)) {
            clause.id = format!("{}.{number}", section.slug);
        }
    }
    lock
}
