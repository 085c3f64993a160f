//! Decisions: the same rules and questions for each engine, all of which must agree before anything is timed.

mod cedar;
mod rego;
pub mod shape;
mod upheld;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use self::cedar::Cedar;
use self::rego::Rego;
use self::shape::Shape;
use self::upheld::Upheld;
use crate::report::{Table, nanos, times};
use crate::sample::{Spread, number, thread_time};

const QUESTIONS: usize = 1_024;
const SAMPLES: usize = 25;

/// A sample lasts at least so long: fast engines go through the questions several times.
const LEAST: Duration = Duration::from_millis(3);

/// In which form a question is put, and answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    /// Everything looked up and built before; yes or no.
    Ids,
    /// Names in, the clauses that decide out.
    Names,
    /// JSON in, JSON with the clauses out.
    Json,
}

impl Given {
    const ALL: [(Self, &str); 3] = [
        (Self::Ids, "looked up before, yes or no"),
        (Self::Names, "names in, clauses out"),
        (Self::Json, "JSON in, JSON with clauses out"),
    ];
}

/// Something that answers all questions once each time that it is run.
struct Contender<'a> {
    name: String,
    given: Given,
    run: Box<dyn Fn() + 'a>,
}

impl<'a> Contender<'a> {
    fn new(name: impl Into<String>, given: Given, run: impl Fn() + 'a) -> Self {
        Self { name: name.into(), given, run: Box::new(run) }
    }
}

/// What becomes of a clause that an engine names.
fn seen(clause: &str) {
    black_box(clause);
}

/// A question as a caller of the peers would hold it.
#[derive(Serialize, Deserialize)]
struct PlainQuestion {
    data: String,
    purpose: String,
    recipient: String,
    agreed: BTreeMap<String, bool>,
    sixteen_or_over: bool,
}

/// A rule as a Cedar policy.
pub fn cedar_text(rule: &shape::Rule) -> String {
    cedar::text(rule)
}

/// The rules as a policy of ours.
pub fn upheld_text(shape: &Shape) -> String {
    upheld::text(shape)
}

pub fn run() -> Result<()> {
    for rules in [50, 500] {
        compare(rules).with_context(|| format!("{rules} rules"))?;
    }
    Ok(())
}

fn compare(rules: usize) -> Result<()> {
    let shape = Shape::new(rules, QUESTIONS);
    let (upheld, cedar, rego) = (Upheld::new(&shape)?, Cedar::new(&shape)?, Rego::new(&shape)?);
    let mut allowed = 0;
    for (n, asked) in shape.asked.iter().enumerate() {
        let expected = shape.plainly(asked);
        allowed += usize::from(expected.allowed);
        let places = || format!("question {n}, to which the plain reading says {expected:?}");
        upheld.check(n, &expected).with_context(places)?;
        cedar.check(n, &shape, &expected).with_context(places)?;
        rego.check(n, &expected).with_context(places)?;
    }
    println!("\n### {rules} rules\n");
    println!(
        "All ways of asking agree with a plain reading of the rules on {QUESTIONS} questions, {allowed} of them allowed."
    );
    println!(
        "Made ready in: Upheld {:.0} ms (read, checked and compiled), Cedar {:.0} ms (parsed), regorus {:.0} ms (compiled to bytecode).",
        upheld.load.as_secs_f64() * 1e3,
        cedar.load.as_secs_f64() * 1e3,
        rego.load.as_secs_f64() * 1e3,
    );
    let allocations = upheld.allocations().map(|(name, each)| format!("{name} {each:.1}"));
    println!("Allocations for each question: {}.", allocations.join(", "));

    let mut contenders = upheld.contenders();
    contenders.extend(cedar.contenders());
    contenders.extend(rego.contenders());
    let spreads = measure(&contenders);
    for (given, title) in Given::ALL {
        let mut table = Table::new(&[title, "least", "median", "times Upheld's", "by medians"]);
        let mut ours: Option<Spread> = None;
        for (contender, spread) in contenders.iter().zip(&spreads).filter(|(contender, _)| contender.given == given) {
            let ours = *ours.get_or_insert(*spread);
            table.row(vec![
                contender.name.clone(),
                nanos(spread.least),
                nanos(spread.median),
                times(spread.least / ours.least),
                times(spread.median / ours.median),
            ]);
        }
        table.print();
    }
    Ok(())
}

/// Nanoseconds for a question, of each.
fn measure(contenders: &[Contender<'_>]) -> Vec<Spread> {
    let passes: Vec<usize> = contenders
        .iter()
        .map(|contender| {
            (contender.run)();
            let once = sample(contender, 1).max(1.0) * number(QUESTIONS);
            let passes = (LEAST.as_secs_f64() * 1e9 / once).ceil().clamp(1.0, 1e4);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 10,000")]
            let passes = passes as usize;
            passes
        })
        .collect();
    let mut samples = vec![Vec::with_capacity(SAMPLES); contenders.len()];
    for _ in 0..SAMPLES {
        for ((contender, passes), samples) in contenders.iter().zip(&passes).zip(&mut samples) {
            samples.push(sample(contender, *passes));
        }
    }
    samples.into_iter().map(Spread::of).collect()
}

fn sample(contender: &Contender<'_>, passes: usize) -> f64 {
    let before = thread_time();
    for _ in 0..passes {
        (contender.run)();
    }
    (thread_time() - before).as_secs_f64() * 1e9 / number(passes * QUESTIONS)
}
