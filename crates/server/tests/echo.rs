//! Nothing that a caller sends comes back in a problem, and nothing of it is logged: random texts in every field, header,
//! parameter and part of an address, with everything captured that the program would ever log.

use std::io::Write;
use std::sync::{LazyLock, Mutex, PoisonError};

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, header};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tracing_subscriber::fmt::MakeWriter;

use crate::common::{DOCUMENT, Reply, World};

/// All that is logged in this program, at the finest level.
static LOG: LazyLock<Mutex<Vec<u8>>> = LazyLock::new(|| {
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(Tap);
    drop(tracing::subscriber::set_global_default(subscriber.finish()));
    Mutex::default()
});

struct Tap;

impl Write for Tap {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Tap {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

/// A server with somebody in it, for all cases together.
static WORLD: LazyLock<(Runtime, World)> = LazyLock::new(|| {
    LazyLock::force(&LOG);
    let runtime = Runtime::new().expect("a runtime");
    let world = runtime.block_on(World::new());
    (runtime, world)
});

/// A text as it may stand in an answer: as it is, in JSON, in HTML, in an address.
fn guises(text: &str) -> Vec<String> {
    let json = Value::from(text).to_string();
    let html = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;");
    let numeric = text
        .replace('&', "&#38;")
        .replace('<', "&#60;")
        .replace('>', "&#62;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;");
    vec![text.to_owned(), json[1..json.len() - 1].to_owned(), html, numeric, in_an_address(text), format!("{text:?}")]
}

fn in_an_address(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[track_caller]
fn assert_silent(reply: &Reply, canary: &str, place: &str) {
    let headers = format!("{:?}", reply.headers);
    for guise in guises(canary) {
        assert!(!headers.contains(&guise), "{place}: a header tells {guise:?}: {headers}");
        // What was done may give back what is held; everything else may not.
        if reply.status >= 300 {
            assert!(!reply.text().contains(&guise), "{place}: the answer tells {guise:?}: {}", reply.text());
        }
    }
}

fn logged() -> String {
    String::from_utf8_lossy(&LOG.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

#[track_caller]
fn assert_nothing_logged(canary: &str) {
    let log = logged();
    assert!(log.contains("request"), "requests are logged");
    for guise in guises(canary) {
        if let Some(at) = log.find(&guise) {
            let line = log[..at].rfind('\n').map_or(0, |end| end + 1);
            panic!("logged: {}", &log[line..(at + guise.len())]);
        }
    }
}

/// A body of an address with the canary in one place: the value of a field, an item of a list, a key.
fn bodies(path: &str, canary: &str) -> Vec<(String, Value)> {
    let record = json!({ "point": "sign_up", "person": "ann", "in": "www.larchfield.example/join", "item": "i", "values": { "name": "Ann", "email": "ann@mail.example" } });
    let act = json!({ "person": "ann", "data": ["email"], "item": "i", "for": "customer_care", "on": "x", "as": "identified" });
    let mut base = match path {
        "/v1/collect" => record,
        "/v1/collect/batch" => json!({ "records": [record] }),
        "/v1/share" => {
            json!({ "person": "ann", "data": ["email"], "with": "court", "action": "share", "item": "i", "for": "customer_care", "on": "x" })
        }
        "/v1/change" => {
            json!({ "person": "ann", "element": "email", "value": "a@b.example", "item": "i", "for": "customer_care", "on": "x" })
        }
        "/v1/erase" | "/v1/block" => {
            json!({ "person": "ann", "data": ["email"], "item": "i", "for": "customer_care", "on": "x", "lift": false })
        }
        "/v1/choices" => {
            json!({ "person": "ann", "choice": "newsletter", "agree": true, "via": "link", "giving": { "email": "ann@mail.example" } })
        }
        "/v1/relations" => json!({ "relation": "guardian", "party": "bob", "of": "ann" }),
        "/v1/requests" => json!({ "right": "see", "data": ["name"] }),
        "/v1/cases" => {
            json!({ "ground": "court_order", "people": ["ann"], "items": ["i"], "recipient": "court", "fields": { "reference": "7" } })
        }
        "/v1/cases/{case}/findings" => json!({ "finding": "valid", "holds": true }),
        _ => act,
    };
    let mut places = Vec::new();
    collect_places(&base, String::new(), &mut places);
    let mut out = Vec::new();
    for place in places {
        let before = base.pointer(&place).cloned().unwrap_or_default();
        for replaced in variants(&before, canary) {
            *base.pointer_mut(&place).expect("the place") = replaced;
            out.push((format!("{path}{place}"), base.clone()));
        }
        *base.pointer_mut(&place).expect("the place") = before;
    }
    out
}

fn collect_places(value: &Value, at: String, out: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            object.iter().for_each(|(key, value)| collect_places(value, format!("{at}/{key}"), out));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, value)| collect_places(value, format!("{at}/{n}"), out))
        }
        _ => {}
    }
    out.push(at);
}

/// A value with the canary instead of it, around it, or in it.
fn variants(value: &Value, canary: &str) -> Vec<Value> {
    let mut out = vec![json!(canary), json!([canary]), json!({ canary: canary })];
    if let Value::Object(object) = value {
        let mut more = object.clone();
        more.insert(canary.to_owned(), json!(canary));
        out.push(Value::Object(more));
    }
    out
}

/// Texts that cannot be a name of the language, some of which look like the messages of a JSON reader.
fn canaries() -> impl Strategy<Value = String> {
    let plain = "[A-Z][a-z0-9]{6,12}@[a-z]{3,8}\\.example";
    let wild = "[A-Z0-9][\\PC]{8,40}";
    let sly =
        prop::sample::select(vec![", expected ", "` ", " at line 3", "missing field `", "\\u0041", "%3Cb%3E", "{id}"]);
    prop_oneof![
        plain.prop_map(String::from),
        wild.prop_map(String::from),
        ("[A-Z][a-z]{9}", sly, "[a-z]{9}[0-9]{4}").prop_map(|(a, b, c)| format!("{a}{b}{c}"))
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_in_a_body_comes_back_or_is_logged(canary in canaries()) {
        let (runtime, world) = &*WORLD;
        runtime.block_on(async {
            let session = world.session("ann");
            for (path, item) in DOCUMENT["paths"].as_object().expect("paths") {
                if item.get("post").is_none_or(|post| post.get("requestBody").is_none()) {
                    continue;
                }
                let who = match path.as_str() {
                    "/v1/collect" | "/v1/collect/batch" | "/v1/requests" => "web",
                    path if path.starts_with("/v1/cases") => "counsel",
                    _ => "support",
                };
                for (place, body) in bodies(path, &canary) {
                    let request = Request::post(path.replace("{case}", "x"))
                        .header(header::AUTHORIZATION, world.bearer(who))
                        .header("upheld-session", &session)
                        .header(header::CONTENT_TYPE, "application/json")
                        .body(Body::from(body.to_string()))
                        .expect("a request");
                    assert_silent(&world.send(request).await, &canary, &place);
                }
                // Whole, and in the middle of what is no JSON.
                for body in [canary.clone(), format!("{{\"person\":\"{canary}"), format!("{{{canary}:1}}")] {
                    let request = Request::post(path.replace("{case}", "x"))
                        .header(header::AUTHORIZATION, world.bearer(who))
                        .header("upheld-session", &session)
                        .header(header::CONTENT_TYPE, "application/json")
                        .body(Body::from(body))
                        .expect("a request");
                    assert_silent(&world.pass_on(request).await, &canary, path);
                }
            }
        });
        assert_nothing_logged(&canary);
    }

    #[test]
    fn no_text_in_a_header_or_an_address_comes_back_or_is_logged(canary in canaries()) {
        let (runtime, world) = &*WORLD;
        runtime.block_on(async {
            let headers = ["authorization", "upheld-session", "x-request-id", "user-agent", "referer", "cookie", "accept", "host",
                "content-type", "content-length", "origin", "x-forwarded-for", "forwarded", "if-none-match", "traceparent", "x-own"];
            let value = HeaderValue::from_bytes(canary.as_bytes()).expect("a value");
            for name in headers {
                for (path, who) in [("/v1/policy", "support"), ("/v1/requests", "web"), ("/policy", "support"), ("/nothing", "support")] {
                    let mut request = if path == "/v1/requests" { Request::post(path) } else { Request::get(path) };
                    let map = request.headers_mut().expect("headers");
                    map.insert(header::AUTHORIZATION, world.bearer(who).parse().expect("a value"));
                    map.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                    map.insert(HeaderName::from_static(name), value.clone());
                    let reply = world.pass_on(request.body(Body::from("{\"right\":\"see\"}")).expect("a request")).await;
                    assert_silent(&reply, &canary, name);
                }
                let bearer = HeaderValue::from_bytes(format!("Bearer {canary}").as_bytes()).expect("a value");
                let request = Request::get("/v1/policy").header(header::AUTHORIZATION, bearer).body(Body::empty());
                assert_silent(&world.pass_on(request.expect("a request")).await, &canary, "the token");
            }
            let text = in_an_address(&canary);
            let addresses = [
                format!("/v1/log?from={text}"), format!("/v1/log?{text}=1"), format!("/v1/cases/{text}/end"), format!("/v1/{text}"),
                format!("/{text}"), format!("/policy/versions/{text}"), format!("/problems/{text}"), format!("/policy?{text}"),
                format!("/v1/cases/{text}/findings"),
            ];
            for address in addresses {
                for who in ["auditor", "counsel", "support"] {
                    for (method, accept) in [("GET", "text/html"), ("POST", "*/*"), ("PUT", "*/*")] {
                        let request = Request::builder()
                            .method(method)
                            .uri(&address)
                            .header(header::AUTHORIZATION, world.bearer(who))
                            .header(header::ACCEPT, accept)
                            .body(Body::empty());
                        assert_silent(&world.pass_on(request.expect("a request")).await, &canary, &address);
                    }
                }
            }
        });
        assert_nothing_logged(&canary);
    }
}

#[test]
fn a_line_is_logged_for_each_request_with_its_id_and_without_its_address() {
    let (runtime, world) = &*WORLD;
    let reply = runtime.block_on(world.get("counsel", "/policy/versions/77"));
    let id = reply.header("x-request-id").to_owned();
    let log = logged();
    let line = log.lines().find(|line| line.contains(&id) && line.contains("status")).expect("a line");
    for part in ["method=\"GET\"", "route=\"/policy/versions/{number}\"", "status=404", "milliseconds="] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!line.contains("77"), "{line}");

    // An id that the caller made is taken over when it can be nothing else.
    for (given, kept) in [
        ("01890a5d-ac96-774b-bcce-b302099a8057", true),
        ("4bf92f3577b34da6a3ce929d0e0e4736", true),
        ("ann", false),
        ("c-17", false),
        ("4111111111111111", false),
        ("upheld_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false),
        ("{01890a5d-ac96-774b-bcce-b302099a8057}", false),
    ] {
        let reply = runtime.block_on(world.call(axum::http::Method::GET, "/healthz", &[("x-request-id", given)], None));
        assert_eq!(reply.header("x-request-id") == given, kept, "{given}");
    }
}
