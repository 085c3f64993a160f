//! What is found in a policy as a whole: each finding as it is printed, where there is none, and what an `allow` takes out.

use std::path::Path;

use upheld_document::{Format, Source, print};

const FRONT: &str = "---\nupheld: 1\ntitle: Privacy at Example\ncontroller: Example\ncontact: privacy@example.org\n\
version: 1\neffective: 2026-12-01\ncovers: www.example.org\n---\n\n# Privacy\n\n";

/// A policy in which there is nothing to find, with these rules in a clause of their own.
fn policy(rules: &str) -> String {
    let more = if rules.is_empty() { "statement" } else { rules };
    format!(
        "{FRONT}We care.\n\n```upheld\nstatement\n```\n\n## Promises {{#promises}}\n\nThis is said here.\n\n```upheld\n{more}\n```\n\n\
         ## Names {{#names}}\n\nWhat our words mean.\n\n```upheld\nperson customer \"Has signed up\"\n  begins at sign_up\n\
         \x20 ends at leaving\npoint sign_up is form in \"www.example.org/join\"\npoint leaving is event\n\
         role desk, works on newsletter, delivery\nwe collect name, email from customer at sign_up for delivery\n\
         we keep name, email of customer while customer, then erase within 30 days\n```\n"
    )
}

fn found(text: &str) -> (String, Vec<&'static str>) {
    let source = Source::new("privacy.md", text);
    let checked = upheld_policy::check(&source, None);
    let human = print(&checked.diagnostics, &source, Format::Human { color: false });
    let plain = print(&checked.diagnostics, &source, Format::Plain);
    (format!("{human}\n=== plain ===\n{plain}"), checked.diagnostics.iter().map(|one| one.code).collect())
}

/// The codes that are found where these rules stand.
fn codes(rules: &str) -> Vec<&'static str> {
    let (said, codes) = found(&policy(rules));
    println!("{rules}\n{said}");
    codes
}

macro_rules! goldens {
    ($($name:ident: $code:literal, $rules:expr;)*) => {$(
        #[test]
        fn $name() {
            let (shown, codes) = found(&policy($rules));
            assert_eq!(codes, [$code], "{shown}");
            insta::assert_snapshot!(shown);
        }
    )*};
}

goldens! {
    up0210_an_error_allowed: "UP0210", "statement\nallow UP0301 because \"we know\"";
    up0210_no_such_finding: "UP0210", "statement\nallow UP0440 because \"we know\"";
    up0418_no_assessment: "UP0418",
        "purpose delivery, basis legitimate_interest";
    up0419_one_with_and_one_without: "UP0419", "purpose newsletter, basis contract\nwe may use email for newsletter";
    up0420_consent_of_nobody: "UP0420", "purpose delivery, basis consent";
    up0421_both_for_one_purpose: "UP0421",
        "we may use email, name for newsletter\nwe never use email together with name";
    up0423_a_password_that_can_be_read: "UP0423",
        "we may collect password from customer at sign_up for delivery\nwe keep password while customer";
    up0402_used: "UP0402", "we may use phone_number, email for newsletter";
    up0402_kept: "UP0402", "we keep phone_number 1 year after sign_up";
    up0402_asked_for: "UP0402", "customer may request to see contact, health";
    up0403_collected_for_nobody: "UP0403",
        "we may collect birth_date from customer at sign_up for research\nwe keep birth_date 1 year after sign_up";
    up0404_no_end: "UP0404", "we may collect phone_number, address from customer at sign_up for delivery\nwe keep address 1 year after sign_up";
    up0405_permitted_twice: "UP0405", "we may use contact of customer for newsletter\nwe may use email of customer for newsletter";
    up0405_a_condition_that_opens_nothing_more: "UP0405",
        "we may use email for newsletter if customer\nwe may use email for newsletter";
    up0405_a_guard_of_nothing: "UP0405", "we never use email for research unless customer";
    up0405_an_exception_that_frees_nothing: "UP0405", "we never use email\n  except for delivery\n  except for newsletter";
    up0405_taken_out_twice: "UP0405",
        "we may use contact for newsletter\n  but never email\n  but never email of customer";
    up0406_data: "UP0406", "data badge is account";
    up0406_a_recipient: "UP0406", "recipient courier is processor";
    up0406_a_kind: "UP0406", "person friend";
    up0406_a_purpose: "UP0406", "purpose thanks is message";
    up0406_a_ground: "UP0406", "ground fault";
    up0406_a_point: "UP0406", "point back_door is form in \"www.example.org/back\"";
    up0407_a_role: "UP0407", "role guard \"Sits at the door\"";
    up0408_a_purpose: "UP0408", "purpose thanks is message\nwe may collect phone_number from customer at sign_up for delivery, thanks\n\
        we keep phone_number 1 year after sign_up";
    up0408_a_ground: "UP0408", "ground fault\ndesk may use email on fault";
    up0409_no_members: "UP0409", "recipient carrier is processor\nopen carrier by desk\nwe may share name with carrier for delivery";
    up0410_nobody_becomes_one: "UP0410", "we may use email for newsletter if student";
    up0411_nothing_to_allow: "UP0411", "statement\nallow UP0402 because \"the desk asks on the telephone\"";
}

#[test]
fn nothing_is_found_where_all_serves() {
    assert_eq!(codes(""), [""; 0]);
    for rules in [
        // Named by what stands above it.
        "recipient courier is processor\nrecipient swift is courier\nwe may share name with courier for delivery",
        // Collected with the group above it, or by what stands below it.
        "data badge is contact\nwe collect contact from customer at sign_up for delivery\nwe keep contact 1 year after sign_up",
        "we may use identifying for newsletter",
        // Shown to make a choice, or raw.
        "we may use email for newsletter\ncustomer may refuse newsletter via link giving contact",
        "data isp_name is usage, made from ip_address\nwe may collect isp_name of customer at sign_up for delivery\n\
         we keep isp_name 1 year after sign_up",
        // Its work is to find, to add, or that of the role above it.
        "role counsel\nground audit\n  needs finding \"in order\" by counsel\nrole auditor, works on audit\nauditor may use email on audit",
        // A case begins by itself.
        "ground parcel\n  opened at sign_up\ndesk may use email on parcel",
        // A promise is no idle word, whether or not anything would break it.
        "we never sell anything\nwe never use health",
        // A line below a promise that permits.
        "we never use email for message\n  but may use for newsletter",
        // A promise with a condition that its permissions fulfil by themselves is a promise all the same.
        "we may use email for newsletter if customer\nwe never use email for newsletter unless customer",
        "every person may agree to newsletter\nwe may use email for newsletter\n  but never use for newsletter if customer",
        // An erasure is an end.
        "we may collect phone_number from customer at sign_up for delivery\nwe must erase phone_number within 9 days after leaving",
    ] {
        assert_eq!(codes(rules), [""; 0], "{rules}");
    }
}

#[test]
fn an_allow_takes_out_what_stands_in_its_clause() {
    let rules = "recipient courier is processor\nrole guard";
    assert_eq!(codes(rules), ["UP0406", "UP0407"]);
    let allowed = |code: &str| format!("{rules}\nallow {code} because \"it is planned\"");
    assert_eq!(codes(&allowed("UP0406")), ["UP0407"]);
    assert_eq!(codes(&allowed("UP0406, UP0407")), [""; 0]);
    assert_eq!(codes(&allowed("UP0406, UP0407, UP0402")), ["UP0411"]);
    // Elsewhere it allows nothing; below the title it holds everywhere; what is allowed is not made an error by an error.
    let elsewhere = policy(rules)
        + "\n## More\n\nMore.\n\n```upheld\nstatement\nallow UP0406, UP0407 because \"it is planned\"\n```\n";
    assert_eq!(found(&elsewhere).1, ["UP0406", "UP0407", "UP0411", "UP0411"]);
    let everywhere =
        policy(rules).replacen("statement", "statement\nallow UP0406, UP0407 because \"it is planned\"", 1);
    assert_eq!(found(&everywhere).1, [""; 0]);
    let broken = everywhere.replace("role guard", "role guard\nwe may use emial for newsletter");
    assert_eq!(found(&broken).1, ["UP0101"]);
}

#[test]
fn an_allow_says_why_and_keeps_no_clause() {
    assert_eq!(codes("statement\nallow UP0406"), ["UP0005"]);
    assert_eq!(codes("statement\nallow UP0406 because \"\""), ["UP0005"]);
    assert_eq!(codes("statement\nallow because \"so\""), ["UP0005"]);
    let bare = policy("") + "\n## More\n\nMore.\n\n```upheld\nallow UP0402 because \"so\"\n```\n";
    assert_eq!(found(&bare).1, ["UP0401", "UP0411"]);
    let said = policy("") + "\n## More\n\nMore.\n\n```upheld\nallow UP0401 because \"to be written\"\n```\n";
    assert_eq!(found(&said).1, [""; 0]);
    // Loading a policy allows, and does not look for what nothing is allowed by.
    let source = Source::new("privacy.md", said);
    assert!(upheld_policy::load(&source, None).diagnostics.is_empty());
    let source = Source::new("privacy.md", policy("statement\nallow UP0402 because \"so\""));
    assert!(upheld_policy::load(&source, None).diagnostics.is_empty());
}

#[test]
fn in_the_model_policies_nothing_is_found_and_all_is_laid_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let Ok(text) = std::fs::read_to_string(entry.path().join("privacy.md")) else { continue };
        let source = Source::new(name.clone(), text);
        let checked = upheld_policy::check(&source, None).diagnostics;
        assert!(checked.is_empty(), "{}", print(&checked, &source, Format::Plain));
        assert!(
            upheld_policy::format(&source) == source.text,
            "`upheld fmt --check policies/{name}` says what would change"
        );
    }
}

#[test]
fn up0424_out_of_the_area_and_nothing_said() {
    let rules = "recipient courier is processor in IN\nwe may share name with courier for delivery";
    let european = policy(rules).replace("version: 1\n", "version: 1\njurisdictions: EU\n");
    let (shown, codes) = found(&european);
    assert_eq!(codes, ["UP0424"], "{shown}");
    insta::assert_snapshot!(shown);
    // Elsewhere, inside the area, and of totals nothing is to be said.
    assert!(found(&policy(rules)).1.is_empty());
    assert!(found(&european.replace("in IN", "in IE")).1.is_empty());
    assert!(found(&european.replace("share name with", "share name as aggregate of 10 with")).1.is_empty());
}
