//! One command a file: its flags and what it does.

pub(crate) mod access;
pub(crate) mod activate;
pub(crate) mod check;
pub(crate) mod ci;
pub(crate) mod collect;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod decide;
pub(crate) mod diff;
pub(crate) mod evidence;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod man;
pub(crate) mod new;
pub(crate) mod prove;
pub(crate) mod publish;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod serve;
pub(crate) mod status;
pub(crate) mod test;
pub(crate) mod trace;
pub(crate) mod versions;
