//! The verbs: one file each.

mod alter;
mod ask;
mod attest;
mod choose;
mod collect;
mod collect_lines;
mod keep;
mod request;
mod use_;
