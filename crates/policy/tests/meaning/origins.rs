//! Where data comes from: R15 to R19.

use upheld_decide::Reason;

use crate::{errors, no, policy, yes};

// R15
#[test]
fn capacity_is_what_they_were_then() {
    let one = policy(
        "we may use page_visited, email of customer for newsletter\n\
        we may collect email from patron at shop for delivery",
    );
    yes(&one, &["desk use email of customer for newsletter", "desk use email of patron at shop for newsletter"]);
    no(&one, Reason::NoRule, &["desk use page_visited of visitor for newsletter knowing customer"]);
    let patrons =
        policy("we may use email of patron for newsletter\nwe may collect email from patron at shop for delivery");
    no(&patrons, Reason::NoRule, &["desk use email of customer at sign_up for newsletter knowing patron"]);
}

// R16
#[test]
fn points_and_givers() {
    let one = policy(
        "we may use email of customer at sign_up for newsletter\nwe may use email of friend from customer for research\n\
        we may use contact of customer from themselves for delivery\nwe may use contact of customer from us for marketing",
    );
    yes(&one, &["desk use email of customer at sign_up for newsletter", "desk use email of friend for research"]);
    no(&one, Reason::NoRule, &["desk use company of customer at shop for newsletter"]);
    yes(&one, &["desk use email of customer for delivery", "desk use company of customer for marketing"]);
    no(
        &one,
        Reason::NoRule,
        &["desk use company of customer for delivery", "desk use email of customer for marketing"],
    );
}

// R17
#[test]
fn what_others_gave_is_reached_by_name_only() {
    let one = policy(
        "we may use email for newsletter\nwe may use email from customer for research\nwe never use email for marketing if patron\n\
        we may use email of friend for marketing",
    );
    yes(&one, &["desk use email of customer for newsletter"]);
    no(
        &one,
        Reason::NoRule,
        &[
            "desk use email of friend for newsletter",
            "desk use email of friend for research",
            "desk use email for newsletter",
        ],
    );
    yes(&one, &["desk use email of friend for marketing knowing not patron"]);
    no(&one, Reason::Never, &["desk use email of friend for marketing knowing patron"]);
}

// R18
#[test]
fn a_collect_sentence_permits_intake_and_use() {
    let one = policy("we collect shoe_size from customer at sign_up for research");
    yes(
        &one,
        &[
            "desk collect shoe_size of customer at sign_up",
            "- collect shoe_size of customer at sign_up",
            "desk use shoe_size of customer for research",
        ],
    );
    no(
        &one,
        Reason::NoRule,
        &[
            "desk use shoe_size of customer for marketing",
            "desk change shoe_size of customer for research",
            "desk share shoe_size of customer with bank for research",
            "desk collect shoe_size of customer at sign_up for marketing",
        ],
    );
    no(&one, Reason::NotTheirWork, &["books use shoe_size of customer for research"]);
    assert_eq!(errors("we may collect shoe_size for research"), ["UP0005"]);
    assert_eq!(errors("we may require shoe_size for research"), ["UP0203"]);
}

// R19
#[test]
fn an_unknown_origin_opens_nothing() {
    let one = policy("we may use anything for research\nwe never use shoe_size of visitor for marketing");
    // Nothing takes a shoe size, so its origin is not known.
    no(&one, Reason::NoRule, &["desk use shoe_size for research"]);
    no(&one, Reason::Never, &["desk use shoe_size for marketing"]);
    yes(&one, &["desk use email of customer for research"]);
}
