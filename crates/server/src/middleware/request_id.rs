//! An id for each request, in the answer and in every log line of it.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

/// The header that carries it.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

/// The longest id that AuthZEN's addresses give back as it came, in bytes.
const LONGEST: usize = 128;

/// Takes the caller's id over when it is a UUID or 32 hex digits, as those who trace requests make them; else makes one.
/// Whatever else a caller puts there may be a name, a number of a person or a token, and would stand in the log. AuthZEN
/// wants any id back, so its addresses give it back in the answer, and only there.
pub(crate) async fn set(mut request: Request, next: Next) -> Response {
    let id = given(request.headers()).unwrap_or_else(|| Uuid::new_v4().to_string());
    let header = match echoed(&request) {
        Some(given) => Ok(given),
        None => HeaderValue::from_str(&id),
    };
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).await;
    if let Ok(header) = header {
        response.headers_mut().insert(X_REQUEST_ID, header);
    }
    response
}

fn echoed(request: &Request) -> Option<HeaderValue> {
    let given = request.headers().get(X_REQUEST_ID)?;
    let asked = request.uri().path().starts_with("/access/") && given.len() <= LONGEST && given.to_str().is_ok();
    asked.then(|| given.clone())
}

fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(X_REQUEST_ID)?.to_str().ok()?;
    let known = matches!(id.len(), 32 | 36) && Uuid::try_parse(id).is_ok();
    known.then(|| id.to_owned())
}
