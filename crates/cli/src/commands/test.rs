//! `upheld test`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::policy_file::{PolicyFile, Style, count};

/// Run the scenarios of a policy on the real engine: a store in memory and a clock that they set.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The policy
    policy: PathBuf,
    /// Only scenarios of a clause whose id contains this, or that show this requirement
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Style,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let file = PolicyFile::read(&args.policy)?;
    let policy = file.policy()?;
    let wanted = |scenario: &&upheld_policy::scenario::Scenario| {
        args.only
            .as_ref()
            .is_none_or(|only| scenario.clause.contains(only) || scenario.shows.iter().any(|id| id == only))
    };
    let scenarios: Vec<_> = policy.scenarios.iter().filter(wanted).collect();
    let mut failed = 0_usize;
    let mut results = Vec::new();
    for scenario in &scenarios {
        let result = upheld_service::scenario::run(policy, scenario)?;
        if !result.failures.is_empty() {
            failed += 1;
        }
        if args.format != Style::Json {
            for failure in &result.failures {
                println!("failed: {}:{}: {}", scenario.file, failure.line, failure.step);
                println!("  expected: {}", failure.expected);
                println!("  got:      {}", failure.got);
            }
        }
        results.push(result);
    }
    if args.format == Style::Json {
        println!("{}", serde_json::to_string_pretty(&results)?);
    } else {
        println!(
            "{}: {}, {} passed, {failed} failed",
            file.path.display(),
            count(scenarios.len(), "scenario"),
            scenarios.len() - failed
        );
    }
    if scenarios.is_empty() {
        eprintln!("help: a scenario is a fenced block with the info string `scenario`, below the clause that it shows");
        return Ok(ExitCode::FAILURE);
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
