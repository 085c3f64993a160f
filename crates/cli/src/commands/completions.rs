//! `upheld completions`.

use std::process::ExitCode;

use anyhow::Result;
use clap::CommandFactory as _;
use clap_complete::Shell;

use super::man::print;

/// Print a script that lets a shell complete the names of commands and flags.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

const EXAMPLES: &str = "\
Where the script goes, for one user:
  bash        upheld completions bash > ~/.local/share/bash-completion/completions/upheld
  zsh         upheld completions zsh > ~/.zfunc/_upheld     (with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc)
  fish        upheld completions fish > ~/.config/fish/completions/upheld.fish
  powershell  upheld completions powershell >> $PROFILE
  elvish      upheld completions elvish >> ~/.config/elvish/rc.elv";

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::Cli::command(), "upheld", &mut script);
    print(&script)?;
    Ok(ExitCode::SUCCESS)
}
