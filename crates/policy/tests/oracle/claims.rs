//! Claims: what `prove` finds is what the plain reading says of every question and everybody of whom anything may be known.

use std::cell::RefCell;
use std::time::Instant;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use upheld_decide::{Action, Ids, Purpose, Recipient};
use upheld_document::{Severity, Source};
use upheld_policy::model::Model;
use upheld_policy::reason::{Proof, prove};

use crate::clashes::ids;
use crate::constructs::Constructs;
use crate::draw::{self, Sizes};
use crate::people::states;
use crate::reading::{Facts, Reading, as_read};

const POLICIES: u32 = 900;
/// Questions that are drawn for each claim; those that it does not cover count too.
const QUESTIONS: usize = 150;

/// Whether somebody asks so: data that is taken there, what for unless it is taken in, and with whom if it is handed out.
fn is_asked(model: &Model, question: &Ids) -> bool {
    let names = &model.names;
    let Some(origin) = names.origins.get(question.origin.index()).filter(|_| question.origin.index() > 0) else {
        return false;
    };
    let related = |one: u16, other: u16| names.data.is_within(one, other) || names.data.is_within(other, one);
    let taken = model.collects.iter().any(|collect| {
        collect.at.contains(&origin.point)
            && collect.of == origin.capacity
            && collect.from.giver() == origin.giver
            && collect.data.iter().any(|data| related(data.0, question.element.0))
    });
    let discloses = question.action.discloses();
    taken
        && discloses == (question.recipient != Recipient::NOBODY)
        && !(question.purpose == Purpose::UNSAID && (question.action == Action::Use || discloses))
}

/// Whether these facts refute a claim: what it denies is allowed, and nothing known leads past the claim.
fn refutes(reading: &Reading<'_>, claim: u16, question: &Ids, known: &Facts) -> bool {
    let prohibiting = reading.prohibiting(question, known);
    prohibiting.len() == 1 && prohibiting.contains(&claim) && !reading.ask(question, known).permitting.is_empty()
}

#[derive(Debug, Default)]
struct Count {
    proved: usize,
    refuted: usize,
    /// Where a drawn question refuted it too.
    found: usize,
    /// Claims that say what the policy does not offer.
    none: usize,
    too_many_facts: usize,
}

// R100, R101
#[test]
fn a_claim_is_proved_when_nobody_may_be_allowed_what_it_denies() {
    let before = Instant::now();
    let mut runner = TestRunner::new(Config { cases: POLICIES, failure_persistence: None, ..Config::default() });
    let (count, constructs) = (RefCell::new(Count::default()), RefCell::new(Constructs::default()));
    runner
        .run(&(draw::draft(Sizes::TINY), draw::draft(Sizes::TINY), any::<u64>()), |(draft, other, mut seed)| {
            let mut count = count.borrow_mut();
            let other = other.text();
            let Some(line) = other.lines().find(|line| !line.starts_with(' ') && line.contains(" never ")) else {
                return Ok(());
            };
            let policy = super::policy(&draft, &draft.text());
            let proof = prove(&policy, &Source::new("claim", line));
            let text = draft.text().replace("```\n", &format!("{line}\n```\n"));
            let read = upheld_policy::read(&Source::new("drawn.md", text.clone()), None);
            let wrong = read.diagnostics.iter().any(|one| one.severity == Severity::Error);
            let proof = match proof {
                Err(found) => {
                    prop_assert!(wrong, "{:?}\n{}", found, text);
                    count.none += 1;
                    return Ok(());
                }
                Ok(proof) => proof,
            };
            prop_assert!(!wrong, "{}", text);
            let model = draft.with_roles(read.model);
            let (compiled, _) = upheld_policy::compile(&model);
            let Some(states) = states(&model, &compiled) else {
                count.too_many_facts += 1;
                return Ok(());
            };
            constructs.borrow_mut().add(&format!("{}{line}\n", draft.text()));
            let claim = model.rules.last().expect("the claim").clone();
            let claim_sentence = claim.sentence;
            let alone = Model { rules: vec![claim], choices: Vec::new(), ..model.clone() };
            let (reading, claimed) = (Reading { model: &model }, Reading { model: &alone });
            // The fewest facts with which a drawn question refutes the claim.
            let mut least: Option<(usize, Ids, Facts)> = None;
            let targets: Vec<_> = draw::targets(&model);
            let of_claim: Vec<_> = draw::targets(&alone);
            for at in 0..QUESTIONS {
                let aimed_at = if at % 2 == 0 { &of_claim } else { &targets };
                let question = as_read(&draw::question(&model, aimed_at, &mut seed));
                if !is_asked(&model, &question)
                    || claimed.prohibiting(&question, &Facts::new()).is_empty()
                    || reading.openings(&question).is_empty()
                {
                    continue;
                }
                for (said, state) in &states {
                    if least.as_ref().is_some_and(|(least, ..)| least <= said) {
                        break;
                    }
                    if refutes(&reading, claim_sentence, &question, state) {
                        least = Some((*said, question, state.clone()));
                    }
                }
            }
            match proof {
                Proof::Proved => {
                    prop_assert!(least.is_none(), "proved, but {:?}\n{}\n{}", least, line, text);
                    count.proved += 1;
                }
                Proof::Refuted(found) => {
                    let (question, facts) = ids(&model, &found.question);
                    let knows =
                        |state: &&(usize, Facts)| facts.iter().all(|(fact, holds)| state.1.get(fact) == Some(holds));
                    let whole = states.iter().filter(knows).min_by_key(|(_, state)| state.len());
                    let Some((said, whole)) = whole else {
                        return Err(TestCaseError::fail(format!("nobody is so: {:?}\n{line}\n{text}", found.question)));
                    };
                    prop_assert_eq!(*said, facts.len(), "in fewest words: {:?}\n{}\n{}", found.question, line, text);
                    let words = || format!("{line}\n{:?}\n{text}", found.question);
                    prop_assert!(is_asked(&model, &question), "{}", words());
                    prop_assert!(refutes(&reading, claim_sentence, &question, whole), "{}", words());
                    if let Some((least, other, _)) = &least {
                        prop_assert!(facts.len() <= *least, "{:?} needs fewer facts\n{}", other, words());
                        count.found += 1;
                    }
                    count.refuted += 1;
                }
            }
            Ok(())
        })
        .unwrap();
    let count = count.into_inner();
    println!("{count:?} in {:?}\n{}", before.elapsed(), constructs.borrow());
    assert!(count.proved > 50 && count.refuted > 50 && count.found > 40, "{count:?}");
    constructs.borrow().enough();
}
