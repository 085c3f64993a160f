//! UP0406: a name that is declared and that nothing names. UP0407: a role without work.

use std::collections::BTreeSet;

use upheld_decide::{Axis, Element, PointKind};
use upheld_document::{Diagnostic, Span};

use super::{Checked, Words, each};
use crate::compile::Reach;
use crate::syntax::ast::{Kind, Name};

/// What the sentences name.
#[derive(Default)]
struct Named {
    /// Anywhere, the declaration of a name included.
    anywhere: Words,
    /// In sentences that do something: they speak of the names below, too.
    in_deeds: BTreeSet<String>,
}

/// Gives the names of purposes and grounds that nothing names.
pub(super) fn check(checked: &Checked<'_>, reach: &Reach<'_>, diagnostics: &mut Vec<Diagnostic>) -> BTreeSet<String> {
    let mut named = Named::default();
    each(checked.sentences, &mut |sentence| {
        let declares = matches!(
            sentence.kind,
            Kind::Data(_)
                | Kind::Person { .. }
                | Kind::Purpose { .. }
                | Kind::Recipient { .. }
                | Kind::Point { .. }
                | Kind::Ground { .. }
                | Kind::Open { .. }
        );
        for (word, places) in checked.words(sentence.span) {
            if !declares {
                named.in_deeds.insert(word.clone());
            }
            named.anywhere.entry(word).or_default().extend(places);
        }
    });
    let names = &checked.model.names;
    let mut out = BTreeSet::new();
    each(checked.sentences, &mut |sentence| match &sentence.kind {
        Kind::Data(data) => {
            for name in data.names.iter().filter(|name| !named.names(&names.data, name)) {
                if !names.data.id(&name.text).is_some_and(|id| reach.is_collected(Element(id))) {
                    diagnostics.push(unused("data", name, "say where it is collected, or take it out"));
                }
            }
        }
        Kind::Person { names: kinds, .. } => {
            for name in kinds.iter().filter(|name| !named.names(&names.kinds, name)) {
                diagnostics.push(unused("kind of person", name, "say what is collected of them, or take it out"));
            }
        }
        Kind::Purpose { names: purposes, .. } | Kind::Ground { names: purposes, .. } => {
            for name in purposes.iter().filter(|name| !named.names(&names.purposes, name)) {
                out.insert(name.text.clone());
                let what = if matches!(sentence.kind, Kind::Ground { .. }) { "ground" } else { "purpose" };
                diagnostics.push(unused(what, name, "say what is permitted for it, or take it out"));
            }
        }
        Kind::Recipient { names: recipients, .. } => {
            for name in recipients.iter().filter(|name| !named.names(&names.recipients, name)) {
                diagnostics.push(unused("recipient", name, "say what is shared with them, or take it out"));
            }
        }
        Kind::Point { names: points, kind, .. } => {
            // A form may ask for age and region, which no sentence names.
            let asks = *kind == PointKind::Form && !names.brackets.is_empty();
            for name in points.iter().filter(|name| !asks && !named.is_said(name)) {
                diagnostics.push(unused("point", name, "say what is collected there or ends there, or take it out"));
            }
        }
        Kind::Relation { names: relations, .. } => {
            for name in relations.iter().filter(|name| !named.is_said(name)) {
                diagnostics.push(unused("relation", name, "say what they may, or take it out"));
            }
        }
        Kind::Role { names: roles, works_on, .. } if works_on.is_empty() => {
            for name in roles.iter().filter(|name| !named.is_said(name) && !works(checked, name)) {
                diagnostics.push(
                    Diagnostic::finding("UP0407", format!("the role `{}` works on nothing", name.text))
                        .at(name.span, "no other sentence names it")
                        .help("say its work: `works on PURPOSE`; or take it out"),
                );
            }
        }
        _ => {}
    });
    out
}

impl Named {
    /// Whether the name stands anywhere but in its own declaration.
    fn is_said(&self, name: &Name) -> bool {
        let elsewhere = |place: &&Span| place.start != name.span.start;
        self.anywhere.get(&name.text).is_some_and(|places| places.iter().find(elsewhere).is_some())
    }

    /// Whether it, or a name above it in a sentence that does something, is said.
    fn names(&self, axis: &Axis, name: &Name) -> bool {
        let above = axis.id(&name.text).map(|id| axis.above(id)).unwrap_or_default();
        self.is_said(name) || above.into_iter().any(|id| self.in_deeds.contains(axis.name(id)))
    }
}

/// Whether a role has work from a role above it.
fn works(checked: &Checked<'_>, name: &Name) -> bool {
    let actors = &checked.model.names.actors;
    let above = actors.id(&name.text).map(|id| actors.above(id)).unwrap_or_default();
    above.into_iter().any(|id| checked.model.works_on.get(usize::from(id)).is_some_and(|works| !works.is_empty()))
}

fn unused(what: &str, name: &Name, help: &str) -> Diagnostic {
    Diagnostic::finding("UP0406", format!("the {what} `{}` is declared and never used", name.text))
        .at(name.span, "no sentence names it, or a name above it")
        .help(help)
}
