//! `upheld versions`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use jiff::civil::Date;
use upheld_policy::change::Weakening;
use upheld_service::{ProposalState, Service, Version};

use crate::config::StoreArgs;
use crate::policy_file::{PolicyFile, count};

const LIFE: &str = "\
A version is proposed, approved, in force, and one day replaced. One that is nowhere weaker for
people may be approved by anybody and begin at once. One that may be weaker is approved by another
person than the one who proposed it, and begins on a later day than the one on which people were
told. Each step is an entry of the evidence log.";

/// List the versions of the policy that a store holds, and bring new ones on their way into force.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = LIFE)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Propose a version; says what in it may be weaker for people
    Propose {
        /// The policy
        policy: PathBuf,
        /// Who proposes it: a name for the evidence
        #[arg(long, value_name = "NAME")]
        by: String,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Put a proposed version into force
    Approve {
        /// Its version, as its front matter has it
        version: String,
        /// First day of its force (`2026-12-01`); left out: at once
        #[arg(long, value_name = "DATE")]
        from: Option<String>,
        /// The day on which people were told of the change
        #[arg(long, value_name = "DATE")]
        posted: Option<String>,
        /// Who approves it: a name for the evidence
        #[arg(long, value_name = "NAME")]
        by: String,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Take a proposed version back
    Withdraw {
        /// Its version, as its front matter has it
        version: String,
        /// Who takes it back: a name for the evidence
        #[arg(long, value_name = "NAME")]
        by: String,
        #[command(flatten)]
        store: StoreArgs,
    },
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    match &args.command {
        None => list(&args.store)?,
        Some(Command::Propose { policy, by, store }) => {
            let file = PolicyFile::read(policy)?;
            file.policy()?;
            let (proposal, weaker) = store.open()?.propose(&file.source.text, file.lock(), by)?;
            println!("version {} is proposed; log entry {}", proposal.version, proposal.log);
            if weaker.is_empty() {
                println!("nowhere weaker for people than what is in force: it may begin at once");
                println!("next: upheld versions approve {} --by NAME", proposal.version);
            } else {
                println!("may be weaker for people, in {}:", count(weaker.len(), "place"));
                print!("{}", listed(&weaker));
                println!(
                    "next: tell people, then somebody else: upheld versions approve {} --posted DATE --from DATE --by NAME",
                    proposal.version
                );
            }
        }
        Some(Command::Approve { version, from, posted, by, store }) => {
            let day = |text: &Option<String>| text.as_deref().map(date).transpose();
            let service = store.open()?;
            tell(&service, &service.approve(version, day(from)?, day(posted)?, by)?)?;
        }
        Some(Command::Withdraw { version, by, store }) => {
            let withdrawn = store.open()?.withdraw_proposal(version, by)?;
            println!("version {version} is withdrawn; log entry {}", withdrawn.log);
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn date(text: &str) -> Result<Date> {
    text.parse::<Date>().with_context(|| format!("`{text}` is not a date like 2026-12-01"))
}

/// Says that a version was put into force; and which one, approved before it, takes its place later on.
pub(crate) fn tell(service: &Service, begun: &Version) -> Result<()> {
    println!("version {} is in force from {}; log entry {}", begun.version, begun.from, begun.log);
    let later = service.versions()?.into_iter().filter(|other| other.from > begun.from);
    if let Some(next) = later.min_by_key(|other| other.from) {
        println!("version {}, put into force before, takes its place on {}", next.version, next.from);
    }
    Ok(())
}

/// What may be weaker, and below each the sentences with `+` and `-`.
pub(crate) fn listed(weaker: &[Weakening]) -> String {
    let one = |one: &Weakening| {
        let marked = |mark: char, all: &[String]| -> String {
            all.iter().map(|sentence| format!("    {mark} {sentence}\n")).collect()
        };
        format!("  {}\n{}{}", one.change, marked('-', &one.old), marked('+', &one.new))
    };
    weaker.iter().map(one).collect()
}

fn list(store: &StoreArgs) -> Result<()> {
    let service = store.open()?;
    let versions = service.versions()?;
    let waiting: Vec<_> =
        service.proposals()?.into_iter().filter(|proposal| proposal.state == ProposalState::Proposed).collect();
    if versions.is_empty() && waiting.is_empty() {
        println!("no version yet; next: upheld activate privacy.md --by NAME");
        return Ok(());
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
    for proposal in waiting {
        println!(
            "? {:<10} proposed         by {}  meaning {}",
            proposal.version,
            proposal.by,
            proposal.meaning_digest.get(..12).unwrap_or_default(),
        );
    }
    Ok(())
}
