//! `upheld status`.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use upheld_service::trace::{ClauseReach, Reach, Used, reach};
use upheld_service::{AcceptedByUse, HeldByCase, Inquiry, Owed};

use crate::config::StoreArgs;
use crate::policy_file::{PolicyFile, count};

/// How far each clause of a policy reaches: a rule that compiles is not yet a rule that is asked.
///
/// A clause that a machine can keep is *written* (it compiles), *tested* (a scenario fails without it), *wired* (a question
/// that it decided was put in the last 30 days), *enforced* (an act that it decided was done or refused in the last 30 days).
/// The lowest that is true is what is said.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The policy; left out: the version in force in the store
    policy: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A table.
    #[default]
    Human,
    /// For machines; ends in a `summary` object.
    Json,
}

#[derive(Serialize)]
struct Status {
    clauses: Vec<ClauseReach>,
    summary: std::collections::BTreeMap<&'static str, usize>,
    /// What people asked and nobody has answered.
    requests: Vec<Inquiry>,
    /// What people must be told and were not.
    owed: Vec<Owed>,
    /// Of how many people it is noted that they accepted which version by use.
    accepted_by_use: Vec<AcceptedByUse>,
    /// Cases that hold data from being erased.
    holds: Vec<HeldByCase>,
}

const LEVELS: [Reach; 6] = [Reach::Enforced, Reach::Wired, Reach::Tested, Reach::Written, Reach::Hand, Reach::Stated];

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let (text, lock, used, (requests, owed, holds, accepted_by_use)) = match &args.policy {
        Some(path) => {
            let file = PolicyFile::read(path)?;
            file.policy()?;
            (file.source.text.clone(), file.lock().cloned(), Used::default(), Default::default())
        }
        None => {
            let service = args.store.open()?;
            let Some(in_force) = service.in_force()? else {
                bail!(
                    "no version of the policy is in force; name a policy, or run `upheld activate privacy.md --by NAME`"
                );
            };
            let lock = service.lock(in_force.version.number)?;
            let (requests, owed) = (service.open_inquiries()?, service.all_owed()?);
            let stands = (requests, owed, service.holds()?, service.accepted_by_use()?);
            (in_force.source.clone(), Some(lock), service.used()?, stands)
        }
    };
    let bar = bar();
    let clauses = reach(&text, lock.as_ref(), &used, &mut |done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    let summary =
        LEVELS.iter().map(|level| (level.word(), clauses.iter().filter(|one| one.reach == *level).count())).collect();
    let status = Status { clauses, summary, requests, owed, accepted_by_use, holds };
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&status)?),
        Format::Human => print!("{}", human(&status, args.policy.is_none())),
    }
    Ok(ExitCode::SUCCESS)
}

fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} clauses, each taken out");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn human(status: &Status, in_force: bool) -> String {
    let mut out = String::new();
    let width = status.clauses.iter().map(|one| one.clause.len()).max().unwrap_or(0);
    for one in &status.clauses {
        let shown = match one.scenarios.len() {
            _ if one.leaned_on => "nothing compiles without it".to_owned(),
            0 => String::new(),
            1 => "1 scenario fails without it".to_owned(),
            n => format!("{} fail without it", count(n, "scenario")),
        };
        let used = if in_force && one.reach > Reach::Hand {
            format!("; in 30 days {}, {}", count(number(one.acts), "act"), count(number(one.questions), "question"))
        } else {
            String::new()
        };
        let _ = writeln!(out, "{:<width$}  {:<8}  {shown}{used}", one.clause, one.reach.word());
    }
    let counts: Vec<String> = LEVELS
        .iter()
        .filter_map(|level| {
            status.summary.get(level.word()).filter(|n| **n > 0).map(|n| format!("{n} {}", level.word()))
        })
        .collect();
    let _ = writeln!(out, "{}: {}", count(status.clauses.len(), "clause"), counts.join(", "));
    if !status.requests.is_empty() {
        let late = status.requests.iter().filter(|one| one.overdue).count();
        let _ = writeln!(
            out,
            "{} of people {} for an answer, {late} past the last day",
            count(status.requests.len(), "request"),
            if status.requests.len() == 1 { "waits" } else { "wait" },
        );
    }
    if !status.owed.is_empty() {
        let late = status.owed.iter().filter(|one| one.overdue).count();
        let _ = writeln!(out, "{} owed to people, {late} past the last day", count(status.owed.len(), "notice"));
    }
    for one in &status.accepted_by_use {
        let what = if one.what == "policy" { String::new() } else { format!("the {} of ", one.what) };
        let people = if one.people == 1 { "1 person".to_owned() } else { format!("{} people", one.people) };
        let _ = writeln!(out, "{people} accepted {what}version {} by use (implied; it opens nothing)", one.version);
    }
    for one in &status.holds {
        let whose = one.people.map_or("everybody".to_owned(), |people| {
            if people == 1 { "1 person".to_owned() } else { format!("{people} people") }
        });
        let until = one.until.as_ref().map(|day| format!(" until {day}")).unwrap_or_default();
        let _ = writeln!(
            out,
            "case {} ({}, since {} by {}{until}) {} {} of {whose} from being erased{}",
            one.case,
            one.ground,
            one.since,
            one.by,
            if one.missing.is_empty() { "holds" } else { "would hold" },
            one.data.join(", "),
            if one.missing.is_empty() { String::new() } else { format!("; it lacks {}", one.missing.join(", ")) },
        );
    }
    if !in_force {
        out.push_str("Without a store nothing is known of what was asked: `upheld status` in its folder says more.\n");
    }
    out
}

fn number(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
