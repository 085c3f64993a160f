//! Whether a new version of a policy may be weaker for people than an old one, told by its sentences.
//!
//! It errs to one side: what is not surely harmless may weaken. A version that only adds promises, choices and rights, shortens
//! what is kept, and drops permissions is surely nowhere weaker, since only permissions open.

use std::collections::BTreeMap;

use upheld_document::{Document, Source};

use crate::format::sentence;
use crate::model::Force;
use crate::syntax::ast::{Kind, Sentence};

/// A sentence that may weaken the policy for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weakening {
    /// Whether the new version says it, and the old one did not; otherwise the other way round.
    pub added: bool,
    /// The sentence with the lines below it.
    pub sentence: String,
}

/// The sentences by which `new` may be weaker than `old`, those of the new version first. Empty: it is nowhere weaker. Both
/// must compile.
#[must_use]
pub fn may_weaken(old: &Source, new: &Source) -> Vec<Weakening> {
    let (old, new) = (Said::of(old), Said::of(new));
    let mut out = Vec::new();
    for (text, (count, harmless)) in &new.sentences {
        let before = old.sentences.get(text).map_or(0, |(count, _)| *count);
        if *count > before && !harmless.added {
            out.push(Weakening { added: true, sentence: text.clone() });
        }
    }
    for (text, (count, harmless)) in &old.sentences {
        let after = new.sentences.get(text).map_or(0, |(count, _)| *count);
        if *count > after && !harmless.removed {
            out.push(Weakening { added: false, sentence: text.clone() });
        }
    }
    for (key, value) in &new.front {
        if old.front.get(key) != Some(value) {
            out.push(Weakening { added: true, sentence: format!("{key}: {value}") });
        }
    }
    for (key, value) in &old.front {
        if !new.front.contains_key(key) {
            out.push(Weakening { added: false, sentence: format!("{key}: {value}") });
        }
    }
    out
}

/// Whether a sentence can come or go without weakening anything.
#[derive(Clone, Copy)]
struct Harmless {
    added: bool,
    removed: bool,
}

struct Said {
    /// How often each sentence is said.
    sentences: BTreeMap<String, (usize, Harmless)>,
    /// What of the front matter bears on the rules.
    front: BTreeMap<&'static str, String>,
}

impl Said {
    fn of(source: &Source) -> Self {
        let (document, ..) = upheld_document::parse(source, None);
        let read = crate::syntax::sentences(source, &document, &mut Vec::new());
        let mut sentences: BTreeMap<String, (usize, Harmless)> = BTreeMap::new();
        for one in &read {
            let text = sentence(source, one);
            sentences.entry(text).or_insert((0, harmless(one))).0 += 1;
        }
        Self { sentences, front: front(&document) }
    }
}

fn front(document: &Document) -> BTreeMap<&'static str, String> {
    let value = |key: &'static str| Some((key, document.front.get(key)?.value.clone()));
    ["covers", "zone", "jurisdictions", "controller"].into_iter().filter_map(value).collect()
}

fn harmless(sentence: &Sentence) -> Harmless {
    let bare = sentence.children.is_empty();
    match &sentence.kind {
        // A `but may` below a promise grants.
        Kind::Rule { force: Force::Never, .. } => Harmless { added: !grants(&sentence.children), removed: false },
        // A `but never` below a permission forbids for all.
        Kind::Rule { force: Force::May, .. } => Harmless { added: false, removed: bare },
        Kind::Choice(_) | Kind::Right(_) | Kind::Apart { .. } | Kind::ActsFor { .. } => {
            Harmless { added: true, removed: false }
        }
        Kind::Keep(keep) => Harmless { added: bare && !keep.must && !keep.longer, removed: false },
        Kind::Collect { .. } | Kind::Report(_) => Harmless { added: false, removed: true },
        Kind::Statement | Kind::Allow { .. } => Harmless { added: true, removed: true },
        // What is shown is no less true when it is shown; when it goes, people know less.
        Kind::Publish(_) => Harmless { added: true, removed: false },
        // A claim forbids nothing, and without it nobody looks any more.
        Kind::Safeguarded | Kind::Gate { .. } | Kind::Telling { .. } | Kind::PostedAt { .. } | Kind::Prove { .. } => {
            Harmless { added: true, removed: false }
        }
        Kind::Notice { .. } => Harmless { added: true, removed: true },
        Kind::Manual { .. } => Harmless { added: true, removed: false },
        _ => Harmless { added: false, removed: false },
    }
}

fn grants(lines: &[Sentence]) -> bool {
    lines.iter().any(|line| {
        !matches!(line.kind, Kind::Rule { force: Force::Except | Force::ButNever, .. }) || grants(&line.children)
    })
}
