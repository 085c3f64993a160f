//! What a permission and a promise do: R1 to R8.

use upheld_decide::Reason;

use crate::{ask, because, errors, no, policy, yes};

// R1
#[test]
fn a_permission_holds_and_no_promise_stands() {
    let one = policy(
        "we may use contact of customer for newsletter\nwe may use email of customer for message\n\
         we never use phone_number unless customer\nwe never use contact for newsletter if patron",
    );
    yes(&one, &["desk use email of customer for newsletter knowing customer, not patron"]);
    let both = because(&one, "desk use email of customer for newsletter knowing customer, not patron");
    assert_eq!(both, ["we may use contact of customer for newsletter", "we may use email of customer for message"]);
    no(&one, Reason::Never, &["desk use phone_number of customer for newsletter knowing patron"]);
    let stands = because(&one, "desk use phone_number of customer for newsletter knowing not customer");
    assert_eq!(stands, ["we never use phone_number unless customer"]);
    let lacking = ask(
        &policy("we may use contact of customer for newsletter if customer and patron"),
        "desk use email of customer for newsletter knowing customer",
    );
    assert_eq!((lacking.reason, lacking.lacking), (Reason::Condition, vec!["patron".to_owned()]));
}

// R2
#[test]
fn only_may_opens() {
    let none = policy("we never use email for newsletter\n  except of customer");
    no(
        &none,
        Reason::NoRule,
        &["desk use email of customer for newsletter", "desk use email of customer for research"],
    );
    let some =
        policy("we never use email for newsletter\n  except of customer\nwe may use email of customer for newsletter");
    yes(&some, &["desk use email of customer for newsletter"]);
}

// R3
#[test]
fn order_changes_nothing() {
    let sentences = [
        "we may use contact of customer for message",
        "we never use phone_number for newsletter if patron",
        "customer may refuse newsletter",
        "we never share contact with anyone\n  but may share with courier for delivery",
    ];
    let forward = policy(&sentences.join("\n"));
    let backward = policy(&sentences.iter().rev().copied().collect::<Vec<_>>().join("\n"));
    for line in [
        "desk use phone_number of customer for newsletter knowing patron, not refused newsletter",
        "desk use phone_number of customer for newsletter knowing not patron, not refused newsletter",
        "desk use email of customer for newsletter knowing refused newsletter",
        "desk share email of customer with courier for delivery",
        "desk share email of customer with bank for delivery",
    ] {
        let (one, other) = (ask(&forward, line), ask(&backward, line));
        assert_eq!((one.allowed, one.reason), (other.allowed, other.reason), "{line}");
    }
}

// R4
#[test]
fn what_meets_a_promise_does_not_compile() {
    assert_eq!(errors("we never use email for newsletter\nwe may use contact of customer for newsletter"), ["UP0301"]);
    assert_eq!(
        errors("we never use email for message if customer\nwe may use email of customer for newsletter if patron"),
        ["UP0301"],
        "every patron is a customer"
    );
    policy("we never use email for message if patron\nwe may use email of customer for newsletter if customer");
    policy("we never use email for message\n  except for newsletter\nwe may use email of customer for newsletter");
}

// R5
#[test]
fn a_permission_covers_its_names_and_all_below() {
    let one = policy("we may use contact, shoe_size of customer for message");
    yes(
        &one,
        &[
            "desk use contact of customer for message",
            "desk use email of customer for catalogue",
            "desk use email+phone_number of customer for message",
            "desk use company of customer at shop for message",
        ],
    );
    no(&one, Reason::NoRule, &["desk use email of customer for marketing"]);
    // Above what it names it says nothing.
    let email = policy("we may use email of customer for newsletter");
    no(
        &email,
        Reason::NoRule,
        &["desk use contact of customer for newsletter", "desk use email of customer for message"],
    );
}

// R6
#[test]
fn a_promise_covers_the_groups_above_too() {
    let guard = policy("we may use contact of customer for message\nwe never use email for message if patron");
    no(&guard, Reason::Never, &["desk use contact of customer for message knowing patron"]);
    yes(&guard, &["desk use phone_number of customer for message knowing patron"]);
    yes(&guard, &["desk use contact of customer for message knowing not patron"]);
    // `email` is below `identifying` and below `contact`: `contact` may be it.
    let wide = policy("we may use contact of customer for message\nwe never use identifying for message if patron");
    no(&wide, Reason::Never, &["desk use contact of customer for message knowing patron"]);
    // Free is the group of which everything that the promise names is free.
    let free = policy(
        "we may use contact of customer for newsletter\nwe never use identifying\n  except for newsletter, service_setup, invitation",
    );
    yes(&free, &["desk use contact of customer for newsletter"]);
    assert_eq!(
        errors("we may use contact of customer for newsletter\nwe never use contact for newsletter\n  except email"),
        ["UP0301"]
    );
}

// R7
#[test]
fn a_promise_left_short_means_all_of_it() {
    let short = policy(
        "we never share company if patron\nwe may share company of customer with courier for delivery\n\
        we may share company of customer as pseudonym with bank for research",
    );
    for line in [
        "desk share company of customer with courier for delivery knowing patron",
        "desk share company of customer as pseudonym with bank for research knowing patron",
    ] {
        no(&short, Reason::Never, &[line]);
    }
    assert_eq!(errors("we may use email"), ["UP0201"]);
    assert_eq!(errors("we may use for newsletter"), ["UP0201"]);
    assert_eq!(errors("we may share email for delivery"), ["UP0202"]);
}

// R8
#[test]
fn what_is_not_said_or_not_declared_opens_nothing() {
    let one = policy(
        "we may use, change contact of customer for newsletter\nwe may share contact of customer with courier for delivery",
    );
    no(&one, Reason::NotDeclared, &["desk use emial of customer for newsletter", "nobody use email for newsletter"]);
    no(&one, Reason::NoPurpose, &["desk use email of customer"]);
    no(&one, Reason::NoRecipient, &["desk share email of customer for delivery"]);
    no(&one, Reason::NoRecipient, &["desk use email of customer for newsletter with courier"]);
    no(&one, Reason::NotTheirWork, &["- use email of customer for newsletter"]);
    assert_eq!(ask(&one, "desk use emial for newsletter").lacking, ["emial"]);
}
