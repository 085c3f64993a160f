//! The bases of purposes, what is kept apart, what is held on behalf of others, and where the store is.

use upheld_decide::{Action, ActsFor, Apart, Basis, Element, Purpose, PurposeBasis, Recipient, StorePlace, basis_of};
use upheld_document::{Diagnostic, Span};

use super::names::On;
use super::{Lowering, Numbered};
use crate::model::{Force, Rule, Scope, Who};
use crate::syntax::ast::{Kind, Name};

/// The purpose of whatever is done on behalf of somebody else.
const ON_BEHALF: &str = "on_behalf";

/// What is done with data that is held on behalf of others; greater acts follow from `share`.
const OF_THEIRS: [Action; 3] = [Action::Use, Action::Change, Action::Share];

pub(super) fn bases(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        let Kind::Purpose { names, basis, .. } = &numbered.sentence.kind else { continue };
        if basis.basis.is_none() && basis.compatible_with.is_none() {
            continue;
        }
        let compatible_with = match &basis.compatible_with {
            Some(name) => match lowering.resolver.id(On::Purposes, name) {
                Some(id) => Some(Purpose(id)),
                None => continue,
            },
            None => None,
        };
        for purpose in lowering.resolver.purposes(names) {
            lowering.model.bases.push(PurposeBasis {
                purpose,
                basis: basis.basis,
                record: basis.record.clone(),
                compatible_with,
                sentence: numbered.index,
            });
        }
    }
    inherit(lowering);
}

/// A compatible purpose rests on what the other rests on. Of purposes compatible in a circle none has a basis.
fn inherit(lowering: &mut Lowering<'_>) {
    for _ in 0..lowering.model.bases.len() {
        let known = lowering.model.bases.clone();
        for basis in lowering.model.bases.iter_mut().filter(|basis| basis.basis.is_none()) {
            basis.basis = basis
                .compatible_with
                .and_then(|other| basis_of(&lowering.resolver.names, &known, other))
                .and_then(|other| other.basis);
        }
    }
}

/// The purposes to which people may object: those that they named, each of which must rest on a legitimate interest; or all
/// that do.
pub(super) fn objected(lowering: &mut Lowering<'_>, place: Span, named: &[Name]) -> Vec<Name> {
    let rests = |lowering: &Lowering<'_>, purpose: u16| {
        let found = basis_of(&lowering.resolver.names, &lowering.model.bases, Purpose(purpose));
        found.is_some_and(|found| found.basis == Some(Basis::LegitimateInterest))
    };
    if named.is_empty() {
        let all: Vec<u16> = lowering.model.bases.iter().map(|basis| basis.purpose.0).collect();
        let resting = all.into_iter().filter(|purpose| rests(lowering, *purpose));
        let names: Vec<Name> = resting
            .map(|purpose| Name { text: lowering.resolver.names.purposes.name(purpose).to_owned(), span: place })
            .collect();
        if names.is_empty() {
            lowering.report(
                Diagnostic::error("UP0231", "no purpose rests on a legitimate interest, so there is nothing to object to")
                    .at(place, "")
                    .help("say what a purpose rests on: `purpose analytics, basis legitimate_interest \"assessment 3\"`; or let people refuse"),
            );
        }
        return names;
    }
    let mut out = Vec::new();
    for name in named {
        let Some(purpose) = lowering.resolver.id(On::Purposes, name) else { continue };
        if rests(lowering, purpose) {
            out.push(name.clone());
        } else {
            lowering.report(
                Diagnostic::error("UP0231", format!("`{}` rests on no legitimate interest", name.text))
                    .at(name.span, "one objects to what does")
                    .help("say its basis where it is declared: `, basis legitimate_interest \"assessment 3\"`; or let people refuse it"),
            );
        }
    }
    out
}

/// `together with`, `we act for` and `we store`.
pub(super) fn kept_apart(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        match &numbered.sentence.kind {
            Kind::Apart { verbs, one, other } => {
                let both = one.iter().chain(other).map(|name| name.span).reduce(Span::to);
                let (one, other) = (lowering.resolver.data(one), lowering.resolver.data(other));
                let data = &lowering.resolver.names.data;
                let same = |a: &Element, b: &Element| data.is_within(a.0, b.0) || data.is_within(b.0, a.0);
                if one.iter().any(|a| other.iter().any(|b| same(a, b))) {
                    let error = Diagnostic::error("UP0230", "the same data is on both sides of `together with`");
                    let help = "name two sorts of which neither is below the other: `we never use usage together with contact`";
                    lowering.report(error.at(both.unwrap_or_default(), "").help(help));
                }
                lowering.model.apart.push(Apart { sentence: numbered.index, actions: verbs.clone(), one, other });
            }
            Kind::Store { backup, country, with } => {
                let with = match with {
                    Some(name) => match lowering.resolver.id(On::Recipients, name) {
                        Some(id) => Some(Recipient(id)),
                        None => continue,
                    },
                    None => None,
                };
                let (backup, country) = (*backup, country.clone());
                lowering.model.stores.push(StorePlace { sentence: numbered.index, backup, country, with });
            }
            Kind::ActsFor { data, whose } => acts_for(lowering, numbered.index, data, whose),
            _ => {}
        }
    }
}

/// A promise: what is held on behalf of somebody serves no purpose but what is done on their behalf.
fn acts_for(lowering: &mut Lowering<'_>, sentence: u16, data: &[Name], whose: &Name) {
    let known = lowering.resolver.find(On::Recipients, &whose.text).is_some();
    if !known && lowering.resolver.kind(whose).is_none() {
        return;
    }
    let elements = lowering.resolver.data(data);
    let on_behalf = Name { text: ON_BEHALF.to_owned(), span: whose.span };
    let purposes = lowering.resolver.purposes(&[on_behalf]);
    let rule = |force, scope, children| Rule { sentence, force, scope, when: Vec::new(), children, lock: false };
    let except = rule(Force::Except, Scope { purposes: Some(purposes), ..Scope::default() }, Vec::new());
    let theirs =
        Scope { actions: OF_THEIRS.to_vec(), who: Some(Who::We), data: Some(elements.clone()), ..Scope::default() };
    let never = rule(Force::Never, theirs, vec![except]);
    lowering.model.rules.push(never);
    lowering.model.acts_for.push(ActsFor { sentence, elements, whose: whose.text.clone() });
}
