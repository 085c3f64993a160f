//! `POST /v1/requests`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Answered, Ask, Verb};

use crate::auth::{Key, SessionToken};
use crate::json::Json;
use crate::problem::{BodyProblems, Forbidden, Problem, Problems};
use crate::reply;
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
