//! Choices and cases: R30 to R34.

use upheld_decide::Reason;

use crate::{no, policy, yes};

// R30
#[test]
fn what_may_be_refused_is_guarded() {
    let one = policy(
        "every person may refuse message\nwe may use, change, erase, block contact of customer for newsletter\n\
        we may share contact of customer with courier for newsletter",
    );
    for act in [
        "desk use email of customer for newsletter",
        "desk change email of customer for newsletter",
        "desk share email of customer with courier for newsletter",
    ] {
        yes(&one, &[&format!("{act} knowing not refused message")]);
        no(&one, Reason::Refused, &[act, &format!("{act} knowing refused message")]);
    }
    yes(&one, &["desk erase email of customer for newsletter", "desk block email of customer for newsletter"]);
    yes(
        &one,
        &[
            "desk share email of customer totals 10 with courier for newsletter",
            "desk collect email of customer at sign_up",
        ],
    );
}

// R31
#[test]
fn what_must_be_agreed_to_is_shut_until_then() {
    let one = policy("customer may agree to marketing\nwe may use page_visited, email for marketing");
    yes(&one, &["desk use email of customer for marketing knowing agreed marketing"]);
    no(
        &one,
        Reason::NotAgreed,
        &[
            "desk use email of customer for marketing",
            "desk use email of customer for marketing knowing not agreed marketing",
        ],
    );
    // A customer who left has not agreed for that.
    no(&one, Reason::NotAgreed, &["desk use email of customer for marketing knowing not customer"]);
    // Whoever never was a customer has nothing to agree to.
    yes(&one, &["desk use page_visited of visitor for marketing knowing not customer"]);
    no(
        &one,
        Reason::NotAgreed,
        &[
            "desk use page_visited of visitor for marketing",
            "desk use page_visited of visitor for marketing knowing customer",
        ],
    );
}

// R32
#[test]
fn a_choice_that_we_do_something() {
    let one = policy(
        "every person may refuse that we use email for message\nwe may use contact of customer for newsletter, marketing",
    );
    yes(&one, &["desk use email of customer for newsletter knowing not refused rules.1"]);
    no(
        &one,
        Reason::Refused,
        &[
            "desk use email of customer for newsletter knowing refused rules.1",
            "desk use contact of customer for newsletter knowing refused rules.1",
        ],
    );
    yes(
        &one,
        &[
            "desk use phone_number of customer for newsletter knowing refused rules.1",
            "desk use email of customer for marketing knowing refused rules.1",
        ],
    );
}

// R34
#[test]
fn on_a_case() {
    let one = policy(
        "we may use contact of customer on audit\nwe may share contact of customer with bank for court_order on court_order\n\
        we never change contact\n  but may change on court_order",
    );
    yes(&one, &["desk use email of customer on audit", "desk use email of customer for audit on court_order"]);
    no(
        &one,
        Reason::NoCase,
        &["desk use email of customer for audit", "desk share email of customer with bank for court_order on audit"],
    );
    yes(
        &one,
        &["desk share email of customer with bank on court_order", "desk change email of customer on court_order"],
    );
    no(&one, Reason::NoCase, &["desk change email of customer for court_order"]);
    no(&one, Reason::Never, &["desk change email of customer for audit on audit"]);
}
