//! What a form sent.

use std::sync::Arc;

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::{Fail, Site};
use crate::form::Typed;
use crate::keys::Pass;

/// What a form sent: the values, and the site's own controls apart from them, which go nowhere.
pub(crate) struct Sent {
    /// What was typed, without blanks at its ends; empty fields are left out.
    pub(crate) typed: Typed,
    token: String,
    pass: Option<String>,
}

impl FromRequest<Arc<Site>> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Arc<Site>) -> Result<Self, Response> {
        // What is wrong with a body that is no form is not looked at: it may repeat what was typed.
        let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, site).await.map_err(|rejection| {
            site.fail(match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => &Fail::TooLong,
                _ => &Fail::Stale,
            })
        })?;
        let mut sent = Self { typed: Typed::new(), token: String::new(), pass: None };
        for (name, value) in pairs {
            match name.as_str() {
                "form_token" => sent.token = value,
                "pass" => sent.pass = Some(value),
                _ if value.trim().is_empty() => {}
                _ => {
                    sent.typed.insert(name, value.trim().to_owned());
                }
            }
        }
        Ok(sent)
    }
}

impl Sent {
    /// The token that every form has; gives what tells this form from all others.
    pub(crate) fn nonce(&self, site: &Site) -> Result<String, Fail> {
        site.config.session_key.form_nonce(&self.token, site.now()).map(str::to_owned).ok_or(Fail::Stale)
    }

    /// The pass, if the form was drawn for somebody who was signed in.
    pub(crate) fn pass(&self, site: &Site) -> Result<Option<Pass>, Fail> {
        let Some(pass) = &self.pass else { return Ok(None) };
        site.passes.of(&site.config.session_key, pass, site.now()).map(Some).ok_or(Fail::NotSignedIn)
    }

    /// The pass, for what needs one.
    pub(crate) fn own_pass(&self, site: &Site) -> Result<Pass, Fail> {
        self.pass(site)?.ok_or(Fail::NotSignedIn)
    }
}
