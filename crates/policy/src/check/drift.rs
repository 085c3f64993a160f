//! UP0701, UP0702, UP0703: prose and rules that nobody has read together as they are now.

use upheld_document::{Diagnostic, Drift, Words, word_diff};

use crate::review::Reviewed;

/// What a strict check finds besides: clauses that were never reviewed.
pub(super) fn never_reviewed(clauses: &[Reviewed], diagnostics: &mut Vec<Diagnostic>) {
    for clause in clauses.iter().filter(|clause| clause.drift == Drift::NeverReviewed) {
        diagnostics.push(
            Diagnostic::finding("UP0701", format!("nobody has reviewed `{}`", clause.clause)).at(clause.span, "").help(
                "run `upheld review` on this policy: it shows prose and rules together, and notes who accepts them",
            ),
        );
    }
}

pub(super) fn check(clauses: &[Reviewed], diagnostics: &mut Vec<Diagnostic>) {
    for clause in clauses {
        let Some(last) = &clause.last else { continue };
        let when = format!("reviewed on {} by {}", last.on(), last.by());
        let id = &clause.clause;
        let found = match clause.drift {
            Drift::NeverReviewed | Drift::None => continue,
            Drift::Prose => {
                Diagnostic::finding("UP0702", format!("the prose of `{id}` changed since its rules were reviewed"))
                    .at(clause.span, change(last.prose_text(), &clause.prose))
            }
            Drift::Rules => {
                Diagnostic::finding("UP0703", format!("the rules of `{id}` changed since its prose was reviewed"))
                    .at(clause.rules_span, change(last.rules_text(), &clause.rules))
                    .also(clause.span, "the prose that they keep")
            }
            Drift::Both => {
                Diagnostic::finding("UP0702", format!("prose and rules of `{id}` changed since they were reviewed"))
                    .at(clause.span, change(last.prose_text(), &clause.prose))
                    .also(clause.rules_span, change(last.rules_text(), &clause.rules))
            }
        };
        diagnostics
            .push(found.note(when).help("read both, and run `upheld review` on this policy when they say the same"));
    }
}

/// The first words that changed.
fn change(old: &str, new: &str) -> String {
    let mut gone = None;
    for words in word_diff(old, new) {
        match words {
            Words::Gone(words) => gone = Some(short(&words)),
            Words::New(words) => {
                return match gone {
                    Some(gone) => format!("`{gone}` became `{}`", short(&words)),
                    None => format!("`{}` is new", short(&words)),
                };
            }
            Words::Same(_) if gone.is_some() => break,
            Words::Same(_) => {}
        }
    }
    gone.map_or_else(|| "the layout changed".to_owned(), |gone| format!("`{gone}` is gone"))
}

/// At most a handful of words.
fn short(words: &str) -> String {
    let all: Vec<&str> = words.split_whitespace().collect();
    match all.get(..6) {
        Some(first) if all.len() > 6 => format!("{} …", first.join(" ")),
        _ => words.to_owned(),
    }
}
