//! `POST /v1/relations`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Relate};

use crate::auth::Key;
use crate::json::Json;
use crate::problem::{BodyProblems, Forbidden, Problem, Problems};
use crate::reply::{self, Nothing};
use crate::state::App;

/// Record that somebody stands in a relation to a person (their guardian, their teacher), or does no more. What the relation
/// gives them begins and ends with it.
#[utoipa::path(
    post,
    path = "/v1/relations",
    tag = "people",
    security(("key" = [])),
    request_body = Relate,
    responses(
        (status = 200, description = "done", body = Act<Nothing>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn relate(
    State(app): State<App>,
    Key(caller): Key,
    Json(body): Json<Relate>,
) -> Result<Response, Problem> {
    let act = app.run(move |service| service.relate(&caller, body)).await?;
    Ok(reply::act(StatusCode::OK, act))
}
