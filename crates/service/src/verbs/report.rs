//! Reports: totals over a period, worked out once and then frozen. Nobody can be singled out by asking twice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};
use upheld_decide::{
    Action, Actor, Answer, Element, Errand, FactSet, Form, OriginId, Purpose, Reason, Recipient, Report, Unit,
};
use upheld_vault::{PersonId, VaultError};

use crate::access::Verb;
use crate::acts::Act;
use crate::caller::Caller;
use crate::error::ServiceError;
use crate::facts::Known;
use crate::holdings::origin_of;
use crate::judge::refused_over;
use crate::moment::{Moment, actor_of};
use crate::schema::sql;
use crate::service::{Result, Service};

/// Totals are rounded to multiples of this, so that two releases tell no single person by their difference.
const ROUNDED_TO: u64 = 5;

/// A release of a declared report, for one of its periods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The report's name.
    pub report: String,
    /// Any day of the period; left out: the last period that is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub on: Option<Date>,
    /// The purpose.
    pub r#for: String,
    /// The recipient, when the report leaves the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
}

/// Totals as they were released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Totals {
    /// The report's name.
    pub report: String,
    /// First day of the period.
    #[schema(value_type = String)]
    pub from: Date,
    /// First day after it.
    #[schema(value_type = String)]
    pub until: Date,
    /// By what it groups.
    pub by: Vec<String>,
    /// The least number of people in a group.
    pub least: u32,
    /// The groups, largest first; counts are rounded.
    pub groups: Vec<Group>,
    /// What is in groups too small to be told, together, rounded; none when even that would be too few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others: Option<u64>,
    /// The version of the policy under which it was worked out.
    pub version: String,
    /// When, RFC 3339.
    pub released: String,
}

/// One group of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Group {
    /// The values that its people have in common, in the order of `by`; empty text where none is held.
    pub values: Vec<String>,
    /// How many people; of nobody known, how many records.
    pub count: u64,
}

impl Service {
    /// Releases a report for a period that is over: worked out at its first release, the same ever after.
    ///
    /// # Errors
    ///
    /// When the key lists neither `use` nor, with a recipient, `share`; when the period is not over; when the store fails. A
    /// refusal is no error.
    pub fn report(&self, caller: &Caller, release: Release) -> Result<Act<Totals>> {
        let verb = if release.with.is_some() { Verb::Share } else { Verb::Use };
        caller.may(verb)?;
        caller.may_act_for(Some(&release.r#for))?;
        let caller = caller.clone();
        self.act("report", actor_of(&caller), move |moment| {
            let (answer, totals) = release_report(moment, &caller, &release)?;
            let mut entry = moment.entry("report", &actor_of(&caller));
            let names = &moment.policy().names;
            entry.purpose = names.purposes.id(&release.r#for).map(|_| release.r#for.clone());
            entry.recipient = release.with.clone().filter(|with| names.recipients.id(with).is_some());
            if let Some(totals) = &totals {
                entry.elements.clone_from(&totals.by);
                entry.details.insert("report".to_owned(), totals.report.clone());
                entry.details.insert("period".to_owned(), format!("{} to {}", totals.from, totals.until));
                entry.details.insert("groups".to_owned(), totals.groups.len().to_string());
            }
            let log = moment.log(entry, &answer)?;
            Ok(match totals {
                Some(totals) if answer.allowed => Act::done(answer, log, totals),
                _ => Act::refused(answer, log),
            })
        })
    }
}

fn release_report(moment: &mut Moment<'_>, caller: &Caller, release: &Release) -> Result<(Answer, Option<Totals>)> {
    let in_force = std::sync::Arc::clone(&moment.in_force);
    let policy = &in_force.policy;
    let refused = |answer: Answer| Ok((answer, None));
    let Some(report) = policy.reports.iter().find(|report| report.name == release.report) else {
        return refused(refused_over(Reason::NotDeclared, &release.report));
    };
    let names = &policy.names;
    let Some(purpose) = names.purposes.id(&release.r#for).map(Purpose) else {
        return refused(refused_over(Reason::NotDeclared, &release.r#for));
    };
    let recipient = match &release.with {
        Some(with) => match names.recipients.id(with).map(Recipient) {
            Some(id) if names.open_recipients.contains(&id) => {
                return refused(refused_over(Reason::NotFurtherSaid, with));
            }
            Some(id) => id,
            None => return refused(refused_over(Reason::NotDeclared, with)),
        },
        None => Recipient::NOBODY,
    };
    let actor = caller.acts_as.as_deref().and_then(|name| names.actors.id(name)).map_or(Actor::UNSAID, Actor);
    let errand = Errand {
        action: if release.with.is_some() { Action::Share } else { Action::Use },
        actor,
        form: Form::Aggregate(report.least),
        purpose,
        recipient,
    };
    let pairs: Vec<(Element, OriginId)> = report
        .counts
        .iter()
        .flat_map(|element| report.origins.iter().map(move |origin| (*element, *origin)))
        .filter(|(element, origin)| policy.origins_of(*element).any(|known| known == *origin))
        .collect();
    let nobody = policy.decide_set(errand, &pairs, &FactSet::EMPTY);
    // What depends on facts about people is decided for each of them below.
    if !nobody.allowed && nobody.lacking.is_empty() {
        return refused(nobody);
    }
    let (from, until) = period(moment, report, release.on)?;
    if let Some(frozen) = moment.released(&report.name, from)? {
        return Ok((nobody, Some(frozen)));
    }
    let today = moment.now.to_zoned_datetime(in_force.zone.clone()).date();
    if until > today {
        return Err(ServiceError::invalid(format!(
            "the period from {from} is not over; it can be released on {until}"
        )));
    }
    let groups = count(moment, report, errand, from, until)?;
    let totals = suppress(moment, report, groups, from, until);
    let entry = moment.next_entry()?;
    moment.freeze(&totals, entry)?;
    let because = policy.cite(report.sentence);
    let mut answer = nobody;
    answer.allowed = true;
    answer.reason = Reason::Permitted;
    answer.because.extend(because);
    Ok((answer, Some(totals)))
}

/// The period that holds a day: days, weeks from Monday, months, years.
fn period(moment: &Moment<'_>, report: &Report, on: Option<Date>) -> Result<(Date, Date)> {
    let past = || ServiceError::invalid("the period is not on the calendar");
    let step: Span = match report.each {
        Unit::Day => 1.day(),
        Unit::Week => 1.week(),
        Unit::Month => 1.month(),
        Unit::Year => 1.year(),
    };
    let first = |day: Date| match report.each {
        Unit::Day => Ok(day),
        Unit::Week => day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()),
        Unit::Month => Ok(day.first_of_month()),
        Unit::Year => Ok(day.first_of_year()),
    };
    let today = moment.now.to_zoned_datetime(moment.in_force.zone.clone()).date();
    let from = match on {
        Some(day) => first(day).map_err(|_| past())?,
        None => first(today).and_then(|day| day.checked_sub(step)).map_err(|_| past())?,
    };
    Ok((from, from.checked_add(step).map_err(|_| past())?))
}

/// Who is in each group: people by their id, and of nobody known each record by itself.
type Groups = BTreeMap<Vec<String>, BTreeSet<(PersonId, Option<uuid::Uuid>)>>;

fn count(moment: &Moment<'_>, report: &Report, errand: Errand, from: Date, until: Date) -> Result<Groups> {
    let policy = moment.policy();
    let at = |day: Date| {
        let start = day.to_zoned_datetime(moment.in_force.zone.clone());
        start.map(|start| start.timestamp().as_millisecond()).map_err(|_| ServiceError::invalid("no such day"))
    };
    let (from, until) = (at(from)?, at(until)?);
    let mut people: BTreeSet<PersonId> = BTreeSet::new();
    for id in moment.vault.class_ids()? {
        let class = match moment.vault.class(&id) {
            Err(VaultError::NotAuthentic) => continue,
            class => class?,
        };
        if report.origins.contains(&origin_of(policy, &class)) {
            people.extend(moment.vault.people_of_class(&id, until)?);
        }
    }
    let mut groups = Groups::new();
    for person in people {
        let nobody = moment.vault.is_nobody(person)?;
        let Some(known) = moment.still_known(person)? else { continue };
        add(moment, report, errand, (from, until), &known, nobody, &mut groups)?;
    }
    Ok(groups)
}

/// Adds what is held of one person (or of nobody known), where its facts permit that.
fn add(
    moment: &Moment<'_>,
    report: &Report,
    errand: Errand,
    (from, until): (i64, i64),
    known: &Known,
    nobody: bool,
    groups: &mut Groups,
) -> Result<()> {
    let policy = moment.policy();
    let facts = if nobody { FactSet::EMPTY } else { known.facts(policy) };
    let mut holdings = moment.holdings(known)?;
    moment.mark_closed_for(errand.purpose, &mut holdings);
    for (index, record) in holdings.records.iter().enumerate() {
        if !(from..until).contains(&record.at) {
            continue;
        }
        let mut values = Vec::new();
        let mut any = false;
        for element in &report.counts {
            let held = holdings.values.iter().find(|value| {
                value.record == index
                    && value.id == Some(*element)
                    && report.origins.contains(&value.origin)
                    && value.is_readable()
                    && value.closed_here.is_none()
            });
            let permitted = held.filter(|held| policy.decide_set(errand, &[(*element, held.origin)], &facts).allowed);
            let value = match permitted {
                Some(held) => moment.vault.open(record, &held.element)?.to_string(),
                None => String::new(),
            };
            any |= permitted.is_some();
            values.push(value);
        }
        if any {
            groups.entry(values).or_default().insert((known.id, nobody.then_some(record.id)));
        }
    }
    Ok(())
}

/// Groups of fewer than the least number go together; when even they are too few, the next smallest goes with them, so that
/// nothing can be worked out from what is left.
fn suppress(moment: &Moment<'_>, report: &Report, groups: Groups, from: Date, until: Date) -> Totals {
    let least = u64::from(report.least);
    let mut large: Vec<(Vec<String>, u64)> = Vec::new();
    let mut small: BTreeSet<(PersonId, Option<uuid::Uuid>)> = BTreeSet::new();
    let mut sorted: Vec<_> = groups.into_iter().collect();
    sorted.sort_by(|(a_values, a), (b_values, b)| b.len().cmp(&a.len()).then_with(|| a_values.cmp(b_values)));
    let mut rest = Vec::new();
    for (values, members) in sorted {
        if members.len() as u64 >= least {
            rest.push((values, members));
        } else {
            small.extend(members);
        }
    }
    while !small.is_empty() && (small.len() as u64) < least {
        match rest.pop() {
            Some((_, members)) => small.extend(members),
            None => break,
        }
    }
    for (values, members) in rest {
        large.push((values, rounded(members.len() as u64)));
    }
    let others = (small.len() as u64 >= least).then(|| rounded(small.len() as u64));
    let names = &moment.policy().names;
    Totals {
        report: report.name.clone(),
        from,
        until,
        by: report.counts.iter().map(|element| names.data.name(element.0).to_owned()).collect(),
        least: report.least,
        groups: large.into_iter().map(|(values, count)| Group { values, count }).collect(),
        others,
        version: moment.in_force.version.version.clone(),
        released: moment.now.to_string(),
    }
}

fn rounded(n: u64) -> u64 {
    (n + ROUNDED_TO / 2) / ROUNDED_TO * ROUNDED_TO
}

impl Moment<'_> {
    fn released(&self, report: &str, from: Date) -> Result<Option<Totals>> {
        let from = from.to_string();
        let Some(row) = self.tx.one(sql::RELEASE, &[report.into(), from.as_str().into()])? else { return Ok(None) };
        let body = row.text(0)?;
        let entry = row.int(1)?.to_be_bytes();
        self.vault.verify_row(
            "release",
            &[report.as_bytes(), from.as_bytes(), body.as_bytes(), &entry],
            row.blob(2)?,
        )?;
        serde_json::from_str(body).map(Some).map_err(|_| ServiceError::damaged("a released report"))
    }

    fn freeze(&self, totals: &Totals, entry: u64) -> Result<()> {
        let body = serde_json::to_string(totals).map_err(|_| ServiceError::invalid("these totals cannot be stored"))?;
        let from = totals.from.to_string();
        let at = i64::try_from(entry).unwrap_or(i64::MAX);
        let parts: [&[u8]; 4] = [totals.report.as_bytes(), from.as_bytes(), body.as_bytes(), &at.to_be_bytes()];
        let mac = self.vault.row_mac("release", &parts);
        let values = [totals.report.as_str().into(), from.as_str().into(), body.as_str().into(), at.into(), mac.into()];
        self.tx.execute(sql::ADD_RELEASE, &values)?;
        Ok(())
    }
}
