//! Data in whose values other data never appears.

use upheld_decide::Element;
use upheld_document::Diagnostic;

use super::names::On;
use super::{Lowering, Numbered};
use crate::recognise;
use crate::syntax::ast::{Kind, Name};

/// Notes what is taken out of which data, and of what stands below it.
pub(super) fn without(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        let Kind::Data(data) = &numbered.sentence.kind else { continue };
        let taken_out: Vec<Element> = data.without.iter().filter_map(|name| told(lowering, name)).collect();
        for name in &data.names {
            let Some(id) = lowering.resolver.find(On::Data, &name.text) else { continue };
            for below in lowering.resolver.names.data.below(id) {
                let Some(form) = lowering.model.forms.get_mut(usize::from(below)) else { continue };
                let new: Vec<Element> = taken_out.iter().copied().filter(|one| !form.without.contains(one)).collect();
                form.without.extend(new);
                let hash = form.hash;
                if let Some(first) = data.without.first().filter(|_| hash) {
                    lowering.report(
                        Diagnostic::error(
                            "UP0241",
                            format!("`{}` is held as a hash, and nothing is looked for in it", name.text),
                        )
                        .at(first.span, "")
                        .help("take out one of the two: `held as hash`, or `without`"),
                    );
                    break;
                }
            }
        }
    }
}

/// An element that can be told in a text; one that cannot is reported.
fn told(lowering: &mut Lowering<'_>, name: &Name) -> Option<Element> {
    let id = lowering.resolver.id(On::Data, name)?;
    if recognise::NAMES.contains(&name.text.as_str()) {
        return Some(Element(id));
    }
    let those = recognise::NAMES.map(|name| format!("`{name}`")).join(", ");
    lowering.report(
        Diagnostic::error("UP0241", format!("`{}` cannot be told in a text", name.text))
            .at(name.span, "")
            .help(format!("what can be told surely is {those}")),
    );
    None
}
