//! Kinds by age and region, read plainly: people are tried one by one, of every age, in every country that matters.

use std::collections::{BTreeMap, BTreeSet};

use upheld_decide::{Bracketed, Kind};
use upheld_policy::model::Model;

/// A country and a part of it.
type Home = (String, String);

/// Whether a place has a home; how large it is where it has.
fn size(model: &Model, place: u16, (country, part): &Home) -> Option<usize> {
    let place = &model.names.brackets.places[usize::from(place)];
    if !place.countries.is_empty() {
        return place.countries.contains(country).then(|| 10 + place.countries.len());
    }
    match place.name.split_once('-') {
        Some((its, subdivision)) => (its == country && subdivision == part).then_some(1),
        None => (place.name == *country).then_some(2),
    }
}

fn has(model: &Model, one: &Bracketed, home: &Home, age: u32) -> bool {
    let sizes = one.lines.iter().map(|line| {
        let here = line.places.iter().filter_map(|place| size(model, *place, home)).min();
        if line.places.is_empty() { Some(usize::MAX) } else { here }
    });
    let lines: Vec<_> = one.lines.iter().zip(sizes).filter_map(|(line, size)| Some((size?, line))).collect();
    let Some(finest) = lines.iter().map(|(size, _)| *size).min() else { return false };
    lines.iter().filter(|(size, _)| *size == finest).all(|(_, line)| {
        line.from.is_none_or(|from| age >= u32::from(from)) && line.under.is_none_or(|under| age < u32::from(under))
    })
}

/// Whether somebody is of a kind; `age` none: nobody knows how old they are.
fn is(model: &Model, kind: Kind, home: &Home, age: Option<u32>) -> Option<bool> {
    let one = model.names.brackets.kinds.iter().find(|one| one.kind == kind)?;
    let own = match age {
        Some(age) => Some(has(model, one, home, age)),
        None => {
            let ages: BTreeSet<bool> = (0..=100).map(|age| has(model, one, home, age)).collect();
            match (ages.contains(&true), ages.contains(&false)) {
                (true, false) => Some(true),
                (false, _) => Some(false),
                (true, true) if one.unknown_age => Some(true),
                _ => None,
            }
        }
    };
    let above: Vec<Option<bool>> = one.within.iter().map(|above| is(model, *above, home, age)).collect();
    if own == Some(false) || above.contains(&Some(false)) {
        Some(false)
    } else if own.is_none() || above.contains(&None) {
        None
    } else {
        Some(true)
    }
}

/// What is known of whoever there can be: by kinds; one that is not there is unknown.
pub fn everybody(model: &Model) -> BTreeSet<BTreeMap<Kind, bool>> {
    let brackets = &model.names.brackets;
    let mut homes: BTreeSet<Home> = BTreeSet::new();
    let named = brackets.places.iter().flat_map(|place| {
        let mut all = place.countries.clone();
        all.extend(place.countries.is_empty().then(|| place.name.clone()));
        all
    });
    for place in named.chain(["JP".to_owned()]) {
        let (country, part) = place.split_once('-').unwrap_or((&place, ""));
        homes.extend([(country.to_owned(), part.to_owned()), (country.to_owned(), String::new())]);
    }
    let mut out = BTreeSet::new();
    for home in &homes {
        for age in (0..=100).map(Some).chain([None]) {
            let known = brackets.kinds.iter().filter_map(|one| Some((one.kind, is(model, one.kind, home, age)?)));
            out.insert(known.collect());
        }
    }
    out
}

/// A kind's lines, from a random number: few places and ages, so that kinds meet.
pub fn lines(seed: u32) -> Vec<String> {
    let mut left = seed;
    let mut pick = |count: u32| {
        let at = left % count;
        left = (left / count) ^ left.rotate_left(11);
        at
    };
    let mut out = Vec::new();
    // Lines without ages stand among their like.
    let aged = pick(3) > 0;
    for place in ["in US", "in US-CA", "in EEA", "in NL, US-NY", "elsewhere"] {
        if (place == "elsewhere" && !aged) || (place != "elsewhere" && pick(3) > 0) {
            continue;
        }
        let ages = ["under 13", "under 16", "13 or over", "13 or over and under 16"][pick(4) as usize];
        match place {
            _ if !aged => out.push(place.to_owned()),
            "elsewhere" if pick(6) == 0 => out.push(ages.to_owned()),
            "elsewhere" if pick(6) == 0 && !out.is_empty() => {}
            _ => out.push(format!("{ages} {place}")),
        }
    }
    if out.is_empty() {
        return vec!["in US, NL".to_owned()];
    }
    if aged && pick(3) > 0 {
        out.push("of unknown age".to_owned());
    }
    out
}
