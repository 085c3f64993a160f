//! `POST /v1/change`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Change};

use crate::auth::Key;
use crate::json::Json;
use crate::problem::{BodyProblems, Forbidden, Problem, Problems};
use crate::reply::{self, Nothing};
use crate::state::App;

/// Alter a stored value.
#[utoipa::path(
    post,
    path = "/v1/change",
    tag = "acts",
    security(("key" = [])),
    request_body = Change,
    responses(
        (status = 200, description = "done", body = Act<Nothing>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn change(
    State(app): State<App>,
    Key(caller): Key,
    Json(body): Json<Change>,
) -> Result<Response, Problem> {
    let act = app.run(move |service| service.change(&caller, body)).await?;
    Ok(reply::act(StatusCode::OK, act))
}
