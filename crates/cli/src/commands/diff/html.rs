//! The page for counsel: what changes, beside the words that change. One file, no script, nothing fetched.

use std::fmt::Write as _;

use upheld_document::{Words, word_diff};
use upheld_policy::reason::diff::{Deciding, Diff, Direction, Line, Prose};

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1c1b1a; --paper: #fbfaf7; --soft: #6b665e; --rule: #d9d4c8; --worse: #9a3412; --better: #166534;
        --gone: #fde8e0; --new: #e3f1e4 }
@media (prefers-color-scheme: dark) { :root { --ink: #ece8e1; --paper: #191817; --soft: #a8a197; --rule: #3a3733; --worse: #f0a37e;
        --better: #8fcf9a; --gone: #45241a; --new: #1d3a23 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 Georgia, 'Times New Roman', serif }
main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem 5rem }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem } h2 { font-size: 1.2rem; margin: 2.6rem 0 .6rem }
p { margin: .3rem 0 .8rem } .soft { color: var(--soft) } code { font: .87em/1.4 ui-monospace, Menlo, Consolas, monospace }
ol, ul { padding: 0; list-style: none; margin: 0 }
.change { border-top: 1px solid var(--rule); padding: .9rem 0; display: grid; grid-template-columns: 8rem 1fr; gap: .2rem 1.2rem }
.change > b { font-weight: 600 } .worse > b { color: var(--worse) } .better > b { color: var(--better) }
.change p { margin: 0 0 .35rem } .change .cited { font-size: .9rem; color: var(--soft); overflow-wrap: anywhere }
.redline { border-top: 1px solid var(--rule); padding: .9rem 0 } .redline h3 { font-size: .9rem; color: var(--soft); margin: 0 0 .3rem; font-weight: 400 }
del { background: var(--gone); text-decoration-color: var(--worse) } ins { background: var(--new); text-decoration: none }
@media (max-width: 40rem) { .change { grid-template-columns: 1fr } }
@media print { body { background: none } main { padding: 0 } .change, .redline { break-inside: avoid } }
";

pub(super) fn page(old: &str, new: &str, found: &Diff) -> String {
    let mut out = String::new();
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>What changes: {}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>What changes</h1>\n\
         <p class=\"soft\">from <em>{}</em> to <em>{}</em></p>\n<p>{}</p>\n",
        escaped(new),
        escaped(old),
        escaped(new),
        escaped(super::summary(found).trim_end()),
    );
    for (direction, heading) in [
        (Direction::Weaker, "Weaker for people"),
        (Direction::Stronger, "Stronger for people"),
        (Direction::Either, "Neither weaker nor stronger by itself"),
    ] {
        let lines: Vec<&Line> = found.lines.iter().filter(|line| line.direction == direction).collect();
        if lines.is_empty() {
            continue;
        }
        let _ = writeln!(out, "<section>\n<h2>{heading} ({})</h2>\n<ol>", lines.len());
        for line in lines {
            change(&mut out, line);
        }
        out.push_str("</ol>\n</section>\n");
    }
    if !found.prose.is_empty() {
        let _ = writeln!(out, "<section>\n<h2>The words ({})</h2>", found.prose.len());
        for prose in &found.prose {
            redline(&mut out, prose);
        }
        out.push_str("</section>\n");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn change(out: &mut String, line: &Line) {
    let class = match line.direction {
        Direction::Weaker => "worse",
        Direction::Stronger => "better",
        Direction::Either => "either",
    };
    let _ = writeln!(
        out,
        "<li class=\"change {class}\"><b>{}</b><div><p><code>{}</code></p>",
        escaped(line.kind.words()),
        escaped(&line.words)
    );
    if let Some(conditions) = super::conditions(line) {
        let _ = writeln!(out, "<p>{}</p>", escaped(&conditions));
    }
    for (side, all) in [("Before", &line.old), ("Now", &line.new)] {
        cited(out, side, all);
    }
    out.push_str("</div></li>\n");
}

fn cited(out: &mut String, side: &str, all: &[Deciding]) {
    if all.is_empty() {
        return;
    }
    let said: Vec<String> = all
        .iter()
        .map(|one| format!("{}, line {}: <code>{}</code>", escaped(&one.clause), one.line, escaped(&one.sentence)))
        .collect();
    let _ = writeln!(out, "<p class=\"cited\">{side}: {}</p>", said.join("; "));
}

fn redline(out: &mut String, prose: &Prose) {
    let _ = writeln!(
        out,
        "<div class=\"redline\"><h3>{}</h3><p>{}</p></div>",
        escaped(&prose.clause),
        words(&prose.old, &prose.new)
    );
}

/// The new text with what was taken out and put in, word by word.
fn words(old: &str, new: &str) -> String {
    let said = word_diff(old, new).into_iter().map(|run| match run {
        Words::Same(text) => escaped(&text),
        Words::Gone(text) => format!("<del>{}</del>", escaped(&text)),
        Words::New(text) => format!("<ins>{}</ins>", escaped(&text)),
    });
    said.collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
