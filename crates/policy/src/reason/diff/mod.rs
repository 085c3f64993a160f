//! What changes from one policy to another: what is newly permitted, forbidden or asked for, exactly, over every question and
//! everybody who can exist; and the duties, value by value.

mod cells;
mod cover;
mod duties;
mod reach;
pub(crate) mod words;

use std::collections::HashMap;

use serde::Serialize;
use upheld_decide::Compiled;

pub use reach::Reach;

use crate::Policy;

/// What a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What nobody could be allowed is allowed to somebody.
    NewlyPermitted,
    /// It is allowed in more cases than before.
    Loosened,
    /// It is allowed in other cases than before, some of them new.
    Conditioned,
    /// It is allowed in fewer cases than before.
    Tightened,
    /// What somebody was allowed is allowed to nobody.
    NewlyForbidden,
    /// Something beside decisions is there now: an element that is asked for, a right, a period, a cookie.
    Added,
    /// It is there no more.
    Gone,
    /// It is there with another value.
    Changed,
}

impl Kind {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NewlyPermitted => "newly permitted",
            Self::Loosened => "permitted on fewer conditions",
            Self::Conditioned => "permitted on other conditions",
            Self::Tightened => "permitted on more conditions",
            Self::NewlyForbidden => "no longer permitted",
            Self::Added => "new",
            Self::Gone => "gone",
            Self::Changed => "changed",
        }
    }
}

/// What a change is for the people whom the policy is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// They are worse protected, or have less to say.
    Weaker,
    /// They are better protected, or have more to say.
    Stronger,
    /// Neither can be said of it.
    Either,
}

impl Direction {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Weaker => "weaker for people",
            Self::Stronger => "stronger for people",
            Self::Either => "neither weaker nor stronger by itself",
        }
    }
}

/// A sentence that decides on one side.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Deciding {
    /// The clause in which it stands.
    pub clause: String,
    /// The sentence as written.
    pub sentence: String,
    /// The line in the source, from 1.
    pub line: u32,
    /// The requirements that it keeps.
    pub keeps: Vec<String>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What it is.
    pub kind: Kind,
    /// What it is for people.
    pub direction: Direction,
    /// What it is about: `decision`, `intake`, `period`, `right`, `choice`, `ground`, `report`, `cookie`.
    pub about: &'static str,
    /// What changes, in words.
    pub words: String,
    /// Under which conditions it was so before; empty where it was so always or never.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// Under which it is so now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub now: Vec<String>,
    /// The sentences of the old policy that decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub old: Vec<Deciding>,
    /// Those of the new one that decide.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub new: Vec<Deciding>,
    /// How many kinds of questions it stands for, as far as rules tell them apart; 0 beside decisions.
    pub questions: usize,
    /// Which questions these are; none beside decisions.
    #[serde(skip)]
    pub reach: Option<Reach>,
}

/// All that changes.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Diff {
    /// Decisions first, the largest first; then duties.
    pub lines: Vec<Line>,
    /// Whether anything becomes weaker for people.
    pub material: bool,
    /// Clauses whose prose changed: the id, the old text, the new one. An empty text: the clause is not there.
    pub prose: Vec<Prose>,
}

/// A clause whose prose differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Prose {
    /// Its id.
    pub clause: String,
    /// The old text.
    pub old: String,
    /// The new text.
    pub new: String,
}

/// Compares two policies.
#[must_use]
pub fn diff(old: &Policy, new: &Policy) -> Diff {
    let mut lines = cells::decisions(&old.compiled, &new.compiled);
    lines.sort_by(|a, b| {
        (a.kind, std::cmp::Reverse(a.questions), &a.words).cmp(&(b.kind, std::cmp::Reverse(b.questions), &b.words))
    });
    lines.extend(duties::duties(&old.compiled, &new.compiled));
    let material = lines.iter().any(|line| line.direction == Direction::Weaker);
    Diff { lines, material, prose: prose(old, new) }
}

fn prose(old: &Policy, new: &Policy) -> Vec<Prose> {
    let texts = |policy: &Policy| -> Vec<(String, String)> {
        let clauses = policy.document.sections.iter().flat_map(|section| &section.clauses);
        clauses
            .filter(|clause| !clause.text.is_empty())
            .map(|clause| (clause.id.clone(), clause.text.clone()))
            .collect()
    };
    let (before, now) = (texts(old), texts(new));
    let by_id = |list: &[(String, String)]| list.iter().cloned().collect::<HashMap<String, String>>();
    let (was, is) = (by_id(&before), by_id(&now));
    let old = |id: &str| was.get(id).cloned().unwrap_or_default();
    let mut out: Vec<Prose> = now
        .iter()
        .map(|(id, text)| Prose { clause: id.clone(), old: old(id), new: text.clone() })
        .filter(|one| one.old != one.new)
        .collect();
    let gone = before.iter().filter(|(id, _)| !is.contains_key(id));
    out.extend(gone.map(|(id, text)| Prose { clause: id.clone(), old: text.clone(), new: String::new() }));
    out
}

/// The sentences of a policy by their indices, each once, in document order.
fn deciding(policy: &Compiled, sentences: impl IntoIterator<Item = u16>) -> Vec<Deciding> {
    let mut all: Vec<u16> = sentences.into_iter().collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
        .filter_map(|index| policy.sentences.get(usize::from(index)))
        .map(|sentence| Deciding {
            clause: sentence.clause.clone(),
            sentence: sentence.text.clone(),
            line: sentence.line,
            keeps: sentence.keeps.clone(),
        })
        .collect()
}
