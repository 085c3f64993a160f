//! `upheld evidence`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use crate::config::StoreArgs;

/// Read and verify the evidence log.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Recompute the whole log from its rows and compare it with its head
    Verify {
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Print entries as JSON lines
    Show {
        /// The first entry
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// How many at most
        #[arg(long, default_value_t = 100)]
        count: u64,
        #[command(flatten)]
        store: StoreArgs,
    },
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    match &args.command {
        Command::Verify { store } => {
            let report = store.open_to_verify()?.verify_log()?;
            println!("{} entries, root {}", report.size, report.root);
            match &report.first_fault {
                None => {
                    println!("the log verifies: every entry stands where and as it was written");
                    Ok(ExitCode::SUCCESS)
                }
                Some(fault) => {
                    println!("the log does not verify: {fault}");
                    println!(
                        "help: compare this store with a copy of it; entries before the fault are as they were written"
                    );
                    Ok(ExitCode::FAILURE)
                }
            }
        }
        Command::Show { from, count, store } => {
            for entry in store.open()?.log_entries(*from, *count)? {
                println!("{}", serde_json::to_string(&entry)?);
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}
