//! `the policy then says "…"`: another version of the policy, made from the text of the one before.

use upheld_document::{BlockKind, Diagnostic, Document, Lock, Severity, Source, Span};

use super::ast::{Expectation, StepKind};
use super::because::because;
use super::parse::Reader;
use crate::Policy;
use crate::syntax::cursor::{Parsed, Stop};

const THEN: &str = "the policy then says \"we may use email for research\"";

/// The text of a policy with its scenarios blanked, line for line.
pub(super) fn without_scenarios(source: &Source, document: &Document) -> String {
    let blocks = document.sections.iter().flat_map(|section| &section.clauses).flat_map(|clause| &clause.blocks);
    let spans = blocks.filter(|block| block.kind == BlockKind::Scenario).map(|block| block.span);
    blanked(&source.text, spans)
}

fn blanked(text: &str, spans: impl Iterator<Item = Span>) -> String {
    let spans: Vec<Span> = spans.collect();
    let inside = |at: usize| spans.iter().any(|span| (span.start as usize..span.end as usize).contains(&at));
    text.char_indices().filter(|(at, letter)| *letter == '\n' || !inside(*at)).map(|(_, letter)| letter).collect()
}

/// What follows `the policy`: the text of the next version.
pub(super) fn then(reader: &mut Reader<'_>, now: &str) -> Parsed<String> {
    let next = if reader.cursor.take(&["no", "longer", "says", "clause"]) {
        const CLAUSE: &str = "the policy no longer says clause marketing.1";
        let name = reader.cursor.choice(CLAUSE)?;
        let Some((_, clause)) = reader.document.clause(&name.text) else {
            reader.cursor.report(
                Diagnostic::error("UP0502", format!("the policy has no clause `{}`", name.text))
                    .at(name.span, "")
                    .help("a clause is called by its section's name and a number (`partners.1`)"),
            );
            return Err(Stop);
        };
        blanked(now, clause.blocks.iter().filter(|block| block.kind != BlockKind::Scenario).map(|block| block.span))
    } else {
        reader.cursor.expect(&["then", "says"], THEN)?;
        let Some(sentence) = reader.cursor.text() else {
            return reader.cursor.expected("the sentence in quotes", THEN);
        };
        with(now, &sentence)
    };
    reader.cursor.end(THEN)?;
    Ok(next_version(&next))
}

/// A policy with one sentence more, below a heading of its own that has no name which a policy gives.
fn with(now: &str, sentence: &str) -> String {
    format!("{}\n\n## Said then\n\nSaid then.\n\n```upheld\n{sentence}\n```\n", now.trim_end())
}

/// What follows `the policy may not say`: lines, each in quotes, that no version can hold.
pub(super) fn may_not(reader: &mut Reader<'_>, now: &str) -> Parsed<StepKind> {
    const MAY_NOT: &str = "the policy may not say \"we may share email with acme for newsletter\", because partners.1";
    let mut lines = Vec::new();
    while let Some(line) = reader.cursor.text() {
        lines.push(line);
    }
    if lines.is_empty() {
        return reader.cursor.expected("the sentence in quotes", MAY_NOT);
    }
    let text = next_version(&with(now, &lines.join("\n")));
    let expects = Expectation { allowed: false, because: because(reader)? };
    reader.done(StepKind::PolicyMayNot { text, expects }, MAY_NOT)
}

/// Counts the version of the front matter on: `1` becomes `2`, `2018a` becomes `2018a, then 2`.
fn next_version(text: &str) -> String {
    let mut done = false;
    let lines = text.split('\n').map(|line| match line.strip_prefix("version:") {
        Some(version) if !done => {
            done = true;
            let version = version.trim();
            let (first, counted) = version.rsplit_once(", then ").unwrap_or((version, "1"));
            match (version.parse::<u32>(), counted.parse::<u32>()) {
                (Ok(number), _) => format!("version: {}", number.saturating_add(1)),
                (_, Ok(count)) => format!("version: {first}, then {}", count.saturating_add(1)),
                _ => format!("version: {version}, then 2"),
            }
        }
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The next version, compiled; what is wrong with it is said at the step.
pub(super) fn compiled(text: &str, lock: &Lock, span: Span, diagnostics: &mut Vec<Diagnostic>) -> Option<Policy> {
    let loaded = crate::load_unproved(&Source::new("privacy.md", text), Some(lock));
    if loaded.policy.is_none() && !diagnostics.iter().any(|known| known.severity == Severity::Error) {
        let first = loaded.diagnostics.iter().find(|found| found.severity == Severity::Error);
        let why = first.map(|found| format!("{}: {}", found.code, found.title)).unwrap_or_default();
        diagnostics.push(
            Diagnostic::error("UP0507", "the version of the policy that this step makes does not compile")
                .at(span, "")
                .note(why)
                .help("say a sentence that can stand in this policy as it is then"),
        );
    }
    loaded.policy
}
