//! What is taken, kept, counted, kept apart and stored.

use std::collections::BTreeSet;

use upheld_decide::{Compiled, Element, End, Giver, Law, LawPeriod, OriginId, Period, Purpose};

use super::measure::{Measure, Sense};
use super::said::{NONE, join, names, purposes_of, say, singles, taken_of};
use super::{Item, Key, Said, length};

/// By where and of whom, and by element: whether it is asked for in any case, and what for.
pub(super) fn intake(policy: &Compiled, out: &mut Said) {
    let names = &policy.names;
    for point in &policy.points {
        let mut done = BTreeSet::new();
        for taken in point.takes.iter().filter(|taken| !policy.form(taken.element).group) {
            let Some(origin) = names.origins.get(taken.origin.index()) else { continue };
            if !done.insert((taken.element, taken.origin)) {
                continue;
            }
            // Of several sentences that take it the point insists if one does, and it serves the purposes of all.
            let all: Vec<_> = point
                .takes
                .iter()
                .filter(|other| other.element == taken.element && other.origin == taken.origin)
                .collect();
            let kind = names.kinds.name(origin.capacity.0);
            let place = match origin.giver {
                Giver::Themselves => format!("from {kind}"),
                Giver::Service => format!("of {kind}"),
                Giver::Other(other) => format!("of {kind} from {}", names.kinds.name(other.0)),
            };
            let required = all.iter().any(|taken| taken.required);
            let mut purposes: Vec<Purpose> = Vec::new();
            for purpose in all.iter().flat_map(|taken| &taken.purposes) {
                if !purposes.contains(purpose) {
                    purposes.push(*purpose);
                }
            }
            purposes.sort_by_key(|purpose| names.purposes.name(purpose.0));
            let (words, below) = purposes_of(policy, &purposes);
            let must = if required { "always" } else { "where it is there" };
            let measures = vec![("required", Measure::Worse(required)), ("purposes", Measure::Wide(below))];
            let key = Key {
                about: "intake",
                place,
                point: names.points.name(point.id.0).to_owned(),
                element: names.data.name(taken.element.0).to_owned(),
            };
            for (at, taken) in all.iter().enumerate() {
                // Said once; the other sentences say so too.
                let item = Item::new(format!("{must}, for {words}"), Sense::Weaker, Sense::Stronger, measures.clone());
                if at == 0 {
                    out.entry(key.clone()).or_default().push(item.by(taken.sentence));
                }
            }
        }
    }
}

/// When a period ends, in words; what it is counted from, and how long.
fn ends(policy: &Compiled, end: &End) -> (String, String, Period) {
    let names = &policy.names;
    let fixed = |words: String| (words.clone(), words, NONE);
    match end {
        End::After(period, point) => {
            let point = names.points.name(point.0);
            (format!("{} after {point}", length(*period)), format!("after {point}"), *period)
        }
        End::Until(point) => fixed(format!("until {}", names.points.name(point.0))),
        End::While(kind) => fixed(format!("while {}", names.kinds.name(kind.0))),
        End::Law(law) => fixed(asked(policy, law)),
        End::Longer(all) => {
            let each: Vec<String> = all.iter().map(|end| ends(policy, end).0).collect();
            fixed(format!("the longer of {}", each.join(", ")))
        }
    }
}

/// What a law asks for, with its numbers.
fn asked(policy: &Compiled, law: &Law) -> String {
    let one = |(at, asked): (usize, &LawPeriod)| {
        let since = if at == 0 { String::new() } else { format!("since {} ", asked.from) };
        let back = if asked.reaches_back { ", also for what was kept then" } else { "" };
        format!("{since}{}{back}", length(asked.period))
    };
    let periods: Vec<String> = law.periods.iter().enumerate().map(one).collect();
    let from = if law.from_year_end { " after the end of the year of " } else { " after " };
    let event = policy.names.points.name(law.after.0);
    format!("as long as {} in {} asks ({}{from}{event})", law.name, law.country, periods.join(", "))
}

/// By of whom and where it was taken, and by element: until when. What has no end is not there. What `before` took and this policy
/// takes no more is held for some time yet.
pub(super) fn periods(policy: &Compiled, before: Option<&Compiled>, out: &mut Said) {
    let mut done = BTreeSet::new();
    for (element, origin) in taken(policy) {
        if done.insert((element, origin))
            && let Some((kind, point)) = taken_of(policy, origin)
        {
            kept(policy, (element, origin), (&kind, &point), out);
        }
    }
    let Some(before) = before else { return };
    let mut held = BTreeSet::new();
    for (element, origin) in taken(before) {
        let Some((kind, point)) = taken_of(before, origin) else { continue };
        if !held.insert((element, origin)) {
            continue;
        }
        let mut origins = (0..).map(OriginId).take(policy.names.origins.len()).skip(1);
        let place = Some((kind.clone(), point.clone()));
        let Some(here) = origins.find(|origin| taken_of(policy, *origin) == place) else {
            // Where nothing is taken any more, the version under which it was taken goes on to say how long.
            kept(before, (element, origin), (&kind, &point), out);
            continue;
        };
        let now = policy.names.data.id(before.names.data.name(element.0)).map(Element);
        if let Some(now) = now.filter(|now| !done.contains(&(*now, here))) {
            kept(policy, (now, here), (&kind, &point), out);
        }
    }
}

/// What is taken, each element for each origin, groups left out.
fn taken(policy: &Compiled) -> impl Iterator<Item = (Element, OriginId)> + '_ {
    let all = policy.points.iter().flat_map(|point| &point.takes);
    all.filter(|taken| !policy.form(taken.element).group).map(|taken| (taken.element, taken.origin))
}

/// How long a value of an element and origin is kept, by each sentence that says so.
fn kept(policy: &Compiled, (element, origin): (Element, OriginId), (kind, point): (&str, &str), out: &mut Said) {
    for keep in policy.keeps.iter().filter(|keep| keep.elements.contains(&element) && keep.origins.contains(&origin)) {
        let (mut words, end, after) = ends(policy, &keep.end);
        let mut place = format!("of {kind}");
        if !keep.purposes.is_empty() {
            place.push_str(&format!(", for {},", purposes_of(policy, &keep.purposes).0));
        }
        if keep.longer {
            words.push_str(", at least");
        }
        if keep.must {
            words.push_str(", at nobody's wish less");
        }
        if let Some(within) = keep.erase_within {
            words.push_str(&format!(", then erased within {}", length(within)));
        }
        let measures = vec![
            ("end", Measure::Same(end)),
            ("after", Measure::Time(Some(after))),
            ("erased within", Measure::Time(Some(keep.erase_within.unwrap_or(NONE)))),
            ("longer", Measure::Same(format!("{} {}", keep.longer, keep.must))),
        ];
        // Of two periods the earlier ends, but for those that keep longer.
        let longer = keep.longer || keep.must;
        let (added, gone) = if longer { (Sense::Weaker, Sense::Stronger) } else { (Sense::Stronger, Sense::Weaker) };
        let key = Key {
            about: "period",
            place,
            point: point.to_owned(),
            element: policy.names.data.name(element.0).to_owned(),
        };
        out.entry(key).or_default().push(Item::new(words, added, gone, measures).by(keep.sentence));
    }
}

pub(super) fn reports(policy: &Compiled, out: &mut Said) {
    for report in &policy.reports {
        let counts = names(report.counts.iter().map(|element| policy.names.data.name(element.0)));
        let origins: BTreeSet<String> = report
            .origins
            .iter()
            .filter_map(|origin| taken_of(policy, *origin))
            .map(|(kind, point)| format!("{kind} at {point}"))
            .collect();
        let each = length(Period { count: 1, unit: report.each });
        let words = format!(
            "groups of at least {}, each {}, by {}",
            report.least,
            each.trim_start_matches("1 "),
            join(&counts)
        );
        let measures = vec![
            ("least", Measure::AtLeast(report.least)),
            ("each", Measure::Same(each)),
            ("counts", Measure::Wide(counts)),
            ("of", Measure::Wide(origins)),
            ("label", Measure::Note(report.label.clone().unwrap_or_default())),
        ];
        let item = Item::new(words, Sense::Unsure, Sense::Harmless, measures).by(report.sentence);
        say(out, "report", format!("the report {}", report.name), item);
    }
}

pub(super) fn cookies(policy: &Compiled, out: &mut Said) {
    for cookie in &policy.cookies {
        let (purposes, below) = purposes_of(policy, &cookie.purposes);
        let lasts = match cookie.lasts {
            Some(period) => format!("for {}", length(period)),
            None if cookie.session => "until the session ends".to_owned(),
            None => "until it is removed".to_owned(),
        };
        let by = cookie.by.map(|by| format!(", by {}", policy.names.recipients.name(by.0))).unwrap_or_default();
        let ends = if cookie.session { Some(NONE) } else { cookie.lasts };
        let storage = if cookie.local { ", in the browser's storage" } else { "" };
        let measures = vec![
            ("lasts", Measure::Time(ends)),
            ("purposes", Measure::Wide(below)),
            ("local", Measure::Same(cookie.local.to_string())),
            ("by", Measure::Same(by.clone())),
        ];
        let item = Item::new(format!("{lasts}, for {purposes}{storage}{by}"), Sense::Weaker, Sense::Stronger, measures);
        let name = policy.names.points.name(cookie.point.0);
        say(out, "cookie", format!("on the device: {name}"), item.by(cookie.sentence));
    }
}

pub(super) fn apart(policy: &Compiled, out: &mut Said) {
    for apart in &policy.apart {
        let acts: Vec<&str> = apart.actions.iter().map(|action| action.word()).collect();
        let sides = [&apart.one, &apart.other].map(|side| singles(policy, side).collect::<BTreeSet<_>>());
        let pairs = sides[0].iter().flat_map(|one| sides[1].iter().map(move |other| (one.min(other), one.max(other))));
        for (one, other) in pairs.collect::<BTreeSet<_>>() {
            for act in &acts {
                let key = Key {
                    about: "apart",
                    place: format!("is never {act} together with {other}"),
                    element: (*one).to_owned(),
                    ..Key::default()
                };
                let item = Item::new("", Sense::Stronger, Sense::Weaker, Vec::new()).by(apart.sentence);
                let items = out.entry(key).or_default();
                if items.is_empty() {
                    items.push(item);
                }
            }
        }
    }
}

pub(super) fn held_and_stored(policy: &Compiled, out: &mut Said) {
    for acts in &policy.acts_for {
        for element in singles(policy, &acts.elements) {
            let key = Key {
                about: "held for others",
                place: format!("is held on behalf of {}", acts.whose),
                element: element.to_owned(),
                ..Key::default()
            };
            let item = Item::new("", Sense::Stronger, Sense::Weaker, Vec::new()).by(acts.sentence);
            out.entry(key).or_default().push(item);
        }
    }
    for backup in [false, true] {
        let places: Vec<_> = policy.stores.iter().filter(|place| place.backup == backup).collect();
        let words: BTreeSet<String> = places
            .iter()
            .map(|place| match place.with {
                Some(with) => format!("{} with {}", place.country, policy.names.recipients.name(with.0)),
                None => place.country.clone(),
            })
            .collect();
        if let Some(first) = places.first() {
            let measures = vec![("places", Measure::Wide(words.clone()))];
            let item = Item::new(join(&words), Sense::Stronger, Sense::Weaker, measures).by(first.sentence);
            say(out, "store", if backup { "backups are" } else { "the store is" }, item);
        }
    }
}

/// By where and of whom, and by element: until which choice it is sealed, how long at most, and where it is collected then.
pub(super) fn seals(policy: &Compiled, out: &mut Said) {
    let all = &policy.names;
    for seal in &policy.seals {
        let until = policy.choices.get(usize::from(seal.until)).map(|choice| choice.name.clone()).unwrap_or_default();
        let then = all.points.name(seal.then.0).to_owned();
        let words = format!("until {until}, {} at most, then collected at {then}", length(seal.at_most));
        for element in singles(policy, &seal.elements) {
            let measures = vec![
                ("until", Measure::Same(until.clone())),
                ("at most", Measure::Time(Some(seal.at_most))),
                ("then", Measure::Same(then.clone())),
            ];
            let key = Key {
                about: "seal",
                place: format!("of {} is sealed at {}", all.kinds.name(seal.of.0), all.points.name(seal.at.0)),
                element: element.to_owned(),
                ..Key::default()
            };
            let item = Item::new(words.clone(), Sense::Weaker, Sense::Stronger, measures).by(seal.sentence);
            out.entry(key).or_default().push(item);
        }
    }
}
