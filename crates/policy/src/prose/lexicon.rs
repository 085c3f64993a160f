//! The lists of words that the checks of prose look for: data, read from `lexica/`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::pattern::Pattern;

/// The words of one language, as its file has them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    promises: Vec<String>,
    not_promises: Vec<String>,
    numberless: Vec<String>,
    open_lists: Vec<String>,
    closed_marks: Vec<String>,
    hedges: Vec<String>,
    placeholders: Vec<String>,
    numbers: BTreeMap<String, u32>,
}

/// The words of one language.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    pub(crate) promises: Vec<Pattern>,
    pub(crate) not_promises: Vec<Pattern>,
    pub(crate) numberless: Vec<Pattern>,
    pub(crate) open_lists: Vec<Pattern>,
    pub(crate) closed_marks: Vec<Pattern>,
    pub(crate) hedges: Vec<Pattern>,
    pub(crate) placeholders: Vec<Pattern>,
    numbers: BTreeMap<String, u32>,
}

impl Lexicon {
    /// The number that a word says, in digits or letters.
    pub(crate) fn number(&self, word: &str) -> Option<u32> {
        word.parse().ok().or_else(|| self.numbers.get(word).copied())
    }
}

/// The words of a policy's language; none for a language of which there is no file.
pub(crate) fn lexicon(locale: &str) -> Option<&'static Lexicon> {
    static ENGLISH: OnceLock<Lexicon> = OnceLock::new();
    let language = locale.split(['-', '_']).next().unwrap_or_default();
    // A test reads the file; here a file that cannot be read is an empty lexicon.
    (language.is_empty() || language.eq_ignore_ascii_case("en"))
        .then(|| ENGLISH.get_or_init(|| read(include_str!("../../lexica/en.toml")).unwrap_or_default()))
}

fn read(text: &str) -> Result<Lexicon, toml::de::Error> {
    let file: File = toml::from_str(text)?;
    let all = |phrases: Vec<String>| phrases.iter().map(|phrase| Pattern::new(phrase)).collect();
    Ok(Lexicon {
        promises: all(file.promises),
        not_promises: all(file.not_promises),
        numberless: all(file.numberless),
        open_lists: all(file.open_lists),
        closed_marks: all(file.closed_marks),
        hedges: all(file.hedges),
        placeholders: all(file.placeholders),
        numbers: file.numbers,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_file_is_read_and_its_phrases_are_lower_case() {
        let text = include_str!("../../lexica/en.toml");
        let lexicon = super::read(text).map_err(|error| error.to_string());
        assert!(lexicon.is_ok_and(|lexicon| lexicon.promises.len() > 20 && lexicon.number("thirty") == Some(30)));
        let phrases = text.lines().filter(|line| !line.starts_with('#'));
        assert!(phrases.clone().all(|line| line == line.to_lowercase()), "a capital letter is never found");
    }
}
