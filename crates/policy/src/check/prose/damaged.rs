//! UP0709: characters that were damaged on their way into the text.

use upheld_document::{Diagnostic, Source, Span};

/// The characters that Windows-1252 has in the place of 0x80 to 0x9F.
const WINDOWS: [(char, u8); 27] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8a),
    ('‹', 0x8b),
    ('Œ', 0x8c),
    ('Ž', 0x8e),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9a),
    ('›', 0x9b),
    ('œ', 0x9c),
    ('ž', 0x9e),
    ('Ÿ', 0x9f),
];

/// Entities that were written out twice.
const TWICE: [(&str, &str); 6] = [
    ("&amp;amp;", "&"),
    ("&amp;quot;", "\""),
    ("&amp;nbsp;", " "),
    ("&amp;lt;", "&lt;"),
    ("&amp;gt;", "&gt;"),
    ("&amp;#39;", "'"),
];

pub(super) fn check(source: &Source, diagnostics: &mut Vec<Diagnostic>) {
    let text = source.text.as_str();
    let mut past = 0;
    for (at, c) in text.char_indices() {
        if at < past || (c.is_ascii() && c != '&' && !c.is_control()) || matches!(c, '\n' | '\r' | '\t') {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        if let Some((good, length)) = decoded(rest) {
            let span = Span::new(at, at + length);
            past = at + length;
            diagnostics.push(found(span, "this was UTF-8, and was read as another encoding").suggest(
                "it was probably meant to be",
                span,
                good,
            ));
        } else if let Some((twice, once)) = TWICE.iter().find(|(twice, _)| rest.starts_with(twice)) {
            let span = Span::new(at, at + twice.len());
            diagnostics.push(found(span, "this was encoded twice").suggest("write", span, *once));
        } else if c == '\u{fffd}' {
            diagnostics
                .push(found(one(at, c), "a character was lost here").help("look it up in the original, and write it"));
        } else if c.is_control() || matches!(c, '\u{e000}'..='\u{f8ff}') || (c == '\u{feff}' && at > 0) {
            let what = format!("{} is no character that people read", c.escape_unicode());
            diagnostics.push(found(one(at, c), what).help("look it up in the original, and write what stands there"));
        }
    }
}

fn one(at: usize, c: char) -> Span {
    Span::new(at, at + c.len_utf8())
}

fn found(span: Span, why: impl Into<String>) -> Diagnostic {
    Diagnostic::finding("UP0709", "a damaged character").at(span, why)
}

/// A run of characters at the start of a text that is one character of UTF-8 when each is read as the byte that it was: what it
/// was, and how long the run is.
fn decoded(text: &str) -> Option<(String, usize)> {
    let mut bytes = Vec::new();
    let mut length = 0;
    let mut wanted = 0;
    for c in text.chars() {
        let byte = byte(c)?;
        match bytes.len() {
            0 => {
                wanted = match byte {
                    0xc2..=0xdf => 2,
                    0xe0..=0xef => 3,
                    0xf0..=0xf4 => 4,
                    _ => return None,
                }
            }
            _ if !(0x80..=0xbf).contains(&byte) => return None,
            _ => {}
        }
        bytes.push(byte);
        length += c.len_utf8();
        if bytes.len() == wanted {
            return String::from_utf8(bytes).ok().map(|good| (good, length));
        }
    }
    None
}

/// The byte that a character was, had it been read as Windows-1252 or Latin-1.
fn byte(c: char) -> Option<u8> {
    let known = WINDOWS.iter().find(|(known, _)| *known == c).map(|(_, byte)| *byte);
    known.or_else(|| u8::try_from(u32::from(c)).ok())
}
