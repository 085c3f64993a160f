//! Cases: what supplies a ground. Every row carries a MAC; what a ground needs is sealed under the key of the person whom
//! the case is about.

use std::collections::BTreeMap;

use upheld_decide::{Answer, Case as Reach, Compiled, Ground, GroundId, Kind, Reason, Recipient};
use upheld_store::{Row, Value};
use upheld_vault::{PersonId, VaultError};
use uuid::Uuid;

use crate::acts::CaseState;
use crate::error::ServiceError;
use crate::facts::Known;
use crate::holdings::Holdings;
use crate::keep::later;
use crate::moment::{Moment, is_alarm};
use crate::schema::sql;
use crate::service::Result;

/// A case, verified.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) id: Uuid,
    pub(crate) ground: String,
    pub(crate) opened: i64,
    /// The key that opened it.
    pub(crate) opener: String,
    /// When it ends by itself.
    pub(crate) ends: Option<i64>,
    /// When it was ended.
    pub(crate) ended: Option<i64>,
    /// The recipient that it names.
    pub(crate) recipient: Option<String>,
    /// Under whose key its fields are sealed.
    owner: Option<PersonId>,
    fields: Vec<u8>,
    entry: u64,
    /// The people, and the look-ups of the items, that it reaches.
    pub(crate) reach: Vec<(PersonId, Vec<u8>)>,
    /// Findings, oldest first: wording, and yes or no.
    findings: Vec<(String, bool)>,
}

/// A case to be opened.
pub(crate) struct NewCase<'a> {
    pub(crate) ground: &'a Ground,
    pub(crate) opener: &'a str,
    pub(crate) recipient: Option<&'a str>,
    pub(crate) fields: &'a BTreeMap<String, String>,
    pub(crate) reach: Vec<(PersonId, Vec<u8>)>,
}

impl Case {
    fn ground_of<'p>(&self, policy: &'p Compiled) -> Option<&'p Ground> {
        let id = policy.names.grounds.id(&self.ground)?;
        policy.grounds.iter().find(|ground| ground.id == GroundId(id))
    }

    pub(crate) fn over(&self, now: i64) -> bool {
        self.ended.is_some() || self.ends.is_some_and(|ends| ends <= now)
    }

    fn parts(&self) -> Vec<Vec<u8>> {
        let number = |n: Option<i64>| n.map_or_else(Vec::new, |n| n.to_be_bytes().to_vec());
        vec![
            self.id.as_bytes().to_vec(),
            self.ground.clone().into_bytes(),
            self.opened.to_be_bytes().to_vec(),
            self.opener.clone().into_bytes(),
            number(self.ends),
            number(self.ended),
            self.recipient.clone().unwrap_or_default().into_bytes(),
            self.owner.map_or_else(Vec::new, |owner| owner.as_bytes().to_vec()),
            self.fields.clone(),
            (self.reach.len() as u64).to_be_bytes().to_vec(),
            (self.findings.len() as u64).to_be_bytes().to_vec(),
            self.entry.to_be_bytes().to_vec(),
        ]
    }
}

fn slices(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

impl Moment<'_> {
    /// A case by its id; none when there is none.
    pub(crate) fn case(&self, id: &str) -> Result<Option<Case>> {
        match Uuid::parse_str(id) {
            Ok(id) => self.case_by_id(id),
            Err(_) => Ok(None),
        }
    }

    fn case_by_id(&self, id: Uuid) -> Result<Option<Case>> {
        let Some(row) = self.tx.one(sql::CASE, &[(*id.as_bytes()).into()])? else { return Ok(None) };
        let mut reach = Vec::new();
        for row in self.tx.query(sql::REACH, &[(*id.as_bytes()).into()])? {
            let (person, item): ([u8; 16], &[u8]) = (row.array(0)?, row.blob(1)?);
            self.vault.verify_row("case_reach", &[id.as_bytes(), &person, item], row.blob(2)?)?;
            reach.push((Uuid::from_bytes(person), item.to_vec()));
        }
        let mut findings = Vec::new();
        for row in self.tx.query(sql::FINDINGS, &[(*id.as_bytes()).into()])? {
            let parts = finding_parts(id, row.int(0)?, row.text(1)?, row.text(2)?, row.int(3)? != 0);
            self.vault.verify_row("case_finding", &slices(&parts), row.blob(4)?)?;
            findings.push((row.text(1)?.to_owned(), row.int(3)? != 0));
        }
        let (case, reached, found) = read_case(&row, id, reach, findings)?;
        if reached != case.reach.len() as u64 || found != case.findings.len() as u64 {
            return Err(VaultError::NotVerified.into());
        }
        self.vault.verify_row("cases", &slices(&case.parts()), row.blob(12)?)?;
        Ok(Some(case))
    }

    /// Cases that reach a person.
    pub(crate) fn cases_of(&self, person: PersonId) -> Result<Vec<Case>> {
        let mut out = Vec::new();
        for row in self.tx.query(sql::CASES_OF_PERSON, &[(*person.as_bytes()).into()])? {
            out.extend(self.case_by_id(Uuid::from_bytes(row.array(0)?))?);
        }
        Ok(out)
    }

    /// Open cases whose time is over.
    pub(crate) fn cases_over(&self, most: u64) -> Result<Vec<Case>> {
        let mut out = Vec::new();
        for row in self.tx.query(sql::CASES_OVER, &[self.ms().into(), most.into()])? {
            match self.case_by_id(Uuid::from_bytes(row.array(0)?)) {
                Err(error) if is_alarm(&error) => {
                    tracing::error!("a stored case does not verify; it is left as it is");
                }
                case => out.extend(case?),
            }
        }
        Ok(out)
    }

    pub(crate) fn open_case(&mut self, new: &NewCase<'_>, entry: u64) -> Result<Case> {
        let id = self.id();
        let policy = &self.in_force;
        let owner = new.reach.first().map(|(person, _)| *person);
        let plain =
            serde_json::to_vec(new.fields).map_err(|_| ServiceError::invalid("these fields cannot be stored"))?;
        let case = Case {
            id,
            ground: policy.policy.names.grounds.name(new.ground.id.0).to_owned(),
            opened: self.ms(),
            opener: new.opener.to_owned(),
            ends: new.ground.ends_after.map(|period| later(self.ms(), period, &policy.zone)),
            ended: None,
            recipient: new.recipient.map(str::to_owned),
            owner,
            fields: self.vault.seal_note(owner, id.as_bytes(), &plain)?,
            entry,
            reach: new.reach.clone(),
            findings: Vec::new(),
        };
        let mac = self.vault.row_mac("cases", &slices(&case.parts()));
        let values: [Value; 13] = [
            (*id.as_bytes()).into(),
            case.ground.as_str().into(),
            case.opened.into(),
            case.opener.as_str().into(),
            case.ends.into(),
            Value::Null,
            case.recipient.as_deref().into(),
            owner.map(|owner| *owner.as_bytes()).into(),
            case.fields.as_slice().into(),
            (case.reach.len() as u64).into(),
            0_u64.into(),
            entry.into(),
            mac.into(),
        ];
        self.tx.execute(sql::ADD_CASE, &values)?;
        for (person, item) in &case.reach {
            let mac = self.vault.row_mac("case_reach", &[id.as_bytes(), person.as_bytes(), item]);
            let values = [(*id.as_bytes()).into(), (*person.as_bytes()).into(), item.as_slice().into(), mac.into()];
            self.tx.execute(sql::ADD_REACH, &values)?;
        }
        Ok(case)
    }

    /// Records a finding; of several with the same wording the newest counts.
    pub(crate) fn add_finding(
        &self,
        case: &mut Case,
        wording: &str,
        finder: &str,
        holds: bool,
        entry: u64,
    ) -> Result<()> {
        let at = i64::try_from(entry).unwrap_or(i64::MAX);
        let mac = self.vault.row_mac("case_finding", &slices(&finding_parts(case.id, at, wording, finder, holds)));
        let values = [(*case.id.as_bytes()).into(), at.into(), wording.into(), finder.into(), holds.into(), mac.into()];
        self.tx.execute(sql::ADD_FINDING, &values)?;
        case.findings.push((wording.to_owned(), holds));
        self.set_case(case, entry)
    }

    pub(crate) fn end_case(&self, case: &mut Case, entry: u64) -> Result<()> {
        case.ended = Some(self.ms());
        self.set_case(case, entry)
    }

    fn set_case(&self, case: &mut Case, entry: u64) -> Result<()> {
        case.entry = entry;
        let mac = self.vault.row_mac("cases", &slices(&case.parts()));
        let findings = case.findings.len() as u64;
        let values: [Value; 5] =
            [case.ended.into(), findings.into(), entry.into(), mac.into(), (*case.id.as_bytes()).into()];
        self.tx.execute(sql::SET_CASE, &values)?;
        Ok(())
    }

    /// Takes a person of whom nothing is held any more out of all cases. A case that reaches nobody else goes whole; of
    /// others what was written down moves under the key of somebody whom they still reach.
    pub(crate) fn leave_cases(&self, person: PersonId) -> Result<()> {
        for mut case in self.cases_of(person)? {
            let id = *case.id.as_bytes();
            case.reach.retain(|(reached, _)| *reached != person);
            let Some((heir, _)) = case.reach.first().cloned() else {
                for statement in [sql::DROP_REACH, sql::DROP_FINDINGS, sql::DROP_CASE] {
                    self.tx.execute(statement, &[id.into()])?;
                }
                continue;
            };
            if case.owner == Some(person) {
                let plain = self.vault.open_note(case.owner, &id, &case.fields)?;
                case.fields = self.vault.seal_note(Some(heir), &id, &plain)?;
                case.owner = Some(heir);
            }
            self.tx.execute(sql::DROP_REACH_OF, &[id.into(), (*person.as_bytes()).into()])?;
            let mac = self.vault.row_mac("cases", &slices(&case.parts()));
            let values: [Value; 5] = [
                case.owner.map(|owner| *owner.as_bytes()).into(),
                case.fields.as_slice().into(),
                (case.reach.len() as u64).into(),
                mac.into(),
                id.into(),
            ];
            self.tx.execute(sql::SET_CASE_OWNER, &values)?;
        }
        Ok(())
    }

    /// What a case still lacks: fields, then findings.
    pub(crate) fn missing(&self, case: &Case) -> Result<(Vec<String>, Vec<String>)> {
        let Some(ground) = case.ground_of(self.policy()) else {
            return Ok((vec![case.ground.clone()], Vec::new()));
        };
        let plain = self.vault.open_note(case.owner, case.id.as_bytes(), &case.fields)?;
        let fields: BTreeMap<String, String> =
            serde_json::from_slice(&plain).map_err(|_| ServiceError::damaged("the fields of a case"))?;
        let there = |name: &str, values: &[String]| {
            fields
                .get(name)
                .is_some_and(|value| !value.trim().is_empty() && (values.is_empty() || values.contains(value)))
        };
        let lacks = ground.needs.iter().filter(|(name, values)| !there(name, values)).map(|(name, _)| name.clone());
        let unfound = ground.findings.iter().map(|finding| finding.wording.clone());
        let unfound = unfound.filter(|wording| {
            case.findings.iter().rfind(|(known, _)| known == wording).is_none_or(|(_, holds)| !holds)
        });
        Ok((lacks.collect(), unfound.collect()))
    }

    /// How a case stands, as callers see it.
    pub(crate) fn case_state(&self, case: &Case) -> Result<CaseState> {
        let (mut missing, findings) = self.missing(case)?;
        missing.extend(findings.into_iter().map(|wording| format!("finding \"{wording}\"")));
        let ends = case.ended.or(case.ends);
        Ok(CaseState {
            case: case.id.to_string(),
            ground: case.ground.clone(),
            stands: missing.is_empty() && !case.over(self.ms()),
            missing,
            ends: ends.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()).map(|at| at.to_string()),
            holds: case.ground_of(self.policy()).map(|ground| held_words(self.policy(), ground)).unwrap_or_default(),
        })
    }

    /// Marks what standing cases hold from being erased. Whoever erases asks; nobody else need.
    pub(crate) fn mark_holds(&self, known: &Known, holdings: &mut Holdings) -> Result<()> {
        let policy = self.policy();
        if policy.grounds.iter().all(|ground| ground.holds.is_empty()) {
            return Ok(());
        }
        let mut cases = self.cases_of(known.id)?;
        // Cases that reach everybody of a kind name nobody.
        for ground in policy.grounds.iter().filter(|ground| !ground.holds.is_empty()) {
            if let Reach::Everybody(kind) = ground.reaches
                && known.is(policy, kind) == Some(true)
            {
                cases.extend(self.open_cases(policy.names.grounds.name(ground.id.0))?);
            }
        }
        for case in &cases {
            let Some(ground) = case.ground_of(policy).filter(|ground| !ground.holds.is_empty()) else { continue };
            if case.over(self.ms()) {
                continue;
            }
            let (fields, findings) = self.missing(case)?;
            if !fields.is_empty() || !findings.is_empty() {
                continue;
            }
            for value in &mut holdings.values {
                let item = holdings.records.get(value.record).and_then(|record| record.item);
                let reached = match ground.reaches {
                    Reach::Person => case.reach.iter().any(|(person, _)| *person == known.id),
                    Reach::Item => item.is_some_and(|item| {
                        case.reach.iter().any(|(person, reached)| *person == known.id && reached.as_slice() == item)
                    }),
                    Reach::Everybody(kind) => known.is(policy, kind) == Some(true),
                };
                if value.hold.is_some() || !reached || !earlier_use(policy, ground, item, known).is_empty() {
                    continue;
                }
                let holds = |hold: &&upheld_decide::Hold| {
                    hold.elements.is_empty() || value.id.is_some_and(|id| hold.elements.contains(&id))
                };
                value.hold = ground.holds.iter().find(holds).map(|hold| hold.sentence);
            }
        }
        Ok(())
    }

    /// Cases of a ground that nobody has ended.
    pub(crate) fn open_cases(&self, ground: &str) -> Result<Vec<Case>> {
        let mut out = Vec::new();
        for row in self.tx.query(sql::OPEN_CASES, &[ground.into()])? {
            out.extend(self.case_by_id(Uuid::from_bytes(row.array(0)?))?);
        }
        Ok(out)
    }

    /// Why a case does not carry a question about this person, item and recipient; none when it does.
    pub(crate) fn case_refusal(
        &self,
        case: &Case,
        known: &Known,
        item: Option<&str>,
        recipient: Option<Recipient>,
    ) -> Result<Option<Answer>> {
        let policy = self.policy();
        let Some(ground) = case.ground_of(policy) else { return Ok(Some(Answer::refused(Reason::NotDeclared))) };
        let refused = |reason: Reason, lacking: Vec<String>| {
            let because = policy.cite(ground.sentence).into_iter().collect();
            Ok(Some(Answer { allowed: false, reason, because, lacking }))
        };
        if case.over(self.ms()) {
            return refused(Reason::CaseEnded, Vec::new());
        }
        let reached = match ground.reaches {
            Reach::Person => case.reach.iter().any(|(person, _)| *person == known.id),
            Reach::Item => item.is_some_and(|item| {
                let look_up = self.vault.item(known.id, item);
                case.reach.iter().any(|(person, item)| *person == known.id && item.as_slice() == look_up)
            }),
            Reach::Everybody(kind) => known.is(policy, Kind(kind.0)) == Some(true),
        };
        let named = case.recipient.as_deref().and_then(|name| policy.names.recipients.id(name));
        let with = match (named, recipient) {
            (Some(named), Some(recipient)) => policy.names.recipients.is_within(recipient.0, named),
            _ => case.recipient.is_none() || recipient.is_none(),
        };
        if !reached || !with {
            return refused(Reason::OutOfReach, Vec::new());
        }
        let (fields, findings) = self.missing(case)?;
        if !fields.is_empty() {
            return refused(Reason::CaseIncomplete, fields);
        }
        if !findings.is_empty() {
            return refused(Reason::NoFinding, findings);
        }
        let wanted = earlier_use(policy, ground, item.map(|item| self.vault.item(known.id, item)), known);
        if !wanted.is_empty() {
            return refused(Reason::CaseIncomplete, wanted);
        }
        Ok(None)
    }
}

/// The uses for one of which an item would have had to be read first; nothing when it was, or when the ground asks for none.
fn earlier_use(policy: &Compiled, ground: &Ground, item: Option<[u8; 32]>, known: &Known) -> Vec<String> {
    let purposes = &policy.names.purposes;
    let first = item.and_then(|item| known.read_first_for(&item).and_then(|purpose| purposes.id(purpose)));
    if first.is_some_and(|first| ground.earlier_use.iter().any(|wanted| purposes.is_within(first, wanted.0))) {
        return Vec::new();
    }
    ground.earlier_use.iter().map(|wanted| format!("earlier use for {}", purposes.name(wanted.0))).collect()
}

/// What cases of a ground hold, as its lines name it.
pub(crate) fn held_words(policy: &Compiled, ground: &Ground) -> Vec<String> {
    let mut out = Vec::new();
    for hold in &ground.holds {
        if hold.elements.is_empty() {
            out.push("anything".to_owned());
        }
        // The least that says it: names below one that is there need not be said.
        let below_another = |element: &upheld_decide::Element| {
            hold.elements.iter().any(|other| other != element && policy.names.data.is_within(element.0, other.0))
        };
        let first = hold.elements.iter().filter(|element| !below_another(element));
        out.extend(first.map(|element| policy.names.data.name(element.0).to_owned()));
    }
    out
}

fn read_case(
    row: &Row,
    id: Uuid,
    reach: Vec<(PersonId, Vec<u8>)>,
    findings: Vec<(String, bool)>,
) -> Result<(Case, u64, u64)> {
    let count = |column: usize| row.int(column).map(|n| u64::try_from(n).unwrap_or(u64::MAX));
    let owner = if row.is_null(7) { None } else { Some(Uuid::from_bytes(row.array(7)?)) };
    let case = Case {
        id,
        ground: row.text(1)?.to_owned(),
        opened: row.int(2)?,
        opener: row.text(3)?.to_owned(),
        ends: row.optional_int(4)?,
        ended: row.optional_int(5)?,
        recipient: row.optional_text(6)?.map(str::to_owned),
        owner,
        fields: row.blob(8)?.to_vec(),
        entry: count(11)?,
        reach,
        findings,
    };
    Ok((case, count(9)?, count(10)?))
}

fn finding_parts(case: Uuid, entry: i64, wording: &str, finder: &str, holds: bool) -> Vec<Vec<u8>> {
    vec![
        case.as_bytes().to_vec(),
        entry.to_be_bytes().to_vec(),
        wording.as_bytes().to_vec(),
        finder.as_bytes().to_vec(),
        vec![u8::from(holds)],
    ]
}
