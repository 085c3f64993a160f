//! `upheld explain`.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Result, bail};
use upheld_policy::codes::{PAGES, Page, nearest_code, page};
use upheld_policy::laws::{CountsFrom, laws};

/// Explain a code that `upheld check` prints, or a law for which a period may ask; without one, list all codes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The code, for example UP0203, or the law, for example bookkeeping_law
    code: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let Some(code) = &args.code else {
        for page in PAGES {
            println!("{}  {:<7}  {}", page.code, page.severity.word(), page.title());
        }
        println!("\nupheld explain CODE says what one means, with an example");
        return Ok(ExitCode::SUCCESS);
    };
    if laws().iter().any(|law| law.name == *code) {
        print!("{}", of_law(code));
        return Ok(ExitCode::SUCCESS);
    }
    match page(code) {
        Some(page) => print!("{}", readable(page, bold())),
        None => match nearest_code(code) {
            // `up0203`, `203`: there is no doubt what was meant.
            Some(near) if near.to_lowercase().ends_with(&code.to_lowercase()) => {
                print!("{}", page(near).map(|page| readable(page, bold())).unwrap_or_default());
            }
            Some(near) => bail!("there is no code `{code}`; did you mean `{near}`?"),
            None => bail!("there is no code `{code}`; `upheld explain` lists them all"),
        },
    }
    Ok(ExitCode::SUCCESS)
}

/// What a law asks for in each country of the table, with the source of each number.
fn of_law(name: &str) -> String {
    let mut out = format!("{name}: for how long it asks that records are kept\n");
    for law in laws().iter().filter(|law| law.name == name) {
        let from = match law.counts_from {
            CountsFrom::Event => "counted from the event",
            CountsFrom::YearEnd => "counted from the end of the calendar year",
        };
        out.push_str(&format!("\n{}  {}; {from}\n", law.country, law.label));
        for asked in &law.periods {
            let back = if asked.reaches_back { ", also for what was still kept then" } else { "" };
            out.push_str(&format!("    {} years since {}{back}\n", asked.years, asked.from));
        }
        out.push_str(&format!("    source: {}\n    checked {}\n", law.source, law.checked));
    }
    out
}

fn bold() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// How wide prose is set.
const WIDTH: usize = 92;

/// A page for a terminal: headings without marks, examples indented, prose in lines that fit.
fn readable(page: &Page, bold: bool) -> String {
    let (on, off) = if bold { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let mut out = format!("{on}{} ({}){off}: {}\n", page.code, page.severity.word(), page.title());
    let mut fence: Option<&str> = None;
    let mut prose: Vec<&str> = Vec::new();
    for line in page.text.lines().skip(1) {
        let marks = &line[..line.bytes().take_while(|b| *b == b'`').count()];
        let is_prose = fence.is_none() && marks.len() < 3 && !line.is_empty() && !line.starts_with("## ");
        if is_prose {
            prose.extend(line.split_whitespace());
            continue;
        }
        fill(&mut prose, &mut out);
        match fence {
            None if marks.len() >= 3 => fence = Some(marks),
            Some(open) if line == open => fence = None,
            Some(_) if !line.is_empty() => out.push_str(&format!("    {line}\n")),
            None if !line.is_empty() => out.push_str(&format!("{on}{}{off}\n", line.trim_start_matches("## "))),
            _ => out.push('\n'),
        }
    }
    fill(&mut prose, &mut out);
    out
}

/// Sets words in lines.
fn fill(words: &mut Vec<&str>, out: &mut String) {
    let mut width = 0;
    for word in words.drain(..) {
        let more = word.chars().count();
        if width > 0 {
            let breaks = width + 1 + more > WIDTH;
            out.push(if breaks { '\n' } else { ' ' });
            width = if breaks { 0 } else { width + 1 };
        }
        out.push_str(word);
        width += more;
    }
    if width > 0 {
        out.push('\n');
    }
}
