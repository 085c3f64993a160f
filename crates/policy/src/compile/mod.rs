//! From the [`Model`] to the compiled policy: rules flattened into regions, regions folded into the table, duties closed
//! over the graphs; and the checks that need the whole space of questions.

mod bits;
mod conflict;
mod duties;
mod flatten;
mod fold;
mod region;

use upheld_decide::{Compiled, MOST_FACTS};
use upheld_document::Diagnostic;

use crate::model::Model;
use flatten::{FlatKind, flatten};
use fold::{Factors, MOST_CELLS};
use region::Space;

/// Compiles a model. With errors among the diagnostics the compiled policy is not to be used.
#[must_use]
pub fn compile(model: &Model) -> (Compiled, Vec<Diagnostic>) {
    let space = Space::new(model);
    let flat = flatten(&space);
    let mut diagnostics = Vec::new();
    let at = |sentence: u16, diagnostic: Diagnostic| {
        let span = model.spans.get(usize::from(sentence)).copied().unwrap_or_default();
        let clause = model.sentences.get(usize::from(sentence)).map(|cited| cited.clause.clone()).unwrap_or_default();
        diagnostic.at(span, "").in_clause(clause)
    };
    for empty in &flat.empty {
        diagnostics.push(at(
            empty.sentence,
            Diagnostic::error("UP0302", "this line reaches nothing")
                .note("what it says and what it takes from the line above have nothing in common")
                .help("an indented line speaks of a part of what the line above speaks of; name such a part, or take the line out"),
        ));
    }
    for rule in &flat.rules {
        if let FlatKind::May(alternatives) = &rule.kind
            && alternatives.iter().all(|facts| conflict::possible(&space, &flat.facts, facts).is_none())
        {
            diagnostics.push(at(
                rule.sentence,
                Diagnostic::error("UP0303", "this permission can never hold: its conditions exclude each other")
                    .help("nobody can be all of this at once; take one condition out"),
            ));
        }
    }
    if flat.facts.len() > MOST_FACTS {
        diagnostics.push(
            Diagnostic::error(
                "UP0304",
                format!("the policy tells {} facts apart; {MOST_FACTS} is the most", flat.facts.len()),
            )
            .help("offer one choice over a wider purpose in place of many narrow ones"),
        );
        return (Compiled::default(), diagnostics);
    }
    let factors = Factors::new(&space, &flat.rules).filter(|factors| factors.cells() <= MOST_CELLS);
    let Some(factors) = factors else {
        diagnostics.push(
            Diagnostic::error("UP0305", "the policy tells too many questions apart")
                .note(format!("a table may have {MOST_CELLS} cells"))
                .help("name groups in place of single elements where the rules are the same"),
        );
        return (Compiled::default(), diagnostics);
    };
    diagnostics.extend(conflict::conflicts(&space, &flat.facts, &factors, &flat.rules));
    let table = fold::table(&space, &factors, &flat.rules);
    (duties::compiled(&space, table, flat.facts), diagnostics)
}
