//! What is stated of a person's age and region: no more of it is kept than decides.
//!
//! Of an age the store keeps the highest that the policy names and that is reached, or, while one is still to come, the day on
//! which the next is. A person counts as the youngest whom the statement fits. Of a region it keeps the finest place that the
//! policy names. What was stated itself is forgotten with the act, and stands in no entry.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use upheld_decide::{Age, Brackets, Compiled, Reason, Region};
use upheld_policy::places::is_country;

use crate::acts::Collect;
use crate::facts::Known;
use crate::moment::Moment;
use crate::service::Result;

/// Nobody is known to have grown older.
const OLDEST: u16 = 130;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// How a statement is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Statement {
    age: Option<KeptAge>,
    region: Option<Region>,
}

/// What is kept of an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeptAge {
    /// So old or older, since the row was written.
    From(u8),
    /// So old on this day.
    On(u8, Date),
}

impl KeptAge {
    /// `16+`, `13@2027-03-02`
    pub(crate) fn word(self) -> String {
        match self {
            Self::From(age) => format!("{age}+"),
            Self::On(age, day) => format!("{age}@{day}"),
        }
    }

    /// Reads what [`KeptAge::word`] writes.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        if let Some(age) = word.strip_suffix('+') {
            return age.parse().ok().map(Self::From);
        }
        let (age, day) = word.split_once('@')?;
        Some(Self::On(age.parse().ok()?, day.parse().ok()?))
    }

    /// How old that makes somebody today; `since` and `now` in milliseconds since 1970.
    pub(crate) fn today(self, today: Date, since: i64, now: i64) -> Age {
        match self {
            Self::From(age) => {
                // No year is longer.
                let years = now.saturating_sub(since).max(0) / DAY / 366;
                Age::From(age.saturating_add(u8::try_from(years).unwrap_or(u8::MAX)))
            }
            Self::On(age, day) => match day.checked_sub(years(age)) {
                Ok(born) => Age::Exactly(whole_years(born, today)),
                Err(_) => Age::Unknown,
            },
        }
    }
}

fn years(count: u8) -> Span {
    i64::from(count).years()
}

/// From a day of birth.
fn whole_years(born: Date, today: Date) -> u8 {
    let years = i32::from(today.year()) - i32::from(born.year());
    let before = (today.month(), today.day()) < (born.month(), born.day());
    u8::try_from(years - i32::from(before)).unwrap_or_default()
}

/// The least that tells apart the ages of a policy, of somebody born on a day.
fn kept(brackets: &Brackets, born: Date, today: Date) -> Option<KeptAge> {
    let mut reached = None;
    for age in &brackets.ages {
        let day = born.checked_add(years(*age)).ok()?;
        if day > today {
            return Some(KeptAge::On(*age, day));
        }
        reached = Some(*age);
    }
    reached.map(KeptAge::From)
}

/// Reads what an act states. A policy that tells no ages, or no places, apart takes none.
pub(crate) fn read(
    policy: &Compiled,
    today: Date,
    act: &Collect,
) -> std::result::Result<Statement, (&'static str, Reason)> {
    let brackets = &policy.names.brackets;
    let born = match (act.age, &act.born) {
        (None, None) => None,
        (Some(_), _) if brackets.ages.is_empty() => return Err(("age", Reason::NotDeclared)),
        (_, Some(_)) if brackets.ages.is_empty() => return Err(("born", Reason::NotDeclared)),
        (Some(_), Some(_)) => return Err(("born", Reason::Malformed)),
        (Some(age), None) => {
            let age = u8::try_from(age).ok().filter(|_| age <= OLDEST).ok_or(("age", Reason::Malformed))?;
            // The youngest of that age have their birthday today.
            Some(today.checked_sub(years(age)).map_err(|_| ("age", Reason::Malformed))?)
        }
        (None, Some(month)) => Some(last_of(month, today).ok_or(("born", Reason::Malformed))?),
    };
    let region = match &act.region {
        None => None,
        Some(_) if brackets.places.is_empty() => return Err(("region", Reason::NotDeclared)),
        Some(region) if !is_country(region) => return Err(("region", Reason::Malformed)),
        Some(region) => Some(brackets.region(region)),
    };
    Ok(Statement { age: born.and_then(|born| kept(brackets, born, today)), region })
}

/// The last day of a month (`2013-05`) that has begun, today at the latest.
fn last_of(month: &str, today: Date) -> Option<Date> {
    if month.len() != 7 {
        return None;
    }
    let first: Date = format!("{month}-01").parse().ok()?;
    let oldest = today.checked_sub(i64::from(OLDEST + 1).years()).ok()?;
    (first <= today && first >= oldest).then(|| first.last_of_month().min(today))
}

impl Statement {
    pub(crate) const fn is_empty(&self) -> bool {
        self.age.is_none() && self.region.is_none()
    }

    /// What of it is new. Err: something else is known already.
    ///
    /// What was stated once stands: who is refused for their age does not come by with another. That it is said again, or a
    /// region more closely, is no contradiction. `corrects` is somebody who may say otherwise.
    pub(crate) fn beside(
        self,
        policy: &Compiled,
        known: &Known,
        corrects: bool,
    ) -> std::result::Result<Self, &'static str> {
        let brackets = &policy.names.brackets;
        let mut new = Self::default();
        if let Some(age) = self.age {
            match known.age() {
                Age::Unknown => new.age = Some(age),
                _ if corrects => new.age = Some(age),
                before => {
                    let now = known.would_be(age);
                    let same = match now {
                        Age::Exactly(now) | Age::From(now) => brackets.same_band(now, before),
                        Age::Unknown => true,
                    };
                    if !same {
                        return Err("age");
                    }
                    // An older statement, kept for fewer ages, says less.
                    if matches!(before, Age::From(_)) && !known.is_kept(age) {
                        new.age = Some(age);
                    }
                }
            }
        }
        if let Some(region) = self.region {
            let before = known.region();
            if before == Region::default() || corrects || brackets.refines(&region, &before) {
                new.region = (region != before).then_some(region);
            } else if !brackets.refines(&before, &region) {
                return Err("region");
            }
        }
        Ok(new)
    }
}

impl Moment<'_> {
    /// Today, in the policy's zone.
    pub(crate) fn today(&self) -> Date {
        let time = jiff::Timestamp::from_millisecond(self.ms()).unwrap_or(jiff::Timestamp::MAX);
        time.to_zoned_datetime(self.in_force.zone.clone()).date()
    }

    /// What was stated becomes a fact.
    pub(crate) fn set_stated(&self, known: &mut Known, statement: &Statement, entry: u64) -> Result<()> {
        if let Some(age) = statement.age {
            self.set_age(known, &age.word(), entry)?;
        }
        if let Some(region) = &statement.region {
            self.set_region(known, &region.word(), entry)?;
        }
        Ok(())
    }
}

impl Known {
    /// The same with what is about to be stated of them.
    pub(crate) fn stating(&self, statement: &Statement) -> Self {
        let mut out = self.clone();
        if let Some(age) = statement.age {
            out.suppose_age(&age.word());
        }
        if let Some(region) = &statement.region {
            out.suppose_region(&region.word());
        }
        out
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;
    use upheld_decide::{Age, Brackets};

    use super::{KeptAge, kept, last_of, whole_years};

    fn ages(ages: &[u8]) -> Brackets {
        Brackets { ages: ages.to_vec(), ..Brackets::default() }
    }

    #[test]
    fn no_more_of_an_age_is_kept_than_decides() {
        let today = date(2026, 3, 1);
        // R113: of an adult no day is kept.
        assert_eq!(kept(&ages(&[13, 16]), date(1996, 3, 1), today), Some(KeptAge::From(16)));
        assert_eq!(kept(&ages(&[13, 16]), date(2012, 3, 2), today), Some(KeptAge::On(16, date(2028, 3, 2))));
        assert_eq!(kept(&ages(&[13, 16]), date(2013, 3, 2), today), Some(KeptAge::On(13, date(2026, 3, 2))));
        assert_eq!(kept(&ages(&[13]), date(2013, 3, 1), today), Some(KeptAge::From(13)));
    }

    #[test]
    fn people_grow_older() {
        let age = KeptAge::from_word("13@2026-03-02").unwrap();
        assert_eq!(age.word(), "13@2026-03-02");
        assert_eq!(age.today(date(2026, 3, 1), 0, 0), Age::Exactly(12));
        assert_eq!(age.today(date(2026, 3, 2), 0, 0), Age::Exactly(13));
        assert_eq!(age.today(date(2029, 3, 2), 0, 0), Age::Exactly(16));
        let least = KeptAge::from_word("16+").unwrap();
        let year = 366 * super::DAY;
        assert_eq!(least.today(date(2030, 1, 1), 0, year * 2), Age::From(18));
        assert_eq!(least.today(date(2030, 1, 1), 0, year * 2 - 1), Age::From(17));
    }

    #[test]
    fn a_month_of_birth_counts_as_its_last_day() {
        assert_eq!(last_of("2013-02", date(2026, 3, 1)), Some(date(2013, 2, 28)));
        assert_eq!(last_of("2026-03", date(2026, 3, 1)), Some(date(2026, 3, 1)));
        for wrong in ["2026-04", "2013-13", "1800-01", "2013-5", "2013-05-01", ""] {
            assert_eq!(last_of(wrong, date(2026, 3, 1)), None, "{wrong}");
        }
        assert_eq!(whole_years(date(2012, 2, 29), date(2025, 2, 28)), 12);
        assert_eq!(whole_years(date(2012, 2, 29), date(2025, 3, 1)), 13);
    }
}
