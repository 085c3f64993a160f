//! `upheld activate`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use upheld_service::ServiceError;

use super::versions::{date, listed, tell};
use crate::config::StoreArgs;
use crate::policy_file::{PolicyFile, count};

const WEAKER: &str = "\
A version that may be weaker for people than the one in force takes a longer way: see
`upheld versions --help`.";

/// Put a policy into force. The store keeps its source; a text that differs under the same version is refused.
#[derive(clap::Args)]
#[command(after_help = WEAKER)]
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
    let from = args.from.as_deref().map(date).transpose()?;
    let version = policy.compiled.header.version.clone();
    let service = args.store.open()?;
    // Without a lock beside the policy, clause ids go on from the version that the store has.
    let activated = match file.lock() {
        Some(lock) => service.activate_locked(&file.source.text, Some(lock), from, &args.by),
        None => service.activate(&file.source.text, from, &args.by),
    };
    if let Err(ServiceError::Weaker { weaker, .. }) = &activated {
        eprint!("{}", listed(weaker));
        bail!(
            "version {version} may be weaker for people than the one whose place it takes, in {}; next: upheld versions propose {} --by NAME",
            count(weaker.len(), "place"),
            file.path.display()
        );
    }
    let activated = activated?;
    tell(&service, &activated)?;
    println!("source  sha256 {}", activated.source_digest);
    println!("meaning sha256 {}", activated.meaning_digest);
    Ok(ExitCode::SUCCESS)
}
