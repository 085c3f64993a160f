//! `POST /v1/questions`

use axum::Json as Answered;
use axum::extract::State;
use serde::Serialize;
use upheld_decide::Answer;
use upheld_service::Question;
use utoipa::ToSchema;

use crate::auth::Key;
use crate::json::Json;
use crate::problem::{BodyProblems, Problem, Problems};
use crate::state::App;

/// The answer to a question.
#[derive(Serialize, ToSchema)]
pub(crate) struct Observable {
    #[serde(flatten)]
    answer: Answer,
    /// The policy refuses, for the reason that stands here; but questions for this purpose are only observed for now, so the
    /// answer is yes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    observed: bool,
}

/// May I? Does nothing, and is not logged; facts about the person come from the store only. Yes and no are both answers.
#[utoipa::path(
    post,
    path = "/v1/questions",
    tag = "questions",
    security(("key" = [])),
    request_body = Question,
    responses(
        (status = 200, description = "the answer, yes or no", body = Observable),
        (status = 403, description = "`not-allowed` to this key", body = Problem, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn ask(
    State(app): State<App>,
    Key(caller): Key,
    Json(body): Json<Question>,
) -> Result<Answered<Observable>, Problem> {
    let action = body.action;
    let mut told = app.run(move |service| service.tell(&caller, body)).await?;
    let observed = app.observer.observes(action, &told, || app.service().now());
    told.answer.allowed |= observed;
    Ok(Answered(Observable { answer: told.answer, observed }))
}
