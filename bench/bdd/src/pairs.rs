//! What is compared: random policies with somebody's edit of each, and model policies without one of their sentences.

use anyhow::{Context, Result};
use upheld_document::Source;
use upheld_policy::Policy;

use crate::draw::{self, Sizes};

const RANDOM: u64 = 1_000;

/// Sentences that are taken out of a model policy, one at a time.
const VERSIONS: usize = 12;

/// Claims about a model policy.
const CLAIMS: usize = 24;

/// Two versions, and claims about the first.
pub struct Pair {
    pub name: String,
    pub old: Policy,
    pub new: Policy,
    /// Each with the policy that says it as a promise.
    pub claims: Vec<(String, Policy)>,
}

/// The table of a text, whether or not its rules agree with each other.
fn folded(text: &str) -> Policy {
    let read = upheld_policy::read(&Source::new("drawn.md", text), None);
    let (compiled, _) = upheld_policy::compile(&read.model);
    Policy { document: read.document, model: read.model, compiled, scenarios: Vec::new() }
}

/// The same text with a promise more.
fn with(text: &str, line: &str) -> String {
    text.replacen("```\n", &format!("{line}\n```\n"), 1)
}

pub fn random() -> Result<Vec<Pair>> {
    let mut out = Vec::new();
    for seed in 0..RANDOM {
        let [draft, other] = draw::drafts::<2>(Sizes::TINY, seed * 200);
        let (text, mut random, others) = (draft.text(), seed, other.text());
        let lines = others.lines().filter(|line| line.contains(" never ") && !line.starts_with(' '));
        let old = folded(&text);
        let claims = lines
            .filter(|line| upheld_policy::reason::prove(&old, &Source::new("claim", *line)).is_ok())
            .map(|line| (line.to_owned(), folded(&with(&text, line))))
            .collect();
        let new = folded(&draft.edited(&other, &mut random).text());
        out.push(Pair { name: format!("seed {seed}"), old, new, claims });
    }
    Ok(out)
}

pub fn models() -> Result<Vec<Pair>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut out = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(&folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    for file in files {
        let Ok(text) = std::fs::read_to_string(file.join("privacy.md")) else { continue };
        let name = file.file_name().context("a folder has a name")?.to_string_lossy().into_owned();
        let loaded = |text: &str| upheld_policy::load(&Source::new("privacy.md", text), None).policy;
        let old = loaded(&text).with_context(|| format!("{name} compiles"))?;
        let names = &old.compiled.names;
        let with_each = names
            .recipients
            .names()
            .filter(|name| !name.is_empty())
            .map(|name| format!("we never share identifying with {name}"));
        let for_each = names
            .purposes
            .names()
            .filter(|name| !name.is_empty())
            .map(|name| format!("we never use contact for {name}"));
        let lines: Vec<String> = with_each.chain(for_each).collect();
        let every = lines.len().div_ceil(CLAIMS).max(1);
        // A claim stands among the rules of the text: in its first block of these.
        let block = text.find("```upheld\n").context("a block of rules")?;
        let claims: Vec<_> = lines
            .into_iter()
            .step_by(every)
            .filter(|line| upheld_policy::reason::prove(&old, &Source::new("claim", line.as_str())).is_ok())
            .map(|line| {
                let claimed = format!("{}{}", &text[..block], with(&text[block..], &line));
                (line, folded(&claimed))
            })
            .collect();
        let mut versions: Vec<(String, Policy)> = Vec::new();
        let sentences: Vec<&str> = old.compiled.sentences.iter().map(|sentence| sentence.text.as_str()).collect();
        let rules: Vec<&str> =
            sentences.into_iter().filter(|text| text.contains(" may ") || text.contains(" never ")).collect();
        for rule in rules.iter().step_by(rules.len().div_ceil(VERSIONS * 2).max(1)) {
            if versions.len() < VERSIONS
                && let Some(without) = without(&text, rule)
                && let Some(policy) = loaded(&without)
            {
                versions.push(((*rule).to_owned(), policy));
            }
        }
        let mut claims = Some(claims);
        for (rule, new) in versions {
            let name = format!("{name} without `{rule}`");
            out.push(Pair { name, old: old.clone(), new, claims: claims.take().unwrap_or_default() });
        }
    }
    Ok(out)
}

/// A text without a sentence and the lines below it. None: it does not stand there in one piece.
fn without(text: &str, rule: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut found = false;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if !found && !line.starts_with(' ') && (words == rule || words.starts_with(&format!("{rule} keeps "))) {
            found = true;
            out.push("statement");
            while lines.next_if(|line| line.starts_with(' ')).is_some() {}
        } else {
            out.push(line);
        }
    }
    found.then(|| out.join("\n") + "\n")
}
