//! Names that grow, and another purpose: R52, R53, R70.

use upheld_decide::Reason;
use upheld_document::Source;

use crate::{compile, errors, no, policy, text, yes};

// R52
#[test]
fn an_open_name_is_abstract() {
    let rules =
        "recipient chosen is partner\nopen chosen by desk\nwe may share contact of customer with chosen for delivery";
    let text = text(rules)
        + "\n## Added {#added}\n\nWho was added.\n\n```upheld added\nrecipient acme is chosen added 2026-12-01 by desk\n```\n";
    let one = compile(text);
    yes(&one, &["desk share email of customer with acme for delivery"]);
    no(&one, Reason::NotFurtherSaid, &["desk share email of customer with chosen for delivery"]);
    no(&one, Reason::NotDeclared, &["desk share email of customer with another for delivery"]);
}

// R53
#[test]
fn an_addition_never_permits() {
    let added = |line: &str| {
        let text =
            text("statement") + &format!("\n## Added {{#added}}\n\nWhat we added.\n\n```upheld added\n{line}\n```\n");
        let loaded = upheld_policy::load(&Source::new("privacy.md", text), None);
        loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>()
    };
    assert_eq!(added("we may use email of customer for newsletter"), ["UP0106"]);
    assert_eq!(added("we may collect email from customer at sign_up for newsletter"), ["UP0106"]);
    assert_eq!(added("we never use email\n  but may use for newsletter"), ["UP0106"]);
    assert_eq!(added("recipient acme is courier added 2026-12-01 by desk"), ["UP0105"]);
    assert!(added("we never use email for newsletter\nwe keep email 2 years after leaving").is_empty());
}

// R70
#[test]
fn another_purpose_is_none_for_which_it_was_taken() {
    let one = policy(
        "we may use contact of customer for message\nwe may use email of friend for message\n\
         we never use contact for another purpose unless they have agreed to marketing\n\
         customer may agree to marketing via link\n\
         we collect email from customer at shop for message",
    );
    // At the shop e-mail is taken for messages, at sign-up it is not.
    yes(&one, &["desk use email of customer at shop for catalogue", "desk use email of customer at shop for message"]);
    no(&one, Reason::Never, &["desk use email of customer at sign_up for catalogue"]);
    no(
        &one,
        Reason::Never,
        &["desk use phone_number of customer for catalogue", "desk use contact of customer at shop for message"],
    );
    yes(&one, &["desk use phone_number of customer for catalogue knowing agreed marketing"]);
    // What a friend gave was taken for the invitation only.
    yes(&one, &["desk use email of friend for invitation"]);
    no(&one, Reason::Never, &["desk use email of friend for catalogue"]);
    let choice = policy(
        "we may use email of customer for message, service_setup\n\
         customer may refuse that we use anything for another purpose via email",
    );
    no(&choice, Reason::Refused, &["desk use email of customer for message"]);
    yes(&choice, &["desk use email of customer for message knowing not refused rules.1"]);
    yes(&choice, &["desk use email of friend for invitation"]);
    assert_eq!(errors("we may use email for another purpose"), ["UP0225"]);
    assert_eq!(
        errors("we may use email of customer for catalogue\nwe never use email for another purpose"),
        ["UP0301"]
    );
}
