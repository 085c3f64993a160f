//! `upheld activate`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use jiff::civil::Date;

use crate::config::StoreArgs;
use crate::policy_file::PolicyFile;

/// Put a policy into force. The store keeps its source; a text that differs under the same version is refused.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The policy
    policy: PathBuf,
    /// First day of its force (`2026-12-01`); left out: at once
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Who puts it into force: a name for the evidence
    #[arg(long, value_name = "NAME")]
    by: String,
    #[command(flatten)]
    store: StoreArgs,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let file = PolicyFile::read(&args.policy)?;
    let policy = file.policy()?;
    let from = match &args.from {
        Some(text) => Some(text.parse::<Date>().with_context(|| format!("`{text}` is not a date like 2026-12-01"))?),
        None => None,
    };
    let version = policy.compiled.header.version.clone();
    let service = args.store.open()?;
    // Without a lock beside the policy, clause ids go on from the version that the store has.
    let activated = match file.lock() {
        Some(lock) => service.activate_locked(&file.source.text, Some(lock), from, &args.by)?,
        None => service.activate(&file.source.text, from, &args.by)?,
    };
    println!("version {version} is in force from {}; log entry {}", activated.from, activated.log);
    println!("source  sha256 {}", activated.source_digest);
    println!("meaning sha256 {}", activated.meaning_digest);
    Ok(ExitCode::SUCCESS)
}
