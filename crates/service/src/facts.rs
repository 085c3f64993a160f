//! What is true of a person now, as the store knows it. Nothing of it is taken from a caller.

use jiff::civil::Date;
use upheld_decide::{Accepted, Age, Compiled, Fact, FactSet, GroundId, Kind, Region, Relation, THEMSELVES, their};
use upheld_store::Value;
use upheld_vault::{PersonId, RecordId, Standing};

use crate::aliases::{Earlier, in_names_of};
use crate::answers::ByUse;
use crate::moment::{Moment, hex};
use crate::service::Result;
use crate::stated::KeptAge;

/// The handle kind of the service's own id of a person.
pub(crate) const OWN_ID: &str = "id";

pub(crate) const KIND: &str = "kind";
pub(crate) const CHOICE: &str = "choice";
pub(crate) const BLOCK: &str = "block";
pub(crate) const EVENT: &str = "event";
pub(crate) const READ: &str = "read";
const RIGHT: &str = "right";
const INQUIRY: &str = "inquiry";
const NOTICE: &str = "notice";
pub(crate) const ONCE: &str = "once";
const SEAL: &str = "seal";
const AGE: &str = "age";
const REGION: &str = "region";

/// How a block of staff stands, and how a restriction that the person asked for.
const BLOCKED: &str = "blocked";
const RESTRICTED: &str = "restricted";
pub(crate) const RELATION: &str = "relation";
const ACCEPTED: &str = "accepted";

/// A person with their deciding rows, verified.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) id: PersonId,
    rows: Vec<Standing>,
    /// Rows that are stored under earlier names.
    earlier: Vec<Earlier>,
    /// The day and the time of the act that asks: ages are of a day.
    today: Date,
    now: i64,
}

impl Moment<'_> {
    /// The person with the service's own id.
    pub(crate) fn known(&self, person: &str) -> Result<Option<Known>> {
        match self.vault.find(OWN_ID, person)? {
            Some(id) => self.known_by_id(id).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn known_by_id(&self, id: PersonId) -> Result<Known> {
        let (rows, earlier) = in_names_of(self.policy(), self.vault.standing(id)?);
        Ok(Known { id, rows, earlier, today: self.today(), now: self.ms() })
    }

    /// A person by id; none when they were forgotten.
    pub(crate) fn still_known(&self, id: PersonId) -> Result<Option<Known>> {
        if self.vault.exists(id)? { self.known_by_id(id).map(Some) } else { Ok(None) }
    }

    fn stand(&self, known: &mut Known, topic: &str, subject: String, state: &str, entry: u64) -> Result<()> {
        let row = Standing { topic: topic.to_owned(), subject, state: state.to_owned(), since: self.ms(), entry };
        self.vault.stand(known.id, &row)?;
        known.rows.retain(|one| one.topic != row.topic || one.subject != row.subject);
        known.rows.push(row);
        Ok(())
    }

    /// A row goes, by whatever name it is stored.
    fn unstand(&self, known: &mut Known, topic: &str, subject: &str) -> Result<()> {
        self.vault.unstand(known.id, topic, subject)?;
        let is = |one: &Earlier| one.0 == topic && one.2 == subject;
        for (_, stored, _) in known.earlier.iter().filter(|one| is(one)) {
            self.vault.unstand(known.id, topic, stored)?;
        }
        known.earlier.retain(|one| !is(one));
        known.rows.retain(|row| row.topic != topic || row.subject != subject);
        Ok(())
    }

    /// The person becomes one of a kind, or ceases to be.
    pub(crate) fn set_kind(&self, known: &mut Known, kind: &str, is: bool, entry: u64) -> Result<()> {
        self.stand(known, KIND, kind.to_owned(), if is { "is" } else { "was" }, entry)
    }

    /// What is kept of the person's age (see `stated`).
    pub(crate) fn set_age(&self, known: &mut Known, age: &str, entry: u64) -> Result<()> {
        self.stand(known, AGE, String::new(), age, entry)
    }

    /// What is kept of where the person lives.
    pub(crate) fn set_region(&self, known: &mut Known, region: &str, entry: u64) -> Result<()> {
        self.stand(known, REGION, String::new(), region, entry)
    }

    /// The person agrees or refuses.
    pub(crate) fn set_choice(&self, known: &mut Known, choice: &str, agreed: bool, entry: u64) -> Result<()> {
        self.stand(known, CHOICE, choice.to_owned(), if agreed { "agreed" } else { "refused" }, entry)
    }

    /// Somebody begins to stand in a relation to the person, or does no more.
    pub(crate) fn set_relation(
        &self,
        known: &mut Known,
        relation: &str,
        party: PersonId,
        begins: bool,
        entry: u64,
    ) -> Result<()> {
        let state = if begins { "stands" } else { "ended" };
        self.stand(known, RELATION, relation_subject(relation, party), state, entry)
    }

    /// What somebody is to a person now, as parties are named: `themselves`, `their teacher`. None where nobody is asked
    /// about.
    pub(crate) fn parties_of(&self, known: Option<&Known>, party: Option<&str>) -> Result<Option<Vec<String>>> {
        let Some(party) = party else { return Ok(None) };
        let (Some(known), Some(party)) = (known, self.known(party)?) else { return Ok(Some(Vec::new())) };
        let policy = self.policy();
        let mut out = Vec::new();
        if known.id == party.id {
            out.push(THEMSELVES.to_owned());
        }
        for relation in &policy.relations {
            if known.has(policy, relation, party.id) {
                out.push(their(policy.names.relations.name(relation.id.0)));
            }
        }
        Ok(Some(out))
    }

    /// A value becomes unreadable until the block is lifted.
    pub(crate) fn block(&self, known: &mut Known, record: RecordId, element: &str, entry: u64) -> Result<()> {
        self.stand(known, BLOCK, block_subject(record, element), BLOCKED, entry)
    }

    /// A value is restricted at the person's wish. What is blocked already stays as it is.
    pub(crate) fn restrict(&self, known: &mut Known, record: RecordId, element: &str, entry: u64) -> Result<bool> {
        if known.blocked(record, element) {
            return Ok(false);
        }
        self.stand(known, BLOCK, block_subject(record, element), RESTRICTED, entry)?;
        Ok(true)
    }

    /// The person takes a restriction back; a block of staff stays.
    pub(crate) fn lift(&self, known: &mut Known, record: RecordId, element: &str) -> Result<bool> {
        let theirs = known.state(BLOCK, &block_subject(record, element)) == Some(RESTRICTED);
        if theirs {
            self.unblock(known, record, element)?;
        }
        Ok(theirs)
    }

    /// What may be done once with a value was done.
    pub(crate) fn use_once(
        &self,
        known: &mut Known,
        record: RecordId,
        element: &str,
        act: &str,
        purpose: &str,
        entry: u64,
    ) -> Result<()> {
        self.stand(known, ONCE, once_subject(record, element, act, purpose), "used", entry)
    }

    /// What stands of a value goes with it: blocks, and what was used up.
    pub(crate) fn forget_value(&self, known: &mut Known, record: RecordId, element: &str) -> Result<()> {
        self.unblock(known, record, element)?;
        let of_it = format!("{}/", block_subject(record, element));
        let used = |row: &Standing| row.topic == ONCE && row.subject.starts_with(&of_it);
        let subjects: Vec<String> = known.rows.iter().filter(|row| used(row)).map(|row| row.subject.clone()).collect();
        for subject in subjects {
            self.unstand(known, ONCE, &subject)?;
        }
        Ok(())
    }

    /// The person was told.
    pub(crate) fn tell(&self, known: &mut Known, notice: &str, entry: u64) -> Result<()> {
        self.stand(known, NOTICE, notice.to_owned(), "told", entry)
    }

    /// Something of the person is sealed, and waits for somebody else.
    pub(crate) fn note_seal(&self, known: &mut Known, attempt: &str, entry: u64) -> Result<()> {
        self.stand(known, SEAL, attempt.to_owned(), "waits", entry)
    }

    /// It waits no more.
    pub(crate) fn end_seal(&self, known: &mut Known, attempt: &str) -> Result<()> {
        self.vault.unstand(known.id, SEAL, attempt)?;
        known.rows.retain(|row| row.topic != SEAL || row.subject != attempt);
        Ok(())
    }

    /// The person has accepted something of a version by using a point: which, and in which host, is noted with it.
    pub(crate) fn note_acceptance(
        &self,
        known: &mut Known,
        what: Accepted,
        version: &str,
        point: &str,
        host: Option<&str>,
        entry: u64,
    ) -> Result<()> {
        let state = host.map_or_else(|| point.to_owned(), |host| format!("{point} {host}"));
        self.stand(known, ACCEPTED, accepted_subject(what, version), &state, entry)
    }

    /// Everybody of whom it is noted that they accepted something of a version by use.
    pub(crate) fn people_who_accepted(&self, what: Accepted, version: &str) -> Result<Vec<PersonId>> {
        Ok(self.vault.people_standing(ACCEPTED, &accepted_subject(what, version))?)
    }

    /// A right that holds once for some time was answered.
    pub(crate) fn use_right(&self, known: &mut Known, right: &str, entry: u64) -> Result<()> {
        self.stand(known, RIGHT, right.to_owned(), "answered", entry)
    }

    /// A person asks something that somebody must answer.
    pub(crate) fn note_inquiry(&self, known: &mut Known, id: &str, state: &str, entry: u64) -> Result<()> {
        self.stand(known, INQUIRY, id.to_owned(), state, entry)
    }

    /// It was answered.
    pub(crate) fn end_inquiry(&self, known: &mut Known, id: &str) -> Result<()> {
        self.unstand(known, INQUIRY, id)
    }

    /// Everybody who waits for an answer.
    pub(crate) fn people_who_ask(&self) -> Result<Vec<PersonId>> {
        // Ids are texts of hexadecimal digits.
        Ok(self.vault.people_standing_between(INQUIRY, Value::from("0".to_owned()), Value::from("g".to_owned()))?)
    }

    /// A block is lifted.
    pub(crate) fn unblock(&self, known: &mut Known, record: RecordId, element: &str) -> Result<()> {
        if !known.blocked(record, element) {
            return Ok(());
        }
        let subject = block_subject(record, element);
        self.unstand(known, BLOCK, &subject)
    }

    /// Somebody has read an item: for what it was read first is remembered, whatever it is read for later.
    pub(crate) fn first_read(&self, known: &mut Known, item: &[u8], purpose: &str, entry: u64) -> Result<()> {
        if known.read_first_for(item).is_some() {
            return Ok(());
        }
        self.stand(known, READ, hex(item), purpose, entry)
    }

    /// Something happens to the person (to one of their items).
    pub(crate) fn happen(&self, known: &mut Known, point: &str, item: Option<&[u8]>, entry: u64) -> Result<()> {
        let row = Standing {
            topic: EVENT.to_owned(),
            subject: event_subject(point, item),
            state: "happened".to_owned(),
            since: self.ms(),
            entry,
        };
        self.vault.happen(known.id, &row)?;
        known.rows.push(row);
        Ok(())
    }

    /// Everybody to whom an event has happened. One of an item stands under the item's name and is found by person.
    pub(crate) fn people_of_event(&self, point: &str) -> Result<Vec<PersonId>> {
        let mut people = Vec::new();
        for point in self.policy().versions.before(point) {
            let from = Value::from(format!("{point}#"));
            let to = Value::from(format!("{point}$"));
            people.extend(self.vault.people_standing(EVENT, point)?);
            people.extend(self.vault.people_standing_between(EVENT, from, to)?);
        }
        people.sort_unstable();
        people.dedup();
        Ok(people)
    }
}

fn event_subject(point: &str, item: Option<&[u8]>) -> String {
    match item {
        Some(item) => format!("{point}#{}", hex(item)),
        None => point.to_owned(),
    }
}

fn relation_subject(relation: &str, party: PersonId) -> String {
    format!("{relation}/{party}")
}

fn block_subject(record: RecordId, element: &str) -> String {
    format!("{record}/{element}")
}

fn accepted_subject(what: Accepted, version: &str) -> String {
    format!("{}/{version}", what.word())
}

fn once_subject(record: RecordId, element: &str, act: &str, purpose: &str) -> String {
    format!("{}/{act}/{purpose}", block_subject(record, element))
}

impl Known {
    /// Somebody who has never been recorded.
    pub(crate) fn stranger(moment: &Moment<'_>) -> Self {
        Self { id: PersonId::nil(), rows: Vec::new(), earlier: Vec::new(), today: moment.today(), now: moment.ms() }
    }

    fn state(&self, topic: &str, subject: &str) -> Option<&str> {
        self.rows.iter().find(|row| row.topic == topic && row.subject == subject).map(|row| row.state.as_str())
    }

    /// Whether the person is of a kind (or of one below it) now. None: nothing in the policy says how one becomes one, so
    /// the store cannot know.
    pub(crate) fn is(&self, policy: &Compiled, kind: Kind) -> Option<bool> {
        if policy.names.brackets.of(kind).is_some() {
            return policy.names.brackets.is(kind, self.age(), &self.region());
        }
        let kinds = &policy.names.kinds;
        let below = kinds.below(kind.0);
        if below.iter().any(|below| self.state(KIND, kinds.name(*below)) == Some("is")) {
            return Some(true);
        }
        begins(policy, kind).then_some(false)
    }

    /// Whether the person may be of a kind now. Of a kind by age or region they must also be, or have been, of one of the
    /// kinds above it in which people are recorded: `person child is user` speaks of users.
    pub(crate) fn may_be(&self, policy: &Compiled, kind: Kind) -> bool {
        let brackets = &policy.names.brackets;
        if self.is(policy, kind) == Some(false) {
            return false;
        }
        if brackets.of(kind).is_none() {
            return true;
        }
        let kinds = &policy.names.kinds;
        let recorded: Vec<Kind> =
            kinds.above(kind.0).into_iter().map(Kind).filter(|above| brackets.of(*above).is_none()).collect();
        let nearest = |one: &&Kind| !recorded.iter().any(|other| other != *one && kinds.is_within(other.0, one.0));
        recorded.is_empty()
            || recorded
                .iter()
                .filter(nearest)
                .any(|above| self.is(policy, *above) != Some(false) || self.is_or_was(policy, *above))
    }

    /// How old the person is, as far as it was stated.
    pub(crate) fn age(&self) -> Age {
        let row = self.rows.iter().find(|row| row.topic == AGE);
        let kept = row.and_then(|row| Some((KeptAge::from_word(&row.state)?, row.since)));
        kept.map_or(Age::Unknown, |(kept, since)| kept.today(self.today, since, self.now))
    }

    /// How old somebody is of whom this is stated in the act that asks.
    pub(crate) fn would_be(&self, age: KeptAge) -> Age {
        age.today(self.today, self.now, self.now)
    }

    /// Whether that is what is kept of their age.
    pub(crate) fn is_kept(&self, age: KeptAge) -> bool {
        self.state(AGE, "") == Some(age.word().as_str())
    }

    /// Where the person lives, as far as it was stated.
    pub(crate) fn region(&self) -> Region {
        self.state(REGION, "").map(Region::from_word).unwrap_or_default()
    }

    /// As if this stood of them. Nothing is written.
    pub(crate) fn suppose_age(&mut self, age: &str) {
        self.suppose(AGE, age);
    }

    pub(crate) fn suppose_region(&mut self, region: &str) {
        self.suppose(REGION, region);
    }

    fn suppose(&mut self, topic: &str, state: &str) {
        let (since, entry) = (self.now, 0);
        self.rows.retain(|row| row.topic != topic);
        let (topic, state) = (topic.to_owned(), state.to_owned());
        self.rows.push(Standing { topic, subject: String::new(), state, since, entry });
    }

    /// Whether the person is, or ever was, of a kind (or of one below it).
    pub(crate) fn is_or_was(&self, policy: &Compiled, kind: Kind) -> bool {
        let kinds = &policy.names.kinds;
        kinds.below(kind.0).iter().any(|below| self.state(KIND, kinds.name(*below)).is_some())
    }

    /// Whether somebody stands in a relation to the person now. It ends when it is ended, and when the person is no more of
    /// the kind that has it.
    pub(crate) fn has(&self, policy: &Compiled, relation: &Relation, party: PersonId) -> bool {
        self.is_recorded(policy, relation, party) && relation.of.is_none_or(|kind| self.is(policy, kind) != Some(false))
    }

    /// Whether a relation is recorded and was not ended, whatever the person is now.
    pub(crate) fn is_recorded(&self, policy: &Compiled, relation: &Relation, party: PersonId) -> bool {
        let name = policy.names.relations.name(relation.id.0);
        self.state(RELATION, &relation_subject(name, party)) == Some("stands")
    }

    /// What the person has chosen.
    pub(crate) fn choice(&self, name: &str) -> Option<bool> {
        self.state(CHOICE, name).map(|state| state == "agreed")
    }

    pub(crate) fn blocked(&self, record: RecordId, element: &str) -> bool {
        self.state(BLOCK, &block_subject(record, element)).is_some()
    }

    /// Whether it is the person who closed it, and not staff.
    pub(crate) fn restricted(&self, record: RecordId, element: &str) -> bool {
        self.state(BLOCK, &block_subject(record, element)) == Some(RESTRICTED)
    }

    /// Whether what may be done once with a value was done.
    pub(crate) fn used_once(&self, record: RecordId, element: &str, act: &str, purpose: &str) -> bool {
        self.state(ONCE, &once_subject(record, element, act, purpose)).is_some()
    }

    /// When the person was last told.
    pub(crate) fn notified(&self, notice: &str) -> Option<i64> {
        self.rows.iter().find(|row| row.topic == NOTICE && row.subject == notice).map(|row| row.since)
    }

    /// Whether something of the person is sealed by this attempt.
    pub(crate) fn has_sealed(&self, attempt: &str) -> bool {
        self.state(SEAL, attempt).is_some()
    }

    /// Whether it is noted that the person accepted something of a version by use.
    pub(crate) fn has_accepted(&self, what: Accepted, version: &str) -> bool {
        self.state(ACCEPTED, &accepted_subject(what, version)).is_some()
    }

    /// What the person has accepted by use, oldest first. It is never a choice of theirs, and no fact comes of it.
    pub(crate) fn accepted(&self) -> Vec<ByUse> {
        let read = |row: &Standing| {
            let (word, version) = row.subject.split_once('/')?;
            let what = Accepted::ALL.into_iter().find(|what| what.word() == word)?;
            let (point, host) = match row.state.split_once(' ') {
                Some((point, host)) => (point, Some(host.to_owned())),
                None => (row.state.as_str(), None),
            };
            let at = jiff::Timestamp::from_millisecond(row.since).unwrap_or(jiff::Timestamp::MAX).to_string();
            Some(ByUse { what, version: version.to_owned(), at, point: point.to_owned(), host, implied: true })
        };
        let mut rows: Vec<&Standing> = self.rows.iter().filter(|row| row.topic == ACCEPTED).collect();
        rows.sort_by_key(|row| (row.since, row.entry, &row.subject));
        rows.into_iter().filter_map(read).collect()
    }

    /// When a right was last answered.
    pub(crate) fn right_used(&self, right: &str) -> Option<i64> {
        self.rows.iter().find(|row| row.topic == RIGHT && row.subject == right).map(|row| row.since)
    }

    /// What the person asked and nobody has answered: id, what it is, since when.
    pub(crate) fn inquiries(&self) -> impl Iterator<Item = (&str, &str, i64)> {
        let rows = self.rows.iter().filter(|row| row.topic == INQUIRY);
        rows.map(|row| (row.subject.as_str(), row.state.as_str(), row.since))
    }

    /// For what an item was first read by somebody.
    pub(crate) fn read_first_for(&self, item: &[u8]) -> Option<&str> {
        self.state(READ, &hex(item))
    }

    /// The first time at or after `from` that something happened (to this item).
    pub(crate) fn happened(&self, point: &str, item: Option<&[u8]>, from: i64) -> Option<i64> {
        let subject = event_subject(point, item);
        let times = self.rows.iter().filter(|row| row.topic == EVENT && row.subject == subject && row.since >= from);
        times.map(|row| row.since).min()
    }

    /// The facts that rules ask for; of a case none (see `cases`).
    pub(crate) fn facts(&self, policy: &Compiled) -> FactSet {
        let mut out = FactSet::EMPTY;
        for (index, fact) in policy.facts.iter().enumerate() {
            let choice = |number: u16| policy.choices.get(usize::from(number)).map(|choice| self.choice(&choice.name));
            let holds = match fact {
                Fact::Is(kind) => self.is(policy, *kind),
                Fact::Agreed(number) => choice(*number).map(|chosen| chosen == Some(true)),
                Fact::Refused(number) => choice(*number).map(|chosen| chosen == Some(false)),
                Fact::On(_) => Some(false),
                Fact::Notified(number) => {
                    policy.notices.get(usize::from(*number)).map(|notice| self.notified(&notice.name).is_some())
                }
            };
            if let (Ok(index), Some(holds)) = (u16::try_from(index), holds) {
                out.set(index, holds);
            }
        }
        out
    }
}

/// Adds to facts that an open case of a ground, and so of those above it, reaches the question.
pub(crate) fn on_case(policy: &Compiled, ground: GroundId, facts: &mut FactSet) {
    for above in policy.names.grounds.above(ground.0) {
        if let Some(index) = policy.fact_index(Fact::On(GroundId(above))) {
            facts.set(index, true);
        }
    }
}

/// Whether the policy says how a person becomes one of this kind.
pub(crate) fn begins(policy: &Compiled, kind: Kind) -> bool {
    policy.kinds.get(kind.index()).is_some_and(|life| !life.begins_at.is_empty())
}
