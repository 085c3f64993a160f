//! What stands below a clause: lists made from the rules, and how it is kept. In English, whatever the language of the prose.

use askama::Template;
use upheld_document::Document;
use upheld_service::publish::{How, Shown, Table};

/// The part of a page below one clause.
#[derive(Template)]
#[template(path = "below.html")]
pub(crate) struct Below<'p> {
    tables: &'p [Table],
    how: Option<Kept<'p>>,
    controller: &'p str,
}

/// How the clause is kept.
struct Kept<'p> {
    /// In a word or two.
    by: &'static str,
    how: &'p How,
    document: &'p Document,
}

impl<'p> Below<'p> {
    pub(crate) fn html(shown: &'p Shown, document: &'p Document, controller: &'p str) -> String {
        let controller = if controller.is_empty() { "the operator" } else { controller };
        let how = shown.how.as_ref().map(|how| Kept { by: by(how, !shown.tables.is_empty()), how, document });
        // Writing to a string does not fail.
        Self { tables: &shown.tables, how, controller }.render().unwrap_or_default()
    }
}

fn by(how: &How, shows: bool) -> &'static str {
    match (how.rules.is_empty() && !shows, how.hands.is_empty()) {
        (false, true) => "by software",
        (false, false) => "by software and by people",
        (true, false) => "by people",
        (true, true) => "a statement",
    }
}

impl Kept<'_> {
    /// The section of a clause as it is cited, for a link to it.
    fn section(&self, clause: &str) -> String {
        match self.document.clause(clause) {
            Some((section, _)) if !section.number.is_empty() => format!("§{} {}", section.number, section.title),
            Some((section, _)) => section.title.clone(),
            None => clause.to_owned(),
        }
    }
}
