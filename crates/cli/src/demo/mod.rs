//! `upheld demo`: a small hosting company lives one day under its policy.
//!
//! The real server and the example site run in this process; everything that happens goes over HTTP, as it would for a
//! customer of Upheld: programs and staff call `/v1` with keys of their own, people use the pages of the site. Each step
//! is told as it happens and held against how it should come out.
//!
//! `folder.rs` makes the place, `cast.rs` the keys, `servers.rs` starts both servers, `api.rs` and `browser.rs` speak to
//! them, `stage.rs` holds each step against the story, `tell.rs` prints, `scenes/` is the day.

mod api;
mod browser;
mod cast;
mod folder;
mod scenes;
mod servers;
mod stage;
mod tell;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

use folder::Folder;
use servers::Servers;
use stage::{Differs, Stage};
use tell::Teller;

/// The hosting policy, as it stands in the repository.
const POLICY: &str = include_str!("../../../../policies/hosting-2009/privacy.md");

/// What `upheld demo` is told.
#[derive(clap::Args)]
#[command(after_help = AFTER)]
pub(crate) struct DemoArgs {
    /// Where to put the store and the keys; left out: a new folder for temporary files, which is kept
    #[arg(long, value_name = "FOLDER")]
    store: Option<PathBuf>,
    /// The port of Upheld; left out: 8080, or a free one
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// The port of the company's web site; left out: 8081, or a free one
    #[arg(long, value_name = "PORT")]
    site_port: Option<u16>,
    /// End after the story instead of leaving the servers up
    #[arg(long)]
    once: bool,
    /// How the story is told: for people, or as one JSON object a step
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Telling,
}

const AFTER: &str = "\
Makes a fresh store, puts the policy of Larchfield Hosting (a fictitious company) into force, starts Upheld and the company's \
web site on this machine, and plays a day: visits, sign-ups, invoices, a partner, a newsletter, a warrant, a look at one's own \
data, an erasure, a closed account. Everything goes over the HTTP API and the site's own pages. Each act is told with the \
sentence of the policy that allowed or refused it, and checked; then both servers stay up for you to click through.

Only this machine can reach them. `UPHELD_LOG=info` shows their own log on standard error.

Exit codes: 0 every step came out as told · 1 one did not · 2 the demo could not run";

/// How the story is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Telling {
    /// Sentences for people.
    #[default]
    Human,
    /// One JSON object a step: scene, actor, act, allowed, reason, clauses, because, log.
    Json,
}

pub(crate) fn run(args: DemoArgs) -> Result<ExitCode> {
    start_logging();
    let began = Instant::now();
    let teller = match args.format {
        Telling::Human => Teller::human(),
        Telling::Json => Teller::json(),
    };
    let folder = Folder::make(args.store.as_deref())?;
    let service = folder.open()?;
    let version = service.activate(POLICY, None, "Ines Ruiz, counsel of Larchfield")?;
    let cast = cast::Cast::hire(&service)?;
    let servers = Servers::start(&service, &cast, args.port, args.site_port)?;

    teller.opening(&version.version, version.log, &folder, &servers);
    let mut stage = Stage::new(&cast, &servers, &teller)?;
    let played =
        scenes::play(&mut stage, &service).and_then(|stayed| scenes::verify(&mut stage, &service).map(|()| stayed));
    let stayed = match played {
        Ok(stayed) => stayed,
        Err(error) => {
            let Some(Differs(what)) = error.downcast_ref::<Differs>() else { return Err(error) };
            eprintln!("error: the day did not go as told: {what}");
            eprintln!("the store is in `{}`", folder.path().display());
            servers.stop()?;
            return Ok(ExitCode::FAILURE);
        }
    };
    teller.closing(stage.steps(), began.elapsed(), &folder);
    if args.once {
        servers.stop()?;
    } else {
        teller.afterwards(&folder, &servers, cast.token("mailer"), &stayed.id);
        servers.until_interrupted()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The servers' own log would stand between the lines of the story, so only what goes wrong is shown.
fn start_logging() {
    let filter = EnvFilter::try_from_env("UPHELD_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(color).init();
}
