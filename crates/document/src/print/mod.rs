//! Printers of diagnostics, one file each.

mod human;
mod json;
mod plain;
mod sarif;

pub use sarif::{Sarif, SarifRule, fingerprints, sarif};

use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// How diagnostics are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// With source lines and underlines.
    Human {
        /// With colours.
        color: bool,
    },
    /// One statement a line, without drawing: for screen readers and `grep`.
    Plain,
    /// A JSON array.
    Json,
}

/// Prints diagnostics. The empty string for none, except as JSON.
#[must_use]
pub fn print(diagnostics: &[Diagnostic], source: &Source, format: Format) -> String {
    match format {
        Format::Human { color } => human::print(diagnostics, source, color),
        Format::Plain => plain::print(diagnostics, source),
        Format::Json => json::print(diagnostics, source),
    }
}
