//! `upheld explain`.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Result, bail};
use upheld_policy::codes::{PAGES, Page, nearest_code, page};

/// Explain a code that `upheld check` prints; without one, list them all.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The code, for example UP0203
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

fn bold() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// A page for a terminal: headings without marks, examples indented.
fn readable(page: &Page, bold: bool) -> String {
    let (on, off) = if bold { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let mut out = String::new();
    let mut fence: Option<&str> = None;
    for line in page.text.lines() {
        let marks = &line[..line.bytes().take_while(|b| *b == b'`').count()];
        match fence {
            None if marks.len() >= 3 => fence = Some(marks),
            Some(open) if line == open => fence = None,
            Some(_) if line.is_empty() => out.push('\n'),
            Some(_) => out.push_str(&format!("    {line}\n")),
            None => match line.strip_prefix("# ").or_else(|| line.strip_prefix("## ")) {
                Some(_) if line.starts_with("# ") => {
                    let title = page.title();
                    out.push_str(&format!("{on}{} ({}){off}: {title}\n", page.code, page.severity.word()));
                }
                Some(heading) => out.push_str(&format!("{on}{heading}{off}\n")),
                None => out.push_str(&format!("{line}\n")),
            },
        }
    }
    out
}
