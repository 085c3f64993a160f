//! How long a value is kept: its end from the `keep` sentences that hold it, on the calendar of the policy's zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use upheld_decide::{Compiled, Element, End, Keep, Law, LawPeriod, OriginId, Period, PointId, Purpose, Unit};

use crate::facts::Known;

/// What the `keep` sentences say of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// When it closes, in milliseconds since 1970; none: not known yet, or no sentence says.
    pub(crate) closes: Option<i64>,
    /// The sentence that says so, or that will.
    pub(crate) sentence: Option<u16>,
    /// The sentence that demands that it is kept still.
    pub(crate) must: Option<u16>,
}

/// A value, as far as its end depends on it.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    pub(crate) element: Element,
    pub(crate) origin: OriginId,
    /// When it was taken.
    pub(crate) at: i64,
    /// The look-up of its item.
    pub(crate) item: Option<&'a [u8]>,
}

/// The `keep` sentences that hold a value of this element and origin, for whatever purpose.
pub(crate) fn keeps_of(policy: &Compiled, element: Element, origin: OriginId) -> impl Iterator<Item = &Keep> {
    periods_of(policy, element, origin).filter(|keep| keep.purposes.is_empty())
}

/// The same and those that close it for some purposes only.
fn periods_of(policy: &Compiled, element: Element, origin: OriginId) -> impl Iterator<Item = &Keep> {
    policy.keeps.iter().filter(move |keep| keep.elements.contains(&element) && keep.origins.contains(&origin))
}

/// The purposes for which a value is closed now, each with the sentence that says so.
pub(crate) fn closed_for(
    policy: &Compiled,
    zone: &TimeZone,
    known: Option<&Known>,
    value: Value<'_>,
    now: i64,
) -> Vec<(Purpose, u16)> {
    let over = |keep: &&Keep| end(policy, zone, known, value, &keep.end).is_some_and(|end| end <= now);
    periods_of(policy, value.element, value.origin)
        .filter(over)
        .flat_map(|keep| keep.purposes.iter().map(|purpose| (*purpose, keep.sentence)))
        .collect()
}

/// Names the sentences that hold a value of this element and origin, for its shred key; and whether their time runs from
/// the taking of each value, so that keys roll by the month.
pub(crate) fn label(policy: &Compiled, element: Element, origin: OriginId) -> (String, bool) {
    let point = policy.names.origins.get(origin.index()).map(|origin| origin.point);
    let mut names = Vec::new();
    let mut rolls = false;
    for keep in keeps_of(policy, element, origin) {
        rolls |= keep.end.each().iter().any(|end| match end {
            End::After(_, event) => Some(*event) == point,
            End::Law(law) => Some(law.after) == point,
            _ => false,
        });
        let clause = policy.sentences.get(usize::from(keep.sentence)).map(|sentence| sentence.clause.as_str());
        let place = policy
            .keeps
            .iter()
            .filter(|other| other.sentence < keep.sentence)
            .filter(|other| policy.sentences.get(usize::from(other.sentence)).map(|s| s.clause.as_str()) == clause)
            .count();
        names.push(format!("{}/{}", clause.unwrap_or_default(), place + 1));
    }
    (names.join(" "), rolls)
}

/// When a value closes: of two periods the earlier; what `but keep` and `must keep` say is the least in any case.
pub(crate) fn kept(policy: &Compiled, zone: &TimeZone, known: Option<&Known>, value: Value<'_>, now: i64) -> Kept {
    /// Later than any end that is known.
    const OPEN: i64 = i64::MAX;
    let mut most: Option<(i64, u16)> = None;
    let mut least: Option<(i64, u16)> = None;
    let mut must: Option<(i64, u16)> = None;
    for keep in keeps_of(policy, value.element, value.origin) {
        let end = end(policy, zone, known, value, &keep.end).unwrap_or(OPEN);
        if keep.must || keep.longer {
            if least.is_none_or(|(known, _)| end > known) {
                least = Some((end, keep.sentence));
            }
            if keep.must && must.is_none_or(|(known, _)| end > known) {
                must = Some((end, keep.sentence));
            }
        } else if most.is_none_or(|(known, _)| end < known) {
            most = Some((end, keep.sentence));
        }
    }
    let (end, sentence) = match (most, least) {
        (Some(most), Some(least)) if least.0 >= most.0 => least,
        (Some(most), _) => most,
        (None, Some(least)) => least,
        (None, None) => return Kept::default(),
    };
    Kept {
        closes: (end != OPEN).then_some(end),
        sentence: Some(sentence),
        must: must.filter(|(end, _)| *end > now).map(|(_, sentence)| sentence),
    }
}

fn end(policy: &Compiled, zone: &TimeZone, known: Option<&Known>, value: Value<'_>, end: &End) -> Option<i64> {
    let origin = policy.names.origins.get(value.origin.index())?;
    let name = |point: &PointId| policy.names.points.name(point.0);
    let itemised = policy.form(value.element).itemised;
    let happened = |point: &PointId| {
        let of_item = value.item.filter(|_| itemised);
        let known = known?;
        match of_item {
            Some(item) => known.happened(name(point), Some(item), value.at),
            None => known.happened(name(point), None, value.at),
        }
    };
    match end {
        End::After(period, point) if *point == origin.point => Some(later(value.at, *period, zone)),
        End::After(period, point) => happened(point).map(|since| later(since, *period, zone)),
        End::Until(point) => happened(point),
        End::While(kind) => {
            let was_one = policy.names.kinds.is_within(origin.capacity.0, kind.0);
            let is_one = known.and_then(|known| known.is(policy, *kind)).unwrap_or(false);
            if !was_one && !is_one {
                // Kept only for those of a kind that this person was not.
                return Some(value.at);
            }
            let life = policy.kinds.get(kind.index())?;
            life.ends_at.iter().filter_map(|point| known?.happened(name(point), None, value.at)).min()
        }
        End::Law(law) if law.after == origin.point => Some(asked(law, value.at, value.at, zone)),
        End::Law(law) => happened(&law.after).map(|since| asked(law, value.at, since, zone)),
        // While one of them is not known yet, the last is not.
        End::Longer(ends) => {
            let ends: Option<Vec<i64>> = ends.iter().map(|one| self::end(policy, zone, known, value, one)).collect();
            ends?.into_iter().max()
        }
    }
}

/// Until when a law asks that a value is kept: the period that was in force on the day on which it was taken, unless a later one
/// reaches back to what was not let go by then.
fn asked(law: &Law, taken: i64, since: i64, zone: &TimeZone) -> i64 {
    let day =
        |ms: i64| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX).to_zoned_datetime(zone.clone()).date();
    let starts =
        |day: Date| day.to_zoned_datetime(zone.clone()).map_or(i64::MAX - 1, |at| at.timestamp().as_millisecond());
    let from = if law.from_year_end {
        let next = day(since).last_of_year().tomorrow();
        next.map_or(i64::MAX - 1, starts)
    } else {
        since
    };
    let end = |asked: &LawPeriod| later(from, asked.period, zone);
    let dated = law.periods.iter().filter_map(|asked| Some((asked.from.parse::<Date>().ok()?, asked)));
    let mut out: Option<i64> = None;
    for (first, asked) in dated {
        out = Some(match out {
            Some(before) if first > day(taken) => {
                // What is let go by its first day stays so; what is not goes on that day at the earliest.
                let begins = starts(first);
                if asked.reaches_back && before > begins { end(asked).max(begins) } else { before }
            }
            _ => end(asked),
        });
    }
    // A table without a day that can be read lets nothing go.
    out.unwrap_or(i64::MAX - 1)
}

/// A moment so much later on the calendar of a zone; the end of the calendar when it is past that.
pub(crate) fn later(ms: i64, period: Period, zone: &TimeZone) -> i64 {
    moved(ms, span(period), zone).unwrap_or(i64::MAX - 1)
}

/// The latest moment that is a period ago.
pub(crate) fn earlier(ms: i64, period: Period, zone: &TimeZone) -> i64 {
    // The calendar does not turn back exactly (31 March less a month): two days more make sure that nothing due is missed.
    let days = |n: i64| n * 24 * 3_600_000;
    span(period).and_then(|span| moved(ms, Some(-span), zone)).map_or(i64::MIN, |at| at.saturating_add(days(2)))
}

fn moved(ms: i64, by: Option<Span>, zone: &TimeZone) -> Option<i64> {
    let at = Timestamp::from_millisecond(ms).ok()?.to_zoned_datetime(zone.clone());
    at.checked_add(by?).ok().map(|at| at.timestamp().as_millisecond())
}

fn span(period: Period) -> Option<Span> {
    let count = i64::from(period.count);
    let none = Span::new();
    match period.unit {
        Unit::Day => none.try_days(count),
        Unit::Week => none.try_weeks(count),
        Unit::Month => none.try_months(count),
        Unit::Year => none.try_years(count),
    }
    .ok()
}
