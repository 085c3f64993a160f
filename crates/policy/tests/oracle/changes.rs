//! Changes: what `diff` says of two policies is what the plain reading says of every question and everybody of whom anything may
//! be known.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Instant;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use upheld_decide::{Action, Giver, Ids, OriginId, Purpose, Question, Recipient};
use upheld_policy::model::Model;
use upheld_policy::reason::diff::{Kind, diff};

use crate::constructs::Constructs;
use crate::draw::{self, Sizes};
use crate::people::states;
use crate::reading::{Reading, as_read};

const PAIRS: u32 = 400;
const QUESTIONS: usize = 150;

/// Whether decisions are compared over such a question: whole, about single data that is taken in so.
fn is_compared(model: &Model, question: &Ids) -> bool {
    let names = &model.names;
    let Some(origin) = names.origins.get(question.origin.index()).filter(|_| question.origin != OriginId::UNKNOWN)
    else {
        return false;
    };
    let taken = model.collects.iter().any(|collect| {
        collect.at.contains(&origin.point)
            && collect.of == origin.capacity
            && collect.from.giver() == origin.giver
            && collect.data.iter().any(|data| names.data.is_within(question.element.0, data.0))
    });
    let group = names.data.ids().any(|id| id != question.element.0 && names.data.is_within(id, question.element.0));
    taken
        && !group
        && !matches!(question.action, Action::Collect | Action::Require)
        && !names.actors.name(question.actor.0).is_empty()
        && question.purpose != Purpose::UNSAID
        && question.action.discloses() == (question.recipient != Recipient::NOBODY)
}

fn named(model: &Model, ids: &Ids) -> Question {
    let names = &model.names;
    let origin = names.origins[ids.origin.index()];
    let said = |name: &str| (!name.is_empty()).then(|| name.to_owned());
    Question {
        action: ids.action,
        actor: said(names.actors.name(ids.actor.0)),
        data: vec![names.data.name(ids.element.0).to_owned()],
        form: ids.form,
        purpose: said(names.purposes.name(ids.purpose.0)),
        recipient: said(names.recipients.name(ids.recipient.0)),
        on: None,
        of: said(names.kinds.name(origin.capacity.0)),
        at: said(names.points.name(origin.point.0)),
        from: Some(match origin.giver {
            Giver::Themselves => "themselves".to_owned(),
            Giver::Service => "us".to_owned(),
            Giver::Other(kind) => names.kinds.name(kind.0).to_owned(),
        }),
        facts: BTreeMap::new(),
    }
}

// R102, R103
#[test]
fn a_change_is_reported_where_somebody_is_answered_otherwise() {
    let before = Instant::now();
    let mut runner = TestRunner::new(Config { cases: PAIRS, failure_persistence: None, ..Config::default() });
    let (count, constructs) = (RefCell::new(BTreeMap::new()), RefCell::new(Constructs::default()));
    runner
        .run(&(draw::draft(Sizes::TINY), draw::draft(Sizes::TINY), any::<u64>()), |(draft, other, mut seed)| {
            let edited = draft.edited(&other, &mut seed);
            let texts = [draft.text(), edited.text()];
            let policies = texts.each_ref().map(|text| super::policy(&draft, text));
            let [old, new] = &policies;
            // Both policies at once know what either asks for.
            let both = super::policy(&draft, &draft.with_all(&other).text());
            let Some(states) = states(&both.model, &both.compiled) else {
                *count.borrow_mut().entry("too many facts".to_owned()).or_insert(0) += 1;
                return Ok(());
            };
            texts.iter().for_each(|text| constructs.borrow_mut().add(text));
            let found = diff(old, new);
            let targets = [draw::targets(&old.model), draw::targets(&new.model)].concat();
            let readings = [Reading { model: &old.model }, Reading { model: &new.model }];
            for _ in 0..QUESTIONS {
                let ids = draw::question(&old.model, &targets, &mut seed);
                if !is_compared(&old.model, &ids) {
                    continue;
                }
                let (mut was, mut is, mut lost, mut won) = (false, false, false, false);
                let opens = readings.each_ref().map(|reading| !reading.openings(&as_read(&ids)).is_empty());
                if opens[0] || opens[1] {
                    for (_, state) in &states {
                        let before = opens[0] && readings[0].ask(&ids, state).allowed;
                        let now = opens[1] && readings[1].ask(&ids, state).allowed;
                        was |= before;
                        is |= now;
                        lost |= before && !now;
                        won |= now && !before;
                    }
                }
                let expected = match (won, lost) {
                    (false, false) => None,
                    (true, true) => Some(Kind::Conditioned),
                    (true, false) => Some(if was { Kind::Loosened } else { Kind::NewlyPermitted }),
                    (false, true) => Some(if is { Kind::Tightened } else { Kind::NewlyForbidden }),
                };
                let question = named(&old.model, &ids);
                let said: Vec<Kind> = found
                    .lines
                    .iter()
                    .filter(|line| line.reach.as_ref().is_some_and(|reach| reach.holds(&question)))
                    .map(|line| line.kind)
                    .collect();
                let alike = match expected {
                    None => said.is_empty(),
                    Some(kind) => !said.is_empty() && said.iter().all(|said| *said == kind),
                };
                prop_assert!(alike, "{:?}, and said: {:?}\n{:?}\n{}\n{}", expected, said, question, texts[0], texts[1]);
                let key = expected.map_or("no change", Kind::words).to_owned();
                *count.borrow_mut().entry(key).or_insert(0) += 1;
            }
            Ok(())
        })
        .unwrap();
    let count = count.into_inner();
    println!("{count:?} in {:?}\n{}", before.elapsed(), constructs.borrow());
    let of = |kinds: &[Kind]| kinds.iter().filter_map(|kind| count.get(kind.words())).sum::<usize>();
    // Which way conditions changed is drawn too rarely to ask for so many of each.
    let conditions = [Kind::Loosened, Kind::Tightened, Kind::Conditioned];
    assert!(of(&[Kind::NewlyPermitted]) >= 8 && of(&[Kind::NewlyForbidden]) >= 8 && of(&conditions) >= 8, "{count:?}");
    constructs.borrow().enough();
}
