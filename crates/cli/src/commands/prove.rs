//! `upheld prove`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;
use upheld_document::{Diagnostic, Source};
use upheld_policy::Policy;
use upheld_policy::reason::{CounterExample, Proof, prove};

use crate::policy_file::{PolicyFile, Style};

/// Prove what a policy never permits, over every question there can be; or show one smallest question that it does.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Args {
    /// The policy
    policy: PathBuf,
    /// What is claimed, each as a promise: "we never share identifying with advertiser"
    #[arg(required = true, value_name = "CLAIM")]
    claims: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Style,
}

const EXAMPLE: &str = r#"Example:
  upheld prove privacy.md "we never share identifying with advertiser" "we never sell anything"
A proof is of these rules. It says nothing of code that does not ask.
Exit code 0: all are proved · 1: at least one is not · 2: could not run, or a claim is not understood"#;

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let file = PolicyFile::read(&args.policy)?;
    let policy = file.policy()?;
    let (mut refuted, mut unread) = (false, false);
    let mut results = Vec::new();
    for claim in &args.claims {
        let source = Source::new("<claim>", claim.clone());
        match prove(policy, &source) {
            Ok(Proof::Proved) => {
                if args.format == Style::Json {
                    results.push(json!({ "claim": claim, "proved": true }));
                } else {
                    println!("proved: {claim}");
                    println!("  of these rules; it says nothing of code that does not ask");
                }
            }
            Ok(Proof::Refuted(shown)) => {
                refuted = true;
                let scenario = shown.scenario.clone().filter(|steps| runs(&file, policy, steps));
                if args.format == Style::Json {
                    results.push(json!({
                        "claim": claim,
                        "proved": false,
                        "question": shown.question,
                        "because": shown.because,
                        "scenario": scenario,
                    }));
                } else {
                    print(claim, &shown, scenario.as_deref())?;
                }
            }
            Err(diagnostics) => {
                unread = true;
                report(args.format, claim, &source, &diagnostics, &mut results);
            }
        }
    }
    if args.format == Style::Json {
        println!("{}", serde_json::to_string_pretty(&results)?);
    }
    Ok(if unread {
        ExitCode::from(2)
    } else if refuted {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Whether the steps, put below the policy as a scenario, come out as they say.
fn runs(file: &PolicyFile, policy: &Policy, steps: &str) -> bool {
    let example = upheld_policy::example(policy, &file.source, &file.loaded.lock, steps);
    example.is_some_and(|example| {
        upheld_service::scenario::run(policy, &example).is_ok_and(|outcome| outcome.failures.is_empty())
    })
}

fn print(claim: &str, shown: &CounterExample, scenario: Option<&str>) -> Result<()> {
    println!("not proved: {claim}");
    for cited in &shown.because {
        println!("  permitted by {} (line {}): {}", cited.clause, cited.line, cited.sentence);
    }
    println!("  smallest question: {}", upheld_policy::reason::in_words(&shown.question));
    println!("  as `upheld decide --question` reads it: {}", serde_json::to_string(&shown.question)?);
    match scenario {
        Some(steps) => println!("  and as a scenario, which runs:\n\n```scenario\n{steps}```\n"),
        None => println!("  no scenario of a single person shows it"),
    }
    Ok(())
}

fn report(format: Style, claim: &str, source: &Source, found: &[Diagnostic], results: &mut Vec<serde_json::Value>) {
    if format == Style::Json {
        let errors: Vec<_> = found.iter().map(|one| json!({ "code": one.code, "title": one.title })).collect();
        results.push(json!({ "claim": claim, "proved": null, "errors": errors }));
    } else {
        eprint!("{}", upheld_document::print(found, source, format.format()));
    }
}
