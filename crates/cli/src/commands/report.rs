//! `upheld report`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use jiff::civil::Date;
use upheld_service::{AccessKind, Caller, Release, Totals, Verb};

use crate::config::StoreArgs;

/// Release a declared report for a period that is over, and draw it. A period is worked out once and never again: groups of
/// too few people stand together, and counts are rounded.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The report, as the policy declares it
    report: String,
    /// What for
    #[arg(long = "for", value_name = "PURPOSE")]
    purpose: String,
    /// Who asks: a role that works on the purpose
    #[arg(long = "as", value_name = "ROLE")]
    acts_as: String,
    /// The recipient, when it leaves the service
    #[arg(long, value_name = "RECIPIENT")]
    with: Option<String>,
    /// Any day of the period (`2026-11-20`); left out: the last one that is over
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table with bars.
    #[default]
    Human,
    /// For machines.
    Json,
    /// A drawing.
    Svg,
    /// A page with the drawing and a table, for a browser.
    Html,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let service = args.store.open()?;
    let on = match &args.on {
        Some(text) => Some(text.parse::<Date>().with_context(|| format!("`{text}` is not a date like 2026-11-20"))?),
        None => None,
    };
    // Who may run this command may read the keys of the store: no token is asked for.
    let caller = Caller {
        key: "command-line".to_owned(),
        kind: AccessKind::Human,
        acts_as: Some(args.acts_as.clone()),
        verbs: vec![Verb::Use, Verb::Share],
        points: Vec::new(),
        purposes: Vec::new(),
        may_act: true,
    };
    let release = Release { report: args.report.clone(), on, r#for: args.purpose.clone(), with: args.with.clone() };
    let act = service.report(&caller, release)?;
    let Some(totals) = act.result else {
        let cited: Vec<String> =
            act.answer.because.iter().map(|cited| format!("{}: {}", cited.clause, cited.sentence)).collect();
        eprintln!("refused: {}", act.answer.reason.sentence());
        cited.iter().for_each(|cited| eprintln!("  {cited}"));
        eprintln!("log entry {}", act.log);
        return Ok(ExitCode::FAILURE);
    };
    let text = match args.format {
        Format::Human => human(&totals, act.log),
        Format::Json => serde_json::to_string_pretty(&totals)? + "\n",
        Format::Svg => svg(&totals),
        Format::Html => html(&totals),
    };
    match &args.out {
        None => print!("{text}"),
        Some(path) if path.is_dir() => bail!("`{}` is a folder; name a file", path.display()),
        Some(path) => {
            std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
            eprintln!("written to `{}`; log entry {}", path.display(), act.log);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The rows of a report: what they are called, and how many.
fn rows(totals: &Totals) -> Vec<(String, u64)> {
    let name = |values: &[String]| {
        let told = |value: &String| if value.is_empty() { "not known".to_owned() } else { value.clone() };
        values.iter().map(told).collect::<Vec<_>>().join(" · ")
    };
    let mut out: Vec<_> = totals.groups.iter().map(|group| (name(&group.values), group.count)).collect();
    out.extend(totals.others.map(|others| ("all others together".to_owned(), others)));
    out
}

fn human(totals: &Totals, log: u64) -> String {
    const BAR: u64 = 30;
    let mut out = String::new();
    let rows = rows(totals);
    let most = rows.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(50);
    let _ = writeln!(
        out,
        "{} by {}, {} to {} (exclusive): groups of at least {}, rounded",
        totals.report,
        totals.by.join(" and "),
        totals.from,
        totals.until,
        totals.least
    );
    for (name, n) in &rows {
        let bar = usize::try_from(n * BAR / most).unwrap_or(0);
        let _ = writeln!(out, "  {name:<width$} {n:>9}  {}", "#".repeat(bar));
    }
    if rows.is_empty() {
        let _ = writeln!(out, "  nothing: no group has so many, nor have all of them together");
    }
    let _ = writeln!(out, "released {} under version {}; log entry {log}", totals.released, totals.version);
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn title(totals: &Totals) -> String {
    format!("{} by {}, {} to {}", totals.report, totals.by.join(" and "), totals.from, totals.until)
}

/// Bars beside their names. It stands by itself: no script, no font from elsewhere.
fn svg(totals: &Totals) -> String {
    const ROW: usize = 28;
    const NAMES: usize = 260;
    const BARS: u64 = 380;
    let rows = rows(totals);
    let most = rows.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
    let height = ROW * (rows.len().max(1) + 2);
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 {height}\" role=\"img\" aria-labelledby=\"title\" \
         font-family=\"system-ui, sans-serif\" font-size=\"14\">\n<title id=\"title\">{0}</title>\n\
         <text x=\"0\" y=\"18\" font-weight=\"600\">{0}</text>\n",
        escaped(&title(totals))
    );
    for (index, (name, n)) in rows.iter().enumerate() {
        let y = ROW * (index + 1) + 12;
        let length = (n * BARS / most).max(1);
        let short: String = name.chars().take(34).collect();
        let short = if short.len() < name.len() { format!("{short}…") } else { short };
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{}\" y=\"{y}\" width=\"{length}\" height=\"18\" rx=\"2\" fill=\"#2c6e63\"/>\
             <text x=\"{}\" y=\"{}\">{n}</text>",
            NAMES - 10,
            y + 14,
            escaped(&short),
            NAMES,
            NAMES as u64 + length + 8,
            y + 14,
        );
    }
    let _ = writeln!(
        out,
        "<text x=\"0\" y=\"{}\" font-size=\"12\" fill=\"#555\">Groups of at least {}; counts are rounded.</text>\n</svg>",
        height - 8,
        totals.least
    );
    out
}

fn html(totals: &Totals) -> String {
    let mut table = String::new();
    for (name, n) in rows(totals) {
        let _ = writeln!(table, "<tr><th scope=\"row\">{}</th><td>{n}</td></tr>", escaped(&name));
    }
    let title = escaped(&title(totals));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n<style>\n\
         body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1c1c1c; background: #fff }}\n\
         svg {{ width: 100%; height: auto }}\ntable {{ border-collapse: collapse; width: 100% }}\n\
         th, td {{ text-align: left; padding: .3rem .5rem; border-bottom: 1px solid #ccc; overflow-wrap: anywhere }}\n\
         td {{ text-align: right; font-variant-numeric: tabular-nums }}\n</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         {}\n<table>\n<caption>Groups of at least {}; counts are rounded</caption>\n{table}</table>\n\
         <p>Released {} under version {} of the policy. A period is worked out once and not again.</p>\n</main>\n</body>\n</html>\n",
        svg(totals),
        totals.least,
        escaped(&totals.released),
        escaped(&totals.version)
    )
}
