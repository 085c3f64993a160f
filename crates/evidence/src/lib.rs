//! The append-only log in which every act stands: entries, Merkle tree, verification.
