//! What people accept by use: noted once for each person, version and thing, and marked as implied. It opens nothing.

use upheld_decide::{Acceptance, Accepted, Answer, Compiled, Point};

use crate::answers::ByUse;
use crate::caller::Caller;
use crate::facts::Known;
use crate::moment::{Moment, actor_of, granted};
use crate::service::{Result, Service};

/// How many people accepted something of a version by use.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct AcceptedByUse {
    /// `policy`, `terms` or `cookies`.
    pub what: String,
    /// Of which version.
    pub version: String,
    /// How many people.
    pub people: u64,
}

impl Service {
    /// What a person accepted by use: what scenarios look at.
    pub(crate) fn accepted_by(&self, person: &str) -> Result<Vec<ByUse>> {
        let now = self.0.now();
        self.0.store.read(|tx| {
            let in_force = self.0.in_force(tx, now)?.unwrap_or_else(|| std::sync::Arc::clone(&self.0.no_policy));
            let moment = Moment::reading(tx, &self.0, now, in_force);
            Ok(moment.known(person)?.map(|known| known.accepted()).unwrap_or_default())
        })
    }

    /// Of how many people it is noted that they accepted which version by use: for who has the store.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub fn accepted_by_use(&self) -> Result<Vec<AcceptedByUse>> {
        let now = self.0.now();
        let versions = self.versions()?;
        self.0.store.read(|tx| {
            let in_force = self.0.in_force(tx, now)?.unwrap_or_else(|| std::sync::Arc::clone(&self.0.no_policy));
            let moment = Moment::reading(tx, &self.0, now, in_force);
            let mut out = Vec::new();
            for version in &versions {
                for what in Accepted::ALL {
                    let people = moment.people_who_accepted(what, &version.version)?.len() as u64;
                    if people > 0 {
                        out.push(AcceptedByUse {
                            what: what.word().to_owned(),
                            version: version.version.clone(),
                            people,
                        });
                    }
                }
            }
            Ok(out)
        })
    }
}

/// The sentences by which use of a point counts for somebody. Of nobody known it counts for whoever may be there.
fn counting<'p>(policy: &'p Compiled, point: &Point, known: Option<&Known>) -> impl Iterator<Item = &'p Acceptance> {
    let id = point.id;
    policy.acceptances.iter().filter(move |one| {
        let theirs = |known: &Known| one.of.is_empty() || one.of.iter().any(|of| known.is(policy, *of) != Some(false));
        one.at.contains(&id) && known.is_none_or(theirs)
    })
}

/// What use of a point by nobody known counts for, as the entry of the record says it: without a name it is noted nowhere else.
pub(super) fn of_nobody(policy: &Compiled, point: &Point) -> Option<String> {
    let mut words: Vec<&str> =
        counting(policy, point, None).flat_map(|one| &one.what).map(|what| what.word()).collect();
    words.sort_unstable();
    words.dedup();
    (!words.is_empty()).then(|| words.join(", "))
}

impl Moment<'_> {
    /// Notes what a person accepts by using a point, unless it is noted of them for the version in force.
    pub(super) fn accept_by_use(
        &mut self,
        caller: &Caller,
        known: &mut Known,
        point: &Point,
        host: Option<String>,
    ) -> Result<()> {
        let in_force = std::sync::Arc::clone(&self.in_force);
        let policy = &in_force.policy;
        let version = in_force.version.version.clone();
        let name = policy.names.points.name(point.id.0);
        let index = self.next_entry()?;
        let (mut words, mut because) = (Vec::new(), Vec::new());
        for one in counting(policy, point, Some(&*known)).cloned().collect::<Vec<_>>() {
            for what in one.what {
                if known.has_accepted(what, &version) {
                    continue;
                }
                self.note_acceptance(known, what, &version, name, host.as_deref(), index)?;
                words.push(what.word());
                because.extend(policy.cite(one.sentence));
            }
        }
        if words.is_empty() {
            return Ok(());
        }
        let mut entry = self.entry("accept", &actor_of(caller));
        entry.subject = Some(self.subject(known.id));
        for (key, value) in [
            ("accepted", Some(words.join(", "))),
            ("implied", Some("by use".to_owned())),
            ("point", Some(name.to_owned())),
            ("host", host),
        ] {
            entry.details.extend(value.map(|value| (key.to_owned(), value)));
        }
        self.log(entry, &Answer { because, ..granted() })?;
        Ok(())
    }
}
