//! `GET /v1/observed`

use axum::Json;
use axum::extract::State;
use upheld_service::Verb;

use crate::auth::Key;
use crate::observe::Observed;
use crate::problem::{Problem, Problems};
use crate::state::App;

/// What would have been refused: questions for purposes that are observed and not enforced yet. The key must list the verb
/// `log`.
#[utoipa::path(
    get,
    path = "/v1/observed",
    operation_id = "read_observed",
    tag = "questions",
    security(("key" = [])),
    responses(
        (status = 200, description = "the refusals, counted by purpose, reason and clause", body = Observed),
        (status = 403, description = "`not-allowed` to this key", body = Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
pub(crate) async fn read(State(app): State<App>, Key(caller): Key) -> Result<Json<Observed>, Problem> {
    let in_force = app
        .run(move |service| {
            caller.may(Verb::Log)?;
            service.in_force()
        })
        .await?;
    Ok(Json(app.observer.report(in_force.as_deref(), app.service().now())))
}
