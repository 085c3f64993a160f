//! The clock of a scenario: it exists, and never goes back.

use jiff::civil::DateTime;
use upheld_document::{Diagnostic, Span};

use super::ast::{StepKind, Unit};

/// What time it is, as far as the steps say.
#[derive(Default)]
pub(super) struct Clock {
    now: Option<DateTime>,
}

pub(super) fn check(step: &StepKind, span: Span, clock: &mut Clock, diagnostics: &mut Vec<Diagnostic>) {
    match step {
        StepKind::ItIs(time) => {
            if clock.now.is_some_and(|now| *time < now) {
                diagnostics.push(
                    Diagnostic::error("UP0504", "time goes back here")
                        .at(span, "this is before the step above")
                        .help("put the steps in the order in which they happen"),
                );
            }
            clock.now = Some(*time);
        }
        StepKind::After(count, unit) => {
            let from = clock.now.unwrap_or_else(|| DateTime::constant(2000, 1, 1, 0, 0, 0, 0));
            let later = period(*count, *unit).and_then(|period| from.checked_add(period));
            match later {
                Ok(later) => clock.now = clock.now.map(|_| later),
                Err(_) => diagnostics.push(
                    Diagnostic::error("UP0504", "this is after the end of the calendar")
                        .at(span, "")
                        .help("write a shorter time"),
                ),
            }
        }
        _ => {}
    }
}

fn period(count: u32, unit: Unit) -> Result<jiff::Span, jiff::Error> {
    let none = jiff::Span::new();
    match unit {
        Unit::Minutes => none.try_minutes(count),
        Unit::Hours => none.try_hours(count),
        Unit::Days => none.try_days(count),
        Unit::Weeks => none.try_weeks(count),
        Unit::Months => none.try_months(count),
        Unit::Years => none.try_years(count),
    }
}
