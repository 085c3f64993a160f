//! The clock of a scenario.

use jiff::civil::DateTime;
use jiff::{Span, Timestamp};
use upheld_policy::scenario::Unit;

use super::judge::{Miss, Verdict, settle};
use super::world::World;

/// The hour that a day without a time of day stands for: noon, so that nothing happens on the edge of a day by accident.
const NOON: i8 = 12;

pub(super) fn it_is(world: &World<'_>, time: DateTime, text: &str) -> Verdict {
    // Whether a time of day was written is seen in the text only.
    let time = if text.contains(':') { time } else { time.date().at(NOON, 0, 0, 0) };
    match world.zone.to_timestamp(time) {
        Ok(moment) => go(world, moment),
        Err(_) => Ok(Some(Miss::new("a time on the calendar", "a time that is not on it"))),
    }
}

pub(super) fn after(world: &World<'_>, count: u32, unit: Unit) -> Verdict {
    let none = Span::new();
    let span = match unit {
        Unit::Minutes => none.try_minutes(count),
        Unit::Hours => none.try_hours(count),
        Unit::Days => none.try_days(count),
        Unit::Weeks => none.try_weeks(count),
        Unit::Months => none.try_months(count),
        Unit::Years => none.try_years(count),
    };
    let now = world.now().to_zoned_datetime(world.zone.clone());
    match span.and_then(|span| now.checked_add(span)) {
        Ok(later) => go(world, later.timestamp()),
        Err(_) => Ok(Some(Miss::new("a time on the calendar", "a time after its end"))),
    }
}

/// Sets the clock and sweeps, as a server would have done by then.
fn go(world: &World<'_>, moment: Timestamp) -> Verdict {
    if moment < world.begins {
        let got = format!("the policy takes effect on {}", world.policy.compiled.header.effective);
        return Ok(Some(Miss::new("a day on which the policy is in force", got)));
    }
    if moment < world.now() {
        return Ok(Some(Miss::new("a time after the step above", "a time before it")));
    }
    world.clock.set(moment);
    Ok(settle(world.service.sweep())?.err().map(|error| Miss::new("what is due is erased", error)))
}
