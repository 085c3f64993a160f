//! `POST /v1/cases`, `POST /v1/cases/{case}/findings` and `POST /v1/cases/{case}/end`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use upheld_service::{Act, CaseState, Find, OpenCase};
use utoipa::ToSchema;

use crate::auth::Key;
use crate::json::Json;
use crate::params::Id;
use crate::problem::{BodyProblems, Forbidden, Problem, Problems};
use crate::reply;
use crate::state::App;

/// Open a case that supplies a ground.
#[utoipa::path(
    post,
    path = "/v1/cases",
    operation_id = "open_case",
    tag = "cases",
    security(("key" = [])),
    request_body = OpenCase,
    responses(
        (status = 201, description = "opened", body = Act<CaseState>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn open(
    State(app): State<App>,
    Key(caller): Key,
    Json(body): Json<OpenCase>,
) -> Result<Response, Problem> {
    let act = app.run(move |service| service.open_case(&caller, body)).await?;
    Ok(reply::act(StatusCode::CREATED, act))
}

/// A finding on the case of the address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Finding {
    /// The wording, as the ground has it.
    finding: String,
    /// Yes or no.
    holds: bool,
}

/// Make a finding on a case. It takes another person's key than the one that opened the case.
#[utoipa::path(
    post,
    path = "/v1/cases/{case}/findings",
    operation_id = "make_finding",
    tag = "cases",
    security(("key" = [])),
    params(("case" = String, Path, description = "the id of the case")),
    request_body = Finding,
    responses(
        (status = 200, description = "done", body = Act<CaseState>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn find(
    State(app): State<App>,
    Key(caller): Key,
    Id(case): Id,
    Json(body): Json<Finding>,
) -> Result<Response, Problem> {
    let find = Find { case, finding: body.finding, holds: body.holds };
    let act = app.run(move |service| service.find(&caller, find)).await?;
    Ok(reply::act(StatusCode::OK, act))
}

/// End a case. It takes no body.
#[utoipa::path(
    post,
    path = "/v1/cases/{case}/end",
    operation_id = "end_case",
    tag = "cases",
    security(("key" = [])),
    params(("case" = String, Path, description = "the id of the case")),
    responses(
        (status = 200, description = "done", body = Act<CaseState>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
    )
)]
pub(crate) async fn end(State(app): State<App>, Key(caller): Key, Id(case): Id) -> Result<Response, Problem> {
    let act = app.run(move |service| service.end_case(&caller, &case)).await?;
    Ok(reply::act(StatusCode::OK, act))
}
