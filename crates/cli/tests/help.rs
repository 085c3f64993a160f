//! The command line from outside: what each command says of itself, what it says to a slip of the pen, the exit code of every
//! way to go wrong, and what must never stand in an error.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test -p upheld-cli --test help`.

mod support;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use support::{agent, hosting_policy, key, upheld_ok};

/// A policy without an error and without a finding.
const SMALL: &str = "---\nupheld: 1\ntitle: Small\ncontroller: Small Ltd\ncontact: privacy@small.example\n\
                     covers: small.example\neffective: 2026-01-01\nversion: 1\nlocale: en\n---\n\n# Small\n\n\
                     ## Sign-up {#sign-up}\n\nTo sign up we ask for a name.\n\n```upheld\n\
                     person customer \"Anybody who has signed up\"\n  begins at sign_up\n\
                     point sign_up is form in \"small.example/join\"\n\
                     role support works on service_setup\n\
                     we collect name from customer at sign_up for service_setup\nwe keep name 1 year after sign_up\n```\n\n\
                     ```scenario\nit is 2026-02-01\nann at sign_up in \"small.example/join\" with name \"Ann\"\n\
                     support may use ann's name for service_setup\n```\n";

/// Runs `upheld` in `folder` with nothing in the environment and this on standard input.
fn run(folder: &Path, args: &[&str], input: &str) -> Output {
    let from = folder.join(".input");
    fs::write(&from, input).expect("written");
    let output = Command::new(env!("CARGO_BIN_EXE_upheld"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .stdin(File::open(&from).expect("read"))
        .output()
        .expect("the binary starts");
    fs::remove_file(from).expect("removed");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Every command, found by what the help above it lists.
fn commands() -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut found = vec![Vec::new()];
    let mut next = 0;
    while let Some(command) = found.get(next).cloned() {
        next += 1;
        let mut args: Vec<&str> = command.iter().map(String::as_str).collect();
        args.push("--help");
        let help = text(&run(folder.path(), &args, "").stdout);
        let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        // What an entry says may go on below, further to the right.
        for line in listed.filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
            let name = line.split_whitespace().next().expect("a name").to_owned();
            found.push(command.iter().cloned().chain([name]).collect());
        }
    }
    found
}

#[test]
fn every_command_explains_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let commands = commands();
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        let args: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let output = run(folder.path(), &args, "");
        assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{args:?}");
        let help = text(&output.stdout);
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{args:?} fits a terminal:\n{help}");
        let name = ["upheld".to_owned()].into_iter().chain(command).collect::<Vec<_>>().join("_");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("help_{name}"), help);
        });
    }
}

#[test]
fn a_slip_of_the_pen_is_told_with_what_was_meant() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = |args: &[&str]| {
        let output = run(folder.path(), args, "");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert_eq!(output.stdout, b"", "{args:?}");
        text(&output.stderr)
    };
    for command in commands() {
        // A letter is missing in the middle of the last word.
        if let Some((last, above)) = command.split_last().filter(|(last, _)| last.len() > 4) {
            let slip = format!("{}{}", &last[..2], &last[3..]);
            let args: Vec<&str> = above.iter().map(String::as_str).chain([slip.as_str()]).collect();
            assert!(said(&args).contains(&format!("'{last}'")), "{args:?}: {}", said(&args));
        }
        let args: Vec<&str> = command.iter().map(String::as_str).chain(["--hlp"]).collect();
        assert!(said(&args).contains("'--help'"), "{args:?}: {}", said(&args));
    }
    assert!(said(&["serve", "--lisen", "127.0.0.1:1"]).contains("'--listen'"));
    assert!(said(&["check", "x.md", "--format", "jsn"]).contains("'json'"));
    assert!(said(&["completions", "bsh"]).contains("'bash'"));
    assert!(said(&[]).contains("Usage: upheld <COMMAND>"));
}

/// A way to go: arguments, what stands on standard input, the exit code, and a word of what is said.
type Case<'c> = (&'c [&'c str], &'c str, i32, &'c str);

fn hold(folder: &Path, cases: &[Case<'_>]) {
    for (args, input, code, word) in cases {
        let output = run(folder, args, input);
        let (printed, said) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(*code), "upheld {args:?}:\n{printed}{said}");
        assert!(printed.contains(word) || said.contains(word), "upheld {args:?} says `{word}`:\n{printed}{said}");
        assert!(!said.contains("panicked"), "upheld {args:?}:\n{said}");
        if *code == 2 {
            // What could not run says so in one place, in one form; nobody takes it for an answer. (A list of questions is
            // answered line by line, and a command that is only begun shows its help.)
            let told = said.lines().any(|line| line.starts_with("error: ") || line.starts_with("Usage: "));
            assert!(told || printed.starts_with("{\"error\""), "upheld {args:?}:\n{said}");
        }
    }
}

#[test]
fn what_a_policy_alone_can_make_go_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("written");
    write("small.md", SMALL);
    write("broken.md", &SMALL.replace("we collect name", "we collect nmae"));
    write("bare.md", &SMALL.replace("## Sign-up {#sign-up}\n", "## Sign-up {#sign-up}\n\nWe promise.\n"));
    write("fails.md", &SMALL.replace("support may use", "support may not use"));
    write("without.md", SMALL.split("```scenario").next().expect("a beginning"));
    write("damaged.md", SMALL);
    write("damaged.lock", "what is this?\n");
    fs::write(folder.join("latin.md"), b"# Caf\xe9\n").expect("written");
    write("long.md", &"a\n".repeat(2 * 1024 * 1024 + 1));
    write("list.tsv", "id\tpractice\nXX-1\tsomething\n");
    write("empty.tsv", "");
    write("notes.toml", "elswhere = 1\n");
    let yes = r#"{"action":"use","actor":"support","data":["name"],"for":"service_setup"}"#;
    let no = r#"{"action":"use","actor":"support","data":["name"],"for":"newsletter"}"#;
    let both = format!("{yes}\n\n{no}\n");
    hold(
        folder,
        &[
            (&["check", "small.md"], "", 0, "no errors, no findings"),
            (&["check", "-"], SMALL, 0, "no errors, no findings"),
            (&["check", "small.md", "--locked"], "", 0, "no errors"),
            (&["check", "broken.md"], "", 1, "nmae"),
            (&["check", "broken.md", "--format", "plain"], "", 1, "UP"),
            (&["check", "broken.md", "--format", "json"], "", 1, "\"code\""),
            (&["check", "bare.md"], "", 1, "1 finding"),
            (&["check", "without.md", "--locked"], "", 1, "missing or out of date"),
            (&["check", "damaged.md"], "", 2, "is damaged"),
            (&["check", "none.md"], "", 2, "cannot open the policy `none.md`"),
            (&["check", "."], "", 2, "privacy.md"),
            (&["check", "latin.md"], "", 2, "not UTF-8"),
            (&["check", "long.md"], "", 2, "longer than 4 MiB"),
            (&["check"], "", 2, "<POLICY>"),
            (&["test", "small.md"], "", 0, "1 passed"),
            (&["test", "fails.md"], "", 1, "expected"),
            (&["test", "fails.md", "--format", "json"], "", 1, "\"failures\""),
            (&["test", "without.md"], "", 1, "`scenario`"),
            (&["test", "small.md", "--only", "nothing-like-that"], "", 1, "0 scenarios"),
            (&["test", "broken.md"], "", 2, "upheld check broken.md"),
            (&["test", "none.md"], "", 2, "none.md"),
            (&["trace", "small.md", "--requirements", "list.tsv"], "", 1, "missing"),
            (&["trace", "small.md", "--requirements", "none.tsv"], "", 2, "cannot read the list"),
            (&["trace", "small.md", "--requirements", "empty.tsv"], "", 2, "empty.tsv"),
            (&["trace", "small.md", "--requirements", "list.tsv", "--notes", "notes.toml"], "", 2, "elswhere"),
            (&["trace", "broken.md", "--requirements", "list.tsv"], "", 2, "upheld check broken.md"),
            (&["trace", "small.md"], "", 2, "--requirements"),
            (&["explain", "UP0203"], "", 0, "UP0203"),
            (&["explain"], "", 0, "UP0203"),
            (&["explain", "UP023"], "", 2, "did you mean `UP0203`?"),
            (&["explain", "ann"], "", 2, "there is no code"),
            (&["status", "small.md"], "", 0, "sign-up.1"),
            (&["status", "none.md"], "", 2, "none.md"),
            (&["status", "broken.md"], "", 2, "upheld check broken.md"),
            (&["decide", "small.md", "--question", yes], "", 0, "\"allowed\": true"),
            (&["decide", "small.md", "--question", no], "", 1, "\"allowed\": false"),
            (&["decide", "small.md", "--question", "yes?"], "", 2, "not of the right form"),
            (&["decide", "small.md"], &both, 0, "\"allowed\":false"),
            (&["decide", "small.md"], "yes?\n", 2, "\"error\""),
            (&["decide", "broken.md", "--question", yes], "", 2, "upheld check broken.md"),
        ],
    );
}

#[test]
fn what_a_store_can_make_go_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("written");
    write("small.md", SMALL);
    write("other.md", &SMALL.replace("To sign up", "For signing up"));
    write("broken.md", &SMALL.replace("we collect name", "we collect nmae"));
    write("letter.txt", "Dear Ann,\n");
    write("bad.toml", "stroe = \"x\"\n");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = taken.local_addr().expect("its address").to_string();
    hold(
        folder,
        &[
            (&["versions"], "", 0, "no version yet"),
            (&["collect", "--point", "web_visit", "letter.txt"], "", 2, "no version of the policy is in force"),
            (&["activate", "small.md"], "", 2, "--by"),
            (&["activate", "none.md", "--by", "x"], "", 2, "none.md"),
            (&["activate", "broken.md", "--by", "x"], "", 2, "upheld check broken.md"),
            (&["activate", "small.md", "--by", " "], "", 2, "who puts the policy into force"),
            (&["activate", "small.md", "--by", "x", "--from", "soon"], "", 2, "`soon` is not a date"),
            (&["activate", "small.md", "--by", "x"], "", 0, "version 1 is in force"),
            (&["activate", "small.md", "--by", "x"], "", 0, "version 1 is in force"),
            (&["activate", "other.md", "--by", "x"], "", 2, "already stored with another text"),
            (&["versions"], "", 0, "→ 1"),
            (&["versions", "--config", "bad.toml"], "", 2, "did you mean `store`?"),
            (&["versions", "--config", "none.toml"], "", 2, "cannot read the configuration"),
            (&["versions", "--store", "letter.txt"], "", 2, "no database of this program"),
            (&["versions", "--store", "no/such/folder/a.db"], "", 2, "check that the folder exists"),
            (&["versions", "--keys", "elsewhere"], "", 2, "has no keys"),
            (&["access", "add", "x"], "", 2, "name what the key may do"),
            (&["access", "add", "x", "--verbs", "colect"], "", 2, "the verbs are collect"),
            (&["access", "add", "x", "--verbs", "use", "--as", "suport"], "", 2, "did you mean `support`?"),
            (&["access", "add", "x", "--verbs", "use", "--points", "sing_up"], "", 2, "did you mean `sign_up`?"),
            (
                &["access", "add", "x", "--verbs", "use", "--for", "service_stup"],
                "",
                2,
                "did you mean `service_setup`?",
            ),
            (&["access", "add", "x", "--verbs", "use", "--signs-sessions", "none.pub"], "", 2, "none.pub"),
            (
                &["access", "add", "x", "--verbs", "use", "--signs-sessions", "letter.txt"],
                "",
                2,
                "no Ed25519 public key",
            ),
            (&["access", "add", "x", "--human", "--administrator"], "", 2, "--administrator"),
            (&["access", "list"], "", 0, ""),
            (&["access", "revoke", "k-nobody"], "", 2, "no such key"),
            (&["access"], "", 2, "Usage"),
            (&["evidence", "verify"], "", 0, "the log verifies"),
            (&["evidence", "show"], "", 0, "\"verb\":\"activate\""),
            (&["evidence", "show", "--from", "1000000"], "", 0, ""),
            (&["evidence", "show", "--from", "-1"], "", 2, "unexpected argument"),
            (&["config", "check", "--config", "none.toml"], "", 2, "cannot read the configuration"),
            (&["config", "check", "--config", "bad.toml"], "", 1, "unknown_setting"),
            (&["serve", "--config", "bad.toml"], "", 2, "did you mean `store`?"),
            (&["serve", "--listen", "0.0.0.0:0"], "", 2, "can be reached from other machines"),
            (&["serve", "--public-url", "privacy"], "", 2, "is not of the form"),
            (&["serve", "--listen", "here"], "", 2, "--listen"),
            (&["serve", "--ephemeral-ok", "--listen", &taken], "", 2, "cannot listen on"),
            (&["serve", "--ephemeral-ok", "--keys", "elsewhere", "--listen", "127.0.0.1:0"], "", 2, "has no keys"),
            (
                &["serve", "--ephemeral-ok", "--store", "no/folder/a.db"],
                "",
                2,
                "check that the folder of the store exists",
            ),
            (&["serve", "--probe", "--listen", "127.0.0.1:1"], "", 1, "nothing answers"),
            (&["man", "--out", "letter.txt"], "", 2, "letter.txt"),
            (&["man"], "", 0, ".TH upheld 1"),
            (&["completions", "fish"], "", 0, "complete -c upheld"),
        ],
    );
    // An entry that was taken out of the log is an answer, not a failure to run.
    let store = upheld_store::Store::open(upheld_store::Place::File(folder.join("upheld.db")), &[]).expect("it opens");
    store.write(|tx| tx.execute("DELETE FROM log_entry WHERE seq = 0", &[]).map(drop)).expect("written");
    drop(store);
    hold(folder, &[(&["evidence", "verify"], "", 1, "the log does not verify")]);
}

#[test]
fn what_logs_and_reports_can_make_go_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    upheld_ok(folder, &["activate", hosting_policy().to_str().expect("UTF-8"), "--by", "test"]);
    let visit = "192.0.2.7 - - [24/Nov/2026:10:00:00 +0000] \"GET /plans HTTP/1.1\" 200 123\n";
    fs::write(folder.join("visits.log"), visit).expect("written");
    let week = ["report", "traffic", "--for", "traffic_analysis", "--as", "analyst"];
    hold(
        folder,
        &[
            (&["collect", "--point", "web_visit", "visits.log"], "", 0, "1 line"),
            (&["collect", "--point", "web_visit", "-"], visit, 0, "1 line"),
            (&["collect", "--point", "web_vist", "visits.log"], "", 2, "did you mean `web_visit`?"),
            (&["collect", "--point", "sign_up", "visits.log"], "", 2, "no point of the kind `visit`"),
            (
                &["collect", "--point", "web_visit", "--as", "web_servr", "visits.log"],
                "",
                2,
                "did you mean `web_server`?",
            ),
            (&["collect", "--point", "web_visit", "--in", "other.example", "visits.log"], "", 2, "does not cover"),
            (&["collect", "--point", "web_visit", "none.log"], "", 2, "none.log"),
            (&["collect", "--point", "web_visit"], "", 2, "<LOGS>"),
            (&["collect", "visits.log"], "", 2, "--point"),
            (&week, "", 0, "traffic by page_visited"),
            (&["report", "trafic", "--for", "traffic_analysis", "--as", "analyst"], "", 1, "declares no such name"),
            (&[&week[..], &["--on", "soon"]].concat(), "", 2, "`soon` is not a date"),
            (&[&week[..], &["--out", "no/such/folder/x.svg"]].concat(), "", 2, "no/such/folder/x.svg"),
            (&["report", "traffic"], "", 2, "--for"),
        ],
    );
}

#[test]
fn a_reader_who_goes_away_is_no_crash() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("small.md"), SMALL).expect("written");
    upheld_ok(folder, &["activate", "small.md", "--by", "x"]);
    let runs: [&[&str]; 5] = [&["check", "small.md"], &["versions"], &["evidence", "show"], &["--help"], &["man"]];
    for args in runs {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_upheld"));
        let output = command.args(args).current_dir(folder).env_clear().stdout(writer).output().expect("it starts");
        assert_eq!(text(&output.stderr), "", "{args:?}");
        assert!([Some(0), Some(2)].contains(&output.status.code()), "{args:?}: {}", output.status);
    }
}

#[test]
fn pages_of_the_manual_and_completions_know_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    upheld_ok(folder, &["man", "--out", "pages/man1"]);
    let mut pages: Vec<String> = fs::read_dir(folder.join("pages/man1"))
        .expect("the folder")
        .map(|entry| entry.expect("a page").file_name().into_string().expect("UTF-8"))
        .collect();
    pages.sort();
    let name = |command: &Vec<String>| ["upheld".to_owned()].iter().chain(command).cloned().collect::<Vec<_>>();
    let mut expected: Vec<String> = commands().iter().map(|command| format!("{}.1", name(command).join("-"))).collect();
    expected.sort();
    assert_eq!(pages, expected);
    for page in pages {
        let text = fs::read_to_string(folder.join("pages/man1").join(&page)).expect("a page");
        assert!(text.contains(".SH NAME") && text.contains("upheld 0"), "{page}:\n{text}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = upheld_ok(folder, &["completions", shell]);
        for command in commands().iter().filter(|command| command.len() == 1) {
            assert!(script.contains(&command[0]), "{shell} knows `{}`", command[0]);
        }
        // Where the shell is there, it must take the script.
        let path = folder.join("script");
        fs::write(&path, script).expect("written");
        let Ok(taken) = Command::new(shell).arg("-n").arg(&path).output() else { continue };
        assert!(taken.status.success(), "{shell}: {}", text(&taken.stderr));
    }
}

/// What somebody might type or send, and what must stand in no error and no log.
const PERSONAL: [&str; 5] = ["ann@example.org", "1 Elm Row", "555 0100", "c-4711-ann", "4111111111111111"];

#[test]
fn no_error_and_no_log_holds_a_value_or_a_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    upheld_ok(folder, &["activate", hosting_policy().to_str().expect("UTF-8"), "--by", "test"]);
    let added =
        run(folder, &["access", "add", "x", "--as", "web_server", "--verbs", "collect,use", "--points", "sign_up"], "");
    let token = text(&added.stdout).trim().to_owned();
    assert!(token.starts_with("upheld_") && !text(&added.stderr).contains(&token), "the token is printed, not told");
    let asking = key(folder, &["y", "--as", "mailer", "--verbs", "use,ask,choose,change"]);

    // A server that logs all it can.
    let log = folder.join("serve.log");
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").port();
    let mut server = Command::new(env!("CARGO_BIN_EXE_upheld"))
        .args(["serve", "--ephemeral-ok", "--listen", &format!("127.0.0.1:{port}")])
        .current_dir(folder)
        .env_clear()
        .env("UPHELD_LOG", "trace")
        .stdout(Stdio::null())
        .stderr(File::create(&log).expect("made"))
        .spawn()
        .expect("it starts");
    let base = format!("http://127.0.0.1:{port}");
    let until = Instant::now() + Duration::from_secs(30);
    while agent().get(format!("{base}/healthz")).call().is_err() {
        assert!(Instant::now() < until, "the server answers within 30 seconds");
        std::thread::sleep(Duration::from_millis(20));
    }
    let [email, address, phone, person, card] = PERSONAL;
    let values = json!({ "name": "Ann Example", "address": address, "phone_number": phone, "email": email, "card_number": card });
    let join = "www.larchfield.example/join";
    let bodies = [
        ("/v1/collect", &token, json!({ "point": "sign_up", "in": join, "person": person, "values": values }).to_string()),
        ("/v1/collect", &token, json!({ "point": email, "person": person, "values": values }).to_string()),
        ("/v1/collect", &token, json!({ "point": "sign_up", "in": join, "person": person, email: phone }).to_string()),
        ("/v1/collect", &token, json!({ "point": "sign_up", "in": address, "values": { email: card } }).to_string()),
        ("/v1/collect", &token, format!("{{\"point\": \"sign_up\", \"person\": \"{person}\" \"{email}\"")),
        ("/v1/use", &token, json!({ "person": person, "data": [email], "for": phone }).to_string()),
        ("/v1/use", &asking, json!({ "person": person, "data": ["card_number"], "for": "newsletter" }).to_string()),
        ("/v1/use", &asking, json!({ "person": person, "data": ["email"], "for": "newsletter" }).to_string()),
        ("/v1/use", &asking, json!({ "person": person, "data": ["email"], "for": "newsletter", "as": email }).to_string()),
        ("/v1/change", &asking, json!({ "person": person, "element": email, "value": card }).to_string()),
        ("/v1/questions", &asking, json!({ "person": email, "data": [address] }).to_string()),
        (
            "/v1/choices",
            &asking,
            json!({ "person": person, "choice": "newsletter", "agree": false, "via": email, "giving": { email: phone } })
                .to_string(),
        ),
        ("/v1/c-4711-ann?email=ann@example.org", &token, values.to_string()),
        ("/v1/cases/c-4711-ann/findings?q=1%20Elm%20Row", &token, values.to_string()),
        ("/v1/use", &"upheld_c-4711-ann".to_owned(), values.to_string()),
    ];
    let mut statuses = Vec::new();
    for (path, token, body) in &bodies {
        let answer = agent()
            .post(format!("{base}{path}"))
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "application/json")
            .header("Upheld-Session", format!("{person}.{email}.x"))
            .header("X-Request-ID", person)
            .header("User-Agent", email)
            .send(body.as_str());
        statuses.push(answer.expect("an answer").status().as_u16());
    }
    assert_eq!(statuses[0], 201, "{statuses:?}");
    assert!(statuses[1..].iter().filter(|status| **status >= 400).count() >= 12, "{statuses:?}");
    server.kill().expect("killed");
    server.wait().expect("reaped");

    // What the command line says when such words reach it, and when it reads such a store.
    fs::write(folder.join("visits.log"), format!("{email} - {phone} not a log {card}\n")).expect("written");
    fs::write(folder.join("upheld.toml"), format!("store = \"{email}\nkey = \"{card}\"\nproxy = [\"{address}\"]\n"))
        .expect("written");
    let config = ["--config", "none-to-read.toml"];
    fs::write(folder.join(config[1]), "").expect("written");
    let runs = [
        run(folder, &["config", "check"], ""),
        run(folder, &["versions"], ""),
        run(folder, &[&["evidence", "verify"], &config[..]].concat(), ""),
        run(folder, &[&["evidence", "show"], &config[..]].concat(), ""),
        run(folder, &[&["access", "list"], &config[..]].concat(), ""),
        run(folder, &[&["collect", "--point", "web_visit", "visits.log"], &config[..]].concat(), ""),
        run(folder, &["check", "-"], &format!("---\ntitle: {email}\n")),
    ];
    let said = runs.iter().map(|output| text(&output.stderr)).collect::<String>();
    let printed = runs.iter().take(6).map(|output| text(&output.stdout)).collect::<String>();
    let log = fs::read_to_string(log).expect("the log");
    assert!(log.contains("request") && log.lines().count() > bodies.len(), "it logged:\n{log}");
    for text in [&said, &printed, &log] {
        for personal in PERSONAL.into_iter().chain(["Ann Example", "Elm%20Row", &token, &asking, "upheld_c-"]) {
            let line = text.lines().find(|line| line.contains(personal));
            assert_eq!(line, None, "`{personal}`");
        }
    }
}
