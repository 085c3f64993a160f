//! All versions of the policy as a page.

use askama::Template;

use super::{Shell, Standing, written};

/// One version.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Its number in this store, from 1.
    pub(crate) number: u64,
    /// The version as the policy names itself.
    pub(crate) label: String,
    pub(crate) current: bool,
    /// Whether its first day lies ahead.
    pub(crate) coming: bool,
    pub(crate) from_iso: String,
    pub(crate) from: String,
    /// The day on which a later one took its place; empty when none has.
    pub(crate) until: String,
}

impl Line {
    pub(crate) fn new(number: u64, label: &str, standing: &Standing, from: &str, until: &str) -> Self {
        let label = if label.is_empty() { number.to_string() } else { label.to_owned() };
        Self {
            number,
            label,
            current: *standing == Standing::InForce,
            coming: *standing == Standing::Coming,
            from_iso: from.to_owned(),
            from: written(from, "en"),
            until: written(until, "en"),
        }
    }
}

/// All versions, the newest first.
#[derive(Debug, Template)]
#[template(path = "versions.html")]
pub(crate) struct Versions {
    shell: Shell,
    versions: Vec<Line>,
}

impl Versions {
    pub(crate) fn new(versions: Vec<Line>) -> Self {
        Self { shell: Shell::new("en"), versions }
    }
}
