//! `POST /v1/comparisons`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Compare, Compared};

use crate::auth::Key;
use crate::json::Json;
use crate::problem::{BodyProblems, Forbidden, Problem, Problems};
use crate::reply;
use crate::state::App;

/// Compare what somebody typed with what is held as a hash, such as a password. It is a use for that purpose. Of somebody unknown,
/// or of whom nothing is held, it does not match, and the answer takes as long.
#[utoipa::path(
    post,
    path = "/v1/comparisons",
    tag = "acts",
    security(("key" = [])),
    request_body = Compare,
    responses(
        (status = 200, description = "whether it matches", body = Act<Compared>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn compare(
    State(app): State<App>,
    Key(caller): Key,
    Json(body): Json<Compare>,
) -> Result<Response, Problem> {
    let act = app.run(move |service| service.compare(&caller, body)).await?;
    Ok(reply::act(StatusCode::OK, act))
}
