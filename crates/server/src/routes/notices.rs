//! `GET /v1/notices`, `POST /v1/notices`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Notify, Owed};

use crate::auth::Key;
use crate::json::Json;
use crate::problem::{BodyProblems, Forbidden, Problem, Problems};
use crate::reply::{self, Nothing};
use crate::state::App;

/// What people are owed and were not told yet, the nearest last day first. People stand there as the log names them.
#[utoipa::path(
    get,
    path = "/v1/notices",
    operation_id = "notices",
    tag = "people",
    security(("key" = [])),
    responses(
        (status = 200, description = "what is owed", body = Vec<Owed>),
        (status = 403, description = "`not-allowed` to this key", body = Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
pub(crate) async fn list(State(app): State<App>, Key(caller): Key) -> Result<axum::Json<Vec<Owed>>, Problem> {
    Ok(axum::Json(app.run(move |service| service.owed(&caller)).await?))
}

/// A person was told. What waits for the notice may be done from now on, and a notice that was owed is owed no more.
#[utoipa::path(
    post,
    path = "/v1/notices",
    tag = "people",
    security(("key" = [])),
    request_body = Notify,
    responses(
        (status = 200, description = "done", body = Act<Nothing>),
        (status = 403, description = "`refused`, with the answer; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn notify(
    State(app): State<App>,
    Key(caller): Key,
    Json(act): Json<Notify>,
) -> Result<Response, Problem> {
    let act = app.run(move |service| service.notify(&caller, act)).await?;
    Ok(reply::act(StatusCode::OK, act))
}
