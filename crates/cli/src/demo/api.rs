//! The demo's side of `/v1`: what any program of a service would do.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::stage::Differs;

/// Speaks to Upheld.
pub(super) struct Api {
    agent: ureq::Agent,
    base: String,
}

/// A sentence of the policy that decided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Cited {
    pub(super) clause: String,
    pub(super) section: String,
    pub(super) sentence: String,
}

/// What came of an act.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    pub(super) allowed: bool,
    pub(super) reason: String,
    pub(super) because: Vec<Cited>,
    pub(super) lacking: Vec<String>,
    /// For a refused record: why, by element.
    pub(super) fields: Vec<(String, String)>,
    /// Index in the log.
    pub(super) log: u64,
    pub(super) result: Value,
}

/// An entry of the log, as far as the story reads it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Entry {
    pub(super) index: u64,
    pub(super) verb: String,
    pub(super) result: String,
    #[serde(default)]
    pub(super) reason: Option<String>,
    #[serde(default)]
    pub(super) clauses: Vec<String>,
    #[serde(default)]
    pub(super) elements: Vec<String>,
    #[serde(default)]
    pub(super) classes: Vec<String>,
    #[serde(default)]
    pub(super) commitments: Vec<String>,
    #[serde(default)]
    pub(super) details: BTreeMap<String, String>,
}

impl Api {
    pub(super) fn new(base: &str) -> Self {
        Self { agent: agent(), base: base.to_owned() }
    }

    /// Does an act. An answer that is neither "done" nor "refused" is none that the story knows.
    pub(super) fn act(&self, token: &str, path: &str, body: &Value) -> Result<Outcome> {
        let url = format!("{}{path}", self.base);
        let mut response = self
            .agent
            .post(url)
            .header("Authorization", bearer(token))
            .send_json(body)
            .with_context(|| format!("`{path}` does not answer"))?;
        let status = response.status().as_u16();
        let body: Value = response.body_mut().read_json().unwrap_or_default();
        match status {
            200 | 201 | 403 if body.get("reason").is_some() => Ok(Outcome::of(&body)),
            _ => bail!(Differs(format!("`{path}` answered {status}: {}", text(&body, "detail")))),
        }
    }

    /// Reads something.
    pub(super) fn get(&self, token: &str, path: &str) -> Result<Value> {
        let url = format!("{}{path}", self.base);
        let mut response = self
            .agent
            .get(url)
            .header("Authorization", bearer(token))
            .call()
            .with_context(|| format!("`{path}` does not answer"))?;
        let status = response.status().as_u16();
        let body: Value = response.body_mut().read_json().unwrap_or_default();
        match status {
            200 => Ok(body),
            _ => bail!("`{path}` answered {status}: {}", text(&body, "detail")),
        }
    }

    /// The entries of the log from an index on, as they stand.
    pub(super) fn log(&self, token: &str, from: u64) -> Result<Vec<Value>> {
        let mut entries = Vec::new();
        let mut next = Some(from);
        while let Some(from) = next {
            let page = self.get(token, &format!("/v1/log?from={from}&count=500"))?;
            entries.extend(page["entries"].as_array().cloned().unwrap_or_default());
            next = page["next"].as_u64();
        }
        Ok(entries)
    }
}

impl Outcome {
    fn of(body: &Value) -> Self {
        let words = |name| body.get(name).and_then(|list| serde_json::from_value(list.clone()).ok());
        let fields = body.get("fields").and_then(Value::as_object).into_iter().flatten();
        Self {
            allowed: body["allowed"].as_bool().unwrap_or(false),
            reason: text(body, "reason"),
            because: body.get("because").and_then(|list| serde_json::from_value(list.clone()).ok()).unwrap_or_default(),
            lacking: words("lacking").unwrap_or_default(),
            fields: fields.map(|(name, why)| (name.clone(), why.as_str().unwrap_or("").to_owned())).collect(),
            log: body["log"].as_u64().unwrap_or(u64::MAX),
            result: body.get("result").cloned().unwrap_or_default(),
        }
    }

    /// The value of an element in what was read or disclosed.
    pub(super) fn value(&self, element: &str) -> Option<&str> {
        let held = self.result.as_array()?.iter().find(|held| held["element"] == element)?;
        held["value"].as_str()
    }
}

/// An HTTP client that takes a 4xx as an answer and a redirect as one, too.
pub(super) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .new_agent()
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

fn text(body: &Value, name: &str) -> String {
    body.get(name).and_then(Value::as_str).unwrap_or("").to_owned()
}
