//! `POST /v1/share`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Held, Share};

use crate::auth::Token;
use crate::json::Json;
use crate::problem::{BodyProblems, Problem, Problems, Refused};
use crate::reply;
use crate::state::App;

/// Disclose values to a recipient for a purpose.
#[utoipa::path(
    post,
    path = "/v1/share",
    tag = "acts",
    security(("key" = [])),
    request_body = Share,
    responses(
        (status = 200, description = "done", body = Act<Vec<Held>>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Refused, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn share(State(app): State<App>, token: Token, Json(body): Json<Share>) -> Result<Response, Problem> {
    let act = app.run(move |service| service.share(&service.authenticate(token.as_str())?, body)).await?;
    Ok(reply::act(StatusCode::OK, act))
}
