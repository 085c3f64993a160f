//! What is sealed until somebody else has agreed. A seal permits nothing: it is collected when it is opened, by a sentence of its
//! own, or it is gone.

use upheld_decide::{Kind as Person, PointId, PointKind, Seal};
use upheld_document::{Diagnostic, Span};

use super::rules::about;
use super::{Lowering, Numbered};
use crate::model::About;
use crate::syntax::ast::{self, Kind, Name};

pub(super) fn seals(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        let Kind::Seal(written) = &numbered.sentence.kind else { continue };
        let elements = lowering.resolver.data(&written.data);
        let of = lowering.resolver.kind(&written.of);
        let at = lowering.resolver.points(std::slice::from_ref(&written.at)).first().copied();
        let then = lowering.resolver.points(std::slice::from_ref(&written.then)).first().copied();
        let until = about(lowering, &written.until);
        let (Some(of), Some(at), Some(then), Some(until)) = (of, at, then, until) else { continue };
        let Some(until) = opened_by(lowering, written, of, until) else { continue };
        let seal = Seal { sentence: numbered.index, elements, of, at, until, at_most: written.at_most, then };
        if can_seal(lowering, written, &seal) && can_open(lowering, written, &seal) {
            lowering.model.seals.push(seal);
        }
    }
}

/// The choice that opens it: an agreement, made by somebody else for such a person.
fn opened_by(lowering: &mut Lowering<'_>, written: &ast::Seal, of: Person, until: About) -> Option<u16> {
    let kinds = &lowering.resolver.names.kinds;
    let why = match until {
        About::Agreed(index) => match lowering.model.choices.get(usize::from(index)) {
            Some(choice) if choice.by.is_none() => {
                "a seal waits for somebody else: who typed it could agree at once, and it need not be sealed"
            }
            Some(choice) if choice.kind.is_some_and(|kind| !kinds.is_within(of.0, kind.0)) => {
                "the choice is not made for the people whose data this is, so the seal would never open"
            }
            _ => return Some(index),
        },
        _ => "a seal opens when somebody agrees, and not by what somebody is, refuses or hears",
    };
    lowering.report(Diagnostic::error("UP0256", why).at(written.until_at, "").help(
        "name a choice that another makes for them: `until their guardian has agreed to young_account`, \
         and offer it: `their guardian may agree to young_account of child via letter`",
    ));
    None
}

/// Whether the point can seal it: it does not take the same data, seals by this sentence only, and is none of a device.
fn can_seal(lowering: &mut Lowering<'_>, written: &ast::Seal, seal: &Seal) -> bool {
    let names = &lowering.resolver.names;
    let model = &lowering.model;
    let point = |id: PointId| model.points.iter().find(|point| point.id == id).map(|point| point.kind);
    let together = |one: u16, other: u16| names.data.is_within(one, other) || names.data.is_within(other, one);
    let taken = model.collects.iter().filter(|collect| collect.at.contains(&seal.at)).find_map(|collect| {
        let sealed = |data: u16| seal.elements.iter().any(|element| together(data, element.0));
        collect.data.iter().find(|data| sealed(data.0))
    });
    let itemised = |element: u16| {
        let below = names.data.below(element);
        below.into_iter().any(|id| model.forms.get(usize::from(id)).is_some_and(|form| form.itemised))
    };
    let browser = [(seal.at, &written.at), (seal.then, &written.then)];
    let browser = browser.into_iter().find(|(id, _)| point(*id) == Some(PointKind::Browser));
    let problem: Option<(String, Span, &str)> = if let Some(data) = taken {
        let text = format!("`{}` takes in `{}` as well", written.at.text, names.data.name(data.0));
        Some((
            text,
            written.at.span,
            "what a point seals it does not take in; collect it at the point after `then collect at`",
        ))
    } else if model.seals.iter().any(|other| other.at == seal.at) {
        let text = format!("`{}` seals by another sentence already", written.at.text);
        Some((
            text,
            written.at.span,
            "say all that it seals in one sentence: what is sealed together is opened together",
        ))
    } else if let Some((_, name)) = browser {
        let text = format!("`{}` lies on a device", name.text);
        Some((text, name.span, "name a form or an event"))
    } else {
        let name = written.data.iter().zip(&seal.elements).find(|(_, element)| itemised(element.0));
        name.map(|(name, _)| {
            let text = format!("`{}` is itemised", name.text);
            (text, name.span, "what is sealed belongs to a person and not to an item; take it out here")
        })
    };
    let Some((text, span, help)) = problem else { return true };
    lowering.report(Diagnostic::error("UP0257", text).at(span, "").help(help));
    false
}

/// Whether it can be opened: collect sentences take all of it at the other point, of such a person, and nothing there is insisted
/// on that nobody gives then.
fn can_open(lowering: &mut Lowering<'_>, written: &ast::Seal, seal: &Seal) -> bool {
    let names = &lowering.resolver.names;
    let data = &names.data;
    let related = |kind: Person| names.kinds.is_within(kind.0, seal.of.0) || names.kinds.is_within(seal.of.0, kind.0);
    let there: Vec<_> = lowering
        .model
        .collects
        .iter()
        .filter(|collect| collect.at.contains(&seal.then) && related(collect.of))
        .collect();
    let is_taken = |id: u16| there.iter().any(|collect| collect.data.iter().any(|name| data.is_within(id, name.0)));
    let alone = |id: &u16| data.below(*id).into_iter().all(|below| below == *id);
    let not_taken = |(_, element): &(&Name, &upheld_decide::Element)| {
        !data.below(element.0).into_iter().filter(alone).all(is_taken)
    };
    let missing = written.data.iter().zip(&seal.elements).find(not_taken).map(|(name, _)| name);
    let sealed = |id: u16| seal.elements.iter().any(|element| data.is_within(id, element.0));
    let insisted = there.iter().filter(|collect| collect.required).flat_map(|collect| &collect.data);
    let insisted = insisted.map(|element| element.0).find(|id| !sealed(*id)).map(|id| data.name(id).to_owned());
    let (text, span, help) = if let Some(name) = missing {
        (
            format!("`{}` would never be collected", name.text),
            name.span,
            format!(
                "say where it is taken in once the seal is open: `we may collect {} from {} at {} for …`",
                name.text, written.of.text, written.then.text
            ),
        )
    } else if let Some(name) = insisted {
        (
            format!("the seal would never open: `{}` insists on `{name}`, which nobody gives then", written.then.text),
            written.then.span,
            format!("let it be missing there: `we may collect {name} …`, or open the seal at a point of its own"),
        )
    } else {
        return true;
    };
    lowering.report(Diagnostic::error("UP0255", text).at(span, "").help(help));
    false
}
