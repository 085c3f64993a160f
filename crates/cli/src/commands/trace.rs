//! `upheld trace`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use upheld_service::trace::{How, Notes, Requirement, Trace, read, trace};

use crate::policy_file::{PolicyFile, count};

/// How each requirement of a list is kept by a policy: decided by taking its rule out and watching its scenario fail.
///
/// The list is tab-separated; its first line names the columns (`id`; and where there are, `kind`, `practice`,
/// `must_fail`). Any list will do: the practices of an older policy, the controls of a standard. What no rule keeps may
/// stand in notes (`trace.toml` beside the policy): `[elsewhere]` names the test that keeps it, as `path.rs#test`,
/// `[planned]` what it waits for.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The policy: a Markdown file, or a folder with a `privacy.md`
    policy: PathBuf,
    /// The list of requirements
    #[arg(long, value_name = "TSV")]
    requirements: PathBuf,
    /// What the authors say of requirements that no rule keeps; `trace.toml` beside the policy is read when it exists
    #[arg(long, value_name = "FILE")]
    notes: Option<PathBuf>,
    /// Leave requirements of this kind out
    #[arg(long, value_name = "KIND")]
    without: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table.
    #[default]
    Human,
    /// For machines; ends in a `summary` object.
    Json,
    /// A table in Markdown.
    Markdown,
}

/// The file of notes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NotesFile {
    /// Where the paths of tests begin, seen from the file.
    #[serde(default)]
    root: PathBuf,
    #[serde(default)]
    elsewhere: BTreeMap<String, String>,
    #[serde(default)]
    planned: BTreeMap<String, String>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let file = PolicyFile::read(&args.policy)?;
    file.policy()?;
    let name = args.requirements.display();
    let list = std::fs::read_to_string(&args.requirements).with_context(|| format!("cannot read the list `{name}`"))?;
    let mut requirements = read(&list).with_context(|| format!("the list `{name}` cannot be used"))?;
    requirements.retain(|requirement| !args.without.contains(&requirement.kind));
    if requirements.is_empty() {
        bail!("the list `{name}` has no requirements{}", if args.without.is_empty() { "" } else { " of other kinds" });
    }
    let notes = notes(args, &file, &requirements)?;
    let bar = bar(requirements.len());
    let traced =
        trace(&file.source.text, file.lock(), &requirements, &notes, &mut |done| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&traced)?),
        Format::Human => print!("{}", human(&traced)),
        Format::Markdown => print!("{}", markdown(&traced, &args.policy)),
    }
    for id in &traced.unknown {
        eprintln!("finding: the policy keeps or shows `{id}`, which the list does not have");
    }
    let clean = traced.summary.missing == 0 && traced.unknown.is_empty();
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn bar(length: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} requirements, each with its rule taken out");
    ProgressBar::new(length as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn notes(args: &Args, policy: &PolicyFile, requirements: &[Requirement]) -> Result<Notes> {
    let beside = policy.path.with_file_name("trace.toml");
    let path = match &args.notes {
        Some(path) => path.clone(),
        None if beside.exists() => beside,
        None => return Ok(Notes::default()),
    };
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read the notes `{}`", path.display()))?;
    let file: NotesFile =
        toml::from_str(&text).with_context(|| format!("the notes `{}` are not of the right form", path.display()))?;
    let root = path.parent().unwrap_or(Path::new("")).join(&file.root);
    for (id, test) in &file.elsewhere {
        find_test(&root, test).with_context(|| format!("the notes `{}` on `{id}`", path.display()))?;
    }
    let listed = |id: &String| requirements.iter().any(|requirement| requirement.id == *id);
    let keep = |notes: BTreeMap<String, String>| notes.into_iter().filter(|(id, _)| listed(id)).collect();
    Ok(Notes { elsewhere: keep(file.elsewhere), planned: keep(file.planned) })
}

/// A test that is named must be there.
fn find_test(root: &Path, test: &str) -> Result<()> {
    let Some((path, name)) = test.split_once('#') else {
        bail!("`{test}` is not of the form `path/to/file.rs#test_name`")
    };
    let text = std::fs::read_to_string(root.join(path)).with_context(|| format!("there is no file `{path}`"))?;
    if text.contains(name) { Ok(()) } else { bail!("`{path}` has no test `{name}`") }
}

fn totals(traced: &Trace) -> String {
    let of = |how| traced.rows.iter().filter(|row| row.how == how).count();
    let counts = How::ALL.map(|how| (how, of(how)));
    counts.iter().filter(|(_, n)| *n > 0).map(|(how, n)| format!("{n} {}", how.words())).collect::<Vec<_>>().join(", ")
}

fn human(traced: &Trace) -> String {
    let mut out = String::new();
    let width = traced.rows.iter().map(|row| row.id.len()).max().unwrap_or(0);
    for row in &traced.rows {
        let _ =
            writeln!(out, "{:<width$}  {:<10}  {:<18}  {}", row.id, row.how.words(), row.clauses.join(" "), row.seen);
    }
    let _ = writeln!(out, "{}: {}", count(traced.rows.len(), "requirement"), totals(traced));
    out
}

fn markdown(traced: &Trace, policy: &Path) -> String {
    let mut out = String::new();
    let policy = policy.display();
    let _ = writeln!(out, "## `{policy}`\n\n{}: {}.\n", count(traced.rows.len(), "practice"), totals(traced));
    out.push_str("| practice | kept | clauses | what shows it |\n|---|---|---|---|\n");
    for row in &traced.rows {
        let seen = row.seen.replace('|', "\\|");
        let _ = writeln!(out, "| {} | {} | {} | {} |", row.id, row.how.words(), row.clauses.join(", "), seen);
    }
    out
}
