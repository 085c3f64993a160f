//! The listener and the background duty.

use std::future::Future;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{error, info};
use upheld_service::Service;

use crate::config::{ServeError, ServerConfig};
use crate::router::router;

/// Listens and serves until `shutdown` completes; then takes no new request and lets those that run finish, for as long
/// as `config.grace` says.
///
/// # Errors
/// When the configuration cannot be served ([`ServerConfig::check`]), the address cannot be had, or the listener fails.
pub async fn serve(
    service: Service,
    config: ServerConfig,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    config.check()?;
    let listen = config.listen;
    let listener = TcpListener::bind(listen).await.map_err(|source| ServeError::Listen { listen, source })?;
    let address = listener.local_addr().unwrap_or(listen);
    match &config.trusted_proxy {
        Some(proxy) => info!(%address, %proxy, "listening"),
        None => info!(%address, "listening"),
    }
    let (stop, stopped) = watch::channel(false);
    let duty = tokio::spawn(sweep(service.clone(), config.sweep_every, stopped.clone()));
    let served = axum::serve(listener, router(service, &config)).with_graceful_shutdown(async move {
        shutdown.await;
        info!("stopping");
        stop.send_replace(true);
    });
    let result = tokio::select! {
        result = served => result.map_err(ServeError::Stopped),
        () = grace(stopped, config.grace) => Ok(()),
    };
    duty.abort();
    info!("stopped");
    result
}

/// Completes when the server has been told to stop and the time for what still runs is over.
async fn grace(mut stopped: watch::Receiver<bool>, grace: Duration) {
    // An error means that the sender is gone without a word; then the listener has ended and its result is what counts.
    if stopped.wait_for(|stopped| *stopped).await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(grace).await;
}

/// Erases what is due, at once and then again and again. A failure is logged and tried again at the next turn.
async fn sweep(service: Service, every: Duration, mut stopped: watch::Receiver<bool>) {
    let mut turns = interval(every.max(Duration::from_secs(1)));
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = turns.tick() => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
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
