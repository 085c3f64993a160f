//! The OpenAPI document. It is made from the handlers, so it cannot say anything else than what they do.

use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi as _;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, ServerBuilder};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Upheld",
        description = "The personal data of a service, held as its privacy policy says. An act is done and logged, or refused \
                       with the reason and the sentences of the policy that decided; a refusal has status 403 and the type \
                       `/problems/refused`."
    ),
    paths(serve),
    tags(
        (name = "acts", description = "What programs and staff do with data."),
        (name = "people", description = "What people do themselves."),
        (name = "cases", description = "Grounds that somebody must attest."),
        (name = "questions", description = "May I? Changes nothing."),
        (name = "policy", description = "The policy in force."),
        (name = "evidence", description = "The log of every act."),
        (name = "pages", description = "What people read. No key is needed."),
        (name = "server", description = "The server itself. No key is needed."),
    )
)]
struct Frame;

/// The document as JSON.
#[derive(Clone)]
pub(crate) struct Document(Bytes);

/// Adds to what the handlers said: the title, how to authenticate, where the server is. Gives the document as JSON.
pub(crate) fn finish(handlers: OpenApi, public_url: Option<&str>) -> Document {
    let mut document = Frame::openapi().merge_from(handlers);
    document.servers = public_url.map(|url| vec![ServerBuilder::new().url(url.trim_end_matches('/')).build()]);
    if let Some(components) = document.components.as_mut() {
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The token of a key: `upheld_…`. A key belongs to one program or one human."))
            .build();
        components.add_security_scheme("key", SecurityScheme::Http(key));
        let session = ApiKeyValue::with_description(
            "Upheld-Session",
            "A person's session: a JWT signed with the registered key of the program that knows them, good for 15 minutes at most.",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Header(session)));
    }
    // It is plain data with text keys, which always serialises; a test reads it.
    Document(serde_json::to_vec(&document).unwrap_or_default().into())
}

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "server",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value))
)]
pub(crate) async fn serve(Document(document): Document) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, document).into_response()
}
