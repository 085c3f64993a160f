//! What is collected, kept, chosen and asked for.

use std::collections::{BTreeMap, BTreeSet};

use upheld_decide::{Action, Choice, End, Keep, Origin, RelationId, Report, Right};
use upheld_document::Diagnostic;

use super::names::On;
use super::{Lowering, Numbered};
use crate::model::{Collect, GivenBy, KeepRule, ReportRule};
use crate::syntax::ast::{self, DataPhrase, Kind, Name};

/// The acts that a choice over a purpose guards; greater acts follow from `share`.
const GUARDED: [Action; 3] = [Action::Use, Action::Change, Action::Share];

pub(super) fn collects(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    let mut known: BTreeSet<Origin> = BTreeSet::new();
    for numbered in sentences {
        let by = match &numbered.sentence.kind {
            Kind::Cookie(ast::Cookie { by: Some(by), .. }) => {
                match lowering.resolver.recipients(std::slice::from_ref(by)).first() {
                    Some(by) => Some(*by),
                    None => continue,
                }
            }
            _ => None,
        };
        let (may, data, of, from, at, purposes) = match &numbered.sentence.kind {
            Kind::Collect { may, data, of, from, at, purposes } => {
                (*may, data, of.as_ref(), from.as_ref(), at.as_slice(), purposes)
            }
            // What a device keeps was put there by the service.
            Kind::Cookie(cookie) => {
                (true, &cookie.holds, Some(&cookie.of), None, std::slice::from_ref(&cookie.name), &cookie.purposes)
            }
            _ => continue,
        };
        let data = lowering.resolver.data(data);
        let at = lowering.resolver.points(at);
        let purposes = lowering.resolver.purposes(purposes);
        let of_kind = of.and_then(|name| lowering.capacity(name));
        let from_kind = from.and_then(|name| lowering.capacity(name));
        let (capacity, given) = match (of, from, of_kind, from_kind) {
            (None, Some(_), _, Some(giver)) => (giver, GivenBy::Themselves),
            (Some(_), None, Some(kind), _) => (kind, GivenBy::Service),
            (Some(_), Some(_), Some(kind), Some(giver)) if kind == giver => (kind, GivenBy::Themselves),
            (Some(_), Some(_), Some(kind), Some(giver)) => (kind, GivenBy::Kind(giver)),
            _ => continue,
        };
        for point in &at {
            let origin = Origin { point: *point, capacity, giver: given.giver() };
            // Ids have sixteen bits; a table with so many origins is refused later.
            if known.len() < usize::from(u16::MAX) && known.insert(origin) {
                lowering.resolver.names.origins.push(origin);
            }
        }
        lowering.model.collects.push(Collect {
            sentence: numbered.index,
            required: !may,
            data,
            of: capacity,
            from: given,
            at,
            purposes,
            by,
        });
    }
}

pub(super) fn choices(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    let mut next: BTreeMap<String, u32> = BTreeMap::new();
    for numbered in sentences {
        let Kind::Choice(choice) = &numbered.sentence.kind else { continue };
        let kind = match &choice.who {
            Some(name) => match lowering.resolver.kind(name) {
                Some(kind) => Some(kind),
                None => continue,
            },
            None => None,
        };
        let Ok(by) = acts_for(lowering, choice.by.as_ref()) else { continue };
        let giving = lowering.resolver.data(&choice.giving);
        let (actions, data, sets) = match &choice.that {
            Some((verbs, data)) => {
                let data = match data {
                    DataPhrase::Anything => Vec::new(),
                    DataPhrase::Names(names) => lowering.resolver.data(names),
                };
                (verbs.clone(), data, vec![(None, choice.purposes.clone())])
            }
            None => {
                let purposes = match choice.objects {
                    Some(place) => super::bases::objected(lowering, place, &choice.purposes),
                    None => choice.purposes.clone(),
                };
                let each = purposes.iter().map(|name| (Some(name.text.clone()), vec![name.clone()])).collect();
                (GUARDED.to_vec(), Vec::new(), each)
            }
        };
        for (name, purposes) in sets {
            let purposes = lowering.resolver.purposes(&purposes);
            let clause = lowering.model.sentences.get(usize::from(numbered.index)).map(|cited| cited.clause.clone());
            let name = free_name(&mut next, name.or(clause).unwrap_or_default());
            let label = choice.label.clone();
            let (via, giving) = (choice.via.clone(), giving.clone());
            let (actions, data) = (actions.clone(), data.clone());
            let sentence = numbered.index;
            lowering.model.choices.push(Choice {
                name,
                sentence,
                agree: choice.agree,
                kind,
                by,
                purposes,
                another: choice.another,
                data,
                actions,
                via,
                giving,
                label,
            });
        }
    }
}

/// Who acts for the person, if somebody does; an error when nothing declares that relation.
fn acts_for(lowering: &mut Lowering<'_>, by: Option<&Name>) -> Result<Option<RelationId>, ()> {
    match by.and_then(|name| lowering.resolver.relation_of(name)) {
        None => Ok(None),
        Some(known) => known.map(Some).ok_or(()),
    }
}

/// The name itself the first time, then `name-2`, `name-3` … No name and no clause has such an ending of its own.
fn free_name(next: &mut BTreeMap<String, u32>, name: String) -> String {
    let count = next.entry(name.clone()).or_insert(0);
    *count += 1;
    if *count == 1 { name } else { format!("{name}-{count}") }
}

pub(super) fn keeps(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        let Kind::Keep(above) = &numbered.sentence.kind else { continue };
        if let Some(rule) = keep(lowering, numbered, above, None) {
            for child in &numbered.children {
                if let Kind::Keep(below) = &child.sentence.kind
                    && let Some(longer) = keep(lowering, child, below, Some(&rule))
                {
                    lowering.model.keeps.push(longer);
                }
            }
            lowering.model.keeps.push(rule);
        }
    }
    lowering.model.keeps.sort_by_key(|rule| rule.keep.sentence);
}

fn keep(
    lowering: &mut Lowering<'_>,
    numbered: &Numbered<'_>,
    written: &ast::Keep,
    above: Option<&KeepRule>,
) -> Option<KeepRule> {
    let elements = if written.data.is_empty() {
        above.map(|above| above.keep.elements.clone()).unwrap_or_default()
    } else {
        lowering.resolver.data(&written.data)
    };
    let end = match &written.end {
        ast::End::After(period, point) => End::After(*period, event(lowering, point)?),
        ast::End::Until(point) => End::Until(event(lowering, point)?),
        ast::End::While(name) => {
            let kind = lowering.capacity(name)?;
            if !lowering.model.kinds.iter().any(|life| life.kind == kind && !life.ends_at.is_empty()) {
                lowering.report(
                    Diagnostic::error("UP0208", format!("nothing ends `{}`, so the period would never end", name.text))
                        .at(name.span, "")
                        .help(format!("say below `person {}` when one ceases to be one: `ends at leaving`", name.text)),
                );
            }
            End::While(kind)
        }
    };
    let of = written.of.as_ref().filter(|kinds| !kinds.is_empty()).map(|kinds| lowering.capacities(kinds));
    let from = written.from.as_ref().map(|kinds| given_by(lowering, kinds));
    let at = written.at.as_ref().map(|points| lowering.resolver.points(points));
    let inherit = |own: Option<_>, above: Option<_>| own.or(above);
    Some(KeepRule {
        keep: Keep {
            sentence: numbered.index,
            elements,
            origins: Vec::new(),
            end,
            erase_within: written.erase_within,
            longer: written.longer,
            must: written.must,
        },
        of: inherit(of, above.and_then(|above| above.of.clone())),
        from: from.or_else(|| above.and_then(|above| above.from.clone())),
        at: at.or_else(|| above.and_then(|above| above.at.clone())),
    })
}

pub(super) fn event(lowering: &mut Lowering<'_>, name: &Name) -> Option<upheld_decide::PointId> {
    if let Some(id) = lowering.resolver.find(On::Points, &name.text) {
        return Some(id.into());
    }
    lowering.report(
        Diagnostic::error("UP0208", format!("`{}` is no point or event, so the period would never end", name.text))
            .at(name.span, "")
            .help(format!("declare when it happens: `point {} is event`", name.text)),
    );
    None
}

pub(super) fn reports(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        let Kind::Report(written) = &numbered.sentence.kind else { continue };
        let (least, place) = written.least;
        if least < 2 {
            lowering.report(
                Diagnostic::error("UP0207", "a group of one person is no total")
                    .at(place, "")
                    .help("write at least 2; 10 is usual: `as aggregate of 10`"),
            );
        }
        if lowering.model.reports.iter().any(|known| known.report.name == written.name.text) {
            lowering.report(
                Diagnostic::error("UP0102", format!("`{}` is declared twice", written.name.text))
                    .at(written.name.span, "again here")
                    .help("keep one of the two; what the name is stands in one sentence"),
            );
        }
        let counts = lowering.resolver.data(&written.counts);
        let of = written.of.as_ref().filter(|kinds| !kinds.is_empty()).map(|kinds| lowering.capacities(kinds));
        let at = written.at.as_ref().map(|points| lowering.resolver.points(points));
        let report = Report {
            name: written.name.text.clone(),
            sentence: numbered.index,
            counts,
            origins: Vec::new(),
            each: written.each,
            least,
            label: written.label.clone(),
        };
        lowering.model.reports.push(ReportRule { report, of, at });
    }
}

/// `from K, L`; `from us` and `from themselves` have words of their own.
pub(super) fn given_by(lowering: &mut Lowering<'_>, names: &[Name]) -> Vec<GivenBy> {
    names
        .iter()
        .filter_map(|name| match name.text.as_str() {
            "us" => Some(GivenBy::Service),
            "themselves" => Some(GivenBy::Themselves),
            _ => lowering.capacity(name).map(GivenBy::Kind),
        })
        .collect()
}

pub(super) fn rights(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        let Kind::Right(written) = &numbered.sentence.kind else { continue };
        let of = match &written.who {
            Some(name) => match lowering.resolver.kind(name) {
                Some(kind) => Some(kind),
                None => continue,
            },
            None => None,
        };
        let elements = lowering.resolver.data(&written.data);
        let giving = lowering.resolver.data(&written.giving);
        let Ok(by) = acts_for(lowering, written.by.as_ref()) else { continue };
        for kind in &written.rights {
            lowering.model.rights.push(Right {
                sentence: numbered.index,
                kind: *kind,
                of,
                by,
                elements: elements.clone(),
                within: written.within,
                via: written.via.clone(),
                giving: giving.clone(),
                once: written.once,
            });
        }
    }
}
