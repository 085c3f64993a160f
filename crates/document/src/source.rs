//! A source text, and the lines and columns of its bytes.

use crate::span::Span;

/// A text with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name, as diagnostics show it.
    pub name: String,
    /// The text.
    pub text: String,
    line_starts: Vec<usize>,
    /// Where its text comes from, when it was put together; empty: from itself.
    parts: Vec<Part>,
    /// The files that it was put together from.
    files: Vec<Source>,
}

/// A stretch of a text that was put together, up to the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    /// Where it begins in the text.
    at: usize,
    /// From which file it is.
    file: usize,
    /// Where it begins there.
    from: usize,
}

impl Source {
    /// A text under a name.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1))
            .collect();
        Self { name: name.into(), text, line_starts, parts: Vec::new(), files: Vec::new() }
    }

    /// A text put together from pieces of two files: which of them, from which byte on, and the text itself. What lies past its
    /// end is the second file once more, from its start, one byte later: places of which nothing was taken over.
    pub(crate) fn together(files: [Self; 2], pieces: &[(usize, usize, &str)]) -> Self {
        let mut text = String::new();
        let mut parts = Vec::new();
        for (file, from, piece) in pieces {
            parts.push(Part { at: text.len(), file: *file, from: *from });
            text.push_str(piece);
        }
        parts.push(Part { at: text.len() + 1, file: 1, from: 0 });
        let name = files[0].name.clone();
        Self { parts, files: files.into(), ..Self::new(name, text) }
    }

    /// The file and the place in it that a place of this text comes from: itself, for a text that was not put together.
    #[must_use]
    pub fn locate(&self, span: Span) -> (&Self, Span) {
        let start = span.start as usize;
        let part = self.parts.partition_point(|part| part.at <= start).checked_sub(1);
        let found = part.and_then(|at| self.parts.get(at)).and_then(|part| Some((part, self.files.get(part.file)?)));
        let Some((part, file)) = found else { return (self, span) };
        let begin = (part.from + (start - part.at)).min(file.text.len());
        let length = span.end.saturating_sub(span.start) as usize;
        (file, Span::new(begin, (begin + length).min(file.text.len())))
    }

    /// The name of the file that a byte comes from.
    #[must_use]
    pub fn file(&self, offset: u32) -> &str {
        &self.locate(Span { start: offset, end: offset }).0.name
    }

    /// Line and column of a byte in the file that it comes from, both from 1; the column counts characters. An offset past the
    /// end is the end.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        if !self.parts.is_empty() {
            let (file, place) = self.locate(Span { start: offset, end: offset });
            return file.line_column(place.start);
        }
        let offset = (offset as usize).min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.line_starts.get(line).copied().unwrap_or(0);
        let line_text = self.text.get(start..).unwrap_or("");
        let column = line_text.char_indices().take_while(|(at, c)| start + at + c.len_utf8() <= offset).count();
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (clamp(line + 1), clamp(column + 1))
    }

    /// The text of a span; empty for a span that is not in the text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        if span.start as usize > self.text.len() && !self.parts.is_empty() {
            let (file, span) = self.locate(span);
            return file.slice(span);
        }
        self.text.get(span.range()).unwrap_or("")
    }
}
