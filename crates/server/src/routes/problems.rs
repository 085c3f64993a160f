//! `GET /problems/{name}`: what a type of problem means.

use axum::response::Response;

use crate::pages;
use crate::params::Id;
use crate::problem::{Problem, ProblemType};

/// A page that explains a type of problem.
pub(crate) async fn explain(id: Result<Id, Problem>) -> Response {
    let kind = id.ok().and_then(|Id(name)| ProblemType::ALL.into_iter().find(|kind| kind.name() == name));
    kind.map_or_else(pages::missing, pages::problem)
}
