//! One small policy for each error and finding, printed as people and screen readers see it.

use upheld_document::{Format, Source, print};

const FRONT: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n## Promises {#promises}\n\n\
We promise this.\n\n";

/// Names that the cases lean on, declared in a section of their own.
const NAMES: &str = "\n## Names {#names}\n\nWhat our words mean.\n\n```upheld\nperson customer\n  begins at sign_up\n\
point sign_up is form in \"www.example.org/join\"\nrole desk, works on newsletter, delivery, marketing\n\
recipient courier is processor\n```\n";

/// Checks a policy with these rules; the snapshot is what is printed.
fn shown(text: &str) -> (String, Vec<&'static str>) {
    let source = Source::new("privacy.md", text);
    let loaded = upheld_policy::load(&source, None);
    assert_eq!(
        loaded.policy.is_none(),
        loaded.diagnostics.iter().any(|diagnostic| diagnostic.severity == upheld_document::Severity::Error),
        "a policy comes back exactly when there is no error"
    );
    let human = print(&loaded.diagnostics, &source, Format::Human { color: false });
    let plain = print(&loaded.diagnostics, &source, Format::Plain);
    (format!("{human}\n=== plain ===\n{plain}"), loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect())
}

fn rules(fence: &str, rules: &str) -> String {
    format!("{FRONT}```{fence}\n{rules}\n```\n{NAMES}")
}

macro_rules! goldens {
    ($($name:ident: $code:literal, $text:expr;)*) => {$(
        #[test]
        fn $name() {
            let (shown, codes) = shown(&$text);
            assert_eq!(codes, [$code], "{shown}");
            insta::assert_snapshot!(shown);
        }
    )*};
}

goldens! {
    up0004_characters: "UP0004", rules("upheld", "we may use email! for newsletter!");
    up0004_letters_that_look_alike: "UP0004", rules("upheld", "we may use em\u{430}il for newsletter");
    up0004_upper_case: "UP0004", rules("upheld", "we may use E-Mail for newsletter");
    up0004_a_name_too_long: "UP0004", rules("upheld", &format!("data {} is contact", "n".repeat(65)));
    up0004_a_quote_left_open: "UP0004", rules("upheld", "purpose parcels is delivery \"Bringing parcels");
    up0005_no_sentence: "UP0005", rules("upheld", "purpsoe parcels is delivery");
    up0005_no_verb: "UP0005", rules("upheld", "we may shar email with courier for delivery");
    up0005_a_phrase_cut_off: "UP0005", rules("upheld", "we collect email from customer at sign_up");
    up0005_more_than_a_sentence: "UP0005", rules("upheld", "we may use email for newsletter please");
    up0006_nothing_above: "UP0006", rules("upheld", "except for delivery");
    up0007_later: "UP0007", rules("upheld", "cookie likes holds interest of customer for personalisation lasting 1 year");
    up0008_a_phrase_twice: "UP0008", rules("upheld", "we may use email for newsletter for delivery");
    up0101_a_name_misspelt: "UP0101", rules("upheld", "we may use emial for newsletter");
    up0101_a_name_never_declared: "UP0101", rules("upheld", "we may use shoe_size for newsletter");
    up0102_declared_twice: "UP0102", rules("upheld", "purpose parcels is delivery\npurpose parcels is marketing");
    up0103_another_kind: "UP0103", rules("upheld", "we may use email for analyst");
    up0104_a_circle: "UP0104", rules("upheld", "data badge is token\ndata token is badge, contact");
    up0104_below_itself: "UP0104", rules("upheld", "data badge is badge");
    up0105_not_open: "UP0105", rules("upheld added", "recipient acme is courier added 2026-12-02 by desk");
    up0106_a_permission_added: "UP0106", rules("upheld added", "we may use email for newsletter");
    up0106_permitted_below_a_never: "UP0106",
        rules("upheld added", "we never use email for marketing\n  but may use for newsletter");
    up0106_collected: "UP0106", rules("upheld added", "we may collect company from customer at sign_up for newsletter");
    up0201_no_purpose: "UP0201", rules("upheld", "we may use email");
    up0201_no_data: "UP0201", rules("upheld", "we may use for newsletter");
    up0202_no_recipient: "UP0202", rules("upheld", "we may share email for delivery");
    up0203_a_use_with_somebody: "UP0203", rules("upheld", "we may use email with courier for delivery");
    up0203_half_a_disclosure: "UP0203", rules("upheld", "we never use, share health with anyone");
    up0203_collecting_by_rule: "UP0203", rules("upheld", "desk may collect email for newsletter");
    up0204_and_beside_or: "UP0204",
        rules("upheld", "we never use email for newsletter if customer and child or student");
    up0205_no_such_choice: "UP0205", rules("upheld", "we may use email for newsletter if they have agreed to newsletter");
    up0206_nothing_narrows_here: "UP0206", rules("upheld", "we never use health\n  but never use for marketing");
    up0207_no_group_size: "UP0207", rules("upheld", "we may share email as aggregate with courier for delivery");
    up0208_no_event: "UP0208", rules("upheld", "we keep email 10 days after customer");
    up0209_a_host_not_covered: "UP0209", rules("upheld", "point desk_form is form in \"shop.example.org/desk\"");
    up0401_no_rule: "UP0401", format!("{FRONT}And this.\n\n```upheld\nstatement\n```\n");
    up0604_no_contact: "UP0604", FRONT.replace("contact: privacy@example.org\n", "") + "```upheld\nstatement\n```\n";
    up0605_no_day: "UP0605", FRONT.replace("2026-12-01", "2026-02-30") + "```upheld\nstatement\n```\n";
    up0606_edition: "UP0606", FRONT.replace("upheld: 1", "upheld: 7") + "```upheld\nstatement\n```\n";
}

/// A sentence that is not understood does not make its indented lines errors too.
#[test]
fn one_mistake_is_one_error() {
    let (shown, codes) =
        shown(&rules("upheld", "we nver use health\n  except for delivery\n    but never for marketing"));
    assert_eq!(codes, ["UP0005"], "{shown}");
}

/// Every error of a file is reported, not only the first.
#[test]
fn all_errors_come_at_once() {
    let (shown, codes) = shown(&rules(
        "upheld",
        "we may use email\nwe may use emial for newsletter\npoint x is y\nwe may share email for delivery",
    ));
    assert_eq!(codes.len(), 4, "{shown}");
    insta::assert_snapshot!(shown);
}
