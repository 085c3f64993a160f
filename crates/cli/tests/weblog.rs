//! Logs of web servers, as somebody at a shell takes them in.

mod support;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::{hosting_policy, upheld, upheld_ok};

/// What must not be found anywhere: parts of addresses, queries, referrers, browsers, names.
const SECRETS: [&str; 7] =
    ["zq-query", "zq-elsewhere", "zq-agent", "zq-user", "203.0.113.77", "zq.person%40mail", "zq-bad-line"];

fn started() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    upheld_ok(folder.path(), &["activate", hosting_policy().to_str().expect("UTF-8"), "--by", "test"]);
    folder
}

/// Today at noon in the time of Apache: a policy keeps visits for a year.
fn lines(count: usize) -> String {
    let today = jiff::Timestamp::now().strftime("%d/%b/%Y").to_string();
    let mut out = String::new();
    for n in 0..count {
        let host = if n % 2 == 0 { "203.0.113.77" } else { "dsl7.pool.provider.example" };
        let page = ["/", "/plans?zq-query=1", "/u/zq.person%40mail.example"][n % 3];
        let _ = writeln!(
            out,
            "{host} - zq-user [{today}:00:{:02}:{:02} +0000] \"GET {page} HTTP/1.1\" 200 7 \
             \"https://zq-elsewhere.example/\" \"zq-agent/1\"",
            n / 60 % 60,
            n % 60
        );
    }
    out
}

fn collect(folder: &Path, log: &str) -> Output {
    upheld(folder, &["collect", log, "--point", "web_visit"])
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn nothing_leaked(folder: &Path, output: &Output) {
    let printed = text(output);
    for secret in SECRETS {
        assert!(!printed.contains(secret), "{secret} was printed");
    }
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.starts_with("upheld.db") {
            let bytes = std::fs::read(&path).expect("a file");
            for secret in SECRETS {
                assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} in {name}");
            }
        }
    }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text.as_bytes()).expect("packed");
    out.finish().expect("packed")
}

#[test]
fn a_log_goes_in_once_grows_is_packed_and_says_what_was_dropped() {
    let folder = started();
    let folder = folder.path();
    let log = folder.join("access.log");
    let mut written = lines(4_500) + "zq-bad-line of no form\n";
    std::fs::write(&log, &written).expect("written");
    let first = collect(folder, "access.log");
    assert!(first.status.success(), "{}", text(&first));
    let printed = text(&first);
    for part in [
        "4501 lines read, 4500 stored",
        "page_visited                 3000  kept",
        "isp_domain                   2250  kept",
        "referrer                     4500  dropped",
        "pages                        1500  dropped: a mail address",
        "line 4501: not of the Common or Combined Log Format",
    ] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    nothing_leaked(folder, &first);

    let again = text(&collect(folder, "access.log"));
    assert!(
        again.contains("0 lines read, 0 stored") && again.contains("4501 lines had been taken in before"),
        "{again}"
    );

    // It grows: one line more, and one that is still being written.
    written += &lines(1);
    std::fs::write(&log, written.clone() + "203.0.113.77 - - [unfinished").expect("written");
    let more = text(&collect(folder, "access.log"));
    assert!(more.contains("1 line read, 1 stored"), "{more}");

    // It is put aside and packed, under another name.
    std::fs::write(folder.join("access.log.1.gz"), gzip(&written)).expect("written");
    let packed = text(&collect(folder, "access.log.1.gz"));
    assert!(packed.contains("0 lines read, 0 stored"), "{packed}");

    // Something else that begins like it is not taken for it.
    std::fs::write(folder.join("other.log"), written.replacen("GET /plans", "GET /other", 1)).expect("written");
    let other = collect(folder, "other.log");
    assert_eq!(other.status.code(), Some(2));
    assert!(text(&other).contains("goes on otherwise; nothing of it was taken"), "{}", text(&other));
    std::fs::write(folder.join("cut.log"), lines(10)).expect("written");
    assert!(text(&collect(folder, "cut.log")).contains("is shorter than what was taken"));

    let verified = upheld_ok(folder, &["evidence", "verify"]);
    assert!(verified.contains("the log verifies"), "{verified}");
}

#[test]
fn json_lines_come_from_standard_input() {
    let folder = started();
    let now = jiff::Timestamp::now();
    let json = format!(
        "{{\"time\":\"{now}\",\"remote_addr\":\"203.0.113.77\",\"request_uri\":\"/plans?zq-query\",\"http_referer\":\"https://zq-elsewhere.example/\"}}\n"
    );
    let mut child = Command::new(env!("CARGO_BIN_EXE_upheld"))
        .args(["collect", "-", "--point", "web_visit", "--format", "json"])
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    child.stdin.take().expect("piped").write_all(json.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("it ends");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report[0]["stored"], 1, "{report}");
    assert_eq!(report[0]["kept"]["page_visited"], 1);
    assert_eq!(report[0]["dropped"]["referrer"], 1);
    nothing_leaked(folder.path(), &output);
}

#[test]
fn what_is_wrong_is_said_before_anything_is_read() {
    let folder = started();
    let folder = folder.path();
    std::fs::write(folder.join("access.log"), lines(1)).expect("written");
    for (args, part) in [
        (&["collect", "access.log", "--point", "web_vist"][..], "did you mean `web_visit`?"),
        (&["collect", "access.log", "--point", "sign_up"], "no point of the kind `visit`"),
        (&["collect", "access.log", "--point", "web_visit", "--in", "elsewhere.example"], "does not cover"),
        (&["collect", "access.log", "--point", "web_visit", "--as", "web_sever"], "did you mean `web_server`?"),
        (&["collect", "nowhere.log", "--point", "web_visit"], "cannot open the log"),
    ] {
        let output = upheld(folder, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text(&output).contains(part), "{args:?}: {}", text(&output));
    }
    let empty = tempfile::tempdir().expect("a folder");
    let output = upheld(empty.path(), &["collect", "access.log", "--point", "web_visit"]);
    assert!(text(&output).contains("upheld activate"), "{}", text(&output));
}

#[test]
fn damaged_compression_ends_with_an_error_and_loses_nothing_that_went_in() {
    let folder = started();
    let folder = folder.path();
    let mut packed = gzip(&lines(20_000));
    packed.truncate(packed.len() * 3 / 4);
    std::fs::write(folder.join("half.gz"), packed).expect("written");
    let output = collect(folder, "half.gz");
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(text(&output).contains("damaged compression"), "{}", text(&output));
    std::fs::write(folder.join("whole.gz"), gzip(&lines(20_000))).expect("written");
    let whole = collect(folder, "whole.gz");
    let printed = text(&whole);
    assert!(whole.status.success() && printed.contains("had been taken in before"), "{printed}");
    nothing_leaked(folder, &whole);
}

#[test]
fn a_report_is_refused_to_who_has_no_part_in_it() {
    let folder = started();
    let folder = folder.path();
    let refused = upheld(folder, &["report", "traffic", "--as", "mailer", "--for", "newsletter"]);
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused));
    assert!(text(&refused).contains("refused: "), "{}", text(&refused));
    let early = upheld(
        folder,
        &[
            "report",
            "traffic",
            "--as",
            "analyst",
            "--for",
            "traffic_analysis",
            "--on",
            &jiff::Timestamp::now().to_string()[..10],
        ],
    );
    assert_eq!(early.status.code(), Some(2));
    assert!(text(&early).contains("is not over"), "{}", text(&early));
    let empty = upheld_ok(folder, &["report", "traffic", "--as", "analyst", "--for", "traffic_analysis"]);
    assert!(empty.contains("nothing: no group has so many"), "{empty}");
    let page =
        upheld_ok(folder, &["report", "traffic", "--as", "analyst", "--for", "traffic_analysis", "--format", "html"]);
    assert!(page.starts_with("<!doctype html>") && page.contains("<svg") && !page.contains("<script"), "{page}");
}
