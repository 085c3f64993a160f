//! The answer to a question or an act: yes or no, why, and by which sentences.

use serde::{Deserialize, Serialize};

/// Why. A closed list: it stands in answers, problem details, evidence entries and after `because` in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A sentence permits it and none that covers it forbids it.
    Permitted,
    /// No sentence permits it.
    NoRule,
    /// A `never` covers it.
    Never,
    /// The person has refused it.
    Refused,
    /// The person has not agreed to it.
    NotAgreed,
    /// A fact about the person is missing that a permission asks for.
    Condition,
    /// It needs an open case and names none that reaches it.
    NoCase,
    /// The case lacks something that its ground needs.
    CaseIncomplete,
    /// A finding that the ground needs is missing or is "no".
    NoFinding,
    /// The finding came from the same person who opened the case, or from somebody not in that role.
    NotTheirFinding,
    /// The case has ended.
    CaseEnded,
    /// The case does not reach this person, item or recipient.
    OutOfReach,
    /// The actor does not work on the purpose.
    NotTheirWork,
    /// Whoever acts does not stand to the person in the relation that the sentence asks for.
    NotRelated,
    /// A name that the policy does not declare.
    NotDeclared,
    /// The name is open: one of its members must be named.
    NotFurtherSaid,
    /// The element is not declared at this point.
    NotDeclaredThere,
    /// The host or path is not one that the point or the policy covers.
    NotCovered,
    /// A required element is missing.
    Missing,
    /// The value is not of the element's form (empty, too long, not a date…).
    Malformed,
    /// No purpose is named.
    NoPurpose,
    /// No recipient is named for a disclosure, or one is named for another act.
    NoRecipient,
    /// The data is itemised and no item is named.
    NoItem,
    /// The person is not known to the store.
    NobodyKnown,
    /// Nothing of that kind is held.
    NotHeld,
    /// The value's kept period has ended; it waits for erasure.
    Closed,
    /// It is held as a hash: it is compared, and nobody reads it.
    ComparedOnly,
    /// The value is blocked.
    Blocked,
    /// The person was not told before, and the policy promises that they are.
    NotNotified,
    /// The person has restricted it.
    Restricted,
    /// The version under which the value was taken did not permit it.
    NewerThanTheData,
    /// A sentence demands that it is kept.
    Kept,
    /// The person is not of the kind that the sentence speaks of.
    NotThatKind,
    /// What the person must give to act is missing or does not match.
    NotGiven,
    /// Nothing in the policy offers this choice or right.
    NotOffered,
    /// It holds once, and has been used.
    UsedUp,
    /// The data is held on behalf of another, who answers the request.
    HandedOver,
    /// The stored evidence of a deciding row does not verify; an alarm is raised.
    NotVerified,
    /// No version of the policy is in force.
    NoPolicy,
}

impl Reason {
    /// One short sentence in lower case, for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Permitted => "a sentence of the policy permits it",
            Self::NoRule => "no sentence of the policy permits it",
            Self::Never => "the policy forbids it",
            Self::Refused => "the person has refused it",
            Self::NotAgreed => "the person has not agreed to it",
            Self::Condition => "a fact about the person that the permission asks for does not hold or is not known",
            Self::NoCase => "it needs an open case that reaches it",
            Self::CaseIncomplete => "the case lacks something that its ground needs",
            Self::NoFinding => "the case has no finding yet, or the finding is no",
            Self::NotTheirFinding => "a finding needs another person's key, in the role that the ground names",
            Self::CaseEnded => "the case has ended",
            Self::OutOfReach => "the case does not reach this person, item or recipient",
            Self::NotTheirWork => "the actor does not work on this purpose",
            Self::NotRelated => "they do not stand in such a relation to the person",
            Self::NotDeclared => "the policy declares no such name",
            Self::NotFurtherSaid => "the name is open: name one of its members",
            Self::NotDeclaredThere => "the policy does not declare this data at this point",
            Self::NotCovered => "the place is not one that the policy covers",
            Self::Missing => "a required value is missing",
            Self::Malformed => "the value does not have the form of its element",
            Self::NoPurpose => "no purpose is named",
            Self::NoRecipient => "a disclosure needs a recipient, and no other act has one",
            Self::NoItem => "this data is held by item: name the item",
            Self::NobodyKnown => "no such person is known",
            Self::NotHeld => "nothing of that kind is held",
            Self::Closed => "the period for which it is kept has ended",
            Self::ComparedOnly => "it is held as a hash: it is compared, and nobody reads it",
            Self::Blocked => "it is blocked",
            Self::NotNotified => "the person was not told of it before",
            Self::Restricted => "the person has restricted it",
            Self::NewerThanTheData => "the policy under which it was taken did not permit it",
            Self::Kept => "the policy demands that it is kept",
            Self::NotThatKind => "the person is not of the kind that the policy speaks of",
            Self::NotGiven => "what must be given is missing or does not match",
            Self::NotOffered => "the policy offers no such choice or right",
            Self::UsedUp => "it holds once, and has been used",
            Self::HandedOver => "the data is held on behalf of another, who answers the request",
            Self::NotVerified => "the stored proof of a deciding fact does not verify",
            Self::NoPolicy => "no version of the policy is in force",
        }
    }
}

/// A sentence of the policy that decided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Cited {
    /// The clause's id (`marketing.1`).
    pub clause: String,
    /// The clause's number as printed (`3.2`).
    pub section: String,
    /// The sentence of the rule, as written.
    pub sentence: String,
    /// Its line in the policy's source.
    pub line: u32,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Answer {
    /// Whether it may be done.
    pub allowed: bool,
    /// Why.
    pub reason: Reason,
    /// All sentences that permit, or the `never`s that hold, or else the nearest permissions; in document order.
    pub because: Vec<Cited>,
    /// For a refusal: what was lacking (`agreed newsletter`, `on legal_process`), or the name that is not declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacking: Vec<String>,
}

impl Answer {
    /// A refusal that no sentence decided.
    #[must_use]
    pub fn refused(reason: Reason) -> Self {
        Self { allowed: false, reason, because: Vec::new(), lacking: Vec::new() }
    }

    /// A refusal over a name.
    #[must_use]
    pub fn refused_over(reason: Reason, name: impl Into<String>) -> Self {
        Self { allowed: false, reason, because: Vec::new(), lacking: vec![name.into()] }
    }
}
