use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use axum::body::to_bytes;
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use jsonschema::Validator;
use serde_json::{Value, json};
use upheld_server::ServerConfig;

use super::World;

/// An answer, read whole.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// The headers that every answer has.
pub const EVERYWHERE: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

impl Reply {
    pub async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("the body arrives").to_vec();
        Self { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("an answer is UTF-8")
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// What an act that was done came to.
    #[track_caller]
    pub fn done(&self) -> Value {
        let mut act = self.json();
        assert!(matches!(self.status, 200 | 201) && act["allowed"] == true, "{} {act}", self.status);
        act["result"].take()
    }

    /// A refusal by the policy, for this reason; gives its problem.
    #[track_caller]
    pub fn refused(&self, reason: &str) -> Value {
        let problem = self.problem(403, "refused");
        assert_eq!(problem["reason"], reason, "{problem}");
        assert_eq!(problem["allowed"], false);
        assert!(problem["log"].is_u64() && problem["because"].is_array(), "{problem}");
        assert!(problem.get("result").is_none(), "a refusal gives nothing: {problem}");
        problem
    }

    /// A problem of this type; gives it.
    #[track_caller]
    pub fn problem(&self, status: u16, name: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], format!("/problems/{name}"), "{problem}");
        assert_eq!(problem["status"], status);
        for text in ["title", "detail"] {
            assert!(problem[text].as_str().is_some_and(|text| text.len() > 5), "{problem}");
        }
        problem
    }

    /// What every answer must have, wherever it comes from.
    #[track_caller]
    pub fn assert_frame(&self, path: &str) {
        for (name, value) in EVERYWHERE {
            let all: Vec<_> = self.headers.get_all(name).iter().collect();
            assert_eq!(all, [value], "{name} of {path}");
        }
        assert!(self.headers.contains_key("permissions-policy"));
        assert!(!self.headers.contains_key(header::SET_COOKIE), "{path} sets a cookie");
        assert!(!self.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "{path} is open to other sites");
        assert!(!self.headers.contains_key(header::SERVER), "{path} names its software");
        let id = self.header("x-request-id");
        assert!(matches!(id.len(), 32 | 36) && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-'), "{id}");
        let cache = self.header("cache-control");
        if path.starts_with("/v1/") || path.ends_with('z') || self.status >= 500 {
            assert_eq!(cache, "no-store", "{path}");
        } else {
            assert!(["no-store", "no-cache", "public, max-age=86400"].contains(&cache), "{cache} of {path}");
        }
        if self.status >= 400 && path.starts_with("/v1/") {
            assert_eq!(self.header("content-type"), "application/problem+json", "{path}");
        }
    }
}

/// The OpenAPI document.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    // The document is made without a request and is the same for all; but the router has to be asked for it.
    let router = World::with(&ServerConfig::default(), None).router;
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let request = axum::http::Request::get("/openapi.json").body(axum::body::Body::empty()).expect("a request");
            let response = tower::ServiceExt::oneshot(router, request).await.expect("an answer");
            Reply::read(response).await.json()
        })
    })
    .join()
    .expect("the document")
});

/// The operation of the document that a path belongs to.
pub fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let parts: Vec<&str> = path.split('/').collect();
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let fits = |template: &str| {
        let template: Vec<&str> = template.split('/').collect();
        template.len() == parts.len()
            && template.iter().zip(&parts).all(|(known, part)| known.starts_with('{') || known == part)
    };
    // A path with fewer parameters goes first (`/policy/versions` before `/policy/{…}`).
    let mut known: Vec<_> = paths.iter().filter(|(template, _)| fits(template)).collect();
    known.sort_by_key(|(template, _)| template.matches('{').count());
    known.first().and_then(|(_, item)| item.get(method.as_str().to_lowercase()))
}

/// Holds an answer against the document: its status is listed, and bodies are as described.
#[track_caller]
pub fn assert_documented(method: &Method, path: &str, sent: &[u8], reply: &Reply) {
    let Some(operation) = operation(method, path) else { return };
    let listed = &operation["responses"][reply.status.to_string()];
    assert!(listed.is_object(), "{method} {path}: status {} is not documented: {}", reply.status, reply.text());
    if let Some(content) = listed.get("content").and_then(Value::as_object) {
        let kind = reply.header("content-type").split(';').next().unwrap_or("");
        let described = content.get(kind).unwrap_or_else(|| panic!("{method} {path}: {kind} is not documented"));
        if kind.ends_with("json") {
            assert_valid(&described["schema"], &reply.json(), path);
        }
    }
    if reply.status < 300 && !sent.is_empty() && method == Method::POST {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{method} {path}: the body is not documented");
        assert_valid(schema, &serde_json::from_slice(sent).expect("JSON"), path);
    }
}

#[track_caller]
fn assert_valid(schema: &Value, value: &Value, path: &str) {
    // To make one takes far longer than to use it.
    static KNOWN: LazyLock<Mutex<BTreeMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&schema.to_string()).cloned();
    let known = known.unwrap_or_else(|| {
        let made = Arc::new(validator(schema));
        KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(schema.to_string(), Arc::clone(&made));
        made
    });
    let errors: Vec<String> = known.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{path}: {value} is not as documented: {errors:?}");
}

/// A validator for a schema of the document. What a schema does not describe may not be there.
pub fn validator(schema: &Value) -> Validator {
    let root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "components": DOCUMENT["components"],
        "allOf": [schema],
        "unevaluatedProperties": schema.get("$ref").is_none(),
    });
    jsonschema::validator_for(&root).expect("a schema")
}
