//! A server with a policy, keys and people in it, and short ways to call it.

mod clock;
mod live;
mod page;
mod reply;
mod slow;
mod world;

pub use clock::TestClock;
pub use live::{Live, read};
pub use page::{Page, text};
pub use reply::{DOCUMENT, Reply, assert_documented, validator};
pub use slow::Stalling;
pub use world::{BEGINS, World, joining, key_pair, new, session_of};

/// One of each thing that the routes have to do with.
pub const POLICY: &str = include_str!("privacy.md");

/// Stands in what must never be told.
pub const CANARY: &str = "canary@larchfield.example";
