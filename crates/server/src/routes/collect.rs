//! `POST /v1/collect` and `POST /v1/collect/batch`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use upheld_service::{Act, Collect, Collected};
use utoipa::ToSchema;

use crate::auth::Key;
use crate::json::{Json, Object};
use crate::problem::{BodyProblems, Forbidden, Problem, Problems};
use crate::reply;
use crate::state::App;

/// Take in a record at a collection point. A refusal says why for each element.
#[utoipa::path(
    post,
    path = "/v1/collect",
    tag = "acts",
    security(("key" = [])),
    request_body = Collect,
    responses(
        (status = 201, description = "stored", body = Act<Collected>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn collect(
    State(app): State<App>,
    Key(caller): Key,
    Json(body): Json<Collect>,
) -> Result<Response, Problem> {
    let act = app.run(move |service| service.collect(&caller, body)).await?;
    Ok(reply::act(StatusCode::CREATED, act))
}

/// Many records at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Batch {
    /// The records, in the order in which they happened.
    #[schema(value_type = Vec<Collect>)]
    records: Vec<Object<Collect>>,
}

/// What came of each record.
#[derive(Serialize, ToSchema)]
pub(crate) struct Acts {
    /// One act for each record, in the same order; each was stored or refused by itself.
    acts: Vec<Act<Collected>>,
}

/// Take in many records in one transaction. Each is stored or refused by itself; look at `allowed` of each.
#[utoipa::path(
    post,
    path = "/v1/collect/batch",
    operation_id = "collect_batch",
    tag = "acts",
    security(("key" = [])),
    request_body = Batch,
    responses(
        (status = 200, description = "what came of each", body = Acts),
        (status = 403, description = "`not-allowed` to this key", body = Problem, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn batch(
    State(app): State<App>,
    Key(caller): Key,
    Json(body): Json<Batch>,
) -> Result<Response, Problem> {
    let records = body.records.into_iter().map(|Object(record)| record).collect();
    let acts = app.run(move |service| service.collect_batch(&caller, records)).await?;
    Ok(axum::Json(Acts { acts }).into_response())
}
