//! `POST /v1/change`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Altered, Change};

use crate::auth::{Key, SessionToken};
use crate::json::Json;
use crate::problem::{BodyProblems, Forbidden, Problem, Problems};
use crate::reply;
use crate::state::App;

/// Alter a stored value.
#[utoipa::path(
    post,
    path = "/v1/change",
    tag = "acts",
    security(("key" = []), ("key" = [], "session" = [])),
    request_body = Change,
    responses(
        (status = 200, description = "done", body = Act<Altered>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn change(
    State(app): State<App>,
    Key(caller): Key,
    session: SessionToken,
    Json(body): Json<Change>,
) -> Result<Response, Problem> {
    let act = app
        .run(move |service| {
            session.shows(service, body.actor_person.as_deref())?;
            service.change(&caller, body)
        })
        .await?;
    Ok(reply::act(StatusCode::OK, act))
}
