//! A damaged policy is answered with diagnostics: no panic, no endless run, whatever the damage. What still compiles goes on
//! through everything that is done with a policy: layout, comparison, proof.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use upheld_document::{Format, Severity, Source, print};
use upheld_policy::Policy;
use upheld_policy::reason::{diff::diff, prove};

const SAMPLE: &str = include_str!("data/sample.md");

/// Damage to a text.
#[derive(Clone, Debug)]
enum Damage {
    DeleteBytes(usize, usize),
    DuplicateBytes(usize, usize),
    SwapBytes(usize, usize),
    Insert(usize, String),
    DeleteLine(usize),
    DuplicateLine(usize),
    SwapLines(usize, usize),
    Indent(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = 0..SAMPLE.len();
    let line = 0..SAMPLE.lines().count();
    let words = prop::sample::select(vec![
        "may",
        "never",
        " except ",
        "but may ",
        ",",
        "\"",
        ":",
        "#",
        "```",
        "```upheld\n",
        "\n",
        "  ",
        "\t",
        "of",
        "keeps",
        "'s",
        "anyone",
        "99999999999",
        "2026-02-30",
        "é",
        "\u{202e}",
        "\u{0}",
        "for",
        "with",
        "if",
        "and",
        "or",
        "---\n",
        "is",
    ]);
    prop_oneof![
        (place.clone(), 1..40_usize).prop_map(|(at, count)| Damage::DeleteBytes(at, count)),
        (place.clone(), 1..40_usize).prop_map(|(at, count)| Damage::DuplicateBytes(at, count)),
        (place.clone(), place.clone()).prop_map(|(a, b)| Damage::SwapBytes(a, b)),
        (place, words).prop_map(|(at, word)| Damage::Insert(at, word.to_owned())),
        line.clone().prop_map(Damage::DeleteLine),
        line.clone().prop_map(Damage::DuplicateLine),
        (line.clone(), line.clone()).prop_map(|(a, b)| Damage::SwapLines(a, b)),
        (line, 0..9_usize).prop_map(|(at, by)| Damage::Indent(at, by)),
    ]
}

fn apply(text: &str, damage: &Damage) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let len = bytes.len().max(1);
    let line = |at: usize| at % lines.len().max(1);
    match damage {
        _ if bytes.is_empty() || lines.is_empty() => {}
        Damage::DeleteBytes(at, count) => drop(bytes.drain(at % len..(at % len + count).min(len))),
        Damage::DuplicateBytes(at, count) => {
            let piece = bytes[at % len..(at % len + count).min(len)].to_vec();
            bytes.splice(at % len..at % len, piece);
        }
        Damage::SwapBytes(a, b) => bytes.swap(a % len, b % len),
        Damage::Insert(at, word) => drop(bytes.splice(at % len..at % len, word.bytes())),
        Damage::DeleteLine(at) => drop(lines.remove(line(*at))),
        Damage::DuplicateLine(at) => lines.insert(line(*at), lines[line(*at)].clone()),
        Damage::SwapLines(a, b) => {
            let (a, b) = (line(*a), line(*b));
            lines.swap(a, b);
        }
        Damage::Indent(at, by) => {
            let at = line(*at);
            lines[at] = format!("{}{}", " ".repeat(*by), lines[at].trim_start());
        }
    }
    match damage {
        Damage::DeleteLine(_) | Damage::DuplicateLine(_) | Damage::SwapLines(..) | Damage::Indent(..) => {
            lines.join("\n")
        }
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// Loads and prints; gives the time that took.
fn run(text: &str) -> Duration {
    let source = Source::new("privacy.md", text);
    let before = Instant::now();
    let loaded = upheld_policy::load(&source, None);
    let wrong = loaded.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    assert_eq!(wrong, loaded.policy.is_none());
    for diagnostic in &loaded.diagnostics {
        for label in &diagnostic.labels {
            assert!(label.span.end as usize <= text.len() && text.get(label.span.range()).is_some(), "{diagnostic:?}");
        }
    }
    if let Some(policy) = &loaded.policy {
        go_on(&source, policy);
    }
    let took = before.elapsed();
    for format in [Format::Human { color: false }, Format::Plain, Format::Json] {
        assert_eq!(
            print(&loaded.diagnostics, &source, format).is_empty(),
            loaded.diagnostics.is_empty() && format != Format::Json
        );
    }
    took
}

/// Everything that is done with a policy that compiles.
fn go_on(source: &Source, policy: &Policy) {
    let laid_out = upheld_policy::format(source);
    let again = Source::new("privacy.md", laid_out.as_str());
    assert_eq!(upheld_policy::format(&again), laid_out, "layout twice is layout once");
    let same = upheld_policy::load(&again, None).policy.expect("layout breaks nothing");
    let nothing = diff(policy, &same).lines;
    assert!(nothing.is_empty(), "layout changes no meaning: {:?}", nothing.first());
    static WHOLE: OnceLock<Policy> = OnceLock::new();
    let whole = WHOLE
        .get_or_init(|| upheld_policy::load(&Source::new("privacy.md", SAMPLE), None).policy.expect("it compiles"));
    let (there, back) = (diff(whole, policy), diff(policy, whole));
    assert_eq!(there.lines.is_empty(), back.lines.is_empty(), "what differs one way differs the other way");
    for claim in ["we never share anything with anyone", "we never use contact for newsletter unless customer"] {
        // A claim may name what the damage took away; then it is answered with what is wrong with it.
        let _ = prove(policy, &Source::new("claim", claim));
    }
}

#[test]
fn the_sample_is_whole() {
    let source = Source::new("privacy.md", SAMPLE);
    let loaded = upheld_policy::load(&source, None);
    assert!(loaded.diagnostics.is_empty(), "{}", print(&loaded.diagnostics, &source, Format::Plain));
    assert!(loaded.policy.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn damage_is_answered(damages in prop::collection::vec(damage(), 1..12)) {
        let text = damages.iter().fold(SAMPLE.to_owned(), |text, damage| apply(&text, damage));
        let took = run(&text);
        prop_assert!(took < Duration::from_secs(2), "{took:?}");
    }

    #[test]
    fn any_words_are_answered(words in prop::collection::vec(prop::sample::select(vec![
        "we", "may", "never", "use", "share", "collect", "keep", "email", "contact", "anything", "anyone", "of", "from", "at", "for",
        "with", "as", "aggregate", "pseudonym", "on", "if", "unless", "and", "or", "customer", "newsletter", "courier", ",", "10",
        "days", "after", "until", "\"x\"", "keeps", "refuse", "agree", "to", "request", "see", "that", "via", "giving", "except",
        "but", "must", "data", "is", "person", "ground", "point", "open", "by", "\n", "\n  ", "\n    ", "role", "works", "needs",
    ]), 0..60)) {
        let text = format!("{}\n```upheld\n{}\n```\n", SAMPLE, words.join(" "));
        let took = run(&text);
        prop_assert!(took < Duration::from_secs(2), "{took:?}");
    }
}

/// Large and hostile texts take time in proportion to their length.
#[test]
fn size_alone_does_no_harm() {
    let front = SAMPLE.split("## 1").next().unwrap_or_default();
    let exceptions = |conditions: &str| {
        let names: String = (0..900).map(|n| format!("data d{n} is contact\npoint p{n} is event\n")).collect();
        let taken: String =
            (0..900).map(|n| format!("we collect d{n} of customer at p{n} for service_setup\n")).collect();
        let freed: String = (0..900).map(|n| format!("  except d{n} at p{n}{conditions}\n")).collect();
        format!("{names}{taken}every person may refuse newsletter\nwe never use contact for newsletter\n{freed}")
    };
    let large: [(&str, String); 17] = [
        ("errors", "?\n".repeat(100_000)),
        ("bad characters", "?".repeat(500_000)),
        ("unknown names", (0..20_000).map(|n| format!("we may use thing{n} for nothing{n}\n")).collect()),
        ("declared names", (0..20_000).map(|n| format!("data thing{n} is contact\n")).collect()),
        (
            "one long list",
            format!("data {} is contact\n", (0..60_000).map(|n| format!("n{n}")).collect::<Vec<_>>().join(", ")),
        ),
        ("one long chain", (0..20_000).map(|n| format!("data n{} is n{n}\n", n + 1)).collect()),
        (
            "one ring",
            (0..9_000).map(|n| format!("purpose n{n} is n{}\n", (n + 1) % 9_000)).collect(),
        ),
        (
            "a rule over every name",
            "role office, works on service_provision\npoint door is event\n".to_owned()
                + &(0..1_500)
                    .map(|n| format!("data d{n} is contact\npurpose p{n} is service_provision\n"))
                    .collect::<String>()
                + "we collect contact of visitor at door for service_provision\nwe may use, change anything for service_provision\n"
                + "we never share anything with anyone\n",
        ),
        (
            "ten thousand rules",
            "role office, works on newsletter\npoint door is event\n".to_owned()
                + &(0..3_300)
                    .map(|n| {
                        format!(
                            "data d{n} is contact\nwe collect d{n} of visitor at door for newsletter\nwe may change d{n} for newsletter\n"
                        )
                    })
                    .collect::<String>(),
        ),
        ("the same sentence", "we may use email for newsletter\n".repeat(20_000)),
        ("deep below each other", (0..1_000).map(|n| format!("{}except for delivery\n", " ".repeat(n))).collect()),
        ("clauses without a rule", format!("statement\n```\n\n{}```upheld\nstatement\n", "a\n\n".repeat(400_000))),
        ("exceptions", exceptions("")),
        (
            "exceptions of the same",
            format!(
                "we never use contact\n{}every person may refuse newsletter\n",
                (0..2_000)
                    .map(|n| format!("  except for newsletter if customer and k{} and they have refused newsletter\n", n % 60))
                    .chain((0..60).map(|n| format!("person k{n}\n")))
                    .collect::<String>()
            ),
        ),
        ("exceptions with conditions", exceptions(" if customer and they have refused newsletter")),
        (
            "permissions",
            "role office, works on newsletter\npoint door is event\nwe may collect contact of visitor at door for newsletter\n"
                .to_owned()
                + &(0..3_000)
                    .map(|n| format!("data d{n} is contact\nwe may use d{n} for newsletter\n  but never if customer\n"))
                    .collect::<String>(),
        ),
        ("choices", (0..5_000).map(|_| "every person may refuse newsletter\n".to_owned()).collect()),
    ];
    for (what, rules) in large {
        let text = format!("{front}## 1 Rules\n\nProse.\n\n```upheld\n{rules}```\n");
        let source = Source::new("privacy.md", text);
        let before = Instant::now();
        let loaded = upheld_policy::load(&source, None);
        let compiles = loaded.policy.is_some();
        if let Some(policy) = loaded.policy.as_ref().filter(|_| source.text.len() < 500_000) {
            go_on(&source, policy);
        }
        let took = before.elapsed();
        println!(
            "{what}, {}: {took:?}, {:?}",
            if compiles { "compiles" } else { "refused" },
            loaded.diagnostics.first().map(|one| one.code)
        );
        assert!(took < Duration::from_secs(90), "{what}: {took:?}, {} diagnostics", loaded.diagnostics.len());
    }
}
