//! A thousand random policies that say everything but ages, regions and cookies of others (these `tests/oracle` draws): the table,
//! proofs and differences against a second, plain reading of the rules.

mod ask;
mod changes;
mod claims;
mod clashes;
mod constructs;
mod draw;
mod reading;
mod space;
mod thousand;
mod worlds;

use std::time::Instant;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use upheld_decide::{Compiled, FactSet, Ids};
use upheld_document::{Diagnostic, Format, Severity, Source, print};
use upheld_policy::Policy;
use upheld_policy::model::Model;

use draw::{Draft, Sizes};
use reading::{Facts, Reading, Ruling};

const POLICIES: u32 = 640;
const QUESTIONS: usize = 400;

/// The model of a drawn policy. Drawn policies are whole sentences; what they say may well be nonsense.
fn model(draft: &Draft) -> Model {
    policy(draft, &draft.text()).model
}

/// A policy with the names of a draft. Its rules may contradict each other.
fn policy(draft: &Draft, text: &str) -> Policy {
    let source = Source::new("drawn.md", text);
    let read = upheld_policy::read(&source, None);
    let wrong = read.diagnostics.iter().any(is_wrong);
    assert!(!wrong, "{}\n{}", print(&read.diagnostics, &source, Format::Plain), source.text);
    let model = with_roles(draft, read.model);
    let (compiled, _) = upheld_policy::compile(&model);
    Policy { document: read.document, model, compiled, scenarios: Vec::new() }
}

/// Both sides of `together with` are drawn at random; that they overlap is told, and still means something.
fn is_wrong(found: &Diagnostic) -> bool {
    found.severity == Severity::Error && found.code != "UP0230"
}

/// The model of such a text, its roles put below each other.
fn with_roles(draft: &Draft, mut model: Model) -> Model {
    for (role, above) in draft.roles_above.iter().enumerate() {
        if let Some(above) = above.filter(|_| role > 0) {
            let (role, above) = (format!("a{role}"), format!("a{}", usize::from(above) % role));
            let (role, above) = (model.names.actors.id(&role).unwrap(), model.names.actors.id(&above).unwrap());
            model.names.actors.put_under(role, above);
        }
    }
    model
}

fn set(compiled: &Compiled, facts: &Facts) -> FactSet {
    let mut out = FactSet::EMPTY;
    for (fact, holds) in facts {
        if let Some(index) = compiled.fact_index(*fact) {
            out.set(index, *holds);
        }
    }
    out
}

/// What the table says.
fn answered(compiled: &Compiled, ids: &Ids, known: &Facts) -> Ruling {
    let known = set(compiled, known);
    let decision = compiled.table.decide(ids, &known);
    let permitting = decision.permissions.iter().filter(|entry| known.contains(&entry.facts));
    let prohibiting = decision.prohibitions.iter().filter(|entry| !known.meets(&entry.facts));
    Ruling {
        allowed: decision.allowed,
        permitting: permitting.map(|entry| entry.sentence).collect(),
        prohibiting: prohibiting.map(|entry| entry.sentence).collect(),
    }
}

/// How often what came up, so that the test is seen to test something.
#[derive(Debug, Default)]
struct Count {
    questions: usize,
    allowed: usize,
    permitted: usize,
    forbidden: usize,
    both: usize,
}

#[test]
fn the_table_is_the_plain_reading() {
    let before = Instant::now();
    let mut runner = TestRunner::new(Config { cases: POLICIES, failure_persistence: None, ..Config::default() });
    let count = std::cell::RefCell::new(Count::default());
    runner
        .run(&(draw::draft(Sizes::MIDDLING), any::<u64>()), |(draft, mut seed)| {
            let model = model(&draft);
            let (compiled, _) = upheld_policy::compile(&model);
            let (reading, facts, targets) = (Reading { model: &model }, ask::facts(&model), ask::targets(&model));
            for _ in 0..QUESTIONS {
                let ids = ask::question(&model, &targets, &mut seed);
                let known = ask::state(&facts, draw::next(&mut seed));
                let ruling = reading.ask(&ids, &known);
                let answered = answered(&compiled, &ids, &known);
                prop_assert_eq!(&answered, &ruling, "table, reading\n{:?}\nknown: {:?}\n{:?}", ids, known, draft);
                let mut count = count.borrow_mut();
                count.questions += 1;
                count.allowed += usize::from(ruling.allowed);
                count.permitted += usize::from(!ruling.permitting.is_empty());
                count.forbidden += usize::from(!ruling.prohibiting.is_empty());
                count.both += usize::from(!ruling.permitting.is_empty() && !ruling.prohibiting.is_empty());
            }
            Ok(())
        })
        .unwrap();
    let count = count.into_inner();
    println!("{count:?} in {:?}", before.elapsed());
    assert!(count.questions >= 100_000);
    assert!(count.allowed > 8_000 && count.forbidden > 10_000 && count.both > 800, "{count:?}");
}
