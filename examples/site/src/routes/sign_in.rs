//! Signing in with a customer key, and out.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{Fail, Sent, Site, see_other};
use crate::keys::Pass;
use crate::pages::{SignIn, page};

pub(super) async fn sign_in(State(site): State<Arc<Site>>) -> Response {
    site.sign_in_page(StatusCode::OK, None, None)
}

/// The addresses that forms of the account are sent to lead here when they are only opened.
pub(super) async fn to_sign_in() -> Response {
    see_other("/sign-in")
}

pub(super) async fn sign_out(State(site): State<Arc<Site>>, sent: Sent) -> Response {
    if let Ok(Some(pass)) = sent.pass(&site) {
        site.passes.end(&site.config.session_key, &pass, site.now());
    }
    see_other("/")
}

impl Site {
    /// The pass of whoever opens the account: from another page of theirs, or anew for a customer key.
    pub(super) fn let_in(&self, sent: &Sent) -> Result<Pass, Fail> {
        let Some(typed) = sent.typed.get("customer_key") else {
            return sent.pass(self)?.ok_or(Fail::NoKey("Enter your customer key."));
        };
        sent.nonce(self)?;
        let (key, now) = (&self.config.session_key, self.now());
        let wrong = "This is no customer key of ours. It has seven groups of four letters and digits.";
        key.customer_of(typed).map(|customer| key.new_pass(&customer, now)).ok_or(Fail::NoKey(wrong))
    }

    pub(super) fn sign_in_page(
        &self,
        status: StatusCode,
        notice: Option<&'static str>,
        error: Option<&'static str>,
    ) -> Response {
        page(status, &SignIn { shell: self.shell(None), notice, error })
    }
}
