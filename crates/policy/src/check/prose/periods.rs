//! UP0711: a period in the prose that is none of those in the rules beside it.

use std::collections::BTreeSet;

use upheld_document::{Diagnostic, Source, Span};

use super::{Kept, Read, rule_lines};
use crate::prose::Lexicon;

/// A period in its unit: what is told apart is what is written differently; a year is twelve months.
type Period = (&'static str, u32);

fn period(number: u32, unit: &str) -> Option<Period> {
    match unit.trim_end_matches('s') {
        "day" => Some(("day", number)),
        "week" => Some(("day", number.saturating_mul(7))),
        "month" => Some(("month", number)),
        "year" => Some(("month", number.saturating_mul(12))),
        _ => None,
    }
}

pub(super) fn check(source: &Source, read: &Read<'_>, lexicon: &Lexicon, diagnostics: &mut Vec<Diagnostic>) {
    if read.kept != Kept::ByRules {
        return;
    }
    let rules: BTreeSet<Period> = rule_lines(source, read.clause).flat_map(in_rule).collect();
    // Where a part is kept by hand, a period may be that part's.
    let by_hand = rule_lines(source, read.clause).any(|line| line.starts_with("manual "));
    if rules.is_empty() || by_hand {
        return;
    }
    for sentence in &read.sentences {
        for (at, pair) in sentence.words.windows(2).enumerate() {
            let [number, unit] = pair else { continue };
            let Some(said) = lexicon.number(&number.text).and_then(|number| period(number, &unit.text)) else {
                continue;
            };
            // "twenty years old" is no period for which something is done.
            let age = sentence.words.get(at + 2).is_some_and(|next| matches!(next.text.as_str(), "old" | "of"));
            if rules.contains(&said) || age {
                continue;
            }
            let span: Span = number.span.to(unit.span);
            diagnostics.push(
                Diagnostic::finding("UP0711", "the prose says a period that its rules do not")
                    .at(span, format!("the rules say {}", told(&rules)))
                    .help("bring both together: people are told one thing, and another one happens"),
            );
        }
    }
}

/// The periods of a line of rules: a number and a unit.
fn in_rule(line: &str) -> Vec<Period> {
    let line = line.split('#').next().unwrap_or_default();
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let mut out: Vec<Period> =
        words.windows(2).filter_map(|pair| period(pair.first()?.parse().ok()?, pair.get(1)?)).collect();
    // `as long as bookkeeping_law in DE asks`
    for law in words.windows(6) {
        if let ["as", "long", "as", name, "in", country] = law {
            let asked = crate::laws::law(name, country).into_iter().flat_map(|law| &law.periods);
            out.extend(asked.filter_map(|asked| period(asked.years, "year")));
        }
    }
    for unit in ["day", "week", "month", "year"] {
        // `each week`, `once a calendar year`
        let before = |pair: &&[&str]| matches!(pair.first(), Some(&"each" | &"a" | &"calendar"));
        if words.windows(2).filter(before).any(|pair| pair.get(1) == Some(&unit)) {
            out.extend(period(1, unit));
        }
    }
    out
}

fn told(rules: &BTreeSet<Period>) -> String {
    let one = |(unit, number): &Period| match (*unit, *number) {
        ("month", months) if months % 12 == 0 => count(months / 12, "year"),
        (unit, number) => count(number, unit),
    };
    rules.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn count(number: u32, unit: &str) -> String {
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}
