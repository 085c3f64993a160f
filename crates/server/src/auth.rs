//! Who asks: the key whose token a request has, and the signed session of a person. Both stand in headers, and the
//! service says whether they are good.

use std::fmt;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use upheld_service::{Caller, Service, ServiceError};

use crate::problem::{Problem, ProblemType};
use crate::state::App;

/// The longest header that is looked at, in bytes.
const LONGEST: usize = 4096;

/// The caller whose key the request has. A handler takes it first: then it is authenticated before a byte of the body is
/// read, and whoever has no key makes the server hold nothing.
#[derive(Debug)]
pub(crate) struct Key(pub(crate) Caller);

impl FromRequestParts<App> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = match bearer(&parts.headers) {
            Some(token) => app.run(move |service| service.authenticate(&token)).await,
            None => Err(Problem::of(ProblemType::NotAuthenticated)),
        };
        counted(caller, |caller| &caller.key, parts, app).map(Self)
    }
}

/// As [`Key`], for questions: a key that was authenticated within the last second is not looked up again.
#[derive(Debug)]
pub(crate) struct AskingKey(pub(crate) Arc<Caller>);

impl FromRequestParts<App> for AskingKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = match bearer(&parts.headers) {
            Some(token) => match app.service().recent_caller(&token) {
                Some(caller) => Ok(caller),
                None => app.run(move |service| service.authenticate_to_ask(&token)).await,
            },
            None => Err(Problem::of(ProblemType::NotAuthenticated)),
        };
        counted(caller, |caller| &caller.key, parts, app).map(Self)
    }
}

/// Counts a request for its key; one without a key that holds for the address that it comes from.
fn counted<C>(caller: Result<C, Problem>, key: impl Fn(&C) -> &str, parts: &Parts, app: &App) -> Result<C, Problem> {
    match &caller {
        Ok(caller) => app.limits.key(key(caller))?,
        Err(problem) if problem.kind() == ProblemType::NotAuthenticated => app.limits.stranger(parts)?,
        Err(_) => {}
    }
    caller
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = only(headers, AUTHORIZATION.as_str())?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// The signed session of a person, when the request has one. Never printed.
pub(crate) struct SessionToken(pub(crate) Option<String>);

impl SessionToken {
    /// The session, for requests that cannot do without.
    pub(crate) fn required(self) -> Result<String, Problem> {
        self.0.ok_or_else(|| {
            Problem::new(
                ProblemType::NotAuthenticated,
                "this acts for a person and needs their signed session in the header `Upheld-Session`",
            )
        })
    }
}

impl SessionToken {
    /// Holds the person who is said to act against the session that the request shows: a program's word is not believed.
    pub(crate) fn shows(self, service: &Service, actor_person: Option<&str>) -> Result<(), ServiceError> {
        let Some(person) = actor_person else { return Ok(()) };
        let not_allowed = |what: &str| ServiceError::NotAllowed { what: what.to_owned() };
        let token =
            self.0.ok_or_else(|| not_allowed("act for a person without their signed session in `Upheld-Session`"))?;
        if service.session(&token)?.person == person {
            Ok(())
        } else {
            Err(not_allowed("act for a person whose session it does not show"))
        }
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken")
    }
}

impl<S: Sync> FromRequestParts<S> for SessionToken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if !parts.headers.contains_key("upheld-session") {
            return Ok(Self(None));
        }
        let value = only(&parts.headers, "upheld-session").ok_or_else(|| Problem::of(ProblemType::NotAuthenticated))?;
        Ok(Self(Some(value.trim().to_owned())))
    }
}

/// The value of a header that stands exactly once and is plain text of a sane length.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) if value.len() <= LONGEST => value.to_str().ok(),
        _ => None,
    }
}
