//! A policy without the requirements that it keeps and shows.

use upheld_document::{BlockKind, Source};

use super::blocks;
use super::line::keeps_at;
use crate::syntax::lexer::tokens;

/// The text without `keeps …` in its rules and `shows …` in its scenarios, laid out anew: they are ids of somebody's own list.
#[must_use]
pub fn without_requirements(source: &Source) -> String {
    let (document, ..) = upheld_document::parse(source, None);
    let mut gone: Vec<std::ops::Range<usize>> = Vec::new();
    for block in blocks(&document) {
        for line in &block.lines {
            let tokens = tokens(source, *line, &mut Vec::new());
            let first = tokens.first().map_or("", |token| source.slice(token.span));
            let whole = match block.kind {
                BlockKind::Scenario => first == "shows",
                BlockKind::Rules | BlockKind::Added => first == "keeps",
            };
            if whole {
                gone.push(whole_line(&source.text, line.span.range()));
            } else if block.kind != BlockKind::Scenario {
                let kept = tokens.get(keeps_at(&tokens)..).unwrap_or_default();
                if let (Some(from), Some(to)) = (kept.first(), kept.last()) {
                    let before = source.text.get(..from.span.start as usize).unwrap_or_default().trim_end().len();
                    gone.push(before..to.span.end as usize);
                }
            }
        }
    }
    let pieces: Vec<_> = gone.into_iter().map(|range| (range, String::new())).collect();
    super::format(&Source::new(source.name.clone(), super::replaced(&source.text, &pieces)))
}

/// The line with its end, so that none is left empty.
fn whole_line(text: &str, line: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let start = text.get(..line.start).and_then(|above| above.rfind('\n')).map_or(0, |end| end + 1);
    let end = text.get(line.end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |end| line.end + end + 1);
    start..end
}
