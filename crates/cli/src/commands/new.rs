//! `upheld new`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use upheld_document::{Source, nearest};

use crate::policy_file::{PolicyFile, count, write_new};

/// Begin a policy in a folder of its own.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The folder
    #[arg(required_unless_present = "list")]
    folder: Option<PathBuf>,
    /// The model policy to begin from
    #[arg(long, value_name = "NAME", default_value = BLANK)]
    from: String,
    /// List the model policies
    #[arg(long, conflicts_with_all = ["folder", "controller", "host", "contact"])]
    list: bool,
    /// Who answers for the policy, in place of the model's invented company
    #[arg(long, value_name = "NAME")]
    controller: Option<String>,
    /// Your host, in place of the model's (`example.org` for `www.model.example` makes `www.example.org`)
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// The address to write to
    #[arg(long, value_name = "ADDRESS")]
    contact: Option<String>,
}

const EXAMPLES: &str = "\
Writes `privacy.md` and its lock into the folder, which is made when it is not there. `--from` takes
one of the model policies: whole documents that compile, with worked examples, to be cut down to
what you do. Without it there is a minimal one. Say who you are, and the names are filled in.

Examples:
  upheld new --list
  upheld new privacy --controller \"Elm Row Ltd\" --host elmrow.example
  upheld new privacy --from hosting-2009";

const BLANK: &str = "blank";

/// The model policies, by name.
const MODELS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/models.rs"));

/// All that one can begin from.
fn models() -> impl Iterator<Item = (&'static str, &'static str)> {
    std::iter::once((BLANK, include_str!("../../templates/blank.md"))).chain(MODELS.iter().copied())
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    if args.list {
        list()?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some((name, text)) = models().find(|(name, _)| *name == args.from) else {
        let near = nearest(&args.from, models().map(|(name, _)| name));
        let near = near.map_or_else(|| "see `upheld new --list`".to_owned(), |near| format!("did you mean `{near}`?"));
        bail!("there is no model policy `{}`; {near}", args.from);
    };
    let folder = args.folder.as_deref().unwrap_or(Path::new("."));
    let path = folder.join("privacy.md");
    let model = Model::of(text)?;
    let text = model.filled(args)?;
    let text = upheld_policy::without_requirements(&Source::new(path.display().to_string(), text));
    // A name can be one that means something in a text. What does not compile is not written.
    let file = PolicyFile::of(path.clone(), text.clone());
    if file.policy().is_err() {
        bail!("with these names the model does not compile, and nothing was written; give others");
    }
    let other = "name another folder";
    if file.lock_path().exists() {
        bail!("`{}` is there already, and stays as it is; {other}", file.lock_path().display());
    }
    write_new(&path, &text, other)?;
    file.write_lock()?;
    println!("wrote {} and its lock, from `{name}`", path.display());
    for (what, given, words) in [
        ("--controller", args.controller.is_some(), &model.controller),
        ("--host", args.host.is_some(), &model.domain),
        ("--contact", args.contact.is_some(), &model.contact),
    ] {
        let times = text.matches(words.as_str()).count();
        if !given && times > 0 {
            println!("  still the model's: `{words}`, {} ({what} fills it in)", count(times, "place"));
        }
    }
    println!("next: upheld check {0} · upheld test {0} · upheld ci --help", path.display());
    Ok(ExitCode::SUCCESS)
}

fn list() -> Result<()> {
    let width = models().map(|(name, _)| name.len()).max().unwrap_or_default();
    for (name, text) in models() {
        let loaded = upheld_policy::load(&Source::new(name, text), None);
        let policy = loaded.policy.with_context(|| format!("the model `{name}` does not compile"))?;
        let title = policy.document.front.get("title").map_or("", |entry| entry.value.as_str());
        println!(
            "{name:<width$}  {title}: {}, {}, {}",
            count(policy.document.sections.iter().map(|section| section.clauses.len()).sum(), "clause"),
            count(policy.compiled.sentences.len(), "rule sentence"),
            count(policy.scenarios.len(), "scenario"),
        );
    }
    Ok(())
}

/// What in a model is invented, and gives way to who begins from it.
struct Model {
    text: &'static str,
    /// The whole name of its company.
    controller: String,
    /// The domain below which all its hosts are.
    domain: String,
    /// Its address.
    contact: String,
}

impl Model {
    fn of(text: &'static str) -> Result<Self> {
        let (document, ..) = upheld_document::parse(&Source::new("model", text), None);
        let value = |key: &str| document.front.get(key).map(|entry| entry.value.clone()).unwrap_or_default();
        let covers = value("covers");
        let hosts: Vec<&str> = covers.split(',').map(str::trim).collect();
        // The longest end that its hosts have in common, at a dot; of hosts in several domains, the domain of the shortest.
        let shortest = hosts.iter().copied().min_by_key(|host| host.len()).unwrap_or_default();
        let domain = std::iter::successors(Some(shortest), |domain| domain.split_once('.').map(|(_, rest)| rest))
            .find(|end| hosts.iter().all(|host| *host == *end || host.ends_with(&format!(".{end}"))))
            .filter(|end| end.contains('.'))
            .unwrap_or(shortest);
        let domain = domain.strip_prefix("www.").unwrap_or(domain).to_owned();
        Ok(Self { text, controller: value("controller"), domain, contact: value("contact") })
    }

    /// The text with the names of who begins from it.
    fn filled(&self, args: &Args) -> Result<String> {
        let mut text = self.text.to_owned();
        let mut old_contact = self.contact.clone();
        if let Some(host) = &args.host {
            let is_host = |part: &str| {
                !part.is_empty()
                    && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            };
            if !host.split('.').all(is_host) || !host.contains('.') {
                bail!("`{host}` is no host such as `example.org`: lower-case letters, digits, hyphens and dots");
            }
            let host = host.strip_prefix("www.").unwrap_or(host);
            text = text.replace(&self.domain, host);
            old_contact = old_contact.replace(&self.domain, host);
        }
        // After the host: a new address may hold what is the model's host.
        if let Some(contact) = &args.contact {
            one_line("--contact", contact)?;
            text = text.replace(&old_contact, contact);
        }
        if let Some(controller) = &args.controller {
            one_line("--controller", controller)?;
            text = text.replace(&self.controller, controller);
            // In its prose a company is called by the first word of its name.
            let short = self.controller.split_whitespace().next().unwrap_or_default();
            text = replaced_words(&text, short, controller);
        }
        Ok(self.renamed_sections(text))
    }

    /// The text with the names that sections have from their headings, where a heading was filled in: worked examples name them.
    fn renamed_sections(&self, text: String) -> String {
        let parsed = |text: &str| upheld_document::parse(&Source::new("model", text), None).0;
        let (before, after) = (parsed(self.text), parsed(&text));
        before
            .sections
            .iter()
            .zip(&after.sections)
            .filter(|(before, after)| before.slug != after.slug)
            .fold(text, |text, (before, after)| {
                text.replace(&format!(" {}.", before.slug), &format!(" {}.", after.slug))
            })
    }
}

/// The longest name that is filled in, in characters.
const LONGEST_NAME: usize = 200;

fn one_line(flag: &str, value: &str) -> Result<()> {
    if value.trim().is_empty()
        || value.chars().count() > LONGEST_NAME
        || value.chars().any(|c| c.is_control() || matches!(c, '"' | '`' | '{' | '}' | '[' | ']' | '<' | '>'))
    {
        bail!("`{flag}` is a name in one line of at most {LONGEST_NAME} letters, without quotes and brackets");
    }
    Ok(())
}

/// The text with a word replaced wherever it stands alone, outside of the rules' blocks.
fn replaced_words(text: &str, word: &str, by: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fence = false;
    for line in text.split_inclusive('\n') {
        if line.starts_with("```") {
            fence = !fence;
        }
        let mut rest = line;
        while let Some(at) = rest.find(word).filter(|_| !word.is_empty()) {
            let (before, from) = rest.split_at(at);
            let after = &from[word.len()..];
            let part = |c: char| c.is_alphanumeric() || c == '_';
            let alone = !before.ends_with(part) && !after.starts_with(part);
            // In a block only what is quoted is anybody's to read.
            let quoted = before.matches('"').count() % 2 == 1;
            out.push_str(before);
            out.push_str(if alone && (!fence || quoted) { by } else { word });
            rest = after;
        }
        out.push_str(rest);
    }
    out
}
