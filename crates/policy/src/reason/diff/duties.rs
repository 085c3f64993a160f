//! Duties, value by value: what is asked for, how long it is kept, choices, rights, grounds, reports, devices.

use std::collections::{BTreeMap, BTreeSet};

use upheld_decide::{Compiled, Element, End, Keep, OriginId, Period, Unit};

use super::cells::giver;
use super::words::{grouped, listed};
use super::{Direction, Kind, Line, deciding};

/// One side's value of something, with the sentences that say so.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    words: String,
    sentences: BTreeSet<u16>,
    /// A number by which values are ordered, more being worse for people; none where they cannot be.
    weight: Option<u64>,
}

/// What something is called, and its value on each side.
type Values<K> = BTreeMap<K, Said>;

pub(super) fn duties(old: &Compiled, new: &Compiled) -> Vec<Line> {
    let mut out = Vec::new();
    out.extend(by_data(old, new, "intake", intake, Direction::Weaker, |data, at| format!("{data} is taken {at}")));
    out.extend(by_data(old, new, "form", forms, Direction::Stronger, |data, how| {
        format!("{data} is held {how}").trim_end().to_owned()
    }));
    out.extend(by_data(old, new, "period", periods, Direction::Stronger, |data, of| format!("{data} {of} is kept")));
    out.extend(by_name(old, new, "kind of person", brackets, Direction::Either));
    out.extend(by_name(old, new, "choice", choices, Direction::Stronger));
    out.extend(by_data(old, new, "right", rights, Direction::Stronger, |data, right| format!("{right} {data}")));
    out.extend(by_name(old, new, "ground", grounds, Direction::Either));
    out.extend(by_name(old, new, "report", reports, Direction::Either));
    out.extend(by_name(old, new, "cookie", cookies, Direction::Weaker));
    out.extend(by_name(old, new, "place", places, Direction::Either));
    out
}

/// The change of one value, unless it stays. `direction` is what it means that it is new.
fn changed(before: Option<&Said>, now: Option<&Said>, direction: Direction) -> Option<(Kind, Direction)> {
    let turned = match direction {
        Direction::Weaker => Direction::Stronger,
        Direction::Stronger => Direction::Weaker,
        Direction::Either => Direction::Either,
    };
    match (before, now) {
        (None, Some(_)) => Some((Kind::Added, direction)),
        (Some(_), None) => Some((Kind::Gone, turned)),
        (Some(before), Some(now)) if before.words != now.words => Some((
            Kind::Changed,
            match (before.weight, now.weight) {
                (Some(before), Some(now)) if before < now => Direction::Weaker,
                (Some(before), Some(now)) if before > now => Direction::Stronger,
                _ => Direction::Either,
            },
        )),
        _ => None,
    }
}

fn line(
    sides: (&Compiled, &Compiled),
    about: &'static str,
    (kind, direction): (Kind, Direction),
    words: String,
    before: Option<&Said>,
    now: Option<&Said>,
) -> Line {
    let said = |said: Option<&Said>| -> Vec<String> {
        said.map(|said| said.words.clone()).filter(|words| !words.is_empty()).into_iter().collect()
    };
    let sentences = |said: Option<&Said>| said.map(|said| said.sentences.clone()).unwrap_or_default();
    Line {
        kind,
        direction,
        about,
        words,
        before: said(before),
        now: said(now),
        old: deciding(sides.0, sentences(before)),
        new: deciding(sides.1, sentences(now)),
        questions: 0,
        reach: None,
    }
}

fn by_name(
    old: &Compiled,
    new: &Compiled,
    about: &'static str,
    of: fn(&Compiled) -> Values<String>,
    direction: Direction,
) -> Vec<Line> {
    let (before, now) = (of(old), of(new));
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let (before, now) = (before.get(name), now.get(name));
            let change = changed(before, now, direction)?;
            Some(line((old, new), about, change, name.clone(), before, now))
        })
        .collect()
}

/// Values of elements: those that change alike are one line.
fn by_data(
    old: &Compiled,
    new: &Compiled,
    about: &'static str,
    of: fn(&Compiled) -> Values<(String, String)>,
    direction: Direction,
    words: fn(&str, &str) -> String,
) -> Vec<Line> {
    let (before, now) = (of(old), of(new));
    let keys: BTreeSet<&(String, String)> = before.keys().chain(now.keys()).collect();
    let all: BTreeSet<String> = keys.iter().map(|(_, element)| element.clone()).collect();
    type Alike = (String, Option<(String, BTreeSet<u16>)>, Option<(String, BTreeSet<u16>)>);
    let mut groups: BTreeMap<Alike, BTreeSet<String>> = BTreeMap::new();
    for key in keys {
        let (was, is) = (before.get(key), now.get(key));
        if changed(was, is, direction).is_none() {
            continue;
        }
        let alike = |said: Option<&Said>| said.map(|said| (said.words.clone(), said.sentences.clone()));
        groups.entry((key.0.clone(), alike(was), alike(is))).or_default().insert(key.1.clone());
    }
    groups
        .into_iter()
        .filter_map(|((place, ..), elements)| {
            let first = (place.clone(), elements.first()?.clone());
            let (was, is) = (before.get(&first), now.get(&first));
            let change = changed(was, is, direction)?;
            let data = listed(&grouped(&[&new.names.data, &old.names.data], &elements, &all));
            Some(line((old, new), about, change, words(&data, &place), was, is))
        })
        .collect()
}

fn say<K: Ord>(values: &mut Values<K>, key: K, words: String, sentence: u16, weight: Option<u64>) {
    let said = values.entry(key).or_insert_with(|| Said { words: String::new(), sentences: BTreeSet::new(), weight });
    if !said.words.split("; ").any(|known| known == words) {
        if !said.words.is_empty() {
            said.words.push_str("; ");
        }
        said.words.push_str(&words);
    }
    said.sentences.insert(sentence);
}

/// By where and of whom, and by element: whether it is required.
fn intake(policy: &Compiled) -> Values<(String, String)> {
    let names = &policy.names;
    let mut out = Values::new();
    for point in &policy.points {
        for taken in point.takes.iter().filter(|taken| !policy.form(taken.element).group) {
            let Some(origin) = names.origins.get(taken.origin.index()) else { continue };
            let from = match giver(policy, origin.giver).as_str() {
                "themselves" => format!("from {}", names.kinds.name(origin.capacity.0)),
                "us" => format!("of {}", names.kinds.name(origin.capacity.0)),
                other => format!("of {} from {other}", names.kinds.name(origin.capacity.0)),
            };
            let purposes: Vec<String> =
                taken.purposes.iter().map(|purpose| names.purposes.name(purpose.0).to_owned()).collect();
            let must = if taken.required { "always" } else { "where it is there" };
            let words = format!("{must}, for {}", listed(&purposes));
            let key =
                (format!("{from} at {}", names.points.name(point.id.0)), names.data.name(taken.element.0).to_owned());
            say(&mut out, key, words, taken.sentence, None);
        }
    }
    out
}

/// By element: as what it is held, where it is not held as it is, and what is taken out of it.
fn forms(policy: &Compiled) -> Values<(String, String)> {
    let mut out = Values::new();
    for taken in policy.points.iter().flat_map(|point| &point.takes) {
        let form = policy.form(taken.element);
        let element = policy.names.data.name(taken.element.0).to_owned();
        let as_what = match (form.hash, form.token) {
            (true, _) => Some("as a hash"),
            (_, true) => Some("as a token"),
            _ => None,
        };
        if let Some(words) = as_what {
            let key = (String::new(), element.clone());
            say(&mut out, key, words.to_owned(), taken.sentence, Some(u64::from(!form.hash)));
        }
        for without in &form.without {
            let key = (format!("without {}", policy.names.data.name(without.0)), element.clone());
            say(&mut out, key, "what is told of it is taken out".to_owned(), taken.sentence, None);
        }
    }
    out
}

/// By of whom, and by element: until when. What has no end is not there.
fn periods(policy: &Compiled) -> Values<(String, String)> {
    let names = &policy.names;
    let mut out = Values::new();
    for point in &policy.points {
        for taken in point.takes.iter().filter(|taken| !policy.form(taken.element).group) {
            let Some(origin) = names.origins.get(taken.origin.index()) else { continue };
            let keeps = policy.keeps.iter().filter(|keep| of(keep, taken.element, taken.origin));
            for keep in keeps {
                let key = (
                    format!("of {}", names.kinds.name(origin.capacity.0)),
                    names.data.name(taken.element.0).to_owned(),
                );
                say(&mut out, key, until(policy, keep), keep.sentence, weight(keep));
            }
        }
    }
    out
}

fn of(keep: &Keep, element: Element, origin: OriginId) -> bool {
    keep.elements.contains(&element) && keep.origins.contains(&origin)
}

fn until(policy: &Compiled, keep: &Keep) -> String {
    let names = &policy.names;
    let mut out = match &keep.end {
        End::After(period, point) => format!("{} after {}", length(*period), names.points.name(point.0)),
        End::Until(point) => format!("until {}", names.points.name(point.0)),
        End::While(kind) => format!("while {}", names.kinds.name(kind.0)),
    };
    if keep.must {
        out.push_str(", at nobody's wish less");
    }
    if let Some(within) = keep.erase_within {
        out.push_str(&format!(", then erased within {}", length(within)));
    }
    out
}

fn length(period: Period) -> String {
    let unit = match period.unit {
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Year => "year",
    };
    format!("{} {unit}{}", period.count, if period.count == 1 { "" } else { "s" })
}

/// About so many days.
fn days(period: Period) -> u64 {
    let unit = match period.unit {
        Unit::Day => 1,
        Unit::Week => 7,
        Unit::Month => 30,
        Unit::Year => 365,
    };
    u64::from(period.count) * unit
}

const fn is_fixed(keep: &Keep) -> bool {
    matches!(keep.end, End::After(..))
}

fn weight(keep: &Keep) -> Option<u64> {
    match keep.end {
        End::After(period, _) if is_fixed(keep) => Some(days(period)),
        _ => None,
    }
}

/// Who is of a kind that age and region decide. Rules that name it read alike in both policies, whoever is meant.
fn brackets(policy: &Compiled) -> Values<String> {
    let names = &policy.names;
    let mut out = Values::new();
    for one in &names.brackets.kinds {
        let key = format!("who is a {}", names.kinds.name(one.kind.0));
        say(&mut out, key, names.brackets.words(one), one.sentence, None);
    }
    out
}

/// Where recipients are, what protects data there, and whether that is promised.
fn places(policy: &Compiled) -> Values<String> {
    let mut out = Values::new();
    for place in &policy.whereabouts {
        let name = policy.names.recipients.name(place.recipient.0);
        if let Some(country) = &place.country {
            say(&mut out, format!("the country of {name}"), country.clone(), place.sentence, None);
        }
        if let Some(safeguard) = &place.safeguard {
            let words = format!("{} \"{}\"", safeguard.protection.word(), safeguard.record);
            say(&mut out, format!("what protects data with {name}"), words, place.sentence, None);
        }
    }
    if let Some(transfers) = &policy.transfers {
        let name = "transfers out of the European Economic Area are safeguarded".to_owned();
        say(&mut out, name, String::new(), transfers.sentence, None);
    }
    out
}

fn choices(policy: &Compiled) -> Values<String> {
    let names = &policy.names;
    let mut out = Values::new();
    for choice in &policy.choices {
        let who = choice.kind.map_or("every person", |kind| names.kinds.name(kind.0));
        let verb = if choice.agree { "agree to" } else { "refuse" };
        let via = if choice.via.is_empty() { String::new() } else { format!("via {}", choice.via.join(", ")) };
        say(&mut out, format!("{who} may {verb} {}", choice.name), via, choice.sentence, None);
    }
    out
}

/// By who may ask for what, and by element: how soon.
fn rights(policy: &Compiled) -> Values<(String, String)> {
    let names = &policy.names;
    let mut out = Values::new();
    for right in &policy.rights {
        let who = right.of.map_or("every person", |kind| names.kinds.name(kind.0));
        let soon = right.within.map(|period| format!("within {}", length(period))).unwrap_or_default();
        let weight = right.within.map(days);
        let key = format!("{who} may ask for {}", right.kind.word());
        if right.elements.is_empty() {
            say(&mut out, (key.clone(), String::new()), soon.clone(), right.sentence, weight);
        }
        for element in right.elements.iter().filter(|element| !policy.form(**element).group) {
            say(&mut out, (key.clone(), names.data.name(element.0).to_owned()), soon.clone(), right.sentence, weight);
        }
    }
    out
}

fn grounds(policy: &Compiled) -> Values<String> {
    let names = &policy.names;
    let mut out = Values::new();
    for ground in &policy.grounds {
        let mut needs: Vec<String> = ground.needs.iter().map(|(field, _)| field.clone()).collect();
        needs.extend(
            ground
                .findings
                .iter()
                .map(|found| format!("a finding `{}` by {}", found.wording, names.actors.name(found.by.0))),
        );
        let words = if needs.is_empty() { "needs nothing".to_owned() } else { format!("needs {}", needs.join(", ")) };
        say(&mut out, format!("a case of {}", names.grounds.name(ground.id.0)), words, ground.sentence, None);
    }
    out
}

fn reports(policy: &Compiled) -> Values<String> {
    let mut out = Values::new();
    for report in &policy.reports {
        let words = format!("groups of at least {}", report.least);
        say(&mut out, format!("the report {}", report.name), words, report.sentence, None);
    }
    out
}

fn cookies(policy: &Compiled) -> Values<String> {
    let names = &policy.names;
    let mut out = Values::new();
    for cookie in &policy.cookies {
        let purposes: Vec<String> =
            cookie.purposes.iter().map(|purpose| names.purposes.name(purpose.0).to_owned()).collect();
        let lasts = match cookie.lasts {
            Some(period) => format!("for {}", length(period)),
            None if cookie.session => "until the session ends".to_owned(),
            None => "until it is removed".to_owned(),
        };
        let name = format!("on the device: {}", names.points.name(cookie.point.0));
        let by = cookie.by.map(|by| format!(", by {}", names.recipients.name(by.0))).unwrap_or_default();
        say(&mut out, name, format!("{lasts}, for {}{by}", listed(&purposes)), cookie.sentence, cookie.lasts.map(days));
    }
    out
}
