//! What a point takes in: the values held against its sentences, before anything is decided or stored.

use std::borrow::Cow;
use std::collections::BTreeMap;

use upheld_decide::{Compiled, Element, OriginId, Point, PointKind, Reason, Taken};

use crate::facts::{Known, begins};
use crate::hashes::{Hashed, is_hash};

/// The longest value, in bytes.
const LONGEST_VALUE: usize = 256 * 1024;

/// The most values in one record.
const MOST_VALUES: usize = 200;

/// What passed.
#[derive(Debug, Default)]
pub(crate) struct Intake<'a> {
    /// The values to be stored, each with the sentence that takes it.
    pub(crate) values: Vec<(&'a Taken, String)>,
    /// What is not taken here, by name: a visit or mail drops it.
    pub(crate) dropped: Vec<String>,
    /// Why not, by element.
    pub(crate) fields: BTreeMap<String, Reason>,
    /// The sentences that insist on what is missing.
    pub(crate) insisting: Vec<u16>,
    /// How often something was taken out of a value.
    pub(crate) taken_out: u64,
    /// Whether values were hashed for another version than this one.
    pub(crate) stale: bool,
}

/// What was given.
#[derive(Clone, Copy)]
pub(crate) struct Given<'g> {
    /// By element.
    pub(crate) values: &'g BTreeMap<String, String>,
    /// Those that are hashes by now.
    pub(crate) hashed: &'g Hashed,
    /// The item that they belong to.
    pub(crate) item: Option<&'g str>,
}

/// Whether a place is one of the point's: `host/path` exactly, or below `host/path/*`.
pub(crate) fn covers(point: &Point, place: &str) -> bool {
    let place = place.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    let host = host.to_ascii_lowercase();
    let path = path.trim_end_matches('/');
    point.places.iter().any(|known| {
        let (known_host, known_path) = known.split_once('/').unwrap_or((known, "*"));
        let fits = match known_path.strip_suffix('*').map(|above| above.trim_end_matches('/')) {
            Some("") => true,
            Some(above) => path == above || path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/')),
            None => path == known_path.trim_end_matches('/'),
        };
        host == known_host.to_ascii_lowercase() && fits
    })
}

/// Whether a person may stand in a capacity at a point.
fn qualifies(policy: &Compiled, known: Option<&Known>, named: bool, point: &Point, taken: &Taken) -> bool {
    let Some(origin) = origin(policy, taken) else { return false };
    let capacity = origin.capacity;
    if !begins(policy, capacity) {
        return true;
    }
    let life = policy.kinds.get(capacity.index());
    let begins_here = life.is_some_and(|life| life.begins_at.contains(&point.id));
    (named && begins_here) || known.is_some_and(|known| known.is(policy, capacity) == Some(true))
}

fn origin<'p>(policy: &'p Compiled, taken: &Taken) -> Option<&'p upheld_decide::Origin> {
    policy.names.origins.get(taken.origin.index()).filter(|_| taken.origin != OriginId::UNKNOWN)
}

/// Of the sentences that take an element from this person, that of the narrowest capacity; of equals the first.
fn narrowest<'a>(policy: &Compiled, takes: &[&'a Taken]) -> Option<&'a Taken> {
    let capacity = |taken: &Taken| origin(policy, taken).map(|origin| origin.capacity.0);
    let narrower = |one: &Taken, other: &Taken| match (capacity(one), capacity(other)) {
        (Some(one), Some(other)) => one != other && policy.names.kinds.is_within(one, other),
        _ => false,
    };
    takes.iter().find(|taken| !takes.iter().any(|other| narrower(other, taken))).copied()
}

/// Holds values against a point. `known` is the person as far as the store knows them, `named` whether anybody was named.
pub(crate) fn intake<'a>(
    policy: &'a Compiled,
    point: &'a Point,
    known: Option<&Known>,
    named: bool,
    Given { values: given, hashed, item }: Given<'_>,
) -> Intake<'a> {
    let mut out = Intake::default();
    let drops = matches!(point.kind, PointKind::Visit | PointKind::Mail);
    if given.len() > MOST_VALUES {
        out.fields.extend(given.keys().skip(MOST_VALUES).map(|name| (name.clone(), Reason::NotDeclaredThere)));
        return out;
    }
    for (name, value) in given {
        match one(policy, point, known, named, name, value, item) {
            Ok(taken) => {
                out.stale |= is_hash(policy, taken.element) != hashed.contains(name);
                let (value, count) = clean(policy, taken.element, value);
                out.taken_out += count;
                out.values.push((taken, value.into_owned()));
            }
            Err(Reason::NotDeclaredThere) if drops || makes_another(policy, point, name) => {
                out.dropped.push(name.clone())
            }
            Err(reason) => drop(out.fields.insert(name.clone(), reason)),
        }
    }
    derive(policy, point, known, named, given, &mut out);
    if matches!(point.kind, PointKind::Form | PointKind::Event) {
        for taken in point.takes.iter().filter(|taken| taken.required && qualifies(policy, known, named, point, taken))
        {
            let there = |name: &String| {
                policy.names.data.id(name).is_some_and(|id| policy.names.data.is_within(id, taken.element.0))
            };
            let made = out.values.iter().any(|(value, _)| value.element == taken.element);
            if !given.keys().any(there) && !made {
                out.fields.insert(policy.names.data.name(taken.element.0).to_owned(), Reason::Missing);
                out.insisting.push(taken.sentence);
            }
        }
    }
    out
}

/// A value without what never appears in such data, and how often something was taken out.
pub(crate) fn clean<'v>(policy: &Compiled, element: Element, value: &'v str) -> (Cow<'v, str>, u64) {
    let form = policy.forms.get(element.index());
    let Some(form) = form.filter(|form| !form.without.is_empty()) else { return (Cow::Borrowed(value), 0) };
    let names = form.without.iter().map(|element| policy.names.data.name(element.0));
    let (value, count) = upheld_policy::recognise::take_out(value, names);
    (Cow::Owned(value), count)
}

fn one<'a>(
    policy: &'a Compiled,
    point: &'a Point,
    known: Option<&Known>,
    named: bool,
    name: &str,
    value: &str,
    item: Option<&str>,
) -> Result<&'a Taken, Reason> {
    let element = Element(policy.names.data.id(name).ok_or(Reason::NotDeclaredThere)?);
    let takes: Vec<&Taken> = point.takes.iter().filter(|taken| taken.element == element).collect();
    if takes.is_empty() {
        return Err(Reason::NotDeclaredThere);
    }
    if policy.names.open_data.contains(&element) {
        return Err(Reason::NotFurtherSaid);
    }
    let takes: Vec<&Taken> = takes.into_iter().filter(|taken| qualifies(policy, known, named, point, taken)).collect();
    let taken = narrowest(policy, &takes).ok_or(Reason::NotThatKind)?;
    if policy.form(element).itemised && item.is_none() {
        return Err(Reason::NoItem);
    }
    if well_formed(name, value) { Ok(taken) } else { Err(Reason::Malformed) }
}

/// Whether an element is the raw form of one that the point takes: it is used to make that one, and dropped.
fn makes_another(policy: &Compiled, point: &Point, name: &str) -> bool {
    let Some(raw) = policy.names.data.id(name).map(Element) else { return false };
    point.takes.iter().any(|taken| policy.form(taken.element).made_from == Some(raw))
}

/// Makes what is made from raw elements. What was given itself is not made anew.
fn derive<'a>(
    policy: &'a Compiled,
    point: &'a Point,
    known: Option<&Known>,
    named: bool,
    given: &BTreeMap<String, String>,
    out: &mut Intake<'a>,
) {
    let takes: Vec<&Taken> = point.takes.iter().filter(|taken| qualifies(policy, known, named, point, taken)).collect();
    for taken in &takes {
        let Some(raw) = policy.form(taken.element).made_from else { continue };
        let (name, raw) = (policy.names.data.name(taken.element.0), policy.names.data.name(raw.0));
        let same: Vec<&Taken> = takes.iter().copied().filter(|other| other.element == taken.element).collect();
        if given.contains_key(name) || narrowest(policy, &same) != Some(*taken) {
            continue;
        }
        if let Some(value) = given.get(raw).and_then(|value| made(name, raw, value)) {
            out.values.push((taken, value));
        }
    }
}

/// The derivations that Upheld knows.
fn made(name: &str, raw: &str, value: &str) -> Option<String> {
    match (name, raw) {
        // The registrable domain of a connection's host name. A bare address names nobody's domain without a look-up.
        ("isp_domain", "ip_address") => {
            if value.parse::<std::net::IpAddr>().is_ok() {
                return None;
            }
            let host = value.trim_end_matches('.').to_ascii_lowercase();
            psl::domain_str(&host).map(str::to_owned)
        }
        _ => None,
    }
}

/// Whether a value has the form of its element. What it is about is not for Upheld to judge.
pub(crate) fn well_formed(element: &str, value: &str) -> bool {
    let plain = !value.trim().is_empty()
        && value.len() <= LONGEST_VALUE
        && value.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
    plain
        && match element {
            "email" => {
                let (name, host) = value.rsplit_once('@').unwrap_or_default();
                value.len() <= 254 && !name.is_empty() && host.contains('.') && !value.contains(char::is_whitespace)
            }
            "birth_date" => value.parse::<jiff::civil::Date>().is_ok(),
            "access_time" => value.parse::<jiff::Timestamp>().is_ok(),
            "card_number" => {
                let digits = value.chars().filter(char::is_ascii_digit).count();
                (8..=19).contains(&digits) && value.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-'))
            }
            _ => true,
        }
}
