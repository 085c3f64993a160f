//! Starts the real binary and speaks HTTP to it, as a service would.
#![allow(dead_code, reason = "each test crate uses a part")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The hosting policy of this repository.
pub fn hosting_policy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/hosting-2009/privacy.md")
}

/// A fresh folder with a store in it and a running server, killed when dropped.
pub struct Running {
    pub folder: PathBuf,
    pub base: String,
    child: Option<Child>,
}

/// Runs `upheld` in `folder` with a scrubbed environment.
pub fn upheld(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_upheld"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .output()
        .expect("the binary starts")
}

/// Runs `upheld`; its exit code, what it printed and what it said beside.
pub fn told(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = upheld(folder, args);
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code().expect("a code"), text(stdout), text(stderr))
}

/// Runs `upheld`; its exit code, and all that it wrote.
pub fn said(folder: &Path, args: &[&str]) -> (i32, String) {
    let (code, printed, beside) = told(folder, args);
    (code, printed + &beside)
}

/// Runs `upheld`, demands success and gives what it printed.
pub fn upheld_ok(folder: &Path, args: &[&str]) -> String {
    let output = upheld(folder, args);
    assert!(output.status.success(), "upheld {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Makes a key and gives its token.
pub fn key(folder: &Path, args: &[&str]) -> String {
    let mut all = vec!["access", "add"];
    all.extend_from_slice(args);
    upheld_ok(folder, &all).trim().to_owned()
}

impl Running {
    /// Starts a server on a free port over the store in `folder`.
    pub fn start(folder: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("its address").port();
        let listen = format!("127.0.0.1:{port}");
        let mut child = Command::new(env!("CARGO_BIN_EXE_upheld"))
            .args(["serve", "--listen", &listen])
            .current_dir(folder)
            .env_clear()
            .env("UPHELD_LOG", "warn")
            .env("UPHELD_EPHEMERAL_OK", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let stderr = child.stderr.take().expect("piped");
        std::thread::spawn(move || {
            BufReader::new(stderr).lines().map_while(Result::ok).for_each(|line| eprintln!("serve: {line}"))
        });
        let running = Self { folder: folder.to_owned(), base: format!("http://{listen}"), child: Some(child) };
        let until = Instant::now() + Duration::from_secs(30);
        while agent().get(format!("{}/healthz", running.base)).call().is_err() {
            assert!(Instant::now() < until, "the server answers within 30 seconds");
            std::thread::sleep(Duration::from_millis(10));
        }
        running
    }

    /// SIGKILL: no destructor, no flush.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("killed");
            child.wait().expect("reaped");
        }
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// Posts JSON; `None` when no answer came.
    pub fn post(&self, path: &str, token: &str, body: &Value) -> Option<(u16, Value)> {
        post(&agent(), &self.base, path, token, body)
    }
}

/// Posts JSON with a connection pool of one's own.
pub fn post(agent: &ureq::Agent, base: &str, path: &str, token: &str, body: &Value) -> Option<(u16, Value)> {
    let mut response =
        agent.post(format!("{base}{path}")).header("Authorization", format!("Bearer {token}")).send_json(body).ok()?;
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string().ok()?;
    Some((status, serde_json::from_str(&text).ok()?))
}

/// An HTTP client that takes a 4xx as an answer.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .new_agent()
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
