//! What happens around every request, one layer a file.

pub(crate) mod headers;
pub(crate) mod request_id;
pub(crate) mod trace;
