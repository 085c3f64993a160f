//! The service that one scenario runs on: a store of its own in memory, a clock, the keys of those who act.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use upheld_decide::{Compiled, Kind, Point, PointId, PointKind};
use upheld_document::Source;
use upheld_policy::Policy;
use upheld_store::Place;
use upheld_vault::Keys;

use super::judge::{Miss, Verdict, settle};
use crate::access::{AccessKind, Verb};
use crate::caller::Caller;
use crate::clock::{Clock, SetClock};
use crate::error::ServiceError;
use crate::service::Service;
use crate::session::Session;

/// Who vouches for the people of a scenario.
const SITE: &str = "site";

pub(super) struct World<'p> {
    pub(super) policy: &'p Policy,
    pub(super) service: Service,
    pub(super) clock: Arc<SetClock>,
    pub(super) zone: TimeZone,
    /// When the policy takes effect: nothing of a scenario is before.
    pub(super) begins: Timestamp,
    pub(super) cases: BTreeMap<String, Case>,
    /// Everybody who has acted so far.
    people: BTreeSet<String>,
    /// The kinds that people have become at points, for `closes`; what decides is read from the store by the service.
    kinds: BTreeMap<String, BTreeSet<Kind>>,
}

/// A case by the scenario's own name for it.
pub(super) struct Case {
    pub(super) id: String,
    pub(super) ground: String,
    /// The key that opened it.
    pub(super) opener: String,
}

impl<'p> World<'p> {
    pub(super) fn new(policy: &'p Policy) -> Result<Self, ServiceError> {
        let header = &policy.compiled.header;
        let zone = TimeZone::get(&header.zone).unwrap_or(TimeZone::UTC);
        let day = header.effective.parse().unwrap_or(Date::constant(2000, 1, 1));
        let moment = |hour| zone.to_timestamp(day.at(hour, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH);
        let begins = moment(0);
        let clock = Arc::new(SetClock::new(begins));
        let service = Service::open(Place::Memory, Keys::ephemeral()?, clock.clone())?;
        service.adopt(policy)?;
        clock.set(moment(12));
        Ok(Self {
            policy,
            service,
            clock,
            zone,
            begins,
            cases: BTreeMap::new(),
            people: BTreeSet::new(),
            kinds: BTreeMap::new(),
        })
    }

    /// Another version is in force from now on.
    pub(super) fn then(&self, text: &str) -> Verdict {
        let loaded = upheld_policy::load_unproved(&Source::new("privacy.md", text), None);
        let expected = "the next version in force";
        let Some(policy) = loaded.policy else {
            return Ok(Some(Miss::new(expected, "a policy that does not compile")));
        };
        Ok(match settle(self.service.adopt(&policy))? {
            Ok(_) => None,
            Err(error) => Some(Miss::new(expected, error)),
        })
    }

    pub(super) fn compiled(&self) -> &'p Compiled {
        &self.policy.compiled
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The program that stands at a point: one that works on what the point is for, where there is such a program.
    pub(super) fn program_at(&self, point: &str) -> Caller {
        let compiled = self.compiled();
        let programs =
            || compiled.names.actors.ids().skip(1).filter(|id| compiled.programs.get(usize::from(*id)) == Some(&true));
        let purposes: Vec<_> = self.point(point).map_or_else(Vec::new, |point| {
            point.takes.iter().flat_map(|taken| taken.purposes.iter().copied()).collect()
        });
        let works = |id: &u16| {
            compiled.works_on.get(usize::from(*id)).is_some_and(|works| works.iter().any(|one| purposes.contains(one)))
        };
        let actor = programs().find(works).or_else(|| programs().next());
        let acts_as = actor.map(|id| compiled.names.actors.name(id).to_owned());
        Caller {
            key: SITE.to_owned(),
            kind: AccessKind::Program,
            acts_as,
            verbs: Verb::ALL.to_vec(),
            points: vec![point.to_owned()],
            purposes: Vec::new(),
            may_act: true,
        }
    }

    /// Somebody in a role, or a program: the one who mostly acts in it.
    pub(super) fn somebody(&self, role: &str) -> Caller {
        self.with_key(role, role.to_owned())
    }

    /// Somebody else in that role.
    pub(super) fn another(&self, role: &str) -> Caller {
        self.with_key(role, format!("another {role}"))
    }

    /// Whoever has this key, in this role.
    pub(super) fn with_key(&self, role: &str, key: String) -> Caller {
        let compiled = self.compiled();
        let is_program = compiled.names.actors.id(role).and_then(|id| compiled.programs.get(usize::from(id)));
        Caller {
            key,
            kind: if is_program == Some(&true) { AccessKind::Program } else { AccessKind::Human },
            acts_as: Some(role.to_owned()),
            verbs: Verb::ALL.to_vec(),
            points: Vec::new(),
            purposes: Vec::new(),
            may_act: true,
        }
    }

    pub(super) fn point(&self, name: &str) -> Option<&'p Point> {
        let compiled = self.compiled();
        compiled.names.points.id(name).and_then(|id| compiled.points.get(usize::from(id)))
    }

    /// A place at which a point may be used, when a step names none.
    pub(super) fn place_of(&self, point: &str) -> Option<String> {
        let point = self.point(point).filter(|point| point.kind != PointKind::Event)?;
        point.places.first().map(|place| place.strip_suffix('*').unwrap_or(place).to_owned())
    }

    /// Notes that somebody acts.
    pub(super) fn appears(&mut self, person: &str) {
        self.people.insert(person.to_owned());
    }

    /// Whether a name is that of somebody who has acted.
    pub(super) fn has_appeared(&self, name: &str) -> bool {
        self.people.contains(name)
    }

    /// Notes which kinds a person becomes or ceases to be at a point.
    pub(super) fn was_at(&mut self, person: &str, point: &str) {
        let Some(id) = self.policy.compiled.names.points.id(point).map(PointId) else { return };
        let lives = &self.policy.compiled.kinds;
        let kinds = self.kinds.entry(person.to_owned()).or_default();
        kinds.extend(lives.iter().filter(|life| life.begins_at.contains(&id)).map(|life| life.kind));
        for life in lives.iter().filter(|life| life.ends_at.contains(&id)) {
            kinds.remove(&life.kind);
        }
    }

    /// The points that end what a person is now: the first of each kind, without repetition.
    pub(super) fn endings(&self, person: &str) -> Vec<String> {
        let compiled = self.compiled();
        let is = |kind: &Kind| self.kinds.get(person).is_some_and(|kinds| kinds.contains(kind));
        let lives = compiled.kinds.iter().filter(|life| is(&life.kind));
        let points: BTreeSet<PointId> = lives.filter_map(|life| life.ends_at.first().copied()).collect();
        points.into_iter().map(|point| compiled.names.points.name(point.0).to_owned()).collect()
    }
}

/// A person's session, as the program that stands at the points vouches for it.
pub(super) fn session(person: &str) -> Session {
    Session { person: person.to_owned(), by: SITE.to_owned() }
}
