//! From the [`Model`] to the compiled policy: rules flattened into regions, regions folded into the table, duties closed
//! over the graphs; and the checks that need the whole space of questions.

mod bits;
mod claims;
mod conflict;
mod duties;
mod flatten;
mod fold;
mod idle;
mod reach;
mod region;
mod same;

pub(crate) use claims::{Claimed, claimed};
pub(crate) use idle::idle;
pub(crate) use reach::Reach;

use upheld_decide::{Compiled, MOST_FACTS};
use upheld_document::{Diagnostic, Span};

use crate::model::Model;
use crate::reason::People;
use conflict::Conflicts;
use flatten::{Empty, FlatKind, Why, flatten};
use fold::{Factors, Refused};
use region::Space;

/// Compiles a model. With errors among the diagnostics the compiled policy is not to be used.
#[must_use]
pub fn compile(model: &Model) -> (Compiled, Vec<Diagnostic>) {
    let space = Space::new(model);
    let flat = flatten(&space);
    let mut diagnostics = Vec::new();
    let at = |sentence: u16, diagnostic: Diagnostic| {
        diagnostic.at(model.spans.get(usize::from(sentence)).copied().unwrap_or_default(), "")
    };
    diagnostics.extend(flat.empty.iter().map(|empty| at(empty.sentence, reaches_nothing(model, empty))));
    let people = People::new(&model.names, &flat.facts);
    for rule in &flat.rules {
        if let FlatKind::May { when, .. } = &rule.kind
            && when.iter().all(|facts| people.possible(facts).is_none())
        {
            diagnostics.push(at(
                rule.sentence,
                Diagnostic::error("UP0303", "this permission can never hold: its conditions exclude each other")
                    .help("nobody can be all of this at once; take one condition out"),
            ));
        }
    }
    if flat.facts.len() > MOST_FACTS {
        diagnostics.push(at(
            flat.asked_by.get(MOST_FACTS).copied().unwrap_or_default(),
            Diagnostic::error(
                "UP0304",
                format!("the policy tells {} facts about people apart; {MOST_FACTS} is the most", flat.facts.len()),
            )
            .note("each choice is a fact, and each kind of person and each ground that a condition names")
            .help("offer one choice over a wider purpose in place of many narrow ones"),
        ));
        return (Compiled::default(), diagnostics);
    }
    let mut conflicts = Conflicts::new(&space, &flat.facts);
    let factors = if flat.too_many { None } else { Factors::new(&space, &flat.rules) };
    let table = factors.as_ref().ok_or(Refused::TooMany).and_then(|factors| {
        let table = fold::table(&space, factors, |met| conflicts.meet(&met))?;
        diagnostics.extend(conflicts.report(factors));
        Ok(table)
    });
    match table {
        Ok(table) => (duties::compiled(&space, table, flat.facts), diagnostics),
        Err(refused) => {
            diagnostics.push(match refused {
                Refused::TooMany => Diagnostic::error("UP0305", "the policy tells too many questions apart")
                    .at(Span::new(0, 0), "")
                    .note(format!("a table has at most {} cells", fold::MOST_CELLS))
                    .help("name groups in place of single names where the rules are the same"),
                Refused::TooManyEscapes(sentence) => at(
                    sentence,
                    Diagnostic::error("UP0306", "too many exceptions with conditions meet below this sentence")
                        .help("give each its own data, purpose or recipient, or say fewer conditions in one line"),
                ),
            });
            (Compiled::default(), diagnostics)
        }
    }
}

fn reaches_nothing(model: &Model, empty: &Empty) -> Diagnostic {
    let error = Diagnostic::error("UP0302", "this line reaches nothing");
    match &empty.why {
        Why::NobodyWorks(purposes) => {
            let names: Vec<&str> = purposes.iter().map(|purpose| model.names.purposes.name(purpose.0)).collect();
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            error
                .note(format!(
                    "`we` are the roles and programs that work on the purpose, and nobody works on {}",
                    quoted.join(", ")
                ))
                .help(format!("say whose work it is: `role office \"Runs the office\", works on {}`", names.join(", ")))
        }
        Why::NeverTaken => error
            .note("no `collect` sentence takes data of this kind of person, from this giver, at this point")
            .help("say where it is taken, for example `we collect email from customer at sign_up for newsletter`"),
        Why::NothingInCommon => error
            .note("what it says and what it takes from the line above have nothing in common")
            .help("an indented line speaks of a part of what the line above speaks of; name such a part, or take the line out"),
    }
}
