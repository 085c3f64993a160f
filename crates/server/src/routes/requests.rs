//! `POST /v1/requests`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Answered, Ask, Verb};

use crate::auth::{SessionToken, Token};
use crate::json::Json;
use crate::problem::{BodyProblems, Problem, Problems, Refused};
use crate::reply;
use crate::state::App;

/// A person's own request, to see what is held or to have it erased. It needs their signed session.
#[utoipa::path(
    post,
    path = "/v1/requests",
    tag = "people",
    security(("key" = [], "session" = [])),
    request_body = Ask,
    responses(
        (status = 200, description = "done", body = Act<Answered>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Refused, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn request(
    State(app): State<App>,
    token: Token,
    session: SessionToken,
    Json(body): Json<Ask>,
) -> Result<Response, Problem> {
    let session = session.required()?;
    let act = app
        .run(move |service| {
            service.authenticate(token.as_str())?.may(Verb::Request)?;
            service.request(&service.session(&session)?, body)
        })
        .await?;
    Ok(reply::act(StatusCode::OK, act))
}
