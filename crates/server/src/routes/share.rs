//! `POST /v1/share`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Held, Share};

use crate::auth::{Key, SessionToken};
use crate::json::Json;
use crate::problem::{BodyProblems, Forbidden, Problem, Problems};
use crate::reply;
use crate::state::App;

/// Disclose values to a recipient for a purpose.
#[utoipa::path(
    post,
    path = "/v1/share",
    tag = "acts",
    security(("key" = []), ("key" = [], "session" = [])),
    request_body = Share,
    responses(
        (status = 200, description = "done", body = Act<Vec<Held>>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn share(
    State(app): State<App>,
    Key(caller): Key,
    session: SessionToken,
    Json(body): Json<Share>,
) -> Result<Response, Problem> {
    let act = app
        .run(move |service| {
            session.shows(service, body.actor_person.as_deref())?;
            service.share(&caller, body)
        })
        .await?;
    Ok(reply::act(StatusCode::OK, act))
}
