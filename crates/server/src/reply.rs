//! How an act is answered: done with what came of it, refused with why.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use upheld_service::Act;

use crate::problem::Refused;

/// What comes of an act that is only done or refused.
pub(crate) type Nothing = ();

/// Answers an act: `done` with the act when it was done, 403 with the reason and the sentences when the policy refused it.
pub(crate) fn act<T: Serialize>(done: StatusCode, act: Act<T>) -> Response {
    if act.answer.allowed {
        (done, Json(act)).into_response()
    } else {
        Refused::new(act.answer, act.log, act.fields).into_response()
    }
}
