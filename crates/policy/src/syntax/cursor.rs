//! A walk over one line's tokens, with errors that say what was expected.

use std::collections::BTreeMap;

use upheld_decide::{Period, Unit};
use upheld_document::{Diagnostic, Span, nearest};

use super::ast::Name;
use super::lexer::{Token, TokenKind};
use super::slips;

/// The line is not understood; the diagnostic has been written.
#[derive(Debug)]
pub(crate) struct Stop;

pub(crate) type Parsed<T> = Result<T, Stop>;

/// Words of the text that stand for a period (`term "reasonable time" means 14 days`).
pub(crate) type Terms = BTreeMap<String, Period>;

pub(crate) struct Cursor<'t> {
    tokens: &'t [Token],
    at: usize,
    line: Span,
    /// Who added the name, where the line says so.
    pub(crate) added_by: Option<Name>,
    /// The terms that stand for a period.
    terms: Option<&'t Terms>,
    /// The example of what was read last, for what follows where nothing may.
    example: String,
    diagnostics: &'t mut Vec<Diagnostic>,
}

impl<'t> Cursor<'t> {
    pub(crate) fn new(tokens: &'t [Token], line: Span, diagnostics: &'t mut Vec<Diagnostic>) -> Self {
        Self { tokens, at: 0, line, added_by: None, terms: None, example: String::new(), diagnostics }
    }

    /// The same with terms that may stand where a period does.
    pub(crate) const fn with_terms(mut self, terms: &'t Terms) -> Self {
        self.terms = Some(terms);
        self
    }

    pub(crate) fn peek(&self) -> Option<&'t TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    pub(crate) fn peek_word(&self) -> Option<&'t str> {
        self.word_at(0)
    }

    /// The word so many tokens ahead.
    pub(crate) fn word_at(&self, ahead: usize) -> Option<&'t str> {
        match self.tokens.get(self.at + ahead).map(|token| &token.kind) {
            Some(TokenKind::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Whether a `'s` stands behind the next word.
    pub(crate) fn followed_by_possessive(&self) -> bool {
        self.tokens.get(self.at + 1).is_some_and(|token| token.kind == TokenKind::Possessive)
    }

    /// Whether the line says `their own`.
    pub(crate) fn names_their_own(&self) -> bool {
        let word = |token: &Token, word: &str| matches!(&token.kind, TokenKind::Word(text) if text == word);
        self.tokens.windows(2).any(|pair| match pair {
            [first, second] => word(first, "their") && word(second, "own"),
            _ => false,
        })
    }

    pub(crate) fn next(&mut self) -> Option<&'t Token> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    /// Goes past so many tokens.
    pub(crate) const fn skip(&mut self, count: usize) {
        self.at += count;
    }

    pub(crate) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The place of the next token, or the end of the line.
    pub(crate) fn here(&self) -> Span {
        self.tokens.get(self.at).map_or(Span { start: self.line.end, end: self.line.end }, |token| token.span)
    }

    /// The end of what has been read.
    pub(crate) fn read_to(&self) -> u32 {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(self.line.start, |token| token.span.end)
    }

    /// Takes these words if they come next.
    pub(crate) fn take(&mut self, words: &[&str]) -> bool {
        let next = words.iter().enumerate().all(|(ahead, word)| self.word_at(ahead) == Some(word));
        if next {
            self.at += words.len();
        }
        next
    }

    pub(crate) fn take_comma(&mut self) -> bool {
        let next = self.peek() == Some(&TokenKind::Comma);
        self.at += usize::from(next);
        next
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// What was expected here, with an example sentence and, where the words tell, what was probably meant.
    pub(crate) fn expected<T>(&mut self, what: &str, example: &str) -> Parsed<T> {
        let found = self.tokens.get(self.at).map_or("the end of the line".to_owned(), Token::describe);
        let mut diagnostic = Diagnostic::error("UP0005", format!("expected {what}, found {found}")).at(self.here(), "");
        if let Some(help) = self.probably() {
            diagnostic = diagnostic.help(help);
        }
        self.report(diagnostic.help(format!("for example: `{example}`")));
        Err(Stop)
    }

    /// What was probably meant by the word here, or by an article before it that was read as a name.
    fn probably(&self) -> Option<String> {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).and_then(Token::word);
        let article = before.filter(|word| matches!(*word, "a" | "an" | "the" | "our" | "all" | "every" | "not"));
        article.or_else(|| self.peek_word()).and_then(slips::instead).map(str::to_owned)
    }

    pub(crate) fn expect(&mut self, words: &[&str], example: &str) -> Parsed<()> {
        for (done, word) in words.iter().enumerate() {
            if !self.take(&[word]) {
                return self.expected(&format!("`{}`", words.get(done..).unwrap_or(words).join(" ")), example);
            }
        }
        example.clone_into(&mut self.example);
        Ok(())
    }

    pub(crate) fn name(&mut self, what: &str, example: &str) -> Parsed<Name> {
        match self.tokens.get(self.at) {
            // Words that stand for everybody or everything are nobody's name; where they may stand they are taken before.
            Some(Token { kind: TokenKind::Word(text), .. })
                if matches!(text.as_str(), "we" | "anyone" | "anything" | "everything") =>
            {
                self.expected(what, example)
            }
            Some(Token { kind: TokenKind::Word(text), span }) => {
                self.at += 1;
                example.clone_into(&mut self.example);
                Ok(Name { text: text.clone(), span: *span })
            }
            Some(Token { kind: TokenKind::Id(text), span }) => {
                let diagnostic =
                    Diagnostic::error("UP0004", format!("`{text}` is not written as a name")).at(*span, "");
                self.diagnostics.push(match as_name(text) {
                    Some(name) => diagnostic.suggest("names are lower-case words joined by `_`", *span, name),
                    None => {
                        diagnostic.help("names are lower-case letters a to z, digits and `_`, and begin with a letter")
                    }
                });
                Err(Stop)
            }
            _ => self.expected(what, example),
        }
    }

    /// A choice: a purpose, or the clause of a choice that has no purpose's name (`messages.1`).
    pub(crate) fn choice(&mut self, example: &str) -> Parsed<Name> {
        match self.tokens.get(self.at) {
            Some(Token { kind: TokenKind::Id(text), span }) => {
                self.at += 1;
                Ok(Name { text: text.clone(), span: *span })
            }
            _ => self.name("a choice", example),
        }
    }

    /// Names with commas between them: each of these.
    pub(crate) fn names(&mut self, what: &str, example: &str) -> Parsed<Vec<Name>> {
        let mut names = vec![self.name(what, example)?];
        // A comma may also begin a phrase of its own (`, then erase …`, `, works on …`).
        while self.peek() == Some(&TokenKind::Comma) && !self.phrase_after_comma() {
            self.at += 1;
            names.push(self.name(what, example)?);
        }
        Ok(names)
    }

    /// Somebody, or whoever is something to the person: `their teacher`, `themselves`.
    pub(crate) fn party(&mut self, what: &str, example: &str) -> Parsed<Name> {
        let here = self.here();
        if self.peek_word() != Some("their") {
            return self.name(what, example);
        }
        self.at += 1;
        let relation = self.name("a relation", example)?;
        Ok(Name { text: upheld_decide::their(&relation.text), span: here.to(relation.span) })
    }

    /// Parties with commas between them.
    pub(crate) fn parties(&mut self, what: &str, example: &str) -> Parsed<Vec<Name>> {
        let mut parties = vec![self.party(what, example)?];
        while self.peek() == Some(&TokenKind::Comma) && !self.phrase_after_comma() {
            self.at += 1;
            parties.push(self.party(what, example)?);
        }
        Ok(parties)
    }

    fn phrase_after_comma(&self) -> bool {
        matches!(
            (self.word_at(1), self.word_at(2)),
            (Some("then"), Some("erase"))
                | (Some("works"), Some("on"))
                | (Some("not"), Some("identifying"))
                | (Some("held"), Some("as"))
                | (Some("made"), Some("from"))
                | (Some("itemised" | "without"), _)
                | (Some("within" | "via" | "giving"), _)
                | (Some("once"), _)
                | (Some("basis" | "under"), Some(_))
                | (Some("compatible"), Some("with"))
                | (Some("because"), _)
        )
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        match self.peek() {
            Some(TokenKind::Text(text)) => {
                self.at += 1;
                Some(text.clone())
            }
            _ => None,
        }
    }

    pub(crate) fn number(&mut self, what: &str, example: &str) -> Parsed<u32> {
        match self.peek() {
            Some(TokenKind::Number(n)) => {
                self.at += 1;
                Ok(*n)
            }
            _ => self.expected(what, example),
        }
    }

    /// `10 years`, `1 day`, or a term that stands for such a period (`"reasonable time"`).
    pub(crate) fn period(&mut self, example: &str) -> Parsed<Period> {
        let here = self.here();
        if let Some(terms) = self.terms
            && let Some(text) = self.text()
        {
            if let Some(period) = terms.get(&text) {
                return Ok(*period);
            }
            let diagnostic = Diagnostic::error("UP0120", "no term says how long this is").at(here, "");
            self.diagnostics.push(match nearest(&text, terms.keys().map(String::as_str)) {
                Some(near) => diagnostic.suggest("a term of nearly these words is", here, format!("\"{near}\"")),
                None => diagnostic.help(format!("say it once: `term \"{text}\" means 14 days`")),
            });
            return Err(Stop);
        }
        if matches!(self.peek_word(), Some("a" | "an" | "one")) {
            return self.expected("a number in digits (`1 month`)", example);
        }
        let here = self.here();
        let count = self.number("a number of days, weeks, months or years", example)?;
        if count == 0 {
            let diagnostic = Diagnostic::error("UP0005", "a period is one day at least").at(here, "");
            self.report(diagnostic.help(format!("for example: `{example}`")));
            return Err(Stop);
        }
        let unit = match self.peek_word() {
            Some("day" | "days") => Unit::Day,
            Some("week" | "weeks") => Unit::Week,
            Some("month" | "months") => Unit::Month,
            Some("year" | "years") => Unit::Year,
            _ => return self.expected("`days`, `weeks`, `months` or `years`", example),
        };
        self.at += 1;
        Ok(Period { count, unit })
    }

    /// A trailing `keeps ID, ID`.
    pub(crate) fn keeps(&mut self) -> Parsed<Vec<Name>> {
        let mut ids = Vec::new();
        if !self.take(&["keeps"]) {
            return Ok(ids);
        }
        loop {
            match self.tokens.get(self.at) {
                Some(Token { kind: TokenKind::Id(text) | TokenKind::Word(text), span }) => {
                    ids.push(Name { text: text.clone(), span: *span });
                    self.at += 1;
                }
                _ => return self.expected("the id of a requirement", "… keeps WX09-49"),
            }
            if !self.take_comma() {
                return Ok(ids);
            }
        }
    }

    /// Codes of findings with commas between them.
    pub(crate) fn codes(&mut self, example: &str) -> Parsed<Vec<Name>> {
        let mut codes = Vec::new();
        loop {
            match self.tokens.get(self.at) {
                Some(Token { kind: TokenKind::Id(text) | TokenKind::Word(text), span }) if text != "because" => {
                    codes.push(Name { text: text.clone(), span: *span });
                    self.at += 1;
                }
                _ => return self.expected("the code of a finding", example),
            }
            if !self.take_comma() {
                return Ok(codes);
            }
        }
    }

    /// Nothing may follow.
    pub(crate) fn end(&mut self, otherwise: &str) -> Parsed<()> {
        if self.is_done() {
            return Ok(());
        }
        let example = if self.example.is_empty() { otherwise.to_owned() } else { std::mem::take(&mut self.example) };
        if self.probably().is_none()
            && let Some([first, second]) = self.at.checked_sub(1).and_then(|at| self.tokens.get(at..at + 2))
            && let (Some(one), Some(other)) = (first.word(), second.word())
            && !KEYWORDS.contains(&one)
            && !KEYWORDS.contains(&other)
        {
            let diagnostic = Diagnostic::error("UP0005", format!("expected the end of the sentence, found `{other}`"))
                .at(second.span, "")
                .help(format!(
                    "a name is one word: `{one}_{other}`; between two names stands a comma: `{one}, {other}`"
                ));
            self.report(diagnostic.help(format!("for example: `{example}`")));
            return Err(Stop);
        }
        self.expected("the end of the sentence", &example)
    }
}

/// Words that begin a phrase, and so are hardly half of a name.
const KEYWORDS: [&str; 31] = [
    "is",
    "are",
    "of",
    "from",
    "at",
    "for",
    "with",
    "as",
    "on",
    "in",
    "by",
    "to",
    "if",
    "unless",
    "while",
    "until",
    "after",
    "within",
    "lasting",
    "via",
    "giving",
    "once",
    "only",
    "keeps",
    "works",
    "made",
    "held",
    "not",
    "basis",
    "compatible",
    "added",
];

/// The name that was probably meant by `E-Mail` or `firstName`.
fn as_name(text: &str) -> Option<String> {
    let mut name = String::new();
    let mut after_lower = false;
    for c in text.chars() {
        match c {
            'A'..='Z' => {
                if after_lower {
                    name.push('_');
                }
                name.push(c.to_ascii_lowercase());
            }
            'a'..='z' | '0'..='9' | '_' => name.push(c),
            '-' | '.' | '/' => name.push('_'),
            _ => return None,
        }
        after_lower = c.is_ascii_lowercase();
    }
    name.starts_with(|c: char| c.is_ascii_lowercase()).then_some(name)
}
