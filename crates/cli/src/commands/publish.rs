//! `upheld publish`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::ValueEnum;
use upheld_policy::publish;

use crate::policy_file::PolicyFile;

/// Write the public text of a policy: the prose, with the lists and what else it publishes (`publish …`), without its rules.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Args {
    /// The policy
    policy: PathBuf,
    /// As what
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Where to; otherwise standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One page that needs nothing else: as `upheld serve` shows it at `/policy`
    #[default]
    Html,
    /// Markdown, for a site of your own
    Markdown,
}

const EXAMPLE: &str = "Example:
  upheld publish privacy.md --output public/privacy.html";

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let file = PolicyFile::read(&args.policy)?;
    let policy = file.policy()?;
    let page = publish::page(&file.source, policy);
    let text = match args.format {
        Format::Html => upheld_server::policy_file(&file.source, &policy.document, &policy.compiled.header, &page)
            .context("the page could not be written")?,
        Format::Markdown => publish::markdown(&file.source, &policy.document, &page),
    };
    match &args.output {
        Some(path) => std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?,
        None => print!("{text}"),
    }
    Ok(ExitCode::SUCCESS)
}
