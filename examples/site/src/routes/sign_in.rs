//! Signing in with a customer key, and out.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::{Sent, Site, Visitor, see_other};
use crate::pages::{SignIn, page};

pub(super) async fn sign_in(State(site): State<Arc<Site>>, visitor: Visitor) -> Response {
    if visitor.session.is_some() {
        return see_other("/account");
    }
    page(StatusCode::OK, &SignIn { shell: site.shell(&visitor), error: None })
}

pub(super) async fn sent(State(site): State<Arc<Site>>, visitor: Visitor, Form(sent): Form<Sent>) -> Response {
    let typed = match site.read_form(&visitor, sent) {
        Ok(typed) => typed,
        Err(fail) => return site.fail(&visitor, &fail),
    };
    let key = typed.get("customer_key").map_or("", String::as_str);
    match site.config.session_key.customer_of(key) {
        Some(customer) => (site.signed_in(&customer), see_other("/account")).into_response(),
        None => {
            let error = if key.is_empty() {
                "Enter your customer key."
            } else {
                "This is no customer key of ours. It has seven groups of four letters and digits."
            };
            page(
                StatusCode::UNPROCESSABLE_ENTITY,
                &SignIn { shell: site.shell(&visitor), error: Some(error.to_owned()) },
            )
        }
    }
}

pub(super) async fn sign_out(State(site): State<Arc<Site>>, visitor: Visitor, Form(sent): Form<Sent>) -> Response {
    if let Err(fail) = site.read_form(&visitor, sent) {
        return site.fail(&visitor, &fail);
    }
    site.sessions.end(visitor.session_id());
    (site.signed_out(), see_other("/")).into_response()
}
