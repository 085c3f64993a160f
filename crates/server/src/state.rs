//! What every handler shares: the service, and the gate in front of it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tracing::Span;
use upheld_service::{Service, ServiceError};

use crate::config::ServerConfig;
use crate::limits::Limits;
use crate::observe::Observer;
use crate::problem::{Problem, ProblemType};

/// What every handler shares.
#[derive(Clone)]
pub(crate) struct App {
    service: Service,
    gate: Arc<Semaphore>,
    queue_timeout: Duration,
    /// How long a body may take to arrive.
    pub(crate) request_timeout: Duration,
    /// The longest body, in bytes.
    pub(crate) body_limit: usize,
    /// The address of this server for people, without a slash at its end.
    pub(crate) public_url: Option<Arc<str>>,
    /// Under which address a program on this machine reaches it, where nobody else can.
    pub(crate) own_url: Option<Arc<str>>,
    /// How many requests are taken from whom.
    pub(crate) limits: Arc<Limits>,
    /// Purposes that are observed.
    pub(crate) observer: Arc<Observer>,
}

impl App {
    pub(crate) fn new(service: Service, config: &ServerConfig) -> Self {
        let alone = config.listen.ip().is_loopback() && config.trusted_proxy.is_none();
        Self {
            own_url: alone.then(|| Arc::from(format!("http://{}", config.listen))),
            limits: Arc::new(Limits::new(config)),
            observer: Arc::new(Observer::new(config.observe.clone(), || service.now())),
            service,
            gate: Arc::new(Semaphore::new(config.concurrency.clamp(1, Semaphore::MAX_PERMITS))),
            queue_timeout: config.queue_timeout,
            request_timeout: config.request_timeout,
            body_limit: config.body_limit,
            public_url: config.public_url.as_deref().map(|url| Arc::from(url.trim_end_matches('/'))),
        }
    }

    /// The service, for what does not touch the store.
    pub(crate) fn service(&self) -> &Service {
        &self.service
    }

    /// Runs the one blocking closure of a request when its turn comes. What has begun is finished, also when the caller
    /// has gone.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&Service) -> Result<T, ServiceError> + Send + 'static,
    {
        let turn = tokio::time::timeout(self.queue_timeout, Arc::clone(&self.gate).acquire_owned()).await;
        let Ok(Ok(permit)) = turn else {
            return Err(Problem::of(ProblemType::Busy));
        };
        let service = self.service.clone();
        let span = Span::current();
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            span.in_scope(|| work(&service))
        });
        match done.await {
            Ok(result) => result.map_err(Problem::from),
            // The panic has been reported on standard error by the panic hook.
            Err(_) => Err(Problem::of(ProblemType::Internal)),
        }
    }
}
