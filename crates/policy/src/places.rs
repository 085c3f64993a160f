//! Countries and groups of them, read from `places.toml`; the European Economic Area from `countries.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::countries::countries;

/// A group of countries on a day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// In plain words.
    pub label: String,
    /// The day on which these are its members; empty where another file says it.
    pub as_of: String,
    /// Where that is to be read.
    pub source: String,
    /// Its members.
    pub countries: Vec<String>,
}

/// All places.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacesTable {
    /// Codes of ISO 3166-1 alpha-2.
    pub countries: Vec<String>,
    /// Groups by name.
    pub group: BTreeMap<String, Group>,
}

/// The built-in places. A test reads the file; here a file that cannot be read has none.
#[must_use]
pub fn places() -> &'static PlacesTable {
    static PLACES: OnceLock<PlacesTable> = OnceLock::new();
    PLACES.get_or_init(|| {
        let mut table = read().unwrap_or_default();
        let eea = Group {
            label: "European Economic Area".to_owned(),
            as_of: String::new(),
            source: "countries.toml".to_owned(),
            countries: countries().eea.clone(),
        };
        table.group.insert("EEA".to_owned(), eea);
        table
    })
}

/// Reads the file.
///
/// # Errors
///
/// When it is not of the form of [`PlacesTable`].
pub fn read() -> Result<PlacesTable, toml::de::Error> {
    toml::from_str(include_str!("../places.toml"))
}

/// Whether this is the code of a country, or of a part of one that exists as far as its form says.
#[must_use]
pub fn is_country(code: &str) -> bool {
    let (country, part) = code.split_once('-').map_or((code, None), |(country, part)| (country, Some(part)));
    let is_part = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    places().countries.iter().any(|known| known == country) && part.is_none_or(is_part)
}
