//! The public text as Markdown: the prose, with what stands below a clause in place of its rules.

use std::fmt::Write as _;
use std::ops::Range;

use upheld_document::{Clause, Document, Source};

use super::{How, Page, Shown, Table};

/// The text without front matter, rules and scenarios.
#[must_use]
pub fn markdown(source: &Source, document: &Document, page: &Page) -> String {
    let mut pieces: Vec<(Range<usize>, String)> = vec![(0..document.front.span.end as usize, String::new())];
    for clause in document.sections.iter().flat_map(|section| &section.clauses) {
        let last = clause.blocks.iter().map(|block| block.span.start).max();
        for block in &clause.blocks {
            let below = page.clauses.get(&clause.id).filter(|_| Some(block.span.start) == last);
            pieces.push((block.span.range(), below.map(|shown| self::below(shown, clause)).unwrap_or_default()));
        }
    }
    pieces.sort_by_key(|(range, _)| range.start);
    let mut out = String::new();
    let mut at = 0;
    for (range, piece) in pieces {
        out.push_str(source.text.get(at..range.start).unwrap_or_default());
        out.push_str(&piece);
        at = range.end.max(at);
    }
    out.push_str(source.text.get(at..).unwrap_or_default());
    tidy(&out)
}

/// No more than one empty line in a row, and none at the beginning.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = true;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() && empty {
            continue;
        }
        empty = line.is_empty();
        out.push_str(line);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn below(shown: &Shown, clause: &Clause) -> String {
    let mut out = String::new();
    for table in &shown.tables {
        list(table, &mut out);
    }
    if let Some(how) = &shown.how {
        kept(how, !shown.tables.is_empty(), clause, &mut out);
    }
    out
}

// Writing to a string does not fail.
fn list(table: &Table, out: &mut String) {
    if table.rows.is_empty() {
        let _ = writeln!(out, "{}\n", table.empty);
        return;
    }
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let _ = writeln!(out, "**{}**\n", table.caption);
    let _ = writeln!(out, "| {} |", table.columns.join(" | "));
    let _ = writeln!(out, "|{}", "---|".repeat(table.columns.len()));
    for row in &table.rows {
        let mut cells: Vec<String> = row.cells.iter().map(|text| cell(text)).collect();
        if let Some(first) = cells.first_mut().filter(|_| row.added) {
            first.push_str(" (added by the operator)");
        }
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out.push('\n');
}

fn kept(how: &How, shows: bool, clause: &Clause, out: &mut String) {
    let _ = writeln!(out, "<details><summary>How {} is kept</summary>\n", clause.id);
    for rule in &how.rules {
        let _ = writeln!(out, "```\n{}\n```\n", rule.text);
        for guard in &rule.guards {
            let _ = writeln!(out, "- narrowed by {}: `{}`", guard.clause, guard.text);
        }
        out.push('\n');
    }
    for hand in &how.hands {
        let every = hand.every.as_ref().map(|every| format!(" Looked at every {every}.")).unwrap_or_default();
        let _ = writeln!(out, "By people: {}.{every}\n", hand.words);
    }
    if how.rules.is_empty() && how.hands.is_empty() {
        out.push_str(if shows {
            "The list is made from the rules.\n\n"
        } else {
            "A statement: there is nothing to run.\n\n"
        });
    }
    out.push_str("</details>\n\n");
}
