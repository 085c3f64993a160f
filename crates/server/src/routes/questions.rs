//! `POST /v1/questions`

use axum::Json as Answered;
use axum::extract::State;
use upheld_decide::Answer;
use upheld_service::Question;

use crate::auth::Key;
use crate::json::Json;
use crate::problem::{BodyProblems, Problem, Problems};
use crate::state::App;

/// May I? Does nothing, and is not logged; facts about the person come from the store only. Yes and no are both answers.
#[utoipa::path(
    post,
    path = "/v1/questions",
    tag = "questions",
    security(("key" = [])),
    request_body = Question,
    responses(
        (status = 200, description = "the answer, yes or no", body = Answer),
        (status = 403, description = "`not-allowed` to this key", body = Problem, content_type = "application/problem+json"),
        Problems,
        BodyProblems,
    )
)]
pub(crate) async fn ask(
    State(app): State<App>,
    Key(caller): Key,
    Json(body): Json<Question>,
) -> Result<Answered<Answer>, Problem> {
    let answer = app.run(move |service| service.ask(&caller, body)).await?;
    Ok(Answered(answer))
}
