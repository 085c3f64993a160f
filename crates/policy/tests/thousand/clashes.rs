//! Permissions that meet promises (a lock is none, nor what is kept apart): every pair that the plain reading finds is reported, none besides, and the question that
//! a report shows is one on which the two disagree.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use upheld_decide::{Action, Actor, Compiled, Element, Fact, Form, Giver, Ids, OriginId, Purpose, Question, Recipient};
use upheld_document::Diagnostic;
use upheld_policy::model::Model;

use crate::ask;
use crate::draw::{self, Sizes};
use crate::reading::{Asked, Facts, Reading};

const POLICIES: u32 = 120;

/// Every question of a small model.
fn questions(model: &Model) -> Vec<Ids> {
    let names = &model.names;
    // Group sizes on both sides of every border.
    let forms = [
        Form::Identified,
        Form::Pseudonymous,
        Form::Aggregate(2),
        Form::Aggregate(3),
        Form::Aggregate(5),
        Form::Aggregate(6),
        Form::Aggregate(10),
        Form::Aggregate(11),
    ];
    let mut out = Vec::new();
    // In the order in which the smallest one is looked for.
    for (element, origin) in
        names.data.ids().flat_map(|element| (1..names.origins.len()).map(move |origin| (element, origin)))
    {
        for (actor, purpose) in
            names.actors.ids().flat_map(|actor| names.purposes.ids().map(move |purpose| (actor, purpose)))
        {
            for action in Action::ALL {
                for form in forms {
                    for recipient in names.recipients.ids().filter(|id| action.discloses() == (*id > 0)) {
                        out.push(Ids {
                            action,
                            actor: Actor(actor),
                            element: Element(element),
                            origin: OriginId(u16::try_from(origin).unwrap()),
                            form,
                            purpose: Purpose(purpose),
                            recipient: Recipient(recipient),
                        });
                    }
                }
            }
        }
    }
    out
}

/// Every state of the facts that somebody can be in, all of it known.
pub fn people(model: &Model, facts: &[Fact]) -> Vec<Facts> {
    (0..1_u32 << facts.len())
        .map(|bits| facts.iter().zip(0..).map(|(fact, at)| (*fact, bits & (1 << at) != 0)).collect::<Facts>())
        .filter(|state| exists(model, state))
        .collect()
}

fn exists(model: &Model, state: &Facts) -> bool {
    let has = |fact: Fact| state.get(&fact) == Some(&true);
    let kinds = &model.names.kinds;
    let grounds = &model.names.grounds;
    let closed = kinds.ids().all(|kind| {
        !has(Fact::Is(upheld_decide::Kind(kind)))
            || kinds.parents(kind).iter().all(|above| has(Fact::Is(upheld_decide::Kind(*above))))
    });
    let cases = grounds.ids().all(|ground| {
        !has(Fact::On(upheld_decide::GroundId(ground)))
            || grounds.parents(ground).iter().all(|above| has(Fact::On(upheld_decide::GroundId(*above))))
    });
    let choices =
        (0..).zip(&model.choices).all(|(choice, _)| !(has(Fact::Agreed(choice)) && has(Fact::Refused(choice))));
    closed && cases && choices
}

/// Pairs of a permission and a prohibition that stands whenever the permission holds, each with the fewest facts that the
/// permission asks for where they meet.
fn clashes(model: &Model) -> BTreeMap<(u16, u16), usize> {
    let reading = Reading { model };
    let people = people(model, &ask::facts(model));
    let mut out: BTreeMap<(u16, u16), usize> = BTreeMap::new();
    for question in questions(model) {
        for opening in reading.openings(&question) {
            for all in &opening.when {
                let all: BTreeSet<Asked> = all.iter().copied().collect();
                let who = people.iter().filter(|state| all.iter().all(|(fact, holds)| state.get(fact) == Some(holds)));
                let mut always: Option<BTreeSet<u16>> = None;
                for state in who {
                    let here = reading.prohibiting(&question, state);
                    always = Some(match always {
                        Some(before) => before.intersection(&here).copied().collect(),
                        None => here,
                    });
                    if always.as_ref().is_some_and(BTreeSet::is_empty) {
                        break;
                    }
                }
                let locks = |never: &u16| {
                    model.rules.iter().any(|rule| rule.lock && rule.sentence == *never)
                        || model.apart.iter().any(|apart| apart.sentence == *never)
                };
                for never in always.into_iter().flatten().filter(|never| !locks(never)) {
                    let least = out.entry((opening.sentence, never)).or_insert(usize::MAX);
                    *least = (*least).min(all.len());
                }
            }
        }
    }
    out
}

/// The sentences of a report.
fn pair(model: &Model, report: &Diagnostic) -> (u16, u16) {
    let sentence = |primary: bool| {
        let label = report.labels.iter().find(|label| label.primary == primary).unwrap();
        u16::try_from(model.spans.iter().position(|span| *span == label.span).unwrap()).unwrap()
    };
    (sentence(true), sentence(false))
}

/// The question of a report, as ids and facts.
fn shown(model: &Model, report: &Diagnostic) -> (Ids, Facts) {
    let json =
        report.notes.iter().find_map(|note| note.strip_prefix("as `upheld decide --question` reads it: ")).unwrap();
    ids(model, &serde_json::from_str(json).unwrap())
}

/// A question about a single name, as ids and facts.
pub fn ids(model: &Model, question: &Question) -> (Ids, Facts) {
    let names = &model.names;
    let point = names.points.id(question.at.as_deref().unwrap()).unwrap();
    let capacity = names.kinds.id(question.of.as_deref().unwrap()).unwrap();
    let giver = match question.from.as_deref().unwrap() {
        "themselves" => Giver::Themselves,
        "us" => Giver::Service,
        other => Giver::Other(upheld_decide::Kind(names.kinds.id(other).unwrap())),
    };
    let origin = (1..names.origins.len())
        .find(|at| {
            let origin = names.origins[*at];
            origin.point.0 == point && origin.capacity.0 == capacity && origin.giver == giver
        })
        .unwrap();
    let ids = Ids {
        action: question.action,
        actor: question.actor.as_ref().map_or(Actor::UNSAID, |name| Actor(names.actors.id(name).unwrap())),
        element: Element(names.data.id(&question.data[0]).unwrap()),
        origin: OriginId(u16::try_from(origin).unwrap()),
        form: question.form,
        purpose: question.purpose.as_ref().map_or(Purpose::UNSAID, |name| Purpose(names.purposes.id(name).unwrap())),
        recipient: question
            .recipient
            .as_ref()
            .map_or(Recipient::NOBODY, |name| Recipient(names.recipients.id(name).unwrap())),
    };
    let all = ask::facts(model);
    let facts = question.facts.iter().map(|(word, holds)| {
        let fact = all.iter().find(|fact| model.fact_word(**fact) == *word).unwrap();
        (*fact, *holds)
    });
    (ids, facts.collect())
}

#[test]
fn every_clash_is_reported_and_shown() {
    let mut runner = TestRunner::new(Config { cases: POLICIES, failure_persistence: None, ..Config::default() });
    let seen = std::cell::RefCell::new((0, 0));
    runner
        .run(&draw::draft(Sizes::TINY), |draft| {
            let model = super::model(&draft);
            let (compiled, diagnostics): (Compiled, _) = upheld_policy::compile(&model);
            let reading = Reading { model: &model };
            let reports: Vec<&Diagnostic> = diagnostics.iter().filter(|one| one.code == "UP0301").collect();
            let expected = clashes(&model);
            let reported: BTreeSet<(u16, u16)> = reports.iter().map(|report| pair(&model, report)).collect();
            prop_assert_eq!(&reported, &expected.keys().copied().collect(), "reported, and there\n{:?}", &draft);
            for report in reports {
                let (permission, never) = pair(&model, report);
                let (question, facts) = shown(&model, report);
                let ruling = reading.ask(&question, &facts);
                let text = || format!("{question:?}\n{facts:?}\n{ruling:?}\n{draft:?}");
                prop_assert!(ruling.permitting.contains(&permission), "is permitted: {}", text());
                prop_assert!(ruling.prohibiting.contains(&never), "is forbidden: {}", text());
                prop_assert_eq!(Some(&facts.len()), expected.get(&(permission, never)), "fewest facts: {}", text());
            }
            let mut seen = seen.borrow_mut();
            seen.0 += expected.len();
            seen.1 += usize::from(!expected.is_empty());
            drop(compiled);
            Ok(())
        })
        .unwrap();
    let (pairs, policies) = seen.into_inner();
    println!("{pairs} clashes in {policies} of {POLICIES} policies");
    assert!(policies >= 12, "{policies} policies with a clash");
}
