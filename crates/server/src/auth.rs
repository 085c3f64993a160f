//! Who asks: the token of a key, and the signed session of a person. Both are only taken from the headers here; the
//! service says whether they are good.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::problem::{Problem, ProblemType};

/// The longest header that is looked at, in bytes.
const LONGEST: usize = 4096;

/// The token of a key. Never printed.
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl<S: Sync> FromRequestParts<S> for Token {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value =
            only(&parts.headers, AUTHORIZATION.as_str()).ok_or_else(|| Problem::of(ProblemType::NotAuthenticated))?;
        match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Self(token.trim().to_owned())),
            _ => Err(Problem::of(ProblemType::NotAuthenticated)),
        }
    }
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
