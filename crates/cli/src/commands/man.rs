//! `upheld man`.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

/// Print the manual page of `upheld`, or write a page for every command into a folder.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Write `upheld.1`, `upheld-check.1` and so on into this folder, which is made when it is not there
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  upheld man | man -l -                        read the page of `upheld` itself
  upheld man --out /usr/local/share/man/man1   then `man upheld-serve`";

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut command = crate::Cli::command();
    let Some(folder) = &args.out else {
        let mut text = Vec::new();
        page(command).render(&mut text)?;
        print(&text)?;
        return Ok(ExitCode::SUCCESS);
    };
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    // Gives each command its full name (`upheld access add`), which is also the name of its page.
    command.build();
    write(&command, folder).with_context(|| format!("cannot write the pages into `{}`", folder.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn page(command: Command) -> Man {
    Man::new(command).source(concat!("upheld ", env!("CARGO_PKG_VERSION"))).manual("Upheld")
}

/// Writes the pages of a command and of all below it.
fn write(command: &Command, folder: &Path) -> std::io::Result<()> {
    page(command.clone()).generate_to(folder)?;
    command.get_subcommands().filter(|below| !below.is_hide_set()).try_for_each(|below| write(below, folder))
}

/// Writes a whole text to standard output. Whoever reads it may stop in the middle (`| head`): that is no failure.
pub(super) fn print(text: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to standard output"),
        _ => Ok(()),
    }
}
