//! `GET /healthz` and `GET /readyz`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Problem, ProblemType};
use crate::state::App;

/// How the server is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`; anything else is a problem.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the process is alive.
#[utoipa::path(get, path = "/healthz", operation_id = "alive", tag = "server", responses((status = 200, description = "alive", body = Health)))]
pub(crate) async fn alive() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Whether the store answers and a version of the policy is in force.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "server",
    responses(
        (status = 200, description = "ready", body = Health),
        (status = 503, description = "`not-ready` or `busy`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Health>, Problem> {
    match app.run(|service| service.in_force()).await {
        Ok(Some(_)) => Ok(Json(Health { status: "ok" })),
        Err(problem) if problem.kind() == ProblemType::Busy => Err(problem),
        Ok(None) | Err(_) => Err(Problem::of(ProblemType::NotReady)),
    }
}
