//! Problem details (RFC 9457): the closed set of what can go wrong, and how it is answered.
//!
//! A problem says what to do next and never holds a personal value, nor anything that the caller sent.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tracing::error;
use upheld_decide::{Answer, Cited, Reason};
use upheld_service::ServiceError;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{IntoResponses, ToSchema};

/// What can go wrong. Each is a stable address, relative to this server, at which a page explains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ProblemType {
    /// The policy refuses the act.
    #[serde(rename = "/problems/refused")]
    Refused,
    /// No key or session, or not a valid one.
    #[serde(rename = "/problems/not-authenticated")]
    NotAuthenticated,
    /// The key does not list what was asked of it.
    #[serde(rename = "/problems/not-allowed")]
    NotAllowed,
    /// There is nothing of that name.
    #[serde(rename = "/problems/not-found")]
    NotFound,
    /// The address is known, but not with this method.
    #[serde(rename = "/problems/method-not-allowed")]
    MethodNotAllowed,
    /// The body is not the JSON that this address reads.
    #[serde(rename = "/problems/malformed")]
    Malformed,
    /// The body is JSON, but something in it is missing or not of the right type.
    #[serde(rename = "/problems/invalid")]
    Invalid,
    /// The body is too large.
    #[serde(rename = "/problems/too-large")]
    TooLarge,
    /// The body is not said to be JSON.
    #[serde(rename = "/problems/unsupported-media-type")]
    UnsupportedMediaType,
    /// The body took too long to arrive.
    #[serde(rename = "/problems/timeout")]
    Timeout,
    /// This key or address sends too many requests.
    #[serde(rename = "/problems/too-many")]
    TooMany,
    /// Too much is going on.
    #[serde(rename = "/problems/busy")]
    Busy,
    /// No version of the policy is in force, or the store does not answer.
    #[serde(rename = "/problems/not-ready")]
    NotReady,
    /// Something failed that should not.
    #[serde(rename = "/problems/internal")]
    Internal,
}

impl ProblemType {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Refused,
        Self::NotAuthenticated,
        Self::NotAllowed,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Malformed,
        Self::Invalid,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Timeout,
        Self::TooMany,
        Self::Busy,
        Self::NotReady,
        Self::Internal,
    ];

    /// The last part of its address.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::NotAuthenticated => "not-authenticated",
            Self::NotAllowed => "not-allowed",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Malformed => "malformed",
            Self::Invalid => "invalid",
            Self::TooLarge => "too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::Timeout => "timeout",
            Self::TooMany => "too-many",
            Self::Busy => "busy",
            Self::NotReady => "not-ready",
            Self::Internal => "internal",
        }
    }

    /// Its status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Refused | Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::NotAuthenticated => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::NotReady => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// In how many seconds it may be over, where it is over by itself.
    pub(crate) const fn retry_after(self) -> Option<u64> {
        match self {
            Self::Busy | Self::TooMany => Some(1),
            Self::NotReady => Some(30),
            _ => None,
        }
    }

    /// Its title: the same words for every problem of the type.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Refused => "The policy refuses this",
            Self::NotAuthenticated => "Who is asking is not known",
            Self::NotAllowed => "This key may not do this",
            Self::NotFound => "Nothing is here",
            Self::MethodNotAllowed => "Not with this method",
            Self::Malformed => "The body cannot be read",
            Self::Invalid => "The body is not complete or not of the right type",
            Self::TooLarge => "The body is too large",
            Self::UnsupportedMediaType => "The body is not said to be JSON",
            Self::Timeout => "The body took too long",
            Self::TooMany => "Too many requests",
            Self::Busy => "Too much is going on at once",
            Self::NotReady => "The service is not ready",
            Self::Internal => "Something failed",
        }
    }

    /// What it means and what to do about it, in whole sentences.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Refused => {
                "The request was understood, and the privacy policy in force does not permit it. The answer names the reason and \
                 the sentences of the policy that decided. Nothing was done. The refusal itself stands in the evidence log. \
                 Sending the same request again gives the same answer until the policy, the person's choices or the case change."
            }
            Self::NotAuthenticated => {
                "A request needs the header `Authorization: Bearer` with the token of a key that has not been revoked. A request \
                 on behalf of a person also needs their signed session in the header `Upheld-Session`; a session is good for \
                 fifteen minutes at most."
            }
            Self::NotAllowed => {
                "The key is valid, but what it lists (its verbs, points and purposes) does not include this. An administrator can \
                 make a key that does."
            }
            Self::NotFound => {
                "The address, or something that the request names, does not exist, or not for this key. Check the spelling; \
                 `/openapi.json` lists every address."
            }
            Self::MethodNotAllowed => {
                "The address exists. The header `Allow` of the answer lists the methods that it takes."
            }
            Self::Malformed => {
                "The body is not JSON, has a field that is not known, or has a key twice in one object. The answer gives line and \
                 column. `/openapi.json` describes every body."
            }
            Self::Invalid => {
                "The body is JSON, but a field is missing, has a wrong type, or names something that cannot be. The answer says \
                 which, with line and column where there is one."
            }
            Self::TooLarge => "The body is longer than this server reads. Send fewer records at once.",
            Self::UnsupportedMediaType => "Send the header `Content-Type: application/json` with a JSON body.",
            Self::Timeout => "The body did not arrive in time. Nothing was done. Send it again.",
            Self::TooMany => {
                "This key, or this address without one, has sent more requests than the server takes from one caller. Nothing was \
                 done. Wait as long as the header `Retry-After` says, then go on more slowly; the operator sets how many are taken."
            }
            Self::Busy => {
                "The server works on as many requests as it can. Nothing was done. Wait as long as the header `Retry-After` says, \
                 then send the request again."
            }
            Self::NotReady => {
                "No version of the policy is in force yet, or the store does not answer. Without a policy nothing is permitted. \
                 The operator can put one in force with `upheld activate`."
            }
            Self::Internal => {
                "The server met something that it did not expect. The request was not answered; an act is done whole or not at \
                 all. The operator finds what happened in the server's own log under the id in the header `X-Request-ID`."
            }
        }
    }
}

/// A place in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 1.
    pub column: usize,
}

/// Problem details (RFC 9457) of everything but a refusal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Which problem; also the address of a page that explains it.
    #[serde(rename = "type")]
    #[schema(schema_with = other_types)]
    kind: ProblemType,
    /// Its title, the same for every problem of the type.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What is wrong in this request.
    detail: String,
    /// Where in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    /// In how many seconds it is over; the usual for its type when none.
    #[serde(skip)]
    wait: Option<u64>,
}

impl Problem {
    /// A problem about which there is no more to say.
    pub(crate) fn of(kind: ProblemType) -> Self {
        Self::new(kind, kind.explanation())
    }

    /// A problem with its own detail, which must be words of ours.
    pub(crate) fn new(kind: ProblemType, detail: impl Into<String>) -> Self {
        Self {
            kind,
            title: kind.title(),
            status: kind.status().as_u16(),
            detail: detail.into(),
            place: None,
            wait: None,
        }
    }

    /// More requests than are taken, for so many seconds.
    pub(crate) fn too_many(wait: u64) -> Self {
        Self { wait: Some(wait), ..Self::of(ProblemType::TooMany) }
    }

    /// A body that cannot be read.
    pub(crate) fn malformed(detail: &str, place: Option<Place>) -> Self {
        Self::placed(ProblemType::Malformed, detail, place)
    }

    /// A body that does not have what it must.
    pub(crate) fn invalid(detail: &str, place: Option<Place>) -> Self {
        Self::placed(ProblemType::Invalid, detail, place)
    }

    fn placed(kind: ProblemType, detail: &str, place: Option<Place>) -> Self {
        let detail = place.map_or_else(
            || detail.to_owned(),
            |place| format!("{detail} (line {}, column {})", place.line, place.column),
        );
        Self { place, ..Self::new(kind, detail) }
    }

    /// Which problem.
    pub(crate) fn kind(&self) -> ProblemType {
        self.kind
    }

    /// What is wrong in this request.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }
}

impl Problem {
    /// The headers that belong to it: how to authenticate, when to come back.
    pub(crate) fn add_headers(&self, headers: &mut HeaderMap) {
        if self.kind == ProblemType::NotAuthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"upheld\""));
        }
        if let Some(seconds) = self.wait.or(self.kind.retry_after()) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
}

impl From<ServiceError> for Problem {
    fn from(failure: ServiceError) -> Self {
        match failure {
            ServiceError::NotAuthenticated => Self::of(ProblemType::NotAuthenticated),
            ServiceError::NotAllowed { .. } => Self::new(ProblemType::NotAllowed, failure.to_string()),
            ServiceError::NotFound { .. } => Self::new(ProblemType::NotFound, failure.to_string()),
            ServiceError::Invalid { what } => Self::new(ProblemType::Invalid, what),
            ServiceError::Busy => Self::of(ProblemType::Busy),
            ServiceError::MeaningChanged { .. } | ServiceError::Store(_) => {
                error!(%failure, "the service is not ready");
                Self::of(ProblemType::NotReady)
            }
            ServiceError::Policy(_)
            | ServiceError::VersionTaken { .. }
            | ServiceError::Weaker { .. }
            | ServiceError::Vault(_)
            | ServiceError::Evidence(_) => {
                error!(%failure, "a request failed");
                Self::of(ProblemType::Internal)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = problem_json(self.kind.status(), &self);
        self.add_headers(response.headers_mut());
        response
    }
}

/// Problem details of an act that the policy refuses, with the members of the act.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Refused {
    /// Always `/problems/refused`; also the address of a page that explains it.
    #[serde(rename = "type")]
    #[schema(schema_with = refused_type)]
    kind: ProblemType,
    /// Its title.
    title: &'static str,
    /// Always 403.
    status: u16,
    /// The reason in words, and the first deciding sentence.
    detail: String,
    /// Always `false`.
    allowed: bool,
    /// Why.
    reason: Reason,
    /// The sentences that decided.
    because: Vec<Cited>,
    /// What was lacking, or the name that is not declared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lacking: Vec<String>,
    /// Index of the refusal's entry in the evidence log.
    log: u64,
    /// For a refused `collect`: why, by element. Words that are no names of a policy are left
    /// out: they may be values that strayed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<String, Reason>,
}

impl Refused {
    /// A refused act.
    pub(crate) fn new(answer: Answer, log: u64, fields: BTreeMap<String, Reason>) -> Self {
        let mut detail = answer.reason.sentence().to_owned();
        if let Some(cited) = answer.because.first() {
            detail.push_str(&format!(" (§{}: {})", cited.section, cited.sentence));
        }
        let kind = ProblemType::Refused;
        Self {
            kind,
            title: kind.title(),
            status: kind.status().as_u16(),
            detail,
            allowed: answer.allowed,
            reason: answer.reason,
            because: answer.because,
            lacking: answer.lacking,
            log,
            fields,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        problem_json(ProblemType::Refused.status(), &self)
    }
}

fn problem_json(status: StatusCode, body: &impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// Why an act was not done: the policy refuses it, or the key does not list it.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only described, in the OpenAPI document")]
pub(crate) enum Forbidden {
    /// By the policy.
    Refused(Refused),
    /// `not-allowed` to this key.
    NotAllowed(Problem),
}

fn refused_type() -> Schema {
    types(|kind| kind == ProblemType::Refused)
}

fn other_types() -> Schema {
    types(|kind| kind != ProblemType::Refused)
}

fn types(of: impl Fn(ProblemType) -> bool) -> Schema {
    let kinds = ProblemType::ALL.into_iter().filter(|kind| of(*kind));
    let names = kinds.map(|kind| format!("/problems/{}", kind.name()));
    let words = Some("Which problem; also the address, on this server, of a page that explains it.");
    Schema::Object(ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).description(words).build())
}

/// What any address under `/v1` may answer when it does not do what was asked.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only described, in the OpenAPI document")]
pub(crate) enum Problems {
    /// `not-authenticated`
    #[response(status = 401, content_type = "application/problem+json")]
    NotAuthenticated(Problem),
    /// `not-found`
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// `busy` or `not-ready`; the header `Retry-After` says when to come back
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
    /// `internal`
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
}

/// What any address that reads a body may answer besides.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only described, in the OpenAPI document")]
pub(crate) enum BodyProblems {
    /// `malformed`
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(Problem),
    /// `timeout`
    #[response(status = 408, content_type = "application/problem+json")]
    Timeout(Problem),
    /// `too-large`
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// `unsupported-media-type`
    #[response(status = 415, content_type = "application/problem+json")]
    UnsupportedMediaType(Problem),
    /// `invalid`
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
}
