//! `GET /v1/policy`

use axum::Json;
use axum::extract::State;

use crate::auth::Token;
use crate::describe::PolicyDescription;
use crate::problem::{Problem, ProblemType, Problems};
use crate::state::App;

/// What the policy in force asks for and offers: points with their elements, choices, rights. Any valid key may read it.
#[utoipa::path(
    get,
    path = "/v1/policy",
    tag = "policy",
    security(("key" = [])),
    responses((status = 200, description = "the policy in force", body = PolicyDescription), Problems)
)]
pub(crate) async fn read(State(app): State<App>, token: Token) -> Result<Json<PolicyDescription>, Problem> {
    let policy = app
        .run(move |service| {
            service.authenticate(token.as_str())?;
            Ok(service.in_force()?.map(|in_force| PolicyDescription::new(&in_force.policy)))
        })
        .await?;
    policy.map(Json).ok_or_else(|| Problem::of(ProblemType::NotReady))
}
