//! The language: how long it takes to check, compile, compare and prove policies, beside Cedar's validator on as many rules.
//!
//! Each figure is taken in three runs, in turns; a run is the median of its samples.

mod cedar;
mod text;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use upheld_document::Source;
use upheld_policy::Policy;
use upheld_policy::reason::{Proof, diff, prove};

use self::cedar::Cedar;
use self::text::{Drawn, of_length, ten_times};
use crate::decide::shape::Shape;
use crate::decide::upheld_text;
use crate::report::Table;
use crate::sample::{Spread, thread_time};

const RULES: usize = 500;
const RUNS: usize = 3;
const SAMPLES: usize = 15;

pub fn run() -> Result<()> {
    let binary = build()?;
    let folder = tempfile::tempdir()?;
    let file = |name: &str, text: &str| -> Result<PathBuf> {
        let path = folder.path().join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    };
    let (short, drawn) = (of_length(30_000), Drawn::new(RULES));
    let (whole, changed) = (drawn.text(), drawn.changed().text());
    let model = std::fs::read_to_string(root().join("policies/low-code-2019/privacy.md"))?;
    let long = ten_times(&model);
    let (short_file, long_file) = (file("short.md", &short)?, file("long.md", &long)?);
    let shape = Shape::new(RULES, 0);
    let (peer, ours) = (Cedar::new(&shape), upheld_text(&shape));
    let (old, new) = (compiled(&whole)?, compiled(&changed)?);
    compiled(&long)?;
    ensure!(peer.validate()? == RULES, "cedar has all rules");
    println!(
        "\n{RULES} rules: {} bytes; the changed ones {} bytes; the short document {} bytes; the largest model policy {} bytes, ten times {} bytes",
        whole.len(),
        changed.len(),
        short.len(),
        model.len(),
        long.len()
    );

    let claims = [
        ("prove, true: `we never share secret_facts with anyone`", "we never share secret_facts with anyone", true),
        ("prove, true: `we never sell anything`", "we never sell anything", true),
        (
            "prove, untrue: `we never share contact_facts with partner_takers`",
            "we never share contact_facts with partner_takers",
            false,
        ),
    ];
    let mut measures: Vec<Measure<'_>> = vec![
        Measure::new("`upheld --version`, a process that does nothing", || {
            timed(&binary, &["--version"]).map(|(took, _)| took)
        }),
        Measure::new("`upheld check` of 30 KB, a cold process", || {
            timed(&binary, &["check", path(&short_file)?]).map(|(took, _)| took)
        }),
        Measure::new("compile 500 rules", || Ok(here(|| drop(black_box(compiled(&whole)))))),
        Measure::new("check 500 rules, with all findings", || {
            Ok(here(|| drop(black_box(upheld_policy::check(&Source::new("privacy.md", &*whole), None)))))
        }),
        Measure::new("diff of 500 rules with a changed version", || {
            Ok(here(|| drop(black_box(diff::diff(&old, &new)))))
        }),
    ];
    for (name, claim, holds) in claims {
        let old = &old;
        measures.push(Measure::new(name, move || {
            let mut proof = None;
            let took = here(|| proof = Some(prove(old, &Source::new("claim", claim))));
            match proof {
                Some(Ok(Proof::Proved)) if holds => Ok(took),
                Some(Ok(Proof::Refuted(_))) if !holds => Ok(took),
                other => bail!("`{claim}`: {other:?}"),
            }
        }));
    }
    measures
        .push(Measure::new("compile the 500 rules of `decide` (any name of any level, half with conditions)", || {
            Ok(here(|| drop(black_box(compiled(&ours)))))
        }));
    measures
        .push(Measure::new("Cedar: read and validate the same 500", || Ok(here(|| drop(black_box(peer.validate()))))));
    measures.push(Measure::new("`upheld check` of the largest model policy ten times", || {
        timed(&binary, &["check", path(&long_file)?]).map(|(took, _)| took)
    }));

    let mut runs: Vec<Vec<f64>> = vec![Vec::new(); measures.len()];
    for _ in 0..RUNS {
        for (measure, medians) in measures.iter().zip(&mut runs) {
            let samples =
                (0..SAMPLES).map(|_| Ok((measure.run)()?.as_secs_f64() * 1e3)).collect::<Result<Vec<f64>>>()?;
            medians.push(Spread::of(samples).median);
        }
    }
    let mut table = Table::new(&["", "median of three runs", "least and most"]);
    for (measure, medians) in measures.iter().zip(runs) {
        let spread = Spread::of(medians);
        table.row(vec![
            measure.name.to_owned(),
            format!("{:.1} ms", spread.median),
            format!("{:.1}–{:.1} ms", spread.least, spread.most),
        ]);
    }
    table.print();
    let (_, memory) = timed(&binary, &["check", path(&long_file)?])?;
    println!("Resident at most while checking the largest model policy ten times: {} MB", memory / 1024);
    Ok(())
}

/// Something that is timed.
struct Measure<'a> {
    name: &'static str,
    run: Box<dyn Fn() -> Result<Duration> + 'a>,
}

impl<'a> Measure<'a> {
    fn new(name: &'static str, run: impl Fn() -> Result<Duration> + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }
}

fn compiled(text: &str) -> Result<Policy> {
    let loaded = upheld_policy::load(&Source::new("privacy.md", text), None);
    let wrong: Vec<_> = loaded.diagnostics.iter().map(|found| format!("{} {}", found.code, found.title)).collect();
    loaded.policy.with_context(|| format!("the policy does not compile: {wrong:?}"))
}

/// The processor time of this thread: what others do on the machine meanwhile does not count.
fn here(run: impl FnOnce()) -> Duration {
    let before = thread_time();
    run();
    thread_time() - before
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().context("a path in UTF-8")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn build() -> Result<PathBuf> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let built = ["build", "--quiet", "--release", "--locked", "--package", "upheld-cli", "--bin", "upheld"];
    ensure!(command.current_dir(root()).args(built).status()?.success(), "`cargo build` failed");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    Ok(target.join("release/upheld"))
}

/// Runs a program to its end; how long it took by the clock, and the most memory it held, in KiB. Findings are no failure.
fn timed(program: &Path, args: &[&str]) -> Result<(Duration, u64)> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let mut child = command.spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let done = loop {
        let held = std::fs::read_to_string(&status).unwrap_or_default();
        let held = held.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        most = most.max(held.unwrap_or(0));
        if let Some(done) = child.try_wait()? {
            break done;
        }
        std::thread::sleep(Duration::from_micros(500));
    };
    let took = begun.elapsed();
    ensure!(done.code().is_some_and(|code| code < 2), "{command:?} ended with {done}");
    Ok((took, most))
}
