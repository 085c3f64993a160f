//! Whatever the text is: nothing panics, and every place is a place in the text.

use proptest::prelude::*;
use upheld_document::{Format, Lock, Source, parse, print};

const SAMPLE: &str = "---\nupheld: 1\ntitle: \"Privacy\"\ncovers: www.example.org, example.org\n---\n# Privacy\n\nWe *care*.\n\n```upheld\nstatement\n```\n\n## 1. Partners {#partners}\n\nWe never sell:\n\n1. names\n\n   ```upheld\n   we never sell name\n     except as aggregate # é\n   ```\n2. addresses\n\n> Quoted.\n>\n> ```scenario\n> ann at join with name \"Ann\"\n>\n> \tnothing of ann is held\n> ```\n\n| a | b |\n|---|---|\n| c | d |\n\n~~~upheld added\r\nrecipient x is processor\r\n~~~\n\n<!-- note -->\n\n[link]: https://example.org\n";

/// Pieces that Markdown and front matter give a meaning to.
const PIECES: [&str; 28] = [
    "---\n",
    "```",
    "```upheld\n",
    "```upheld added\n",
    "```scenario\n",
    "~~~",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "  ",
    "    ",
    "> ",
    "* ",
    "1. ",
    "# ",
    "## ",
    "{#a}",
    ": ",
    "<!--",
    "-->",
    "|",
    "\\",
    "\u{feff}",
    "é",
    "\u{0}",
    "title",
    "[a]: b\n",
];

fn holds(text: String) -> Result<(), TestCaseError> {
    let source = Source::new("p.md", text);
    let (document, lock, diagnostics) = parse(&source, None);
    let mut ids = std::collections::BTreeSet::new();
    let mut last = 0;
    for section in &document.sections {
        prop_assert!(section.heading.end <= section.body.start || section.level == 0);
        prop_assert!(source.text.get(section.body.range()).is_some());
        let _ = document.prose(&source, section);
        for clause in &section.clauses {
            prop_assert!(ids.insert(clause.id.clone()), "{} twice", clause.id);
            prop_assert!(source.text.get(clause.span.range()).is_some());
            for block in &clause.blocks {
                prop_assert!(block.span.start >= last, "blocks in order");
                last = block.span.end;
                for line in &block.lines {
                    let text = source.text.get(line.span.range());
                    prop_assert!(block.span.start <= line.span.start && line.span.end <= block.span.end);
                    prop_assert!(
                        text.is_some_and(|text| !text.is_empty()
                            && text == text.trim()
                            && !text.contains(['\n', '\r']))
                    );
                }
            }
        }
    }
    for entry in &document.front.entries {
        prop_assert_eq!(source.slice(entry.key_span), entry.key.as_str());
        prop_assert!(source.slice(entry.value_span).contains(&entry.value));
    }
    for format in [Format::Human { color: true }, Format::Human { color: false }, Format::Plain, Format::Json] {
        let _ = print(&diagnostics, &source, format);
    }
    let written = Lock::parse(&lock.to_text());
    prop_assert_eq!(written.ok(), Some(lock.clone()));
    let (again, lock_again, _) = parse(&source, Some(&lock));
    prop_assert_eq!(again, document);
    prop_assert_eq!(lock_again, lock);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        holds(text)?;
    }

    #[test]
    fn pieces(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..60)) {
        holds(pieces.concat())?;
        holds(format!("---\n---\n{}", pieces.concat()))?;
    }

    #[test]
    fn mutations(cuts in prop::collection::vec((0..SAMPLE.len(), 0..40_usize, prop::sample::select(PIECES.to_vec())), 1..6)) {
        let mut text = SAMPLE.to_owned();
        for (at, length, piece) in cuts {
            let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let end = (at + length..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
            text.replace_range(at..end, piece);
        }
        holds(text)?;
    }

    #[test]
    fn ids_survive_a_paragraph_above(before in 0..5_usize, words in "[a-z]{1,8}( [a-z]{1,8}){0,4}") {
        let paragraphs = ["We sell nothing.", "We keep it a year.", "Ask us.", "We are here.", "We write to you."];
        let text = |paragraphs: &[&str]| format!("---\n---\n## S\n\n{}\n", paragraphs.join("\n\n"));
        let ids = |text: String, lock: Option<&Lock>| {
            let (document, lock, _) = parse(&Source::new("p.md", text), lock);
            let clauses = document.sections.into_iter().flat_map(|section| section.clauses);
            (clauses.map(|clause| (clause.text, clause.id)).collect::<std::collections::BTreeMap<_, _>>(), lock)
        };
        let (first, lock) = ids(text(&paragraphs), None);
        let mut more = paragraphs.to_vec();
        more.insert(before, &words);
        let (second, _) = ids(text(&more), Some(&lock));
        for (paragraph, id) in &first {
            prop_assert_eq!(second.get(paragraph), Some(id));
        }
        let values: std::collections::BTreeSet<_> = second.values().collect();
        prop_assert_eq!(values.len(), 6);
    }
}

#[test]
fn the_sample_holds() {
    holds(SAMPLE.to_owned()).unwrap();
}
