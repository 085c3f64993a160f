//! A web server's log of a gigabyte taken in, beside goaccess counting the same file; then a search for what must not be there.
//!
//! The log is made anew each time and always the same: hosts by name and by address, pages with mail addresses in their queries
//! and paths, referrers of other sites. `UPHELD_BENCH_LOG_BYTES` says how long it is (a gigabyte when left out); it lies in the folder
//! for temporary files, with the store that it becomes, which takes four times as much.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::report::Table;

/// What stands in the log and must stand in no value: mail addresses, addresses of connections, referrers, queries.
const SOUGHT: [&str; 7] = ["@", "%40", "203.0.113.", "2001:db8", "search.example", "elsewhere.example", "?topic"];

pub fn run() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    build(&root)?;
    let (upheld, search) = (root.join("target/release/upheld"), root.join("target/release/examples/search_opened"));
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("access.log");
    let bytes = match std::env::var("UPHELD_BENCH_LOG_BYTES") {
        Ok(bytes) => bytes.parse().context("UPHELD_BENCH_LOG_BYTES is a number of bytes")?,
        Err(_) => 1 << 30,
    };
    let lines = write(&log, bytes)?;
    println!("\n{lines} lines, {} bytes", std::fs::metadata(&log)?.len());

    let policy = root.join("policies/hosting-2009/privacy.md");
    let in_folder = |program: &Path, args: &[&str]| {
        let mut command = Command::new(program);
        command.current_dir(folder.path()).args(args);
        command
    };
    let policy = policy.to_str().context("a path in UTF-8")?;
    timed(in_folder(&upheld, &["activate", policy, "--by", "bench", "--store", "upheld.db", "--keys", "keys"]))?;
    let collect = ["collect", "access.log", "--point", "web_visit", "--store", "upheld.db", "--keys", "keys"];
    let mut table = Table::new(&["", "time", "lines a second", "memory"]);
    let mut row = |name: &str, (took, memory): (Duration, u64)| {
        let rate = lines as f64 / took.as_secs_f64();
        table.row(vec![
            name.to_owned(),
            format!("{:.1} s", took.as_secs_f64()),
            format!("{rate:.0}"),
            format!("{} MB", memory / 1024),
        ]);
    };
    row("`upheld collect`", timed(in_folder(&upheld, &collect))?);
    match which("goaccess") {
        Some(goaccess) => {
            let args =
                ["access.log", "--log-format=COMBINED", "--no-global-config", "--no-progress", "-o", "counted.json"];
            row("`goaccess`", timed(in_folder(&goaccess, &args))?);
        }
        None => println!("goaccess is not installed (Debian: apt-get install goaccess): no peer in this run"),
    }
    table.print();

    let out = in_folder(&search, &["upheld.db", "keys"]).args(SOUGHT).output()?;
    println!("{}", String::from_utf8_lossy(&out.stdout));
    ensure!(out.status.success(), "something of what was to be left out stands in a value");
    Ok(())
}

fn build(root: &Path) -> Result<()> {
    for what in
        [["--package", "upheld-cli", "--bin", "upheld"], ["--package", "upheld-vault", "--example", "search_opened"]]
    {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        let done = command.current_dir(root).args(["build", "--quiet", "--release", "--locked"]).args(what).status()?;
        ensure!(done.success(), "`cargo build` failed");
    }
    Ok(())
}

/// Runs a program to its end; how long it took, and the most memory it held, in KiB.
fn timed(mut command: Command) -> Result<(Duration, u64)> {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let done = loop {
        let held = std::fs::read_to_string(&status).unwrap_or_default();
        let held = held.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        most = most.max(held.unwrap_or(0));
        if let Some(done) = child.try_wait()? {
            break done;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let took = begun.elapsed();
    if !done.success() {
        let said = child.wait_with_output()?;
        bail!("{command:?}: {}", String::from_utf8_lossy(&said.stderr));
    }
    Ok((took, most))
}

fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Writes a log in the combined format; gives its lines.
fn write(path: &Path, bytes: u64) -> Result<u64> {
    const PAGES: [&str; 12] = [
        "/",
        "/plans",
        "/join",
        "/order",
        "/about",
        "/help/mail",
        "/help/dns?topic=mx",
        "/search?q=ann@example.org",
        "/u/ann%40example.org",
        "/static/app.css",
        "/static/logo.svg",
        "/blog/2026/11/25/a-longer-title-of-a-page",
    ];
    const REFERRERS: [&str; 4] = [
        "-",
        "https://search.example/?q=hosting",
        "https://elsewhere.example/page?id=42",
        "https://www.larchfield.example/plans",
    ];
    const AGENTS: [&str; 4] = [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15",
        "curl/8.1",
        "Crawler/2.1 (+http://crawler.example/bot.html)",
    ];
    let mut file = BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    let (mut written, mut lines, mut seed) = (0, 0_u64, 7_u64);
    // Numerical Recipes' generator (Press et al., 1992, section 7.1): good enough to mix a log.
    let mut draw = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    while written < bytes {
        let host = match draw(9_000) {
            n @ 0..3_000 => format!("dsl{n}.pool{}.provider{}.example", n % 9, n % 23),
            n @ 3_000..7_000 => format!("203.0.113.{}", n % 256),
            n => format!("2001:db8::{:x}", n - 7_000),
        };
        let (day, second) = (1 + lines / 60 / 86_400 % 24, lines / 60 % 86_400);
        let mut pick = |all: &[&'static str]| all[draw(all.len() as u64) as usize];
        let (page, referrer, agent) = (pick(&PAGES), pick(&REFERRERS), pick(&AGENTS));
        let line = format!(
            "{host} - - [{day:02}/Nov/2026:{:02}:{:02}:{:02} +0000] \"GET {page} HTTP/1.1\" 200 {} \"{referrer}\" \"{agent}\"\n",
            second / 3_600,
            second / 60 % 60,
            second % 60,
            200 + draw(89_800),
        );
        file.write_all(line.as_bytes())?;
        written += line.len() as u64;
        lines += 1;
    }
    file.flush()?;
    Ok(lines)
}
