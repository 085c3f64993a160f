//! `upheld config`: what is set, from where, and what is wrong with it. It looks and changes nothing.

mod findings;
mod places;
mod settings;
mod stored;

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory as _, Subcommand, ValueEnum};
use serde::Serialize;
use upheld_server::{ServeError, ServerConfig};

use self::findings::{Finding, Findings, Level};
use self::settings::Setting;
use super::man::print;
use crate::config::{Config, LISTEN, ListenArgs, StoreArgs, read_file};
use crate::policy_file::count;

/// Look at the configuration.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what is set and from where, and what is wrong with it; nothing is changed
    #[command(after_help = AFTER)]
    Check(Check),
}

#[derive(clap::Args)]
struct Check {
    /// Hold it against what a service with real people needs: some warnings are errors then
    #[arg(long)]
    production: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    listen: ListenArgs,
    #[command(flatten)]
    store: StoreArgs,
}

const AFTER: &str = "\
A flag wins over the environment, that over `upheld.toml`, that over what is usual. Run it as the user who runs the server, \
with the same environment and in the same folder. Values of unknown settings are never printed.

Exit codes: 0 no errors and no warnings · 1 errors or warnings · 2 the check could not run";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Human,
    /// For machines.
    Json,
}

/// Everything that is set, in effect.
struct InEffect {
    store: std::path::PathBuf,
    keys: std::path::PathBuf,
    server: ServerConfig,
    ephemeral_ok: bool,
}

#[derive(Serialize)]
struct Report {
    settings: Vec<Setting>,
    findings: Vec<Finding>,
    errors: usize,
    warnings: usize,
    notes: usize,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let Command::Check(check) = &args.command;
    let file = check.store.file();
    let (config, faults) = match file {
        Some(path) => read_file(path)?,
        None => (Config::default(), Vec::new()),
    };
    let mut findings = Findings::new(check.production);
    for fault in faults {
        findings.error(
            fault.code,
            format!("{}: {}", at(file, fault.line), fault.what),
            format!("{}; until then no command with a store runs", fault.help),
        );
    }
    let in_effect = in_effect(check, &config);
    // Only the command line's own reading tells a flag from a variable that has the same value.
    let matches = crate::Cli::command().get_matches();
    let matches = matches.subcommand().and_then(|(_, config)| config.subcommand()).map(|(_, check)| check);
    let settings = settings::all(check, &config, &in_effect, file, matches);

    settings::unknown_variables(&mut findings);
    places::look(&in_effect, &mut findings);
    listener(&in_effect.server, &mut findings);
    stored::look(&in_effect, &mut findings);

    let findings = findings.done();
    let of = |level| findings.iter().filter(|finding| finding.level == level).count();
    let (errors, warnings, notes) = (of(Level::Error), of(Level::Warning), of(Level::Note));
    let report = Report { settings, findings, errors, warnings, notes };
    let text = match check.format {
        Format::Human => human(&report),
        Format::Json => serde_json::to_string_pretty(&report)? + "\n",
    };
    print(text.as_bytes())?;
    Ok(if errors + warnings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn in_effect(check: &Check, config: &Config) -> InEffect {
    let (store, keys) = check.store.places(config);
    let mut server = ServerConfig::new(check.listen.listen.or(config.listen).unwrap_or(LISTEN));
    server.public_url = check.listen.public_url.clone().or_else(|| config.public_url.clone());
    server.trusted_proxy = check.listen.proxy.clone().or_else(|| config.proxy.clone());
    config.serving.apply(&mut server);
    InEffect { store, keys, server, ephemeral_ok: check.listen.ephemeral_ok }
}

fn at(file: Option<&Path>, line: usize) -> String {
    format!("`{}` line {line}", file.unwrap_or(Path::new(crate::config::FILE)).display())
}

/// Where it listens, and under which address people find it.
fn listener(server: &ServerConfig, findings: &mut Findings) {
    match server.check() {
        Err(ServeError::NoProxy { listen }) => findings.error(
            "no_proxy",
            format!("`{listen}` can be reached from other machines, and this server speaks no TLS"),
            "put a proxy that ends TLS in front of it and name it (`proxy`), or listen on 127.0.0.1",
        ),
        // The address is not quoted: a name and a password may stand in it.
        Err(ServeError::PublicUrl { .. }) => {
            return findings.error(
                "public_url_form",
                "`public_url` is not of the form `https://privacy.example.org`",
                "write scheme and host, without a user, a query or a fragment",
            );
        }
        Err(other @ (ServeError::ClientHeader | ServeError::ObservedTwice { .. })) => {
            findings.error("serving", other.to_string(), "until then the server does not start");
        }
        Err(other) => findings.error("listen", other.to_string(), "see `listen`"),
        Ok(()) => {}
    }
    if let Err(other) = server.check_observed(jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date())
    {
        findings.error("observed_too_long", other.to_string(), "until then the server does not start");
    }
    let behind_proxy = server.trusted_proxy.is_some() || !server.listen.ip().is_loopback();
    match server.public_url.as_deref() {
        None => {
            let level = if behind_proxy { Level::Warning } else { Level::Note };
            findings.add(
                level,
                Level::Warning,
                "public_url_missing",
                "`public_url` is not set: the published policy does not name its own address, nor does `/openapi.json`",
                "set the address under which people reach the server, for example `public_url = \"https://privacy.example.org\"`",
            );
        }
        Some(url) if url.starts_with("http://") => {
            let level = if behind_proxy { Level::Warning } else { Level::Note };
            findings.add(
                level,
                Level::Error,
                "public_url_plain",
                "`public_url` begins with `http://`: what people send there can be read on the way",
                "let the proxy serve it over TLS and write `https://`",
            );
        }
        Some(_) => {}
    }
}

fn human(report: &Report) -> String {
    let mut out = String::from("settings\n");
    let width = report.settings.iter().map(|setting| setting.shown().chars().count()).max().unwrap_or(0).min(48);
    for setting in &report.settings {
        let _ = writeln!(out, "  {:<12}  {:<width$}  {}", setting.name, setting.shown(), setting.origin());
    }
    if !report.findings.is_empty() {
        out.push('\n');
    }
    for finding in &report.findings {
        let _ = writeln!(out, "{}[{}]: {}", finding.level.word(), finding.code, finding.message);
        let _ = writeln!(out, "  help: {}", finding.help);
    }
    let _ = writeln!(
        out,
        "\n{}, {}, {}",
        count(report.errors, "error"),
        count(report.warnings, "warning"),
        count(report.notes, "note")
    );
    out
}
