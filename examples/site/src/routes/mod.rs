//! The routes and what they share.

mod account;
mod forms;
mod home;
mod sent;
mod sign_in;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;

use crate::client::{self, Client, Reply};
use crate::config::SiteConfig;
use crate::headers;
use crate::keys::Pass;
use crate::pages::{self, Shell};
use crate::passes::Passes;
use crate::policy::Policy;
use crate::visits::Visits;

pub(crate) use sent::Sent;

/// The longest form, in bytes.
const LONGEST_FORM: usize = 64 * 1024;

/// What handlers share.
pub(crate) struct Site {
    config: SiteConfig,
    client: Client,
    passes: Passes,
    visits: Visits,
    /// The policy as it was last read: a form that comes back while Upheld does not answer is drawn from it.
    policy: Mutex<Option<Policy>>,
}

/// All routes of the site, with their headers. Call it inside a tokio runtime: a task that counts visits is started.
pub fn router(config: SiteConfig) -> Router {
    let client = Client::new(&config.upheld_url);
    let visits = Visits::start(client.clone(), config.visits_token.clone());
    let site = Arc::new(Site { client, passes: Passes::default(), visits, policy: Mutex::default(), config });
    Router::new()
        .route("/", get(home::home))
        .route("/join", get(forms::join).post(forms::join_sent))
        .route("/order", get(forms::order).post(forms::order_sent))
        .route("/sign-in", get(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        // A page of a customer's own is always the answer to a form: only a form holds the pass.
        .route("/account", get(sign_in::to_sign_in).post(account::account))
        .route("/account/order", get(sign_in::to_sign_in).post(forms::order_signed_in))
        .route("/account/choices", get(sign_in::to_sign_in).post(account::choose))
        .route("/account/data", get(sign_in::to_sign_in).post(account::see))
        .route("/account/erase", get(sign_in::to_sign_in).post(account::erase))
        .route("/account/close", get(sign_in::to_sign_in).post(account::close))
        .route("/goodbye", get(account::goodbye))
        .layer(from_fn_with_state(Arc::clone(&site), count_visit))
        .route("/style.css", get(home::style))
        .route("/favicon.svg", get(home::icon))
        .fallback(home::not_found)
        .layer(from_fn_with_state(Arc::clone(&site), same_origin))
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(from_fn(headers::add))
        .with_state(site)
}

impl Site {
    fn now(&self) -> u64 {
        (self.config.clock)()
    }

    fn shell(&self, pass: Option<&Pass>) -> Shell {
        let (key, now) = (&self.config.session_key, self.now());
        Shell {
            policy: format!("{}/policy", self.config.upheld_public_url.trim_end_matches('/')),
            pass: pass.map(|pass| key.write_pass(pass, now)),
            token: key.form_token(now),
        }
    }

    fn signed(&self, customer: &str) -> Result<String, Fail> {
        self.config.session_key.session(customer, &self.config.forms_key, self.now()).map_err(|_| Fail::Broken)
    }

    /// One act with the forms' key.
    async fn act<T: serde::de::DeserializeOwned>(
        &self,
        path: &'static str,
        session: Option<String>,
        body: Value,
    ) -> Result<Reply<Option<T>>, client::Trouble> {
        self.client
            .act(path, &self.config.forms_token, session, body)
            .await
            .inspect_err(|trouble| tracing::warn!(%trouble))
    }

    /// The policy in force.
    async fn policy(&self) -> Result<Policy, Fail> {
        let policy =
            self.client.policy(&self.config.forms_token).await.inspect_err(|trouble| tracing::warn!(%trouble))?;
        *self.policy.lock().unwrap_or_else(PoisonError::into_inner) = Some(policy.clone());
        Ok(policy)
    }

    /// The policy as it was last read.
    fn last_policy(&self) -> Option<Policy> {
        self.policy.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn shown(&self, page: Result<Response, Fail>) -> Response {
        page.unwrap_or_else(|fail| self.fail(&fail))
    }

    fn fail(&self, fail: &Fail) -> Response {
        let (status, title, text) = match fail {
            Fail::Unanswered => (
                StatusCode::SERVICE_UNAVAILABLE,
                "We cannot reach our records just now",
                "Everything about our customers is kept in one place, and that place does not answer. Please try again in a \
                 minute; what you sent last may have to be sent once more.",
            ),
            Fail::Stale => (
                StatusCode::BAD_REQUEST,
                "This form has been lying around for too long",
                "Nothing has been stored or changed. Go back, reload the page and send it again.",
            ),
            Fail::TooLong => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "That is more than our forms can take",
                "Nothing has been stored or changed. Go back, shorten what you typed and send it again.",
            ),
            Fail::Broken => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something broke on our side",
                "Nothing has been stored or changed. Please try again later.",
            ),
            Fail::NotSignedIn => {
                let notice = "You have been away for half an hour or more, so we have put your account out of sight. Nothing \
                              was changed. Sign in to go on.";
                return self.sign_in_page(StatusCode::FORBIDDEN, Some(notice), None);
            }
            Fail::NoKey(error) => return self.sign_in_page(StatusCode::UNPROCESSABLE_ENTITY, None, Some(error)),
            Fail::NotFound => (
                StatusCode::NOT_FOUND,
                "There is no such page",
                "The address may be misspelt, or the page has moved. Our front page leads everywhere.",
            ),
        };
        pages::page(status, &pages::Trouble { shell: self.shell(None), title, text })
    }
}

/// Why there is no page to show.
#[derive(Debug)]
pub(crate) enum Fail {
    /// Upheld does not answer, or not usefully.
    Unanswered,
    /// The form's token is not ours or too old.
    Stale,
    /// The form is too long.
    TooLong,
    /// A fault of the site.
    Broken,
    /// No such page.
    NotFound,
    /// The page is somebody's own, and there is no good pass for it.
    NotSignedIn,
    /// No customer key was given, or none of ours; what to do.
    NoKey(&'static str),
}

impl From<client::Trouble> for Fail {
    fn from(_: client::Trouble) -> Self {
        Self::Unanswered
    }
}

/// Tells Upheld of each page that was shown to somebody who only looks.
async fn count_visit(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let page = (request.method() == Method::GET).then(|| request.uri().path().to_owned());
    let response = next.run(request).await;
    if let Some(page) = page.filter(|_| response.status().is_success()) {
        site.visits.saw(&site.config.places.host, &page, site.now());
    }
    response
}

/// Sends away what another site's page posts here.
async fn same_origin(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    if request.method() == Method::POST && !is_ours(request.headers()) {
        tracing::warn!("a form of another site was refused");
        return site.fail(&Fail::Stale);
    }
    next.run(request).await
}

/// Whether the browser says that the request comes from a page of this site. A browser always says one of the two.
fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    if let Some(origin) = text(header::ORIGIN) {
        let host = origin.split_once("://").map(|(_, host)| host);
        return host.is_some() && host == text(header::HOST);
    }
    headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin")
}

/// To another page of the site, after a form was sent.
fn see_other(path: impl Into<String>) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path.into())]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_site_may_post() {
        let headers = |pairs: &[(&'static str, &str)]| {
            pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect::<HeaderMap>()
        };
        assert!(is_ours(&headers(&[("host", "127.0.0.1:8081"), ("origin", "http://127.0.0.1:8081")])));
        assert!(is_ours(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!is_ours(&headers(&[("host", "127.0.0.1:8081"), ("origin", "http://evil.example")])));
        assert!(!is_ours(&headers(&[("host", "a.example"), ("origin", "null"), ("sec-fetch-site", "same-origin")])));
        assert!(!is_ours(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!is_ours(&HeaderMap::new()));
    }
}
