//! What a check has to say: plain data that knows nothing of terminals.

use serde::Serialize;

use crate::span::Span;

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The policy does not compile.
    Error,
    /// The policy compiles, and somebody should look.
    Finding,
}

impl Severity {
    /// The word in front of the code.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Finding => "finding",
        }
    }
}

/// A place with what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What; may be empty.
    pub text: String,
    /// Whether it is the place that the diagnostic is about.
    pub primary: bool,
}

/// A replacement of some bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub replacement: String,
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Help {
    /// In words.
    pub text: String,
    /// As a change of the source, where one is sure enough.
    pub edit: Option<Edit>,
}

/// One thing that a check has to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Its stable code (`UP0203`).
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// The fact, in lower case, with names in backticks.
    pub title: String,
    /// Places, the primary one first.
    pub labels: Vec<Label>,
    /// What else is good to know.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<Help>,
    /// The clause that it belongs to (`§3.2 Partners`).
    pub clause: Option<String>,
}

impl Diagnostic {
    /// An error without a place yet.
    #[must_use]
    pub fn error(code: &'static str, title: impl Into<String>) -> Self {
        Self::of(Severity::Error, code, title)
    }

    /// A finding without a place yet.
    #[must_use]
    pub fn finding(code: &'static str, title: impl Into<String>) -> Self {
        Self::of(Severity::Finding, code, title)
    }

    fn of(severity: Severity, code: &'static str, title: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            title: title.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            clause: None,
        }
    }

    /// The place that it is about.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.insert(0, Label { span, text: text.into(), primary: true });
        self
    }

    /// Another place that bears on it.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: false });
        self
    }

    /// A note.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// A help in words.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(Help { text: text.into(), edit: None });
        self
    }

    /// A help that says what to write instead.
    #[must_use]
    pub fn suggest(mut self, text: impl Into<String>, span: Span, replacement: impl Into<String>) -> Self {
        self.help.push(Help { text: text.into(), edit: Some(Edit { span, replacement: replacement.into() }) });
        self
    }

    /// The clause that it belongs to.
    #[must_use]
    pub fn in_clause(mut self, clause: impl Into<String>) -> Self {
        self.clause = Some(clause.into());
        self
    }

    /// Where it is: the primary label's span, else the start of the text.
    #[must_use]
    pub fn span(&self) -> Span {
        self.labels.first().map_or(Span::default(), |label| label.span)
    }
}
