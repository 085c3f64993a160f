//! The append-only log in which every act stands.
//!
//! One Merkle tree (RFC 9162, section 2.1) over the entries of a store. [`append`] writes an entry in the transaction of its
//! act; [`verify`] recomputes everything from the rows. An entry never holds a value.

mod entry;
mod log;
mod tree;
mod verify;

pub use entry::Entry;
pub use log::{EvidenceError, LogKey, MIGRATIONS, Placed, append, entries, entry, head};
pub use tree::{Hash, Proof, verify_inclusion};
pub use verify::{Fault, Report, Verification, inclusion, verify};

/// Every statement of this crate, for the test that holds them against the schema.
pub mod sql {
    pub(crate) const HEAD: &str = "SELECT size, root, frontier, mac FROM log_head WHERE id = 1";
    pub(crate) const SET_HEAD: &str = "INSERT INTO log_head (id, size, root, frontier, mac) VALUES (1, $1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET size = excluded.size, root = excluded.root, frontier = excluded.frontier, \
         mac = excluded.mac";
    pub(crate) const ADD: &str = "INSERT INTO log_entry (seq, body, leaf) VALUES ($1, $2, $3)";
    pub(crate) const RANGE: &str = "SELECT seq, body, leaf FROM log_entry WHERE seq >= $1 ORDER BY seq LIMIT $2";
    pub(crate) const LEAVES: &str = "SELECT leaf FROM log_entry WHERE seq < $1 ORDER BY seq";

    /// All of them.
    pub const ALL: [&str; 5] = [HEAD, SET_HEAD, ADD, RANGE, LEAVES];
}
