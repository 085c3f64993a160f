//! Pages that say one thing.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::{Shell, page};
use crate::problem::{Problem, ProblemType};

#[derive(Debug, Template)]
#[template(path = "message.html")]
struct Message {
    shell: Shell,
    label: &'static str,
    title: &'static str,
    /// Its text in pieces: plain ones, and between them what is to be typed or read as it is.
    text: Vec<(&'static str, bool)>,
    link: Option<(&'static str, &'static str)>,
}

/// Takes a text with code between backticks to pieces.
fn pieces(text: &'static str) -> Vec<(&'static str, bool)> {
    text.split('`').enumerate().map(|(n, piece)| (piece, n % 2 == 1)).collect()
}

const POLICY: Option<(&str, &str)> = Some(("/policy", "Read the privacy policy"));

/// There is no page at this address.
pub(crate) fn missing() -> Response {
    let message = Message {
        shell: Shell::new("en"),
        label: "Not found",
        title: "There is no page here",
        text: pieces("The address may be mistyped, or the page may have moved."),
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
        text: pieces(
            "This service has not put a privacy policy in force. Until it does, its software takes in no personal data and \
             permits no use of any. Please come back later.",
        ),
        link: None,
    };
    page(StatusCode::NOT_FOUND, &message)
}

/// A page that cannot be shown now, for people; the status and the header `Retry-After` are those of the problem.
pub(crate) fn unavailable(problem: &Problem) -> Response {
    let message = Message {
        shell: Shell::new("en"),
        label: "Privacy policy",
        title: "This page cannot be shown right now",
        text: pieces("Something on our side is not ready. Please try again in a moment."),
        link: None,
    };
    let mut response = page(problem.kind().status(), &message);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    problem.add_headers(response.headers_mut());
    response
}

/// What a type of problem means.
pub(crate) fn problem(kind: ProblemType) -> Response {
    let message = Message {
        shell: Shell::new("en"),
        label: "Problem of the HTTP API",
        title: kind.title(),
        text: pieces(kind.explanation()),
        link: POLICY,
    };
    page(StatusCode::OK, &message)
}
