//! `upheld demo`: being written.

use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct DemoArgs {}

pub(crate) fn run(_: DemoArgs) -> anyhow::Result<ExitCode> {
    anyhow::bail!("the demo is being written")
}
