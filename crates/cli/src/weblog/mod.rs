//! Logs of web servers: read line by line, kept only as far as a policy says.
//!
//! `line` reads one line, `source` the bytes of a file that may be compressed, `names` looks host names up where that is
//! switched on. Nothing of a line is ever printed: not in an error, not in a count.

pub(crate) mod line;
pub(crate) mod names;
pub(crate) mod source;
