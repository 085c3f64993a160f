//! Why a purpose may be pursued at all (its legal basis), what is kept apart, what is held for others, and where the store is.

use serde::Serialize;

use crate::answer::{Answer, Reason};
use crate::compiled::Compiled;
use crate::names::{Element, Names, Purpose, Recipient};
use crate::question::Action;

/// A legal basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The person has agreed.
    Consent,
    /// It is needed for a contract with the person.
    Contract,
    /// The law demands it.
    LegalDuty,
    /// An interest that outweighs the person's; they may object.
    LegitimateInterest,
    /// Somebody's life.
    VitalInterest,
    /// A task in the public interest.
    PublicTask,
}

impl Basis {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Consent,
        Self::Contract,
        Self::LegalDuty,
        Self::LegitimateInterest,
        Self::VitalInterest,
        Self::PublicTask,
    ];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Contract => "contract",
            Self::LegalDuty => "legal_duty",
            Self::LegitimateInterest => "legitimate_interest",
            Self::VitalInterest => "vital_interest",
            Self::PublicTask => "public_task",
        }
    }

    /// The basis of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.word() == word)
    }
}

/// What is said of a purpose's basis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PurposeBasis {
    /// The purpose.
    pub purpose: Purpose,
    /// Its basis; of a compatible purpose that of the other, if that has one.
    pub basis: Option<Basis>,
    /// The recorded assessment, or the recorded reason why the purpose is compatible.
    pub record: Option<String>,
    /// The purpose with which it is compatible.
    pub compatible_with: Option<Purpose>,
    /// Index of the sentence.
    pub sentence: u16,
}

/// What holds for a purpose: what is said of it, or of the nearest name above it.
#[must_use]
pub fn basis_of<'b>(names: &Names, bases: &'b [PurposeBasis], purpose: Purpose) -> Option<&'b PurposeBasis> {
    let mut level = vec![purpose.0];
    let mut seen = Vec::new();
    while !level.is_empty() {
        if let Some(found) = level.iter().find_map(|id| bases.iter().find(|basis| basis.purpose.0 == *id)) {
            return Some(found);
        }
        seen.extend(level.iter().copied());
        let above: Vec<u16> = level.iter().flat_map(|id| names.purposes.parents(*id)).copied().collect();
        level = above.into_iter().filter(|id| !seen.contains(id)).collect();
    }
    None
}

/// `together with`: data that no question, act or export brings together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Apart {
    /// Index of the sentence.
    pub sentence: u16,
    /// The acts that it forbids.
    pub actions: Vec<Action>,
    /// The one side: everything below the names said, and every group above that may be one of them.
    pub one: Vec<Element>,
    /// The other side.
    pub other: Vec<Element>,
}

/// `for DATA we act for WHO`: data that is held on behalf of somebody else, who answers for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActsFor {
    /// Index of the sentence.
    pub sentence: u16,
    /// The data, everything below included.
    pub elements: Vec<Element>,
    /// On whose behalf: a kind of person, or a recipient.
    pub whose: String,
}

/// `we store anything in DE with hetzner`, `we store backup in IE with amazon`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StorePlace {
    /// Index of the sentence.
    pub sentence: u16,
    /// It speaks of backups, and otherwise of the store.
    pub backup: bool,
    /// The country.
    pub country: String,
    /// Who runs the machines; none: whoever.
    pub with: Option<Recipient>,
}

impl Compiled {
    /// Whether the store (or a backup of it) may be in a country, run by somebody. Where no sentence says where, it may be anywhere,
    /// and nothing permits it.
    #[must_use]
    pub fn may_be_stored(&self, backup: bool, country: &str, with: Option<Recipient>) -> Answer {
        let places: Vec<&StorePlace> = self.stores.iter().filter(|place| place.backup == backup).collect();
        let fits = |place: &&&StorePlace| {
            place.country == country
                && place.with.is_none_or(|keeper| with.is_some_and(|with| self.is_of(with, keeper)))
        };
        let fitting: Vec<&StorePlace> = places.iter().filter(fits).copied().collect();
        let (allowed, reason, deciding) = match (places.is_empty(), fitting.is_empty()) {
            (true, _) => (false, Reason::NoRule, Vec::new()),
            (false, true) => (false, Reason::Never, places),
            (false, false) => (true, Reason::Permitted, fitting),
        };
        let because = deciding.into_iter().filter_map(|place| self.cite(place.sentence)).collect();
        Answer { allowed, reason, because, lacking: Vec::new() }
    }

    fn is_of(&self, recipient: Recipient, group: Recipient) -> bool {
        self.names.recipients.is_within(recipient.0, group.0)
    }

    /// The basis that holds for a purpose.
    #[must_use]
    pub fn basis(&self, purpose: Purpose) -> Option<&PurposeBasis> {
        basis_of(&self.names, &self.bases, purpose)
    }

    /// Whose an element is, when it is held on behalf of somebody.
    #[must_use]
    pub fn acts_for(&self, element: Element) -> Option<&ActsFor> {
        self.acts_for.iter().find(|acts| acts.elements.contains(&element))
    }

    /// The promises that an act over these data would break by bringing them together. Totals bring nobody's data together.
    pub(crate) fn brought_together(
        &self,
        action: Action,
        form: crate::question::Form,
        data: impl Iterator<Item = Element> + Clone,
    ) -> Vec<u16> {
        if matches!(form, crate::question::Form::Aggregate(_)) {
            return Vec::new();
        }
        let covers = |apart: &Apart| {
            apart.actions.contains(&action) || action.lesser().is_some_and(|lesser| apart.actions.contains(&lesser))
        };
        let broken = |apart: &&Apart| {
            let meets = |side: &[Element]| data.clone().any(|element| side.contains(&element));
            covers(apart) && meets(&apart.one) && meets(&apart.other)
        };
        self.apart.iter().filter(broken).map(|apart| apart.sentence).collect()
    }
}
