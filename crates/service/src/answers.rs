//! A person's own request, and what it is answered with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::acts::{Erased, Held, is_zero};
use crate::quiet::quiet;

/// A person's request, under their own signed session.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// `see`, `erase`, `correct`, `take`, `restrict`, `disclosures`, `answer` or `review`.
    pub right: String,
    /// Elements or groups; empty: all that the right reaches. To correct: the one element.
    #[serde(default)]
    pub data: Vec<String>,
    /// To correct: the new value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The item, for itemised data that is to be corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// For a review: the clause that the person holds to be broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// For a restriction: lift it instead.
    #[serde(default)]
    pub lift: bool,
    /// The way in which the person acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// What they gave to be recognised; used for matching only and never stored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub giving: BTreeMap<String, String>,
    /// Whose right it is, when whoever asks exercises it for another; left out: their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// What a request was answered with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Answered {
    /// To `see`: everything in reach.
    Access(Access),
    /// To `erase`: what was erased and what stays.
    Erased(Erased),
    /// To `take`: what they gave, for another service to read.
    Taken(Portable),
    /// To `disclosures`: who received what.
    Disclosures(Disclosures),
    /// To `answer` or `review`: somebody must answer, and until when.
    Inquiry(Inquiry),
    /// To `correct` or `restrict`: how many values it concerned.
    Altered(Altered),
}

/// What a person takes along: values that they gave themselves or that were seen of them, without what the service made of
/// its own about them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Portable {
    /// Names this form and its edition: `upheld-portable-1`.
    pub format: String,
    /// The controller that gives it.
    pub controller: String,
    /// When, RFC 3339.
    pub at: String,
    /// The records, oldest first.
    pub records: Vec<PortableRecord>,
}

/// What was given in one act.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PortableRecord {
    /// When it was taken, RFC 3339.
    pub at: String,
    /// The point at which it was taken.
    pub point: String,
    /// Its item, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The values.
    pub values: Vec<PortableValue>,
}

/// One value.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PortableValue {
    /// Its element.
    pub element: String,
    /// The value.
    pub value: String,
    /// The concept of the W3C Data Privacy Vocabulary, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpv: Option<String>,
}

/// Who received what of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Disclosures {
    /// The first day that is told of, as an ISO date.
    pub since: String,
    /// Each disclosure, oldest first.
    pub disclosures: Vec<Disclosed>,
}

/// One disclosure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Disclosed {
    /// When, RFC 3339.
    pub at: String,
    /// `share`, `rent`, `sell` or `transfer`.
    pub act: String,
    /// The recipient.
    pub with: String,
    /// The elements or groups.
    pub data: Vec<String>,
    /// The purpose.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The clauses that permitted it.
    pub clauses: Vec<String>,
    /// Its entry in the evidence log.
    pub log: u64,
}

/// What a person asked, and somebody must answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Inquiry {
    /// Its id.
    pub id: String,
    /// `answer` or `review`.
    pub right: String,
    /// The clause that the person holds to be broken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Since when, RFC 3339.
    pub since: String,
    /// Its last day, as an ISO date; none: no sentence says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Whether that is over.
    pub overdue: bool,
}

/// How many values a request altered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Altered {
    /// How many.
    pub altered: u64,
    /// How often something was taken out of the new value that never appears in such data.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub taken_out: u64,
}

/// The answer to a request for access.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Access {
    /// The controller.
    pub controller: String,
    /// The version of the policy that answers.
    pub version: String,
    /// When, RFC 3339.
    pub at: String,
    /// Every value in reach, oldest first.
    pub values: Vec<AccessValue>,
    /// The person's choices: name to `agreed` or `refused`.
    pub choices: BTreeMap<String, String>,
}

/// One value in an access report, with where it came from and what it is for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccessValue {
    /// The value itself.
    #[serde(flatten)]
    pub held: Held,
    /// The purposes for which it was collected.
    pub purposes: Vec<String>,
    /// Who gave it: `themselves`, `us`, or a kind of person.
    pub from: String,
    /// The sentence under which it was collected.
    pub clause: String,
    /// Until when it is kept, as an ISO date or the words of the sentence; none: no sentence says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_until: Option<String>,
    /// How it is held when it is not shown whole (`token`), or not at all (`hash`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_as: Option<String>,
    /// The right by which the person may replace what is not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replace: Option<String>,
}

quiet! {
    Ask: lift;
    Portable: format, at;
    PortableRecord: at, point;
    PortableValue: element;
    Access: version, at;
    AccessValue: purposes, clause;
}
