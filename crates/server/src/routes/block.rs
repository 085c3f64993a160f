//! `POST /v1/block`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Remove};

use crate::auth::{Key, SessionToken};
use crate::json::Json;
use crate::problem::{BodyProblems, Forbidden, Problem, Problems};
use crate::reply::{self, Nothing};
use crate::state::App;

/// Block stored values, or lift a block.
#[utoipa::path(
    post,
    path = "/v1/block",
    tag = "acts",
    security(("key" = []), ("key" = [], "session" = [])),
    request_body = Remove,
    responses(
        (status = 200, description = "done", body = Act<Nothing>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn block(
    State(app): State<App>,
    Key(caller): Key,
    session: SessionToken,
    Json(body): Json<Remove>,
) -> Result<Response, Problem> {
    let act = app
        .run(move |service| {
            session.shows(service, body.actor_person.as_deref())?;
            service.block(&caller, body)
        })
        .await?;
    Ok(reply::act(StatusCode::OK, act))
}
