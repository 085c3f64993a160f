//! `upheld demo` as somebody runs it who has just cloned the repository: the whole day, over HTTP, in the real binary.

mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{agent, upheld_ok};

/// What people type in the story; none of it may reach a log.
const TYPED: [&str; 9] = [
    "Example",
    "Elm Row",
    "Mill Lane",
    "555 01",
    "annsbakery",
    "dovplays",
    "4111 1111",
    "See you at noon",
    "1970-01-01",
];

fn demo(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_upheld"))
        .arg("demo")
        .args(args)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        // Everything that the servers and the site log while the story runs; their libraries keep their own silence.
        .env("UPHELD_LOG", "info,upheld_server=trace,upheld_service=trace,upheld_site=trace,upheld=trace")
        .output()
        .expect("the binary starts")
}

fn steps(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect()
}

/// Whether a word of the log is a key's token, a signed session or the site's name of a customer.
fn is_secret(word: &str) -> bool {
    let customer = word.strip_prefix("c-").is_some_and(|id| id.len() == 12);
    (word.starts_with("upheld_") && word.len() > 40) || word.starts_with("eyJ") || customer
}

#[test]
fn the_day_comes_out_as_told_and_leaves_evidence_that_verifies() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("demo");
    let place = place.to_str().expect("UTF-8");
    let args = ["--once", "--format", "json", "--store", place, "--port", "0", "--site-port", "0"];
    let output = demo(&args);
    let log = String::from_utf8(output.stderr.clone()).expect("UTF-8");
    assert!(output.status.success(), "{log}");

    let steps = steps(&output);
    let mut scenes: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut last = None;
    for step in &steps {
        let text = |name: &str| step[name].as_str().unwrap_or_else(|| panic!("`{name}` is text in {step}"));
        let allowed = step["allowed"].as_bool().expect("yes or no");
        let counts = scenes.entry(text("scene")).or_default();
        if allowed {
            counts.0 += 1
        } else {
            counts.1 += 1
        }
        assert!(!text("actor").is_empty() && !text("act").is_empty() && !text("reason").is_empty(), "{step}");
        assert_ne!(allowed, !["permitted", "verified"].contains(&text("reason")), "{step}");
        let clauses = step["clauses"].as_array().expect("a list");
        if !allowed && DECIDED.contains(&text("reason")) {
            assert!(!clauses.is_empty(), "a sentence decided, so it is named: {step}");
        }
        for cited in step["because"].as_array().expect("a list") {
            assert!(cited["section"].is_string() && cited["sentence"].as_str() != Some(""), "{step}");
        }
        if text("scene") != "evidence" {
            let entry = step["log"].as_u64().expect("every act has an entry");
            assert!(last.is_none_or(|last| last < entry), "indices rise: {step}");
            last = Some(entry);
        }
    }
    let expected = [
        ("access", (1, 0)),
        ("erasure", (2, 1)),
        ("evidence", (2, 0)),
        ("leaving", (4, 3)),
        ("newsletter", (3, 2)),
        ("order", (5, 2)),
        ("partners", (1, 2)),
        ("service", (2, 1)),
        ("sign-up", (3, 2)),
        ("visits", (3, 2)),
        ("warrant", (8, 6)),
    ];
    assert_eq!(scenes, BTreeMap::from(expected));
    let refused_by = |clause: &str| {
        steps.iter().any(|step| {
            step["allowed"] == false && step["clauses"].as_array().is_some_and(|all| all.iter().any(|id| id == clause))
        })
    };
    for clause in ["totals.1", "serves-you.1", "orders.2", "payment.1", "contents.1", "no-watch.1", "when-you-leave.1"]
    {
        assert!(refused_by(clause), "something is refused by {clause}");
    }

    assert!(log.contains("request"), "the servers logged something: {log}");
    for typed in TYPED {
        assert_eq!(log.lines().find(|line| line.contains(typed)), None, "`{typed}` is in the log");
    }
    let secret = log.split(|c: char| !c.is_ascii_alphanumeric() && !"_-.".contains(c)).find(|word| is_secret(word));
    assert_eq!(secret, None, "a token, a session or a customer is in the log");

    let store = format!("{place}/upheld.db");
    let keys = format!("{place}/keys");
    let verified = upheld_ok(folder.path(), &["evidence", "verify", "--store", &store, "--keys", &keys]);
    assert!(verified.contains("the log verifies"), "{verified}");
    let root = steps.last().and_then(|step| step["act"].as_str()).unwrap_or("");
    assert!(root.contains("verifies"), "{root}");

    // The demo's own folder is used again, from the beginning; somebody's store is not touched.
    let again = demo(&args);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    let foreign = tempfile::tempdir().expect("a folder");
    std::fs::write(foreign.path().join("upheld.db"), "somebody's").expect("written");
    let refused = demo(&["--once", "--store", foreign.path().to_str().expect("UTF-8")]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(std::fs::read(foreign.path().join("upheld.db")).expect("there"), b"somebody's");
}

/// The reasons of refusals that a sentence of the policy decides.
const DECIDED: [&str; 6] = ["never", "refused", "not_given", "no_finding", "not_their_finding", "closed"];

#[test]
fn a_port_that_is_taken_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("its address").port().to_string();
    let folder = tempfile::tempdir().expect("a folder");
    let output = demo(&["--once", "--store", folder.path().to_str().expect("UTF-8"), "--port", &port]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&format!("port {port} is taken")), "{said}");
}

#[cfg(unix)]
#[test]
fn the_servers_stay_up_until_they_are_told_to_stop() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_upheld"))
        .args(["demo", "--format", "json", "--port", "0", "--site-port", "0", "--store"])
        .arg(folder.path().join("demo"))
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let stdout = BufReader::new(child.stdout.take().expect("piped"));
    let lines = stdout.lines().map_while(Result::ok).map(|line| serde_json::from_str::<Value>(&line).expect("JSON"));
    let up = lines.into_iter().find(|line| line["site"].is_string()).expect("where the servers are");
    let get = |url: &str| agent().get(url).call().expect("an answer").status().as_u16();
    let site = up["site"].as_str().expect("a URL");
    assert_eq!(get(site), 200);
    assert_eq!(get(&format!("{site}/join")), 200);
    assert_eq!(get(up["policy"].as_str().expect("a URL")), 200);
    assert_eq!(get(up["api"].as_str().expect("a URL")), 200);

    // Another process can check the evidence while the servers run.
    let (store, keys) = (up["store"].as_str().expect("a path"), up["keys"].as_str().expect("a path"));
    let verified = upheld_ok(folder.path(), &["evidence", "verify", "--store", store, "--keys", keys]);
    assert!(verified.contains("the log verifies"), "{verified}");

    let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(told.success());
    let until = Instant::now() + Duration::from_secs(10);
    let status = loop {
        if let Some(status) = child.try_wait().expect("a state") {
            break status;
        }
        assert!(Instant::now() < until, "it ends within ten seconds");
        std::thread::sleep(Duration::from_millis(20));
    };
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("UTF-8");
    assert_eq!(status.code(), Some(0), "{said}");
}
