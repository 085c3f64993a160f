//! Both servers on loopback, in this process.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use upheld_server::ServerConfig;
use upheld_service::Service;
use upheld_site::{Places, SiteConfig, system_clock};

use super::cast::Cast;
use crate::commands::serve::interrupted;

const UPHELD_PORT: u16 = 8080;
const SITE_PORT: u16 = 8081;
/// Nothing here takes long; a page that is still being loaded should not hold Ctrl-C up.
const GRACE: Duration = Duration::from_secs(2);
/// How long a server may take to answer for the first time.
const PATIENCE: Duration = Duration::from_secs(10);

/// Upheld and the site, running.
pub(super) struct Servers {
    /// Where Upheld answers.
    pub(super) upheld: String,
    /// Where the site answers.
    pub(super) site: String,
    runtime: Runtime,
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<Result<()>>>,
}

impl Servers {
    /// Starts both and waits until both answer.
    pub(super) fn start(service: &Service, cast: &Cast, port: Option<u16>, site_port: Option<u16>) -> Result<Self> {
        let upheld_address = address(port, UPHELD_PORT, "--port")?;
        let site_address = address(site_port, SITE_PORT, "--site-port")?;
        let (upheld, site) = (format!("http://{upheld_address}"), format!("http://{site_address}"));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
        let (stop, stopped) = watch::channel(false);

        let mut config = ServerConfig::new(upheld_address);
        config.public_url = Some(upheld.clone());
        config.grace = GRACE;
        let (service, until) = (service.clone(), when(stopped.clone()));
        let first = runtime.spawn(async move { upheld_server::serve(service, config, until).await.context("Upheld") });

        let config = SiteConfig {
            listen: site_address,
            upheld_url: upheld.clone(),
            upheld_public_url: upheld.clone(),
            visits_token: cast.visits().to_owned(),
            forms_token: cast.forms().to_owned(),
            forms_key: cast.forms_key.clone(),
            messages_token: cast.choices().to_owned(),
            session_key: cast.site.clone(),
            places: Places::default(),
            clock: system_clock(),
        };
        let until = when(stopped);
        let second = runtime.spawn(async move { upheld_site::serve(config, until).await.context("the site") });

        let mut servers = Self { upheld, site, runtime, stop, running: vec![first, second] };
        servers.wait(&format!("{}/readyz", servers.upheld))?;
        servers.wait(&format!("{}/favicon.svg", servers.site))?;
        Ok(servers)
    }

    fn wait(&mut self, url: &str) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        while ureq::get(url).call().is_err() {
            if let Some(ended) = self.running.iter().position(JoinHandle::is_finished) {
                let ended = self.running.swap_remove(ended);
                self.runtime.block_on(ended)??;
                bail!("a server ended at once");
            }
            if Instant::now() > until {
                bail!("`{url}` does not answer");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Leaves both up until Ctrl-C or SIGTERM, or until one of them fails.
    pub(super) fn until_interrupted(self) -> Result<()> {
        let failed = async {
            while !self.running.iter().any(JoinHandle::is_finished) {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        };
        self.runtime.block_on(async {
            tokio::select! {
                () = interrupted() => {}
                () = failed => {}
            }
        });
        self.stop()
    }

    /// Stops both and waits a moment for requests that run.
    pub(super) fn stop(self) -> Result<()> {
        self.stop.send_replace(true);
        for running in self.running {
            let ended = self.runtime.block_on(async { tokio::time::timeout(GRACE, running).await });
            if let Ok(ended) = ended {
                ended??;
            }
        }
        self.runtime.shutdown_timeout(GRACE);
        Ok(())
    }
}

async fn when(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is as good a reason to stop.
    drop(stopped.wait_for(|stopped| *stopped).await);
}

/// The address to listen on: the wanted port, or the usual one, or a free one when somebody else has that.
fn address(wanted: Option<u16>, usual: u16, flag: &str) -> Result<SocketAddr> {
    let at = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|listener| listener.local_addr());
    match wanted {
        Some(port) => at(port).with_context(|| format!("port {port} is taken; name another with `{flag}`")),
        None => at(usual).or_else(|_| at(0)).context("no port of this machine is free"),
    }
}
