//! `upheld serve`.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::{Context, Result};
use tracing_subscriber::EnvFilter;
use upheld_server::ServerConfig;

use crate::config::StoreArgs;

/// Serve the HTTP API and the published policy until interrupted.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Address and port; off loopback a proxy must be named
    #[arg(long, env = "UPHELD_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// The address under which people reach the server
    #[arg(long, env = "UPHELD_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// The proxy that ends TLS in front of this server
    #[arg(long, env = "UPHELD_PROXY", value_name = "NAME")]
    proxy: Option<String>,
    /// Log as JSON lines
    #[arg(long)]
    log_json: bool,
    #[command(flatten)]
    store: StoreArgs,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    start_logging(args.log_json);
    let file = args.store.config()?;
    let service = args.store.open()?;
    if let Some(token) = service.first_key()? {
        println!("{token}");
        eprintln!("the store is new: this is its first administrator key, shown once. Next:");
        eprintln!("  upheld activate privacy.md --by NAME     (while the server is stopped)");
        eprintln!("  upheld access add shop --as web_server --verbs collect,use --points sign_up");
    }
    let listen = args.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
    let mut config = ServerConfig::new(listen);
    config.public_url = args.public_url.clone().or(file.public_url);
    config.trusted_proxy = args.proxy.clone().or(file.proxy);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
    runtime
        .block_on(async { upheld_server::serve(service, config, interrupted()).await.context("the server stopped") })?;
    Ok(ExitCode::SUCCESS)
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
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json {
        builder.json().init();
    } else {
        builder.init();
    }
}
