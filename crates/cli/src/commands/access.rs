//! `upheld access`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use upheld_service::{AccessKind, NewAccess, Verb};

use crate::config::StoreArgs;

/// Add, list and revoke access keys. A key belongs to one program or one human.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add a key; its token is shown once
    Add(Add),
    /// List the keys: never their tokens
    List {
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Revoke a key at once and for good
    Revoke {
        /// The key's id
        id: String,
        #[command(flatten)]
        store: StoreArgs,
    },
}

#[derive(clap::Args)]
struct Add {
    /// Whose key it is: a program's or a person's name
    name: String,
    /// The role or program of the policy that it acts as
    #[arg(long = "as", value_name = "ROLE")]
    acts_as: Option<String>,
    /// It belongs to a human (findings need one)
    #[arg(long, conflicts_with = "administrator")]
    human: bool,
    /// It may administer: put policies into force and manage keys
    #[arg(long)]
    administrator: bool,
    /// What it may do: collect, use, change, erase, block, share, choose, attest, request, relate, compare, notify, ask, log
    #[arg(long, value_delimiter = ',', value_name = "VERB,…")]
    verbs: Vec<String>,
    /// The points at which it may collect
    #[arg(long, value_delimiter = ',', value_name = "POINT,…")]
    points: Vec<String>,
    /// The purposes for which it may act; left out: all that its role works on
    #[arg(long = "for", value_delimiter = ',', value_name = "PURPOSE,…")]
    purposes: Vec<String>,
    /// It may only ask, never act
    #[arg(long)]
    ask_only: bool,
    /// It signs people's sessions with the private key of this public Ed25519 key (PEM or 32 bytes in base64)
    #[arg(long, value_name = "FILE")]
    signs_sessions: Option<PathBuf>,
    #[command(flatten)]
    store: StoreArgs,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    match &args.command {
        Command::Add(add) => run_add(add)?,
        Command::List { store } => {
            for key in store.open()?.access_list()? {
                println!(
                    "{}  {:<13} {:<20} {:<18} {}{}",
                    key.id,
                    key.kind.word(),
                    key.name,
                    key.acts_as.as_deref().unwrap_or("-"),
                    key.verbs.iter().map(|verb| verb.word()).collect::<Vec<_>>().join(","),
                    if key.revoked { "  (revoked)" } else { "" },
                );
            }
        }
        Command::Revoke { id, store } => {
            store.open()?.access_revoke(id)?;
            println!("{id} is revoked");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn run_add(add: &Add) -> Result<()> {
    let verbs = add
        .verbs
        .iter()
        .map(|word| {
            Verb::from_word(word).with_context(|| format!("`{word}` is no verb; the verbs are {}", Verb::words()))
        })
        .collect::<Result<Vec<_>>>()?;
    if verbs.is_empty() && !add.administrator {
        bail!("name what the key may do, for example `--verbs collect,use`; the verbs are {}", Verb::words());
    }
    let signs_sessions = match &add.signs_sessions {
        Some(path) => Some(
            std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the public key `{}`", path.display()))?,
        ),
        None => None,
    };
    let kind = if add.administrator {
        AccessKind::Administrator
    } else if add.human {
        AccessKind::Human
    } else {
        AccessKind::Program
    };
    let (key, token) = add.store.open()?.access_add(NewAccess {
        name: add.name.clone(),
        kind,
        acts_as: add.acts_as.clone(),
        verbs,
        points: add.points.clone(),
        purposes: add.purposes.clone(),
        may_act: !add.ask_only,
        signs_sessions,
    })?;
    println!("{token}");
    eprintln!("key {} for {}: this token is shown once and stored only as a hash", key.id, key.name);
    Ok(())
}
