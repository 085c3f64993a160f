//! Steps of a scenario.

use crate::model::Publication;
use std::collections::BTreeMap;

use jiff::civil::DateTime;
use serde::Serialize;
use upheld_decide::{Action, Form, Reason, RightKind};
use upheld_document::Span;

/// A worked example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scenario {
    /// The clause below which it stands.
    pub clause: String,
    /// The file in which it stands.
    pub file: String,
    /// The line at which its block begins, from 1.
    pub line: u32,
    /// Requirements that it shows.
    pub shows: Vec<String>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// One line of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Where it stands.
    pub span: Span,
    /// Its line in the source, from 1.
    pub line: u32,
    /// As written.
    pub text: String,
    /// What it says.
    pub kind: StepKind,
}

/// A unit of `after …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Unit {
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Calendar days.
    Days,
    /// Calendar weeks.
    Weeks,
    /// Calendar months.
    Months,
    /// Calendar years.
    Years,
}

/// An act that alters what is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Deed {
    /// `erases`
    Erases,
    /// `blocks`
    Blocks,
    /// `unblocks`: lifts a block.
    Unblocks,
    /// `changes … to "…"`
    Changes,
}

/// What a step states of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stated {
    /// `aged 30`
    pub age: Option<u16>,
    /// `born 2013-05`
    pub born: Option<String>,
    /// `in NL`
    pub region: Option<String>,
}

/// What is expected of an act or a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Expectation {
    /// Allowed or refused.
    pub allowed: bool,
    /// Why; none: for whatever reason.
    pub because: Option<Because>,
}

/// A reason as a scenario states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Because {
    /// A clause id is among the deciding ones.
    Clause(String),
    /// A deciding clause stands in the section with this slug: its id is the slug, a dot and a number.
    Section(String),
    /// The reason is this.
    Reason(Reason),
}

/// What a step says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum StepKind {
    /// `it is 2019-10-05`, `it is 2019-10-05 09:30`: in the policy's zone. Never before the step above.
    ItIs(DateTime),
    /// `after 30 days`: on the calendar of the policy's zone.
    After(u32, Unit),
    /// `ann at sign_up with name "Ann"`
    At {
        /// Who.
        person: String,
        /// `aged 30, in NL`
        stated: Stated,
        /// Where.
        point: String,
        /// `in "host/path"`
        place: Option<String>,
        /// The values.
        values: BTreeMap<String, String>,
        /// `as item m1`
        item: Option<String>,
        /// The cases that it opens by itself (`opens inquiry q1`): ground, and the scenario's own name.
        opens: Vec<(String, String)>,
        /// What is expected; a record is expected to be taken when nothing is said.
        expects: Expectation,
    },
    /// `the policy then says "we may use email for research"`: another version is in force from now on.
    PolicyThen {
        /// Its text, without scenarios.
        text: String,
    },
    /// `the policy may not say "…", because transfers.1`: such a version does not compile.
    PolicyMayNot {
        /// Its text, without scenarios.
        text: String,
        /// What is expected: a refusal, and the clause that it meets.
        expects: Expectation,
    },
    /// `ann closes her account`: what ends the kinds that she is of then.
    Closes {
        /// Who.
        person: String,
    },
    /// `ann agrees to newsletter`, `ann refuses newsletter`, `ann may not refuse …`
    Chooses {
        /// Whose choice it is.
        person: String,
        /// Who makes it for them.
        by: Option<String>,
        /// Which choice.
        choice: String,
        /// Agree or refuse.
        agree: bool,
        /// The way (`link`, `form account_page`).
        via: Option<String>,
        /// What is given.
        giving: BTreeMap<String, String>,
        /// What is expected.
        expects: Expectation,
    },
    /// `support relates carol to mia as guardian`, `carol becomes guardian of mia`, and their ends.
    Relates {
        /// The role that records it; none: a key that may record relations.
        role: Option<String>,
        /// Who stands in it.
        party: String,
        /// The relation.
        relation: String,
        /// To whom.
        person: String,
        /// Begins, or ends.
        begins: bool,
        /// What is expected.
        expects: Expectation,
    },
    /// `counsel opens legal_process w1 on ann for item m1 with issuer "Court"`
    Opens {
        /// The role.
        role: String,
        /// The ground.
        ground: String,
        /// The scenario's own name of the case.
        case: String,
        /// Whom it reaches.
        people: Vec<String>,
        /// Which items.
        items: Vec<String>,
        /// The recipient that it names (`with recipient acme`).
        recipient: Option<String>,
        /// What it needs, by field.
        fields: BTreeMap<String, String>,
        /// What is expected.
        expects: Expectation,
    },
    /// `counsel finds w1 "valid and enforceable"`, `counsel finds w1 not "…"`
    Finds {
        /// The role.
        role: String,
        /// The case.
        case: String,
        /// The wording.
        wording: String,
        /// Yes or no.
        holds: bool,
        /// By the same person who opened the case (`the same counsel finds …`).
        same: bool,
        /// What is expected.
        expects: Expectation,
    },
    /// `counsel ends w1`
    Ends {
        /// The role.
        role: String,
        /// The case.
        case: String,
    },
    /// `mailer may use ann's email for newsletter`
    May {
        /// The role or program.
        actor: String,
        /// The verb.
        action: Action,
        /// Whose.
        person: String,
        /// What.
        data: Vec<String>,
        /// `at …`: where it would be collected, or was.
        point: Option<String>,
        /// `of item m1`
        item: Option<String>,
        /// `as …`
        form: Form,
        /// `for …`
        purpose: Option<String>,
        /// `on w1`
        case: Option<String>,
        /// `with …`
        recipient: Option<String>,
        /// What is expected.
        expects: Expectation,
    },
    /// `moderator erases ann's message of item m1 on h1`, `support changes ann's address to "2 Elm Row" for …`: done, and
    /// it must be permitted.
    Does {
        /// The role or program.
        actor: String,
        /// What is done.
        deed: Deed,
        /// Whose.
        person: String,
        /// What.
        data: Vec<String>,
        /// The new value of a change.
        value: Option<String>,
        /// `of item m1`
        item: Option<String>,
        /// `for …`
        purpose: Option<String>,
        /// `on w1`
        case: Option<String>,
    },
    /// `web_server compares ann's password with "…" for sign_in and it matches`, `office may not compare …`
    Compares {
        /// The role or program.
        actor: String,
        /// Whose.
        person: String,
        /// What: data that is held as a hash.
        element: String,
        /// What is typed.
        value: String,
        /// `for …`
        purpose: Option<String>,
        /// `and it matches`, `and it does not match`
        matches: Option<bool>,
        /// What is expected.
        expects: Expectation,
    },
    /// `ann requests to see name`, `ann may not request to erase …`
    Requests {
        /// Whose right it is.
        person: String,
        /// Who exercises it for them.
        by: Option<String>,
        /// Which right.
        right: RightKind,
        /// Of what; empty: of all that the right reaches.
        data: Vec<String>,
        /// To correct: the new value.
        to: Option<String>,
        /// To correct: `of item m1`.
        item: Option<String>,
        /// `a review of marketing.1`: the clause.
        clause: Option<String>,
        /// `ann lifts her restriction`: takes it back.
        lift: bool,
        /// The way (`link`, `form account_page`).
        via: Option<String>,
        /// What is given.
        giving: BTreeMap<String, String>,
        /// What is expected.
        expects: Expectation,
    },
    /// `office notifies ann of takeover_notice`
    Notifies {
        /// The role or program.
        actor: String,
        /// Whom.
        person: String,
        /// Of what.
        notice: String,
    },
    /// `ann is owed breach_notice`, `ann is owed nothing`
    Owed {
        /// Who.
        person: String,
        /// What; none: nothing.
        notice: Option<String>,
    },
    /// `ann's disclosures name acme`, `ann's disclosures do not name acme`
    Disclosed {
        /// Whose.
        person: String,
        /// The recipient.
        recipient: String,
        /// Named or not.
        named: bool,
    },
    /// `office answers ann's request`
    Answers {
        /// The role.
        role: String,
        /// Whose.
        person: String,
    },
    /// `ann waits for an answer`, `ann waits for no answer`
    Waits {
        /// Who.
        person: String,
        /// Whether they do.
        waits: bool,
    },
    /// `the store may be in DE with hetzner`, `the backup may not be in US with amazon`
    Stored {
        /// The backup, or the store.
        backup: bool,
        /// The country.
        country: String,
        /// Who runs the machines.
        with: Option<String>,
        /// What is expected.
        expects: Expectation,
    },
    /// `the page names prefs among cookies for preferences`, `the page does not name acme among recipients`
    Shown {
        /// In which list.
        among: Publication,
        /// What.
        name: String,
        /// What for, where it is said.
        purpose: Option<String>,
        /// Whether it stands there.
        named: bool,
    },
    /// `nothing of ann is held except invoice`
    NothingHeld {
        /// Whose.
        person: String,
        /// What is.
        except: Vec<String>,
    },
    /// `ann's email is held as "…"`, `ann's email is not held`
    Held {
        /// Whose.
        person: String,
        /// What.
        element: String,
        /// The value, where it is said.
        value: Option<String>,
        /// Held or not.
        held: bool,
    },
}

impl StepKind {
    /// What the step expects of an act or a question, if it says so.
    #[must_use]
    pub const fn expects(&self) -> Option<&Expectation> {
        match self {
            Self::At { expects, .. }
            | Self::Chooses { expects, .. }
            | Self::Relates { expects, .. }
            | Self::Opens { expects, .. }
            | Self::Finds { expects, .. }
            | Self::May { expects, .. }
            | Self::PolicyMayNot { expects, .. }
            | Self::Compares { expects, .. }
            | Self::Stored { expects, .. }
            | Self::Requests { expects, .. } => Some(expects),
            Self::ItIs(_)
            | Self::After(..)
            | Self::PolicyThen { .. }
            | Self::Closes { .. }
            | Self::Ends { .. }
            | Self::Does { .. }
            | Self::Notifies { .. }
            | Self::Owed { .. }
            | Self::Disclosed { .. }
            | Self::Answers { .. }
            | Self::Waits { .. }
            | Self::Shown { .. }
            | Self::NothingHeld { .. }
            | Self::Held { .. } => None,
        }
    }
}
