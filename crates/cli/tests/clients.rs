//! The example clients, run as a customer would run them: against a server of this program, with keys that list no more than
//! they need. A machine without Node or Python says so and skips; `UPHELD_TEST_STRICT=1` makes that a failure.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::{Running, hosting_policy, key, upheld, upheld_ok};

/// RFC 8410, section 10.3: a private key that everybody knows, and its public half.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\n\
                       MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
                       -----END PRIVATE KEY-----\n";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\n\
                      MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
                      -----END PUBLIC KEY-----\n";

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clients")
}

/// What both clients print, as the README shows it.
fn expected() -> String {
    let readme = std::fs::read_to_string(clients().join("README.md")).expect("the README");
    let shown = readme.split("Both print:\n").nth(1).expect("what they print");
    let lines = shown.lines().skip(1).take_while(|line| line.starts_with("    "));
    lines.map(|line| format!("{}\n", &line[4..])).collect()
}

/// Whether a program is there; without it the test is skipped, or fails where nothing may be skipped.
fn has(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        assert!(
            std::env::var_os("UPHELD_TEST_STRICT").is_none(),
            "`{program}` is not installed, and nothing may be skipped"
        );
        println!("skipped: `{program}` is not installed");
    }
    there
}

/// A server on the hosting policy, and the environment that the README tells to make for a client.
fn world(folder: &Path) -> (Running, Vec<(&'static str, String)>) {
    upheld_ok(folder, &["activate", hosting_policy().to_str().expect("UTF-8"), "--by", "test"]);
    std::fs::write(folder.join("session.pem"), PRIVATE).expect("written");
    std::fs::write(folder.join("session.pub"), PUBLIC).expect("written");
    let add = ["access", "add", "web server", "--as", "web_server", "--verbs", "collect", "--points", "sign_up"];
    let web = upheld(folder, &[&add[..], &["--signs-sessions", "session.pub"]].concat());
    let said = String::from_utf8(web.stderr).expect("UTF-8");
    let id = said.split_whitespace().find(|word| word.starts_with("k-")).expect("the id of the key").to_owned();
    let web = String::from_utf8(web.stdout).expect("UTF-8").trim().to_owned();
    let mailer = key(folder, &["mailer", "--as", "mailer", "--verbs", "use"]);
    let letters = key(folder, &["letters", "--as", "mailer", "--verbs", "choose"]);
    let server = Running::start(folder);
    let variables = vec![
        ("UPHELD_URL", server.base.clone()),
        ("WEB_TOKEN", web),
        ("MAILER_TOKEN", mailer),
        ("LETTERS_TOKEN", letters),
        ("SESSION_KEY", folder.join("session.pem").display().to_string()),
        ("SESSION_KEY_ID", id),
        ("PATH", std::env::var("PATH").unwrap_or_default()),
    ];
    (server, variables)
}

fn runs(program: &str, file: &str) {
    if !has(program) {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (_server, variables) = world(folder);
    let run = |variables: &[(&str, String)]| {
        let output = Command::new(program)
            .arg(clients().join(file))
            .current_dir(folder)
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (*name, value.as_str())))
            .output()
            .expect("it starts");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (output.status.success(), text(output.stdout), text(output.stderr))
    };
    let (fine, printed, said) = run(&variables);
    assert!(fine, "{file}: {said}");
    assert_eq!(printed, expected(), "{file} prints what the README shows");
    assert_eq!(said, "");
    // Twice, since each run is about a new customer.
    assert_eq!(run(&variables).1, expected());

    // With a token that is none it ends with a word about it, and without the token in it.
    let mut wrong = variables.clone();
    wrong.retain(|(name, _)| *name != "WEB_TOKEN");
    wrong.push(("WEB_TOKEN", "upheld_wrong".to_owned()));
    let (fine, printed, said) = run(&wrong);
    assert!(!fine && printed.is_empty() && said.contains("/v1/collect answered 401"), "{said}");
    assert!(!said.contains("upheld_wrong"), "{said}");
    assert!(upheld_ok(folder, &["evidence", "verify"]).contains("the log verifies"));
}

#[test]
fn the_client_in_javascript_does_what_its_readme_shows() {
    runs("node", "node.mjs");
}

#[test]
fn the_client_in_python_does_what_its_readme_shows() {
    runs("python3", "python.py");
}

#[test]
fn the_clients_are_as_small_as_they_are_said_to_be() {
    for file in ["node.mjs", "python.py"] {
        let text = std::fs::read_to_string(clients().join(file)).expect("the client");
        assert!(text.lines().count() <= 70, "{file} has {} lines", text.lines().count());
    }
}
