//! Problem details: each type can be reached, has its status, and is explained at the address that it names.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use upheld_server::{ProblemType, Rate, ServerConfig};

use crate::common::{CANARY, DOCUMENT, POLICY, Reply, Stalling, World, joining};

fn care() -> Value {
    json!({ "person": "ann", "data": ["email"], "for": "customer_care" })
}

/// An answer of each type.
async fn one_of_each() -> Vec<Reply> {
    let tight = ServerConfig {
        body_limit: 64,
        request_timeout: Duration::from_millis(50),
        queue_timeout: Duration::from_millis(50),
        concurrency: 1,
        ..ServerConfig::default()
    };
    let world = World::new().await;
    let strict = World::with(&tight, None);
    let request = |world: &World, body: Body| {
        Request::post("/v1/use")
            .header(header::AUTHORIZATION, world.bearer("support"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .expect("a request")
    };
    let untyped =
        Request::post("/v1/use").header(header::AUTHORIZATION, world.bearer("support")).body(Body::from("{}"));
    let mut out = vec![
        world.post("web", "/v1/collect", &json!({ "point": "sign_up" })).await,
        world.call(Method::POST, "/v1/use", &[], Some(&care())).await,
        world.post("web", "/v1/use", &care()).await,
        world.get("support", "/v1/nothing").await,
        world.call(Method::DELETE, "/v1/use", &[], None).await,
        world.send(request(&world, Body::from("{"))).await,
        world.post("support", "/v1/use", &json!({ "person": "ann" })).await,
        strict.post("web", "/v1/collect", &joining("ann")).await,
        world.send(untyped.expect("a request")).await,
        strict.pass_on(request(&strict, Body::new(Stalling(Some("{".into()))))).await,
        strict.get("support", "/v1/policy").await,
    ];
    let slow = ServerConfig { key_rate: Rate { per_second: 1, burst: 1 }, ..ServerConfig::default() };
    let slow = World::with(&slow, None);
    slow.get("support", "/v1/policy").await;
    out.push(slow.get("support", "/v1/policy").await);
    // While one request works and none more may, the next is told to come back.
    strict.clock.hold();
    let ((), _) = tokio::join!(
        async {
            strict.clock.until_waiting(1).await;
            out.push(strict.post("support", "/v1/use", &json!({})).await);
            strict.clock.release();
        },
        strict.get("support", "/v1/policy"),
    );
    world.clock.fall();
    out.push(world.get("support", "/v1/policy").await);
    out
}

#[tokio::test]
async fn each_type_can_be_reached_and_is_explained_where_it_says() {
    let world = World::without_people();
    let mut met = BTreeSet::new();
    for reply in one_of_each().await {
        let problem = reply.json();
        let address = problem["type"].as_str().expect("a type").to_owned();
        let kind = ProblemType::ALL.into_iter().find(|kind| address == format!("/problems/{}", kind.name()));
        let kind = kind.unwrap_or_else(|| panic!("{address} is no type"));
        reply.problem(kind.status().as_u16(), kind.name());
        assert_eq!(problem["title"], kind.title());
        assert!(!reply.text().contains(CANARY));
        match kind {
            ProblemType::Busy | ProblemType::TooMany => assert_eq!(reply.header("retry-after"), "1"),
            ProblemType::NotReady => assert_eq!(reply.header("retry-after"), "30"),
            _ => assert_eq!(reply.header("retry-after"), "", "{address} does not go away by itself"),
        }
        let challenge = if kind == ProblemType::NotAuthenticated { "Bearer realm=\"upheld\"" } else { "" };
        assert_eq!(reply.header("www-authenticate"), challenge);

        let page = world.call(Method::GET, &address, &[], None).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
        let html = Html::parse_document(page.text());
        let heading = html.select(&Selector::parse("h1").expect("a selector")).next().expect("a heading");
        assert_eq!(heading.text().collect::<String>(), kind.title());
        let lead = html.select(&Selector::parse("p.lead").expect("a selector")).next().expect("a text");
        assert_eq!(lead.text().collect::<String>(), kind.explanation().replace('`', ""));
        met.insert(kind.name());
    }
    let all: BTreeSet<_> = ProblemType::ALL.into_iter().map(ProblemType::name).collect();
    assert_eq!(met, all);
}

#[tokio::test]
async fn the_document_lists_the_types_that_there_are() {
    let listed = |schema: &str| DOCUMENT["components"]["schemas"][schema]["properties"]["type"]["enum"].clone();
    let names = |of: &dyn Fn(&ProblemType) -> bool| -> Value {
        ProblemType::ALL.iter().filter(|kind| of(kind)).map(|kind| format!("/problems/{}", kind.name())).collect()
    };
    assert_eq!(listed("Refused"), names(&|kind| *kind == ProblemType::Refused));
    assert_eq!(listed("Problem"), names(&|kind| *kind != ProblemType::Refused));
    // It serialises to the address.
    for kind in ProblemType::ALL {
        assert_eq!(serde_json::to_value(kind).expect("a value"), format!("/problems/{}", kind.name()));
    }
}

#[tokio::test]
async fn an_address_that_is_not_there_is_a_page_for_readers_and_a_problem_for_programs() {
    let world = World::without_people();
    let reading = [("accept", "text/html,application/xhtml+xml")];
    for path in ["/nothing", "/policy/versions/9/x", "/problems/none", "/v2", "/policy/versions/1/", "//", "/POLICY"] {
        let page = world.call(Method::GET, path, &reading, None).await;
        assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"), "{path}");
    }
    for path in ["/nothing", "/v2", "/v1", "/v1/", "//"] {
        world.call(Method::GET, path, &[], None).await.problem(404, "not-found");
    }
    world.call(Method::GET, "/v1/nothing", &reading, None).await.problem(404, "not-found");
    world.call(Method::POST, "/nothing", &reading, None).await;
}

#[tokio::test]
async fn another_method_is_told_which_there_are() {
    let world = World::without_people();
    for (path, allow) in [
        ("/v1/use", "POST"),
        ("/v1/log", "GET,HEAD"),
        ("/policy", "GET,HEAD"),
        ("/openapi.json", "GET,HEAD"),
        ("/healthz", "GET,HEAD"),
    ] {
        for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "ANN"] {
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let reply = world.call(method, path, &[("authorization", &world.bearer("support"))], None).await;
            reply.problem(405, "method-not-allowed");
            assert_eq!(reply.header("allow"), allow, "{path}");
        }
    }
    let head = world.call(Method::HEAD, "/policy", &[], None).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    world.call(Method::HEAD, "/v1/log", &[], None).await;
    world.call(Method::GET, "/v1/use", &[], None).await.problem(405, "method-not-allowed");
}

#[tokio::test]
async fn the_server_says_whether_it_is_alive_and_ready() {
    let world = World::with(&ServerConfig::default(), None);
    let alive = world.call(Method::GET, "/healthz", &[], None).await;
    assert_eq!((alive.status, alive.json()), (200, json!({ "status": "ok" })));
    world.call(Method::GET, "/readyz", &[], None).await.problem(503, "not-ready");
    world.service.activate(POLICY, None, "test").expect("the policy compiles");
    let ready = world.call(Method::GET, "/readyz", &[], None).await;
    assert_eq!((ready.status, ready.json()), (200, json!({ "status": "ok" })));
    world.clock.fall();
    world.call(Method::GET, "/readyz", &[], None).await.problem(503, "not-ready");
    assert_eq!(world.call(Method::GET, "/healthz", &[], None).await.status, 200, "alive all the same");
}

#[tokio::test]
async fn a_page_that_cannot_be_shown_says_so_to_people() {
    let world = World::without_people();
    world.clock.fall();
    for path in ["/policy", "/policy/versions", "/policy/versions/1"] {
        let page = world.call(Method::GET, path, &[], None).await;
        assert_eq!((page.status, page.header("content-type")), (500, "text/html; charset=utf-8"), "{path}");
        assert!(!page.text().contains(CANARY));
    }
    world.clock.release();
    assert_eq!(world.call(Method::GET, "/policy", &[], None).await.status, 200, "a panic stays with its request");
}
