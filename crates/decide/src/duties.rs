//! What a running service reads of its policy besides decisions: where data may be asked for, how long it is kept,
//! which choices and rights there are, and what a case needs.

use serde::Serialize;

use crate::names::{Actor, Element, GroundId, Kind, OriginId, PointId, Purpose, Recipient, RelationId};
use crate::question::Action;

/// How a point takes data in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PointKind {
    /// A form refuses what is not declared.
    Form,
    /// A visit takes what is declared and drops the rest.
    Visit,
    /// Mail takes what is declared and drops the rest.
    Mail,
    /// An event is written by programs only.
    Event,
    /// Something kept on a person's device: a cookie, or the browser's storage. To set it is to use what it holds, too.
    Browser,
}

/// A collection point or event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Point {
    /// Its name.
    pub id: PointId,
    /// How it takes data in.
    pub kind: PointKind,
    /// Hosts with an optional path (`www.example.org/join`, `order.example.org/*`); empty: any covered host.
    pub places: Vec<String>,
    /// What may be taken here.
    pub takes: Vec<Taken>,
    /// Its label, for people.
    pub label: Option<String>,
}

/// One element at one point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// The element; groups stand expanded, themselves included.
    pub element: Element,
    /// Whether the point insists on it.
    pub required: bool,
    /// Capacity and giver.
    pub origin: OriginId,
    /// The original purposes.
    pub purposes: Vec<Purpose>,
    /// Index of the collect sentence.
    pub sentence: u16,
}

/// How a value of an element is held and where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Form {
    /// Made by intake from this element (`isp_domain … made from ip_address`).
    pub made_from: Option<Element>,
    /// Held as a token: read only by a permitted use, shown as its last digits at most.
    pub token: bool,
    /// Held as a hash: compared, never read.
    #[serde(skip_serializing_if = "is_false")]
    pub hash: bool,
    /// What is told of these in a value is taken out of it at intake.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<Element>,
    /// Each value belongs to an item that a question must name.
    pub itemised: bool,
    /// Whether it identifies a person.
    pub identifying: bool,
    /// It is a group: names stand below it.
    pub group: bool,
    /// Its label, for people.
    pub label: Option<String>,
    /// The concept of the W3C Data Privacy Vocabulary, where there is one.
    pub dpv: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// A unit of calendar time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Calendar days in the policy's zone.
    Day,
    /// Seven of them.
    Week,
    /// Calendar months.
    Month,
    /// Calendar years.
    Year,
}

/// A length of calendar time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Period {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// When a kept period ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// So long after an event; for a value taken at that very point, after it was taken.
    After(Period, PointId),
    /// At the first occurrence of an event after the value was taken (of that item, for an itemised value).
    Until(PointId),
    /// When the person ceases to be of this kind.
    While(Kind),
}

/// A `keep` sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Keep {
    /// Index of the sentence.
    pub sentence: u16,
    /// The elements, groups expanded.
    pub elements: Vec<Element>,
    /// The origins that it speaks of (`of`, `from`, `at`); all of them when nothing is said.
    pub origins: Vec<OriginId>,
    /// When the value closes.
    pub end: End,
    /// How long after the end it may still lie, closed, before it is erased. None: erased at the end.
    pub erase_within: Option<Period>,
    /// `but keep`: the longer period wins over the keep above it.
    pub longer: bool,
    /// `must keep`: no erasure before the end, at nobody's wish.
    pub must: bool,
}

/// A choice that people have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Its name: the purpose's, or `clause.n` for a choice of the form "that we …".
    pub name: String,
    /// Index of the sentence.
    pub sentence: u16,
    /// `true`: off until agreed. `false`: on until refused.
    pub agree: bool,
    /// Who has it; none: every person.
    pub kind: Option<Kind>,
    /// Who makes it for them; none: they themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<RelationId>,
    /// The purposes that it guards, everything below included; empty: all.
    pub purposes: Vec<Purpose>,
    /// It guards every purpose for which the data was not taken (`for another purpose`); `purposes` is empty then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub another: bool,
    /// The data that it guards; empty: all.
    pub data: Vec<Element>,
    /// The acts that it guards.
    pub actions: Vec<Action>,
    /// The ways in which a person may act (`link`, `email`, `form account_page`, `request`); empty: any.
    pub via: Vec<String>,
    /// What must be given and match what is held; one alternative each for a group ("at least one of it").
    pub giving: Vec<Element>,
    /// Its label, for people.
    pub label: Option<String>,
}

/// A relation in which somebody stands to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Relation {
    /// Its name.
    pub id: RelationId,
    /// Index of the sentence.
    pub sentence: u16,
    /// To whom one stands in it: a kind of person; none: anybody.
    pub of: Option<Kind>,
    /// Who may record it; empty: whoever may record relations at all.
    pub by: Vec<Actor>,
    /// Its label, for people.
    pub label: Option<String>,
}

/// What a person may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RightKind {
    /// `to see`: access.
    See,
    /// `to erase`.
    Erase,
    /// `to correct`: a value of their own is replaced.
    Correct,
    /// `to take`: what they gave, in a form that a machine reads.
    Take,
    /// `to restrict`: it is held and seen by nobody.
    Restrict,
    /// `disclosures`: who received what of theirs in the past year.
    Disclosures,
    /// `an answer`: to a question of theirs.
    Answer,
    /// `a review`: of a clause that they hold to be broken.
    Review,
}

impl RightKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::See,
        Self::Erase,
        Self::Correct,
        Self::Take,
        Self::Restrict,
        Self::Disclosures,
        Self::Answer,
        Self::Review,
    ];

    /// Its word, in requests and in the log.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Erase => "erase",
            Self::Correct => "correct",
            Self::Take => "take",
            Self::Restrict => "restrict",
            Self::Disclosures => "disclosures",
            Self::Answer => "answer",
            Self::Review => "review",
        }
    }

    /// The right of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.word() == word)
    }

    /// Whether it is a right over data: one that names what it reaches.
    #[must_use]
    pub const fn reaches_data(self) -> bool {
        !matches!(self, Self::Disclosures | Self::Answer | Self::Review)
    }
}

/// A `may request` sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Right {
    /// Index of the sentence.
    pub sentence: u16,
    /// Which right.
    pub kind: RightKind,
    /// Who has it; none: every person.
    pub of: Option<Kind>,
    /// Who exercises it for them; none: they themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<RelationId>,
    /// The elements that it reaches, groups expanded.
    pub elements: Vec<Element>,
    /// How soon it must be answered.
    pub within: Option<Period>,
    /// The ways in which a person may act; empty: any.
    pub via: Vec<String>,
    /// What must be given and match what is held; one alternative each for a group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub giving: Vec<Element>,
    /// `once a calendar year`: it is answered once in each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub once: Option<Unit>,
}

/// A `cookie` or `local` sentence: the point of the same name says what it holds and where it may be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cookie {
    /// A recipient that sets and reads it by itself; none: the service does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Recipient>,
    /// The point.
    pub point: PointId,
    /// Index of the sentence.
    pub sentence: u16,
    /// In the browser's storage rather than a cookie.
    pub local: bool,
    /// What for.
    pub purposes: Vec<Purpose>,
    /// How long it lasts from when it is set. None: until the session ends (a cookie), until it is removed (storage).
    pub lasts: Option<Period>,
    /// Until the browser session ends.
    pub session: bool,
}

/// A `report` declaration: totals over a period, released once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Its name.
    pub name: String,
    /// Index of the sentence.
    pub sentence: u16,
    /// By what it groups.
    pub counts: Vec<Element>,
    /// Where the values come from.
    pub origins: Vec<OriginId>,
    /// The period that one release covers.
    pub each: Unit,
    /// The least number of people in a group.
    pub least: u32,
    /// Its label, for people.
    pub label: Option<String>,
}

/// A finding that a ground needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its wording (`valid and enforceable`).
    pub wording: String,
    /// The role that finds.
    pub by: Actor,
}

/// What a case of a ground reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// The people that it names, with all their data.
    Person,
    /// The items that it names and nothing else.
    Item,
    /// Everybody of a kind.
    Everybody(Kind),
}

/// A ground: a kind of case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ground {
    /// Its name.
    pub id: GroundId,
    /// The purpose of the same name.
    pub purpose: Purpose,
    /// The sentence that declares it.
    pub sentence: u16,
    /// Fields that must be filled in, its ancestors' included; with listed values, one of them.
    pub needs: Vec<(String, Vec<String>)>,
    /// Findings that must be made, its ancestors' included.
    pub findings: Vec<Finding>,
    /// The item must first have been read for one of these purposes, by somebody who did not go and look for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier_use: Vec<Purpose>,
    /// What a case reaches.
    pub reaches: Case,
    /// Points that open a case of it by themselves, for the person and item of the record.
    pub opened_at: Vec<PointId>,
    /// Events that end it.
    pub ends_at: Vec<PointId>,
    /// How long after its opening it ends by itself.
    pub ends_after: Option<Period>,
    /// Its label, for people.
    pub label: Option<String>,
}

/// When a kind of person begins and ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindLife {
    /// The kind.
    pub kind: Kind,
    /// Points at which a person becomes one; empty: everybody is one.
    pub begins_at: Vec<PointId>,
    /// Points at which a person ceases to be one.
    pub ends_at: Vec<PointId>,
    /// Its label, for people.
    pub label: Option<String>,
}
