//! `POST /v1/block`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Remove};

use crate::auth::Token;
use crate::json::Json;
use crate::problem::{BodyProblems, Problem, Problems, Refused};
use crate::reply::{self, Nothing};
use crate::state::App;

/// Block stored values, or lift a block.
#[utoipa::path(
    post,
    path = "/v1/block",
    tag = "acts",
    security(("key" = [])),
    request_body = Remove,
    responses(
        (status = 200, description = "done", body = Act<Nothing>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Refused, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn block(State(app): State<App>, token: Token, Json(body): Json<Remove>) -> Result<Response, Problem> {
    let act = app.run(move |service| service.block(&service.authenticate(token.as_str())?, body)).await?;
    Ok(reply::act(StatusCode::OK, act))
}
