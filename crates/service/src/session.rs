//! A person's session, signed by a program whose public key was registered.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use crate::error::ServiceError;
use crate::service::{Result, Service};

/// A session that was verified: who acts, and the key of the program that vouches for them.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The person: the service's own id.
    pub person: String,
    /// The key that signed.
    pub by: String,
}

// Whose session it is stays out of every log line.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("by", &self.by).finish_non_exhaustive()
    }
}

/// Whom a token must be meant for.
const AUDIENCE: &str = "upheld";

/// The longest that a session may be good for, in seconds.
const LONGEST: i64 = 15 * 60;

/// How far the clocks of two machines may be apart, in seconds.
const LEEWAY: i64 = 30;

/// The longest token that is read, in bytes.
const LONGEST_TOKEN: usize = 4096;

#[derive(Deserialize)]
struct Claims {
    sub: String,
    iat: i64,
    exp: i64,
}

impl Service {
    /// The session in a JWT (RFC 7519) with `alg` EdDSA and in `kid` the id of the access key that vouches for it.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotAuthenticated`] when it is not signed with that key's registered half, is over, is good for more
    /// than 15 minutes, or is not meant for Upheld.
    pub fn session(&self, token: &str) -> Result<Session> {
        let refused = || ServiceError::NotAuthenticated;
        if token.len() > LONGEST_TOKEN {
            return Err(refused());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
        let by = header.kid.filter(|_| header.alg == Algorithm::EdDSA).ok_or_else(refused)?;
        let public = self.session_key(&by)?.ok_or_else(refused)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "aud", "sub"]);
        // The times are held against the service's own clock below.
        rules.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_ed_der(&public), &rules)
            .map_err(|_| refused())?
            .claims;
        let now = self.0.now().as_second();
        let good = claims.exp.checked_sub(claims.iat).is_some_and(|length| (0..=LONGEST).contains(&length))
            && claims.exp > now.saturating_sub(LEEWAY)
            && claims.iat < now.saturating_add(LEEWAY);
        if !good || claims.sub.is_empty() {
            return Err(refused());
        }
        Ok(Session { person: claims.sub, by })
    }
}
