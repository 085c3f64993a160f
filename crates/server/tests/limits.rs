//! How many requests a key or an address may send.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use upheld_server::{Rate, ServerConfig, Ticks};

use crate::common::{DOCUMENT, Live, POLICY, Reply, World};

/// A clock that stands still until it is moved, in milliseconds.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicU64>);

impl Hand {
    fn advance(&self, milliseconds: u64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }

    fn ticks(&self) -> Ticks {
        let time = Arc::clone(&self.0);
        Ticks::new(move || Duration::from_millis(time.load(Ordering::SeqCst)))
    }
}

/// A server that takes two requests a second of a key and one of an address, three and two at once.
fn narrow() -> (Hand, ServerConfig) {
    let hand = Hand::default();
    let config = ServerConfig {
        key_rate: Rate { per_second: 2, burst: 3 },
        address_rate: Rate { per_second: 1, burst: 2 },
        ticks: hand.ticks(),
        ..ServerConfig::default()
    };
    (hand, config)
}

/// A request of somebody behind a proxy.
async fn from(world: &World, path: &str, forwarded: &[&str]) -> Reply {
    let mut request = Request::get(path);
    for value in forwarded {
        request = request.header("x-forwarded-for", *value);
    }
    world.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn a_key_that_has_used_up_its_requests_waits_and_others_do_not() {
    let (hand, config) = narrow();
    let world = World::with(&config, Some(POLICY));
    for _ in 0..3 {
        assert_eq!(world.get("support", "/v1/policy").await.status, 200);
    }
    let reply = world.get("support", "/v1/policy").await;
    reply.problem(429, "too-many");
    assert_eq!(reply.header("retry-after"), "1");
    assert_eq!(world.get("mailer", "/v1/policy").await.status, 200, "another key");
    let before = world.service.log_entries(0, 1000).expect("the log").len();
    let act = json!({ "person": "ann", "data": ["email"], "for": "customer_care" });
    world.post("support", "/v1/use", &act).await.problem(429, "too-many");
    assert_eq!(world.service.log_entries(0, 1000).expect("the log").len(), before, "nothing was done");
    hand.advance(499);
    assert_eq!(world.get("support", "/v1/policy").await.status, 429);
    hand.advance(1);
    assert_eq!(world.get("support", "/v1/policy").await.status, 200);
    assert_eq!(world.get("support", "/v1/policy").await.status, 429);
    // After a long pause no more than the burst.
    hand.advance(3_600_000);
    for status in [200, 200, 200, 429] {
        assert_eq!(world.get("support", "/v1/policy").await.status, status);
    }
}

#[tokio::test]
async fn every_evaluation_of_a_batch_counts() {
    let (hand, config) = narrow();
    let world = World::with(&config, Some(POLICY));
    let top = json!({
        "subject": { "type": "role", "id": "mailer" },
        "action": { "name": "use", "properties": { "for": "newsletter" } },
        "resource": { "type": "data", "id": "email" },
        "evaluations": [{}, {}, {}, {}, {}],
    });
    let reply = world.post("mailer", "/access/v1/evaluations", &top).await;
    assert_eq!(reply.json()["evaluations"].as_array().map(Vec::len), Some(5));
    // Two are owed and one is needed: a second and a half.
    let reply = world.post("mailer", "/access/v1/evaluations", &top).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, "2"));
    assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    hand.advance(1499);
    assert_eq!(world.get("mailer", "/v1/policy").await.status, 429);
    hand.advance(1);
    assert_eq!(world.get("mailer", "/v1/policy").await.status, 200);
}

#[tokio::test]
async fn what_anybody_may_ask_for_counts_by_the_address_that_the_proxy_tells() {
    let (hand, config) = narrow();
    let proxied = ServerConfig { trusted_proxy: Some("caddy".to_owned()), ..config };
    let named = ServerConfig { client_header: Some("x-forwarded-for".to_owned()), ..proxied.clone() };
    let world = World::with(&named, Some(POLICY));
    for path in ["/policy", "/nothing"] {
        assert_ne!(from(&world, path, &["192.0.2.1"]).await.status, 429);
    }
    // Only the last one counts: the proxy added it, the rest is what the caller says.
    for forwarded in [&["192.0.2.1"][..], &["198.51.100.7, 192.0.2.1"], &["198.51.100.7", "192.0.2.1"]] {
        let reply = from(&world, "/policy", forwarded).await;
        assert_eq!((reply.status, reply.header("retry-after")), (429, "1"));
        assert!(!reply.text().contains("192.0.2"));
    }
    assert_eq!(from(&world, "/policy", &["192.0.2.1, 192.0.2.2"]).await.status, 200);
    // A page for those who read pages.
    let request = Request::get("/policy").header("x-forwarded-for", "192.0.2.1").header(header::ACCEPT, "text/html");
    let reply = world.pass_on(request.body(Body::empty()).expect("a request")).await;
    assert_eq!((reply.status, reply.header("content-type")), (429, "text/html; charset=utf-8"));
    assert_eq!(reply.header("retry-after"), "1");
    // One /64 is one household.
    for (address, status) in
        [("2001:db8::1", 200), ("2001:db8::ff:2", 200), ("2001:db8::3", 429), ("2001:db8:0:1::1", 200)]
    {
        assert_eq!(from(&world, "/policy", &[address]).await.status, status, "{address}");
    }
    hand.advance(1000);
    assert_eq!(from(&world, "/policy", &["192.0.2.1"]).await.status, 200);

    // Whether it is alive is never counted, and neither is what no proxy tells.
    for _ in 0..10 {
        assert_eq!(from(&world, "/healthz", &["192.0.2.1"]).await.status, 200);
        assert_eq!(from(&world, "/policy", &[]).await.status, 200);
        assert_eq!(from(&world, "/policy", &["nowhere"]).await.status, 200);
    }
    let unnamed = World::with(&proxied, Some(POLICY));
    for _ in 0..10 {
        assert_eq!(from(&unnamed, "/policy", &["192.0.2.1"]).await.status, 200);
    }
    // A header that nobody sets is a mistake.
    let lonely = ServerConfig { trusted_proxy: None, ..named };
    assert!(lonely.check().expect_err("a mistake").to_string().contains("`client_header`"));
}

#[tokio::test]
async fn keys_that_do_not_hold_count_by_address_too_and_do_not_shut_good_ones_out() {
    let (_, config) = narrow();
    let config = ServerConfig {
        trusted_proxy: Some("caddy".to_owned()),
        client_header: Some("x-forwarded-for".to_owned()),
        ..config
    };
    let world = World::with(&config, Some(POLICY));
    let forwarded = ("x-forwarded-for", "192.0.2.9");
    for path in ["/v1/policy", "/access/v1/evaluation"] {
        let method = if path.starts_with("/v1") { Method::GET } else { Method::POST };
        for status in if path.starts_with("/v1") { [401, 401, 429] } else { [429; 3] } {
            let bad = [forwarded, ("authorization", "Bearer upheld_x")];
            assert_eq!(world.call(method.clone(), path, &bad, None).await.status, status, "{path}");
        }
    }
    let good = [forwarded, ("authorization", &*world.bearer("support"))];
    assert_eq!(world.call(Method::GET, "/v1/policy", &good, None).await.status, 200);
}

#[tokio::test]
async fn on_a_listener_the_other_end_counts() {
    let (_, config) = narrow();
    let mut live = Live::start(config).await;
    let get = "GET /policy HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    for expected in ["200", "200", "429"] {
        let answer = live.send(get).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {expected}")), "{answer}");
    }
    live.assert_alive().await;
    live.tell_to_stop();
    live.stopped().await;
}

#[tokio::test]
async fn nought_takes_as_many_as_come() {
    let config = ServerConfig { key_rate: Rate::UNLIMITED, address_rate: Rate::UNLIMITED, ..ServerConfig::default() };
    let world = World::with(&config, Some(POLICY));
    for _ in 0..500 {
        assert_eq!(world.get("support", "/v1/policy").await.status, 200);
    }
}

#[test]
fn the_document_lists_it_everywhere_but_where_it_cannot_be() {
    for (path, item) in DOCUMENT["paths"].as_object().expect("paths") {
        for operation in item.as_object().expect("operations").values() {
            let listed = operation["responses"].get("429").is_some();
            assert_eq!(listed, !["/healthz", "/readyz"].contains(&path.as_str()), "{path}");
        }
    }
    assert_ne!(DOCUMENT["components"]["schemas"]["Problem"], Value::Null);
}
