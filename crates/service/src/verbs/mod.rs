//! The verbs: one file each.

mod alter;
mod ask;
mod attest;
mod choose;
mod collect;
mod collect_lines;
mod compare;
mod disclosures;
mod inquiries;
mod keep;
mod notify;
mod relate;
pub(crate) mod report;
mod request;
mod use_;

pub use ask::{Duty, Told};
