//! Reading a policy and the lock beside it.

use std::io::{IsTerminal, Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use upheld_document::{Diagnostic, Format, Lock, Severity, Source};
use upheld_policy::Loaded;

/// The longest policy that is read, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// How diagnostics are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Style {
    /// Source lines with underlines.
    #[default]
    Human,
    /// One statement a line, for screen readers and `grep`.
    Plain,
    /// For machines.
    Json,
}

impl Style {
    pub(crate) fn format(self) -> Format {
        match self {
            Self::Human => {
                Format::Human { color: std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() }
            }
            Self::Plain => Format::Plain,
            Self::Json => Format::Json,
        }
    }
}

/// How a text becomes a policy.
type Loader = fn(&Source, Option<&Lock>) -> Loaded;

/// A policy as read from a file.
pub(crate) struct PolicyFile {
    pub(crate) path: PathBuf,
    pub(crate) source: Source,
    pub(crate) loaded: Loaded,
    /// The lock's text before it was brought up to date; none: there was no file.
    lock_before: Option<String>,
}

impl PolicyFile {
    /// Reads `path` (`-` is standard input; a folder means its `privacy.md`) and the lock beside it, and loads the policy.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        Self::read_with(path, upheld_policy::load)
    }

    /// The same, with all that is found in the policy as a whole, `strict`ly with clauses that nobody has reviewed; `rules` in a
    /// file of their own, whatever the front matter says.
    pub(crate) fn check_with(path: &Path, rules: Option<&Path>, strict: bool) -> Result<Self> {
        Self::read_beside(path, rules, if strict { upheld_policy::check_strictly } else { upheld_policy::check })
    }

    fn read_with(path: &Path, load: Loader) -> Result<Self> {
        Self::read_beside(path, None, load)
    }

    fn read_beside(path: &Path, rules: Option<&Path>, load: Loader) -> Result<Self> {
        if path.as_os_str() == "-" {
            let text = read_bounded(std::io::stdin().lock(), "standard input")?;
            if rules.is_some() {
                bail!("rules in a file of their own belong to a text in a file; name it");
            }
            return Ok(Self::load(path.to_owned(), Source::new("<stdin>", text), None, None, load));
        }
        let path = if path.is_dir() { path.join("privacy.md") } else { path.to_owned() };
        let file =
            std::fs::File::open(&path).with_context(|| format!("cannot open the policy `{}`", path.display()))?;
        let text = read_bounded(file, &path.display().to_string())?;
        let lock_before = match std::fs::read_to_string(lock_path(&path)) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read the lock `{}`", lock_path(&path).display()));
            }
        };
        let lock = lock_before.as_deref().map(Lock::parse).transpose().with_context(|| {
            format!("the lock `{}` is damaged; restore it from version control", lock_path(&path).display())
        })?;
        let source = Source::new(path.display().to_string(), text);
        let Some(rules) = rules.map(Path::to_owned).or_else(|| beside(&path, &source)) else {
            return Ok(Self::load(path, source, lock.as_ref(), lock_before, load));
        };
        let name = rules.display().to_string();
        let file = std::fs::File::open(&rules).with_context(|| format!("cannot open the rules `{name}`"))?;
        let rules = Source::new(name.clone(), read_bounded(file, &name)?);
        let (source, unbound) = upheld_document::with_rules(&source, &rules, lock.as_ref());
        let mut file = Self::load(path, source, lock.as_ref(), lock_before, load);
        if !unbound.is_empty() {
            // Rules that belong nowhere would be rules that nobody keeps.
            file.loaded.policy = None;
            file.loaded.diagnostics.extend(unbound);
        }
        Ok(file)
    }

    /// A text that is not written yet, without a lock.
    pub(crate) fn of(path: PathBuf, text: String) -> Self {
        let source = Source::new(path.display().to_string(), text);
        Self::load(path, source, None, None, upheld_policy::load)
    }

    /// Where the lock beside the policy is.
    pub(crate) fn lock_path(&self) -> PathBuf {
        lock_path(&self.path)
    }

    fn load(path: PathBuf, source: Source, lock: Option<&Lock>, lock_before: Option<String>, load: Loader) -> Self {
        let mut loaded = load(&source, lock);
        upheld_service::scenario::show_refuted(&source, &mut loaded);
        Self { path, source, loaded, lock_before }
    }

    /// The lock beside the policy, brought up to date; none when there is no file.
    pub(crate) fn lock(&self) -> Option<&Lock> {
        self.lock_before.as_ref().map(|_| &self.loaded.lock)
    }

    /// Whether the lock beside the policy would change.
    pub(crate) fn lock_is_stale(&self) -> bool {
        self.path.as_os_str() != "-" && self.lock_before.as_deref() != Some(self.loaded.lock.to_text().as_str())
    }

    /// Writes the lock beside the policy when it has changed.
    pub(crate) fn write_lock(&self) -> Result<()> {
        if self.lock_is_stale() {
            let path = lock_path(&self.path);
            std::fs::write(&path, self.loaded.lock.to_text())
                .with_context(|| format!("cannot write the lock `{}`", path.display()))?;
        }
        Ok(())
    }

    /// The policy, or its errors on standard error.
    pub(crate) fn policy(&self) -> Result<&upheld_policy::Policy> {
        match &self.loaded.policy {
            Some(policy) => Ok(policy),
            None => {
                let errors: Vec<Diagnostic> =
                    self.loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).cloned().collect();
                eprint!("{}", upheld_document::print(&errors, &self.source, Style::Human.format()));
                bail!("the policy has {}; see `upheld check {}`", count(errors.len(), "error"), self.path.display())
            }
        }
    }
}

/// The file of rules that the front matter names, seen from the policy.
fn beside(policy: &Path, source: &Source) -> Option<PathBuf> {
    let (document, ..) = upheld_document::parse(source, None);
    let entry = document.front.get("rules").filter(|entry| !entry.value.is_empty())?;
    Some(policy.parent().unwrap_or(Path::new("")).join(&entry.value))
}

fn lock_path(policy: &Path) -> PathBuf {
    policy.with_extension("lock")
}

/// Writes a file that is not there yet, with the folders above it. `instead` says what to do when it is there.
pub(crate) fn write_new(path: &Path, text: &str, instead: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    }
    let mut file = match std::fs::OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("`{}` is there already, and stays as it is; {instead}", path.display())
        }
        Err(error) => return Err(error).with_context(|| format!("cannot write `{}`", path.display())),
    };
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write `{}`", path.display()))
}

pub(crate) fn read_bounded(from: impl Read, name: &str) -> Result<String> {
    let mut bytes = Vec::new();
    from.take(LONGEST + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read `{name}`"))?;
    if bytes.len() as u64 > LONGEST {
        bail!("`{name}` is longer than 4 MiB; a policy is a text that people read");
    }
    String::from_utf8(bytes).map_err(|error| {
        anyhow::anyhow!(
            "`{name}` is not UTF-8 (first bad byte at {}); save it as UTF-8 and try again",
            error.utf8_error().valid_up_to()
        )
    })
}

/// `1 error`, `2 errors`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
