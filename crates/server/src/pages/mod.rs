//! The pages for people: the policy, its versions, and messages. They work without a script and fetch nothing from elsewhere.

mod additions;
mod below;
mod messages;
mod policy;
mod prose;
mod versions;

use std::sync::LazyLock;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use sha2::{Digest, Sha256};
use upheld_decide::Header;
use upheld_document::Document;

pub(crate) use messages::{missing, no_policy, problem, unavailable};
pub(crate) use policy::{PolicyPage, Standing};
pub(crate) use versions::{Line, Versions};

use crate::problem::{Problem, ProblemType};

/// The stylesheet of all pages.
pub(crate) const STYLESHEET: &str = include_str!("../../../../web/upheld.css");

/// The mark in the browser's tab.
pub(crate) const MARK: &str = include_str!("../../../../web/mark.svg");

/// What the frame of a page needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Shell {
    lang: String,
    dir: &'static str,
    stylesheet: &'static str,
    /// The page stands alone: its style is part of it, and it links to no other page of this server.
    alone: bool,
}

impl Shell {
    /// The frame of a page in a language (BCP 47).
    fn new(locale: &str) -> Self {
        let lang = if locale.is_empty() { "en" } else { locale };
        let primary = lang.split(['-', '_']).next().unwrap_or("");
        let dir = if ["ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"].contains(&primary) { "rtl" } else { "ltr" };
        Self { lang: lang.to_owned(), dir, stylesheet: &STYLESHEET_URL, alone: false }
    }

    /// The style, for a page that stands alone.
    fn style(&self) -> Option<&'static str> {
        self.alone.then_some(STYLESHEET)
    }
}

/// The stylesheet's address changes with its content, so that browsers may keep it.
static STYLESHEET_URL: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::digest(STYLESHEET.as_bytes());
    let short: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("/policy.css?v={short}")
});

/// The front matter of a version that is not in force, as its pages show it.
pub(crate) fn header(document: &Document) -> Header {
    let value = |key| document.front.get(key).map_or_else(String::new, |entry| entry.value.clone());
    Header {
        title: value("title"),
        controller: value("controller"),
        contact: value("contact"),
        version: value("version"),
        locale: value("locale"),
        ..Header::default()
    }
}

/// A page with its status.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => {
            let mut response = (status, Html(html)).into_response();
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            response
        }
        Err(_) => Problem::of(ProblemType::Internal).into_response(),
    }
}

/// An ISO date as people write it, in English; any other language keeps the ISO form, which all can read.
fn written(iso: &str, locale: &str) -> String {
    let english = locale.is_empty() || locale == "en" || locale.starts_with("en-");
    match iso.parse::<jiff::civil::Date>() {
        Ok(date) if english => date.strftime("%-d %B %Y").to_string(),
        _ => iso.to_owned(),
    }
}
