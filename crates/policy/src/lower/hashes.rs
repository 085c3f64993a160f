//! Data that is held as a hash: compared, never read.

use upheld_decide::{Action, Element};
use upheld_document::Diagnostic;

use super::{Lowering, Numbered};
use crate::model::{Force, Rule, Scope, Shape, Who};
use crate::syntax::ast::Kind;

/// Passes the form on to what stands below, forbids what would hand a hash out, and reports what would have to read one.
pub(super) fn hashes(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    let declared: Vec<(u16, Vec<Element>)> = sentences
        .iter()
        .filter_map(|numbered| match &numbered.sentence.kind {
            Kind::Data(data) if data.hash => Some((numbered.index, lowering.resolver.data(&data.names))),
            _ => None,
        })
        .collect();
    if declared.is_empty() {
        return;
    }
    for (sentence, data) in declared {
        let mut held: Vec<Element> = Vec::new();
        for above in data {
            held.extend(lowering.resolver.names.data.below(above.0).into_iter().map(Element));
        }
        held.sort_unstable();
        held.dedup();
        for element in &held {
            if let Some(form) = lowering.model.forms.get_mut(element.index()) {
                form.hash = true;
            }
        }
        contradictions(lowering, sentence, &held);
        // A lock: it narrows what is permitted of a group above, and is no quarrel with it.
        lowering.model.rules.push(Rule {
            sentence,
            force: Force::Never,
            scope: Scope {
                actions: vec![Action::Share],
                who: Some(Who::We),
                data: Some(held),
                shape: Some(Shape::Aggregate),
                ..Scope::default()
            },
            when: Vec::new(),
            children: Vec::new(),
            lock: true,
        });
    }
    readers(lowering);
}

/// What a declaration says beside `held as hash`.
fn contradictions(lowering: &mut Lowering<'_>, sentence: u16, held: &[Element]) {
    for element in held {
        let Some(form) = lowering.model.forms.get(element.index()) else { continue };
        let said = [
            (form.token, "a token shows its last digits: take out one of the two"),
            (
                form.itemised,
                "of itemised data each value is an item of its own, and a hash is one for each person: take `itemised` out",
            ),
            (
                form.made_from.is_some(),
                "what is made from other data is known to whoever has that: take `made from` out",
            ),
        ];
        for (_, help) in said.into_iter().filter(|(wrong, _)| *wrong) {
            report(lowering, sentence, *element, "cannot be held as a hash too", help);
        }
    }
}

/// Sentences for which a hash would have to be read.
fn readers(lowering: &mut Lowering<'_>) {
    let forms = &lowering.model.forms;
    let is_hash = |element: &Element| forms.get(element.index()).is_some_and(|form| form.hash);
    let model = &lowering.model;
    let mut found: Vec<(u16, Element, &str, &str)> = Vec::new();
    for report in &model.reports {
        for element in report.report.counts.iter().copied().filter(is_hash) {
            found.push((
                report.report.sentence,
                element,
                "is held as a hash and cannot be counted",
                "no two hashes are alike, not even of one word: count something else",
            ));
        }
    }
    let giving = model.choices.iter().map(|choice| (choice.sentence, &choice.giving));
    for (sentence, giving) in giving.chain(model.rights.iter().map(|right| (right.sentence, &right.giving))) {
        for element in giving.iter().copied().filter(is_hash) {
            found.push((
                sentence,
                element,
                "is held as a hash and is not given here",
                "let the service compare it when people sign in, and ask here for what identifies them: `giving email`",
            ));
        }
    }
    for cookie in &model.cookies {
        let here = model.collects.iter().filter(|collect| collect.at.contains(&cookie.point));
        for element in here.flat_map(|collect| &collect.data).copied().filter(is_hash) {
            found.push((
                cookie.sentence,
                element,
                "is held as a hash and cannot lie on a device",
                "let the cookie hold a key of the session: `holds session_key`",
            ));
        }
    }
    for (index, form) in forms.iter().enumerate() {
        let Some(raw) = form.made_from.filter(is_hash) else { continue };
        let declared = model.sentences.iter().position(|sentence| {
            let words = sentence.text.split(|c: char| !c.is_alphanumeric() && c != '_');
            let made = u16::try_from(index).map(|id| lowering.resolver.names.data.name(id).to_owned());
            sentence.text.starts_with("data ") && made.is_ok_and(|made| words.into_iter().any(|word| word == made))
        });
        let sentence = declared.and_then(|index| u16::try_from(index).ok()).unwrap_or_default();
        found.push((
            sentence,
            raw,
            "is held as a hash, and nothing is made from it",
            "whatever was made from it would say something of it: take `made from` out",
        ));
    }
    for rule in &model.rules {
        shared(rule, (&[], None), &is_hash, &mut found);
    }
    for (sentence, element, title, help) in found {
        report(lowering, sentence, element, title, help);
    }
}

/// Permissions that name it to be disclosed. What is said of a group above reaches the rest of the group.
fn shared(
    rule: &Rule,
    (actions, data): (&[Action], Option<&[Element]>),
    is_hash: &impl Fn(&Element) -> bool,
    found: &mut Vec<(u16, Element, &'static str, &'static str)>,
) {
    let actions = if rule.scope.actions.is_empty() { actions } else { &rule.scope.actions };
    let data = rule.scope.data.as_deref().or(data);
    if matches!(rule.force, Force::May | Force::ButMay) && actions.iter().any(|action| action.discloses()) {
        for element in data.into_iter().flatten().copied().filter(is_hash) {
            found.push((
                rule.sentence,
                element,
                "is held as a hash and never handed out",
                "take it out of this sentence; to compare it is to use it: `we may use password for sign_in`",
            ));
        }
    }
    for child in &rule.children {
        shared(child, (actions, data), is_hash, found);
    }
}

fn report(lowering: &mut Lowering<'_>, sentence: u16, element: Element, title: &str, help: &str) {
    let span = lowering.model.spans.get(usize::from(sentence)).copied().unwrap_or_default();
    let name = lowering.resolver.names.data.name(element.0).to_owned();
    lowering.report(Diagnostic::error("UP0240", format!("`{name}` {title}")).at(span, "").help(help));
}
