//! How long laws ask that records are kept, by country: the table of `laws.toml`.

use std::sync::OnceLock;

use jiff::civil::Date;
use serde::Deserialize;
use upheld_decide::{LawPeriod, Period, Unit};

/// What a law of one country asks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// Its name in sentences.
    pub name: String,
    /// The country, by its two letters.
    pub country: String,
    /// Of what it speaks, in plain words.
    pub label: String,
    /// From when it counts.
    pub counts_from: CountsFrom,
    /// Where the numbers were read.
    pub source: String,
    /// When they were read there.
    pub checked: Date,
    /// The periods, oldest first.
    pub periods: Vec<Asked>,
}

/// From when a period counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountsFrom {
    /// The event.
    Event,
    /// The end of the calendar year in which the event is.
    YearEnd,
}

/// A period, and since when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The first day of its force.
    pub from: Date,
    /// How many years.
    pub years: u32,
    /// It decides also over what the period before it had not let go on its first day.
    #[serde(default)]
    pub reaches_back: bool,
}

impl Law {
    /// Its periods as a compiled policy has them.
    #[must_use]
    pub fn asked(&self) -> Vec<LawPeriod> {
        let one = |asked: &Asked| LawPeriod {
            from: asked.from.to_string(),
            period: Period { count: asked.years, unit: Unit::Year },
            reaches_back: asked.reaches_back,
        };
        self.periods.iter().map(one).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    law: Vec<Law>,
}

/// The table. A test reads the file; here a file that cannot be read is an empty table.
#[must_use]
pub fn laws() -> &'static [Law] {
    static LAWS: OnceLock<Vec<Law>> = OnceLock::new();
    LAWS.get_or_init(|| read().unwrap_or_default())
}

/// Reads the file.
///
/// # Errors
///
/// When it is not of the form of [`Law`].
pub fn read() -> Result<Vec<Law>, toml::de::Error> {
    toml::from_str(include_str!("../laws.toml")).map(|table: Table| table.law)
}

/// What a law of a country asks.
#[must_use]
pub fn law(name: &str, country: &str) -> Option<&'static Law> {
    laws().iter().find(|law| law.name == name && law.country == country)
}
