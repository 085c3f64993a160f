//! A server under load, and one that is told to stop.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use upheld_server::{ServeError, ServerConfig, serve};
use upheld_service::{Keys, Place, Service};

use crate::common::{BEGINS, Live, POLICY, TestClock, World, joining, read};

fn narrow(queue: Duration) -> ServerConfig {
    ServerConfig { concurrency: 1, queue_timeout: queue, ..ServerConfig::default() }
}

#[tokio::test]
async fn who_waits_too_long_for_a_turn_is_sent_away_and_told_when_to_come_back() {
    let world = World::with(&narrow(Duration::from_millis(100)), Some(POLICY));
    world.clock.hold();
    let ann = joining("ann");
    let (worked, ()) = tokio::join!(world.post("web", "/v1/collect", &ann), async {
        world.clock.until_waiting(1).await;
        let began = Instant::now();
        let busy = world.post("web", "/v1/collect", &joining("bob")).await;
        busy.problem(503, "busy");
        assert_eq!(busy.header("retry-after"), "1");
        assert!(began.elapsed() >= Duration::from_millis(100), "it waited for its turn");
        // Readers get a page, and those who look whether it is alive get an answer.
        let page = world.call(axum::http::Method::GET, "/policy", &[], None).await;
        assert_eq!((page.status, page.header("retry-after")), (503, "1"));
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        world.call(axum::http::Method::GET, "/readyz", &[], None).await.problem(503, "busy");
        assert_eq!(world.call(axum::http::Method::GET, "/healthz", &[], None).await.status, 200);
        world.clock.release();
    });
    assert_eq!(worked.status, 201, "the one that had its turn was done");
    let care = json!({ "person": "bob", "data": ["email"], "for": "customer_care" });
    world.post("support", "/v1/use", &care).await.refused("nobody_known");
}

#[tokio::test]
async fn who_waits_for_a_turn_gets_it_when_it_comes() {
    let world = World::with(&narrow(Duration::from_secs(10)), Some(POLICY));
    world.clock.hold();
    let (ann, bob) = (joining("ann"), joining("bob"));
    let (first, second, ()) =
        tokio::join!(world.post("web", "/v1/collect", &ann), world.post("web", "/v1/collect", &bob), async {
            world.clock.until_waiting(1).await;
            world.clock.release();
        });
    assert_eq!((first.status, second.status), (201, 201));
}

#[tokio::test]
async fn a_panic_gives_its_turn_back() {
    let world = World::with(&narrow(Duration::from_millis(500)), Some(POLICY));
    world.clock.fall();
    for _ in 0..3 {
        world.get("support", "/v1/policy").await.problem(500, "internal");
    }
    world.clock.release();
    assert_eq!(world.get("support", "/v1/policy").await.status, 200);
}

#[tokio::test]
async fn what_has_begun_is_finished_when_the_caller_goes_away() {
    let live = Live::start(ServerConfig::default()).await;
    live.world.clock.hold();
    let mut stream = live.connect().await;
    let request = live.request("web", "/v1/collect", &joining("ann"));
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    // One is the sweep that the server begins with, the other the request.
    live.world.clock.until_waiting(2).await;
    drop(stream);
    live.world.clock.release();
    let care = json!({ "person": "ann", "data": ["email"], "for": "customer_care" });
    let began = Instant::now();
    while live.world.post("support", "/v1/use", &care).await.status != 200 {
        assert!(began.elapsed() < Duration::from_secs(10), "the record was never stored");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn told_to_stop_it_finishes_what_runs_and_takes_nothing_new() {
    let mut live = Live::start(ServerConfig::default()).await;
    live.world.clock.hold();
    let (mut running, mut idle) = (live.connect().await, live.connect().await);
    let request = live.request("web", "/v1/collect", &joining("ann"));
    running.write_all(request.as_bytes()).await.expect("it is sent");
    live.world.clock.until_waiting(2).await;
    live.tell_to_stop();

    // A connection that has asked nothing is closed at once; the listener is gone.
    assert_eq!(read(&mut idle).await, "");
    let began = Instant::now();
    while tokio::net::TcpStream::connect(live.address).await.is_ok() {
        assert!(began.elapsed() < Duration::from_secs(5), "it takes connections still");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    live.world.clock.release();
    let answer = read(&mut running).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    let service = live.world.service.clone();
    live.stopped().await;
    let last = service.log_entries(0, 1000).expect("the log").pop().expect("an entry");
    assert_eq!((last.entry.verb.as_str(), last.entry.result.as_str()), ("collect", "done"));
}

#[tokio::test]
async fn what_runs_longer_than_the_time_of_grace_is_cut_off() {
    let mut live = Live::start(ServerConfig { grace: Duration::from_millis(100), ..ServerConfig::default() }).await;
    live.world.clock.hold();
    let mut running = live.connect().await;
    let request = live.request("web", "/v1/collect", &joining("ann"));
    running.write_all(request.as_bytes()).await.expect("it is sent");
    live.world.clock.until_waiting(2).await;
    let clock = std::sync::Arc::clone(&live.world.clock);
    live.tell_to_stop();
    live.stopped().await;
    assert_eq!(read(&mut running).await, "");
    clock.release();
}

#[tokio::test]
async fn it_does_not_listen_where_others_hear_without_a_proxy() {
    let service = || {
        let clock = std::sync::Arc::new(TestClock::new(BEGINS.parse().expect("a time")));
        Service::open(Place::Memory, Keys::ephemeral().expect("keys"), clock).expect("a service")
    };
    let open: SocketAddr = "0.0.0.0:0".parse().expect("an address");
    let refused = serve(service(), ServerConfig::new(open), async {}).await;
    assert!(matches!(refused, Err(ServeError::NoProxy { .. })), "{refused:?}");
    let blank = ServerConfig { trusted_proxy: Some(" ".to_owned()), ..ServerConfig::new(open) };
    assert!(matches!(serve(service(), blank, async {}).await, Err(ServeError::NoProxy { .. })));
    // A listener that is handed in is looked at, and not what the configuration says of it.
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.expect("a port");
    let refused = upheld_server::serve_on(listener, service(), ServerConfig::default(), async {}).await;
    assert!(matches!(refused, Err(ServeError::NoProxy { .. })), "{refused:?}");
    let named = ServerConfig { trusted_proxy: Some("caddy".to_owned()), ..ServerConfig::new(open) };
    serve(service(), named, async {}).await.expect("it serves behind a proxy, and stops");

    for url in
        ["privacy.example.org", "ftp://x", "https://", "https://x y", "https://u@x", "https://x?q", "javascript:x"]
    {
        let config = ServerConfig { public_url: Some(url.to_owned()), ..ServerConfig::default() };
        assert!(matches!(config.check(), Err(ServeError::PublicUrl { .. })), "{url}");
    }
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let config = ServerConfig::new(taken.local_addr().expect("an address"));
    let refused = serve(service(), config, async {}).await;
    assert!(matches!(refused, Err(ServeError::Listen { .. })), "{refused:?}");
}

#[tokio::test]
async fn what_is_due_is_erased_while_it_runs() {
    let live = Live::start(ServerConfig { sweep_every: Duration::from_secs(1), ..ServerConfig::default() }).await;
    live.world.join("ann").await;
    let erased = || {
        let log = live.world.service.log_entries(0, 1000).expect("the log");
        log.iter().filter(|placed| placed.entry.verb == "keep" && placed.entry.result == "done").count()
    };
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(erased(), 0, "nothing is due");
    live.world.clock.advance(Duration::from_secs(367 * 86_400));
    let began = Instant::now();
    while erased() == 0 {
        assert!(began.elapsed() < Duration::from_secs(10), "it was never erased");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let care = json!({ "person": "ann", "data": ["name"], "for": "customer_care" });
    live.world.post("support", "/v1/use", &care).await.refused("not_held");
}
