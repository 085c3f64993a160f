//! One line of a scenario.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use upheld_document::{Diagnostic, Document, Span};

use super::acts;
use super::ast::{StepKind, Unit};
use super::names::{Mention, What};
use super::rights;
use super::version;
use crate::model::Publication;
use crate::syntax::ast::Name;
use crate::syntax::cursor::{Cursor, Parsed, Stop};
use crate::syntax::lexer::{Token, TokenKind};

pub(super) const AT: &str = "ann at sign_up with name \"Ann\", email \"ann@example.org\"";
pub(super) const MAY: &str = "mailer may use ann's email for newsletter";
const NOTHING: &str = "nothing of ann is held except invoice";

/// What a line says.
pub(super) enum Said {
    Shows(Vec<String>),
    Step(Box<StepKind>),
    /// Another version of the policy: the text of the one that the steps above left, changed.
    Version(String),
}

/// A line that was read, as far as it was understood.
pub(super) struct Read {
    pub(super) said: Option<Said>,
    /// What it names, in order.
    pub(super) mentions: Vec<Mention>,
}

pub(super) fn line(
    tokens: &[Token],
    span: Span,
    document: &Document,
    now: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Read {
    let mut reader = Reader { cursor: Cursor::new(tokens, span, diagnostics), document, mentions: Vec::new() };
    let said = if reader.cursor.take(&["the", "policy"]) {
        match reader.cursor.take(&["may", "not", "say"]) {
            true => version::may_not(&mut reader, now).map(|step| Said::Step(Box::new(step))),
            false => version::then(&mut reader, now).map(Said::Version),
        }
    } else if reader.cursor.take(&["shows"]) {
        reader.shows().map(Said::Shows)
    } else {
        reader.step().map(|step| Said::Step(Box::new(step)))
    };
    Read { said: said.ok(), mentions: reader.mentions }
}

/// A walk over one line that notes what it names.
pub(super) struct Reader<'t> {
    pub(super) cursor: Cursor<'t>,
    pub(super) document: &'t Document,
    pub(super) mentions: Vec<Mention>,
}

impl Reader<'_> {
    fn shows(&mut self) -> Parsed<Vec<String>> {
        const SHOWS: &str = "shows WX09-49, WX09-50";
        let mut ids = Vec::new();
        loop {
            match self.cursor.peek() {
                Some(TokenKind::Id(id) | TokenKind::Word(id)) => ids.push(id.clone()),
                _ => return self.cursor.expected("the id of a requirement", SHOWS),
            }
            self.cursor.next();
            if !self.cursor.take_comma() {
                self.cursor.end(SHOWS)?;
                return Ok(ids);
            }
        }
    }

    fn step(&mut self) -> Parsed<StepKind> {
        if self.cursor.take(&["it", "is"]) {
            return self.it_is();
        }
        if self.cursor.take(&["after"]) {
            return self.after();
        }
        if self.cursor.take(&["nothing", "of"]) {
            return self.nothing_held();
        }
        if self.cursor.take(&["the", "store"]) {
            return rights::stored(self, false);
        }
        if self.cursor.take(&["the", "backup"]) {
            return rights::stored(self, true);
        }
        if self.cursor.take(&["the", "page"]) {
            return self.shown();
        }
        let same = self.cursor.take(&["the", "same"]);
        let subject = self.cursor.name("a person, a role or a program", MAY)?;
        if self.cursor.peek() == Some(&TokenKind::Possessive) {
            return self.held(&subject);
        }
        if !same && self.cursor.peek() == Some(&TokenKind::Comma) {
            return acts::aged(self, &subject);
        }
        let verb = self.cursor.peek_word();
        if same && !matches!(verb, Some("finds" | "may")) {
            return self.cursor.expected("`finds`", "the same counsel finds w1 \"valid and enforceable\"");
        }
        match verb {
            Some("at") => acts::at(self, &subject),
            Some("closes") => self.closes(&subject),
            Some("agrees" | "refuses" | "objects") => acts::chooses(self, &subject, true),
            Some("requests") => rights::requests(self, &subject, true),
            Some("lifts") => rights::lifts(self, &subject),
            Some("notifies") => rights::notifies(self, &subject),
            Some("is") if self.cursor.word_at(1) == Some("owed") => rights::owed(self, &subject),
            Some("answers") => rights::answers(self, &subject),
            Some("waits") => rights::waits(self, &subject),
            Some("becomes") => acts::becomes(self, &subject, true),
            Some("is") => acts::becomes(self, &subject, false),
            Some("relates") => acts::relates(self, &subject, true, true),
            Some("ends") if self.cursor.word_at(2) == Some("as") => acts::relates(self, &subject, false, true),
            Some("opens") => acts::opens(self, &subject, true),
            Some("finds") => acts::finds(self, &subject, same, true),
            Some("ends") => acts::ends(self, &subject),
            Some("erases" | "blocks" | "unblocks" | "changes") => acts::does(self, &subject),
            Some("compares") => acts::compares(self, &subject, true),
            Some("may") => acts::may(self, &subject, same),
            _ => self.cursor.expected("what happens, or what may be done", &format!("{AT}`, `{MAY}")),
        }
    }

    /// Notes a name.
    pub(super) fn mention(&mut self, what: What, name: &Name) -> String {
        self.mentions.push(Mention { what, name: name.clone() });
        name.text.clone()
    }

    /// The next name, which is one of these.
    pub(super) fn name(&mut self, what: What, wanted: &str, example: &str) -> Parsed<String> {
        let name = self.cursor.name(wanted, example)?;
        Ok(self.mention(what, &name))
    }

    /// Names with commas between them.
    pub(super) fn names(&mut self, what: What, wanted: &str, example: &str) -> Parsed<Vec<String>> {
        let names = self.cursor.names(wanted, example)?;
        Ok(names.iter().map(|name| self.mention(what, name)).collect())
    }

    /// A quoted text.
    pub(super) fn text(&mut self, wanted: &str, example: &str) -> Parsed<String> {
        match self.cursor.text() {
            Some(text) => Ok(text),
            None => self.cursor.expected(wanted, example),
        }
    }

    /// `name "Ann", email "…"`
    pub(super) fn values(&mut self, what: What, example: &str) -> Parsed<BTreeMap<String, String>> {
        let mut out = BTreeMap::new();
        loop {
            let element = self.cursor.name("a name and its value in quotes", example)?;
            let value = self.text("the value in quotes", example)?;
            if out.insert(self.mention(what, &element), value).is_some() {
                self.cursor.report(
                    Diagnostic::error("UP0008", format!("`{}` is said twice in one step", element.text))
                        .at(element.span, "again here")
                        .help("keep one of the two; a second value is a step of its own"),
                );
                return Err(Stop);
            }
            let more = self.cursor.peek() == Some(&TokenKind::Comma)
                && !matches!(self.cursor.word_at(1), Some("because" | "is" | "as" | "opens"));
            if more {
                self.cursor.next();
            } else if !self.cursor.take(&["and"]) {
                return Ok(out);
            }
        }
    }

    /// The step is complete.
    pub(super) fn done(&mut self, kind: StepKind, example: &str) -> Parsed<StepKind> {
        self.cursor.end(example)?;
        Ok(kind)
    }

    fn it_is(&mut self) -> Parsed<StepKind> {
        const IT_IS: &str = "it is 2019-10-05 09:30";
        let here = self.cursor.here();
        let Some(TokenKind::Date(date)) = self.cursor.peek() else {
            return self.cursor.expected("a date", IT_IS);
        };
        self.cursor.next();
        let (mut hour, mut minute) = (0, 0);
        if !self.cursor.is_done() {
            hour = self.cursor.number("a time of day", IT_IS)?;
            if self.cursor.peek() != Some(&TokenKind::Colon) {
                return self.cursor.expected("a colon", IT_IS);
            }
            self.cursor.next();
            minute = self.cursor.number("the minutes", IT_IS)?;
        }
        let time = date.parse::<Date>().ok().zip(i8::try_from(hour).ok().zip(i8::try_from(minute).ok()));
        let time = time.and_then(|(date, (hour, minute))| {
            DateTime::new(date.year(), date.month(), date.day(), hour, minute, 0, 0).ok()
        });
        let Some(time) = time else {
            let place = Span { start: here.start, end: self.cursor.read_to() };
            self.cursor.report(
                Diagnostic::error("UP0504", "there is no such day or time")
                    .at(place, "")
                    .help(format!("write year, month and day, and hours and minutes: `{IT_IS}`")),
            );
            return Err(Stop);
        };
        self.done(StepKind::ItIs(time), IT_IS)
    }

    fn after(&mut self) -> Parsed<StepKind> {
        const AFTER: &str = "after 30 days";
        let count = self.cursor.number("a number", AFTER)?;
        let unit = match self.cursor.peek_word() {
            Some("minute" | "minutes") => Unit::Minutes,
            Some("hour" | "hours") => Unit::Hours,
            Some("day" | "days") => Unit::Days,
            Some("week" | "weeks") => Unit::Weeks,
            Some("month" | "months") => Unit::Months,
            Some("year" | "years") => Unit::Years,
            _ => {
                return self.cursor.expected("`minutes`, `hours`, `days`, `weeks`, `months` or `years`", AFTER);
            }
        };
        self.cursor.next();
        self.done(StepKind::After(count, unit), AFTER)
    }

    /// `the page names prefs among cookies for preferences`, after `the page`.
    fn shown(&mut self) -> Parsed<StepKind> {
        const SHOWN: &str = "the page names prefs among cookies";
        let named = !self.cursor.take(&["does", "not"]);
        self.cursor.expect(&[if named { "names" } else { "name" }], SHOWN)?;
        let name = self.cursor.name("what it names", SHOWN)?;
        self.cursor.expect(&["among"], SHOWN)?;
        let lists = [
            (Publication::Cookies, What::Point),
            (Publication::Recipients, What::Recipient),
            (Publication::Periods, What::Data),
            (Publication::Choices, What::Choice),
        ];
        let word = self.cursor.peek_word();
        let Some((among, what)) = lists.into_iter().find(|(list, _)| Some(list.word()) == word) else {
            return self.cursor.expected("`cookies`, `recipients`, `periods` or `choices`", SHOWN);
        };
        self.cursor.next();
        let name = self.mention(what, &name);
        let purpose = match self.cursor.take(&["for"]) {
            true => Some(self.name(What::Purpose, "a purpose", SHOWN)?),
            false => None,
        };
        self.done(StepKind::Shown { among, name, purpose, named }, SHOWN)
    }

    fn nothing_held(&mut self) -> Parsed<StepKind> {
        let person = self.name(What::Person, "whose", NOTHING)?;
        self.cursor.expect(&["is", "held"], NOTHING)?;
        self.cursor.take_comma();
        let except = if self.cursor.take(&["except"]) {
            self.names(What::Data, "the data that is held", NOTHING)?
        } else {
            Vec::new()
        };
        self.done(StepKind::NothingHeld { person, except }, NOTHING)
    }

    /// `ann's isp_domain is held as "isp.example"`
    fn held(&mut self, person: &Name) -> Parsed<StepKind> {
        const HELD: &str = "ann's isp_domain is held as \"isp.example\"";
        if (self.cursor.word_at(1), self.cursor.word_at(2)) == (Some("browser"), Some("keeps")) {
            return acts::browser(self, person);
        }
        let person = self.mention(What::Person, person);
        self.cursor.next();
        if self.cursor.take(&["disclosures"]) {
            return rights::disclosed(self, person);
        }
        let element = self.name(What::Data, "the data", HELD)?;
        if self.cursor.take(&["is", "not", "held"]) {
            return self.done(StepKind::Held { person, element, value: None, held: false }, HELD);
        }
        self.cursor.expect(&["is", "held"], HELD)?;
        let value = if self.cursor.take(&["as"]) { Some(self.text("the value in quotes", HELD)?) } else { None };
        self.done(StepKind::Held { person, element, value, held: true }, HELD)
    }

    /// `her`, `the`: a word that only makes the line read well.
    pub(super) fn whose(&mut self) {
        if matches!(self.cursor.peek_word(), Some("her" | "his" | "their" | "its" | "the")) {
            self.cursor.next();
        }
    }

    fn closes(&mut self, person: &Name) -> Parsed<StepKind> {
        const CLOSES: &str = "ann closes her account";
        let person = self.mention(What::Person, person);
        self.cursor.next();
        self.whose();
        self.cursor.expect(&["account"], CLOSES)?;
        self.done(StepKind::Closes { person }, CLOSES)
    }
}
