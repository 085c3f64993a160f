//! `POST /v1/choices`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Choose};

use crate::auth::{SessionToken, Token};
use crate::json::Json;
use crate::problem::{BodyProblems, Problem, Problems, Refused};
use crate::reply::{self, Nothing};
use crate::state::App;

/// Agree or refuse. With the person's session it is their own act; without it the key must list the verb `choose`.
#[utoipa::path(
    post,
    path = "/v1/choices",
    tag = "people",
    security(("key" = []), ("key" = [], "session" = [])),
    request_body = Choose,
    responses(
        (status = 200, description = "done", body = Act<Nothing>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Refused, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn choose(
    State(app): State<App>,
    token: Token,
    session: SessionToken,
    Json(body): Json<Choose>,
) -> Result<Response, Problem> {
    let act = app
        .run(move |service| {
            let caller = service.authenticate(token.as_str())?;
            match session.0 {
                Some(session) => service.choose_as(&service.session(&session)?, body),
                None => service.choose(&caller, body),
            }
        })
        .await?;
    Ok(reply::act(StatusCode::OK, act))
}
