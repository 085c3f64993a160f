//! Times `collect` and `use` through `/v1` with one caller, on a store in a file with full durability.
//!
//! `cargo run --release -p upheld-cli --example time_acts` prints a table; the figures in `docs/performance.md` are its.
#![expect(clippy::print_stdout, reason = "it prints its figures")]

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use upheld_server::ServerConfig;
use upheld_service::{AccessKind, Keys, NewAccess, Place, Service, SystemClock, Verb};

const ACTS: usize = 1_000;

fn main() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("upheld-time-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = measure(&folder);
    std::fs::remove_dir_all(&folder)?;
    outcome
}

fn measure(folder: &std::path::Path) -> Result<()> {
    let keys = Keys::open(&folder.join("keys"))?;
    let service = Service::open(Place::File(folder.join("upheld.db")), keys, Arc::new(SystemClock))?;
    let policy = include_str!("../../../policies/hosting-2009/privacy.md");
    service.activate(policy, None, "timing")?;
    let token = |name: &str, acts_as: &str, verbs: Vec<Verb>, points: Vec<String>| -> Result<String> {
        let (_, token) = service.access_add(NewAccess {
            name: name.to_owned(),
            kind: AccessKind::Program,
            acts_as: Some(acts_as.to_owned()),
            verbs,
            points,
            purposes: Vec::new(),
            may_act: true,
            signs_sessions: None,
        })?;
        Ok(token)
    };
    let shop = token("shop", "web_server", vec![Verb::Collect], vec!["sign_up".to_owned()])?;
    let support = token("support", "support", vec![Verb::Use, Verb::Ask], Vec::new())?;

    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = runtime.spawn(upheld_server::serve(service.clone(), ServerConfig::new(address), async {
        drop(stopped.await);
    }));
    let base = format!("http://{address}");
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .into();
    while agent.get(format!("{base}/healthz")).call().is_err() {
        std::thread::sleep(Duration::from_millis(5));
    }

    println!("one caller, {ACTS} acts each, durable (synchronous=FULL), whole request and answer over loopback");
    println!("{:<34} {:>10} {:>10} {:>10}", "", "median", "p95", "p99");
    let health = time(|_| {
        agent.get(format!("{base}/healthz")).call()?.body_mut().read_to_string()?;
        Ok(())
    })?;
    row("GET /healthz", health);
    let post = |path: &str, token: &str, body: &Value, status: u16| -> Result<()> {
        let mut answer =
            agent.post(format!("{base}{path}")).header("Authorization", format!("Bearer {token}")).send_json(body)?;
        let text = answer.body_mut().read_to_string()?;
        ensure!(answer.status().as_u16() == status, "{path}: {} {text}", answer.status());
        Ok(())
    };
    row(
        "POST /v1/collect (a new person)",
        time(|n| {
            let body = json!({
                "point": "sign_up", "in": "www.larchfield.example/join", "person": format!("p-{n}"),
                "values": { "name": "Ann Example", "address": "1 Elm Row", "phone_number": "555 0100" },
            });
            post("/v1/collect", &shop, &body, 201)
        })?,
    );
    row(
        "POST /v1/use (three values)",
        time(|n| {
            let body = json!({ "person": format!("p-{n}"), "data": ["name", "address", "phone_number"], "for": "service_setup" });
            post("/v1/use", &support, &body, 200)
        })?,
    );
    row(
        "POST /v1/use (refused)",
        time(|n| {
            post(
                "/v1/use",
                &support,
                &json!({ "person": format!("p-{n}"), "data": ["name"], "for": "newsletter" }),
                403,
            )
        })?,
    );
    row(
        "POST /v1/questions",
        time(|n| {
            let body = json!({ "action": "use", "person": format!("p-{n}"), "data": ["name"], "for": "service_setup" });
            post("/v1/questions", &support, &body, 200)
        })?,
    );

    drop(stop);
    runtime.block_on(server).context("the server task")??;
    Ok(())
}

fn time(mut act: impl FnMut(usize) -> Result<()>) -> Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(ACTS);
    for n in 0..ACTS {
        let start = Instant::now();
        act(n)?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}

fn row(name: &str, times: Vec<Duration>) {
    let at = |share: f64| {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index"
        )]
        let index = ((times.len() - 1) as f64 * share) as usize;
        format!("{:.0} µs", times[index].as_secs_f64() * 1e6)
    };
    println!("{name:<34} {:>10} {:>10} {:>10}", at(0.5), at(0.95), at(0.99));
}
