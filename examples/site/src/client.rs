//! The site's side of Upheld's HTTP API.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::policy::Policy;

/// Longer than Upheld needs, shorter than a visitor waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// What came of an act.
#[derive(Clone, Debug)]
pub(crate) enum Reply<T> {
    /// It was done.
    Done(T),
    /// The policy refuses it.
    Refused(Refusal),
}

/// A refusal, as far as the pages show it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Refusal {
    /// One word of Upheld's closed list.
    #[serde(default)]
    pub(crate) reason: String,
    /// The reason in a sentence.
    #[serde(default)]
    pub(crate) detail: String,
    /// The sentences of the policy.
    #[serde(default)]
    pub(crate) because: Vec<Cited>,
    /// For a form: why, by field.
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, String>,
}

/// A sentence of the policy.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) struct Cited {
    /// Its clause; also its anchor on the policy page.
    #[serde(default)]
    pub(crate) clause: String,
    /// The printed number of its section.
    #[serde(default)]
    pub(crate) section: String,
}

/// Upheld gave no usable answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// It could not be reached, or not in time.
    #[error("Upheld does not answer: {0}")]
    Unanswered(String),
    /// It answered with something that is neither a done nor a refused act.
    #[error("Upheld answered {status} to {path}: {title}")]
    Unexpected {
        /// The status.
        status: u16,
        /// The path that was asked.
        path: &'static str,
        /// The title of the problem, if it gave one.
        title: String,
    },
}

/// A call with no result of its own.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Nothing {}

#[derive(Deserialize)]
struct Done<T> {
    result: Option<T>,
}

/// Speaks to Upheld over HTTP. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Client {
    agent: ureq::Agent,
    base: String,
}

impl Client {
    pub(crate) fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        Self { agent: config.new_agent(), base: base.trim_end_matches('/').to_owned() }
    }

    /// The policy in force, as far as a form needs it.
    pub(crate) async fn policy(&self, token: &str) -> Result<Policy, Trouble> {
        let (status, body) = self.send("/v1/policy", token, None, None).await?;
        if status != 200 {
            return Err(unexpected(status, "/v1/policy", &body));
        }
        serde_json::from_value(body).map_err(|error| unreadable(status, "/v1/policy", &error))
    }

    /// Does an act. `session` is the signed session of the person for whom it is done.
    pub(crate) async fn act<T: DeserializeOwned>(
        &self,
        path: &'static str,
        token: &str,
        session: Option<String>,
        body: Value,
    ) -> Result<Reply<Option<T>>, Trouble> {
        let (status, body) = self.send(path, token, session, Some(body)).await?;
        read_act(status, path, body)
    }

    /// Asks a question; it changes nothing.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, token: &str, question: Value) -> Result<T, Trouble> {
        const PATH: &str = "/v1/questions";
        let (status, body) = self.send(PATH, token, None, Some(question)).await?;
        match status {
            200 => serde_json::from_value(body).map_err(|error| unreadable(status, PATH, &error)),
            _ => Err(unexpected(status, PATH, &body)),
        }
    }

    /// Sends a batch of records. Gives how many were refused.
    pub(crate) async fn batch(&self, token: &str, records: Vec<Value>) -> Result<usize, Trouble> {
        const PATH: &str = "/v1/collect/batch";
        let (status, body) = self.send(PATH, token, None, Some(json!({ "records": records }))).await?;
        match body.get("acts").and_then(Value::as_array) {
            Some(acts) if status == 200 => {
                Ok(acts.iter().filter(|act| act.get("allowed") != Some(&Value::Bool(true))).count())
            }
            _ => Err(unexpected(status, PATH, &body)),
        }
    }

    async fn send(
        &self,
        path: &'static str,
        token: &str,
        session: Option<String>,
        body: Option<Value>,
    ) -> Result<(u16, Value), Trouble> {
        let (agent, url, bearer) = (self.agent.clone(), format!("{}{path}", self.base), format!("Bearer {token}"));
        let call = move || -> Result<(u16, Value), ureq::Error> {
            let mut response = match body {
                None => agent.get(url).header("Authorization", bearer).call()?,
                Some(body) => {
                    let mut request = agent.post(url).header("Authorization", bearer);
                    if let Some(session) = session {
                        request = request.header("Upheld-Session", session);
                    }
                    request.send_json(body)?
                }
            };
            let text = response.body_mut().read_to_string()?;
            Ok((response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null)))
        };
        match tokio::task::spawn_blocking(call).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(Trouble::Unanswered(error.to_string())),
            Err(error) => Err(Trouble::Unanswered(error.to_string())),
        }
    }
}

fn read_act<T: DeserializeOwned>(status: u16, path: &'static str, body: Value) -> Result<Reply<Option<T>>, Trouble> {
    match status {
        200 | 201 => serde_json::from_value::<Done<T>>(body)
            .map(|done| Reply::Done(done.result))
            .map_err(|error| unreadable(status, path, &error)),
        403 if body.get("reason").is_some() => {
            serde_json::from_value(body).map(Reply::Refused).map_err(|error| unreadable(status, path, &error))
        }
        _ => Err(unexpected(status, path, &body)),
    }
}

fn unexpected(status: u16, path: &'static str, body: &Value) -> Trouble {
    let title = body.get("title").and_then(Value::as_str).unwrap_or("no title").to_owned();
    Trouble::Unexpected { status, path, title }
}

// The error of serde_json names places and types; it can hold a piece of the text only for an unknown variant, and the
// types here have none.
fn unreadable(status: u16, path: &'static str, error: &serde_json::Error) -> Trouble {
    Trouble::Unexpected { status, path, title: format!("not of the expected form ({error})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_act_gives_the_reason_for_each_field() {
        let body = json!({
            "type": "about:blank", "title": "refused", "status": 403, "detail": "a required value is missing",
            "allowed": false, "reason": "missing", "log": 7, "fields": {"name": "missing"},
            "because": [{"clause": "sign-up.1", "section": "3.2", "sentence": "we collect name", "line": 9}]
        });
        match read_act::<Nothing>(403, "/v1/collect", body).unwrap() {
            Reply::Refused(refusal) => {
                assert_eq!(refusal.fields["name"], "missing");
                assert_eq!(refusal.because[0].section, "3.2");
            }
            Reply::Done(_) => panic!("it was refused"),
        }
    }

    #[test]
    fn a_done_act_gives_its_result() {
        let body = json!({"allowed": true, "reason": "permitted", "because": [], "log": 3, "result": {}});
        assert!(matches!(read_act::<Nothing>(201, "/v1/collect", body), Ok(Reply::Done(Some(Nothing {})))));
    }

    #[test]
    fn what_is_neither_done_nor_refused_is_trouble() {
        let missing_verb = json!({"title": "not allowed", "status": 403});
        assert!(matches!(
            read_act::<Nothing>(403, "/v1/collect", missing_verb),
            Err(Trouble::Unexpected { status: 403, .. })
        ));
        assert!(matches!(
            read_act::<Nothing>(500, "/v1/collect", Value::Null),
            Err(Trouble::Unexpected { status: 500, .. })
        ));
    }

    #[tokio::test]
    async fn nobody_at_the_other_end_is_unanswered() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let client = Client::new(&format!("http://{address}/"));
        assert!(matches!(client.policy("token").await, Err(Trouble::Unanswered(_))));
    }
}
