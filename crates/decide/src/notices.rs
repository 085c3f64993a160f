//! What people are told, and when.

use serde::Serialize;

use crate::duties::Period;
use crate::names::{Kind, PointId};

/// Something that people are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Its name.
    pub name: String,
    /// What it says, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A sentence by which people must be told within some time after an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Telling {
    /// Index into `Compiled::sentences`.
    pub sentence: u16,
    /// Index into `Compiled::notices`.
    pub notice: u16,
    /// Who must be told; empty: everybody.
    pub of: Vec<Kind>,
    /// How soon.
    pub within: Period,
    /// After what.
    pub after: PointId,
}
