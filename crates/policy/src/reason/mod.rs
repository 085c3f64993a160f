//! Exact reasoning over the whole space of questions, which is finite.
//!
//! `people` knows which people there can be, `prove` holds a claim against every question, `witness` writes a question down
//! as a worked example.

pub mod diff;
mod people;
mod prove;
mod witness;

pub(crate) use people::People;
pub use prove::{CounterExample, Proof, prove};
