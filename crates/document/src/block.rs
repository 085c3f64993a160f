//! Fenced blocks: which kind, which lines, and whether they are closed.

use pulldown_cmark::CodeBlockKind;

use crate::diagnostic::Diagnostic;
use crate::document::{Block, BlockKind, Line};
use crate::markdown::trim_end;
use crate::nearest::nearest;
use crate::source::Source;
use crate::span::Span;

/// A code block that is being read.
pub(crate) struct Open {
    /// What it holds; none for code that is prose to a policy.
    pub(crate) kind: Option<BlockKind>,
    fenced: bool,
    span: Span,
    lines: Vec<Line>,
    /// Blanks at the start of a line whose text is still to come: where they end, and how many columns they are.
    lead: (u32, u16),
}

impl Open {
    pub(crate) fn new(
        source: &Source,
        span: Span,
        kind: &CodeBlockKind<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let (fenced, kind) = match kind {
            CodeBlockKind::Fenced(info) => (true, kind_of(info)),
            CodeBlockKind::Indented => (false, Ok(None)),
        };
        let span = trim_end(source, span);
        let open = Self { kind: kind.unwrap_or(None), fenced, span, lines: Vec::new(), lead: (0, 0) };
        if let Err(near) = kind {
            diagnostics.push(
                Diagnostic::error("UP0010", format!("this block is not `{near}`, and its lines are not read"))
                    .at(open.fence(source), "a block of rules begins with `upheld`, additions with `upheld added`, worked examples with `scenario`")
                    .help(format!("write `{near}` after the backticks")),
            );
        }
        open
    }

    /// Takes in a piece of the block's text. `words` differ from the source where Markdown takes a part of a tab as the
    /// indentation of a list: the rest of the tab comes as blanks.
    pub(crate) fn push(&mut self, source: &Source, span: Span, words: &str) {
        if !words.is_empty() && words.chars().all(|c| c == ' ') && source.slice(span) != words {
            self.lead = (span.end, columns(words));
            return;
        }
        let mut at = span.start as usize;
        for piece in source.slice(span).split_inclusive(['\n', '\r']) {
            let bare = piece.trim();
            let indent = columns(piece);
            let start = at + (piece.len() - piece.trim_start().len());
            let text = Span::new(start, start + bare.len());
            // Markdown may give one line in several pieces.
            let same_line = |end: u32| !source.slice(Span { start: end, end: text.start }).contains(['\n', '\r']);
            let lead = if self.lead.0 > 0 && same_line(self.lead.0) { self.lead.1 } else { 0 };
            if bare.is_empty() {
                self.lead = (Span::new(0, at).end, lead.saturating_add(indent));
            } else {
                match self.lines.last_mut() {
                    Some(line) if same_line(line.span.end) => line.span.end = text.end,
                    _ => self.lines.push(Line { span: text, indent: lead.saturating_add(indent) }),
                }
                self.lead = (0, 0);
            }
            at += piece.len();
        }
    }

    /// The block, if it is one that is read; an error when its fence is never closed.
    pub(crate) fn close(self, source: &Source, diagnostics: &mut Vec<Diagnostic>) -> Option<Block> {
        if self.fenced && !self.is_closed(source) {
            diagnostics.push(
                Diagnostic::error("UP0001", "this block is never closed")
                    .at(self.fence(source), "it begins here and takes in all that follows")
                    .help("end it with a line of the same backticks"),
            );
        }
        Some(Block { kind: self.kind?, lines: self.lines, span: self.span })
    }

    /// The opening fence with its words.
    fn fence(&self, source: &Source) -> Span {
        let line = source.slice(self.span).lines().next().unwrap_or("").trim_end();
        Span::new(self.span.start as usize, self.span.start as usize + line.len())
    }

    fn is_closed(&self, source: &Source) -> bool {
        let text = source.slice(self.span).trim_start();
        let Some(mark) = text.chars().next() else {
            return false;
        };
        let opening = text.chars().take_while(|c| *c == mark).count();
        let Some((_, last)) = text.rsplit_once(['\n', '\r']) else {
            return false;
        };
        let last = last.trim_start_matches(['>', ' ', '\t']).trim_end();
        last.chars().all(|c| c == mark) && last.chars().count() >= opening
    }
}

/// What a fence's words say; the words that were probably meant when they come close.
fn kind_of(info: &str) -> Result<Option<BlockKind>, &'static str> {
    match info.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["upheld"] => Ok(Some(BlockKind::Rules)),
        ["upheld", "added"] => Ok(Some(BlockKind::Added)),
        ["scenario"] => Ok(Some(BlockKind::Scenario)),
        ["upheld", more, ..] if nearest(more, ["added"].into_iter()).is_some() || *more == "added" => {
            Err("upheld added")
        }
        ["upheld", ..] => Err("upheld"),
        ["scenario", ..] => Err("scenario"),
        [word, ..] => match nearest(&word.to_lowercase(), ["upheld", "scenario"].into_iter()) {
            Some("upheld") => Err("upheld"),
            Some(_) => Err("scenario"),
            None if word.eq_ignore_ascii_case("upheld") => Err("upheld"),
            None if word.eq_ignore_ascii_case("scenario") => Err("scenario"),
            None => Ok(None),
        },
        [] => Ok(None),
    }
}

/// How many columns of blanks a line begins with.
fn columns(line: &str) -> u16 {
    let blanks = line.chars().take_while(|c| c.is_whitespace() && !matches!(c, '\n' | '\r'));
    blanks.fold(0, |sum: u16, c| sum.saturating_add(if c == '\t' { 4 } else { 1 }))
}
