//! Markdown to clauses: what belongs to what, and where it stands.

use upheld_document::{BlockKind, Document, LONGEST, Source, parse};

const FRONT: &str = "---\ntitle: Privacy\n---\n";

fn read(body: &str) -> (Source, Document, Vec<String>) {
    let source = Source::new("privacy.md", format!("{FRONT}{body}"));
    let (document, _, diagnostics) = parse(&source, None);
    (source, document, diagnostics.iter().map(|one| format!("{} {}", one.code, one.title)).collect())
}

/// Sections, clauses and lines as one text.
fn shape(body: &str) -> String {
    let (source, document, diagnostics) = read(body);
    let mut out = diagnostics.into_iter().map(|text| text + "\n").collect::<String>();
    for section in &document.sections {
        out += &format!("[{}] {} ({})\n", section.number, section.title, section.slug);
        for clause in &section.clauses {
            out += &format!("  {}: {}\n", clause.id, clause.text);
            for block in &clause.blocks {
                out += &format!("    {:?}\n", block.kind);
                for line in &block.lines {
                    out += &format!("      {}|{}\n", line.indent, source.slice(line.span));
                }
            }
        }
    }
    out
}

fn check(body: &str, expected: &str) {
    assert_eq!(shape(body).trim_end(), expected.trim_start_matches('\n').trim_end());
}

#[test]
fn a_rule_belongs_to_the_paragraph_above_it() {
    check(
        "# Privacy\n\nFirst.\n\nSecond *one*, in\ntwo lines.\n\n```upheld\nwe never sell anything # never\n\n  except as aggregate  \n```\n",
        "
[] Privacy (privacy)
  privacy.1: First.
  privacy.2: Second one, in two lines.
    Rules
      0|we never sell anything # never
      2|except as aggregate
",
    );
}

#[test]
fn headings_are_numbered_and_named() {
    check(
        "# P\n## 1. What *we* collect\n### 1.1 Forms\n### Visits {#web}\n## 2020\n#### Deep\n### Back\n## Forms\n",
        "
[] P (p)
[1] 1. What we collect (what-we-collect)
[1.1] 1.1 Forms (forms)
[1.2] Visits (web)
[2] 2020 (2020)
[2.1.1] Deep (deep)
[2.2] Back (back)
[3] Forms (forms-2)
",
    );
}

#[test]
fn a_name_given_twice_or_that_is_no_name_is_an_error() {
    let (_, _, diagnostics) = read("## A {#x}\n## B {#x}\n## C {#No_Name}\n");
    assert_eq!(
        diagnostics,
        ["UP0003 two headings have the name `x`", "UP0009 `No_Name` cannot be the name of a section"]
    );
}

#[test]
fn a_list_belongs_to_the_paragraph_above_it_and_a_block_to_the_item_it_stands_in() {
    check(
        "## L\n\nWe collect:\n\n1. your name\n   ```upheld\n   a\n     b\n   ```\n2. your address\n\n> Quoted.\n> ```scenario\n> x\n>\n>   y\n> ```\n",
        "
[1] L (l)
  l.1: We collect: your name your address
    Rules
      0|a
      2|b
  l.2: Quoted.
    Scenario
      0|x
      2|y
",
    );
}

#[test]
fn a_block_under_a_heading_has_a_clause_without_prose() {
    check(
        "## D\n```upheld added\nx\n```\n~~~~upheld\ny\n```\n~~~~\n",
        "
[1] D (d)
  d.1: 
    Added
      0|x
    Rules
      0|y
      0|```
",
    );
}

#[test]
fn text_before_any_heading_and_other_code_is_prose() {
    check(
        "Hello.\n\n```json\n{}\n```\n\n<!-- a note\n\nto self -->\n\n| a | b |\n|---|---|\n| c | d |\n",
        "
[]  (top)
  top.1: Hello. {} a b c d
",
    );
}

#[test]
fn carriage_returns_tabs_and_odd_blanks_keep_spans_exact() {
    let body = "## C\r\n\r\nProse.\r\n\r\n```upheld\r\none\r\n\ttwo é\u{a0}\r\n```\r\n";
    check(
        body,
        "
[1] C (c)
  c.1: Prose.
    Rules
      0|one
      4|two é
",
    );
    check(
        "* a\n\n  ```upheld\n  one\n\n \ttwo\n  ```\n",
        "\n[]  (top)\n  top.1: a\n    Rules\n      0|one\n      2|two\n",
    );
}

#[test]
fn an_unclosed_block_is_one_error_at_its_fence() {
    let (source, document, diagnostics) = read("## U\n\nP.\n\n````upheld\nwe\n```\n");
    assert_eq!(diagnostics, ["UP0001 this block is never closed"]);
    let (_, _, all) = parse(&source, None);
    assert_eq!(source.slice(all[0].span()), "````upheld");
    assert_eq!(document.sections[0].clauses[0].blocks[0].lines.len(), 2);
    // Code that is prose would swallow the rules below it all the same.
    assert_eq!(read("```json\n\n```upheld\nx\n").2, ["UP0001 this block is never closed"]);
    assert_eq!(read("```upheld").2, ["UP0001 this block is never closed"]);
    assert_eq!(read("* a\n  ```upheld\n  x\n\nb\n").2, ["UP0001 this block is never closed"]);
}

#[test]
fn a_fence_that_nearly_says_upheld_is_an_error() {
    let (_, document, diagnostics) = read("P.\n\n```uphold\nwe\n```\n\n```upheld aded\nx\n```\n\n```rust\nx\n```\n");
    assert_eq!(
        diagnostics,
        [
            "UP0010 this block is not `upheld`, and its lines are not read",
            "UP0010 this block is not `upheld added`, and its lines are not read"
        ]
    );
    assert!(document.sections[0].clauses.iter().all(|clause| clause.blocks.is_empty()));
}

#[test]
fn prose_without_blocks_is_what_people_read() {
    let (source, document, _) =
        read("# T\n\nSee [us][u].\n\n```upheld\nwe\n```\n\nMore.\n\n## N\n\nNext.\n\n[u]: https://example.org\n");
    assert_eq!(
        document.prose(&source, &document.sections[0]),
        "\nSee [us][u].\n\n\n\nMore.\n\n\n\n[u]: https://example.org"
    );
    assert_eq!(document.prose(&source, &document.sections[1]), "\nNext.\n\n[u]: https://example.org\n");
    assert_eq!(document.clause("t.2").map(|(_, clause)| source.slice(clause.span)), Some("More."));
    assert_eq!(document.clause("t.2").map(|(section, _)| section.name()), Some("T".to_owned()));
    assert_eq!(document.sections[1].name(), "§1 N");
    assert_eq!(document.section("n").map(|section| section.level), Some(2));
}

#[test]
fn a_text_that_is_too_long_is_one_error_and_an_empty_document() {
    let source = Source::new("long.md", "x".repeat(LONGEST + 1));
    let (document, _, diagnostics) = parse(&source, None);
    assert_eq!(document, Document::default());
    assert_eq!(diagnostics.iter().map(|one| one.code).collect::<Vec<_>>(), ["UP0002"]);
}

/// A text that a careless loop would take hours for.
#[test]
fn the_longest_texts_are_read_in_time() {
    for unit in ["# a\n", "a\n\n", "* ", "> ", "```upheld\na\n```\n", "[a]: b\n", "a: b\n", "<!--\n"] {
        let source = Source::new("long.md", format!("{FRONT}{}", unit.repeat(200_000 / unit.len())));
        let (_, lock, _) = parse(&source, None);
        let _ = parse(&source, Some(&lock));
    }
    let keys: String = (0..10_000).map(|n| format!("k{n}: v\n")).collect();
    let (document, _, _) = parse(&Source::new("keys.md", format!("---\n{keys}---\n")), None);
    assert_eq!(document.front.entries.len(), 10_000);
}

#[test]
fn kinds_of_blocks() {
    let (_, document, _) = read("```upheld\n```\n```upheld added\n```\n```scenario\n```\n");
    let kinds: Vec<_> = document.sections[0].clauses[0].blocks.iter().map(|block| block.kind).collect();
    assert_eq!(kinds, [BlockKind::Rules, BlockKind::Added, BlockKind::Scenario]);
}
