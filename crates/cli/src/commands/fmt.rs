//! `upheld fmt`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use upheld_document::Source;

use crate::policy_file::read_bounded;

/// Lay out the rules and scenarios of policies. Prose stays as it is, and so does what the rules mean.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Policies: Markdown files, folders with a `privacy.md`, or `-` for standard input to standard output
    #[arg(required = true, value_name = "POLICY")]
    policies: Vec<PathBuf>,
    /// Change nothing; show the lines that would change
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut changed = 0;
    for path in &args.policies {
        let path = if path.is_dir() { path.join("privacy.md") } else { path.clone() };
        let is_stdin = path.as_os_str() == "-";
        let before = read(&path)?;
        let source = Source::new(path.display().to_string(), before.as_str());
        let after = upheld_policy::format(&source);
        changed += usize::from(before != after);
        if args.check {
            print!("{}", changes(&path, &before, &after));
        } else if is_stdin {
            print!("{after}");
        } else if before != after {
            std::fs::write(&path, after).with_context(|| format!("cannot write the policy `{}`", path.display()))?;
            println!("{}: formatted", path.display());
        }
    }
    if args.check && changed > 0 {
        println!("{} would change; `upheld fmt` without `--check` changes them", count_policies(changed));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn count_policies(n: usize) -> String {
    if n == 1 { "1 policy".to_owned() } else { format!("{n} policies") }
}

fn read(path: &Path) -> Result<String> {
    if path.as_os_str() == "-" {
        return read_bounded(std::io::stdin().lock(), "standard input");
    }
    let file = std::fs::File::open(path).with_context(|| format!("cannot open the policy `{}`", path.display()))?;
    read_bounded(file, &path.display().to_string())
}

/// The lines that differ. Formatting changes a line or drops an empty one, so the two texts go side by side.
fn changes(path: &Path, before: &str, after: &str) -> String {
    let mut out = String::new();
    let mut new = after.lines().peekable();
    for (number, old) in (1..).zip(before.lines()) {
        let place = format!("{}:{number}", path.display());
        // Writing to a string does not fail.
        let _ = match new.peek() {
            Some(line) if *line == old => {
                new.next();
                Ok(())
            }
            Some(line) if !is_empty(old) || is_empty(line) => {
                let shown = writeln!(out, "{place}:\n- {}\n+ {}", harmless(old), harmless(line));
                new.next();
                shown
            }
            _ => writeln!(out, "{place}: an empty line goes"),
        };
    }
    out
}

fn is_empty(line: &str) -> bool {
    line.trim_start_matches(['>', ' ', '\t']).is_empty()
}

/// A policy's own characters must not steer the terminal.
fn harmless(line: &str) -> String {
    let bidi = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    line.replace(|c: char| (c.is_control() && c != '\t') || bidi(c), "\u{fffd}")
}
