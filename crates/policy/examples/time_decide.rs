//! Times decisions of the hosting policy, from ids and from names.
//!
//! `cargo run --release -p upheld-policy --example time_decide` prints a table; the figures in `docs/performance.md` are
//! its.
#![expect(clippy::print_stdout, clippy::expect_used, clippy::indexing_slicing, reason = "it prints its figures")]

use std::hint::black_box;
use std::time::Instant;

use upheld_decide::{
    Action, Actor, Compiled, Element, FactSet, Form, Ids, Literal, MOST_FACTS, OriginId, Purpose, Question, Recipient,
};
use upheld_document::Source;

/// How many different questions go round.
const QUESTIONS: usize = 1024;
const SAMPLES: usize = 101;
const ROUNDS: usize = 64;

/// A small generator of numbers (splitmix64): the same questions at every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).expect("below the bound")
    }

    fn id(&mut self, bound: usize) -> u16 {
        u16::try_from(self.below(bound)).expect("an id")
    }
}

fn main() {
    let text = include_str!("../../../policies/hosting-2009/privacy.md");
    let source = Source::new("privacy.md", text);
    let before = Instant::now();
    let policy = upheld_policy::load(&source, None).policy.expect("the policy compiles");
    println!("load (parse, check, compile): {:.1} ms", before.elapsed().as_secs_f64() * 1e3);
    let compiled = &policy.compiled;
    let mut draw = Draw(7);
    let ids: Vec<(Ids, FactSet)> =
        (0..QUESTIONS).map(|_| (ids(compiled, &mut draw), facts(compiled, &mut draw))).collect();
    let allowed = ids.iter().filter(|(ids, facts)| compiled.table.decide(ids, facts).allowed).count();
    println!("{QUESTIONS} questions, {allowed} allowed; nanoseconds each, least and median of {SAMPLES} samples");
    row("from ids", &|n| compiled.table.decide(&ids[n].0, &ids[n].1).allowed);
    let names = &compiled.names;
    let worded: Vec<(Action, &str, &str, &str, Option<&str>)> = ids
        .iter()
        .map(|(ids, _)| {
            let recipient = names.recipients.name(ids.recipient.0);
            (
                ids.action,
                names.actors.name(ids.actor.0),
                names.data.name(ids.element.0),
                names.purposes.name(ids.purpose.0),
                (!recipient.is_empty()).then_some(recipient),
            )
        })
        .collect();
    row("from names, every way of taking", &|n| {
        let (action, actor, element, purpose, recipient) = worded[n];
        let decision = compiled.decide_names(action, actor, element, purpose, recipient, &ids[n].1);
        decision.is_some_and(|decision| decision.allowed)
    });
    let questions: Vec<Question> = worded
        .iter()
        .map(|(action, actor, element, purpose, recipient)| Question {
            action: *action,
            actor: Some((*actor).to_owned()),
            data: vec![(*element).to_owned()],
            purpose: Some((*purpose).to_owned()),
            recipient: recipient.map(str::to_owned),
            ..Question::default()
        })
        .collect();
    row("from a question, with its clauses", &|n| compiled.answer(&questions[n]).allowed);
}

/// A question that somebody might put: of data as it is taken, by somebody who works on the purpose.
fn ids(compiled: &Compiled, draw: &mut Draw) -> Ids {
    let names = &compiled.names;
    let action = [Action::Use, Action::Share, Action::Use, Action::Change][draw.below(4)];
    let (element, origins) = loop {
        let element = Element(draw.id(names.data.len()));
        let origins: Vec<OriginId> = compiled.origins_of(element).collect();
        if !origins.is_empty() {
            break (element, origins);
        }
    };
    let (actor, works) = loop {
        let actor = Actor(1 + draw.id(names.actors.len() - 1));
        let works = &compiled.works_on[actor.index()];
        if !works.is_empty() {
            break (actor, works);
        }
    };
    let purpose: Purpose = works[draw.below(works.len())];
    let recipient =
        if action.discloses() { Recipient(1 + draw.id(names.recipients.len() - 1)) } else { Recipient::NOBODY };
    Ids {
        action,
        actor,
        element,
        origin: origins[draw.below(origins.len())],
        form: Form::Identified,
        purpose,
        recipient,
    }
}

fn facts(compiled: &Compiled, draw: &mut Draw) -> FactSet {
    let mut out = FactSet::EMPTY;
    for fact in 0..compiled.facts.len().min(MOST_FACTS) {
        let fact = u16::try_from(fact).expect("a fact");
        match draw.below(3) {
            0 => {}
            holds => out.insert(Literal { fact, holds: holds == 1 }),
        }
    }
    out
}

fn row(name: &str, decide: &dyn Fn(usize) -> bool) {
    let mut samples: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let before = Instant::now();
            let mut allowed = 0_u32;
            for _ in 0..ROUNDS {
                for n in 0..QUESTIONS {
                    allowed += u32::from(decide(black_box(n)));
                }
            }
            black_box(allowed);
            #[expect(clippy::cast_precision_loss, reason = "a count of questions")]
            let count = (ROUNDS * QUESTIONS) as f64;
            before.elapsed().as_secs_f64() * 1e9 / count
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    println!("{name:<36} {:>8.1} {:>8.1}", samples[0], samples[SAMPLES / 2]);
}
