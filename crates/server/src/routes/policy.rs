//! `GET /v1/policy`

use axum::Json;
use axum::extract::State;

use crate::auth::Key;
use crate::describe::PolicyDescription;
use crate::problem::{Problem, ProblemType, Problems};
use crate::state::App;

/// What the policy in force asks for and offers: points with their elements, choices, rights. Any valid key may read it.
#[utoipa::path(
    get,
    path = "/v1/policy",
    operation_id = "read_policy",
    tag = "policy",
    security(("key" = [])),
    responses((status = 200, description = "the policy in force", body = PolicyDescription), Problems)
)]
pub(crate) async fn read(State(app): State<App>, _: Key) -> Result<Json<PolicyDescription>, Problem> {
    let policy =
        app.run(|service| Ok(service.in_force()?.map(|in_force| PolicyDescription::new(&in_force.policy)))).await?;
    policy.map(Json).ok_or_else(|| Problem::of(ProblemType::NotReady))
}
