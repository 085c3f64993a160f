//! Exact reasoning over the whole space of questions, which is finite.
//!
//! `people` knows which people there can be, `prove` holds a claim against every question, `witness` writes a question down
//! as a worked example.

pub mod diff;
mod people;
mod prove;
mod witness;
mod words;

pub(crate) use people::People;
pub(crate) use prove::prove_all;
pub use prove::{CounterExample, Proof, Refuted, prove};
pub use words::question as in_words;
