//! Formatting changes the layout of rules and nothing else: no prose, no meaning, and nothing the second time.

use std::path::Path;

use proptest::prelude::*;
use upheld_document::Source;
use upheld_policy::{format, load, meaning};

const POLICY: &str = include_str!("../../../policies/hosting-2009/privacy.md");
const SAMPLE: &str = include_str!("data/sample.md");

const FRONT: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\nProse  with   blanks.\n\n";

fn formatted(text: &str) -> String {
    format(&Source::new("privacy.md", text))
}

/// The lines of a block with these lines, formatted.
fn block(fence: &str, lines: &str) -> String {
    let text = format!("{FRONT}```{fence}\n{lines}\n```\n\nMore   prose.\n");
    let out = formatted(&text);
    assert_eq!(formatted(&out), out, "the second time nothing changes");
    let (before, rest) = out.split_once(&format!("```{fence}\n")).unwrap();
    let (lines, after) = rest.rsplit_once("```\n").unwrap();
    assert_eq!((before, after), (FRONT, "\nMore   prose.\n"));
    lines.to_owned()
}

/// What a policy means, and each of its sentences; lines may move.
fn means(text: &str) -> (String, usize) {
    let loaded = load(&Source::new("privacy.md", text), None);
    let policy = loaded.policy.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics));
    let mut compiled = policy.compiled;
    for sentence in &mut compiled.sentences {
        sentence.line = 0;
        // Blanks before a comma are no words.
        sentence.text.retain(|c| !c.is_whitespace());
    }
    let steps = policy.scenarios.iter().map(|scenario| scenario.steps.len() + scenario.shows.len()).sum();
    (meaning(&compiled), steps)
}

#[test]
fn words_commas_and_levels() {
    assert_eq!(
        block("upheld", "we   never use ,share   contact\n\n\n     except   for newsletter\n\texcept for delivery#ours\n  # whose?\nwe may use email for delivery"),
        "we never use, share contact\n\n  except for newsletter\n  except for delivery  # ours\n# whose?\nwe may use email for delivery\n"
            .replace("# ours", "#ours"),
    );
    assert_eq!(
        block("upheld", "ground fault\n    needs kind :small,large"),
        "ground fault\n  needs kind: small, large\n"
    );
    assert_eq!(
        block("scenario", "\nit is 2026-12-01   09:30\n   ann 's   email is held as \"a  b\""),
        "it is 2026-12-01 09:30\n  ann's email is held as \"a  b\"\n",
    );
}

#[test]
fn columns() {
    assert_eq!(
        block(
            "upheld",
            "we never sell anything keeps A-1\n  except email\nwe never use health   keeps A-2 ,A-3\n\nstatement keeps A-4"
        ),
        "we never sell anything    keeps A-1\n  except email\nwe never use health       keeps A-2, A-3\n\nstatement    keeps A-4\n",
    );
    assert_eq!(
        block(
            "upheld",
            "role web program \"Serves\",works on delivery\nrole office \"Runs all of it\", works on newsletter\nrole lead \"Leads\""
        ),
        "role web program \"Serves\",         works on delivery\nrole office      \"Runs all of it\", works on newsletter\nrole lead        \"Leads\"\n",
    );
    assert_eq!(
        block(
            "upheld",
            "person friend \"A friend\" \nperson acquaintance    \"Somebody\"\ncustomer may refuse newsletter \"News\" via link\ncustomer may refuse delivery via link"
        ),
        "person friend       \"A friend\"\nperson acquaintance \"Somebody\"\ncustomer may refuse newsletter \"News\" via link\ncustomer may refuse delivery via link\n",
    );
}

#[test]
fn what_cannot_be_read_stays() {
    assert_eq!(block("upheld", "we may   use email!  for newsletter"), "we may   use email!  for newsletter\n");
    assert_eq!(block("upheld", "purpose parcels  is delivery \"Bringing"), "purpose parcels  is delivery \"Bringing\n");
    assert_eq!(block("upheld", "nonsense ,here"), "nonsense, here\n");
    for text in [
        "no front matter, no block",
        "```upheld\nwe   may",
        &format!("{FRONT}```upheld\n```\n"),
        &format!("{FRONT}```rust\nlet  x = 1 ;\n```\n"),
    ] {
        assert_eq!(formatted(text), text);
    }
}

#[test]
fn blocks_in_lists_and_quotes_keep_their_place() {
    let text = format!(
        "{FRONT}- one\n\n  ```upheld\n  we  never sell anything\n     except email\n  ```\n\n> two\n>\n> ```upheld\n> statement  keeps A-1\n>\n>\n> statement\n> ```\n"
    );
    let expected = format!(
        "{FRONT}- one\n\n  ```upheld\n  we never sell anything\n    except email\n  ```\n\n> two\n>\n> ```upheld\n> statement    keeps A-1\n>\n> statement\n> ```\n"
    );
    assert_eq!(formatted(&text), expected);
    let windows = text.replace('\n', "\r\n");
    assert_eq!(formatted(&windows), expected.replace('\n', "\r\n"));
}

#[test]
fn policies_mean_the_same_formatted() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let mut texts = vec![SAMPLE.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap() {
        texts.extend(std::fs::read_to_string(entry.unwrap().path().join("privacy.md")));
    }
    assert!(texts.len() > 1);
    for text in texts {
        let out = formatted(&text);
        assert_eq!(formatted(&out), out);
        assert_eq!(means(&out), means(&text));
    }
}

/// The same policy with its layout damaged: `mess` tells what happens to each line of a block.
fn messed(mess: &[u8]) -> String {
    let mut out = String::new();
    let (mut inside, mut step) = (false, 0);
    for (line, mess) in POLICY.lines().zip(mess.iter().cycle()) {
        let fence = line.starts_with("```");
        if !inside || fence {
            inside = fence && !inside && (line.contains("upheld") || line.contains("scenario"));
            out.push_str(line);
            out.push('\n');
            step = mess % 4;
            continue;
        }
        let bare = line.trim_start();
        let deeper = line.len() - bare.len();
        // Within a block the step is one: lines stand below the same lines as before.
        out.push_str(&match step {
            0 => " ".repeat(deeper * 2),
            1 => "\t".repeat(deeper / 2),
            2 if deeper > 0 => " ".repeat(deeper + 1),
            _ => " ".repeat(deeper),
        });
        let mut quoted = false;
        for c in bare.chars() {
            quoted ^= c == '"';
            match c {
                ' ' if !quoted && mess & 4 != 0 => out.push_str("   "),
                ' ' if !quoted && mess & 8 != 0 => out.push('\t'),
                ',' if !quoted && mess & 16 != 0 => out.push_str(" ,"),
                _ => out.push(c),
            }
        }
        out.push_str(match mess >> 5 {
            0 | 1 => "\n",
            2 => "  \n",
            3 => "\n\n\n",
            4 => "   # a remark\n",
            5 => "\n# a remark\n",
            _ => "\n\n",
        });
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_damaged_layout_means_the_same_formatted(
        mess in prop_oneof![prop::collection::vec(any::<u8>(), 1..200), prop::collection::vec(0..96_u8, 1..200)],
    ) {
        let text = messed(&mess);
        let out = formatted(&text);
        prop_assert_eq!(means(&out), means(&text));
        prop_assert_eq!(&formatted(&out), &out);
        prop_assert!(!out.contains("\n\n\n"));
        // Without the remarks and empty lines it is what the policy itself becomes.
        if mess.iter().all(|mess| mess >> 5 <= 2) {
            prop_assert_eq!(out, formatted(POLICY));
        }
    }

    /// Whatever a text is, formatting takes nothing away and ends.
    #[test]
    fn any_text_keeps_its_letters(cuts in prop::collection::vec((0..SAMPLE.len(), 0..30_usize), 0..6)) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        for (at, len) in cuts {
            let at = at.min(bytes.len());
            let end = (at + len).min(bytes.len());
            bytes.drain(at..end);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let out = formatted(&text);
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(letters(&out), letters(&text));
        prop_assert_eq!(&formatted(&out), &out);
    }
}
