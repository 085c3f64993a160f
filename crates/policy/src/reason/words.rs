//! A question in words.

use upheld_decide::{Form, Question};

/// Such as: may `desk` share `email` of `customer`, taken at `sign_up`, with `courier` for `delivery`?
#[must_use]
pub fn question(question: &Question) -> String {
    let who = question.actor.as_deref().map_or_else(|| "anyone".to_owned(), |actor| format!("`{actor}`"));
    let data: Vec<String> = question.data.iter().map(|name| format!("`{name}`")).collect();
    let mut out = format!("may {who} {} {}", question.action.word(), data.join(", "));
    if let Some(kind) = &question.of {
        out.push_str(&format!(" of `{kind}`"));
    }
    if let Some(point) = &question.at {
        out.push_str(&format!(", taken at `{point}`,"));
    }
    match question.form {
        Form::Identified => {}
        Form::Pseudonymous => out.push_str(" as pseudonym"),
        Form::Aggregate(k) => out.push_str(&format!(" as aggregate of {k}")),
    }
    for (word, name) in [("with", &question.recipient), ("for", &question.purpose), ("on", &question.on)] {
        if let Some(name) = name {
            out.push_str(&format!(" {word} `{name}`"));
        }
    }
    let known = |(word, holds): (&String, &bool)| if *holds { format!("`{word}`") } else { format!("not `{word}`") };
    let facts: Vec<String> = question.facts.iter().map(known).collect();
    if !facts.is_empty() {
        out.push_str(&format!(", when it is known: {}", facts.join(", ")));
    }
    out.push('?');
    out
}
