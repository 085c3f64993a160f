//! `GET /v1/log`

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use upheld_service::{Placed, Verb};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Token;
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
    #[schema(value_type = Vec<Object>)]
    entries: Vec<Placed>,
    /// Where to go on; left out at the end of the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// Read the evidence log. The key must list the verb `log`.
#[utoipa::path(
    get,
    path = "/v1/log",
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
    token: Token,
    Params(range): Params<Range>,
) -> Result<Json<Entries>, Problem> {
    let count = range.count.min(MOST);
    app.run(move |service| {
        let caller = service.authenticate(token.as_str())?;
        caller.may(Verb::Log)?;
        let entries = service.log_entries(range.from, count)?;
        let read = entries.len() as u64;
        let next = (read == count && count > 0).then(|| range.from.saturating_add(read));
        Ok(Entries { entries, next })
    })
    .await
    .map(Json)
}
