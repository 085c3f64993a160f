//! Pages that say one thing.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::{Shell, page};
use crate::problem::ProblemType;

#[derive(Debug, Template)]
#[template(path = "message.html")]
struct Message {
    shell: Shell,
    label: &'static str,
    title: &'static str,
    text: &'static str,
    link: Option<(&'static str, &'static str)>,
}

const POLICY: Option<(&str, &str)> = Some(("/policy", "Read the privacy policy"));

/// There is no page at this address.
pub(crate) fn missing() -> Response {
    let message = Message {
        shell: Shell::new("en"),
        label: "Not found",
        title: "There is no page here",
        text: "The address may be mistyped, or the page may have moved.",
        link: POLICY,
    };
    page(StatusCode::NOT_FOUND, &message)
}

/// No version of the policy is in force.
pub(crate) fn no_policy() -> Response {
    let message = Message {
        shell: Shell::new("en"),
        label: "Privacy policy",
        title: "No policy is in force yet",
        text: "This service has not put a privacy policy in force. Until it does, its software takes in no personal data and \
               permits no use of any. Please come back later.",
        link: None,
    };
    page(StatusCode::NOT_FOUND, &message)
}

/// What a type of problem means.
pub(crate) fn problem(kind: ProblemType) -> Response {
    let message = Message {
        shell: Shell::new("en"),
        label: "Problem of the HTTP API",
        title: kind.title(),
        text: kind.explanation(),
        link: POLICY,
    };
    page(StatusCode::OK, &message)
}
