//! Upheld measured beside its peers, both in one run, in turns.
//!
//! `cargo run --release -- decide` (or `language`, `acts`, `http`, `weblog`, `all`) prints tables in Markdown: the figures in
//! `docs/performance.md` are theirs.

mod acts;
mod count;
mod decide;
mod http;
mod language;
mod load;
mod machine;
mod report;
mod sample;
mod weblog;

use std::process::ExitCode;

use anyhow::Result;

type Part = fn() -> Result<()>;

/// What can be measured.
const PARTS: [(&str, Part); 5] = [
    ("decide", decide::run),
    ("language", language::run),
    ("acts", acts::run),
    ("http", http::run),
    ("weblog", weblog::run),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let names = PARTS.map(|(name, _)| name);
    let known = |word: &String| word == "all" || names.contains(&word.as_str());
    if wanted.is_empty() || !wanted.iter().all(known) {
        eprintln!("say what to measure: {}, all", names.join(", "));
        return ExitCode::from(2);
    }
    machine::print();
    for (name, run) in PARTS {
        if !wanted.iter().any(|word| word == "all" || word == name) {
            continue;
        }
        println!("\n## {name}");
        if let Err(error) = run() {
            eprintln!("{name}: {error:?}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
