//! The policy language: syntax, names, rules, checks, and the compiler to a decision table.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod compile;
mod lower;
pub mod model;
mod syntax;
pub mod vocabulary;

pub use compile::compile;
pub use lower::lower;

/// The edition of the language that this crate reads (`upheld: 1`).
pub const EDITION: u32 = 1;
