//! `GET /v1/inquiries`, `POST /v1/inquiries/{id}/answer`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Inquiry};

use crate::auth::Key;
use crate::params::Id;
use crate::problem::{Forbidden, Problem, Problems};
use crate::reply::{self, Nothing};
use crate::state::App;

/// What people asked and nobody has answered, the nearest last day first. It names nobody.
#[utoipa::path(
    get,
    path = "/v1/inquiries",
    operation_id = "inquiries",
    tag = "people",
    security(("key" = [])),
    responses(
        (status = 200, description = "what waits for an answer", body = Vec<Inquiry>),
        (status = 403, description = "`not-allowed` to this key", body = Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
pub(crate) async fn list(State(app): State<App>, Key(caller): Key) -> Result<axum::Json<Vec<Inquiry>>, Problem> {
    Ok(axum::Json(app.run(move |service| service.inquiries(&caller)).await?))
}

/// Somebody has answered what a person asked. It needs a human's key.
#[utoipa::path(
    post,
    path = "/v1/inquiries/{id}/answer",
    operation_id = "answer_inquiry",
    tag = "people",
    security(("key" = [])),
    params(("id" = String, Path, description = "the request's id")),
    responses(
        (status = 200, description = "done", body = Act<Nothing>),
        (status = 403, description = "`refused`: nothing with this id waits; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
    )
)]
pub(crate) async fn answer(State(app): State<App>, Key(caller): Key, Id(id): Id) -> Result<Response, Problem> {
    let act = app.run(move |service| service.answer(&caller, &id)).await?;
    Ok(reply::act(StatusCode::OK, act))
}
