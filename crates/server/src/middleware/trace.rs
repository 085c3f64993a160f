//! One log line for each request: method, matched route, status, time taken, request id. Never the path (it may name
//! people and items), the query, a header or a body.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument, info, info_span, warn};

use super::request_id::RequestId;

/// Runs the request in a span of its own and logs how it ended.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map_or_else(String::new, |id| id.0.clone());
    let span = info_span!("request", id);
    async move {
        let method = known(request.method());
        let route = request
            .extensions()
            .get::<MatchedPath>()
            .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
        let began = Instant::now();
        let response = next.run(request).await;
        let status = response.status().as_u16();
        let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        if status >= 500 {
            warn!(method, route, status, milliseconds, "request failed");
        } else {
            info!(method, route, status, milliseconds, "request");
        }
        response
    }
    .instrument(span)
    .await
}

/// A method is any word that the caller likes; only the known ones are logged.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
