//! What is found in prose: on the very words, with what to do; and where there is nothing to find.

use upheld_document::{Format, Source, print};

const FRONT: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n";

/// A frame in which there is nothing to find.
const FRAME: &str = "## Names {#names}\n\nWhat our words mean.\n\n```upheld\nperson customer \"Has signed up\"\n  begins at sign_up\n\
\x20 ends at leaving\npoint sign_up is form in \"www.example.org/join\"\npoint leaving is event\n\
role desk, works on newsletter, delivery\nwe collect name, email from customer at sign_up for delivery\n\
we keep name, email of customer while customer, then erase within 30 days\n```\n";

const STATEMENT: &str = "statement";
const RULE: &str = "we may use email of customer for newsletter";

fn policy(prose: &str, rules: &str) -> String {
    format!("{FRONT}## Example {{#example}}\n\n{prose}\n\n```upheld\n{rules}\n```\n\n{FRAME}")
}

fn found(text: &str) -> (String, Vec<(&'static str, String)>) {
    let source = Source::new("privacy.md", text);
    let checked = upheld_policy::check(&source, None);
    let shown = print(&checked.diagnostics, &source, Format::Human { color: false });
    (shown, checked.diagnostics.iter().map(|one| (one.code, source.slice(one.span()).to_owned())).collect())
}

/// Code and very words of what is found in this prose, kept like this.
fn words(prose: &str, rules: &str) -> Vec<(&'static str, String)> {
    let (shown, found) = found(&policy(prose, rules));
    println!("{prose}\n{shown}");
    found
}

macro_rules! goldens {
    ($($name:ident: $code:literal, $words:literal, $prose:expr, $rules:expr;)*) => {$(
        #[test]
        fn $name() {
            let (shown, found) = found(&policy($prose, $rules));
            assert_eq!(found, [($code, $words.to_owned())], "{shown}");
            insta::assert_snapshot!(shown);
        }
    )*};
}

goldens! {
    up0704_a_promise: "UP0704", "We do not", "Your data is yours. We do not sell it to anybody.", STATEMENT;
    up0704_in_a_list: "UP0704", "within thirty days", "What happens:\n\n- you write to us\n- an answer comes within thirty days", STATEMENT;
    up0705_brackets: "UP0705", "[name of the company]", "Your data is in the hands of [name of the company].", STATEMENT;
    up0705_words: "UP0705", "Insert your address here", "Write to us. Insert your address here.", STATEMENT;
    up0706_no_number: "UP0706", "as long as necessary", "We send you news for as long as necessary.", RULE;
    up0707_open: "UP0707", "such as", "We use ways to reach you, such as your e-mail address, for news.", RULE;
    up0708_hedge: "UP0708", "where possible", "We write to customers *where possible*.", RULE;
    up0709_read_wrongly: "UP0709", "â€™", "It is the customerâ€™s choice.", STATEMENT;
    up0709_lost: "UP0709", "\u{fffd}", "It is the customer\u{fffd}s choice.", STATEMENT;
    up0710_empty: "UP0710", "()", "More stands under [our terms]().", STATEMENT;
    up0710_no_section: "UP0710", "(#exampel)", "More stands under [an example](#exampel).", STATEMENT;
    up0711_another_period: "UP0711", "two years", "After two years your number is gone.",
        "we may collect phone_number from customer at sign_up for delivery\nwe keep phone_number 18 months after sign_up";
}

// R106
#[test]
fn a_promise_is_found_where_nothing_keeps_it() {
    for prose in [
        "We will tell you.",
        "We'll tell you.",
        "We shall not share it.",
        "We never, ever sell it.",
        "Your address is never sold.",
        "It is used only for news.",
        "You can at any time object to it.",
        "You may ask for a copy.",
        "You have the right to complain.",
        "Nothing leaves our house unless you say so.",
        "Everything is erased within 10 days.",
        "You can opt out of it.",
        "We do not vouch for others, but we will never sell it.",
    ] {
        let found = words(prose, STATEMENT);
        assert!(matches!(found.as_slice(), [("UP0704", _)]), "{prose}: {found:?}");
        // By hand, by a rule, or with a reason it may stand.
        assert_eq!(words(prose, "manual \"the office does it; its file shows it\""), [], "{prose}");
        assert_eq!(words(prose, "statement\nallow UP0704 because \"the section below keeps it\""), [], "{prose}");
    }
}

// R106
#[test]
fn good_prose_is_left_alone() {
    for prose in [
        "We keep bees, and we know what trust is.",
        "This page says what we learn about you, and where we stop.",
        "Will you get news from us? That is up to you.",
        "When we say *you*, we mean everybody who comes by.",
        "We do not mean anybody else by it.",
        "Links lead away: we do not vouch for what is there, and we must know that.",
        "You can read more in [the example](#example), on our [map](https://maps.example/x_y) and in `[brackets]`.",
        "- [x] done\n- [the guide][guide]\n\n[guide]: https://www.example.org/guide",
        "A nonbreaking\u{a0}space, “quotes”, naïve café, Â and 10 € are letters like any.",
        "Such as it is, this stays a statement; for example here.",
    ] {
        assert_eq!(words(prose, STATEMENT), [], "{prose}");
    }
    for prose in [
        "We send news to customers: a bulletin and an almanac, and nothing else.",
        "Ways to reach you, such as your e-mail address, and no others, serve for news.",
        "You will get news. We never sell your address. You can stop it within 3 days.",
    ] {
        assert_eq!(words(prose, RULE), [], "{prose}");
    }
}

// R106
#[test]
fn what_the_rules_say_beside_it_is_enough() {
    let keep =
        "we may collect phone_number from customer at sign_up for delivery\nwe keep phone_number 1 year after sign_up";
    assert_eq!(words("We keep your number for as long as necessary.", keep), []);
    assert_eq!(words("We keep your number for a year, that is 12 months.", keep), []);
    assert_eq!(words("Who is eighteen years old gives a number, kept for one year.", keep), []);
    // Where a part is kept by hand, the period may be that part's.
    let by_hand = format!("{RULE}\nmanual \"the office counts; its file shows it\" every 12 months");
    assert_eq!(words("We send news to customers, and count them within 3 weeks.", &by_hand), []);
    let open = "recipient helper is third_party \"Helps\"\nopen helper by desk\nallow UP0409 because \"none yet\"\n\
                we may share email of customer with helper for delivery";
    assert_eq!(words("We share your address with helpers, such as couriers.", open), []);
}

#[test]
fn a_text_in_another_language_is_searched_for_damage_and_brackets_only() {
    let text = policy("We will geben. Wir verkaufen nichts, usw. [Name] fÃ¼r Sie.", STATEMENT);
    let text = text.replace("version: 1", "version: 1\nlocale: de");
    let (shown, found) = found(&text);
    let codes: Vec<&str> = found.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, ["UP0705", "UP0709"], "{shown}");
    assert!(shown.contains('ü'), "{shown}");
}

#[test]
fn front_matter_headings_and_labels_are_read_too() {
    let text = policy("All is well.", STATEMENT);
    let codes = |old: &str, new: &str| -> Vec<&str> {
        assert!(text.contains(old), "{old}");
        found(&text.replace(old, new)).1.into_iter().map(|(code, _)| code).collect()
    };
    assert_eq!(codes("controller: Example", "controller: [Company]"), ["UP0705"]);
    assert_eq!(codes("## Example", "## TODO Example"), ["UP0705"]);
    assert_eq!(codes("Has signed up", "Has signed Ã¼p"), ["UP0709"]);
}

#[test]
fn any_text_is_read_without_a_panic() {
    for prose in [
        "`",
        "``",
        "](",
        "[",
        "[]",
        "<!--",
        "<a",
        "&amp;",
        "http://",
        "…",
        "Ã",
        "â€",
        "we",
        "a.",
        "?!",
        "| we will |",
        "\u{feff}",
        "[a](b",
    ] {
        for tail in ["", " ", "we will", "é", "`", ")"] {
            let _ = found(&policy(&format!("x {prose}{tail}"), STATEMENT));
            let _ = found(&policy(&format!("x {prose}{tail}"), RULE));
        }
    }
}
