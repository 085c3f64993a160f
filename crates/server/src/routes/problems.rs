//! `GET /problems/{name}`: what a type of problem means.

use axum::response::Response;

use crate::pages;
use crate::params::Id;
use crate::problem::{Problem, ProblemType};

/// A page that explains a type of problem.
#[utoipa::path(
    get,
    path = "/problems/{name}",
    operation_id = "problem_page",
    tag = "pages",
    params(("name" = String, Path, description = "the last part of the type")),
    responses(
        (status = 200, description = "the page", body = String, content_type = "text/html"),
        (status = 404, description = "no type of problem has this name", body = String, content_type = "text/html"),
    )
)]
pub(crate) async fn explain(id: Result<Id, Problem>) -> Response {
    let kind = id.ok().and_then(|Id(name)| ProblemType::ALL.into_iter().find(|kind| kind.name() == name));
    kind.map_or_else(pages::missing, pages::problem)
}
