//! `upheld config check` and the start of `upheld serve`, in the real binary: what is set and from where, what is wrong, and
//! what a server refuses to run on.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use support::{Running, agent, hosting_policy, key, upheld_ok};

/// Runs `upheld` in `folder` with nothing but these variables.
fn upheld(folder: &Path, variables: &[(&str, &str)], args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_upheld"));
    command.args(args).current_dir(folder).env_clear().envs(variables.iter().copied());
    command.stdin(Stdio::null()).output().expect("the binary starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The report as JSON, and the exit code.
fn check(folder: &Path, variables: &[(&str, &str)], flags: &[&str]) -> (Value, i32) {
    let mut args = vec!["config", "check", "--format", "json"];
    args.extend_from_slice(flags);
    let output = upheld(folder, variables, &args);
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("JSON: {}", said(&output)));
    (report, output.status.code().expect("a code"))
}

/// Level and code of every finding.
fn found(report: &Value) -> Vec<(&str, &str)> {
    let text = |finding: &'_ Value, name: &str| -> String { finding[name].as_str().expect("text").to_owned() };
    let all = report["findings"].as_array().expect("a list");
    for finding in all {
        assert!(!text(finding, "message").is_empty() && !text(finding, "help").is_empty(), "{finding}");
    }
    all.iter().map(|one| (one["level"].as_str().expect("a level"), one["code"].as_str().expect("a code"))).collect()
}

/// Value and origin of every setting.
fn settings(report: &Value) -> BTreeMap<&str, (Option<&str>, String)> {
    let all = report["settings"].as_array().expect("a list").iter();
    all.map(|one| {
        let at = one["at"].as_str().map_or_else(String::new, |at| format!(" {at}"));
        let origin = format!("{}{at}", one["from"].as_str().expect("an origin"));
        (one["name"].as_str().expect("a name"), (one["value"].as_str(), origin))
    })
    .collect()
}

/// A folder that the system does not empty, gone again at the end: the checks are about such ones.
fn lasting() -> tempfile::TempDir {
    let target = Path::new(env!("CARGO_BIN_EXE_upheld")).parent().expect("a folder");
    tempfile::Builder::new().prefix("upheld-config-").tempdir_in(target).expect("a folder")
}

/// Whether the build itself lies in such a folder, so that there is nothing else to test on.
fn nothing_lasts(folder: &Path) -> bool {
    let report = check(folder, &[], &[]).0;
    let ephemeral = found(&report).iter().any(|(_, code)| ["store_ephemeral", "store_in_container"].contains(code));
    if ephemeral {
        println!("the build lies in a folder for temporary files, so only that is seen");
    }
    ephemeral
}

/// A store with a policy in force and an access key, and its keys apart from it.
fn in_use(folder: &Path) -> (String, String) {
    let (store, keys) = (folder.join("data"), folder.join("secret"));
    std::fs::create_dir_all(&store).expect("made");
    let (store, keys) = (store.join("upheld.db").display().to_string(), keys.display().to_string());
    let policy = hosting_policy().display().to_string();
    upheld_ok(folder, &["activate", &policy, "--by", "test", "--store", &store, "--keys", &keys]);
    key(folder, &["mailer", "--as", "mailer", "--verbs", "use", "--store", &store, "--keys", &keys]);
    (store, keys)
}

#[test]
fn every_setting_says_where_it_came_from() {
    let folder = lasting();
    let folder = folder.path();
    std::fs::write(
        folder.join("upheld.toml"),
        "store = \"data/a.db\"\nkeys = \"file-keys\"\nlisten = \"127.0.0.1:9001\"\nproxy = \"nginx\"\n",
    )
    .expect("written");
    let variables = [("UPHELD_KEYS", "variable-keys"), ("UPHELD_LISTEN", "127.0.0.1:9002"), ("UPHELD_LOG", "warn")];
    let (report, _) = check(folder, &variables, &["--listen", "127.0.0.1:9003"]);
    let expected = [
        ("config", (Some("upheld.toml"), "default")),
        ("store", (Some("data/a.db"), "file upheld.toml:1")),
        ("keys", (Some("variable-keys"), "environment UPHELD_KEYS")),
        ("listen", (Some("127.0.0.1:9003"), "flag --listen")),
        ("public_url", (None, "default")),
        ("proxy", (Some("nginx"), "file upheld.toml:4")),
        ("store_country", (None, "default")),
        ("store_operator", (None, "default")),
        ("ephemeral_ok", (Some("false"), "default")),
        ("log", (Some("warn"), "environment UPHELD_LOG")),
    ];
    let expected = expected.map(|(name, (value, from))| (name, (value, from.to_owned())));
    assert_eq!(settings(&report), BTreeMap::from(expected));

    // The same value by both: the flag is what counts.
    let (report, _) = check(folder, &[("UPHELD_STORE", "b.db")], &["--store", "b.db"]);
    assert_eq!(settings(&report)["store"], (Some("b.db"), "flag --store".to_owned()));
    // A file that is named elsewhere: its paths are seen from its own folder.
    let elsewhere = lasting();
    let named = folder.join("upheld.toml").display().to_string();
    let (report, _) = check(elsewhere.path(), &[("UPHELD_CONFIG", &named)], &[]);
    assert_eq!(settings(&report)["store"].0, Some(folder.join("data/a.db").display().to_string().as_str()));
    assert_eq!(settings(&report)["config"].1, "environment UPHELD_CONFIG");
}

#[test]
fn a_fresh_folder_and_a_store_in_use_are_told_apart() {
    let folder = lasting();
    let folder = folder.path();
    if nothing_lasts(folder) {
        return;
    }
    let (report, code) = check(folder, &[], &[]);
    assert_eq!(found(&report), [("warning", "keys_beside_store"), ("note", "public_url_missing"), ("note", "new")]);
    assert_eq!(code, 1);
    assert_eq!(std::fs::read_dir(folder).expect("read").count(), 0, "a look makes nothing");

    let (store, keys) = in_use(folder);
    let apart = ["--store", &store, "--keys", &keys, "--public-url", "https://privacy.example.org"];
    let (report, code) = check(folder, &[], &[&apart[..], &["--production"]].concat());
    assert_eq!(found(&report), []);
    assert_eq!((code, &report["errors"], &report["warnings"]), (0, &0.into(), &0.into()));
    let human = upheld(folder, &[], &[&["config", "check"], &apart[..]].concat());
    let human = String::from_utf8(human.stdout).expect("UTF-8");
    assert!(human.ends_with("\n0 errors, 0 warnings, 0 notes\n"), "{human}");

    // Keys beside the store: a warning, in production an error.
    let within = format!("{folder}/data/keys", folder = folder.display());
    std::fs::rename(&keys, &within).expect("moved");
    let beside = ["--store", &store, "--keys", &within, "--public-url", "https://privacy.example.org"];
    assert_eq!(found(&check(folder, &[], &beside).0), [("warning", "keys_beside_store")]);
    let (report, code) = check(folder, &[], &[&beside[..], &["--production"]].concat());
    assert_eq!((found(&report), code), (vec![("error", "keys_beside_store")], 1));
    std::fs::rename(&within, &keys).expect("moved back");

    // Without its keys nothing can be read, and no other ones are made.
    let none = folder.join("none").display().to_string();
    let (report, _) = check(folder, &[], &[&apart[..2], &["--keys", &none]].concat());
    assert!(found(&report).contains(&("error", "keys_missing")), "{report}");
    let refused = upheld(folder, &[], &["versions", "--store", &store, "--keys", &none]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("has no keys") && !Path::new(&none).exists(), "{}", said(&refused));

    // Another store's keys do not open it.
    upheld_ok(folder, &["versions", "--store", "other.db", "--keys", &none]);
    let (report, _) = check(folder, &[], &[&apart[..2], &["--keys", &none]].concat());
    assert!(found(&report).contains(&("error", "store_not_opened")), "{report}");

    // A store without a policy, and without a key that is still good.
    let other = ["--store", "other.db", "--keys", &none];
    let (report, _) = check(folder, &[], &other);
    assert!(found(&report).contains(&("warning", "no_policy")), "{report}");
    assert!(found(&report).contains(&("warning", "no_access_key")), "{report}");
    upheld_ok(folder, &[&["access", "add", "ines", "--administrator"], &other[..]].concat());
    let listed = upheld_ok(folder, &[&["access", "list"], &other[..]].concat());
    assert!(!found(&check(folder, &[], &other).0).contains(&("warning", "no_access_key")));
    let id = listed.split_whitespace().next().expect("an id");
    upheld_ok(folder, &[&["access", "revoke", id], &other[..]].concat());
    assert!(found(&check(folder, &[], &other).0).contains(&("warning", "no_access_key")));

    // A file that is no store is left as it is.
    std::fs::write(folder.join("letter.txt"), "Dear Ann,\n").expect("written");
    let (report, _) = check(folder, &[], &["--store", "letter.txt", "--keys", &none]);
    assert!(found(&report).contains(&("error", "store_not_opened")), "{report}");
    assert_eq!(std::fs::read(folder.join("letter.txt")).expect("read"), b"Dear Ann,\n");
}

#[test]
fn a_store_of_another_program_version_is_only_looked_at() {
    let folder = lasting();
    let folder = folder.path();
    let (store, keys) = in_use(folder);
    let write = |sql: &'static str| {
        let store = upheld_store::Store::open(upheld_store::Place::File(PathBuf::from(&store)), &[]).expect("it opens");
        store.write(move |tx| tx.execute(sql, &[]).map(drop)).expect("written");
    };
    let codes = || {
        let report = check(folder, &[], &["--store", &store, "--keys", &keys]).0;
        found(&report).into_iter().map(|(level, code)| format!("{level} {code}")).collect::<Vec<_>>()
    };
    let of_migrations = ["store_newer", "store_changed", "store_older", "store_not"];
    assert!(!codes().iter().any(|code| of_migrations.iter().any(|other| code.contains(other))), "{:?}", codes());
    write("INSERT INTO migration (area, number, checksum) VALUES ('vault', 999, 'x')");
    assert!(codes().contains(&"error store_newer".to_owned()), "{:?}", codes());
    write("DELETE FROM migration WHERE number = 999");
    write("UPDATE migration SET checksum = 'x' WHERE area = 'vault' AND number = 1");
    assert!(codes().contains(&"error store_changed".to_owned()), "{:?}", codes());
    write("DELETE FROM migration WHERE area = 'vault' AND number = 1");
    assert!(codes().contains(&"note store_older".to_owned()), "{:?}", codes());
    assert!(codes().contains(&"note store_older".to_owned()), "the look itself ran no migration: {:?}", codes());
}

#[cfg(unix)]
#[test]
fn what_others_can_read_is_found() {
    use std::os::unix::fs::PermissionsExt;
    let folder = lasting();
    let folder = folder.path();
    let (store, keys) = in_use(folder);
    let mode = |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("set");
    let look = |production: bool| {
        let mut flags = vec!["--store", &store, "--keys", &keys];
        flags.extend(production.then_some("--production"));
        let report = check(folder, &[], &flags).0;
        let all = found(&report).into_iter().filter(|(_, code)| code.ends_with("_readable"));
        all.map(|(level, code)| format!("{level} {code}")).collect::<Vec<_>>()
    };
    assert!(look(true).is_empty());
    mode(Path::new(&keys), 0o755);
    assert_eq!((look(false), look(true)), (vec!["warning keys_readable".into()], vec!["error keys_readable".into()]));
    mode(Path::new(&keys), 0o770);
    assert_eq!(look(false), ["error keys_readable"], "others may put their own keys there");
    mode(Path::new(&keys), 0o700);
    let root = Path::new(&keys).join("root.key");
    mode(&root, 0o640);
    assert_eq!(look(false), ["warning keys_readable"]);
    mode(&root, 0o644);
    assert_eq!(look(false), ["error keys_readable"]);
    mode(&root, 0o600);
    mode(Path::new(&store), 0o644);
    assert_eq!(look(false), ["warning store_readable"]);
}

#[test]
fn what_is_wrong_with_the_file_and_the_environment_is_said_without_values() {
    let folder = lasting();
    let folder = folder.path();
    let secret = "upheld_h7Jd2kQmZx0aLwQ";
    let file = format!("lisen = \"{secret}\"\nkeys = 5\ntoken = \"{secret}\"\npublic_url = \"https://a:{secret}@h\"\n");
    std::fs::write(folder.join("upheld.toml"), file).expect("written");
    let variables = [("UPHELD_LISTN", secret), ("UPHELD_TOKEN_OF_THE_SHOP", secret), ("UPHELD_LOG", "a=b=c")];
    let (report, code) = check(folder, &variables, &[]);
    assert_eq!(code, 1);
    let all: Vec<(&str, &str)> = found(&report)
        .into_iter()
        .filter(|(_, code)| !code.starts_with("store") && !code.starts_with("keys"))
        .collect();
    assert_eq!(
        all,
        [
            ("error", "unknown_setting"),
            ("error", "bad_value"),
            ("error", "unknown_setting"),
            ("error", "public_url_form"),
            ("warning", "unknown_variable"),
            ("warning", "log_filter"),
            ("note", "unknown_variable"),
            ("note", "new"),
        ]
    );
    assert!(report.to_string().contains("did you mean `listen`?"), "{report}");
    assert!(report.to_string().contains("did you mean `UPHELD_LISTEN`?"), "{report}");
    let human = upheld(folder, &variables, &["config", "check"]);
    let refused = upheld(folder, &variables, &["versions"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("line 1: `lisen` is no setting; did you mean `listen`?"), "{}", said(&refused));
    for text in [report.to_string(), String::from_utf8_lossy(&human.stdout).into_owned(), said(&human), said(&refused)]
    {
        assert!(!text.contains(secret), "{text}");
    }
    let missing = upheld(folder, &[], &["config", "check", "--config", "nowhere.toml"]);
    assert_eq!(missing.status.code(), Some(2), "a file that was named must be there");
}

#[test]
fn where_it_listens_is_held_against_who_can_reach_it() {
    let folder = lasting();
    let folder = folder.path();
    let codes = |flags: &[&str]| {
        let report = check(folder, &[], flags).0;
        let all = found(&report).into_iter();
        all.filter(|(_, code)| code.contains("proxy") || code.contains("public_url"))
            .map(|(level, code)| format!("{level} {code}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&["--listen", "0.0.0.0:8080"]), ["error no_proxy", "warning public_url_missing"]);
    assert_eq!(codes(&["--listen", "0.0.0.0:8080", "--proxy", "caddy"]), ["warning public_url_missing"]);
    assert_eq!(codes(&["--public-url", "http://localhost:8080"]), ["note public_url_plain"]);
    assert_eq!(codes(&["--public-url", "http://h", "--proxy", "caddy"]), ["warning public_url_plain"]);
    assert_eq!(codes(&["--public-url", "http://h", "--production"]), ["error public_url_plain"]);
    assert_eq!(codes(&["--public-url", "h"]), ["error public_url_form"]);
    assert!(codes(&["--public-url", "https://h", "--proxy", "caddy", "--production"]).is_empty());
}

#[cfg(unix)]
#[test]
fn a_store_that_would_not_last_is_refused_unless_one_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    // The test's own place for temporary files is the one that the program hears of.
    let place = std::env::temp_dir().display().to_string();
    let variables = [("TMPDIR", place.as_str())];
    let refused = upheld(folder, &variables, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.status.code(), Some(2));
    for word in ["would not last", "--ephemeral-ok", "--store"] {
        assert!(said(&refused).contains(word), "{}", said(&refused));
    }
    assert_eq!(std::fs::read_dir(folder).expect("read").count(), 0, "nothing was made");
    let (report, _) = check(folder, &variables, &[]);
    assert!(found(&report).contains(&("error", "store_ephemeral")), "{report}");
    let (report, _) = check(folder, &variables, &["--ephemeral-ok"]);
    assert!(found(&report).contains(&("warning", "store_ephemeral")), "{report}");
    // Other commands do not mind, and the variable says the same as the flag.
    upheld_ok(folder, &["versions"]);
    drop(Running::start(folder));
}

#[test]
fn a_second_server_on_one_store_is_refused_and_other_commands_are_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut server = Running::start(folder);
    let ready = |base: &str| agent().get(format!("{base}/readyz")).call().expect("an answer").status().as_u16();
    assert_eq!(ready(&server.base), 503, "no policy yet");
    let listen = server.base.trim_start_matches("http://").to_owned();
    let probe = |listen: &str| upheld(folder, &[], &["serve", "--probe", "--listen", listen]).status.code();
    assert_eq!(probe(&listen), Some(1), "not ready");

    let second = upheld(folder, &[("UPHELD_EPHEMERAL_OK", "1")], &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(2));
    assert!(said(&second).contains(&format!("is served already by process {}", server.id())), "{}", said(&second));
    assert!(said(&second).contains(&listen), "{}", said(&second));
    let (report, _) = check(folder, &[], &[]);
    assert!(found(&report).contains(&("note", "served")), "{report}");

    // What other commands do is seen by the running server at once, and the other way round.
    upheld_ok(folder, &["activate", hosting_policy().to_str().expect("UTF-8"), "--by", "test"]);
    assert_eq!(ready(&server.base), 200);
    assert_eq!(probe(&listen), Some(0), "ready");
    let token = key(folder, &["shop", "--as", "web_server", "--verbs", "collect", "--points", "sign_up"]);
    let body = serde_json::json!({
        "point": "sign_up", "in": "www.larchfield.example/join", "person": "c-1",
        "values": { "name": "Ann Example", "address": "1 Elm Row", "phone_number": "555 0100" },
    });
    assert_eq!(server.post("/v1/collect", &token, &body).expect("an answer").0, 201);
    assert!(upheld_ok(folder, &["evidence", "verify"]).contains("the log verifies"));
    let listed = upheld_ok(folder, &["access", "list"]);
    upheld_ok(folder, &["access", "revoke", listed.split_whitespace().next().expect("an id")]);
    assert_eq!(server.post("/v1/collect", &token, &body).expect("an answer").0, 401);

    // A server that was killed leaves no lock.
    server.kill();
    assert_eq!(probe(&listen), Some(1), "gone");
    drop(Running::start(folder));
}

#[test]
fn a_token_is_shown_at_a_terminal_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    drop(Running::start(folder));
    assert_eq!(upheld_ok(folder, &["access", "list"]), "", "a start without a terminal makes no key");
}

/// Every variable that the program reads.
const VARIABLES: [&str; 10] = [
    "UPHELD_CONFIG",
    "UPHELD_STORE",
    "UPHELD_KEYS",
    "UPHELD_LISTEN",
    "UPHELD_PUBLIC_URL",
    "UPHELD_PROXY",
    "UPHELD_STORE_COUNTRY",
    "UPHELD_STORE_OPERATOR",
    "UPHELD_EPHEMERAL_OK",
    "UPHELD_LOG",
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn what_is_shipped_and_written_fits_the_program() {
    let folder = lasting();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist/upheld.toml").display().to_string();
    let (report, _) = check(folder.path(), &[], &["--config", &shipped, "--production"]);
    let codes: Vec<&str> = found(&report).into_iter().map(|(_, code)| code).collect();
    for code in ["unknown_setting", "bad_value", "not_toml", "keys_beside_store", "public_url_missing", "no_proxy"] {
        assert!(!codes.contains(&code), "dist/upheld.toml: {report}");
    }
    let operations = read("docs/operations.md");
    for (name, (_, from)) in settings(&report) {
        let in_file = !["config", "ephemeral_ok", "log"].contains(&name);
        // What only a policy asks for stands there as a comment.
        let asked_for = name.starts_with("store_");
        let commented = read("dist/upheld.toml").contains(&format!("#{name} = "));
        assert_eq!(asked_for, commented, "dist/upheld.toml tells of `{name}`");
        assert_eq!(from.starts_with("file "), in_file && !asked_for, "dist/upheld.toml sets `{name}`: {from}");
        let row = if in_file { format!("| `{name}` |") } else { format!("`UPHELD_{}`", name.to_uppercase()) };
        assert!(operations.contains(&row), "docs/operations.md has `{name}`");
    }
    let texts = ["dist/README.md", "dist/Dockerfile", "dist/upheld.service", "dist/upheld.toml", "docs/operations.md"];
    for text in texts {
        let text = read(text);
        let words = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
        for word in words.filter(|word| word.starts_with("UPHELD_") && word.len() > 7) {
            assert!(VARIABLES.contains(&word), "`{word}` is no variable");
        }
    }
}

#[test]
fn the_unit_is_one_that_systemd_takes() {
    let folder = lasting();
    // The command must be there for the check, wherever this build is.
    let unit = read("dist/upheld.service").replace("/usr/local/bin/upheld", env!("CARGO_BIN_EXE_upheld"));
    let path = folder.path().join("upheld.service");
    std::fs::write(&path, unit).expect("written");
    let Ok(output) = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output() else {
        println!("skipped: `systemd-analyze` is not installed");
        return;
    };
    // What it says about other units of this machine is not about ours.
    let ours: Vec<String> = said(&output).lines().filter(|line| line.contains("upheld")).map(str::to_owned).collect();
    assert!(ours.is_empty(), "{ours:?}");
}
