//! `upheld review`.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use upheld_document::{Drift, Words, nearest, word_diff};
use upheld_policy::review::{Reviewed, reviewed};

use crate::policy_file::{PolicyFile, count};

const HOW: &str = "\
Shows each clause that nobody has reviewed, or whose prose or rules changed since, and asks: accept,
skip or quit. What was accepted is written at once. Without a terminal, or with `--list`, it only
tells what is to be reviewed, and exits with 1 while there is any.";

/// Read prose and rules together, clause after clause, and note in `privacy.lock` who accepted them.
#[derive(clap::Args)]
#[command(after_help = HOW)]
pub(crate) struct Args {
    /// The policy: a Markdown file, or a folder with a `privacy.md`
    policy: PathBuf,
    /// Who reviews: a name for the lock
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Accept this clause (`marketing.2`) or section (`marketing`) as it is, without asking
    #[arg(long, value_name = "CLAUSE", num_args = 1.., requires = "by", conflicts_with = "all")]
    accept: Vec<String>,
    /// Accept every clause as it is, without asking
    #[arg(long, requires = "by")]
    all: bool,
    /// The day of the review (`2026-12-01`); left out: today
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// Only tell what is to be reviewed
    #[arg(long, conflicts_with_all = ["accept", "all"])]
    list: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let on = match &args.on {
        Some(text) => text.parse::<Date>().with_context(|| format!("`{text}` is not a date like 2026-12-01"))?,
        None => jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date(),
    };
    if args.policy.as_os_str() == "-" {
        bail!("a review is noted in the lock beside the policy; name a file");
    }
    let mut file = PolicyFile::read(&args.policy)?;
    let policy = file.policy()?;
    let clauses = reviewed(&file.source, &policy.document, &file.loaded.lock);
    let open: Vec<&Reviewed> = clauses.iter().filter(|clause| clause.drift != Drift::None).collect();
    if args.all || !args.accept.is_empty() {
        let by = args.by.as_deref().map(named).transpose()?.unwrap_or_default();
        let wanted = if args.all { open } else { chosen(&clauses, &args.accept)? };
        for clause in &wanted {
            file.loaded.lock.accept(&clause.clause, clause.accepted(by, &on.to_string()));
        }
        file.write_lock()?;
        println!("{} accepted by {by}", count(wanted.len(), "clause"));
        return Ok(ExitCode::SUCCESS);
    }
    if open.is_empty() {
        println!("{}: all {} reviewed as they are", file.path.display(), count(clauses.len(), "clause"));
        return Ok(ExitCode::SUCCESS);
    }
    if args.list || !std::io::stdin().is_terminal() {
        for clause in &open {
            let (line, _) = file.source.line_column(clause.span.start);
            println!("{}:{line}: {} {}", file.source.file(clause.span.start), clause.clause, state(clause.drift));
        }
        println!("{} to review", count(open.len(), "clause"));
        if !args.list {
            eprintln!("help: run it in a terminal, or say `--accept CLAUSE --by NAME` for what you have read");
        }
        return Ok(ExitCode::FAILURE);
    }
    ask(&mut file, &open.into_iter().cloned().collect::<Vec<_>>(), args.by.as_deref(), on)
}

/// A name that says something.
fn named(name: &str) -> Result<&str> {
    let name = name.trim();
    if name.is_empty() || name.chars().any(char::is_control) {
        bail!("say who reviews, in one line: a name for the lock");
    }
    Ok(name)
}

/// The clauses that are named, each by its id or its section.
fn chosen<'c>(clauses: &'c [Reviewed], names: &[String]) -> Result<Vec<&'c Reviewed>> {
    let mut out = Vec::new();
    for name in names {
        let of = |clause: &&Reviewed| {
            clause.clause == *name || clause.clause.rsplit_once('.').is_some_and(|(slug, _)| slug == name)
        };
        let before = out.len();
        out.extend(clauses.iter().filter(of));
        if out.len() == before {
            match nearest(name, clauses.iter().map(|clause| clause.clause.as_str())) {
                Some(near) => bail!("the policy has no clause `{name}`; did you mean `{near}`?"),
                None => bail!("the policy has no clause `{name}`; `--list` tells what is to be reviewed"),
            }
        }
    }
    Ok(out)
}

const fn state(drift: Drift) -> &'static str {
    match drift {
        Drift::NeverReviewed => "never reviewed",
        Drift::None => "as it was reviewed",
        Drift::Prose => "prose changed since its rules were reviewed",
        Drift::Rules => "rules changed since its prose was reviewed",
        Drift::Both => "prose and rules changed since they were reviewed",
    }
}

fn ask(file: &mut PolicyFile, open: &[Reviewed], by: Option<&str>, on: Date) -> Result<ExitCode> {
    let mut lines = std::io::stdin().lock().lines();
    let mut answer = |prompt: &str| -> Result<Option<String>> {
        print!("{prompt}");
        std::io::stdout().flush()?;
        Ok(lines.next().transpose()?.map(|line| line.trim().to_owned()))
    };
    let by = match by {
        Some(by) => by.to_owned(),
        None => answer("Who reviews? ")?.unwrap_or_default(),
    };
    let by = named(&by)?;
    let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let (mut accepted, mut seen) = (0, 0);
    'clauses: for (at, clause) in open.iter().enumerate() {
        println!("\n{} of {} · {}", at + 1, open.len(), harmless(&shown(clause, color)));
        loop {
            let said = answer("[a]ccept · [s]kip · [q]uit? ")?;
            match said.as_deref().map(str::to_lowercase).as_deref() {
                Some("a" | "accept" | "y" | "yes") => {
                    file.loaded.lock.accept(&clause.clause, clause.accepted(by, &on.to_string()));
                    file.write_lock()?;
                    accepted += 1;
                    break;
                }
                Some("s" | "skip" | "n" | "no") => break,
                None | Some("q" | "quit") => break 'clauses,
                Some(_) => println!("a, s or q"),
            }
        }
        seen += 1;
    }
    let left = open.len() - accepted;
    println!("\n{} accepted, {} skipped, {left} left to review", accepted, seen.max(accepted) - accepted);
    Ok(if left == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A clause as a reviewer reads it: its prose, its rules, and what changed in either.
fn shown(clause: &Reviewed, color: bool) -> String {
    let mut out = format!("{} · {} · {}\n", clause.section, clause.clause, state(clause.drift));
    if let Some(last) = &clause.last {
        out.push_str(&format!("last reviewed on {} by {}\n", last.on(), last.by()));
    }
    let changed = |old: Option<&str>, new: &str| match old {
        Some(old) if old != new => marked(&word_diff(old, new), color),
        _ => new.to_owned(),
    };
    out.push('\n');
    let prose = changed(clause.last.as_ref().map(|last| last.prose_text()), &clause.prose);
    out.push_str(&wrapped(if prose.is_empty() { "(no prose)" } else { &prose }));
    out.push('\n');
    let rules = rules(clause.last.as_ref().map(|last| last.rules_text()), &clause.rules, color);
    out.push_str(if rules.is_empty() { "    (no rules)\n" } else { &rules });
    out
}

/// Rules line by line; a line that changed is shown word by word.
fn rules(old: Option<&str>, new: &str, color: bool) -> String {
    let Some(old) = old.filter(|old| *old != new) else {
        return new.lines().map(|line| format!("    {line}\n")).collect();
    };
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let above = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let below = old.iter().skip(above).rev().zip(new.iter().skip(above).rev()).take_while(|(a, b)| a == b).count();
    let mut out: String = new.iter().take(above).map(|line| format!("    {line}\n")).collect();
    let gone: Vec<&str> = old.iter().take(old.len() - below).skip(above).copied().collect();
    let come: Vec<&str> = new.iter().take(new.len() - below).skip(above).copied().collect();
    if gone.len() == come.len() {
        for (gone, come) in gone.iter().zip(&come) {
            let blanks = &come[..come.len() - come.trim_start().len()];
            out.push_str(&format!("  ~ {blanks}{}\n", marked(&word_diff(gone, come), color)));
        }
    } else {
        out.extend(gone.iter().map(|line| format!("  - {}\n", painted(line, "31", color))));
        out.extend(come.iter().map(|line| format!("  + {}\n", painted(line, "32", color))));
    }
    out.extend(new.iter().skip(new.len() - below).map(|line| format!("    {line}\n")));
    out
}

/// What goes stands in `[-…-]`, what comes in `{+…+}`, in colour where there is one.
fn marked(words: &[Words], color: bool) -> String {
    let one = |words: &Words| match words {
        Words::Same(words) => words.clone(),
        Words::Gone(words) => painted(&format!("[-{words}-]"), "31", color),
        Words::New(words) => painted(&format!("{{+{words}+}}"), "32", color),
    };
    words.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn painted(text: &str, paint: &str, color: bool) -> String {
    // The text is a policy's: it must not steer the terminal.
    let text = text.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}");
    if color { format!("\u{1b}[{paint}m{text}\u{1b}[0m") } else { text }
}

/// Without characters that steer a terminal, but for the colours of our own.
fn harmless(text: &str) -> String {
    let ours = ["\u{1b}[31m", "\u{1b}[32m", "\u{1b}[0m"];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(own) = ours.iter().find(|own| rest.starts_with(**own)) {
            out.push_str(own);
            rest = &rest[own.len()..];
            continue;
        }
        let steers = (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        out.push(if steers { '\u{fffd}' } else { c });
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// Lines of at most 96 characters.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    let mut width = 0;
    for word in text.split_whitespace() {
        let long = word.chars().count();
        if width > 0 && width + 1 + long > 96 {
            out.push('\n');
            width = 0;
        } else if width > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += long;
    }
    out.push('\n');
    out
}
