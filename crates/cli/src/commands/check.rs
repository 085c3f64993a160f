//! `upheld check`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use upheld_document::{Diagnostic, Drift, Sarif, SarifRule, Severity, fingerprints};
use upheld_policy::codes::PAGES;
use upheld_policy::review::reviewed;

use crate::policy_file::{PolicyFile, Style, count};

/// Check a policy.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The policy: a Markdown file, a folder with a `privacy.md`, or `-` for standard input
    policy: PathBuf,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The rules, where they stand in a file of their own (`rules: FILE` in the front matter says it for every command)
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// A clause that nobody has reviewed is a finding (see `upheld review`)
    #[arg(long)]
    strict: bool,
    /// Do not write `privacy.lock`; a lock that is missing or out of date is an error
    #[arg(long)]
    locked: bool,
    /// Findings that are noted in this file do not count; errors do
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Note the findings of today in this file, and let them pass
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    write_baseline: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Source lines with underlines
    #[default]
    Human,
    /// One statement a line, for screen readers and `grep`
    Plain,
    /// For machines
    Json,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
}

impl Format {
    const fn style(self) -> Option<Style> {
        match self {
            Self::Human => Some(Style::Human),
            Self::Plain => Some(Style::Plain),
            Self::Json => Some(Style::Json),
            Self::Sarif => None,
        }
    }

    const fn is_for_people(self) -> bool {
        matches!(self, Self::Human | Self::Plain)
    }
}

/// Findings that are known. What stands beside a fingerprint is for readers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Baseline {
    upheld_baseline: u32,
    findings: Vec<Known>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    fingerprint: String,
    code: String,
    title: String,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let baseline = args.baseline.as_deref().map(read_baseline).transpose()?;
    let file = PolicyFile::check_with(&args.policy, args.rules.as_deref(), args.strict)?;
    let all = &file.loaded.diagnostics;
    let prints = fingerprints(all, &file.source);
    let is_error = |one: &Diagnostic| one.severity == Severity::Error;
    let is_known = |print: &String| baseline.as_ref().is_some_and(|known| known.contains(print));
    let new: Vec<Diagnostic> = all
        .iter()
        .zip(&prints)
        .filter(|(one, print)| is_error(one) || (args.write_baseline.is_none() && !is_known(print)))
        .map(|(one, _)| one.clone())
        .collect();
    match args.format.style() {
        Some(style) => print!("{}", upheld_document::print(&new, &file.source, style.format())),
        None => print!("{}", sarif(&file, baseline.as_ref())),
    }
    let errors = new.iter().filter(|one| is_error(one)).count();
    let findings = new.len() - errors;
    if args.locked && file.lock_is_stale() {
        eprintln!("error: `{}` is missing or out of date", file.path.with_extension("lock").display());
        eprintln!(
            "help: run `upheld check {}` and commit the lock: it keeps the ids of the clauses",
            file.path.display()
        );
        return Ok(ExitCode::FAILURE);
    }
    if errors == 0 && !args.locked {
        file.write_lock()?;
    }
    if let Some(path) = args.write_baseline.as_deref().filter(|_| errors == 0) {
        write_baseline(path, all, &prints)?;
        eprintln!("{} noted in `{}`", count(all.len(), "finding"), path.display());
    }
    if args.format.is_for_people() {
        summary(&file, errors, findings, all.len() - new.len());
    }
    if let Some(known) = &baseline {
        let gone = known.iter().filter(|print| !prints.contains(print)).count();
        if gone > 0 {
            eprintln!(
                "help: {} of the baseline is there no more; write it anew with `--write-baseline`",
                count(gone, "finding")
            );
        }
    }
    Ok(if errors + findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn summary(file: &PolicyFile, errors: usize, findings: usize, known: usize) {
    let known = if known == 0 { String::new() } else { format!("; {} known", count(known, "finding")) };
    match &file.loaded.policy {
        Some(policy) if findings == 0 => println!(
            "{}: {}, {}, {}; no errors, no {}findings{known}",
            file.path.display(),
            count(policy.document.sections.iter().map(|s| s.clauses.len()).sum(), "clause"),
            count(policy.compiled.sentences.len(), "rule sentence"),
            count(policy.scenarios.len(), "scenario"),
            if known.is_empty() { "" } else { "new " },
        ),
        _ => {
            println!("{}: {}, {}{known}", file.path.display(), count(errors, "error"), count(findings, "finding"));
        }
    }
    let Some(policy) = &file.loaded.policy else { return };
    let clauses = reviewed(&file.source, &policy.document, &file.loaded.lock);
    let unread = clauses.iter().filter(|clause| clause.drift == Drift::NeverReviewed).count();
    if unread > 0 && file.path.as_os_str() != "-" {
        println!("{} never reviewed; see `upheld review --help`", count(unread, "clause"));
    }
}

fn sarif(file: &PolicyFile, known: Option<&BTreeSet<String>>) -> String {
    let meanings: Vec<String> = PAGES.iter().map(|page| page.meaning()).collect();
    let rules: Vec<SarifRule<'_>> = PAGES
        .iter()
        .zip(&meanings)
        .map(|(page, meaning)| SarifRule {
            code: page.code,
            severity: page.severity,
            title: page.title(),
            meaning,
            page: page.text,
        })
        .collect();
    let path = if file.path.as_os_str() == "-" { "stdin".to_owned() } else { file.path.display().to_string() };
    let report = Sarif { path: &path, version: env!("CARGO_PKG_VERSION"), rules: &rules, known };
    upheld_document::sarif(&file.loaded.diagnostics, &file.source, &report)
}

fn read_baseline(path: &Path) -> Result<BTreeSet<String>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the baseline `{}`; write one with `--write-baseline`", path.display()))?;
    let baseline: Baseline =
        serde_json::from_str(&text).with_context(|| format!("`{}` is not a baseline", path.display()))?;
    if baseline.upheld_baseline != 1 {
        bail!("`{}` is a baseline of another version ({})", path.display(), baseline.upheld_baseline);
    }
    Ok(baseline.findings.into_iter().map(|known| known.fingerprint).collect())
}

fn write_baseline(path: &Path, all: &[Diagnostic], prints: &[String]) -> Result<()> {
    let findings = all
        .iter()
        .zip(prints)
        .map(|(one, print)| Known { fingerprint: print.clone(), code: one.code.to_owned(), title: one.title.clone() })
        .collect();
    let text = serde_json::to_string_pretty(&Baseline { upheld_baseline: 1, findings })? + "\n";
    std::fs::write(path, text).with_context(|| format!("cannot write the baseline `{}`", path.display()))
}
