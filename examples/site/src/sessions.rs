//! Who is signed in: a random session id in memory that leads to a customer id, and nothing else.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

use crate::keys::random_name;

/// The name of the one cookie.
pub(crate) const COOKIE_NAME: &str = "larchfield_session";
const IDLE_SECONDS: u64 = 8 * 3600;
/// So many sessions at once; the oldest make room.
const MOST: usize = 10_000;

#[derive(Clone)]
struct SignedIn {
    customer: String,
    until: u64,
}

/// The sessions of this process. They end with it.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<BTreeMap<String, SignedIn>>);

/// The session of a request.
#[derive(Clone)]
pub(crate) struct Session {
    /// The random id.
    pub(crate) id: String,
    /// The customer who is signed in.
    pub(crate) customer: String,
}

impl Sessions {
    /// Signs a customer in and gives the session id.
    pub(crate) fn begin(&self, customer: &str, now: u64) -> String {
        let id = random_name();
        let mut sessions = self.lock();
        sessions.retain(|_, session| session.until > now);
        if sessions.len() >= MOST {
            let oldest = sessions.iter().min_by_key(|(_, session)| session.until).map(|(id, _)| id.clone());
            oldest.and_then(|id| sessions.remove(&id));
        }
        sessions.insert(id.clone(), SignedIn { customer: customer.to_owned(), until: now + IDLE_SECONDS });
        id
    }

    /// Signs out.
    pub(crate) fn end(&self, id: &str) {
        self.lock().remove(id);
    }

    /// Ends every session of a customer: their account is closed.
    pub(crate) fn end_all(&self, customer: &str) {
        self.lock().retain(|_, session| session.customer != customer);
    }

    /// The session that the request's cookie names, if it lives; using it keeps it alive.
    pub(crate) fn of(&self, headers: &HeaderMap, now: u64) -> Option<Session> {
        let id = cookie(headers)?;
        let mut sessions = self.lock();
        let session = sessions.get_mut(id).filter(|session| session.until > now)?;
        session.until = now + IDLE_SECONDS;
        Some(Session { id: id.to_owned(), customer: session.customer.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, SignedIn>> {
        // A panic while the map was held leaves it whole: each change is one call.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The `Set-Cookie` header that begins a session, or ends it when `id` is none.
pub(crate) fn set_cookie(id: Option<&str>, tls: bool) -> String {
    let secure = if tls { "; Secure" } else { "" };
    match id {
        Some(id) => format!("{COOKIE_NAME}={id}; Path=/; HttpOnly; SameSite=Lax{secure}"),
        None => format!("{COOKIE_NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}"),
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE_NAME).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_cookie(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, value.parse().unwrap());
        headers
    }

    #[test]
    fn a_session_lasts_while_it_is_used_and_ends_when_told() {
        let sessions = Sessions::default();
        let id = sessions.begin("c-1", 0);
        let headers = with_cookie(&format!("a=b; {COOKIE_NAME}={id}"));
        assert_eq!(sessions.of(&headers, IDLE_SECONDS - 1).unwrap().customer, "c-1");
        assert!(sessions.of(&headers, 2 * IDLE_SECONDS - 2).is_some(), "using it kept it alive");
        assert!(sessions.of(&headers, 4 * IDLE_SECONDS).is_none());
        sessions.end_all("c-1");
        assert!(sessions.of(&headers, 0).is_none());
        assert!(sessions.of(&HeaderMap::new(), 0).is_none());
    }

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        assert_eq!(set_cookie(Some("x"), true), "larchfield_session=x; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert!(set_cookie(None, false).contains("Max-Age=0"));
    }
}
