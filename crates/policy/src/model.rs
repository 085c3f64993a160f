//! The policy with all names resolved: what the rules say, before it is folded into a table.
//!
//! `lower` makes it from syntax, `compile` folds it, and the tests hold a second, plain reading of it against the table.
//! A [`Rule`] keeps its indented lines as children, as written; nothing here is expanded or closed downwards.

use upheld_decide::{
    Action, Actor, Choice, Element, Ground, GroundId, Header, Keep, Kind, KindLife, Names, Point, PointForm, PointId,
    Purpose, Recipient, Relation, Right, Sentence,
};
use upheld_document::Span;

/// A resolved policy.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Front matter.
    pub header: Header,
    /// All names and their graphs. `origins` is filled by `lower` from the collect sentences.
    pub names: Names,
    /// All sentences in document order, indented lines included.
    pub sentences: Vec<Sentence>,
    /// Where each sentence stands in the source; same order.
    pub spans: Vec<Span>,
    /// Permissions and prohibitions, top-level sentences in document order.
    pub rules: Vec<Rule>,
    /// What is collected where; each is also a permission to use the data for its purposes.
    pub collects: Vec<Collect>,
    /// How each element is held, by `Element::index`.
    pub forms: Vec<PointForm>,
    /// Points, by `PointId::index`; `takes` is filled by `compile`.
    pub points: Vec<Point>,
    /// Kept periods; `elements` as written, expanded by `compile`; `origins` filled by `compile` from `Keep` scopes.
    pub keeps: Vec<KeepRule>,
    /// Choices; each also guards (see `compile`).
    pub choices: Vec<Choice>,
    /// The bases of purposes.
    pub bases: Vec<upheld_decide::PurposeBasis>,
    /// What is never brought together; both sides as written, closed by `compile`.
    pub apart: Vec<upheld_decide::Apart>,
    /// What is held on behalf of others; `elements` as written, expanded by `compile`.
    pub acts_for: Vec<upheld_decide::ActsFor>,
    /// Where the store and its backups may be.
    pub stores: Vec<upheld_decide::StorePlace>,
    /// Where recipients are.
    pub whereabouts: Vec<upheld_decide::Whereabouts>,
    /// The promise that transfers are safeguarded.
    pub transfers: Option<upheld_decide::Transfers>,
    /// Rights; `elements` as written, expanded by `compile`.
    pub rights: Vec<Right>,
    /// Relations, by `RelationId::index`.
    pub relations: Vec<Relation>,
    /// Reports; `origins` filled by `compile` from their scopes.
    pub reports: Vec<ReportRule>,
    /// What is kept on people's devices.
    pub cookies: Vec<upheld_decide::Cookie>,
    /// Grounds, by `GroundId::index`, with their ancestors' needs.
    pub grounds: Vec<Ground>,
    /// Kinds, by `Kind::index`.
    pub kinds: Vec<KindLife>,
    /// Purposes (and grounds' purposes) that each actor works on, as written, by `Actor::index`.
    pub works_on: Vec<Vec<Purpose>>,
    /// Which actors are programs, by `Actor::index`.
    pub programs: Vec<bool>,
    /// What it says of its versions.
    pub versions: upheld_decide::Versions,
    /// Sentences that permit `once`, in document order.
    pub once: Vec<u16>,
    /// What people are told.
    pub notices: Vec<upheld_decide::Notice>,
    /// When they must be told.
    pub tellings: Vec<upheld_decide::Telling>,
    /// What the public page shows that the rules say, by the sentence that says so.
    pub publishes: Vec<(u16, Publication)>,
    /// Where recipients are, as they are declared.
    pub recipient_countries: std::collections::BTreeMap<String, String>,
    /// Recipients that the operator added.
    pub recipients_added: std::collections::BTreeSet<String>,
    /// Labels of purposes.
    pub purpose_labels: std::collections::BTreeMap<String, String>,
    /// Labels of recipients.
    pub recipient_labels: std::collections::BTreeMap<String, String>,
}

/// What the public page shows beside the prose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Publication {
    /// Below each clause how it is kept.
    How,
    /// Who receives data.
    Recipients,
    /// What lies on the device.
    Cookies,
    /// How long data is kept.
    Periods,
    /// What people may agree to and refuse.
    Choices,
    /// What people may ask for.
    Rights,
    /// Where the store and its backups are.
    Places,
}

impl Publication {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::How, Self::Recipients, Self::Cookies, Self::Periods, Self::Choices, Self::Rights, Self::Places];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::How => "how",
            Self::Recipients => "recipients",
            Self::Cookies => "cookies",
            Self::Periods => "periods",
            Self::Choices => "choices",
            Self::Rights => "rights",
            Self::Places => "places",
        }
    }

    /// The one of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// What a sentence or an indented line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    /// Opens.
    May,
    /// Closes.
    Never,
    /// Under `never`: it does not reach there.
    Except,
    /// Under `never`: it does not reach there, and this is permitted.
    ButMay,
    /// Under `may`: it does not reach there, and this is forbidden.
    ButNever,
}

/// A permission or prohibition.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Index into `Model::sentences`.
    pub sentence: u16,
    /// What it does.
    pub force: Force,
    /// What it says itself; an indented line takes what it leaves out from the line above.
    pub scope: Scope,
    /// Its condition: any of these must hold, and of each all of it. Empty: always.
    pub when: Vec<Vec<Condition>>,
    /// Its indented lines.
    pub children: Vec<Rule>,
    /// `only`: a prohibition that narrows permissions and does not quarrel with them.
    pub lock: bool,
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// `we`: in a permission the roles and programs that work on the purpose, in a prohibition everyone.
    We,
    /// Named roles or programs, and those below them.
    Named(Vec<Actor>),
}

/// In which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `as pseudonym`.
    Pseudonym,
    /// `as aggregate` (no group size: in a prohibition, all totals).
    Aggregate,
    /// `as aggregate of k`.
    AggregateOf(u32),
}

/// Who gave it, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenBy {
    /// `from themselves`, or `from K` where K is the capacity itself.
    Themselves,
    /// `from us`: seen or made by the service.
    Service,
    /// `from K`: anybody who was of that kind, the person themself included.
    Kind(Kind),
}

/// The phrases of a sentence. `None` means that the axis is left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// The verbs. Empty on an indented line that names none.
    pub actions: Vec<Action>,
    /// The subject.
    pub who: Option<Who>,
    /// The data; `anything` is `None` on a top-level line and `Some(empty)` never occurs.
    pub data: Option<Vec<Element>>,
    /// `of`: capacities. `of anyone` is `None`.
    pub of: Option<Vec<Kind>>,
    /// `of` a kind that age or region decides: the person is of one of these now. `of` has the capacities above it then.
    pub now: Vec<Kind>,
    /// `from`.
    pub from: Option<Vec<GivenBy>>,
    /// `at`.
    pub at: Option<Vec<PointId>>,
    /// `for`; an `on GROUND` without `for` puts the ground's purpose here.
    pub purposes: Option<Vec<Purpose>>,
    /// `for another purpose`: one that is neither among nor below those for which the data was taken. `purposes` is `None`
    /// then.
    pub another: bool,
    /// `with`; `with anyone` is `Some(all outside recipients)` spelt `Recipients::Anyone`.
    pub recipients: Option<Recipients>,
    /// `as`.
    pub shape: Option<Shape>,
    /// `on`: an open case of it must ride along.
    pub on: Option<GroundId>,
}

/// The recipients of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipients {
    /// `with anyone`: every outside recipient.
    Anyone,
    /// Those named and everything below.
    Named(Vec<Recipient>),
}

/// A condition about the person now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What is asked.
    pub about: About,
    /// `true` for `if`, `false` for `unless`.
    pub holds: bool,
}

/// What a condition asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The person is of this kind now (or of one below it).
    Is(Kind),
    /// The person has agreed to this choice (index into `Model::choices`).
    Agreed(u16),
    /// The person has refused this choice.
    Refused(u16),
    /// The person was told by this notice (index into `Model::notices`).
    Notified(u16),
}

/// A collect sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collect {
    /// Index into `Model::sentences`.
    pub sentence: u16,
    /// `we collect`: the point insists on it. `we may collect`: it may be missing.
    pub required: bool,
    /// The data, as written.
    pub data: Vec<Element>,
    /// Capacity of the person whom it is about.
    pub of: Kind,
    /// Who gives it: the person (`from K`), the service (`of K` alone), or another (`of K from L`).
    pub from: GivenBy,
    /// The points.
    pub at: Vec<PointId>,
    /// The original purposes.
    pub purposes: Vec<Purpose>,
    /// A recipient that takes it by itself, on the person's device: it is no use of ours, and a disclosure to them.
    pub by: Option<Recipient>,
}

/// A report before its scope is expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRule {
    /// Name, groups, period and least number; `origins` empty.
    pub report: upheld_decide::Report,
    /// `of`: capacities.
    pub of: Option<Vec<Kind>>,
    /// `at`
    pub at: Option<Vec<PointId>>,
}

/// A keep sentence before its scope is expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeepRule {
    /// End, period, must, longer, sentence; `elements` as written, `origins` empty.
    pub keep: Keep,
    /// `of`: capacities.
    pub of: Option<Vec<Kind>>,
    /// `from`.
    pub from: Option<Vec<GivenBy>>,
    /// `at`.
    pub at: Option<Vec<PointId>>,
}

impl Collect {
    /// Whether it takes data of this origin.
    #[must_use]
    pub fn makes(&self, origin: &upheld_decide::Origin) -> bool {
        self.at.contains(&origin.point) && self.of == origin.capacity && self.from.giver() == origin.giver
    }
}

impl GivenBy {
    /// The giver that it makes of a value.
    #[must_use]
    pub const fn giver(self) -> upheld_decide::Giver {
        match self {
            Self::Themselves => upheld_decide::Giver::Themselves,
            Self::Service => upheld_decide::Giver::Service,
            Self::Kind(kind) => upheld_decide::Giver::Other(kind),
        }
    }
}
