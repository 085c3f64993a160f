//! The compiled policy: plain data, immutable, shared.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::acceptance::Acceptance;
use crate::bases::{ActsFor, Apart, PurposeBasis, StorePlace};
use crate::duties::{Choice, Cookie, Form, Ground, Keep, KindLife, Point, Relation, Report, Right};
use crate::facts::Fact;
use crate::names::{Element, Names};
use crate::notices::{Notice, Telling};
use crate::seals::Seal;
use crate::table::Table;
use crate::transfers::{Transfers, Whereabouts};
use crate::versions::Versions;

/// What the front matter says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Header {
    /// Language edition (`upheld: 1`).
    pub edition: u32,
    /// Title of the document.
    pub title: String,
    /// The controller.
    pub controller: String,
    /// Where people can write to: an e-mail address.
    pub contact: String,
    /// The policy's own version, as written.
    pub version: String,
    /// First day of its force, as an ISO date.
    pub effective: String,
    /// IANA time zone in which its days are counted.
    pub zone: String,
    /// Hosts that it covers.
    pub covers: Vec<String>,
    /// BCP 47 language of its prose.
    pub locale: String,
}

/// One sentence of the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// Id of the clause that it keeps.
    pub clause: String,
    /// Number of that clause's section as printed (`3.2`).
    pub section: String,
    /// As written, without comment and `keeps`; an indented line carries the words that it takes from above in brackets.
    pub text: String,
    /// Line in the source, from 1.
    pub line: u32,
    /// Requirements that it keeps.
    pub keeps: Vec<String>,
    /// Whether the operator added it (an `added` block).
    pub added: bool,
}

/// A compiled policy. Built by `policy`, read by `service`.
///
/// Its JSON form is what a stored version is held against (`upheld_policy::meaning`): a field that comes later is left out
/// where it is empty, so that a policy that does not use it means what it meant.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Compiled {
    /// Front matter.
    pub header: Header,
    /// All names.
    pub names: Names,
    /// All sentences, in document order; whatever decides names one by its index here.
    pub sentences: Vec<Sentence>,
    /// The facts that any condition names; a [`crate::Literal`] is an index here.
    pub facts: Vec<Fact>,
    /// Decisions.
    pub table: Table,
    /// How each element is held, by `Element::index`.
    pub forms: Vec<Form>,
    /// Points and events, by `PointId::index`.
    pub points: Vec<Point>,
    /// Kept periods.
    pub keeps: Vec<Keep>,
    /// Choices.
    pub choices: Vec<Choice>,
    /// Rights.
    pub rights: Vec<Right>,
    /// Relations, by `RelationId::index`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// Reports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<Report>,
    /// What is kept on people's devices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<Cookie>,
    /// The bases of purposes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bases: Vec<PurposeBasis>,
    /// What is never brought together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<Apart>,
    /// What is held on behalf of others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acts_for: Vec<ActsFor>,
    /// Where the store and its backups may be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<StorePlace>,
    /// Grounds, by `GroundId::index`.
    pub grounds: Vec<Ground>,
    /// Kinds of person, by `Kind::index`.
    pub kinds: Vec<KindLife>,
    /// Purposes that each actor works on, by `Actor::index`, everything below included.
    pub works_on: Vec<Vec<crate::names::Purpose>>,
    /// Actors that are programs, by `Actor::index`.
    pub programs: Vec<bool>,
    /// The origins of each name of data, by `Element::index`; see `Compiled::origins_of`.
    pub origins_by_element: Vec<Vec<crate::names::OriginId>>,
    /// What it says of its versions.
    #[serde(skip_serializing_if = "Versions::is_empty")]
    pub versions: Versions,
    /// Where recipients are; no part of the meaning where nothing is promised of it.
    #[serde(skip)]
    pub whereabouts: Vec<Whereabouts>,
    /// The promise that transfers are safeguarded, with the places that it was held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfers: Option<Transfers>,
    /// Sentences that permit something once for each value, in document order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub once: Vec<u16>,
    /// What people are told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// When they must be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tellings: Vec<Telling>,
    /// What is sealed until somebody else has agreed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<Seal>,
    /// What people are taken to accept because they use something.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acceptances: Vec<Acceptance>,
    /// Labels of purposes, for people.
    pub purpose_labels: BTreeMap<String, String>,
    /// Labels of recipients, for people.
    pub recipient_labels: BTreeMap<String, String>,
}

impl Compiled {
    /// How an element is held; the default for an element that is not of this policy.
    #[must_use]
    pub fn form(&self, element: Element) -> Form {
        self.forms.get(element.index()).cloned().unwrap_or_default()
    }
}
