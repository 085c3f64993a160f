//! The addresses, one resource a file. A handler is short: extract, authenticate, call the service, answer.

pub(crate) mod authzen;
pub(crate) mod block;
pub(crate) mod cases;
pub(crate) mod change;
pub(crate) mod choices;
pub(crate) mod collect;
pub(crate) mod comparisons;
pub(crate) mod erase;
pub(crate) mod health;
pub(crate) mod inquiries;
pub(crate) mod log;
pub(crate) mod notices;
pub(crate) mod observed;
pub(crate) mod policy;
pub(crate) mod problems;
pub(crate) mod published;
pub(crate) mod questions;
pub(crate) mod relations;
pub(crate) mod requests;
pub(crate) mod share;
pub(crate) mod use_;
