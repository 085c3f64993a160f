//! Everything beside the table: points with what they take, kept periods, rights, who works on what.

use upheld_decide::{Compiled, Element, Fact, OriginId, Table, Taken};

use super::region::{Reading, Space};
use crate::model::Model;

impl Model {
    /// How a fact is called in questions and answers.
    #[must_use]
    pub fn fact_word(&self, fact: Fact) -> String {
        let choice =
            |index: u16| self.choices.get(usize::from(index)).map(|choice| choice.name.as_str()).unwrap_or_default();
        match fact {
            Fact::Is(kind) => self.names.kinds.name(kind.0).to_owned(),
            Fact::Agreed(index) => format!("agreed {}", choice(index)),
            Fact::Refused(index) => format!("refused {}", choice(index)),
            Fact::On(ground) => format!("on {}", self.names.grounds.name(ground.0)),
            Fact::Notified(index) => {
                let name = self.notices.get(usize::from(index)).map(|notice| notice.name.as_str());
                format!("notified {}", name.unwrap_or_default())
            }
        }
    }
}

pub(super) fn compiled(space: &Space<'_>, table: Table, facts: Vec<Fact>) -> Compiled {
    let model = space.model;
    let names = &model.names;
    let below = |elements: &[Element]| -> Vec<Element> {
        let set = space.data(elements);
        names.data.ids().filter(|id| set.has(usize::from(*id))).map(Element).collect()
    };
    let mut points = model.points.clone();
    for collect in &model.collects {
        for point in &collect.at {
            let origin = names.origins.iter().enumerate().skip(1).find(|(_, origin)| {
                origin.point == *point && origin.capacity == collect.of && origin.giver == collect.from.giver()
            });
            let (Some(place), Some((origin, _))) = (points.get_mut(point.index()), origin) else { continue };
            let Ok(origin) = u16::try_from(origin) else { continue };
            for element in below(&collect.data) {
                place.takes.push(Taken {
                    element,
                    required: collect.required && collect.data.contains(&element),
                    origin: OriginId(origin),
                    purposes: collect.purposes.clone(),
                    sentence: collect.sentence,
                });
            }
        }
    }
    let keeps = model
        .keeps
        .iter()
        .map(|rule| {
            let mut keep = rule.keep.clone();
            keep.elements = below(&keep.elements);
            // A keep closes: it reaches every origin that it does not leave out, those given by others too.
            let origins = space.origins(rule.of.as_deref(), rule.from.as_deref(), rule.at.as_deref(), Reading::Closes);
            keep.origins = origins
                .iter()
                .filter(|index| *index > 0)
                .filter_map(|index| u16::try_from(index).ok())
                .map(OriginId)
                .collect();
            keep
        })
        .collect();
    let grounds = model
        .grounds
        .iter()
        .map(|ground| {
            let mut ground = ground.clone();
            for hold in &mut ground.holds {
                hold.elements = below(&hold.elements);
            }
            ground
        })
        .collect();
    let rights = model
        .rights
        .iter()
        .map(|right| {
            let mut right = right.clone();
            right.elements = if !right.kind.reaches_data() {
                Vec::new()
            } else if right.elements.is_empty() {
                names.data.ids().map(Element).collect()
            } else {
                below(&right.elements)
            };
            right
        })
        .collect();
    let reports = model
        .reports
        .iter()
        .map(|rule| {
            let origins = space.origins(rule.of.as_deref(), None, rule.at.as_deref(), Reading::Opens);
            let origins = origins.iter().filter_map(|index| u16::try_from(index).ok()).map(OriginId).collect();
            upheld_decide::Report { origins, ..rule.report.clone() }
        })
        .collect();
    let seals = model
        .seals
        .iter()
        .map(|seal| upheld_decide::Seal { elements: below(&seal.elements), ..seal.clone() })
        .collect();
    let side = |elements: &[Element]| -> Vec<Element> {
        let mut set = space.data(elements);
        let under: Vec<Element> = set.iter().filter_map(|at| u16::try_from(at).ok()).map(Element).collect();
        set.add(&space.above(&under));
        set.iter().filter_map(|at| u16::try_from(at).ok()).map(Element).collect()
    };
    let apart = model
        .apart
        .iter()
        .map(|apart| upheld_decide::Apart { one: side(&apart.one), other: side(&apart.other), ..apart.clone() })
        .collect();
    let acts_for = model
        .acts_for
        .iter()
        .map(|acts| upheld_decide::ActsFor { elements: below(&acts.elements), ..acts.clone() })
        .collect();
    let origins_by_element = origins_by_element(space);
    let works_on = (0..space.actors)
        .map(|actor| {
            names
                .purposes
                .ids()
                .filter(|purpose| space.works_on(actor, usize::from(*purpose)))
                .map(Into::into)
                .collect()
        })
        .collect();
    Compiled {
        header: model.header.clone(),
        names: names.clone(),
        sentences: model.sentences.clone(),
        facts,
        table,
        forms: model.forms.clone(),
        points,
        keeps,
        choices: model.choices.clone(),
        rights,
        reports,
        bases: model.bases.clone(),
        apart,
        acts_for,
        stores: model.stores.clone(),
        whereabouts: model.whereabouts.clone(),
        transfers: model.transfers.clone(),
        cookies: model.cookies.clone(),
        relations: model.relations.clone(),
        grounds,
        kinds: model.kinds.clone(),
        works_on,
        programs: model.programs.clone(),
        origins_by_element,
        versions: model.versions.clone(),
        once: model.once.clone(),
        notices: model.notices.clone(),
        tellings: model.tellings.clone(),
        seals,
        acceptances: model.acceptances.clone(),
        purpose_labels: model.purpose_labels.clone(),
        recipient_labels: model.recipient_labels.clone(),
    }
}

/// For each name the origins at which any collect sentence takes it, a group above it, or a name below it.
pub(super) fn origins_by_element(space: &Space<'_>) -> Vec<Vec<OriginId>> {
    let mut out: Vec<Vec<OriginId>> = vec![Vec::new(); space.elements];
    for (index, origin) in (0..).zip(&space.model.names.origins).skip(1) {
        let taken = space.model.collects.iter().filter(|collect| {
            collect.at.contains(&origin.point) && collect.of == origin.capacity && collect.from.giver() == origin.giver
        });
        let data: Vec<Element> = taken.flat_map(|collect| &collect.data).copied().collect();
        let mut related = space.data(&data);
        related.add(&space.above(&data));
        for element in related.iter() {
            if let Some(origins) = out.get_mut(element) {
                origins.push(OriginId(index));
            }
        }
    }
    out
}
