//! `upheld check`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use upheld_document::Severity;

use crate::policy_file::{PolicyFile, Style, count};

/// Check a policy.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The policy: a Markdown file, a folder with a `privacy.md`, or `-` for standard input
    policy: PathBuf,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Style,
    /// Do not write `privacy.lock`; a lock that is missing or out of date is an error
    #[arg(long)]
    locked: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let file = PolicyFile::read(&args.policy)?;
    print!("{}", file.print(args.format));
    let errors = file.loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let findings = file.loaded.diagnostics.len() - errors;
    if args.locked && file.lock_is_stale() {
        eprintln!("error: `{}` is missing or out of date", file.path.with_extension("lock").display());
        eprintln!(
            "help: run `upheld check {}` and commit the lock: it keeps the ids of the clauses",
            file.path.display()
        );
        return Ok(ExitCode::FAILURE);
    }
    if errors == 0 && !args.locked {
        file.write_lock()?;
    }
    if args.format != Style::Json {
        match &file.loaded.policy {
            Some(policy) if findings == 0 => println!(
                "{}: {}, {}, {}; no errors, no findings",
                file.path.display(),
                count(policy.document.sections.iter().map(|s| s.clauses.len()).sum(), "clause"),
                count(policy.compiled.sentences.len(), "rule sentence"),
                count(policy.scenarios.len(), "scenario"),
            ),
            _ => println!("{}: {}, {}", file.path.display(), count(errors, "error"), count(findings, "finding")),
        }
    }
    Ok(if errors + findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
