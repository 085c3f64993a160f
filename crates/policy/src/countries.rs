//! Where data of people in the European Economic Area may go without more, read from `countries.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// A decision that a country protects data adequately.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Its number.
    pub decision: String,
    /// Its day, as an ISO date.
    pub of: String,
    /// Of whom it speaks, where not of everybody there.
    #[serde(default)]
    pub only: Option<String>,
    /// Its last day, where it ends by itself.
    #[serde(default)]
    pub until: Option<String>,
}

/// The countries.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Countries {
    /// Those of the European Economic Area.
    pub eea: Vec<String>,
    /// Those with a decision.
    pub adequacy: BTreeMap<String, Decision>,
}

/// What a country is to data of people in the European Economic Area.
#[derive(Clone, Copy, Debug)]
pub enum Standing<'c> {
    /// Inside.
    Inside,
    /// Outside, and adequate.
    Adequate(&'c Decision),
    /// Outside.
    Outside,
}

impl Countries {
    /// What a country is on a day (an ISO date).
    #[must_use]
    pub fn standing(&self, country: &str, day: &str) -> Standing<'_> {
        if self.eea.iter().any(|known| known == country) {
            return Standing::Inside;
        }
        match self.adequacy.get(country) {
            Some(decision) if decision.until.as_deref().is_none_or(|until| day <= until) => {
                Standing::Adequate(decision)
            }
            _ => Standing::Outside,
        }
    }
}

/// The countries. A test reads the file; here a file that cannot be read is an empty list, and every country outside.
#[must_use]
pub fn countries() -> &'static Countries {
    static COUNTRIES: OnceLock<Countries> = OnceLock::new();
    COUNTRIES.get_or_init(|| read().unwrap_or_default())
}

/// Reads the file.
///
/// # Errors
///
/// When it is not of the form of [`Countries`].
pub fn read() -> Result<Countries, toml::de::Error> {
    toml::from_str(include_str!("../countries.toml"))
}
