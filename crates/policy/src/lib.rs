//! The policy language: syntax, names, rules, checks, and the compiler to a decision table.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod model;
pub mod syntax;
