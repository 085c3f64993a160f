//! Names as people read them: the label that the policy gives, else that of the vocabulary, else the name in words.

use std::collections::BTreeSet;

use upheld_decide::{Compiled, Element, Kind, Period, PointId, Purpose, Recipient, Unit};

use crate::model::Model;
use crate::reason::diff::words::grouped;
use crate::vocabulary::{Word, vocabulary};

pub(super) fn spelt(name: &str) -> String {
    name.replace('_', " ")
}

/// With a capital first.
pub(super) fn begun(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn of(label: Option<&str>, word: Option<&Word>, name: &str) -> String {
    label.or_else(|| word.map(|word| word.label.as_str())).map_or_else(|| begun(&spelt(name)), begun)
}

pub(super) fn data(compiled: &Compiled, element: Element) -> String {
    let name = compiled.names.data.name(element.0);
    of(compiled.form(element).label.as_deref(), vocabulary().data.get(name), name)
}

pub(super) fn purpose(compiled: &Compiled, purpose: Purpose) -> String {
    let name = compiled.names.purposes.name(purpose.0);
    let ground = compiled.grounds.iter().find(|ground| ground.purpose == purpose);
    let label = compiled.purpose_labels.get(name).or_else(|| ground.and_then(|ground| ground.label.as_ref()));
    of(label.map(String::as_str), vocabulary().purpose.get(name), name)
}

pub(super) fn recipient(compiled: &Compiled, recipient: Recipient) -> String {
    let name = compiled.names.recipients.name(recipient.0);
    of(compiled.recipient_labels.get(name).map(String::as_str), vocabulary().recipient.get(name), name)
}

/// What a recipient is: the names directly above it.
pub(super) fn sort(model: &Model, recipient: Recipient) -> String {
    let above = model.names.recipients.parents(recipient.0);
    above.iter().map(|id| spelt(model.names.recipients.name(*id))).collect::<Vec<_>>().join(", ")
}

pub(super) fn point(compiled: &Compiled, point: PointId) -> String {
    let name = compiled.names.points.name(point.0);
    let label = compiled.points.iter().find(|known| known.id == point).and_then(|known| known.label.clone());
    label.or_else(|| vocabulary().event.get(name).map(|word| word.label.clone())).unwrap_or_else(|| spelt(name))
}

/// A kind of person, or everybody.
pub(super) fn who(compiled: &Compiled, kind: Option<Kind>) -> String {
    kind.map_or_else(|| "Everybody".to_owned(), |kind| begun(&spelt(compiled.names.kinds.name(kind.0))))
}

pub(super) fn period(period: Period) -> String {
    let unit = match period.unit {
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Year => "year",
    };
    format!("{} {unit}{}", period.count, if period.count == 1 { "" } else { "s" })
}

/// Elements as a list of labels: a group where everything of it that is taken is among them, and `Everything` where all is.
pub(super) fn all_of(compiled: &Compiled, elements: &BTreeSet<Element>, taken: &BTreeSet<Element>) -> Vec<String> {
    if taken.len() > 1 && taken.is_subset(elements) {
        return vec!["Everything that we hold".to_owned()];
    }
    let axis = &compiled.names.data;
    let names = |set: &BTreeSet<Element>| set.iter().map(|element| axis.name(element.0).to_owned()).collect();
    let said = grouped(&[axis], &names(elements), &names(taken));
    said.iter().filter_map(|name| axis.id(name)).map(|id| data(compiled, Element(id))).collect()
}
