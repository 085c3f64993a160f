//! How each clause is kept: by rules, with the guards that apply to what they permit; by people; or not at all, being a statement.

use std::collections::{BTreeMap, BTreeSet};

use upheld_document::{BlockKind, Source};

use crate::{Policy, format};

/// How a clause is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// Its rules. Empty, and `hands` too: a bare statement.
    pub rules: Vec<Rule>,
    /// Who keeps it by hand.
    pub hands: Vec<Hand>,
}

/// A rule of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The sentence with the lines below it, as the formatter lays them out.
    pub text: String,
    /// What narrows what it permits.
    pub guards: Vec<Guard>,
    /// Whether the operator added it.
    pub added: bool,
}

/// A sentence elsewhere that narrows a permission.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Guard {
    /// The clause in which it stands.
    pub clause: String,
    /// The sentence.
    pub text: String,
}

/// A `manual` sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    /// Who does it, and how it is evidenced.
    pub words: String,
    /// How often, as written (`12 months`).
    pub every: Option<String>,
}

/// Of each clause with sentences how it is kept.
pub(super) fn how(source: &Source, policy: &Policy) -> BTreeMap<String, How> {
    let guards = guards(policy);
    let mut out = BTreeMap::new();
    let mut lines: BTreeMap<u32, u16> = BTreeMap::new();
    for (index, sentence) in (0_u16..).zip(&policy.model.sentences) {
        lines.entry(sentence.line).or_insert(index);
    }
    for clause in policy.document.sections.iter().flat_map(|section| &section.clauses) {
        let blocks = || clause.blocks.iter().filter(|block| block.kind != BlockKind::Scenario);
        if blocks().next().is_none() {
            continue;
        }
        let mut how = How::default();
        for block in blocks() {
            let sentences = format::sentences(source, block);
            let line_of = |at: u32| source.line_column(at).0;
            let next =
                sentences.iter().skip(1).map(|(next, _)| line_of(next.start)).chain([line_of(block.span.end) + 1]);
            for ((first, text), last) in sentences.iter().cloned().zip(next) {
                let line = line_of(first.start);
                let word = text.split_whitespace().next().unwrap_or_default();
                match word {
                    // Not rules: what is shown, and what nothing is to be found in.
                    "statement" | "allow" | "publish" | "keeps" => {}
                    "manual" => how.hands.extend(hand(&text)),
                    _ => {
                        let own: BTreeSet<u16> = lines.range(line..last).map(|(_, index)| *index).collect();
                        let mut narrowing: Vec<Guard> = own
                            .iter()
                            .filter_map(|index| guards.get(index))
                            .flatten()
                            .filter(|guard| !own.contains(*guard))
                            .filter_map(|guard| policy.model.sentences.get(usize::from(*guard)))
                            .map(|guard| Guard { clause: guard.clause.clone(), text: guard.text.clone() })
                            .collect();
                        narrowing.sort();
                        narrowing.dedup();
                        how.rules.push(Rule { text, guards: narrowing, added: block.kind == BlockKind::Added });
                    }
                }
            }
        }
        out.insert(clause.id.clone(), how);
    }
    out
}

fn hand(text: &str) -> Option<Hand> {
    let (_, rest) = text.split_once('"')?;
    let (words, rest) = rest.rsplit_once('"')?;
    let every = rest.trim().strip_prefix("every ").map(|every| every.trim().to_owned());
    Some(Hand { words: words.to_owned(), every })
}

/// For each permission the sentences that narrow it: where it covers a question and could hold, what else must be true.
fn guards(policy: &Policy) -> BTreeMap<u16, BTreeSet<u16>> {
    let table = &policy.compiled.table;
    let mut out: BTreeMap<u16, BTreeSet<u16>> = BTreeMap::new();
    for (start, middle, end) in &table.spans {
        let permissions = table.entries.get(*start as usize..*middle as usize).unwrap_or_default();
        let prohibitions = table.entries.get(*middle as usize..*end as usize).unwrap_or_default();
        if prohibitions.iter().any(|entry| entry.facts.is_empty()) {
            continue;
        }
        for permission in permissions {
            // What the permission asks for itself is no further guard.
            let narrows = prohibitions.iter().filter(|entry| !permission.facts.meets(&entry.facts));
            out.entry(permission.sentence).or_default().extend(narrows.map(|entry| entry.sentence));
        }
    }
    out
}
