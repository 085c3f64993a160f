//! One line of a block as tokens with places.

use upheld_document::{Diagnostic, Line, Source, Span};

/// The longest name, in bytes.
pub const LONGEST_NAME: usize = 64;

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or keyword: lower-case letters, digits and `_`, beginning with a letter.
    Word(String),
    /// A whole number.
    Number(u32),
    /// A date, `2019-10-05`.
    Date(String),
    /// A quoted text, without its quotes.
    Text(String),
    /// Something else that hangs together: a requirement id (`WX09-49`), a clause (`partners.1`, `§3.4`).
    Id(String),
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `'s` or a bare apostrophe after a name.
    Possessive,
}

/// A token with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

impl Token {
    /// The word, where it is one.
    #[must_use]
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// How messages name it.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.kind {
            TokenKind::Word(text) | TokenKind::Id(text) | TokenKind::Date(text) => format!("`{text}`"),
            TokenKind::Number(n) => format!("`{n}`"),
            TokenKind::Text(_) => "a quoted text".to_owned(),
            TokenKind::Comma => "a comma".to_owned(),
            TokenKind::Colon => "a colon".to_owned(),
            TokenKind::Possessive => "`'s`".to_owned(),
        }
    }
}

/// Cuts a line into tokens; a comment ends it. What cannot be a token is left out; the first of it is reported.
#[must_use]
pub fn tokens(source: &Source, line: Line, diagnostics: &mut Vec<Diagnostic>) -> Vec<Token> {
    let text = source.slice(line.span);
    let base = line.span.start as usize;
    let mut out = Vec::new();
    let before = diagnostics.len();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let span = |end: usize| Span::new(base + at, base + end);
        match c {
            '#' => break,
            c if c.is_whitespace() => {}
            ',' => out.push(Token { kind: TokenKind::Comma, span: span(at + 1) }),
            ':' => out.push(Token { kind: TokenKind::Colon, span: span(at + 1) }),
            '\'' | '’' => {
                let mut end = at + c.len_utf8();
                if let Some((next, 's')) = chars.peek().copied() {
                    end = next + 1;
                    chars.next();
                }
                out.push(Token { kind: TokenKind::Possessive, span: span(end) });
            }
            '"' | '“' => {
                let mut content = String::new();
                let mut end = None;
                for (next, c) in chars.by_ref() {
                    if c == '"' || c == '”' {
                        end = Some(next + c.len_utf8());
                        break;
                    }
                    content.push(c);
                }
                match end {
                    Some(end) => out.push(Token { kind: TokenKind::Text(content), span: span(end) }),
                    None => {
                        diagnostics.push(
                            Diagnostic::error("UP0004", "a quoted text is not closed on its line")
                                .at(span(text.len()), "it begins here")
                                .help("end it with a double quote"),
                        );
                        break;
                    }
                }
            }
            c if is_part(c) => {
                let mut end = at + c.len_utf8();
                while let Some((next, c)) = chars.peek().copied() {
                    if !is_part(c) {
                        break;
                    }
                    end = next + c.len_utf8();
                    chars.next();
                }
                let part = text.get(at..end).unwrap_or("");
                if let Some(kind) = part_kind(part, span(end), diagnostics) {
                    out.push(Token { kind, span: span(end) });
                }
            }
            c => diagnostics.push(
                Diagnostic::error("UP0004", format!("a rule has no use for the character `{}`", c.escape_default()))
                    .at(span(at + c.len_utf8()), "")
                    .help("a rule is made of words, commas, numbers and texts in double quotes"),
            ),
        }
        diagnostics.truncate(before + 1);
    }
    out
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '§' | '/' | '*')
}

fn part_kind(part: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) -> Option<TokenKind> {
    if part.len() > LONGEST_NAME {
        diagnostics.push(
            Diagnostic::error("UP0004", format!("a name is at most {LONGEST_NAME} bytes long"))
                .at(span, format!("{} bytes", part.len())),
        );
        return None;
    }
    if part.bytes().all(|b| b.is_ascii_digit()) {
        return match part.parse() {
            Ok(number) => Some(TokenKind::Number(number)),
            Err(_) => {
                diagnostics.push(Diagnostic::error("UP0004", "this number is too large").at(span, ""));
                None
            }
        };
    }
    if is_date(part) {
        return Some(TokenKind::Date(part.to_owned()));
    }
    // What others put on a device is often called `_something`.
    let is_name = part.trim_start_matches('_').starts_with(|c: char| c.is_ascii_lowercase())
        && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if is_name {
        return Some(TokenKind::Word(part.to_owned()));
    }
    if part.chars().all(|c| c.is_ascii() || c == '§') {
        return Some(TokenKind::Id(part.to_owned()));
    }
    let strange: Vec<String> =
        part.chars().filter(|c| !c.is_ascii()).map(|c| format!("`{}`", c.escape_unicode())).collect();
    diagnostics.push(
        Diagnostic::error("UP0004", "a name has a letter that is not one of a to z")
            .at(span, format!("here: {}", strange.join(", ")))
            .help("names are lower-case letters a to z, digits and `_`, so that no two of them look alike"),
    );
    None
}

fn is_date(part: &str) -> bool {
    part.len() == 10
        && part.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() })
}
