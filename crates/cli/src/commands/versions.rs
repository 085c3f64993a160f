//! `upheld versions`.

use std::process::ExitCode;

use anyhow::Result;

use crate::config::StoreArgs;

/// List the versions of the policy that a store holds.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    store: StoreArgs,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let service = args.store.open()?;
    let versions = service.versions()?;
    if versions.is_empty() {
        println!("no version yet; next: upheld activate privacy.md --by NAME");
        return Ok(ExitCode::SUCCESS);
    }
    let now = service.in_force()?.map(|in_force| in_force.version.number);
    for version in versions {
        println!(
            "{} {:<10} from {}  by {}  meaning {}",
            if Some(version.number) == now { "→" } else { " " },
            version.version,
            version.from,
            version.by,
            version.meaning_digest.get(..12).unwrap_or_default(),
        );
    }
    Ok(ExitCode::SUCCESS)
}
