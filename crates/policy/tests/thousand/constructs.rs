//! What drawn policies say, counted, so that a test is seen to test it.

use std::collections::BTreeMap;
use std::fmt;

/// A construct, and whether a line (of rules, its indentation kept) says it.
type Construct = (&'static str, fn(&str) -> bool);

/// Those of `docs/language.md` that bear on decisions: names and how they stand to each other, sentences, phrases, conditions.
const CONSTRUCTS: &[Construct] = &[
    ("data below data", |line| line.starts_with("data ") && line.contains(" is d")),
    ("a kind below a kind", |line| line.starts_with("person ") && line.contains(" is k")),
    ("a purpose below a purpose", |line| line.starts_with("purpose ") && line.contains(" is u")),
    ("a recipient below a recipient", |line| line.starts_with("recipient ") && line.contains(" is r")),
    ("begins at", |line| line.starts_with("  begins at")),
    ("a role works on", |line| line.starts_with("role ") && line.contains("works on")),
    ("a program", |line| line.starts_with("role ") && line.contains(" program")),
    ("a ground", |line| line.starts_with("ground ")),
    ("a ground as purpose", |line| line.contains("for g") || line.contains(", g")),
    ("a relation of a kind", |line| line.starts_with("relation ") && line.contains(" of k")),
    ("a relation of anyone", |line| line.starts_with("relation ") && line.contains(" of anyone")),
    ("an open recipient", |line| line.starts_with("open r")),
    ("open data or an open purpose", |line| line.starts_with("open d") || line.starts_with("open u")),
    ("an added member", |line| line.contains(" added 2026")),
    ("basis", |line| line.contains(", basis ")),
    ("compatible with", |line| line.contains(", compatible with ")),
    ("collect", |line| line.starts_with("we collect ")),
    ("may collect", |line| line.starts_with("we may collect ")),
    ("collect of one from another", |line| {
        line.contains("collect ") && line.contains(" of k") && line.contains(" from k")
    }),
    ("cookie", |line| line.starts_with("cookie ")),
    ("local", |line| line.starts_with("local ")),
    ("may use", |line| line.contains(" may use ")),
    ("may change", |line| says_verb(line, "may", "change")),
    ("may erase", |line| says_verb(line, "may", "erase")),
    ("may block", |line| says_verb(line, "may", "block")),
    ("may share", |line| says_verb(line, "may", "share")),
    ("may sell", |line| says_verb(line, "may", "sell")),
    ("may rent", |line| says_verb(line, "may", "rent")),
    ("may transfer", |line| says_verb(line, "may", "transfer")),
    ("never", |line| line.contains(" never ") && !line.starts_with(' ')),
    ("never use", |line| says_verb(line, "never", "use")),
    ("never collect", |line| says_verb(line, "never", "collect")),
    ("never require", |line| says_verb(line, "never", "require")),
    ("never share", |line| says_verb(line, "never", "share")),
    ("but never", |line| line.trim_start().starts_with("but never")),
    ("but may", |line| line.trim_start().starts_with("but may")),
    ("except", |line| line.trim_start().starts_with("except")),
    ("a line two deep", |line| line.starts_with("    ")),
    ("a role as subject", |line| line.starts_with("a0") || line.starts_with("a1")),
    ("their … as subject", |line| is_rule(line) && line.starts_with("their t0")),
    ("themselves as subject", |line| line.starts_with("themselves")),
    ("a kind and their own", |line| line.starts_with('k') && line.contains(" their own ")),
    ("every person and their own", |line| line.starts_with("every person") && line.contains(" their own ")),
    ("by a role", |line| line.contains(" by a") && line.starts_with(' ')),
    ("by their …, by themselves", |line| line.contains(" by their ") || line.contains(" by themselves")),
    ("anything", |line| line.contains(" anything")),
    ("a comma", |line| is_rule(line) && line.contains(", d")),
    ("of", |line| is_rule(line) && line.contains(" of k")),
    ("from a kind", |line| is_rule(line) && line.contains(" from k")),
    ("from us", |line| is_rule(line) && line.contains(" from us")),
    ("from themselves", |line| is_rule(line) && line.contains(" from themselves")),
    ("at", |line| is_rule(line) && line.contains(" at p")),
    ("for", |line| line.contains(" for u")),
    ("for another purpose", |line| is_rule(line) && line.contains(" for another purpose")),
    ("with", |line| line.contains(" with r")),
    ("with their …", |line| line.contains(" with their t0") || line.contains(", their t0")),
    ("with themselves", |line| line.contains(" with themselves") || line.contains(", themselves")),
    ("with anyone", |line| line.contains(" with anyone")),
    ("as pseudonym", |line| line.contains(" as pseudonym")),
    ("as aggregate", |line| line.contains(" as aggregate") && !line.contains(" as aggregate of")),
    ("as aggregate of", |line| line.contains(" as aggregate of")),
    ("on", |line| line.contains(" on g")),
    ("once", |line| line.ends_with(" once")),
    ("if", |line| line.contains(" if ")),
    ("while", |line| line.contains(" while ")),
    ("unless", |line| line.contains(" unless ")),
    ("and", |line| line.contains(" and ")),
    ("or", |line| line.contains(" or ")),
    ("if a kind", |line| [" if k", " while k", " unless k", " and k", " or k"].iter().any(|word| line.contains(word))),
    ("have agreed to", |line| line.contains("they have agreed to ")),
    ("have refused", |line| line.contains("they have refused ")),
    ("their … has agreed to, has refused", |line| line.contains("their t0 has ")),
    ("only for", |line| line.contains(" only for ")),
    ("only with", |line| line.contains(" only with ")),
    ("only as", |line| line.contains(" only as ")),
    ("only on", |line| line.contains(" only on ")),
    ("only at", |line| line.contains(" only at ")),
    ("only of", |line| line.contains(" only of ")),
    ("only if", |line| line.contains(" only if ") || line.contains(" only while ")),
    ("a lock that permits", |line| line.contains(" may ") && line.contains(" only ")),
    ("a lock that permits nothing", |line| !line.contains(" may ") && line.contains(" only ")),
    ("may agree", |line| line.contains(" may agree to ")),
    ("may refuse", |line| line.contains(" may refuse ")),
    ("may object", |line| line.contains(" may object")),
    ("a choice of a kind", |line| line.starts_with('k') && says_choice(line)),
    ("a choice of every person", |line| line.starts_with("every person") && says_choice(line)),
    ("a choice that another makes", |line| line.starts_with("their t0") && says_choice(line)),
    ("a choice that another makes for a kind", |line| {
        line.starts_with("their t0") && says_choice(line) && line.contains(" of k")
    }),
    ("a choice that we …", |line| line.contains(" that we ")),
    ("a choice that we … for another purpose", |line| {
        line.contains(" that we ") && line.contains(" for another purpose")
    }),
    ("notify a kind before", |line| line.starts_with("we must notify k") && line.contains(" before we ")),
    ("notify every person before", |line| line.starts_with("we must notify every") && line.contains(" before we ")),
    ("together with", |line| line.contains(" together with ")),
    ("act for a kind", |line| line.contains(" we act for k")),
    ("act for a recipient", |line| line.contains(" we act for r")),
];

/// Whether a line permits or promises.
fn is_rule(line: &str) -> bool {
    let start = line.trim_start();
    let collects = start.starts_with("we collect") || start.starts_with("we may collect");
    let speaks = [" may ", " never ", " only "].iter().any(|word| line.contains(word)) || start.starts_with("except");
    (speaks || start.starts_with("but ")) && !collects && !says_choice(line)
}

fn says_choice(line: &str) -> bool {
    [" may agree to ", " may refuse ", " may object"].iter().any(|word| line.contains(word))
}

/// Whether a verb is among those that follow `may` or `never`.
fn says_verb(line: &str, force: &str, verb: &str) -> bool {
    let Some((_, said)) = line.split_once(&format!("{force} ")) else { return false };
    for word in said.split(' ') {
        if word.trim_end_matches(',') == verb {
            return true;
        }
        if !word.ends_with(',') {
            return false;
        }
    }
    false
}

/// How often each construct was drawn.
#[derive(Clone, Debug, Default)]
pub struct Constructs(BTreeMap<&'static str, usize>);

impl Constructs {
    pub fn add(&mut self, text: &str) {
        for line in text.lines() {
            for (name, says) in CONSTRUCTS.iter().copied() {
                *self.0.entry(name).or_default() += usize::from(says(line));
            }
        }
    }

    pub fn join(&mut self, other: &Self) {
        for (name, count) in &other.0 {
            *self.0.entry(name).or_default() += count;
        }
    }

    /// Each often enough to have met the others.
    pub fn enough(&self) {
        let few: Vec<_> = self.0.iter().filter(|(_, count)| **count < 50).collect();
        assert!(self.0.len() == CONSTRUCTS.len() && few.is_empty(), "drawn too rarely: {few:?}");
    }
}

impl fmt::Display for Constructs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, _) in CONSTRUCTS {
            let count = self.0.get(name).copied().unwrap_or_default();
            writeln!(f, "{count:>7}  {name}")?;
        }
        Ok(())
    }
}
