//! Facts: R25 to R29.

use upheld_decide::Reason;

use crate::{ask, errors, no, policy, yes};

// R25
#[test]
fn a_permission_holds_only_when_it_is_known() {
    let one = policy(
        "we may use email of customer for newsletter if patron\nwe may use phone_number of customer for newsletter unless patron",
    );
    yes(
        &one,
        &[
            "desk use email of customer for newsletter knowing patron",
            "desk use phone_number of customer for newsletter knowing not patron",
        ],
    );
    no(
        &one,
        Reason::Condition,
        &["desk use email of customer for newsletter", "desk use phone_number of customer for newsletter"],
    );
}

// R26
#[test]
fn a_guard_stands_unless_known_not_to() {
    let one = policy(
        "we may use contact of customer for newsletter\nwe never use email if patron\nwe never use phone_number unless customer",
    );
    no(
        &one,
        Reason::Never,
        &["desk use email of customer for newsletter", "desk use phone_number of customer for newsletter"],
    );
    yes(
        &one,
        &[
            "desk use email of customer for newsletter knowing not patron",
            "desk use phone_number of customer for newsletter knowing customer",
        ],
    );
}

// R27
#[test]
fn and_or_unless() {
    let ask = |condition: &str, facts: &str| {
        let one = policy(&format!("we may use email of customer for newsletter {condition}"));
        ask(&one, &format!("desk use email of customer for newsletter knowing {facts}")).allowed
    };
    let table = [
        ("if visitor and friend", [false, false, false, true]),
        ("if visitor or friend", [false, true, true, true]),
        ("unless visitor or friend", [true, false, false, false]),
        ("unless visitor and friend", [true, true, true, false]),
        ("while visitor", [false, true, false, true]),
    ];
    for (condition, expected) in table {
        let states = ["not visitor, not friend", "visitor, not friend", "not visitor, friend", "visitor, friend"];
        assert_eq!(states.map(|facts| ask(condition, facts)), expected, "{condition}");
    }
    assert_eq!(errors("we may use email of customer for newsletter if visitor and friend or patron"), ["UP0204"]);
}

// R28
#[test]
fn a_conditional_exception_frees_only_what_is_known() {
    let one = policy(
        "we never use email\n  except for newsletter, invitation if patron\n  except for service_setup\n\
        we may use email of customer for newsletter if customer\nwe may use email of friend for invitation",
    );
    yes(&one, &["desk use email of customer for newsletter knowing patron"]);
    no(&one, Reason::Never, &["desk use email of customer for newsletter knowing customer"]);
}

// R29
#[test]
fn facts_follow_from_each_other() {
    let one = policy(
        "we may use email of customer for newsletter if customer\nwe may use phone_number of customer for newsletter unless patron\n\
        every person may agree to research\nwe may use email of customer for delivery unless they have refused research",
    );
    yes(
        &one,
        &[
            "desk use email of customer for newsletter knowing patron",
            "desk use phone_number of customer for newsletter knowing not customer",
        ],
    );
    no(&one, Reason::Condition, &["desk use email of customer for newsletter knowing not patron"]);
    yes(&one, &["desk use email of customer for delivery knowing agreed research"]);
    assert_eq!(
        errors(
            "every person may agree to research\n\
            we may use email of customer for delivery if they have agreed to research and have refused research"
        ),
        ["UP0303"]
    );
}
