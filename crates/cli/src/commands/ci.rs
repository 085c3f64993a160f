//! `upheld ci`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::policy_file::write_new;

/// Write the file with which a code host checks every change of the policy.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// For which code host
    host: Host,
    /// The policy, seen from the root of the repository
    #[arg(long, value_name = "FILE", default_value = "privacy.md")]
    policy: String,
    /// A list of requirements to trace, seen from the root of the repository
    #[arg(long, value_name = "TSV")]
    requirements: Option<String>,
    /// The container image to run in, with `upheld` and `git` in it
    #[arg(long, value_name = "IMAGE", conflicts_with = "install")]
    image: Option<String>,
    /// The command that puts `upheld` on the path
    #[arg(long, value_name = "COMMAND")]
    install: Option<String>,
    /// The branch that is checked after each push
    #[arg(long, value_name = "NAME", default_value = "main")]
    branch: String,
    /// Clauses that nobody has reviewed are findings
    #[arg(long)]
    strict: bool,
    /// Write the file below this folder, the root of the repository; an existing one stays
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, default_missing_value = ".")]
    write: Option<PathBuf>,
}

const EXAMPLES: &str = "\
It runs `check`, `fmt --check`, `test` and, with `--requirements`, `trace`; on a pull request it
comments what the change means (`upheld diff`). The text is printed; `--write` puts it where the
code host looks for it.

Examples:
  upheld ci github --image registry.example.org/upheld:0.1 --write
  upheld ci gitlab --install \"install -m 755 tools/upheld /usr/local/bin/\" --policy legal/privacy.md
  upheld ci pre-commit --write";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Host {
    /// GitHub Actions: .github/workflows/upheld.yml
    Github,
    /// GitLab CI: .gitlab/upheld.yml, to be included
    Gitlab,
    /// The pre-commit framework: .pre-commit-config.yaml
    PreCommit,
}

impl Host {
    const fn template(self) -> &'static str {
        match self {
            Self::Github => include_str!("../../templates/github.yml"),
            Self::Gitlab => include_str!("../../templates/gitlab.yml"),
            Self::PreCommit => include_str!("../../templates/pre-commit.yaml"),
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Github => ".github/workflows/upheld.yml",
            Self::Gitlab => ".gitlab/upheld.yml",
            Self::PreCommit => ".pre-commit-config.yaml",
        }
    }
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let text = text(args)?;
    let Some(root) = &args.write else {
        print!("{text}");
        return Ok(ExitCode::SUCCESS);
    };
    let path = root.join(args.host.path());
    write_new(&path, &text, "run it without `--write` and merge the two")?;
    println!("wrote {}", path.display());
    Ok(ExitCode::SUCCESS)
}

fn text(args: &Args) -> Result<String> {
    plain("--policy", &args.policy)?;
    plain("--branch", &args.branch)?;
    if let Some(list) = &args.requirements {
        plain("--requirements", list)?;
    }
    let hosted = args.host != Host::PreCommit;
    if hosted && args.image.is_none() && args.install.is_none() {
        bail!(
            "say how `upheld` comes to the runner: `--image IMAGE` that has it, or `--install COMMAND` that fetches it"
        );
    }
    if let Some(image) = &args.image {
        plain("--image", image)?;
    }
    if let Some(install) = &args.install
        && (install.trim().is_empty() || install.chars().any(char::is_control))
    {
        bail!("`--install` is a command in one line");
    }
    let folder = Path::new(&args.policy).parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    let folder = if folder.is_empty() { folder } else { format!("{folder}/") };
    let list = args.requirements.iter().map(|list| format!("\"{list}\""));
    let policy = if folder.is_empty() {
        vec![format!("\"{}\"", args.policy), format!("\"{}.lock\"", stem(&args.policy))]
    } else if args.host == Host::Github {
        vec![format!("\"{folder}**\"")]
    } else {
        vec![format!("\"{folder}**/*\"")]
    };
    let paths = policy.into_iter().chain(list).collect::<Vec<_>>().join(", ");
    let files = format!("^{}", folder.replace('.', "\\."));
    let files =
        if folder.is_empty() { format!("^{}\\.(md|lock)$", stem(&args.policy).replace('.', "\\.")) } else { files };
    let traced = args.requirements.as_deref().map(|list| (list, &args.policy));
    let (container, install, trace) = match args.host {
        Host::Github => (
            args.image.as_ref().map(|image| format!("    container: {image}\n")),
            args.install.as_ref().map(|install| format!("      - name: Install\n        run: {}\n", quoted(install))),
            traced.map(|(list, _)| {
                format!("      - name: Requirements\n        run: upheld trace \"$POLICY\" --requirements {list}\n")
            }),
        ),
        Host::Gitlab => (
            args.image.as_ref().map(|image| format!("  image: {image}\n")),
            args.install.as_ref().map(|install| format!("  before_script:\n    - {}\n", quoted(install))),
            traced.map(|(list, _)| format!("    - upheld trace \"$POLICY\" --requirements {list}\n")),
        ),
        Host::PreCommit => (
            None,
            None,
            traced.map(|(list, policy)| {
                format!(
                    "      - id: upheld-trace\n        name: privacy policy, requirements\n        \
                     entry: upheld trace {policy} --requirements {list}\n        language: system\n        \
                     files: {files}\n        pass_filenames: false\n"
                )
            }),
        ),
    };
    let fill = [
        ("{container}", container.unwrap_or_default()),
        ("{install}", install.unwrap_or_default()),
        ("{trace}", trace.unwrap_or_default()),
        ("{strict}", if args.strict { " --strict".to_owned() } else { String::new() }),
        ("{policy}", args.policy.clone()),
        ("{paths}", paths),
        ("{branch}", args.branch.clone()),
        ("{files}", files),
    ];
    Ok(filled(args.host.template(), &fill).trim_end().to_owned() + "\n")
}

/// A template with its marks replaced. What a value brings along is no mark.
fn filled(template: &str, fill: &[(&str, String)]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let (value, mark) = match fill.iter().find(|(mark, _)| from.starts_with(mark)) {
            Some((mark, value)) => (value.as_str(), mark.len()),
            None => ("{", 1),
        };
        out.push_str(value);
        rest = &from[mark..];
    }
    out.push_str(rest);
    out
}

/// The name of a file without its ending.
fn stem(path: &str) -> String {
    Path::new(path).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A path or name that stands in YAML and in a shell as it is.
fn plain(flag: &str, value: &str) -> Result<()> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':' | '@');
    let relative = !value.starts_with(['/', '-', ':', '@']) && !value.split('/').any(|part| part == "..");
    if value.is_empty() || !value.chars().all(fits) || !relative {
        bail!(
            "`{flag}` is `{value}`: here only letters, digits and `. _ - / : @` can stand, from the root of the repository"
        );
    }
    Ok(())
}

/// A text as YAML writes it in double quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
