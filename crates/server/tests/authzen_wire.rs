//! OpenID AuthZEN 1.0 on the wire: what is read, what is passed over, and how errors are told.

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use upheld_server::ServerConfig;

use crate::authzen::{MANY, ONE, ask, asking, decided, plain, stating};
use crate::common::{CANARY, POLICY, Reply, World};

/// Sends a body as it is; the answer is not held against the document where the body is not.
async fn raw(world: &World, path: &str, kind: Option<&str>, body: impl Into<Body>) -> Reply {
    let mut request = Request::post(path).header(header::AUTHORIZATION, world.bearer("mailer"));
    if let Some(kind) = kind {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    world.pass_on(request.body(body.into()).expect("a request")).await
}

#[tokio::test]
async fn what_is_not_known_is_passed_over_and_what_is_wrong_is_a_400_in_words() {
    let world = World::new().await;
    let good = stating(asking("mailer", "newsletter"), json!({ "agreed newsletter": true }));
    let json_type = Some("application/json");
    // Members that the standard or a later one may add.
    let mut more = good.clone();
    for place in ["", "/subject", "/action", "/action/properties", "/resource", "/context"] {
        let object = more.pointer_mut(place).and_then(Value::as_object_mut).expect("an object");
        object.insert("more".to_owned(), json!({ "a": [1, null] }));
    }
    more["subject"]["properties"] = json!({ "department": "post" });
    more["context"]["time"] = json!("2026-03-02T12:00:00Z");
    let reply = raw(&world, ONE, Some("application/json; charset=utf-8"), more.to_string()).await;
    assert_eq!(decided(&reply.json()), (true, "permitted"));

    for path in [ONE, MANY] {
        for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/jsonp")] {
            plain(&raw(&world, path, kind, good.to_string()).await, 400);
        }
        for body in ["", "{", "[]", "7", "null", "\"a\"", "{}", "{\"subject\":{},\"subject\":{}}", "\u{0}"] {
            plain(&raw(&world, path, json_type, body).await, 400);
        }
        for place in [
            "/subject",
            "/subject/type",
            "/subject/id",
            "/action",
            "/action/name",
            "/resource",
            "/resource/type",
            "/resource/id",
        ] {
            let (above, name) = place.rsplit_once('/').expect("a place");
            let mut without = good.clone();
            without.pointer_mut(above).and_then(Value::as_object_mut).expect("an object").remove(name);
            let said = plain(&raw(&world, path, json_type, without.to_string()).await, 400);
            assert!(said.contains(&format!("the field `{name}` is missing")), "{place}: {said}");
        }
        for (place, wrong) in [
            ("/subject", json!("mailer")),
            ("/subject", json!(["role", "mailer"])),
            ("/subject/id", json!(7)),
            ("/action/name", json!(["use"])),
            ("/action/properties", json!([CANARY])),
            ("/action/properties/for", json!({ CANARY: 1 })),
            ("/resource/id", Value::Null),
            ("/context", json!(CANARY)),
            ("/context/facts", json!({ "agreed newsletter": CANARY })),
        ] {
            let mut odd = good.clone();
            *odd.pointer_mut(place).expect("the place") = wrong;
            assert!(!plain(&raw(&world, path, json_type, odd.to_string()).await, 400).contains(CANARY), "{place}");
        }
    }
    let mut form = good.clone();
    form["action"]["properties"]["as"] = json!(CANARY);
    assert!(!plain(&raw(&world, ONE, json_type, form.to_string()).await, 400).contains(CANARY));
    let strict = ServerConfig { body_limit: 64, ..ServerConfig::default() };
    plain(&raw(&World::with(&strict, Some(POLICY)), ONE, json_type, good.to_string()).await, 413);
}

#[tokio::test]
async fn who_has_no_key_or_one_that_may_not_ask_is_told_in_words() {
    let world = World::new().await;
    for path in [ONE, MANY] {
        let question = asking("mailer", "newsletter");
        let none = world.call(Method::POST, path, &[], Some(&question)).await;
        plain(&none, 401);
        assert_eq!(none.header("www-authenticate"), "Bearer realm=\"upheld\"");
        plain(&world.post("revoked", path, &question).await, 401);
        plain(&world.post("web", path, &question).await, 403);
        // Authenticated before a byte is read.
        let request = Request::post(path).header(header::AUTHORIZATION, "Bearer upheld_x").body(Body::from("{"));
        plain(&world.send(request.expect("a request")).await, 401);
    }
    let nothing = World::with(&ServerConfig::default(), None);
    assert_eq!(decided(&ask(&nothing, "mailer", &asking("mailer", "newsletter")).await), (false, "no_policy"));
}

#[tokio::test]
async fn an_id_of_a_request_comes_back_as_it_was() {
    let world = World::without_people();
    let question = asking("mailer", "newsletter");
    let call = async |path: &str, who: &str, id: &str| {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, world.bearer(who))
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-request-id", id)
            .body(Body::from(question.to_string()));
        Reply::read(world.router.clone().oneshot(request.expect("a request")).await.expect("an answer")).await
    };
    for id in ["bfe9eb29-ab87-4ca3-be83-a1d5d8305716", "order 17/b", "x"] {
        for who in ["mailer", "revoked"] {
            for path in [ONE, MANY] {
                assert_eq!(call(path, who, id).await.header("x-request-id"), id);
            }
        }
    }
    let long = "x".repeat(129);
    assert_ne!(call(ONE, "mailer", &long).await.header("x-request-id"), long);
    // Elsewhere only what can be nothing else: the rest could be a name, and is nobody's to repeat.
    assert_ne!(call("/v1/questions", "mailer", "x").await.header("x-request-id"), "x");
}

#[tokio::test]
async fn the_configuration_names_the_address_that_was_set() {
    const PATH: &str = "/.well-known/authzen-configuration";
    let at = |public: Option<&str>, listen: &str, proxy: Option<&str>| ServerConfig {
        public_url: public.map(str::to_owned),
        trusted_proxy: proxy.map(str::to_owned),
        ..ServerConfig::new(listen.parse().expect("an address"))
    };
    let get = async |config: ServerConfig| {
        let world = World::with(&config, None);
        world.call(Method::GET, PATH, &[("host", "evil.example")], None).await
    };
    let reply = get(at(Some("https://privacy.larchfield.example/"), "0.0.0.0:80", Some("caddy"))).await;
    assert_eq!(
        reply.json(),
        json!({
            "policy_decision_point": "https://privacy.larchfield.example",
            "access_evaluation_endpoint": "https://privacy.larchfield.example/access/v1/evaluation",
            "access_evaluations_endpoint": "https://privacy.larchfield.example/access/v1/evaluations",
            "capabilities": [],
            "obligations_supported": ["custom"],
        })
    );
    let reply = get(at(None, "127.0.0.1:8080", None)).await;
    assert_eq!(reply.json()["policy_decision_point"], "http://127.0.0.1:8080");
    for config in [at(None, "0.0.0.0:80", Some("caddy")), at(None, "127.0.0.1:8080", Some("caddy"))] {
        let problem = get(config).await.problem(404, "not-found");
        assert!(problem["detail"].as_str().is_some_and(|text| text.contains("`public_url`")), "{problem}");
    }
}
