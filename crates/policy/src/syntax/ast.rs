//! Rules as written: sentences with places, before any name is looked up.

use upheld_decide::{Action, Period, PointKind, RightKind};
use upheld_document::Span;

use crate::model::{Force, Publication};

/// A name as written. A party that is named by what it is to the person (`their teacher`) is one name, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its letters.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A sentence with its indented lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The line without its comment and its `keeps`.
    pub span: Span,
    /// Which clause it belongs to: indices of section and clause.
    pub clause: (usize, usize),
    /// Whether it stands in an `added` block.
    pub added: bool,
    /// `added 2009-10-01 by ROLE`: the role.
    pub added_by: Option<Name>,
    /// What it says.
    pub kind: Kind,
    /// Requirements that it keeps.
    pub keeps: Vec<Name>,
    /// Its indented lines.
    pub children: Vec<Sentence>,
}

/// What a sentence says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `data`
    Data(Data),
    /// `person`
    Person {
        /// The names.
        names: Vec<Name>,
        /// What they are.
        parents: Vec<Name>,
        /// The label, for people.
        label: Option<String>,
    },
    /// `purpose`
    Purpose {
        /// The names.
        names: Vec<Name>,
        /// What they are.
        parents: Vec<Name>,
        /// The label, for people.
        label: Option<String>,
        /// `basis …`, `compatible with …`
        basis: PurposeBasis,
    },
    /// `recipient`
    Recipient {
        /// The names.
        names: Vec<Name>,
        /// What they are.
        parents: Vec<Name>,
        /// The label, for people.
        label: Option<String>,
        /// `in DE`
        country: Option<String>,
        /// `under standard_clauses "…"`
        safeguard: Option<upheld_decide::Safeguard>,
    },
    /// `role`
    Role {
        /// The names.
        names: Vec<Name>,
        /// Whether they are programs.
        program: bool,
        /// Purposes and grounds that they work on.
        works_on: Vec<Name>,
        /// The label, for people.
        label: Option<String>,
    },
    /// `point`
    Point {
        /// The names.
        names: Vec<Name>,
        /// How data comes in.
        kind: PointKind,
        /// Where it is.
        places: Places,
        /// The label, for people.
        label: Option<String>,
    },
    /// `ground`
    Ground {
        /// The names.
        names: Vec<Name>,
        /// What they are.
        parents: Vec<Name>,
        /// The label, for people.
        label: Option<String>,
    },
    /// `relation`
    Relation {
        /// The names.
        names: Vec<Name>,
        /// To whom one stands in it; none: anybody.
        of: Option<Name>,
        /// The roles that may record it.
        by: Vec<Name>,
        /// The label, for people.
        label: Option<String>,
    },
    /// `open`
    Open {
        /// The names.
        names: Vec<Name>,
        /// The role.
        by: Name,
    },
    /// `begins at` below a person.
    BeginsAt(Vec<Name>),
    /// `ends at` below a person or a ground.
    EndsAt(Vec<Name>),
    /// `under …`, `N or over …`, `in …` below a person.
    Bracket(Bracket),
    /// `of unknown age` below a person.
    UnknownAge,
    /// `needs` below a ground.
    Needs(Vec<(Name, Vec<Name>)>),
    /// `needs finding` below a ground.
    NeedsFinding {
        /// What is to be found.
        wording: String,
        /// The role.
        by: Name,
    },
    /// `needs earlier use for` below a ground.
    NeedsEarlierUse(Vec<Name>),
    /// `reaches` below a ground.
    Reaches(Name),
    /// `opened at` below a ground.
    OpenedAt(Vec<Name>),
    /// `ends after` below a ground.
    EndsAfter(Period),
    /// `we collect`, `we may collect`
    Collect {
        /// `may collect`: the data may be missing.
        may: bool,
        /// The data.
        data: Vec<Name>,
        /// `of K`: whom it is about.
        of: Option<Name>,
        /// `from K`: who gives it.
        from: Option<Name>,
        /// The points.
        at: Vec<Name>,
        /// What for.
        purposes: Vec<Name>,
    },
    /// `… may …`, `… never …`, and the indented `except`, `but may`, `but never`.
    Rule {
        /// What the line does.
        force: Force,
        /// Who; none: `we`, `every person`, or what the line above says.
        who: Option<Vec<Name>>,
        /// Its phrases.
        phrases: Box<Phrases>,
    },
    /// `report`
    Report(Report),
    /// `we keep`, `but keep`, `we must erase`
    Keep(Keep),
    /// `… may agree to …`, `… may refuse …`
    Choice(Choice),
    /// `… may request to …`
    Right(Right),
    /// `we never use DATA together with DATA`
    Apart {
        /// The verbs.
        verbs: Vec<Action>,
        /// The one side.
        one: Vec<Name>,
        /// The other.
        other: Vec<Name>,
    },
    /// `we store anything in DE with R`, `we store backup in …`
    Store {
        /// Backups, or the store.
        backup: bool,
        /// The country.
        country: String,
        /// Who runs the machines.
        with: Option<Name>,
    },
    /// `we safeguard transfers out of EEA`
    Safeguarded,
    /// `for DATA we act for WHO`
    ActsFor {
        /// The data.
        data: Vec<Name>,
        /// On whose behalf.
        whose: Name,
    },
    /// `term`
    Term {
        /// The words of the text.
        words: String,
        /// What they mean.
        means: Means,
    },
    /// `cookie`, `local`
    Cookie(Cookie),
    /// `new purposes apply …`, `changes apply to data collected afterwards`
    Afterwards(upheld_decide::Afterwards),
    /// `notice NAME "What it says"`
    Notice {
        /// The names.
        names: Vec<Name>,
        /// The label, for people.
        label: Option<String>,
    },
    /// `we must notify WHO of NOTICE before we …`
    Gate {
        /// Whom; empty: every person.
        of: Vec<Name>,
        /// The notice.
        notice: Name,
        /// What waits for it.
        phrases: Box<Phrases>,
    },
    /// `we must notify WHO of NOTICE within PERIOD after POINT`
    Telling {
        /// Whom; empty: every person.
        of: Vec<Name>,
        /// The notice.
        notice: Name,
        /// How soon.
        within: Period,
        /// After what.
        after: Name,
    },
    /// `changes are posted at "/privacy" before they apply`
    PostedAt {
        /// The path.
        path: String,
    },
    /// `renamed NEW from OLD`
    Renamed {
        /// What it is called now.
        to: Name,
        /// What it was called.
        from: Name,
    },
    /// `prove we never …`: it permits and forbids nothing, and is held against every question.
    Prove {
        /// Who never does it; none: `we`.
        who: Option<Vec<Name>>,
        /// The claim, said as the promise that it would be.
        phrases: Box<Phrases>,
    },
    /// `publish how`, `publish recipients, cookies`
    Publish(Vec<Publication>),
    /// `statement`
    Statement,
    /// `manual "…"`
    Manual {
        /// Who does it and how it is evidenced.
        how: String,
    },
    /// `allow CODE because "…"`
    Allow {
        /// The codes of findings.
        codes: Vec<Name>,
    },
    /// A line of its own: `keeps …`.
    Keeps,
}

/// What a term means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// So long; the term may stand wherever a period does.
    Period(Period),
    /// These names, of whatever sort.
    Names(Vec<Name>),
}

/// Something that is kept on a person's device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: Name,
    /// `local`: in the browser's storage rather than a cookie.
    pub local: bool,
    /// `by R`: a recipient that sets and reads it by itself.
    pub by: Option<Name>,
    /// What it holds.
    pub holds: Vec<Name>,
    /// `of K`
    pub of: Name,
    /// `in "host/path"`
    pub places: Places,
    /// `for PU`
    pub purposes: Vec<Name>,
    /// How long it lasts.
    pub lasts: Lasts,
    /// The label, for people.
    pub label: Option<String>,
}

/// How long something on a device lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasts {
    /// `until session ends`
    Session,
    /// `until removed`: nothing ends it but the person.
    Removed,
    /// `lasting PERIOD`
    Period(Period),
}

/// A `data` declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Data {
    /// The names.
    pub names: Vec<Name>,
    /// What they are.
    pub parents: Vec<Name>,
    /// `not identifying "why"`.
    pub not_identifying: Option<String>,
    /// `itemised`
    pub itemised: bool,
    /// `held as token`
    pub token: bool,
    /// `held as hash`
    pub hash: bool,
    /// `without E, E`
    pub without: Vec<Name>,
    /// `made from E`
    pub made_from: Option<Name>,
    /// The label.
    pub label: Option<String>,
}

/// Where a point is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Places {
    /// Nothing said.
    Anywhere,
    /// `in covers`: any covered host.
    Covers,
    /// `in "host/path"`
    Named(Vec<(String, Span)>),
}

/// Data as a rule names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataPhrase {
    /// `anything`
    Anything,
    /// By name.
    Names(Vec<Name>),
}

/// `as …`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapePhrase {
    /// `as pseudonym`
    Pseudonym,
    /// `as aggregate`
    Aggregate(Span),
    /// `as aggregate of k`
    AggregateOf(u32, Span),
}

/// The phrases of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrases {
    /// The verbs.
    pub verbs: Vec<Action>,
    /// `by` on an indented line: who acts.
    pub by: Option<Vec<Name>>,
    /// `their own`: what the subject speaks of is data of themselves.
    pub own: bool,
    /// Where it says so.
    pub own_at: Span,
    /// The data.
    pub data: Option<DataPhrase>,
    /// `of K`; `Some(empty)` is `of anyone`.
    pub of: Option<Vec<Name>>,
    /// `from K`
    pub from: Option<Vec<Name>>,
    /// `at P`
    pub at: Option<Vec<Name>>,
    /// `for PU`
    pub purposes: Option<Vec<Name>>,
    /// `for another purpose`, and where it stands.
    pub another: Option<Span>,
    /// `with R`; `Some(empty)` is `with anyone`.
    pub recipients: Option<Vec<Name>>,
    /// `as …`
    pub shape: Option<ShapePhrase>,
    /// `on G`
    pub on: Option<Name>,
    /// `if`, `unless`, `while`: parts, and whether they are joined by `or`.
    pub condition: Option<Condition>,
    /// `only`: the phrase that it stands before.
    pub only: Option<Only>,
    /// `once`, and where it stands.
    pub once: Option<Span>,
}

/// The phrase that `only` locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// `only for`
    Purposes,
    /// `only with`
    Recipients,
    /// `only as`
    Shape,
    /// `only on`
    Ground,
    /// `only at`
    Points,
    /// `only of`
    Kinds,
    /// `only if`
    Condition,
}

/// Ages in some place, below a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bracket {
    /// `N or over`, with its place.
    pub from: Option<(u32, Span)>,
    /// `under N`, with its place.
    pub under: Option<(u32, Span)>,
    /// `in US, US-CA`
    pub places: Vec<Name>,
    /// `elsewhere`
    pub elsewhere: bool,
}

/// A condition as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// `if` or `while`: true. `unless`: false.
    pub holds: bool,
    /// Its parts.
    pub parts: Vec<About>,
    /// Joined by `or` rather than `and`.
    pub or: bool,
}

/// One part of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Of this kind now.
    Is(Name),
    /// Has agreed to a choice.
    Agreed(Name),
    /// Has refused a choice.
    Refused(Name),
    /// `their guardian has agreed to X`: a choice that somebody makes for them.
    ByAnother {
        /// `their guardian`
        by: Name,
        /// Agreed or refused.
        agree: bool,
        /// The choice.
        choice: Name,
    },
}

/// A `report` declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its name.
    pub name: Name,
    /// By what it groups.
    pub counts: Vec<Name>,
    /// `of`
    pub of: Option<Vec<Name>>,
    /// `at`
    pub at: Option<Vec<Name>>,
    /// `each`
    pub each: upheld_decide::Unit,
    /// `as aggregate of`, and where it stands.
    pub least: (u32, Span),
    /// The label, for people.
    pub label: Option<String>,
}

/// When a kept period ends, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// `PERIOD after P`
    After(Period, Name),
    /// `until P`
    Until(Name),
    /// `while K`
    While(Name),
}

/// A `keep` sentence as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    /// `must keep`
    pub must: bool,
    /// `but keep`
    pub longer: bool,
    /// `must erase … within PERIOD after P`: closes nothing before the event and erases within the period.
    pub erase: bool,
    /// The data; empty on `but keep` without data.
    pub data: Vec<Name>,
    /// `of`
    pub of: Option<Vec<Name>>,
    /// `from`
    pub from: Option<Vec<Name>>,
    /// `at`
    pub at: Option<Vec<Name>>,
    /// When.
    pub end: End,
    /// `then erase within PERIOD`
    pub erase_within: Option<Period>,
}

/// A choice as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Who has it; none: every person.
    pub who: Option<Name>,
    /// Who makes it for them.
    pub by: Option<Name>,
    /// Agree or refuse.
    pub agree: bool,
    /// `object to`: where it stands. Refusing what rests on a legitimate interest.
    pub objects: Option<Span>,
    /// The purposes, each a choice of its own; or those of `that we …`.
    pub purposes: Vec<Name>,
    /// `for another purpose`: what that we do is for a purpose that the data was not taken for.
    pub another: bool,
    /// `that we VERB DATA`: verbs and data.
    pub that: Option<(Vec<Action>, DataPhrase)>,
    /// The label.
    pub label: Option<String>,
    /// `via …`
    pub via: Vec<String>,
    /// `giving …`
    pub giving: Vec<Name>,
}

/// A `may request` sentence as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// Who has it; none: every person.
    pub who: Option<Name>,
    /// Who exercises it for them.
    pub by: Option<Name>,
    /// Which rights.
    pub rights: Vec<RightKind>,
    /// The data; empty: all of it, or a right that is none over data.
    pub data: Vec<Name>,
    /// `via …`
    pub via: Vec<String>,
    /// `giving …`
    pub giving: Vec<Name>,
    /// `within …`: how soon it is answered.
    pub within: Option<Period>,
    /// `once a calendar year`
    pub once: Option<upheld_decide::Unit>,
}

/// What a `purpose` declaration says of its basis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PurposeBasis {
    /// `basis contract`
    pub basis: Option<upheld_decide::Basis>,
    /// `compatible with P`
    pub compatible_with: Option<Name>,
    /// The recorded assessment, or the recorded reason.
    pub record: Option<String>,
}
