//! `upheld diff`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use upheld_policy::reason::diff::{Deciding, Diff, Direction, Kind, Line, diff};

use crate::policy_file::{PolicyFile, count};

mod html;

/// Say what changes from one policy to another: what is newly permitted, forbidden or asked for, exactly, and each duty.
///
/// Exit code 0: nothing changes in meaning; 1: something does; 2: it could not be told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The policy as it was
    old: PathBuf,
    /// The policy as it is to be
    new: PathBuf,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Style,
    /// A list of changes with a column of requirement ids for each policy (TSV, first line names the columns; columns whose names
    /// begin with `id` are ids): a table says for each row which change shows it
    #[arg(long, value_name = "TSV")]
    compare: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Style {
    /// For a terminal.
    #[default]
    Text,
    /// For a pull request.
    Markdown,
    /// For machines.
    Json,
    /// One page for counsel, with all that it needs.
    Html,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let (old, new) = (PolicyFile::read(&args.old)?, PolicyFile::read(&args.new)?);
    let found = diff(old.policy()?, new.policy()?);
    let rows = args.compare.as_deref().map(|path| compare(path, &found)).transpose()?;
    match args.format {
        Style::Text => print!("{}", text(&found)),
        Style::Markdown if rows.is_some() => {}
        Style::Markdown => print!("{}", markdown(&found)),
        Style::Json if rows.is_some() => println!("{}", serde_json::to_string_pretty(&(&found, &rows))?),
        Style::Json => println!("{}", serde_json::to_string_pretty(&found)?),
        Style::Html => {
            let title = |file: &PolicyFile| {
                file.policy().map(|policy| {
                    format!("{}, version {}", policy.compiled.header.title, policy.compiled.header.version)
                })
            };
            print!("{}", html::page(&title(&old)?, &title(&new)?, &found));
        }
    }
    if let Some(rows) = rows.filter(|_| matches!(args.format, Style::Text | Style::Markdown)) {
        print!("{}", table(&rows));
    }
    Ok(if found.lines.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn cited(all: &[Deciding]) -> String {
    all.iter().map(|one| format!("{} (line {})", one.clause, one.line)).collect::<Vec<_>>().join("; ")
}

fn conditions(line: &Line) -> Option<String> {
    let said = |ways: &[String]| if ways.is_empty() { "always".to_owned() } else { ways.join(", or ") };
    match (line.before.is_empty(), line.now.is_empty(), line.about) {
        (true, true, _) => None,
        // What was never, or is no more, has no conditions on that side.
        (..) if line.kind == Kind::NewlyPermitted => Some(format!("when it is known: {}", said(&line.now))),
        (..) if line.kind == Kind::NewlyForbidden => Some(format!("it was, when it was known: {}", said(&line.before))),
        (_, _, "decision") => Some(format!("before: {}; now: {}", said(&line.before), said(&line.now))),
        (false, false, _) => Some(format!("before: {}; now: {}", line.before.join(", "), line.now.join(", "))),
        (false, true, _) => Some(format!("it was: {}", line.before.join(", "))),
        (true, false, _) => Some(line.now.join(", ")),
    }
}

fn summary(found: &Diff) -> String {
    if found.lines.is_empty() && found.prose.is_empty() {
        return "nothing changes, neither in meaning nor in prose\n".to_owned();
    }
    if found.lines.is_empty() {
        return format!("nothing changes in meaning; the prose of {} does\n", count(found.prose.len(), "clause"));
    }
    let of = |direction| found.lines.iter().filter(|line| line.direction == direction).count();
    format!(
        "{}: {} weaker for people, {} stronger, {} neither; {}\n",
        count(found.lines.len(), "change"),
        of(Direction::Weaker),
        of(Direction::Stronger),
        of(Direction::Either),
        if found.material { "material: people must hear of it" } else { "nothing is weaker for people" }
    )
}

fn text(found: &Diff) -> String {
    let mut out = String::new();
    for line in &found.lines {
        let sign = match line.direction {
            Direction::Weaker => '-',
            Direction::Stronger => '+',
            Direction::Either => '~',
        };
        let _ = writeln!(out, "{sign} {}: {}", line.kind.words(), line.words);
        if let Some(conditions) = conditions(line) {
            let _ = writeln!(out, "    {conditions}");
        }
        for (side, all) in [("old", &line.old), ("new", &line.new)] {
            if !all.is_empty() {
                let _ = writeln!(out, "    {side}: {}", cited(all));
            }
        }
    }
    out + &summary(found)
}

fn markdown(found: &Diff) -> String {
    let mut out = format!("**What changes.** {}\n", summary(found));
    if found.lines.is_empty() {
        return out;
    }
    out.push_str("| for people | what | old | new |\n|---|---|---|---|\n");
    for line in &found.lines {
        let conditions = conditions(line).map(|said| format!("<br>{}", cell(&said))).unwrap_or_default();
        let _ = writeln!(
            out,
            "| {} | {}: {}{conditions} | {} | {} |",
            match line.direction {
                Direction::Weaker => "weaker",
                Direction::Stronger => "stronger",
                Direction::Either => "–",
            },
            line.kind.words(),
            cell(&line.words),
            cell(&cited(&line.old)),
            cell(&cited(&line.new)),
        );
    }
    out
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// A row of a list of changes, and what shows it.
#[derive(serde::Serialize)]
struct Row {
    change: String,
    ids: Vec<String>,
    shown_by: Option<String>,
}

fn compare(path: &Path, found: &Diff) -> Result<Vec<Row>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the list `{}`", path.display()))?;
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let ids: Vec<usize> =
        columns.iter().enumerate().filter(|(_, name)| name.starts_with("id")).map(|(at, _)| at).collect();
    if ids.is_empty() {
        bail!("`{}` has no column whose name begins with `id`", path.display());
    }
    let mut rows = Vec::new();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let wanted: Vec<String> = ids
            .iter()
            .filter_map(|at| cells.get(*at))
            .flat_map(|cell| cell.split([',', ';', ' ']))
            .map(str::trim)
            .filter(|id| id.chars().any(|c| c.is_ascii_digit()))
            .map(str::to_owned)
            .collect();
        let shows = |line: &&Line| {
            let keeps: BTreeSet<&String> = line.old.iter().chain(&line.new).flat_map(|one| &one.keeps).collect();
            wanted.iter().any(|id| keeps.contains(id))
        };
        let shown_by = found.lines.iter().find(shows).map(|line| format!("{}: {}", line.kind.words(), line.words));
        rows.push(Row { change: cells.first().unwrap_or(&"").to_string(), ids: wanted, shown_by });
    }
    Ok(rows)
}

fn table(rows: &[Row]) -> String {
    let mut out = String::from("| change | ids | shown by |\n|---|---|---|\n");
    for row in rows {
        let shown = row.shown_by.as_deref().map_or_else(|| "–".to_owned(), cell);
        let _ = writeln!(out, "| {} | {} | {shown} |", row.change, row.ids.join(", "));
    }
    let shown = rows.iter().filter(|row| row.shown_by.is_some()).count();
    let _ = writeln!(out, "\n{shown} of {} shown.", count(rows.len(), "row"));
    out
}
