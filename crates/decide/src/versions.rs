//! What a policy says of its own versions: what a change means for data that was taken before it.

use serde::Serialize;

/// What is said to apply to data collected afterwards only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Afterwards {
    /// `new purposes`: a purpose that the version did not have for that data and that kind of party.
    NewPurposes,
    /// `changes`: anything that the version did not permit.
    Changes,
}

/// The sentences about versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Versions {
    /// What applies to data collected afterwards only, and the sentence that says so. Of two the stricter.
    pub afterwards: Option<(Afterwards, u16)>,
    /// Names that are called otherwise since: the old name, and the one that it has now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<(String, String)>,
    /// The path at which a change is posted before it applies, and the sentence that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posted_at: Option<(String, u16)>,
}

impl Versions {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.afterwards.is_none() && self.renamed.is_empty() && self.posted_at.is_none()
    }

    /// What a name of an earlier version is called now.
    #[must_use]
    pub fn now<'n>(&'n self, old: &'n str) -> &'n str {
        self.renamed.iter().find(|(from, _)| from == old).map_or(old, |(_, to)| to.as_str())
    }

    /// What a name of this version may have been called in an earlier one: itself first.
    pub fn before<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n str> {
        std::iter::once(name)
            .chain(self.renamed.iter().filter(move |(_, to)| to == name).map(|(from, _)| from.as_str()))
    }
}
