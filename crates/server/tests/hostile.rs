//! Bodies, headers and addresses that nobody sends in good faith: each is answered with a problem, nothing panics, and the
//! server goes on.

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use upheld_server::ServerConfig;

use crate::common::{CANARY, DOCUMENT, Reply, Stalling, World};

/// The addresses that read a body.
fn posts() -> Vec<String> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let reads = |item: &Value| item.get("post").is_some_and(|post| post.get("requestBody").is_some());
    // AuthZEN's addresses word their errors otherwise and have tests of their own.
    paths
        .iter()
        .filter(|(path, item)| reads(item) && path.starts_with("/v1"))
        .map(|(path, _)| path.replace("{case}", "x"))
        .collect()
}

/// Sends a body as it is, with a good key and session.
async fn raw(world: &World, path: &str, kind: Option<&str>, body: impl Into<Body>) -> Reply {
    let mut request = Request::post(path)
        .header(header::AUTHORIZATION, world.bearer("support"))
        .header("upheld-session", world.session("ann"));
    if let Some(kind) = kind {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    world.send(request.body(body.into()).expect("a request")).await
}

#[tokio::test]
async fn bodies_that_are_not_json_are_malformed_with_their_place() {
    let world = World::new().await;
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000)).into_bytes();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("blanks", b" \r\n\t ".to_vec()),
        ("cut short", b"{\"person\":\"canary@larchfield.example\",\"data\":[".to_vec()),
        ("cut in a string", b"{\"person\":\"canary@larchfield.example".to_vec()),
        ("not UTF-8", b"{\"person\":\"canary@larchfield.example\xff\xfe\"}".to_vec()),
        ("a key that is not UTF-8", b"{\"canary@larchfield.example\xff\":1}".to_vec()),
        ("an overlong slash", b"{\"person\":\"\xc0\xaf\"}".to_vec()),
        ("half a surrogate pair", br#"{"person":"canary@larchfield.example\ud800"}"#.to_vec()),
        ("a bare control character", b"{\"person\":\"canary@larchfield.example\x00\"}".to_vec()),
        ("a byte order mark", b"\xef\xbb\xbf{\"person\":\"ann\",\"data\":[]}".to_vec()),
        ("UTF-16", "{\"person\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("two values", b"{}{}".to_vec()),
        ("a tail", b"{\"person\":\"ann\",\"data\":[]} canary@larchfield.example".to_vec()),
        ("a comment", b"{/* canary@larchfield.example */}".to_vec()),
        ("single quotes", b"{'person':'canary@larchfield.example'}".to_vec()),
        ("no quotes", b"{person:1}".to_vec()),
        ("a trailing comma", b"{\"person\":\"ann\",}".to_vec()),
        ("not a number", b"{\"person\":NaN}".to_vec()),
        ("too great a number", b"{\"person\":1e999}".to_vec()),
        ("lists in lists", deep("[", "]")),
        ("objects in objects", deep("{\"a\":", "}")),
        ("a key twice", br#"{"person":"ann","person":"canary@larchfield.example","data":[]}"#.to_vec()),
        ("a key twice, once escaped", br#"{"person":"ann","p\u0065rson":"bob","data":[]}"#.to_vec()),
        ("a key twice, deep inside", br#"{"a":[[{"b":1,"c":2,"b":3}]]}"#.to_vec()),
        ("a form", b"person=canary%40larchfield.example&data=email".to_vec()),
    ];
    for path in posts() {
        for (what, body) in &cases {
            let reply = raw(&world, &path, Some("application/json"), body.clone()).await;
            let problem = reply.problem(400, "malformed");
            assert!(problem["place"]["line"].is_u64() && problem["place"]["column"].is_u64(), "{what}: {problem}");
            assert!(!reply.text().contains("canary"), "{what}: {}", reply.text());
        }
    }
}

#[tokio::test]
async fn fields_that_are_not_known_or_of_another_type_are_told_without_what_stands_in_them() {
    let world = World::new().await;
    for path in posts() {
        let reply = raw(&world, &path, Some("application/json"), format!("{{\"{CANARY}\":\"{CANARY}\"}}")).await;
        let problem = reply.problem(400, "malformed");
        assert!(problem["detail"].as_str().is_some_and(|text| text.contains("; expected ")), "{problem}");
        assert!(!reply.text().contains("canary"), "{}", reply.text());

        let lists = [
            "[]",
            "[[]]",
            "[\"ann\",[\"email\"],null,\"customer_care\",null,\"identified\"]",
            "{\"records\":[[\"sign_up\"]]}",
        ];
        for body in lists {
            let reply = raw(&world, &path, Some("application/json"), body).await;
            assert!([400, 422].contains(&reply.status), "{path} takes {body}: {}", reply.text());
        }
        let scalars = ["null", "true", "-1", "1.5", "18446744073709551616", &format!("\"{CANARY}\"")];
        for body in scalars {
            let reply = raw(&world, &path, Some("application/json"), body.to_owned()).await;
            reply.problem(422, "invalid");
            assert!(!reply.text().contains("canary"), "{}", reply.text());
        }
        // Each field of the body with a value of a type that it cannot have.
        let schema =
            &DOCUMENT["paths"][path.replace("/x/", "/{case}/")]["post"]["requestBody"]["content"]["application/json"];
        let schema = DOCUMENT.pointer(&schema["schema"]["$ref"].as_str().expect("a schema")[1..]).expect("a schema");
        for field in schema["properties"].as_object().expect("fields").keys() {
            let body = json!({ field: [{ CANARY: CANARY }] });
            let reply = raw(&world, &path, Some("application/json"), body.to_string()).await;
            assert!([400, 422].contains(&reply.status), "{path} {field}: {}", reply.text());
            assert!(!reply.text().contains("canary"), "{path} {field}: {}", reply.text());
        }
    }
    // The message of the reader is cut at what is ours, however the value looks like a message.
    let tricks = [
        "x, expected y",
        "`, expected one of `a` at line 1 column 2",
        "missing field `z`",
        "unknown field `q`, expected `r`",
    ];
    for trick in tricks {
        for body in [
            json!({ trick: 1 }),
            json!({ "person": "ann", "data": trick }),
            json!({ "person": "ann", "data": [], "action": trick }),
            json!({ "person": "ann", "data": [], "as": trick }),
            json!({ "person": "ann", "data": [], "as": { trick: 1 } }),
        ] {
            let reply = raw(&world, "/v1/questions", Some("application/json"), body.to_string()).await;
            assert!([400, 422].contains(&reply.status), "{}", reply.text());
            assert!(!reply.text().contains(trick), "{trick}: {}", reply.text());
        }
    }
}

#[tokio::test]
async fn a_body_must_be_said_to_be_json() {
    let world = World::new().await;
    let body = r#"{"person":"ann","data":["email"],"for":"customer_care"}"#;
    for kind in ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/json;x=y"] {
        assert_eq!(raw(&world, "/v1/use", Some(kind), body).await.status, 200, "{kind}");
    }
    let others = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/problem+json",
        "application/jsonp",
        "application/json, text/plain",
        "text/plain; application/json",
        "json",
        "",
    ];
    for path in posts() {
        for kind in others {
            raw(&world, &path, Some(kind), body).await.problem(415, "unsupported-media-type");
        }
        raw(&world, &path, None, body).await.problem(415, "unsupported-media-type");
    }
    let twice = Request::post("/v1/use")
        .header(header::AUTHORIZATION, world.bearer("support"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body));
    world.send(twice.expect("a request")).await.problem(415, "unsupported-media-type");
}

#[tokio::test]
async fn a_body_is_read_up_to_its_bound_and_no_further() {
    let config = ServerConfig { body_limit: 200, ..ServerConfig::default() };
    let world = World::with(&config, Some(crate::common::POLICY));
    let padded = |length: usize| {
        let body = r#"{"person":"ann","data":["email"],"for":"customer_care"}"#;
        format!("{body}{}", " ".repeat(length - body.len()))
    };
    let json = Some("application/json");
    assert_eq!(raw(&world, "/v1/use", json, padded(200)).await.status, 403, "nobody is known yet");
    raw(&world, "/v1/use", json, padded(201)).await.problem(413, "too-large");

    // Said to be short and long all the same; said to be long and never sent; without a word of its length.
    let request = |length: Option<&str>, body: Body| {
        let mut request = Request::post("/v1/use")
            .header(header::AUTHORIZATION, world.bearer("support"))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(length) = length {
            request = request.header(header::CONTENT_LENGTH, length);
        }
        request.body(body).expect("a request")
    };
    let stalling = |bytes: &str| Body::new(Stalling(Some(Bytes::from(bytes.to_owned()))));
    for (length, body) in [
        (None, stalling(&padded(201))),
        (Some("1000000"), stalling("{")),
        (Some("99999999999999999999"), Body::from(padded(201))),
    ] {
        world.pass_on(request(length, body)).await.problem(413, "too-large");
    }
}

#[tokio::test]
async fn no_address_leads_out_of_the_server() {
    let world = World::new().await;
    let long = format!("/policy/versions/{}", "9".repeat(10_000));
    let paths = [
        "/../etc/passwd",
        "/policy/../../etc/passwd",
        "/policy/..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/problems/..%2f..%2fetc%2fpasswd",
        "/problems/%00",
        "/problems/%ff%fe",
        "/problems/refused%00",
        "/problems/Refused",
        "/policy/versions/%ff",
        "/policy/versions/%31%00",
        "/policy/versions/-1",
        "/policy/versions/0",
        "/policy/versions/+1",
        "/policy/versions/01",
        "/policy/versions/1e0",
        "/policy/versions/18446744073709551615",
        "/policy/versions/18446744073709551616",
        "/policy/versions/9223372036854775808",
        "/policy/versions/<script>alert(1)<%2fscript>",
        "/policy.css/",
        "/policy.css%00.html",
        "/.env",
        "/.git/config",
        "/\\..\\..\\windows",
        &long,
    ];
    for path in paths {
        let Ok(request) = Request::get(path).header("accept", "text/html").body(Body::empty()) else { continue };
        let reply = world.pass_on(request).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.text().contains("script>"), "{}", reply.text());
    }
    for case in ["%ff%fe", "..%2f..", "%00", &"a".repeat(20_000), "x%27%20OR%201%3d1--"] {
        let path = format!("/v1/cases/{case}/end");
        let reply = world.call(Method::POST, &path, &[("authorization", &world.bearer("counsel"))], None).await;
        assert!([403, 404].contains(&reply.status), "{case}: {}", reply.text());
    }
    world.get("auditor", "/v1/log?from=%ff&%zz").await.problem(422, "invalid");
    // A query where none is read changes nothing.
    assert_eq!(world.call(Method::GET, "/policy?x=%ff%00", &[], None).await.status, 200);
}

#[tokio::test]
async fn texts_at_the_edges_of_every_field_are_answered_and_nothing_breaks() {
    let world = World::new().await;
    let texts = [
        String::new(),
        " ".to_owned(),
        "\0".to_owned(),
        "\u{202e}\u{feff}\u{200b}".to_owned(),
        "'; DROP TABLE person; --".to_owned(),
        "a".repeat(300_000),
        "𝔘".repeat(10_000),
        "ann\r\nx-injected: 1".to_owned(),
        "../../etc/passwd".to_owned(),
        "{{7*7}}${jndi:ldap://x}%s%n".to_owned(),
    ];
    for path in posts() {
        let schema =
            &DOCUMENT["paths"][path.replace("/x/", "/{case}/")]["post"]["requestBody"]["content"]["application/json"];
        let schema = DOCUMENT.pointer(&schema["schema"]["$ref"].as_str().expect("a schema")[1..]).expect("a schema");
        for text in &texts {
            let mut body = serde_json::Map::new();
            for (field, property) in schema["properties"].as_object().expect("fields") {
                let kinds = property["type"].clone();
                let value = match kinds.as_str().or_else(|| kinds[0].as_str()) {
                    Some("string") => json!(text),
                    Some("boolean") => json!(true),
                    Some("array") if field == "records" => {
                        json!([{ "point": text, "person": text, "values": { text.as_str(): text } }])
                    }
                    Some("array") => json!([text, text]),
                    Some("object") => json!({ text.as_str(): text }),
                    _ => continue,
                };
                body.insert(field.clone(), value);
            }
            for who in ["support", "web", "counsel"] {
                let reply = world.as_person_with(who, "ann", &path, &Value::Object(body.clone())).await;
                // A question is answered with "no"; what a key does not list, the policy refuses or cannot be is a problem.
                let no = reply.status == 200 && reply.json()["allowed"] == false;
                assert!(no || [403, 413, 422].contains(&reply.status), "{path}: {} {}", reply.status, reply.text());
                assert!(reply.headers.get("x-injected").is_none());
            }
        }
    }
    world.join("bob").await;
    assert!(world.service.verify_log().expect("the log").first_fault.is_none());
}
