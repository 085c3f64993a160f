//! Text with places: Markdown to sections, clauses and blocks, each with its byte span in the source; the lock that keeps
//! clause ids; and the one [`Diagnostic`] type with its printers.
//!
//! This crate does not know what a rule says, reads no file, and never fails: [`parse`] gives a document and diagnostics.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod block;
mod diagnostic;
mod document;
mod front;
mod heading;
mod lock;
mod markdown;
mod nearest;
mod print;
mod review;
mod side;
mod source;
mod span;
mod words;

pub use diagnostic::{Diagnostic, Edit, Help, Label, Severity};
pub use document::{Block, BlockKind, Clause, Document, Line, Section};
pub use front::{Entry, Front};
pub use lock::{Lock, LockError};
pub use markdown::{LONGEST, parse};
pub use nearest::nearest;
pub use print::{Format, Sarif, SarifRule, fingerprints, print, sarif};
pub use review::{Drift, Review};
pub use side::with_rules;
pub use source::Source;
pub use span::Span;
pub use words::{Words, word_diff};
