//! Prints the story: sentences for people, or one JSON object a step.

use std::io::IsTerminal;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use upheld_decide::Reason;

use super::api::{Cited, Outcome};
use super::folder::Folder;
use super::servers::Servers;
use super::stage::Step;

/// The width that texts are wrapped to.
const WIDTH: usize = 96;

/// How the story is printed.
pub(super) enum Teller {
    /// For people.
    Human {
        /// With colours.
        color: bool,
        /// With signs beyond ASCII.
        signs: bool,
    },
    /// For machines.
    Json,
}

/// A step as a JSON object.
#[derive(Serialize)]
struct Line<'s> {
    scene: &'s str,
    actor: &'s str,
    act: &'s str,
    allowed: bool,
    reason: &'s str,
    clauses: Vec<&'s str>,
    because: &'s [Cited],
    /// Index of its entry; none for what is no act.
    log: Option<u64>,
}

#[derive(Clone, Copy)]
enum Ink {
    Bold,
    Dim,
    Green,
    Red,
}

impl Teller {
    /// For people: colours and signs only where they can be shown.
    pub(super) fn human() -> Self {
        let terminal = std::io::stdout().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self::Human { color: terminal && !plain && !dumb, signs: terminal && !dumb }
    }

    /// For machines.
    pub(super) fn json() -> Self {
        Self::Json
    }

    /// What was made before the day begins.
    pub(super) fn opening(&self, version: &str, entry: u64, folder: &Folder, servers: &Servers) {
        self.heading("Larchfield Hosting, one day");
        self.paragraph(&format!(
            "A fictitious company with a privacy policy that runs. Version {version} of it is in force (entry {entry} of the \
             log). Programs and staff speak to Upheld over HTTP with keys of their own; people use the company's web site. \
             Each line below is an act that was really asked for: done or refused, its place in the log in front, the \
             sentence of the policy under it.",
        ));
        self.line(&format!("  store {}", folder.store().display()), Some(Ink::Dim));
        self.line(&format!("  site {}   Upheld {}", servers.site, servers.upheld), Some(Ink::Dim));
    }

    /// A scene begins.
    pub(super) fn scene(&self, heading: &str, text: &str) {
        self.heading(heading);
        self.paragraph(text);
    }

    /// A step was done or refused.
    pub(super) fn step(&self, step: &Step<'_>) {
        let outcome = step.outcome;
        if matches!(self, Self::Json) {
            let mut clauses: Vec<&str> = outcome.because.iter().map(|cited| cited.clause.as_str()).collect();
            clauses.dedup();
            let line = Line {
                scene: step.scene,
                actor: step.actor,
                act: step.act,
                allowed: outcome.allowed,
                reason: &outcome.reason,
                clauses,
                because: &outcome.because,
                log: (outcome.log != u64::MAX).then_some(outcome.log),
            };
            println!("{}", serde_json::to_string(&line).unwrap_or_default());
            return;
        }
        let number = if outcome.log == u64::MAX { String::new() } else { outcome.log.to_string() };
        let ink = if outcome.allowed { Ink::Green } else { Ink::Red };
        let text = format!("{} {}", step.actor, step.act);
        for (index, line) in wrapped(&text, WIDTH - 12).into_iter().enumerate() {
            match index {
                0 => println!("  {} {}  {line}", self.inked(&format!("{number:>4}"), Ink::Dim), self.sign(ink)),
                _ => println!("           {line}"),
            }
        }
        for cited in outcome.because.iter().take(2) {
            self.under(&format!("{}{}  {}", self.section(cited), cited.clause, cited.sentence));
        }
        if let Some(more) = outcome.because.len().checked_sub(2).filter(|more| *more > 0) {
            self.under(&format!("and {more} more"));
        }
        if !outcome.allowed {
            self.under(&why(outcome));
        }
        if let Some(seen) = step.seen.clone().or_else(|| seen(outcome)) {
            self.under(&seen);
        }
    }

    /// A remark between the steps.
    pub(super) fn remark(&self, text: &str) {
        self.paragraph(text);
    }

    /// The day is over.
    pub(super) fn closing(&self, steps: usize, took: Duration, folder: &Folder) {
        self.heading("The day is over");
        self.paragraph(&format!(
            "{steps} steps in {:.1} seconds, each as it was told. Anybody can check the evidence, also while the servers run:",
            took.as_secs_f64(),
        ));
        if matches!(self, Self::Json) {
            eprintln!("the store is in `{}`", folder.path().display());
            return;
        }
        self.line(
            &format!(
                "  {} evidence verify --store {} --keys {}",
                shell(&std::env::args().next().unwrap_or_else(|| "upheld".to_owned())),
                shell(&folder.store().display().to_string()),
                shell(&folder.keys().display().to_string())
            ),
            None,
        );
    }

    /// What one can do while the servers are up.
    pub(super) fn afterwards(&self, folder: &Folder, servers: &Servers, token: &str, customer: &str) {
        let (site, upheld) = (&servers.site, &servers.upheld);
        if matches!(self, Self::Json) {
            let up = serde_json::json!({
                "site": site, "policy": format!("{upheld}/policy"), "api": format!("{upheld}/openapi.json"),
                "store": folder.store(), "keys": folder.keys()
            });
            println!("{up}");
            return;
        }
        self.heading("Now you");
        self.line(&format!("  the company's site     {site}"), None);
        self.line(&format!("  its privacy policy     {upheld}/policy"), None);
        self.line(&format!("  the API, described     {upheld}/openapi.json"), None);
        println!();
        self.paragraph("Be the mailer, with its key. Bob may be written to; try another purpose, or another person:");
        self.line(&format!("  curl -s {upheld}/v1/use -H 'Content-Type: application/json' \\"), None);
        self.line(&format!("    -H 'Authorization: Bearer {}' \\", token), None);
        let body = serde_json::json!({ "person": customer, "data": ["phone_number"], "for": "newsletter" });
        self.line(&format!("    -d '{body}'"), None);
        println!();
        self.line("Ctrl-C ends it. The store stays where it is.", Some(Ink::Bold));
    }

    fn heading(&self, text: &str) {
        if matches!(self, Self::Human { .. }) {
            println!();
            self.line(text, Some(Ink::Bold));
        }
    }

    fn paragraph(&self, text: &str) {
        if matches!(self, Self::Human { .. }) {
            wrapped(text, WIDTH).iter().for_each(|line| println!("{line}"));
        }
    }

    fn under(&self, text: &str) {
        for line in wrapped(&self.text(text), WIDTH - 12) {
            self.line(&format!("           {line}"), Some(Ink::Dim));
        }
    }

    fn line(&self, text: &str, ink: Option<Ink>) {
        if matches!(self, Self::Human { .. }) {
            println!("{}", ink.map_or_else(|| text.to_owned(), |ink| self.inked(text, ink)));
        }
    }

    /// A text with typographic signs, or without where they cannot be shown.
    fn text(&self, text: &str) -> String {
        match self {
            Self::Human { signs: false, .. } => text.replace(['“', '”'], "\"").replace('’', "'").replace('–', "-"),
            _ => text.to_owned(),
        }
    }

    fn sign(&self, ink: Ink) -> String {
        let signs = matches!(self, Self::Human { signs: true, .. });
        let sign = match (ink, signs) {
            (Ink::Green, true) => " ✓",
            (Ink::Green, false) => "ok",
            (_, true) => " ✗",
            (_, false) => "no",
        };
        self.inked(sign, ink)
    }

    fn section(&self, cited: &Cited) -> String {
        let sign = if matches!(self, Self::Human { signs: true, .. }) { "§" } else { "" };
        if cited.section.is_empty() { String::new() } else { format!("{sign}{} ", cited.section) }
    }

    fn inked(&self, text: &str, ink: Ink) -> String {
        let code = match ink {
            Ink::Bold => "1",
            Ink::Dim => "2",
            Ink::Green => "32",
            Ink::Red => "31",
        };
        match self {
            Self::Human { color: true, .. } => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            _ => text.to_owned(),
        }
    }
}

/// Why something was refused, in words.
fn why(outcome: &Outcome) -> String {
    let words = |reason: &str| match serde_json::from_value::<Reason>(Value::from(reason)) {
        Ok(reason) => reason.sentence().to_owned(),
        Err(_) => reason.replace('_', " "),
    };
    let mut text = format!("refused: {}", words(&outcome.reason));
    // What was lacking is a fact in the words of the table; only a name says more than the reason does.
    if outcome.reason == "not_declared" {
        text.push_str(&format!(" ({})", outcome.lacking.join(", ")));
    }
    for (name, reason) in outcome.fields.iter().filter(|(_, reason)| *reason != outcome.reason) {
        text.push_str(&format!("; {name}: {}", words(reason)));
    }
    text
}

/// What an act gave, in words.
fn seen(outcome: &Outcome) -> Option<String> {
    let words = |list: &Value| {
        let list = list.as_array().into_iter().flatten().filter_map(Value::as_str);
        Some(list.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
    };
    let result = &outcome.result;
    if let Some(values) = result.as_array() {
        let held = |held: &Value| Some(format!("{} \"{}\"", held["element"].as_str()?, held["value"].as_str()?));
        return Some(values.iter().filter_map(held).collect::<Vec<_>>().join(", "));
    }
    if let Some(stands) = result["stands"].as_bool() {
        let missing = words(&result["missing"]).map_or_else(String::new, |missing| format!("; it lacks: {missing}"));
        return Some(if stands {
            "the case stands".to_owned()
        } else {
            format!("the case does not stand yet{missing}")
        });
    }
    let stored = words(&result["stored"]).map(|stored| format!("kept: {stored}"));
    let dropped = words(&result["dropped"]).map(|dropped| format!("dropped: {dropped}"));
    let both: Vec<String> = [stored, dropped].into_iter().flatten().collect();
    (!both.is_empty()).then(|| both.join("; "))
}

/// Breaks a text into lines between words.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// A path as a shell reads it.
fn shell(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_broken_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("", 7), [""]);
        assert_eq!(wrapped("longerthanthat x", 7), ["longerthanthat", "x"]);
    }

    #[test]
    fn a_path_with_blanks_is_quoted() {
        assert_eq!(shell("/tmp/a-1/upheld.db"), "/tmp/a-1/upheld.db");
        assert_eq!(shell("/tmp/Ann's store"), "'/tmp/Ann'\\''s store'");
    }
}
