//! Indented lines: R20 to R24.

use upheld_decide::Reason;

use crate::{errors, no, policy, yes};

// R20
#[test]
fn an_indented_line_reaches_within_the_line_above() {
    assert_eq!(errors("we never use health\n  except email"), ["UP0302"]);
    assert_eq!(errors("we may use email of customer for newsletter\n  but never for research"), ["UP0302"]);
    let one = policy(
        "we never use contact for message\n  except email\n\
        we may use email of customer for newsletter",
    );
    yes(&one, &["desk use email of customer for newsletter"]);
    no(&one, Reason::Never, &["desk use phone_number of customer for newsletter"]);
}

// R21
#[test]
fn except_frees_and_grants_nothing() {
    let one = policy(
        "we never use, share contact\n  except for newsletter, service_setup, invitation, bookkeeping\n  except email with courier\n\
        we may use phone_number of customer for newsletter\nwe may sell email of customer with courier for delivery",
    );
    yes(&one, &["desk use phone_number of customer for newsletter"]);
    no(&one, Reason::NoRule, &["desk use email of customer for newsletter"]);
    no(&one, Reason::Never, &["desk use phone_number of customer for research"]);
    // It says nothing of acts, so all that the promise reaches there is free: selling, too.
    yes(&one, &["desk sell email of customer with courier for delivery"]);
    // And none of totals: where the promise forbids them, they are free as well.
    let totals = policy(
        "we never share contact as aggregate with anyone\n  except for research\n\
        we may share email of customer with bank for research",
    );
    yes(
        &totals,
        &[
            "desk share email of customer with bank for research",
            "desk share email of customer totals 2 with bank for research",
        ],
    );
    no(&totals, Reason::Never, &["desk share email of customer totals 2 with bank for delivery"]);
}

// R22
#[test]
fn but_may_frees_and_grants() {
    let one = policy("we never share contact of customer with anyone\n  but may share with bank for research");
    yes(&one, &["desk share email of customer with bank for research"]);
    no(
        &one,
        Reason::Never,
        &[
            "desk share email of customer with courier for research",
            "desk sell email of customer with bank for research",
        ],
    );
    // Words taken from above are read as a permission's: `of customer` is said, so it is no data that a friend gave.
    no(&one, Reason::NoRule, &["desk share email of friend with bank for research"]);
    assert_eq!(errors("we never share contact with anyone\n  but may share with bank"), ["UP0201"]);
    assert_eq!(errors("we never share contact\n  but may share for research"), ["UP0202"]);
}

// R23
#[test]
fn but_never_takes_out_and_forbids() {
    let one = policy(
        "we may sell contact of customer with bank for research\n  but never phone_number\n  but never company if patron",
    );
    yes(
        &one,
        &[
            "desk sell email of customer with bank for research",
            "desk share company of customer with bank for research knowing not patron",
        ],
    );
    // Of acts it does not speak: sharing, which selling includes, is taken out, too.
    no(
        &one,
        Reason::Never,
        &[
            "desk sell phone_number of customer with bank for research",
            "desk share phone_number of customer with bank for research",
        ],
    );
    no(&one, Reason::Never, &["desk share contact of customer with bank for research"]);
    no(&one, Reason::Never, &["desk share company of customer with bank for research knowing patron"]);
    assert_eq!(
        errors(
            "we may use contact of customer for research\n  but never email\nwe may use email of customer for research"
        ),
        ["UP0301"],
        "for its part it is a promise"
    );
    let totals =
        policy("we may share contact of customer as aggregate of 10 with bank for research\n  but never phone_number");
    no(&totals, Reason::Never, &["desk share phone_number of customer totals 25 with bank for research"]);
    yes(&totals, &["desk share email of customer totals 25 with bank for research"]);
    let case = policy("we may use contact of customer on audit\n  but never phone_number");
    yes(&case, &["desk use email of customer on audit"]);
    no(&case, Reason::Never, &["desk use phone_number of customer on audit"]);
}

// R24
#[test]
fn an_exception_below_but_never_gives_back() {
    let one = policy(
        "we may use contact of customer for research\n  but never identifying\n    except phone_number\n    except email if patron",
    );
    yes(
        &one,
        &["desk use phone_number of customer for research", "desk use email of customer for research knowing patron"],
    );
    no(&one, Reason::Never, &["desk use email of customer for research", "desk use contact of customer for research"]);
}

// R125
#[test]
fn a_claim_of_the_policy_is_held_and_changes_no_answer() {
    let shares = "we may share email of customer with courier for delivery";
    let questions = ["desk share email of customer with courier for delivery"];
    let bare = policy(shares);
    let claiming =
        policy(&format!("{shares}\nprove we never share email with bank\nprove we never use health of friend"));
    yes(&claiming, &questions);
    // What only a claim names is no part of the policy.
    let decides = |one: &upheld_decide::Compiled| format!("{:?} {:?}", one.names, one.table);
    assert_eq!(decides(&claiming), decides(&bare));
    assert_eq!(errors(&format!("{shares}\nprove we never share contact with processor")), ["UP0310"]);
    assert_eq!(
        errors(&format!("{shares}\nprove we never share contact with processor\n  except for delivery")),
        [""; 0]
    );
    // It forbids nothing, so no permission meets it in conflict; and a promise makes it true.
    assert_eq!(
        errors(&format!("we never share email for research\n{shares}\nprove we never share email for research")),
        [""; 0]
    );
}

// R93
#[test]
fn lines_below_a_lock_free_of_it() {
    let locked = "desk may use contact of customer for newsletter, research\nwe use contact only for newsletter";
    let one = policy(&format!("{locked}\n  except phone_number\n  but may use email of customer for invitation"));
    yes(&one, &["desk use email of customer for newsletter", "desk use phone_number of customer for research"]);
    no(&one, Reason::Never, &["desk use email of customer for research"]);
    yes(&one, &["desk use email of customer for invitation"]);
}

// R23
#[test]
fn what_is_cut_from_a_permission_is_cut_wherever_it_may_be() {
    // `contact` is taken for nothing, `email` is: a group that stands among other purposes may still be the name that is cut.
    let one = policy(
        "we never use contact for another purpose\n  but may use contact of customer for newsletter\n    but never email",
    );
    no(&one, Reason::Never, &["desk use contact of customer for newsletter"]);
    yes(&one, &["desk use phone_number of customer for newsletter"]);
}

// R88
#[test]
fn a_name_on_both_sides_of_what_is_kept_apart_is_never_asked_for_alone() {
    let one =
        policy("desk may use contact, profile of customer for research\nwe never use email together with phone_number");
    yes(&one, &["desk use email of customer for research", "desk use phone_number of customer for research"]);
    no(&one, Reason::Never, &["desk use email+phone_number of customer for research"]);
    // A group that may be either is either.
    no(&one, Reason::Never, &["desk use contact of customer for research"]);
    let found = upheld_policy::load(
        &upheld_document::Source::new(
            "privacy.md",
            crate::text("desk may use contact of customer for research\nwe never use email together with phone_number"),
        ),
        None,
    );
    let claim = upheld_document::Source::new("claim", "we never use contact for research as pseudonym");
    let proof = upheld_policy::reason::prove(&found.policy.unwrap(), &claim).unwrap();
    let upheld_policy::reason::Proof::Refuted(example) = proof else { panic!("it holds of no single name") };
    assert_eq!(example.question.data, ["email"]);
}
