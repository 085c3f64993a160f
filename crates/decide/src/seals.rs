//! What people type that is sealed until somebody else has agreed.

use serde::Serialize;

use crate::duties::Period;
use crate::names::{Element, Kind, PointId};

/// A sentence by which a point seals data: nobody can read it until a choice is made, and nobody ever when it is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seal {
    /// Index into `Compiled::sentences`.
    pub sentence: u16,
    /// What is sealed; groups stand expanded, themselves included.
    pub elements: Vec<Element>,
    /// The capacity in which it is typed.
    pub of: Kind,
    /// Where it is typed. A point has one such sentence at most.
    pub at: PointId,
    /// The choice that opens it (index into `Compiled::choices`): one that somebody else makes.
    pub until: u16,
    /// How long the choice may take; after that nothing opens it.
    pub at_most: Period,
    /// The point at which it is collected when it is opened.
    pub then: PointId,
}
