//! Every question that can be put to either of two policies, by names.

use std::collections::BTreeSet;

use upheld_decide::{Action, Actor, Axis, Compiled, Element, Form, Giver, Ids, OriginId, Purpose, Question, Recipient};
use upheld_policy::model::Model;

/// A name, and its id in each policy.
pub struct Name<const N: usize> {
    pub text: String,
    pub ids: [Option<u16>; N],
}

/// Where a value comes from: at which point, of whom, from whom.
pub struct From<const N: usize> {
    pub point: String,
    pub of: String,
    pub from: String,
    pub ids: [Option<u16>; N],
}

/// Names of some policies. The empty name is what a question leaves unsaid.
pub struct Space<const N: usize> {
    pub data: Vec<Name<N>>,
    pub origins: Vec<From<N>>,
    pub actors: Vec<Name<N>>,
    pub purposes: Vec<Name<N>>,
    pub recipients: Vec<Name<N>>,
    /// For each policy the sizes of groups at which a rule draws a border, and the smallest there is.
    sizes: [BTreeSet<u32>; N],
    /// Forms on every border, and beyond the last.
    pub forms: Vec<Form>,
}

/// A question by places in a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub element: usize,
    pub origin: usize,
    pub actor: usize,
    pub purpose: usize,
    pub action: Action,
    pub form: Form,
    pub recipient: usize,
}

fn names<const N: usize>(axes: [&Axis; N], unsaid: bool) -> Vec<Name<N>> {
    let mut out: Vec<Name<N>> = Vec::new();
    if unsaid {
        out.push(Name { text: String::new(), ids: [Some(0); N] });
    }
    for axis in axes {
        for text in axis.names().filter(|text| !text.is_empty()) {
            if !out.iter().any(|name| name.text == text) {
                out.push(Name { text: text.to_owned(), ids: axes.map(|axis| axis.id(text)) });
            }
        }
    }
    out
}

pub fn giver(model: &Model, giver: Giver) -> String {
    match giver {
        Giver::Themselves => "themselves".to_owned(),
        Giver::Service => "us".to_owned(),
        Giver::Other(kind) => model.names.kinds.name(kind.0).to_owned(),
    }
}

impl<const N: usize> Space<N> {
    pub fn new(models: [&Model; N], tables: [&Compiled; N]) -> Self {
        let axes = |axis: fn(&Model) -> &Axis| models.map(axis);
        let of = |model: &Model, at: usize| {
            let origin = model.names.origins[at];
            let (point, kind) = (model.names.points.name(origin.point.0), model.names.kinds.name(origin.capacity.0));
            (point.to_owned(), kind.to_owned(), giver(model, origin.giver))
        };
        let mut origins: Vec<From<N>> = Vec::new();
        for model in models {
            for at in 1..model.names.origins.len() {
                let (point, kind, from) = of(model, at);
                if !origins.iter().any(|one| one.point == point && one.of == kind && one.from == from) {
                    let ids = models.map(|model| {
                        let same = |at: &usize| of(model, *at) == (point.clone(), kind.clone(), from.clone());
                        (1..model.names.origins.len()).find(same).and_then(|at| u16::try_from(at).ok())
                    });
                    origins.push(From { point, of: kind, from, ids });
                }
            }
        }
        let sizes = tables.map(|compiled| {
            let steps = compiled.table.steps.iter().copied();
            steps.filter(|step| *step > 1).chain([2]).collect::<BTreeSet<u32>>()
        });
        let mut around: BTreeSet<u32> = sizes.iter().flatten().copied().collect();
        around.extend(around.last().map(|last| last + 1));
        let forms = [Form::Identified, Form::Pseudonymous].into_iter().chain(around.into_iter().map(Form::Aggregate));
        Self {
            data: names(axes(|model| &model.names.data), false),
            origins,
            actors: names(axes(|model| &model.names.actors), true),
            purposes: names(axes(|model| &model.names.purposes), true),
            recipients: names(axes(|model| &model.names.recipients), true),
            sizes,
            forms: forms.collect(),
        }
    }

    /// Every question in which disclosures have a recipient, and nothing else has.
    pub fn each(&self, mut ask: impl FnMut(Place)) {
        for element in 0..self.data.len() {
            for origin in 0..self.origins.len() {
                for actor in 0..self.actors.len() {
                    for purpose in 0..self.purposes.len() {
                        for action in Action::ALL {
                            for form in &self.forms {
                                let with = (0..self.recipients.len()).filter(|at| action.discloses() == (*at > 0));
                                for recipient in with {
                                    ask(Place { element, origin, actor, purpose, action, form: *form, recipient });
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The question as one policy has it. None: it has not all of its names.
    pub fn ids(&self, at: Place, policy: usize) -> Option<Ids> {
        Some(Ids {
            action: at.action,
            form: at.form,
            element: Element(self.data[at.element].ids[policy]?),
            origin: OriginId(self.origins[at.origin].ids[policy]?),
            actor: Actor(self.actors[at.actor].ids[policy]?),
            purpose: Purpose(self.purposes[at.purpose].ids[policy]?),
            recipient: Recipient(self.recipients[at.recipient].ids[policy]?),
        })
    }

    /// The place of a question in names. A form stands for all up to the next border.
    pub fn place(&self, question: &Question) -> Place {
        let name = |names: &[Name<N>], text: &str| names.iter().position(|name| name.text == text).unwrap();
        let said = |text: &Option<String>| text.clone().unwrap_or_default();
        let origin = self.origins.iter().position(|one| {
            one.point == said(&question.at) && one.of == said(&question.of) && one.from == said(&question.from)
        });
        Place {
            element: name(&self.data, &question.data[0]),
            origin: origin.unwrap(),
            actor: name(&self.actors, &said(&question.actor)),
            purpose: name(&self.purposes, &said(&question.purpose)),
            action: question.action,
            form: question.form,
            recipient: name(&self.recipients, &said(&question.recipient)),
        }
    }

    /// The border of a form in some of the policies.
    pub fn border(&self, form: Form, policies: &[usize]) -> Form {
        let below = |k: u32| policies.iter().filter_map(|policy| self.sizes[*policy].range(..=k).next_back()).max();
        match form {
            Form::Aggregate(k) => Form::Aggregate(*below(k).unwrap()),
            other => other,
        }
    }
}
