//! The routes and what they share.

mod account;
mod forms;
mod home;
mod sign_in;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;

use crate::client::{self, Client, Reply};
use crate::config::SiteConfig;
use crate::form::Typed;
use crate::pages::{self, Shell};
use crate::policy::Policy;
use crate::sessions::{Session, Sessions, set_cookie};
use crate::visits::Visits;
use crate::{headers, keys};

/// The longest form, in bytes.
const LONGEST_FORM: usize = 64 * 1024;
/// Names of form controls that are the site's own and go nowhere.
const OWN_CONTROLS: [&str; 1] = ["form_token"];

/// What handlers share.
pub(crate) struct Site {
    config: SiteConfig,
    client: Client,
    sessions: Sessions,
    visits: Visits,
    /// The policy as it was last read: a form that comes back while Upheld does not answer is drawn from it.
    policy: Mutex<Option<Policy>>,
    /// The id of the forms' access key; it stands in the token.
    kid: String,
}

/// All routes of the site, with their headers. Call it inside a tokio runtime: a task that counts visits is started.
pub fn router(config: SiteConfig) -> Router {
    let client = Client::new(&config.upheld_url);
    let visits = Visits::start(client.clone(), config.visits_token.clone());
    let kid = config.forms_token.split('_').nth(1).unwrap_or_default().to_owned();
    let site = Arc::new(Site { client, sessions: Sessions::default(), visits, policy: Mutex::default(), kid, config });
    Router::new()
        .route("/", get(home::home))
        .route("/join", get(forms::join).post(forms::join_sent))
        .route("/welcome", get(forms::welcome))
        .route("/order", get(forms::order).post(forms::order_sent))
        .route("/ordered", get(forms::ordered))
        .route("/sign-in", get(sign_in::sign_in).post(sign_in::sent))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/account", get(account::account))
        .route("/account/choices", post(account::choose))
        .route("/account/data", get(account::to_account).post(account::see))
        .route("/account/erase", get(account::to_account).post(account::erase))
        .route("/account/close", get(account::to_account).post(account::close))
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

    fn shell(&self, visitor: &Visitor) -> Shell {
        Shell {
            policy: format!("{}/policy", self.config.upheld_public_url.trim_end_matches('/')),
            signed_in: visitor.session.is_some(),
            token: self.config.session_key.form_token(visitor.session_id(), self.now()),
        }
    }

    fn signed(&self, customer: &str) -> Result<String, Fail> {
        self.config.session_key.session(customer, &self.kid, self.now()).map_err(|_| Fail::Broken)
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

    fn signed_in(&self, customer: &str) -> [(header::HeaderName, String); 1] {
        let id = self.sessions.begin(customer, self.now());
        [(header::SET_COOKIE, set_cookie(Some(&id), self.config.tls))]
    }

    fn signed_out(&self) -> [(header::HeaderName, String); 1] {
        [(header::SET_COOKIE, set_cookie(None, self.config.tls))]
    }

    /// Reads what a form sent and checks its token.
    fn read_form(&self, visitor: &Visitor, sent: Sent) -> Result<Typed, Fail> {
        let token = sent.iter().find(|(name, _)| name == "form_token").map_or("", |(_, value)| value);
        if !self.config.session_key.is_form_token(token, visitor.session_id(), self.now()) {
            return Err(Fail::Stale);
        }
        Ok(sent
            .into_iter()
            .map(|(name, value)| (name, value.trim().to_owned()))
            .filter(|(name, value)| !value.is_empty() && !OWN_CONTROLS.contains(&name.as_str()))
            .collect())
    }

    fn shown(&self, visitor: &Visitor, page: Result<Response, Fail>) -> Response {
        page.unwrap_or_else(|fail| self.fail(visitor, &fail))
    }

    fn fail(&self, visitor: &Visitor, fail: &Fail) -> Response {
        let (status, title, text) = match fail {
            Fail::Unanswered => (
                StatusCode::SERVICE_UNAVAILABLE,
                "We cannot reach our records just now",
                "Everything about our customers is kept in one place, and that place does not answer. Nothing has been \
                 stored or changed. Please try again in a minute.",
            ),
            Fail::Stale => (
                StatusCode::BAD_REQUEST,
                "This form has been lying around for too long",
                "Nothing has been stored or changed. Go back, reload the page and send it again.",
            ),
            Fail::Broken => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something broke on our side",
                "Nothing has been stored or changed. Please try again later.",
            ),
            Fail::NotSignedIn => return see_other("/sign-in"),
            Fail::NotFound => (
                StatusCode::NOT_FOUND,
                "There is no such page",
                "The address may be misspelt, or the page has moved. Our front page leads everywhere.",
            ),
        };
        pages::page(status, &pages::Trouble { shell: self.shell(visitor), title, text })
    }
}

/// What a form sent.
type Sent = Vec<(String, String)>;

/// Why there is no page to show.
pub(crate) enum Fail {
    /// Upheld does not answer, or not usefully.
    Unanswered,
    /// The form's token is not ours or too old.
    Stale,
    /// A fault of the site.
    Broken,
    /// No such page.
    NotFound,
    /// The page is somebody's own, and nobody is signed in.
    NotSignedIn,
}

impl From<client::Trouble> for Fail {
    fn from(_: client::Trouble) -> Self {
        Self::Unanswered
    }
}

/// Who asks.
pub(crate) struct Visitor {
    session: Option<Session>,
}

impl Visitor {
    fn signed_in(&self) -> Result<&Session, Fail> {
        self.session.as_ref().ok_or(Fail::NotSignedIn)
    }

    fn session_id(&self) -> &str {
        self.session.as_ref().map_or("", |session| session.id.as_str())
    }
}

impl FromRequestParts<Arc<Site>> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Self::Rejection> {
        Ok(Self { session: site.sessions.of(&parts.headers, site.now()) })
    }
}

/// Tells Upheld of each page that was shown.
async fn count_visit(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let page = (request.method() == Method::GET).then(|| request.uri().path().to_owned());
    let ip = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let response = next.run(request).await;
    if let Some(page) = page.filter(|_| response.status().is_success()) {
        site.visits.saw(&site.config.places.host, &page, ip.map(|ip: IpAddr| ip.to_canonical()), site.now());
    }
    response
}

/// Sends away what another site's page posts here.
async fn same_origin(State(site): State<Arc<Site>>, visitor: Visitor, request: Request, next: Next) -> Response {
    if request.method() == Method::POST && !is_ours(request.headers()) {
        tracing::warn!("a form of another site was refused");
        return site.fail(&visitor, &Fail::Stale);
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

fn new_customer() -> String {
    keys::new_customer()
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
