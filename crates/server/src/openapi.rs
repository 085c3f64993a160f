//! The OpenAPI document. It is made from the handlers, so it cannot say anything else than what they do.

use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi as _;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder, ServerBuilder};

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
    add_limits(&mut document);
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

/// Any address but those that tell whether the server is alive may answer that too many requests come.
fn add_limits(document: &mut OpenApi) {
    let words = "`too-many` requests from this key, or without one from this address; the header `Retry-After` says when to come back";
    for (path, item) in &mut document.paths.paths {
        if matches!(path.as_str(), "/healthz" | "/readyz") {
            continue;
        }
        let (kind, schema) = if path.starts_with("/access/") {
            ("text/plain", RefOr::T(ObjectBuilder::new().schema_type(Type::String).build().into()))
        } else {
            ("application/problem+json", RefOr::Ref(Ref::from_schema_name("Problem")))
        };
        for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
            let content = ContentBuilder::new().schema(Some(schema.clone())).build();
            let response = ResponseBuilder::new().description(words).content(kind, content).build();
            operation.responses.responses.insert("429".to_owned(), RefOr::T(response));
        }
    }
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
