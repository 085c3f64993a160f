//! `upheld compare`.

use std::io::BufRead;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use upheld_service::{AccessKind, Caller, Compare, Verb};
use zeroize::Zeroizing;

use crate::config::StoreArgs;

/// The longest line that is read, in bytes.
const LONGEST: u64 = 4096;

/// Compare what somebody types with what is held as a hash, such as a password. It is read as one line from standard input, and
/// never from a flag. Ends with 0 when it matches, with 1 when it does not or the policy refuses.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The data, as the policy declares it
    element: String,
    /// Whose: the service's own id of the person
    #[arg(long = "of", value_name = "PERSON")]
    person: String,
    /// What for
    #[arg(long = "for", value_name = "PURPOSE")]
    purpose: String,
    /// Who asks: a role or program that works on the purpose
    #[arg(long = "as", value_name = "ROLE")]
    acts_as: String,
    #[command(flatten)]
    store: StoreArgs,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let service = args.store.open()?;
    let mut line = Zeroizing::new(String::new());
    let mut input = std::io::Read::take(std::io::stdin().lock(), LONGEST);
    input.read_line(&mut line).context("cannot read standard input")?;
    let value = line.strip_suffix('\n').unwrap_or(&line);
    let value = value.strip_suffix('\r').unwrap_or(value).to_owned();
    if value.is_empty() {
        bail!("nothing was typed: send one line to standard input");
    }
    // Who may run this command may read the keys of the store: no token is asked for.
    let caller = Caller {
        key: "command-line".to_owned(),
        kind: AccessKind::Human,
        acts_as: Some(args.acts_as.clone()),
        verbs: vec![Verb::Compare],
        points: Vec::new(),
        purposes: Vec::new(),
        may_act: true,
    };
    let (person, element) = (args.person.clone(), args.element.clone());
    let act = service.compare(&caller, Compare { person, element, value, purpose: Some(args.purpose.clone()) })?;
    let Some(compared) = act.result else {
        eprintln!("refused: {}", act.answer.reason.sentence());
        for cited in &act.answer.because {
            eprintln!("  {}: {}", cited.clause, cited.sentence);
        }
        eprintln!("log entry {}", act.log);
        return Ok(ExitCode::FAILURE);
    };
    println!("{}", if compared.matches { "it matches" } else { "it does not match" });
    Ok(if compared.matches { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
