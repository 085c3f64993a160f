//! What a caller may ask the service to do, and what it answers: one type each for the library, HTTP and scenarios.
//!
//! Field names are the words of the language. A person is named by the service's own id for them (the required handle).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use upheld_decide::{Action, Answer, Form, Reason};
use utoipa::ToSchema;

use crate::quiet::quiet;

/// Take in a record at a collection point. Anything that a form does not declare refuses the whole record; visits and mail
/// drop it and count it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Collect {
    /// The point's name.
    pub point: String,
    /// Host and path where it happened (`www.example.org/join`); must be one that the point declares. Left out: not
    /// checked for events, refused for points that declare a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#in: Option<String>,
    /// Whose data it is; left out: nobody known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The caller's own name of the item, for itemised data (a message id).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// How old the person is, in whole years: taken only where the policy in force has kinds of person by age. What is kept
    /// of it is no more than these tell apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<u16>,
    /// In place of the age the month in which the person was born (`2013-05`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<String>,
    /// Where the person lives: a country of ISO 3166-1 (`NL`), or a part of one (`US-CA`). Taken only where the policy has
    /// kinds of person by region; kept as coarse as these allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The values, by element.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// A record that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Collected {
    /// The record's id.
    pub record: String,
    /// The elements stored.
    pub stored: Vec<String>,
    /// What was not declared at a visit or mail point and has been dropped, by name. Words that are no names of a policy
    /// are left out here: they may be values that strayed.
    pub dropped: Vec<String>,
    /// How often something was taken out of a value that never appears in such data.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub taken_out: u64,
    /// Cases that the point opened by itself, by ground.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cases: BTreeMap<String, String>,
    /// What the point seals until somebody else has agreed. It is held nowhere but in this answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
}

/// What a point has sealed: the service keeps the key, and nobody but the caller has what it opens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sealed {
    /// How the log names it.
    pub id: String,
    /// The elements in it.
    pub elements: Vec<String>,
    /// Goes into the letter to whoever is to agree, and comes back with their choice (`package`). Put it into that letter and
    /// nowhere else: no log, no queue, no store.
    pub package: String,
    /// From when on nothing opens it, RFC 3339.
    pub expires: String,
}

/// Lines of a log that go in together: one act with one entry, whoever they are about. Nobody is known by them.
#[derive(Clone, Default)]
pub struct Lines {
    /// The point's name.
    pub point: String,
    /// Host and path where it happened.
    pub r#in: Option<String>,
    /// What tells the log from others: a digest over its beginning.
    pub source: [u8; 32],
    /// How many lines of it have been taken before; must be what the store knows.
    pub from: u64,
    /// How many have been taken with these.
    pub until: u64,
    /// How many bytes those are.
    pub bytes: u64,
    /// SHA-256 over those lines.
    pub prefix: [u8; 32],
    /// The lines that could be read.
    pub records: Vec<Line>,
}

/// One line of a log.
#[derive(Clone)]
pub struct Line {
    /// When it happened: its kept period begins then.
    pub at: jiff::Timestamp,
    /// What it says, by element.
    pub values: BTreeMap<String, String>,
}

/// What came of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LinesTaken {
    /// How often something was taken out of a value that never appears in such data.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub taken_out: u64,
    /// How many were stored.
    pub stored: u64,
    /// How many hold nothing that the policy declares there.
    pub empty: u64,
    /// How many are older than the policy keeps them, or later than now.
    pub out_of_time: u64,
    /// How many values were stored, by element.
    pub kept: BTreeMap<String, u64>,
    /// How many values were dropped because the policy does not declare them there, by element.
    pub dropped: BTreeMap<String, u64>,
    /// How many lines were refused, by reason.
    pub refused: BTreeMap<upheld_decide::Reason, u64>,
}

/// How far a log was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogProgress {
    /// Lines.
    pub lines: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// A keyed digest over them.
    pub prefix: [u8; 32],
}

/// Read values for a purpose.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// Whose.
    pub person: String,
    /// Elements, or groups (then every element held below them).
    pub data: Vec<String>,
    /// The person who would do it, as the calling program knows them: what they are to the person decides. An act needs their
    /// signed session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_person: Option<String>,
    /// The item, for itemised data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The purpose; may be left out with `on`.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The id of the case that it rides on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// In which form.
    #[serde(default, rename = "as")]
    pub form: Form,
}

/// Disclose values to a recipient for a purpose.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Whose.
    pub person: String,
    /// Elements, or groups.
    pub data: Vec<String>,
    /// The person who would do it, as the calling program knows them: what they are to the person decides. An act needs their
    /// signed session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_person: Option<String>,
    /// The person with whom it would be shared, by what they are to the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_person: Option<String>,
    /// The recipient, as declared; left out beside `with_person`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub with: String,
    /// `share` (the default), `rent`, `sell` or `transfer`.
    #[serde(default = "share")]
    pub action: Action,
    /// The item, for itemised data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The purpose; may be left out with `on`.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The id of the case that it rides on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// In which form.
    #[serde(default, rename = "as")]
    pub form: Form,
}

fn share() -> Action {
    Action::Share
}

/// One value, read or disclosed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// Its element.
    pub element: String,
    /// The value.
    pub value: String,
    /// Its item, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// When it was taken, RFC 3339.
    pub at: String,
    /// The point at which it was taken.
    pub point: String,
}

/// Alter a stored value.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Whose.
    pub person: String,
    /// Which element.
    pub element: String,
    /// The new value.
    pub value: String,
    /// The person who would do it, as the calling program knows them: what they are to the person decides. An act needs their
    /// signed session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_person: Option<String>,
    /// The item, for itemised data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The purpose.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The id of the case that it rides on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

/// Compare what somebody typed with what is held as a hash.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// Whose.
    pub person: String,
    /// Which element: one that the policy holds as a hash.
    pub element: String,
    /// What was typed; it is compared and dropped.
    pub value: String,
    /// The purpose.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// What came of a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Compared {
    /// Whether it is the same. Of somebody of whom nothing is held it is not.
    pub matches: bool,
}

/// Remove stored values, or make them unreadable until the block is lifted.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    /// Whose.
    pub person: String,
    /// Elements, or groups.
    pub data: Vec<String>,
    /// The person who would do it, as the calling program knows them: what they are to the person decides. An act needs their
    /// signed session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_person: Option<String>,
    /// The item, for itemised data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The purpose.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The id of the case that it rides on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// For a block: lift it instead.
    #[serde(default)]
    pub lift: bool,
}

/// What an erasure did. It answers twice: unreadable at once, bytes gone by the stated bound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Erased {
    /// How many values.
    pub values: u64,
    /// How many keys were destroyed.
    pub keys: u64,
    /// Since when they are unreadable, RFC 3339.
    pub unreadable: String,
    /// Since when no byte of them is left in the store's files, RFC 3339; none yet: within the bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_gone: Option<String>,
    /// What stays, why, and until when.
    #[serde(default)]
    pub stays: Vec<Stays>,
}

/// Something that an erasure left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stays {
    /// The element.
    pub element: String,
    /// `kept`, where a sentence demands that it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reason: Option<Reason>,
    /// The clause whose `keep` or ground holds it.
    pub clause: String,
    /// The sentence.
    pub sentence: String,
    /// Until when, as an ISO date; none: until an event that has not happened (the sentence says which).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A person's choice.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choose {
    /// Whose.
    pub person: String,
    /// The choice's name: a purpose, usually.
    pub choice: String,
    /// Agree (`true`) or refuse.
    pub agree: bool,
    /// The way in which the person acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// What they gave to be recognised; used for matching only and never stored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub giving: BTreeMap<String, String>,
    /// Who makes it for the person (`their guardian may agree to …`); left out: they themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_person: Option<String>,
    /// What was sealed until this choice, as `collect` gave it: agreeing opens it. One that was altered, used, is late or is
    /// another's refuses the choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
}

/// Open a case.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenCase {
    /// Its ground.
    pub ground: String,
    /// The people whom it reaches.
    #[serde(default)]
    pub people: Vec<String>,
    /// The items that it reaches; empty for a ground that reaches whole persons.
    #[serde(default)]
    pub items: Vec<String>,
    /// The recipient that it names: a declared recipient or group (`authority`), or a name followed by its declared kind
    /// in `recipient_kind`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// What the ground needs, by field.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// A case that was opened, found upon or ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseState {
    /// Its id.
    pub case: String,
    /// Its ground.
    pub ground: String,
    /// Whether all that the ground needs is there, findings included.
    pub stands: bool,
    /// What is still missing.
    #[serde(default)]
    pub missing: Vec<String>,
    /// When it ends by itself, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
    /// What it holds from being erased while it stands: elements, groups, or `anything`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<String>,
}

/// A case that holds data from being erased, as those see it who have the store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldByCase {
    /// Its id.
    pub case: String,
    /// Its ground.
    pub ground: String,
    /// What it holds: elements, groups, or `anything`.
    pub data: Vec<String>,
    /// How many people it names; none: it reaches everybody of a kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u64>,
    /// The key that opened it.
    pub by: String,
    /// Since when, as an ISO date.
    pub since: String,
    /// Its last day, where it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What it lacks; while it lacks something it holds nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// The clause that says so.
    pub clause: String,
}

/// Make a finding on a case.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Find {
    /// The case.
    pub case: String,
    /// The wording, as the ground has it.
    pub finding: String,
    /// Yes or no.
    pub holds: bool,
}

/// Somebody begins to stand in a relation to a person, or does no more.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Relate {
    /// The relation, as declared.
    pub relation: String,
    /// Who stands in it.
    pub party: String,
    /// To whom.
    pub of: String,
    /// It ends; it begins when left out.
    #[serde(default)]
    pub ends: bool,
}

/// Note that a person was told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    /// Of what: a notice of the policy.
    pub notice: String,
    /// Whom.
    pub person: String,
}

/// A notice that people are owed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Owed {
    /// Which.
    pub notice: String,
    /// How the log names the person.
    pub subject: String,
    /// Its last day, as an ISO date.
    pub due: String,
    /// Whether that is over.
    pub overdue: bool,
    /// The clause that says so.
    pub clause: String,
}

/// May I? A question about a stored person; it changes nothing and is only counted. What is true of the person and of
/// the values comes from the store alone.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What is to be done; `use` when left out.
    #[serde(default)]
    pub action: Action,
    /// Whose.
    pub person: String,
    /// Elements, or groups.
    pub data: Vec<String>,
    /// The person who would do it, as the calling program knows them: what they are to the person decides. An act needs their
    /// signed session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_person: Option<String>,
    /// The person with whom it would be shared, by what they are to the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_person: Option<String>,
    /// The recipient of a disclosure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// The item, for itemised data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// The purpose; may be left out with `on`.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The id of the case that it rides on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// In which form.
    #[serde(default, rename = "as")]
    pub form: Form,
}

/// The outcome of an act: the answer, its place in the log, and, when it was done, what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Act<T> {
    /// Whether it was done, why, and by which sentences.
    #[serde(flatten)]
    pub answer: Answer,
    /// Index of its entry in the evidence log.
    pub log: u64,
    /// For a refused `collect`: why, by element.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, upheld_decide::Reason>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<T>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
pub(crate) const fn is_zero(count: &u64) -> bool {
    *count == 0
}

quiet! {
    Collect: ;
    Lines: ;
    Line: ;
    Use: form;
    Share: action, form;
    Change: ;
    Compare: ;
    Remove: lift;
    Choose: agree;
    Relate: ends;
    OpenCase: ;
    Question: action, form;
    Find: holds;
    Held: element, point;
    Sealed: id, elements, expires;
}
