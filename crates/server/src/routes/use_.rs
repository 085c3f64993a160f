//! `POST /v1/use`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Held, Use};

use crate::auth::{Key, SessionToken};
use crate::json::Json;
use crate::problem::{BodyProblems, Forbidden, Problem, Problems};
use crate::reply;
use crate::state::App;

/// Read values for a purpose.
#[utoipa::path(
    post,
    path = "/v1/use",
    operation_id = "use",
    tag = "acts",
    security(("key" = []), ("key" = [], "session" = [])),
    request_body = Use,
    responses(
        (status = 200, description = "done", body = Act<Vec<Held>>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn use_(
    State(app): State<App>,
    Key(caller): Key,
    session: SessionToken,
    Json(body): Json<Use>,
) -> Result<Response, Problem> {
    let act = app
        .run(move |service| {
            session.shows(service, body.actor_person.as_deref())?;
            service.use_(&caller, body)
        })
        .await?;
    Ok(reply::act(StatusCode::OK, act))
}
