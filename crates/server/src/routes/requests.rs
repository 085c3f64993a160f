//! `POST /v1/requests`, `GET /v1/requests`, `POST /v1/requests/{id}/answer`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Answered, Ask, Inquiry, Verb};

use crate::auth::{Key, SessionToken};
use crate::json::Json;
use crate::params::Id;
use crate::problem::{BodyProblems, Forbidden, Problem, Problems};
use crate::reply::{self, Nothing};
use crate::state::App;

/// A person's own request: to see, correct, take along, restrict or erase what is held, to hear who received what, for an
/// answer, for a review of a clause. It needs their signed session.
#[utoipa::path(
    post,
    path = "/v1/requests",
    tag = "people",
    security(("key" = [], "session" = [])),
    request_body = Ask,
    responses(
        (status = 200, description = "done", body = Act<Answered>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn request(
    State(app): State<App>,
    Key(caller): Key,
    session: SessionToken,
    Json(body): Json<Ask>,
) -> Result<Response, Problem> {
    let session = session.required()?;
    let act = app
        .run(move |service| {
            caller.may(Verb::Request)?;
            service.request(&service.session(&session)?, body)
        })
        .await?;
    Ok(reply::act(StatusCode::OK, act))
}

/// What people asked and nobody has answered, the nearest last day first. It names nobody.
#[utoipa::path(
    get,
    path = "/v1/requests",
    operation_id = "open_requests",
    tag = "people",
    security(("key" = [])),
    responses((status = 200, description = "what waits for an answer", body = Vec<Inquiry>), Problems)
)]
pub(crate) async fn open(State(app): State<App>, Key(caller): Key) -> Result<axum::Json<Vec<Inquiry>>, Problem> {
    Ok(axum::Json(app.run(move |service| service.inquiries(&caller)).await?))
}

/// Somebody has answered what a person asked. It needs a human's key.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/answer",
    operation_id = "answer_request",
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
