//! Proofs and differences beside binary decision diagrams: the same verdicts, and how long both take, in one run.
//!
//! `cargo run --release -p bdd` holds a thousand random policies (those of `crates/policy/tests/thousand`) and versions of the model
//! policies against diagrams, and prints a table in Markdown: the figures in `docs/performance.md` are its.

mod diagrams;
mod pairs;
#[path = "../../src/report.rs"]
#[expect(dead_code, reason = "the tables of the other measurements need more")]
mod report;
#[path = "../../src/sample.rs"]
#[expect(dead_code, reason = "the other measurements need more")]
mod sample;
mod space;

/// Random policies, drawn as the tests of the language draw them.
#[path = "../../../crates/policy/tests/thousand/draw/mod.rs"]
#[expect(dead_code, reason = "the tests draw more")]
mod draw;

use std::process::ExitCode;

use anyhow::Result;

use diagrams::Compared;
use report::{Table, thousands, times};
use sample::{Spread, number};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bdd: {error:?}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut table = Table::new(&[
        "policies",
        "pairs of versions",
        "kinds of questions that differ",
        "`diff`",
        "diagrams",
        "`diff` is faster (median; worst pair)",
        "claims (refuted)",
        "`prove`",
        "diagrams",
        "`prove` is faster (median; worst claim)",
    ]);
    for (name, pairs) in [("random", pairs::random()?), ("model", pairs::models()?)] {
        let mut all = Compared::default();
        for pair in &pairs {
            all.join(pair.compare()?);
        }
        let row = |ours: &[f64], theirs: &[f64]| {
            let ratios: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| theirs / ours).collect();
            let (ratio, ours, theirs) = (Spread::of(ratios), Spread::of(ours.to_vec()), Spread::of(theirs.to_vec()));
            [
                report::micros(ours.median),
                report::micros(theirs.median),
                format!("{}; {}", times(ratio.median), times(ratio.least)),
            ]
        };
        let mut cells = vec![name.to_owned(), thousands(number(all.diff_ours.len())), thousands(number(all.differing))];
        cells.extend(row(&all.diff_ours, &all.diff_theirs));
        cells.push(format!("{} ({})", thousands(number(all.prove_ours.len())), thousands(number(all.refuted))));
        cells.extend(row(&all.prove_ours, &all.prove_theirs));
        table.row(cells);
    }
    table.print();
    Ok(())
}
