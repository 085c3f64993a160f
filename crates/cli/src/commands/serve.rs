//! `upheld serve`.

use std::io::IsTerminal as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tracing::warn;
use tracing_subscriber::EnvFilter;
use upheld_decide::{Compiled, Recipient};
use upheld_server::ServerConfig;
use upheld_service::Service;

use crate::config::{Held, LISTEN, ListenArgs, StoreArgs, ephemeral, printable};

/// Serve the HTTP API and the published policy until interrupted.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    listen: ListenArgs,
    /// Log as JSON lines
    #[arg(long)]
    log_json: bool,
    /// Serve nothing: ask the server that runs with these settings whether it is ready (0 it is, 1 it is not)
    #[arg(long)]
    probe: bool,
    #[command(flatten)]
    store: StoreArgs,
}

/// How long a probe waits for the answer.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let file = args.store.config()?;
    let (store, _) = args.store.places(&file);
    let mut config = ServerConfig::new(args.listen.listen.or(file.listen).unwrap_or(LISTEN));
    config.public_url = args.listen.public_url.clone().or(file.public_url);
    config.trusted_proxy = args.listen.proxy.clone().or(file.proxy);
    file.serving.apply(&mut config);
    if args.probe {
        return Ok(probe(config.listen));
    }
    start_logging(args.log_json);
    // What a panic says may hold a value: only its place is told.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(%place, "a part of the program failed within; the act that it served was undone");
    }));
    // What is wrong with the settings is said before anything is made.
    config.check()?;
    if let Some(why) = ephemeral(&store).filter(|_| !args.listen.ephemeral_ok) {
        bail!(
            "the store `{}` would not last: {why}; name a store elsewhere (`--store`, `store` in `upheld.toml`), or say \
             `--ephemeral-ok` when you are only trying things out",
            store.display()
        );
    }
    let _held = Held::take(&store, config.listen)?;
    let service = args.store.open()?;
    service.ready().context("the policy of this store cannot be served")?;
    if let Some(in_force) = service.in_force()? {
        let country = args.listen.store_country.as_deref().or(file.store_country.as_deref());
        let operator = args.listen.store_operator.as_deref().or(file.store_operator.as_deref());
        place_as_promised(&in_force.policy, country, operator)?;
    }
    first_key(&service)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
    runtime
        .block_on(async { upheld_server::serve(service, config, interrupted()).await.context("the server stopped") })?;
    Ok(ExitCode::SUCCESS)
}

/// Where the policy says where the store is, it is there.
fn place_as_promised(policy: &Compiled, country: Option<&str>, operator: Option<&str>) -> Result<()> {
    if !policy.stores.iter().any(|place| !place.backup) {
        return Ok(());
    }
    let Some(country) = country else {
        bail!(
            "the policy says where data is stored; say where this store is: `store_country` and `store_operator` in \
             `upheld.toml`, or `--store-country` and `--store-operator`"
        );
    };
    let with = match operator {
        Some(name) => match policy.names.recipients.id(name) {
            Some(id) => Some(Recipient(id)),
            None => bail!("the policy names no recipient `{}` who could run the store", printable(name)),
        },
        None => None,
    };
    let answer = policy.may_be_stored(false, country, with);
    if answer.allowed {
        return Ok(());
    }
    let said: Vec<&str> = answer.because.iter().map(|cited| cited.sentence.as_str()).collect();
    bail!("this store is not where the policy says: {}", said.join("; "))
}

/// Shows the first administrator's token to whoever sits at the terminal. Where nobody does, the token would end up in a
/// system's log, so none is made.
fn first_key(service: &Service) -> Result<()> {
    if !std::io::stdout().is_terminal() {
        if service.access_list()?.is_empty() {
            warn!("there is no access key yet; make one with `upheld access add`");
        }
        return Ok(());
    }
    if let Some(token) = service.first_key()? {
        println!("{token}");
        eprintln!("the store is new: this is its first administrator key, shown once. Next, in another terminal:");
        eprintln!("  upheld activate privacy.md --by NAME");
        eprintln!("  upheld access add shop --as web_server --verbs collect,use --points sign_up");
    }
    Ok(())
}

/// Asks a server on this machine whether it is ready: what a container's health check needs, without any other program.
fn probe(listen: SocketAddr) -> ExitCode {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let address = SocketAddr::new(ip, listen.port());
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .max_redirects(0)
        .timeout_global(Some(PATIENCE))
        .build()
        .new_agent();
    match agent.get(format!("http://{address}/readyz")).call() {
        Ok(answer) if answer.status().as_u16() == 200 => {
            println!("ready");
            ExitCode::SUCCESS
        }
        Ok(answer) => {
            println!("not ready: `http://{address}/readyz` answers {}", answer.status().as_u16());
            ExitCode::FAILURE
        }
        Err(_) => {
            println!("not ready: nothing answers at `http://{address}/readyz`");
            ExitCode::FAILURE
        }
    }
}

/// Completes at Ctrl-C or SIGTERM.
pub(crate) async fn interrupted() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(signal) => signal,
            Err(_) => {
                drop(interrupt.await);
                return;
            }
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}

fn start_logging(json: bool) {
    let filter = EnvFilter::try_from_env("UPHELD_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(color);
    if json {
        builder.json().init();
    } else {
        builder.init();
    }
}

#[cfg(test)]
mod tests {
    use upheld_decide::Compiled;
    use upheld_document::Source;

    use super::place_as_promised;

    fn policy(rules: &str) -> Compiled {
        let text = format!(
            "---\nupheld: 1\ntitle: T\ncontroller: C\ncontact: c@example.org\nversion: 1\neffective: 2026-12-01\n---\n\n# T\n\nWe say where.\n\n\
             ```upheld\nrecipient hosting_firm, other_firm is processor\n{rules}\n```\n"
        );
        upheld_policy::load(&Source::new("privacy.md", text), None).policy.expect("it compiles").compiled
    }

    #[test]
    fn a_store_is_served_only_where_the_policy_says() {
        let promised = policy("we store anything in DE with hosting_firm");
        assert!(place_as_promised(&promised, Some("DE"), Some("hosting_firm")).is_ok());
        for (country, operator) in [
            (None, None),
            (None, Some("hosting_firm")),
            (Some("DE"), None),
            (Some("DE"), Some("other_firm")),
            (Some("US"), Some("hosting_firm")),
            (Some("DE"), Some("nobody")),
        ] {
            assert!(place_as_promised(&promised, country, operator).is_err(), "{country:?} {operator:?}");
        }
    }

    #[test]
    fn without_such_a_sentence_it_is_served_anywhere() {
        for rules in ["statement", "we store backup in IE with other_firm"] {
            assert!(place_as_promised(&policy(rules), None, None).is_ok(), "{rules}");
        }
    }
}
