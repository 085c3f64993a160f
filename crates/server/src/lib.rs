//! The HTTP API, the published policy and the pages.
