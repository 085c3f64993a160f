//! A question in names: the one type of the command line, HTTP, scenarios and the log.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is to be done with data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Take in at a point.
    Collect,
    /// Take in and insist on it; the greater act of `collect`.
    Require,
    /// Read for a purpose.
    #[default]
    Use,
    /// Alter a stored value.
    Change,
    /// Remove a stored value.
    Erase,
    /// Make a stored value unreadable until the block is lifted.
    Block,
    /// Disclose to a recipient.
    Share,
    /// Disclose for a time against payment; greater than `share`.
    Rent,
    /// Disclose against payment; greater than `share`.
    Sell,
    /// Hand over with the service itself, to a successor; greater than `share`.
    Transfer,
}

impl Action {
    /// All actions, in order of [`Action::index`].
    pub const ALL: [Self; 10] = [
        Self::Collect,
        Self::Require,
        Self::Use,
        Self::Change,
        Self::Erase,
        Self::Block,
        Self::Share,
        Self::Rent,
        Self::Sell,
        Self::Transfer,
    ];

    /// Its place in [`Action::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The word of the language.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Require => "require",
            Self::Use => "use",
            Self::Change => "change",
            Self::Erase => "erase",
            Self::Block => "block",
            Self::Share => "share",
            Self::Rent => "rent",
            Self::Sell => "sell",
            Self::Transfer => "transfer",
        }
    }

    /// The lesser act that it includes, if any: a permission of the greater covers it, and a prohibition of the lesser
    /// covers the greater.
    #[must_use]
    pub const fn lesser(self) -> Option<Self> {
        match self {
            Self::Require => Some(Self::Collect),
            Self::Rent | Self::Sell | Self::Transfer => Some(Self::Share),
            _ => None,
        }
    }

    /// Whether it discloses to somebody outside and so needs a recipient.
    #[must_use]
    pub const fn discloses(self) -> bool {
        matches!(self, Self::Share | Self::Rent | Self::Sell | Self::Transfer)
    }
}

/// In which form data is asked for. `Identified` is above `Pseudonymous`, which is above totals of fewer, which are
/// above totals of more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Values as they are, of a known person.
    #[default]
    Identified,
    /// Values of one person under a pseudonym.
    Pseudonymous,
    /// Totals over groups of at least so many people.
    Aggregate(u32),
}

/// May I? Changes nothing.
///
/// Field names are the words of the language. What is left out is "not said": it opens nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What is to be done.
    #[serde(default)]
    pub action: Action,
    /// The role or program that would do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The elements or groups asked for.
    pub data: Vec<String>,
    /// In which form; identified when left out.
    #[serde(default, rename = "as", skip_serializing_if = "is_identified")]
    pub form: Form,
    /// The purpose. With `on` it may be left out: the ground is the purpose.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The recipient of a disclosure.
    #[serde(default, rename = "with", skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// The ground of the case that the question rides on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The capacity that the person was in when the values were taken. With `of`, `at` and `from` left out, the answer is
    /// for every way in which the policy takes the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The point at which the values were taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Who gave the values: `themselves`, `us`, or a kind of person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What is known of the person now, by name: a kind (`customer`), `agreed CHOICE`, `refused CHOICE`, `on GROUND`.
    /// What is not named is unknown.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, bool>,
}

// serde hands a reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde's skip_serializing_if asks for")]
fn is_identified(form: &Form) -> bool {
    matches!(form, Form::Identified)
}
