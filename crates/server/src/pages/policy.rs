//! The policy as a page.

use askama::Template;
use upheld_decide::Header;
use upheld_document::{Document, Source};
use upheld_service::publish::Page;

use super::prose::{self, Prose};
use super::{Shell, written};

/// Where a version stands in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is in force.
    InForce,
    /// A later one has replaced it, on this day (ISO; empty when that is not known).
    Replaced(String),
    /// Its first day lies ahead.
    Coming,
}

/// The policy as a page.
#[derive(Debug, Template)]
#[template(path = "policy.html")]
pub(crate) struct PolicyPage {
    shell: Shell,
    title: String,
    controller: String,
    contact: String,
    /// The contact, when it can be linked to.
    contact_mail: Option<String>,
    version: String,
    from_iso: String,
    from: String,
    /// For a version that is no longer in force: until when it was.
    replaced: Option<String>,
    coming: bool,
    canonical: Option<String>,
    prose: Prose,
}

impl PolicyPage {
    /// The page of a version whose first day is `from` (ISO).
    pub(crate) fn new(
        source: &Source,
        document: &Document,
        header: &Header,
        page: &Page,
        from: &str,
        standing: &Standing,
        canonical: Option<String>,
    ) -> Self {
        let prose = prose::render(source, document, page, &header.controller, &header.locale);
        let contact = header.contact.clone();
        let plain = |c: char| c.is_ascii_alphanumeric() || "@.-_+".contains(c);
        let contact_mail = (contact.matches('@').count() == 1 && contact.chars().all(plain)).then(|| contact.clone());
        Self {
            shell: Shell::new(&header.locale),
            title: prose.title.clone().unwrap_or_else(|| header.title.clone()),
            controller: header.controller.clone(),
            contact,
            contact_mail,
            version: header.version.clone(),
            from_iso: from.to_owned(),
            from: written(from, &header.locale),
            replaced: match standing {
                Standing::Replaced(until) => Some(written(until, &header.locale)),
                _ => None,
            },
            coming: *standing == Standing::Coming,
            canonical,
            prose,
        }
    }

    /// The same as one file, for readers elsewhere.
    pub(crate) fn alone(mut self) -> Self {
        self.shell.alone = true;
        self
    }
}
