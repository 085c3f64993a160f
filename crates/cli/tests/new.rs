//! `upheld new` and `upheld ci` from outside: what they write is whole, and what is there already stays.

mod support;

use std::path::Path;

use support::told as upheld;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn models(folder: &Path) -> Vec<String> {
    let (code, out, said) = upheld(folder, &["new", "--list"]);
    assert_eq!(code, 0, "{said}");
    out.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn every_model_begins_a_policy_that_checks_formats_and_runs() {
    let folder = folder();
    let path = folder.path();
    let models = models(path);
    assert!(models.contains(&"blank".to_owned()) && models.contains(&"hosting-2009".to_owned()), "{models:?}");
    for model in models {
        for names in
            [&[][..], &["--controller", "Elm Row Ltd", "--host", "elmrow.example", "--contact", "hi@elmrow.example"]]
        {
            let name = format!("{model}-{}", names.len());
            let args = [&["new", &name, "--from", &model][..], names].concat();
            let (code, out, said) = upheld(path, &args);
            assert_eq!(code, 0, "{model}: {out}{said}");
            assert_eq!(out.contains("still the model's"), names.is_empty(), "{model}: {out}");
            // As they are, `./test` checks and runs the models; here they have other names.
            let commands = [&["check", "--locked"][..], &["fmt", "--check"], &["test"]];
            for args in commands.iter().filter(|_| model == "blank" || !names.is_empty()) {
                let (code, out, said) = upheld(path, &[*args, &[&name]].concat());
                assert_eq!(code, 0, "{model} {args:?}: {out}{said}");
            }
            let text = std::fs::read_to_string(path.join(&name).join("privacy.md")).expect("read");
            assert!(!text.lines().any(|line| line.starts_with("shows ") || line.contains("    keeps ")), "{model}");
            if !names.is_empty() {
                assert!(
                    text.contains("controller: Elm Row Ltd") && text.contains("contact: hi@elmrow.example"),
                    "{model}"
                );
            }
        }
    }
}

#[test]
fn names_are_filled_in_prose_and_places_and_not_in_rules() {
    let folder = folder();
    let args = ["new", "p", "--from", "hosting-2009", "--controller", "Elm Row", "--host", "www.elmrow.example"];
    assert_eq!(upheld(folder.path(), &args).0, 0);
    let text = std::fs::read_to_string(folder.path().join("p/privacy.md")).expect("read");
    assert!(text.contains("Elm Row keeps websites") && text.contains("www.elmrow.example/join"), "{text}");
    assert!(!text.contains("Larchfield") && !text.contains("larchfield"), "{text}");
}

#[test]
fn nothing_that_is_there_is_written_over_and_slips_are_told() {
    let folder = folder();
    let path = folder.path();
    std::fs::write(path.join("privacy.md"), "ours").expect("written");
    let (code, _, said) = upheld(path, &["new", "."]);
    assert_eq!((code, said.contains("is there already")), (2, true), "{said}");
    assert_eq!(std::fs::read_to_string(path.join("privacy.md")).expect("read"), "ours");
    let (code, _, said) = upheld(path, &["new", "p", "--from", "hosting-2008"]);
    assert_eq!((code, said.contains("did you mean `hosting-2009`?")), (2, true), "{said}");
    for wrong in
        [["--host", "https://x.example/"], ["--host", "localhost"], ["--controller", "A\nB"], ["--contact", " "]]
    {
        let (code, _, said) = upheld(path, &["new", "p", wrong[0], wrong[1]]);
        assert_eq!((code, path.join("p").exists()), (2, false), "{wrong:?}: {said}");
    }
    // A name that is a mark of the text somewhere: told, and nothing is written.
    let (code, _, said) = upheld(path, &["new", "p", "--from", "hosting-2009", "--controller", "~~~"]);
    assert_eq!((code, path.join("p").exists(), said.contains("does not compile")), (2, false, true), "{said}");
    let (code, _, said) = upheld(path, &["new", "p", "--controller", &"Long ".repeat(50)]);
    assert_eq!((code, said.contains("at most 200 letters")), (2, true), "{said}");
    assert_eq!(upheld(path, &["new"]).0, 2);
}

/// The commands in a text that call `upheld`, as arguments, with these words for its variables.
fn commands(text: &str) -> Vec<Vec<String>> {
    let calls = text.lines().filter_map(|line| {
        let at = line.find("upheld ")?;
        let before = line[..at].trim_end();
        let starts = before.is_empty() || before.ends_with(':') || before.trim() == "-";
        (starts && !line.trim_start().starts_with('#')).then(|| &line[at + 7..])
    });
    let word = |word: &str| word.trim_matches('"').replace("$POLICY", "privacy.md");
    calls
        .map(|call| call.split(" > ").next().unwrap_or(call).split(" >> ").next().unwrap_or(call))
        .map(|call| call.split_whitespace().map(word).collect())
        .collect()
}

#[test]
fn what_ci_runs_are_commands_of_this_program() {
    let folder = folder();
    let path = folder.path();
    assert_eq!(upheld(path, &["new", "."]).0, 0);
    std::fs::write(path.join("list.tsv"), "id\tpractice\nA-1\tNobody sells it\n").expect("written");
    let help = upheld(path, &["--help"]).1;
    for host in ["github", "gitlab", "pre-commit"] {
        let image = ["--image", "registry.example.org/upheld:0.1"];
        let args = ["ci", host, image[0], image[1], "--requirements", "list.tsv"];
        let (code, out, said) = upheld(path, &args);
        assert_eq!(code, 0, "{said}");
        assert!(!out.contains("{policy}") && !out.contains("{trace}") && out.contains("list.tsv"), "{out}");
        let commands = commands(&out);
        let names: Vec<&str> = commands.iter().map(|command| command[0].as_str()).collect();
        for wanted in ["check", "fmt", "test", "trace"] {
            assert!(names.contains(&wanted), "{host} runs {wanted}: {names:?}");
        }
        assert_eq!(names.contains(&"diff"), host != "pre-commit", "{host} says what a change means");
        for command in &commands {
            let known = help.lines().any(|line| line.trim_start().starts_with(&format!("{} ", command[0])));
            if command[0] == "diff" && !known {
                continue;
            }
            assert!(known, "{command:?}");
            if command[0] != "diff" {
                let args: Vec<&str> = command.iter().map(String::as_str).collect();
                let (code, out, said) = upheld(path, &args);
                // The new policy does not say what the list asks for.
                assert_eq!(code, i32::from(args[0] == "trace"), "{args:?}: {out}{said}");
            }
        }
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("ci_{host}"), out);
        });
    }
}

#[test]
fn what_a_value_brings_along_is_no_mark_of_the_template() {
    let (code, out, said) = upheld(folder().path(), &["ci", "github", "--install", "echo {policy} {paths}"]);
    assert_eq!(code, 0, "{said}");
    assert!(out.contains("run: \"echo {policy} {paths}\""), "{out}");
}

#[test]
fn ci_writes_where_the_code_host_looks_and_never_twice() {
    let folder = folder();
    let path = folder.path();
    for (args, file) in [
        (
            &["ci", "github", "--install", "tools/get \"upheld\" \\", "--policy", "legal/p.md"][..],
            ".github/workflows/upheld.yml",
        ),
        (&["ci", "gitlab", "--image", "upheld:1"], ".gitlab/upheld.yml"),
        (&["ci", "pre-commit", "--strict"], ".pre-commit-config.yaml"),
    ] {
        let args = [args, &["--write"]].concat();
        let (code, out, said) = upheld(path, &args);
        assert_eq!((code, out.contains(file)), (0, true), "{out}{said}");
        let text = std::fs::read_to_string(path.join(file)).expect("written");
        assert!(!text.contains("{install}") && !text.contains("{container}"), "{text}");
        let (code, _, said) = upheld(path, &args);
        assert_eq!((code, said.contains("is there already")), (2, true), "{said}");
    }
    let github = std::fs::read_to_string(path.join(".github/workflows/upheld.yml")).expect("read");
    assert!(github.contains("run: \"tools/get \\\"upheld\\\" \\\\\"") && github.contains("\"legal/**\""), "{github}");
    let (code, _, said) = upheld(path, &["ci", "github"]);
    assert_eq!((code, said.contains("--image") && said.contains("--install")), (2, true), "{said}");
    for wrong in
        [["--policy", "a b.md"], ["--policy", "/etc/privacy.md"], ["--policy", "$(x).md"], ["--branch", "main]"]]
    {
        let args = [&["ci", "github", "--install", "true"][..], &wrong].concat();
        assert_eq!(upheld(path, &args).0, 2, "{wrong:?}");
    }
    assert_eq!(upheld(path, &["ci", "github", "--install", "a\nb"]).0, 2);
}
