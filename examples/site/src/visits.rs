//! Each page view goes to Upheld as a record of the visit point, behind the visitor's back in time only: pages do not wait.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::client::Client;

/// So many views wait at most; while Upheld does not answer, more are counted as lost.
const MOST_WAITING: usize = 2_000;
const MOST_AT_ONCE: usize = 100;
const PAUSE: Duration = Duration::from_secs(2);
const TRIES: u32 = 5;

/// Where page views are handed over.
#[derive(Clone)]
pub(crate) struct Visits(mpsc::Sender<Value>);

impl Visits {
    /// Starts the task that sends them. Needs a tokio runtime.
    pub(crate) fn start(client: Client, token: String) -> Self {
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        tokio::spawn(send_all(client, token, receiver));
        Self(sender)
    }

    /// Hands over one page view: when, and which page. The address of the connection stays where it is: only with a
    /// look-up of its host would it name the provider that the policy lets us note.
    pub(crate) fn saw(&self, host: &str, page: &str, at: u64) {
        let at =
            i64::try_from(at).ok().and_then(|at| jiff::Timestamp::from_second(at).ok()).unwrap_or_default().to_string();
        let values = json!({ "page_visited": page, "access_time": at });
        let record = json!({ "point": "web_visit", "in": format!("{host}{page}"), "values": values });
        if self.0.try_send(record).is_err() {
            tracing::warn!("a page view was not counted: too many are waiting for Upheld");
        }
    }
}

async fn send_all(client: Client, token: String, mut views: mpsc::Receiver<Value>) {
    let mut batch = Vec::new();
    while views.recv_many(&mut batch, MOST_AT_ONCE).await > 0 {
        let records = std::mem::take(&mut batch);
        let count = records.len();
        let mut tries = 0;
        loop {
            match client.batch(&token, records.clone()).await {
                Ok(0) => break,
                Ok(refused) => {
                    tracing::warn!(refused, "Upheld refused page views");
                    break;
                }
                Err(trouble) if tries < TRIES => {
                    tries += 1;
                    tracing::info!(%trouble, tries, "page views wait");
                    tokio::time::sleep(PAUSE).await;
                }
                Err(trouble) => {
                    tracing::warn!(%trouble, count, "page views were not counted");
                    break;
                }
            }
        }
    }
}
