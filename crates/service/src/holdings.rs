//! What is held of a person, with where each value came from and how it stands now.

use std::sync::Arc;

use upheld_decide::{Compiled, Element, Giver, Kind, OriginId, PointId, Purpose};
use upheld_vault::{Class, Record};

use crate::acts::Held;
use crate::facts::Known;
use crate::keep::{Kept, Value, closed_for, kept};
use crate::moment::Moment;
use crate::policy_life::InForce;
use crate::service::Result;

/// A value, not opened.
#[derive(Clone, Debug)]
pub(crate) struct Holding {
    /// Index into [`Holdings::records`].
    pub(crate) record: usize,
    /// Its element's name.
    pub(crate) element: String,
    /// Its element; none when the version in force does not declare it.
    pub(crate) id: Option<Element>,
    /// Where it came from, as the version in force has it.
    pub(crate) origin: OriginId,
    /// How long it is kept.
    pub(crate) kept: Kept,
    /// Whether its period has ended.
    pub(crate) closed: bool,
    /// The purposes for which its period has ended, as the version in force calls them, each with the sentence that says so.
    pub(crate) closed_for: Vec<(String, u16)>,
    /// The sentence by which it is closed for what is asked now; for an act that asks for nothing, none.
    pub(crate) closed_here: Option<u16>,
    /// The line of a ground by which a case holds it from being erased (see [`Moment::mark_holds`]).
    pub(crate) hold: Option<u16>,
    /// Whether it is blocked, by staff or at the person's wish.
    pub(crate) blocked: bool,
    /// Whether it is the person who restricted it.
    pub(crate) restricted: bool,
    /// Whether the version under which it was taken did not permit what is asked now; for an act that asks for nothing, no.
    pub(crate) newer: bool,
    /// The sentence that permits what is asked, where it permits it once.
    pub(crate) once: Option<u16>,
    /// Whether that was used.
    pub(crate) used_up: bool,
}

/// Everything held of a person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holdings {
    pub(crate) records: Vec<Record>,
    pub(crate) values: Vec<Holding>,
}

impl Holding {
    /// Whether an act may touch it: it is neither closed nor blocked, what is asked was permitted when it was taken, and was
    /// not done before where it may be done once.
    pub(crate) const fn is_open(&self) -> bool {
        self.is_readable() && !self.newer && !self.used_up && self.closed_here.is_none()
    }

    /// The sentence that demands that it is not erased now: one that keeps it, or one by which a case holds it.
    pub(crate) const fn demanded(&self) -> Option<u16> {
        match self.kept.must {
            Some(sentence) => Some(sentence),
            None => self.hold,
        }
    }

    /// Whether it is neither closed nor blocked, whatever is asked.
    pub(crate) const fn is_readable(&self) -> bool {
        !self.closed && !self.blocked
    }
}

impl Holdings {
    pub(crate) fn record(&self, holding: &Holding) -> Option<&Record> {
        self.records.get(holding.record)
    }
}

impl Moment<'_> {
    /// What is held of a person, oldest first.
    pub(crate) fn holdings(&self, known: &Known) -> Result<Holdings> {
        let mut out = Holdings { records: self.vault.records(known.id)?, values: Vec::new() };
        for (index, record) in out.records.iter().enumerate() {
            let origin = origin_of(self.policy(), &record.class);
            let keeping = self.keeping(&record.class)?;
            for element in &record.elements {
                let item = record.item.as_ref().map(<[u8; 32]>::as_slice);
                let value = keeping.policy.names.data.id(element).map(Element).map(|element| {
                    let origin = origin_of(&keeping.policy, &record.class);
                    Value { element, origin, at: record.at, item }
                });
                let (policy, zone) = (&keeping.policy, &keeping.zone);
                let kept = value.map(|value| kept(policy, zone, Some(known), value, self.ms())).unwrap_or_default();
                let closed_for = value.map(|value| closed_for(policy, zone, Some(known), value, self.ms()));
                let now_called = |name: &str| self.policy().versions.now(name).to_owned();
                let closed_for = closed_for.unwrap_or_default().into_iter();
                let closed_for =
                    closed_for.map(|(of, sentence)| (now_called(policy.names.purposes.name(of.0)), sentence));
                out.values.push(Holding {
                    record: index,
                    element: element.clone(),
                    id: self.policy().names.data.id(self.policy().versions.now(element)).map(Element),
                    origin,
                    closed: kept.closes.is_some_and(|end| end <= self.ms()),
                    kept,
                    closed_for: closed_for.collect(),
                    closed_here: None,
                    hold: None,
                    blocked: known.blocked(record.id, element),
                    restricted: known.restricted(record.id, element),
                    newer: false,
                    once: None,
                    used_up: false,
                });
            }
        }
        Ok(out)
    }

    /// Marks the values that are closed for a purpose, because their period for it, or for one above it, has ended.
    pub(crate) fn mark_closed_for(&self, purpose: Purpose, holdings: &mut Holdings) {
        let purposes = &self.policy().names.purposes;
        let above: Vec<&str> = purposes.above(purpose.0).into_iter().map(|id| purposes.name(id)).collect();
        for value in &mut holdings.values {
            let of_it = |(name, _): &&(String, u16)| above.contains(&name.as_str());
            value.closed_here = value.closed_for.iter().find(of_it).map(|(_, sentence)| *sentence);
        }
    }

    /// The version whose `keep` sentences hold for a class: the one in force; where that does not collect like this any
    /// more, the one under which it was collected, which lives as long as a value of it.
    pub(crate) fn keeping(&self, class: &Class) -> Result<Arc<InForce>> {
        let gone =
            origin_of(self.policy(), class) == OriginId::UNKNOWN && class.version != self.in_force.version.version;
        let older = if gone { self.inner.version_named(self.tx, &class.version)? } else { None };
        Ok(older.unwrap_or_else(|| Arc::clone(&self.in_force)))
    }

    /// Opens a value.
    pub(crate) fn open(&self, holdings: &Holdings, holding: &Holding) -> Result<Option<Held>> {
        let Some(record) = holdings.record(holding) else { return Ok(None) };
        let value = self.vault.open(record, &holding.element)?;
        let item = self.vault.item_name(record)?;
        let at = jiff::Timestamp::from_millisecond(record.at).unwrap_or(jiff::Timestamp::MAX);
        Ok(Some(Held {
            element: holding.element.clone(),
            value: value.to_string(),
            item: item.map(|item| item.to_string()),
            at: at.to_string(),
            point: record.class.point.clone(),
        }))
    }
}

/// The words for who gave a value.
pub(crate) fn giver_word(policy: &Compiled, giver: Giver) -> String {
    match giver {
        Giver::Themselves => "themselves".to_owned(),
        Giver::Service => "us".to_owned(),
        Giver::Other(kind) => policy.names.kinds.name(kind.0).to_owned(),
    }
}

/// The origin of a class under a policy: unknown when no sentence of it collects like that any more.
pub(crate) fn origin_of(policy: &Compiled, class: &Class) -> OriginId {
    let (names, versions) = (&policy.names, &policy.versions);
    let giver = match versions.now(&class.giver) {
        "themselves" => Some(Giver::Themselves),
        "us" => Some(Giver::Service),
        kind => names.kinds.id(kind).map(|kind| Giver::Other(Kind(kind))),
    };
    let (Some(point), Some(capacity), Some(giver)) =
        (names.points.id(versions.now(&class.point)), names.kinds.id(versions.now(&class.capacity)), giver)
    else {
        return OriginId::UNKNOWN;
    };
    let wanted = upheld_decide::Origin { point: PointId(point), capacity: Kind(capacity), giver };
    let found = names.origins.iter().enumerate().skip(1).find(|(_, origin)| **origin == wanted);
    found.and_then(|(index, _)| u16::try_from(index).ok()).map_or(OriginId::UNKNOWN, OriginId)
}
