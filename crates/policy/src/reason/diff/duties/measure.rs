//! Values with an order: which of two is worse for people.

use std::collections::BTreeSet;

use upheld_decide::{Period, Unit};

/// What a change is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sense {
    Weaker,
    Stronger,
    /// Neither, and it cannot hurt.
    Harmless,
    /// It cannot be said; it may hurt.
    Unsure,
}

impl Sense {
    /// Of several changes at once.
    pub(super) fn of_all(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::Harmless, |so_far, next| match (so_far, next) {
            (Self::Harmless, other) | (other, Self::Harmless) => other,
            (one, other) if one == other => one,
            _ => Self::Unsure,
        })
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Measure {
    /// A time of which more is worse. None: it never ends, which is worst.
    Time(Option<Period>),
    /// A number of which less is worse.
    AtLeast(u32),
    /// Worse when it is so.
    Worse(bool),
    /// Each thing more is worse.
    Wide(BTreeSet<String>),
    /// Each thing less is worse; where none is said it is all of them, which is best.
    Ways(BTreeSet<String>),
    /// Each thing less is worse.
    Narrow(BTreeSet<String>),
    /// Of no order.
    Same(String),
    /// Of no order, and no harm.
    Note(String),
}

/// What it means that values become others.
pub(super) fn compare(was: &[(&'static str, Measure)], is: &[(&'static str, Measure)]) -> Sense {
    if was.len() != is.len() || was.iter().zip(is).any(|((one, _), (other, _))| one != other) {
        return Sense::Unsure;
    }
    Sense::of_all(was.iter().zip(is).map(|((_, was), (_, is))| if was == is { Sense::Harmless } else { one(was, is) }))
}

fn one(was: &Measure, is: &Measure) -> Sense {
    let sets = |worse: &BTreeSet<String>, better: &BTreeSet<String>| {
        if better.is_subset(worse) {
            Sense::Weaker
        } else if worse.is_subset(better) {
            Sense::Stronger
        } else {
            Sense::Unsure
        }
    };
    match (was, is) {
        (Measure::Time(_), Measure::Time(None)) | (Measure::Worse(false), Measure::Worse(true)) => Sense::Weaker,
        (Measure::Time(None), Measure::Time(_)) | (Measure::Worse(true), Measure::Worse(false)) => Sense::Stronger,
        (Measure::Time(Some(was)), Measure::Time(Some(is))) => time(*was, *is),
        (Measure::AtLeast(was), Measure::AtLeast(is)) if is < was => Sense::Weaker,
        (Measure::AtLeast(_), Measure::AtLeast(_)) => Sense::Stronger,
        (Measure::Wide(was), Measure::Wide(is)) => sets(is, was),
        (Measure::Narrow(was), Measure::Narrow(is)) => sets(was, is),
        (Measure::Ways(was), Measure::Ways(is)) => match (was.is_empty(), is.is_empty()) {
            (true, _) => Sense::Weaker,
            (_, true) => Sense::Stronger,
            _ => sets(was, is),
        },
        (Measure::Note(_), Measure::Note(_)) => Sense::Harmless,
        _ => Sense::Unsure,
    }
}

/// Days are counted on the calendar: between months and days only what is longer in every month of every year is longer.
fn time(was: Period, is: Period) -> Sense {
    let (was, is) = (bounds(was), bounds(is));
    match (was, is) {
        _ if was == is => Sense::Harmless,
        ((months, 0, _), (others, 0, _)) if months != others => {
            if others > months {
                Sense::Weaker
            } else {
                Sense::Stronger
            }
        }
        ((_, least, most), (_, other_least, other_most)) => {
            let (was, is) = (span(was.0, least, most), span(is.0, other_least, other_most));
            if is.0 >= was.1 {
                Sense::Weaker
            } else if is.1 <= was.0 {
                Sense::Stronger
            } else {
                Sense::Unsure
            }
        }
    }
}

/// Whole months, and days beside.
const fn bounds(period: Period) -> (u64, u64, u64) {
    let count = period.count as u64;
    match period.unit {
        Unit::Day => (0, count, count),
        Unit::Week => (0, count * 7, count * 7),
        Unit::Month => (count, 0, 0),
        Unit::Year => (count * 12, 0, 0),
    }
}

/// The least and the most days.
const fn span(months: u64, least: u64, most: u64) -> (u64, u64) {
    let (years, rest) = (months / 12, months % 12);
    (years * 365 + rest * 28 + least, years * 366 + rest * 31 + most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sense(was: (u32, Unit), is: (u32, Unit)) -> Sense {
        time(Period { count: was.0, unit: was.1 }, Period { count: is.0, unit: is.1 })
    }

    // R104
    #[test]
    fn times_are_ordered_where_the_calendar_orders_them() {
        assert_eq!(sense((1, Unit::Year), (12, Unit::Month)), Sense::Harmless);
        assert_eq!(sense((2, Unit::Week), (14, Unit::Day)), Sense::Harmless);
        assert_eq!(sense((1, Unit::Year), (13, Unit::Month)), Sense::Weaker);
        assert_eq!(sense((30, Unit::Day), (31, Unit::Day)), Sense::Weaker);
        assert_eq!(sense((1, Unit::Month), (31, Unit::Day)), Sense::Weaker);
        assert_eq!(sense((1, Unit::Month), (30, Unit::Day)), Sense::Unsure);
        assert_eq!(sense((1, Unit::Month), (28, Unit::Day)), Sense::Stronger);
        assert_eq!(sense((365, Unit::Day), (1, Unit::Year)), Sense::Weaker);
        assert_eq!(sense((366, Unit::Day), (1, Unit::Year)), Sense::Stronger);
        assert_eq!(sense((2, Unit::Year), (90, Unit::Day)), Sense::Stronger);
    }

    #[test]
    fn of_several_the_worst_that_can_be_said() {
        use Sense::{Harmless, Stronger, Unsure, Weaker};
        assert_eq!(Sense::of_all([Harmless, Stronger]), Stronger);
        assert_eq!(Sense::of_all([Weaker, Harmless, Weaker]), Weaker);
        assert_eq!(Sense::of_all([Weaker, Stronger]), Unsure);
        assert_eq!(Sense::of_all([]), Harmless);
    }
}
