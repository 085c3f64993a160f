//! What people write instead of a word of the language, and what to write: data, read from `lexica/slips.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slips {
    words: BTreeMap<String, String>,
    after_subject: BTreeMap<String, String>,
    first: BTreeMap<String, String>,
}

fn slips() -> &'static Slips {
    static SLIPS: OnceLock<Slips> = OnceLock::new();
    // A test reads the file; here one that cannot be read has nothing to say.
    SLIPS.get_or_init(|| toml::from_str(include_str!("../../lexica/slips.toml")).unwrap_or_default())
}

/// What to write instead of a word that stands where it has no meaning.
pub(crate) fn instead(word: &str) -> Option<&'static str> {
    slips().words.get(word).map(String::as_str)
}

/// What to write instead of a word after who acts.
pub(crate) fn after_subject(word: &str) -> Option<&'static str> {
    slips().after_subject.get(word).map(String::as_str)
}

/// What to write instead of a word at the beginning of a line.
pub(crate) fn first(word: &str) -> Option<&'static str> {
    slips().first.get(word).map(String::as_str)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_file_is_read() {
        assert!(
            super::instead("the").is_some() && super::after_subject("can").is_some() && super::first("if").is_some()
        );
    }
}
