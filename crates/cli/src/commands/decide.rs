//! `upheld decide`.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use upheld_decide::{Answer, Question};

use crate::policy_file::PolicyFile;

/// Answer questions from a policy's rules alone: no store, no people; facts come with the question.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Args {
    /// The policy
    policy: PathBuf,
    /// The question as JSON; left out: questions are read from standard input, one a line, and answered one a line
    #[arg(long, short)]
    question: Option<String>,
}

const EXAMPLE: &str = r#"Example:
  upheld decide privacy.md --question '{"action":"use","actor":"mailer","data":["email"],"for":"newsletter",
                                        "facts":{"refused newsletter":false}}'
Exit code 0: permitted (or, from standard input, every line was answered) · 1: refused · 2: could not run"#;

/// The longest question that is read, in bytes.
const LONGEST: usize = 64 * 1024;

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let file = PolicyFile::read(&args.policy)?;
    let policy = file.policy()?;
    if let Some(text) = &args.question {
        let question: Question = serde_json::from_str(text).context("the question is not of the right form")?;
        let answer = policy.compiled.answer(&question);
        println!("{}", serde_json::to_string_pretty(&answer)?);
        return Ok(if answer.allowed { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut bad = false;
    for line in std::io::stdin().lock().lines() {
        let line = line.context("cannot read standard input")?;
        if line.trim().is_empty() {
            continue;
        }
        match parse(&line) {
            Ok(question) => {
                let answer: Answer = policy.compiled.answer(&question);
                serde_json::to_writer(&mut out, &answer)?;
            }
            Err(message) => {
                bad = true;
                serde_json::to_writer(&mut out, &serde_json::json!({ "error": message }))?;
            }
        }
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(if bad { ExitCode::from(2) } else { ExitCode::SUCCESS })
}

fn parse(line: &str) -> Result<Question, String> {
    if line.len() > LONGEST {
        return Err("a question is at most 64 KiB long".to_owned());
    }
    serde_json::from_str(line).map_err(|error| error.to_string())
}
