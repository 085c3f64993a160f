//! `GET /v1/log`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use upheld_service::{Placed, Verb};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Key;
use crate::params::Params;
use crate::problem::{Problem, Problems};
use crate::state::App;

/// The most entries in one answer.
const MOST: u64 = 1000;

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Range {
    /// Index of the first entry, from 0.
    #[serde(default)]
    from: u64,
    /// How many at most, up to 1000; 100 when left out.
    #[serde(default = "usual")]
    count: u64,
}

fn usual() -> u64 {
    100
}

/// Some entries of the evidence log.
#[derive(Serialize, ToSchema)]
pub(crate) struct Entries {
    /// The entries in order. They hold names of the policy, pseudonyms and digests, never a value.
    #[schema(value_type = Vec<LogEntry>)]
    entries: Vec<Placed>,
    /// Where to go on; left out at the end of the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// One act, done or refused: [`Placed`] as the document describes it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described, in the OpenAPI document")]
pub(crate) struct LogEntry {
    /// Its index, from 0.
    index: u64,
    /// When, in milliseconds since 1970.
    at: i64,
    /// The verb: `collect`, `use`, `share`, …
    verb: String,
    /// `done` or `refused`.
    result: String,
    /// Why it was refused.
    reason: Option<String>,
    /// Who: the key's id and the role that it acts as.
    actor: String,
    /// Whose data, as a pseudonym.
    subject: Option<String>,
    /// The clauses that decided.
    #[schema(required = false)]
    clauses: Vec<String>,
    /// The version of the policy that decided.
    #[schema(required = false)]
    version: String,
    /// The purpose.
    purpose: Option<String>,
    /// The recipient.
    recipient: Option<String>,
    /// The case.
    case: Option<String>,
    /// The elements.
    #[schema(required = false)]
    elements: Vec<String>,
    /// Digests of the classes of the records.
    #[schema(required = false)]
    classes: Vec<String>,
    /// Salted commitments to the records.
    #[schema(required = false)]
    commitments: Vec<String>,
    /// Whatever else belongs to the verb, by name.
    #[schema(required = false)]
    details: BTreeMap<String, String>,
    /// Sixteen random bytes in hex: without them nobody can guess an entry from its hash.
    nonce: String,
}

/// Read the evidence log. The key must list the verb `log`.
#[utoipa::path(
    get,
    path = "/v1/log",
    operation_id = "read_log",
    tag = "evidence",
    security(("key" = [])),
    params(Range),
    responses(
        (status = 200, description = "the entries", body = Entries),
        (status = 403, description = "`not-allowed` to this key", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid`", body = Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
pub(crate) async fn read(
    State(app): State<App>,
    Key(caller): Key,
    Params(range): Params<Range>,
) -> Result<Json<Entries>, Problem> {
    let count = range.count.min(MOST);
    app.run(move |service| {
        caller.may(Verb::Log)?;
        let entries = service.log_entries(range.from, count)?;
        let read = entries.len() as u64;
        let next = (read == count && count > 0).then(|| range.from.saturating_add(read));
        Ok(Entries { entries, next })
    })
    .await
    .map(Json)
}
