//! Exact reasoning over the whole space of questions, which is finite.

mod people;

pub(crate) use people::People;
