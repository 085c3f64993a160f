//! What comes over a real connection: heads that are no heads, requests that stall, callers that go away. The server
//! closes what it cannot read, and goes on.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use upheld_server::ServerConfig;

use crate::common::{Live, joining, read};

fn care() -> serde_json::Value {
    json!({ "person": "ann", "data": ["email"], "for": "customer_care" })
}

/// Short patience, so that the tests are quick.
fn hasty() -> ServerConfig {
    ServerConfig {
        head_timeout: Duration::from_millis(300),
        request_timeout: Duration::from_millis(300),
        ..ServerConfig::default()
    }
}

fn status(answer: &str) -> &str {
    answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).unwrap_or("none")
}

#[tokio::test]
async fn a_whole_day_over_a_real_connection() {
    let live = Live::start(ServerConfig::default()).await;
    let joined = live.send(live.request("web", "/v1/collect", &joining("ann"))).await;
    assert_eq!(status(&joined), "201", "{joined}");
    for line in ["content-type: application/json", "cache-control: no-store", "x-content-type-options: nosniff"] {
        assert!(joined.contains(line), "{joined}");
    }
    let used = live.send(live.request("support", "/v1/use", &care())).await;
    assert!(used.contains("ann@mail.example"), "{used}");
    let refused = live
        .send(live.request(
            "support",
            "/v1/share",
            &json!({ "person": "ann", "data": ["email"], "with": "court", "for": "customer_care" }),
        ))
        .await;
    assert_eq!(status(&refused), "403", "{refused}");
    assert!(refused.contains("content-type: application/problem+json"), "{refused}");

    // Two requests in one connection, the second one right behind the first.
    let page = "GET /policy HTTP/1.1\r\nhost: x\r\n\r\n";
    let both = live.send(format!("{page}GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).await;
    assert_eq!(both.matches("HTTP/1.1 200 OK").count(), 2, "{both}");
    // A caller that asks first whether the body is wanted is told; without a key it is not.
    let first = "POST /v1/use HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 1000000\r\nconnection: close\r\n\r\n";
    let answer = live.send(first).await;
    assert_eq!(status(&answer), "401", "{answer}");
}

#[tokio::test]
async fn what_is_no_request_is_turned_away_without_a_word_of_it() {
    let live = Live::start(hasty()).await;
    let token = live.world.bearer("support");
    let post =
        format!("POST /v1/use HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\ncontent-type: application/json\r\n");
    let body = care().to_string();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("noise", (0..=255_u8).cycle().take(4000).collect()),
        ("a greeting of TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03canary".to_vec()),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ncanary".to_vec()),
        ("HTTP/0.9", b"GET /policy?canary\r\n".to_vec()),
        ("a version that is none", b"GET /canary HTTP/9.9\r\n\r\n".to_vec()),
        ("a blank in the address", b"GET /policy canary HTTP/1.1\r\nhost: x\r\n\r\n".to_vec()),
        ("a header without a colon", b"GET /healthz HTTP/1.1\r\nhost x canary\r\n\r\n".to_vec()),
        ("a header with a blank in its name", b"GET /healthz HTTP/1.1\r\nho st: canary\r\n\r\n".to_vec()),
        ("a null in a header", b"GET /healthz HTTP/1.1\r\nhost: x\r\nx: canary\0\r\n\r\n".to_vec()),
        ("a folded header", b"GET /healthz HTTP/1.1\r\nhost: x\r\nx: a\r\n canary\r\n\r\n".to_vec()),
        ("a length that is none", format!("{post}content-length: canary\r\n\r\n{body}").into_bytes()),
        ("a length below nothing", format!("{post}content-length: -1\r\n\r\n{body}").into_bytes()),
        ("two lengths", format!("{post}content-length: 5\r\ncontent-length: 6\r\n\r\n{body}").into_bytes()),
        ("pieces that are none", format!("{post}transfer-encoding: chunked\r\n\r\ncanary\r\n").into_bytes()),
        ("an unknown encoding", format!("{post}transfer-encoding: canary\r\n\r\n{body}").into_bytes()),
        (
            "a long head",
            format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "canary".repeat(20_000)).into_bytes(),
        ),
        (
            "many headers",
            format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{}\r\n", "x: canary\r\n".repeat(500)).into_bytes(),
        ),
        ("a long address", format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "canary".repeat(20_000)).into_bytes()),
    ];
    for (what, bytes) in cases {
        let answer = live.send(bytes).await;
        let turned_away = ["400", "413", "414", "422", "431", "none"].contains(&status(&answer));
        assert!(turned_away, "{what}: {answer}");
        assert!(!answer.contains("canary"), "{what}: {answer}");
        live.assert_alive().await;
    }
}

#[tokio::test]
async fn a_length_and_pieces_together_are_one_request_and_not_two() {
    let live = Live::start(hasty()).await;
    let token = live.world.bearer("support");
    let smuggled = "GET /v1/log HTTP/1.1\r\nhost: x\r\n\r\n";
    let both = format!(
        "POST /v1/use HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\
         transfer-encoding: chunked\r\n\r\n{:x}\r\n{smuggled}\r\n0\r\n\r\n",
        smuggled.len()
    );
    let answer = live.send(both).await;
    assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{answer}");
    assert_eq!(status(&answer), "400", "{answer}");
}

#[tokio::test]
async fn a_body_that_breaks_off_or_stalls_does_nothing() {
    let live = Live::start(hasty()).await;
    let entries = || live.world.service.log_entries(0, 1000).expect("the log").len();
    let before = entries();
    let whole = live.request("web", "/v1/collect", &joining("ann"));
    for length in [whole.len() - 1, whole.len() - 30, whole.find("\r\n\r\n").expect("a head") + 4] {
        // The caller goes away in the middle.
        let mut stream = live.connect().await;
        stream.write_all(&whole.as_bytes()[..length]).await.expect("it is sent");
        drop(stream);
        // The caller says that this was all.
        let mut stream = live.connect().await;
        stream.write_all(&whole.as_bytes()[..length]).await.expect("it is sent");
        stream.shutdown().await.expect("it is closed");
        let answer = read(&mut stream).await;
        assert!(["400", "none"].contains(&status(&answer)), "{answer}");
        // The caller says nothing more.
        let mut stream = live.connect().await;
        stream.write_all(&whole.as_bytes()[..length]).await.expect("it is sent");
        let began = Instant::now();
        let answer = read(&mut stream).await;
        assert_eq!(status(&answer), "408", "{answer}");
        assert!(answer.contains("/problems/timeout") && began.elapsed() < Duration::from_secs(5));
    }
    // A drop at a time, and slower than the whole may take.
    let mut stream = live.connect().await;
    let (head, body) = whole.split_at(whole.find("\r\n\r\n").expect("a head") + 4);
    stream.write_all(head.as_bytes()).await.expect("it is sent");
    for byte in body.bytes() {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if stream.write_all(&[byte]).await.is_err() {
            break;
        }
    }
    let answer = read(&mut stream).await;
    assert!(["408", "none"].contains(&status(&answer)), "{answer}");
    assert_eq!(entries(), before, "nothing was done");
    live.assert_alive().await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let live = Live::start(hasty()).await;
    for said in ["", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: "] {
        let mut stream = live.connect().await;
        stream.write_all(said.as_bytes()).await.expect("it is sent");
        let began = Instant::now();
        assert_eq!(status(&read(&mut stream).await), "none");
        let took = began.elapsed();
        assert!(took > Duration::from_millis(100) && took < Duration::from_secs(5), "{took:?}");
    }
    // So is one that has asked something and then nothing more.
    let mut stream = live.connect().await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("it is sent");
    let began = Instant::now();
    assert_eq!(status(&read(&mut stream).await), "200");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn no_more_connections_are_taken_than_there_are_places() {
    let config = ServerConfig { connections: 2, head_timeout: Duration::from_secs(1), ..ServerConfig::default() };
    let live = Live::start(config).await;
    let (mut first, second) = (live.connect().await, live.connect().await);
    // Both are taken before the third comes.
    first.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("it is sent");
    let mut some = [0; 12];
    first.read_exact(&mut some).await.expect("an answer");
    let began = Instant::now();
    live.assert_alive().await;
    assert!(began.elapsed() > Duration::from_millis(100), "the third waited for a place");
    drop(second);
    live.assert_alive().await;
}
