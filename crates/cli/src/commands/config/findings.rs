//! What is wrong, and how much.

use serde::Serialize;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Level {
    /// It does not run like this, or must not.
    Error,
    /// It runs, and will be regretted.
    Warning,
    /// Good to know.
    Note,
}

impl Level {
    /// Its word.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Something that was found.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Finding {
    /// How much it matters.
    pub(super) level: Level,
    /// Which it is.
    pub(super) code: &'static str,
    /// What is wrong.
    pub(super) message: String,
    /// What to do.
    pub(super) help: String,
}

/// What was found so far.
pub(super) struct Findings {
    production: bool,
    found: Vec<Finding>,
}

impl Findings {
    /// Nothing yet.
    pub(super) fn new(production: bool) -> Self {
        Self { production, found: Vec::new() }
    }

    /// Adds a finding with its level, and the level that it has in production.
    pub(super) fn add(
        &mut self,
        level: Level,
        in_production: Level,
        code: &'static str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let level = if self.production { in_production } else { level };
        self.found.push(Finding { level, code, message: message.into(), help: help.into() });
    }

    /// Adds an error.
    pub(super) fn error(&mut self, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.add(Level::Error, Level::Error, code, message, help);
    }

    /// Adds a warning that stays one.
    pub(super) fn warning(&mut self, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.add(Level::Warning, Level::Warning, code, message, help);
    }

    /// Adds a note.
    pub(super) fn note(&mut self, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.add(Level::Note, Level::Note, code, message, help);
    }

    /// All of them, what matters most first.
    pub(super) fn done(mut self) -> Vec<Finding> {
        self.found.sort_by_key(|finding| finding.level);
        self.found
    }
}
