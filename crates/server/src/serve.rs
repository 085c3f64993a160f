//! The listener and the background duty.

use std::future::Future;
use std::io::{Error, ErrorKind};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{error, info};
use upheld_service::Service;

use crate::config::{ServeError, ServerConfig};
use crate::limits::Peer;
use crate::observe::Observer;
use crate::router::router;

/// The longest head of a request (its first line and headers), in bytes.
const LONGEST_HEAD: usize = 64 * 1024;

/// Listens and serves until `shutdown` completes; then takes no new request and lets those that run finish, for as long
/// as `config.grace` says.
///
/// # Errors
/// When the configuration cannot be served ([`ServerConfig::check`]) or the address cannot be had.
pub async fn serve(
    service: Service,
    config: ServerConfig,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    config.check()?;
    let listen = config.listen;
    let listener = TcpListener::bind(listen).await.map_err(|source| ServeError::Listen { listen, source })?;
    serve_on(listener, service, config, shutdown).await
}

/// As [`serve`], on a listener that is there already; `config.listen` is not looked at.
///
/// # Errors
/// When the configuration cannot be served there.
pub async fn serve_on(
    listener: TcpListener,
    service: Service,
    mut config: ServerConfig,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let listen = config.listen;
    config.listen = listener.local_addr().map_err(|source| ServeError::Listen { listen, source })?;
    config.check()?;
    if !config.observe.is_empty() {
        config.check_observed(service.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date())?;
    }
    let address = config.listen;
    match &config.trusted_proxy {
        Some(proxy) => info!(%address, %proxy, "listening"),
        None => info!(%address, "listening"),
    }
    let (stop, stopped) = watch::channel(false);
    let observed = Observer::new(config.observe.clone(), || service.now());
    let duty = tokio::spawn(sweep(service.clone(), observed, config.sweep_every, stopped.clone()));
    let told = tokio::spawn(async move {
        shutdown.await;
        info!("stopping");
        stop.send_replace(true);
    });
    let grace = config.grace;
    let mut open = connections(listener, router(service, &config), &config, stopped).await;
    if tokio::time::timeout(grace, open.watched.shutdown()).await.is_err() {
        info!("some requests were still running and have been cut off");
        open.tasks.shutdown().await;
    }
    told.abort();
    duty.abort();
    info!("stopped");
    Ok(())
}

/// The connections that are open.
struct Open {
    watched: GracefulShutdown,
    tasks: JoinSet<()>,
}

/// Takes connections until told to stop; gives those that are still open.
///
/// Each must send the head of a request in time, and there are never more than so many: who opens connections and says
/// nothing can neither hold them for ever nor use up what the store needs.
async fn connections(
    listener: TcpListener,
    router: Router,
    config: &ServerConfig,
    mut stopped: watch::Receiver<bool>,
) -> Open {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(config.head_timeout).max_buf_size(LONGEST_HEAD);
    let places = Arc::new(Semaphore::new(config.connections.clamp(1, Semaphore::MAX_PERMITS)));
    let mut open = Open { watched: GracefulShutdown::new(), tasks: JoinSet::new() };
    loop {
        while open.tasks.try_join_next().is_some() {}
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            next = next => next,
            _ = stopped.wait_for(|stopped| *stopped) => return open,
        };
        let routes = TowerToHyperService::new(router.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            routes.call(request)
        });
        let connection = open.watched.watch(http.serve_connection(TokioIo::new(stream), service));
        open.tasks.spawn(async move {
            let _place = place;
            // What goes wrong with a connection is the caller's business: they see it break off.
            drop(connection.await);
        });
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, IpAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // An answer is written whole, so there is nothing to wait for.
                drop(stream.set_nodelay(true));
                return (stream, peer.ip().to_canonical());
            }
            Err(failure) if is_of_the_caller(&failure) => {}
            Err(failure) => {
                // Mostly that there are too many open files; some will be closed.
                error!(%failure, "a connection could not be taken");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

fn is_of_the_caller(failure: &Error) -> bool {
    matches!(failure.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

/// Erases what is due, at once and then again and again. A failure is logged and tried again at the next turn.
async fn sweep(service: Service, observed: Observer, every: Duration, mut stopped: watch::Receiver<bool>) {
    let mut told_on = None;
    let mut turns = interval(every.max(Duration::from_secs(1)));
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = turns.tick() => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        if let Some(in_force) = observed.is_needed().then(|| service.clone()) {
            let read = tokio::task::spawn_blocking(move || in_force.in_force()).await;
            observed.tell(read.ok().and_then(Result::ok).flatten().as_deref(), service.now(), &mut told_on);
        }
        let service = service.clone();
        match tokio::task::spawn_blocking(move || service.sweep()).await {
            Ok(Ok(erased)) if erased.values > 0 => {
                info!(values = erased.values, keys = erased.keys, "erased what was due")
            }
            Ok(Ok(_)) => {}
            Ok(Err(failure)) => {
                error!(%failure, "what is due could not be erased; it is tried again")
            }
            Err(_) => error!("erasing what is due stopped in the middle; it is tried again"),
        }
    }
}
