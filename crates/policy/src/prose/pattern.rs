//! Phrases to look for in a sentence: words, `a|b`, `*` for a word, `…` for up to three, `#` for a number.

use super::{Lexicon, Word};

/// How many words `…` stands for, at most.
const GAP: usize = 3;

/// A phrase to look for.
#[derive(Debug)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    /// One of these words.
    Words(Vec<String>),
    /// Any word.
    Any,
    /// Up to [`GAP`] words.
    Gap,
    /// A number.
    Number,
}

impl Pattern {
    pub(crate) fn new(phrase: &str) -> Self {
        let part = |word: &str| match word {
            "…" => Part::Gap,
            "*" => Part::Any,
            "#" => Part::Number,
            words => Part::Words(words.split('|').map(str::to_owned).collect()),
        };
        Self { parts: phrase.split_whitespace().map(part).collect() }
    }

    /// How many words match from the first of these on.
    fn length(&self, words: &[Word], lexicon: &Lexicon) -> Option<usize> {
        from(&self.parts, words, lexicon)
    }
}

fn from(parts: &[Part], words: &[Word], lexicon: &Lexicon) -> Option<usize> {
    let Some((part, parts)) = parts.split_first() else { return Some(0) };
    if let Part::Gap = part {
        return (0..=GAP.min(words.len())).find_map(|skip| Some(skip + from(parts, words.get(skip..)?, lexicon)?));
    }
    let (word, words) = words.split_first()?;
    let fits = match part {
        Part::Words(any) => any.contains(&word.text),
        Part::Number => lexicon.number(&word.text).is_some(),
        Part::Any | Part::Gap => true,
    };
    if fits { Some(1 + from(parts, words, lexicon)?) } else { None }
}

/// The first place in a sentence at or after a word where one of these phrases stands, as a range of words; of those that begin
/// there the longest.
pub(crate) fn find(
    patterns: &[Pattern],
    words: &[Word],
    after: usize,
    lexicon: &Lexicon,
) -> Option<std::ops::Range<usize>> {
    (after..words.len()).find_map(|at| {
        let rest = words.get(at..)?;
        let longest = patterns.iter().filter_map(|pattern| pattern.length(rest, lexicon)).max()?;
        Some(at..at + longest)
    })
}
