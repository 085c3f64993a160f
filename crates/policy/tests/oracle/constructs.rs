//! What drawn policies say, counted, so that a test is seen to test it.

use std::collections::BTreeMap;
use std::fmt;

/// A construct, and whether a line (of rules, its indentation kept) says it.
type Construct = (&'static str, fn(&str) -> bool);

const CONSTRUCTS: [Construct; 33] = [
    ("cookie", |line| line.starts_with("cookie ") && !line.contains(" by r")),
    ("cookie by", |line| line.starts_with("cookie ") && line.contains(" by r")),
    ("collect", |line| line.starts_with("we collect ")),
    ("may collect", |line| line.starts_with("we may collect ")),
    ("may use", |line| line.contains(" may use ")),
    ("may change, erase or block", |line| {
        [" may change", " may erase", " may block"].iter().any(|verb| line.contains(verb))
    }),
    ("may share", |line| line.contains(" may share")),
    ("may sell, rent or transfer", |line| {
        [" may sell", " may rent", " may transfer"].iter().any(|verb| line.contains(verb))
    }),
    ("never", |line| line.contains(" never ") && !line.starts_with(' ')),
    ("never collect or require", |line| line.contains(" never collect") || line.contains(" never require")),
    ("but never", |line| line.trim_start().starts_with("but never")),
    ("but may", |line| line.trim_start().starts_with("but may")),
    ("except", |line| line.trim_start().starts_with("except")),
    ("a role", |line| line.starts_with("a0") || line.starts_with("a1")),
    ("anything", |line| line.contains(" anything")),
    ("of", |line| line.contains(" of k")),
    ("from", |line| line.contains(" from ")),
    ("at", |line| line.contains(" at p") && !line.contains("collect")),
    ("for", |line| line.contains(" for u")),
    ("only for", |line| line.contains(" only for ")),
    ("for another purpose", |line| line.contains(" for another purpose")),
    ("with", |line| line.contains(" with r")),
    ("with anyone", |line| line.contains(" with anyone")),
    ("as pseudonym", |line| line.contains(" as pseudonym")),
    ("as aggregate", |line| line.contains(" as aggregate")),
    ("on", |line| line.contains(" on g")),
    ("if", |line| line.contains(" if ")),
    ("unless", |line| line.contains(" unless ")),
    ("a kind by age", |line| line.starts_with("  under ") || line.starts_with("  13 or over")),
    ("elsewhere", |line| line.ends_with(" elsewhere")),
    ("a kind in a place", |line| line.starts_with("  in ")),
    ("of unknown age", |line| line.ends_with("of unknown age")),
    ("a choice", |line| line.contains(" may agree to ") || line.contains(" may refuse ")),
];

/// How often each construct was drawn.
#[derive(Clone, Debug, Default)]
pub struct Constructs(BTreeMap<&'static str, usize>);

impl Constructs {
    pub fn add(&mut self, text: &str) {
        for line in text.lines() {
            for (name, says) in CONSTRUCTS {
                *self.0.entry(name).or_default() += usize::from(says(line));
            }
        }
    }

    /// Each often enough to have met the others.
    pub fn enough(&self) {
        assert!(self.0.values().all(|count| *count >= 50), "{self}");
    }
}

impl fmt::Display for Constructs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(|(name, count)| format!("{name}: {count}")).collect();
        f.write_str(&parts.join(", "))
    }
}
