//! Acts, forms and parties: R9 to R14.

use upheld_decide::Reason;

use crate::{errors, no, policy, yes};

// R9
#[test]
fn greater_and_lesser_acts() {
    let sells = policy("we may sell company of customer with bank for research");
    yes(
        &sells,
        &[
            "desk sell company of customer with bank for research",
            "desk share company of customer with bank for research",
        ],
    );
    no(&sells, Reason::NoRule, &["desk rent company of customer with bank for research"]);
    let shares = policy("we never sell anything\nwe may share company of customer with bank for research");
    yes(&shares, &["desk share company of customer with bank for research"]);
    no(&shares, Reason::Never, &["desk sell company of customer with bank for research"]);
    assert_eq!(
        errors("we never share company with anyone\nwe may sell company of customer with bank for research"),
        ["UP0301"]
    );
    // Intake: a form that insists is a greater act than one that asks.
    let asks = policy("we never require health of anyone\nwe may collect health from customer at sign_up for research");
    yes(&asks, &["desk collect health of customer at sign_up for research"]);
    no(&asks, Reason::Never, &["desk require health of customer at sign_up for research"]);
    assert_eq!(errors("we never collect health\nwe collect health from customer at sign_up for research"), ["UP0301"]);
}

// R10
#[test]
fn forms_of_a_permission() {
    let all = policy("we may share company of customer with bank for research");
    yes(
        &all,
        &[
            "desk share company of customer with bank for research",
            "desk share company of customer as pseudonym with bank for research",
            "desk share company of customer totals 2 with bank for research",
        ],
    );
    let some = policy(
        "we may share company of customer as pseudonym with bank for research\n\
        we may share email of customer as aggregate of 10 with bank for research",
    );
    no(&some, Reason::NoRule, &["desk share company of customer with bank for research"]);
    yes(&some, &["desk share company of customer as pseudonym with bank for research"]);
    yes(
        &some,
        &[
            "desk share email of customer totals 10 with bank for research",
            "desk share email of customer totals 25 with bank for research",
        ],
    );
    no(
        &some,
        Reason::NoRule,
        &[
            "desk share email of customer totals 9 with bank for research",
            "desk share email of customer as pseudonym with bank for research",
        ],
    );
}

// R11
#[test]
fn forms_of_a_promise() {
    let single = policy(
        "we never share company with anyone\nwe may share company of customer as aggregate of 2 with bank for research",
    );
    yes(&single, &["desk share company of customer totals 2 with bank for research"]);
    no(&single, Reason::Never, &["desk share company of customer as pseudonym with bank for research"]);
    assert_eq!(
        errors(
            "we never share company as aggregate with anyone\nwe may share company of customer as aggregate of 2 with bank for research"
        ),
        ["UP0301"]
    );
    no(&single, Reason::Never, &["desk share company of customer totals 1 with bank for research"]);
    let small = policy(
        "we never share company as aggregate of 10 with anyone\nwe may share company of customer as aggregate of 11 with bank for research",
    );
    yes(&small, &["desk share company of customer totals 11 with bank for research"]);
    no(&small, Reason::Never, &["desk share company of customer totals 10 with bank for research"]);
}

// R12
#[test]
fn we_are_those_whose_work_it_is() {
    let one = policy(
        "we may use company of customer for bookkeeping, newsletter\nwe never use company for newsletter if patron",
    );
    yes(&one, &["books use company of customer for bookkeeping"]);
    // The work on `message` is work on `newsletter`, below it.
    yes(&one, &["desk use company of customer for newsletter knowing not patron"]);
    no(
        &one,
        Reason::NotTheirWork,
        &[
            "desk use company of customer for bookkeeping",
            "books use company of customer for newsletter knowing not patron",
        ],
    );
    no(&one, Reason::Never, &["desk use company of customer for newsletter knowing patron"]);
    assert_eq!(errors("we may use company of customer for sales_tracking"), ["UP0302"], "nobody works on it");
}

// R13
#[test]
fn a_role_as_the_subject() {
    let one =
        policy("books may use company of customer for research\nbooks never use company for bookkeeping if patron");
    yes(&one, &["books use company of customer for research"]);
    no(&one, Reason::NotTheirWork, &["desk use company of customer for research"]);
    no(&one, Reason::Never, &["books use company of customer for bookkeeping knowing patron"]);
    let intake = policy("books never collect company if patron");
    yes(&intake, &["desk collect company of customer at shop knowing patron"]);
    no(
        &intake,
        Reason::Never,
        &[
            "books collect company of customer at shop knowing patron",
            "- collect company of customer at shop knowing patron",
        ],
    );
}

// R14
#[test]
fn recipients() {
    let one = policy(
        "we may share company of customer with processor for delivery\nwe never use, share email\n  except with bank\n  \
         except for newsletter, invitation, service_setup\nwe may share email of customer with bank for research",
    );
    yes(
        &one,
        &[
            "desk share company of customer with courier for delivery",
            "desk share company of customer with processor for delivery",
        ],
    );
    no(&one, Reason::NotDeclared, &["desk share company of customer with court for delivery"]);
    yes(&one, &["desk share email of customer with bank for research"]);
    no(&one, Reason::Never, &["desk use email of customer for research"]);
    let nobody = policy("we never share company with anyone\nwe may use company of customer for research");
    yes(&nobody, &["desk use company of customer for research"]);
    no(&nobody, Reason::Never, &["desk share company of customer with bank for research"]);
    assert_eq!(errors("we never use, share company with anyone"), ["UP0203"]);
}
