//! What people are told, and what waits until they were.

use upheld_decide::{Kind as Person, Notice, Telling};
use upheld_document::{Diagnostic, nearest};

use super::duties::event;
use super::rules::{conditions, scope};
use super::{Lowering, Numbered};
use crate::model::{About, Condition, Force, Rule, Scope};
use crate::syntax::ast::{Kind, Name, Phrases};

pub(super) fn notices(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        let Kind::Notice { names, label } = &numbered.sentence.kind else { continue };
        for name in names {
            if lowering.model.notices.iter().any(|known| known.name == name.text) {
                lowering.report(
                    Diagnostic::error("UP0102", format!("`{}` is declared twice", name.text))
                        .at(name.span, "again here")
                        .help("keep one of the two; what the name is stands in one sentence"),
                );
            } else {
                lowering.model.notices.push(Notice { name: name.text.clone(), label: label.clone() });
            }
        }
    }
}

pub(super) fn gates(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        match &numbered.sentence.kind {
            Kind::Gate { of, notice, phrases } => gate(lowering, numbered.index, of, notice, phrases),
            Kind::Telling { of, notice, within, after } => {
                let of = lowering.resolver.kinds(of);
                let (notice, after) = (find(lowering, notice), event(lowering, after));
                if let (Some(notice), Some(after)) = (notice, after) {
                    let telling = Telling { sentence: numbered.index, notice, of, within: *within, after };
                    lowering.model.tellings.push(telling);
                }
            }
            _ => {}
        }
    }
}

fn find(lowering: &mut Lowering<'_>, name: &Name) -> Option<u16> {
    let notices = &lowering.model.notices;
    let found = notices.iter().position(|notice| notice.name == name.text).and_then(|at| u16::try_from(at).ok());
    if found.is_none() {
        let near = nearest(&name.text, notices.iter().map(|notice| notice.name.as_str())).map(str::to_owned);
        let error = Diagnostic::error("UP0101", format!("`{}` is no notice of this policy", name.text));
        let error = error.at(name.span, "");
        lowering.report(match near {
            Some(near) => error.suggest(format!("did you mean `{near}`?"), name.span, near),
            None => error.help(format!("declare it: `notice {} \"What it says\"`", name.text)),
        });
    }
    found
}

/// What waits for a notice is forbidden, unless the person was told. As with what people may agree to, it is guarded for data taken
/// of such a person, and for other data while they are, or may be, one.
fn gate(lowering: &mut Lowering<'_>, sentence: u16, of: &[Name], notice: &Name, phrases: &Phrases) {
    let kinds = lowering.resolver.kinds(of);
    let scope = scope(lowering, Force::Never, None, phrases);
    let when = phrases.condition.as_ref().map(|condition| conditions(lowering, condition)).unwrap_or_default();
    if let Some(place) = phrases.once {
        lowering.report(
            Diagnostic::error("UP0226", "`once` stands in a permission to use or to disclose only")
                .at(place, "")
                .help("take it out: whoever was told once was told"),
        );
    }
    if phrases.only.is_some() {
        let place = lowering.model.spans.get(usize::from(sentence)).copied().unwrap_or_default();
        lowering.report(
            Diagnostic::error("UP0227", "`only` cannot stand in what waits for a notice")
                .at(place, "")
                .help("say the lock in a sentence of its own: `we use payment only for payment_processing`"),
        );
    }
    let Some(notice) = find(lowering, notice) else { return };
    let untold = Condition { about: About::Notified(notice), holds: false };
    let guard = |scope: Scope, more: Option<Person>| {
        let mut all = if when.is_empty() { vec![Vec::new()] } else { when.clone() };
        for one in &mut all {
            one.extend(more.map(|kind| Condition { about: About::Is(kind), holds: true }));
            one.push(untold);
        }
        Rule { sentence, force: Force::Never, scope, when: all, children: Vec::new(), lock: false }
    };
    if kinds.is_empty() {
        lowering.model.rules.push(guard(scope, None));
        return;
    }
    for kind in kinds {
        let begun = lowering.model.kinds.iter().any(|life| life.kind == kind && !life.begins_at.is_empty());
        let begins = begun || lowering.resolver.names.brackets.of(kind).is_some();
        let names = &lowering.resolver.names;
        let taken = names.origins.iter().skip(1).any(|origin| names.kinds.is_within(origin.capacity.0, kind.0));
        let said = scope.of.is_some();
        if !said && (taken || !begins) {
            lowering.model.rules.push(guard(Scope { of: Some(vec![kind]), ..scope.clone() }, None));
        }
        if said || begins {
            lowering.model.rules.push(guard(scope.clone(), begins.then_some(kind)));
        }
    }
}
