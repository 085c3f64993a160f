//! OpenID AuthZEN 1.0: `POST /access/v1/evaluation`, `POST /access/v1/evaluations` and
//! `GET /.well-known/authzen-configuration`. docs/authzen.md says how its words map to ours.
//!
//! It differs from `/v1` where the standard does: an error is a line of text, and what is wrong with a body is a 400
//! whatever it is; members that are not known are passed over. A question that names no person is answered on the spot: it
//! needs neither the store nor a turn.

mod reply;
mod request;

use std::sync::Arc;

use axum::Json as Answered;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use upheld_service::{Caller, InForce, Service, ServiceError, Verb};
use utoipa::{IntoResponses, ToSchema};

use crate::auth::AskingKey;
use crate::json::{self, Object};
use crate::observe::Observer;
use crate::problem::{Problem, ProblemType};
use crate::state::App;
use reply::{Decision, Evaluated};
use request::{Batch, Evaluation, Put, Semantic};

/// The most evaluations in one request.
const MOST: usize = 500;

/// An error as AuthZEN has it: its message as text. What is wrong with the request itself is always a 400.
pub(crate) struct Plain(Problem);

impl From<Problem> for Plain {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl Plain {
    fn bad(detail: &str) -> Self {
        Self(Problem::invalid(detail, None))
    }
}

impl IntoResponse for Plain {
    fn into_response(self) -> Response {
        use ProblemType::{Invalid, Malformed, UnsupportedMediaType};
        let status = match self.0.kind() {
            Invalid | Malformed | UnsupportedMediaType => StatusCode::BAD_REQUEST,
            kind => kind.status(),
        };
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        let mut response = (status, [(header::CONTENT_TYPE, plain)], self.0.detail().to_owned()).into_response();
        self.0.add_headers(response.headers_mut());
        response
    }
}

/// The key of a request, its errors as AuthZEN has them.
pub(crate) struct Asker(Arc<Caller>);

impl axum::extract::FromRequestParts<App> for Asker {
    type Rejection = Plain;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, app: &App) -> Result<Self, Plain> {
        let AskingKey(caller) = AskingKey::from_request_parts(parts, app).await?;
        caller.may(Verb::Ask).map_err(Problem::from)?;
        Ok(Self(caller))
    }
}

/// What may go wrong besides: the message as text.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only described, in the OpenAPI document")]
enum PlainProblems {
    /// the body is not said to be JSON, cannot be read, or lacks something
    #[response(status = 400, content_type = "text/plain")]
    Bad(String),
    /// no key, or not a valid one
    #[response(status = 401, content_type = "text/plain")]
    NotAuthenticated(String),
    /// the key does not list the verb `ask`
    #[response(status = 403, content_type = "text/plain")]
    NotAllowed(String),
    /// the body took too long
    #[response(status = 408, content_type = "text/plain")]
    Timeout(String),
    /// the body is too large
    #[response(status = 413, content_type = "text/plain")]
    TooLarge(String),
    /// something failed
    #[response(status = 500, content_type = "text/plain")]
    Internal(String),
    /// too much is going on, or the service is not ready; the header `Retry-After` says when to come back
    #[response(status = 503, content_type = "text/plain")]
    Unavailable(String),
}

/// May I? As AuthZEN asks it. A refusal is an answer, too: `decision` is then `false`.
#[utoipa::path(
    post,
    path = "/access/v1/evaluation",
    operation_id = "evaluation",
    tag = "questions",
    security(("key" = [])),
    request_body = Evaluation<'_>,
    responses((status = 200, description = "the decision, yes or no", body = Decision), PlainProblems)
)]
pub(crate) async fn evaluation(
    State(app): State<App>,
    Asker(caller): Asker,
    request: Request,
) -> Result<Response, Plain> {
    let body = body(request, &app).await?;
    let put = json::read::<Object<Evaluation<'_>>>(&body)?.0.put(&caller).map_err(|wrong| Plain::bad(&wrong))?;
    single(&app, caller, put).await
}

async fn single(app: &App, caller: Arc<Caller>, put: Put) -> Result<Response, Plain> {
    let in_force = policy(app, &put).await?;
    let decided = if put.needs_store() {
        let observer = Arc::clone(&app.observer);
        app.run(move |service| decide(service, &observer, &caller, None, put)).await?
    } else {
        decide(app.service(), &app.observer, &caller, in_force, put).map_err(Problem::from)?
    };
    decided.map(|decision| Answered(decision).into_response()).map_err(|wrong| Plain::bad(&wrong))
}

/// Many questions at once. What is left out of one is taken from the top; without any, the top is the only question.
#[utoipa::path(
    post,
    path = "/access/v1/evaluations",
    operation_id = "evaluations",
    tag = "questions",
    security(("key" = [])),
    request_body = Batch,
    responses((status = 200, description = "the decisions, in the order of the questions", body = Evaluated), PlainProblems)
)]
pub(crate) async fn evaluations(
    State(app): State<App>,
    Asker(caller): Asker,
    request: Request,
) -> Result<Response, Plain> {
    let body = body(request, &app).await?;
    let Object(batch) = json::read::<Object<Batch>>(&body)?;
    let Some(items) = batch.items() else {
        let put = json::read::<Object<Evaluation<'_>>>(&body)?.0.put(&caller).map_err(|wrong| Plain::bad(&wrong))?;
        return single(&app, caller, put).await;
    };
    if items.len() > MOST {
        return Err(Plain::bad(&format!("a request has at most {MOST} evaluations")));
    }
    app.limits.key_owes(&caller.key, items.len() - 1);
    let semantic = batch.semantic();
    let puts: Vec<_> = items.iter().map(|item| batch.evaluation(item).and_then(|item| item.put(&caller))).collect();
    let in_force = match puts.iter().flatten().find(|put| !put.needs_store()) {
        Some(put) => policy(&app, put).await?,
        None => None,
    };
    let evaluations = if puts.iter().flatten().any(Put::needs_store) {
        let observer = Arc::clone(&app.observer);
        app.run(move |service| decide_all(service, &observer, &caller, in_force, puts, semantic)).await?
    } else {
        decide_all(app.service(), &app.observer, &caller, in_force, puts, semantic).map_err(Problem::from)?
    };
    Ok(Answered(Evaluated::Many { evaluations }).into_response())
}

/// The body; what is not said to be JSON is not read.
async fn body(request: Request, app: &App) -> Result<axum::body::Bytes, Plain> {
    if !json::is_json(request.headers()) {
        return Err(Problem::of(ProblemType::UnsupportedMediaType).into());
    }
    Ok(json::body(request, app).await?)
}

/// The version in force, for a question that needs nothing else.
async fn policy(app: &App, put: &Put) -> Result<Option<Arc<InForce>>, Plain> {
    if put.needs_store() {
        return Ok(None);
    }
    match app.service().recent_policy() {
        Some(in_force) => Ok(in_force),
        None => Ok(app.run(Service::in_force_to_ask).await?),
    }
}

/// One decision; or what is wrong with the question.
fn decide(
    service: &Service,
    observer: &Observer,
    caller: &Caller,
    in_force: Option<Arc<InForce>>,
    put: Put,
) -> Result<Result<Decision, String>, ServiceError> {
    let (action, ignored, told) = match put {
        Put::Stored { question, ignored } => (question.action, ignored, service.tell(caller, question)),
        Put::Rules(question) => (question.action, Vec::new(), service.tell_by_rules(caller, in_force, question)),
        Put::Refused(refusal) => return Ok(Ok(Decision::refused(refusal))),
    };
    match told {
        Ok(told) => {
            let observed = observer.observes(action, &told, || service.now());
            Ok(Ok(Decision::new(told, observed, &ignored)))
        }
        Err(ServiceError::NotAllowed { .. }) => Ok(Ok(Decision::refused(request::Refusal::Purpose))),
        Err(ServiceError::Invalid { what }) => Ok(Err(what)),
        Err(failure) => Err(failure),
    }
}

/// Decisions in order, up to the one that ends the series. A question that is wrong is a refusal in its place.
fn decide_all(
    service: &Service,
    observer: &Observer,
    caller: &Caller,
    in_force: Option<Arc<InForce>>,
    puts: Vec<Result<Put, String>>,
    semantic: Semantic,
) -> Result<Vec<Decision>, ServiceError> {
    let mut out = Vec::with_capacity(puts.len());
    for put in puts {
        let decided = match put {
            Ok(put) => decide(service, observer, caller, in_force.clone(), put)?,
            Err(wrong) => Err(wrong),
        };
        let decision = decided.unwrap_or_else(Decision::wrong);
        let ends = semantic.ends_at(decision.decision);
        out.push(decision);
        if ends {
            break;
        }
    }
    Ok(out)
}

/// Where AuthZEN is spoken, for programs that look for it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Configuration {
    /// Who decides: the public address of this server.
    policy_decision_point: String,
    /// Where one question is put.
    access_evaluation_endpoint: String,
    /// Where many are.
    access_evaluations_endpoint: String,
    /// Registered extensions that are spoken: none, there are none for what this server does.
    capabilities: [&'static str; 0],
    /// The sorts of obligation that an answer may have (draft profile for obligations).
    obligations_supported: [&'static str; 1],
}

/// Where AuthZEN is spoken. Nothing that the caller sends has a say in the addresses.
#[utoipa::path(
    get,
    path = "/.well-known/authzen-configuration",
    operation_id = "authzen_configuration",
    tag = "server",
    responses(
        (status = 200, description = "the addresses", body = Configuration),
        (status = 404, description = "`not-found`: no public address is set", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn configuration(State(app): State<App>) -> Result<Answered<Configuration>, Problem> {
    // A client must compare this with the address that it meant. Made up from the caller's own header it would say nothing;
    // so it is the configured one, or on a listener that only this machine reaches, the listener's.
    let url = app.public_url.as_ref().or(app.own_url.as_ref()).ok_or_else(|| {
        Problem::new(
            ProblemType::NotFound,
            "this server does not know under which address it is reached; the operator sets it with `public_url`",
        )
    })?;
    let found = Configuration {
        policy_decision_point: url.to_string(),
        access_evaluation_endpoint: format!("{url}/access/v1/evaluation"),
        access_evaluations_endpoint: format!("{url}/access/v1/evaluations"),
        capabilities: [],
        obligations_supported: ["custom"],
    };
    Ok(Answered(found))
}
