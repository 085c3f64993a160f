//! Whether a new version of a policy may be weaker for people than an old one.
//!
//! What the rules mean is compared as `diff` compares it: a decision that is allowed to anybody who was not allowed it, and a duty
//! that is weaker or of which nobody can say that it is not. Other words for the same are no change. What no rule decides – what
//! people do by hand, the law that is named – is compared by its words, and errs to one side.

use std::collections::BTreeMap;

use upheld_decide::Compiled;
use upheld_document::Document;

use crate::reason::diff::{Deciding, Line, lines};

/// A version: what decides, and its text.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// What decides.
    pub compiled: &'a Compiled,
    /// Its text.
    pub document: &'a Document,
}

/// What may weaken the policy for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakening {
    /// What changes, as `upheld diff` says it.
    pub change: String,
    /// The sentences of the old version that decided, and decide no more.
    pub old: Vec<String>,
    /// Those of the new version that decide.
    pub new: Vec<String>,
}

/// In what `new` may be weaker than `old`. Empty: it is nowhere weaker.
#[must_use]
pub fn may_weaken(old: Version<'_>, new: Version<'_>) -> Vec<Weakening> {
    let mut out: Vec<Weakening> =
        lines(old.compiled, new.compiled).iter().filter(|line| line.weakens).map(named).collect();
    out.extend(by_words(old.compiled, new.compiled));
    let law = |version: Version<'_>| version.document.front.get("jurisdictions").map(|entry| entry.value.clone());
    let (was, is) = (law(old), law(new));
    if was != is {
        let said = |value: Option<String>| value.into_iter().map(|value| format!("jurisdictions: {value}")).collect();
        out.push(Weakening { change: "the law that it names".to_owned(), old: said(was), new: said(is) });
    }
    out
}

fn named(line: &Line) -> Weakening {
    let before = if line.before.is_empty() { String::new() } else { format!("; before: {}", line.before.join(" or ")) };
    let now = if line.now.is_empty() { String::new() } else { format!("; now: {}", line.now.join(" or ")) };
    let without = |all: &[Deciding], other: &[Deciding]| -> Vec<String> {
        let stays = |one: &&Deciding| !other.iter().any(|other| other.sentence == one.sentence);
        all.iter().filter(stays).map(|one| one.sentence.clone()).collect()
    };
    Weakening {
        change: format!("{}: {}{before}{now}", line.kind.words(), line.words),
        old: without(&line.old, &line.new),
        new: without(&line.new, &line.old),
    }
}

/// What no rule decides on: what people do by hand, what the public page shows, and what is claimed and so looked at.
const BY_WORDS: [(&str, &str); 3] =
    [("manual ", "no longer done by hand"), ("publish ", "no longer shown to people"), ("prove ", "no longer claimed")];

/// What was said so and is said no more.
fn by_words(old: &Compiled, new: &Compiled) -> Vec<Weakening> {
    let said = |policy: &Compiled, word: &str| {
        let mut out: BTreeMap<String, usize> = BTreeMap::new();
        for sentence in policy.sentences.iter().filter(|sentence| sentence.text.starts_with(word)) {
            *out.entry(sentence.text.clone()).or_default() += 1;
        }
        out
    };
    let mut out = Vec::new();
    for (word, change) in BY_WORDS {
        let now = said(new, word);
        for (text, count) in said(old, word) {
            if now.get(&text).is_none_or(|now| *now < count) {
                out.push(Weakening { change: change.to_owned(), old: vec![text], new: Vec::new() });
            }
        }
    }
    out
}
