//! `POST /v1/choices`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use upheld_service::{Act, Choose, ServiceError};

use crate::auth::{Key, SessionToken};
use crate::json::Json;
use crate::problem::{BodyProblems, Forbidden, Problem, Problems};
use crate::reply::{self, Nothing};
use crate::state::App;

/// Agree or refuse. With the person's session it is their own act, passed on by any key that may act; without it the key
/// must list the verb `choose`.
#[utoipa::path(
    post,
    path = "/v1/choices",
    tag = "people",
    security(("key" = []), ("key" = [], "session" = [])),
    request_body = Choose,
    responses(
        (status = 200, description = "done", body = Act<Nothing>),
        (status = 403, description = "`refused` by the policy; or `not-allowed` to this key", body = Forbidden, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn choose(
    State(app): State<App>,
    Key(caller): Key,
    session: SessionToken,
    Json(body): Json<Choose>,
) -> Result<Response, Problem> {
    let act = app
        .run(move |service| {
            let Some(session) = session.0 else { return service.choose(&caller, body) };
            if !caller.may_act {
                return Err(ServiceError::NotAllowed { what: "act: it may only ask".to_owned() });
            }
            service.choose_as(&service.session(&session)?, body)
        })
        .await?;
    Ok(reply::act(StatusCode::OK, act))
}
