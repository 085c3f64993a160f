//! The way of a version into force: proposed, approved, withdrawn; and what never comes back with an old text.

mod support;

use jiff::civil::date;
use support::{BAKERY, World, days, refused};
use upheld_decide::Reason;
use upheld_service::{ProposalState, ServiceError};

const NEWS: &str = "we may use contact of member for newsletter, product_notice\n";

fn as_version(text: &str, version: &str) -> String {
    text.replace("version: 1\n", &format!("version: {version}\n")).replace("```scenario\n", "```text\n")
}

/// The bakery's policy without the sentence that lets news be sent.
fn stronger(version: &str) -> String {
    assert!(BAKERY.contains(NEWS));
    as_version(&BAKERY.replace(NEWS, "statement\n"), version)
}

fn in_force(world: &World) -> String {
    world.service.in_force().expect("an answer").expect("a version").version.version.clone()
}

fn said<T: std::fmt::Debug>(outcome: Result<T, ServiceError>) -> String {
    outcome.expect_err("refused").to_string()
}

#[test]
fn what_is_nowhere_weaker_begins_at_once() {
    for world in World::both(BAKERY) {
        let (proposal, weaker) = world.service.propose(&stronger("2"), None, "Ines").expect("proposed");
        assert_eq!((proposal.state, weaker), (ProposalState::Proposed, Vec::new()));
        assert_eq!(in_force(&world), "1", "a proposal decides nothing");
        world.service.approve("2", None, None, "Ines").expect("approved by who proposed it");
        assert_eq!(in_force(&world), "2");
        assert_eq!(world.service.proposals().expect("read")[0].state, ProposalState::Approved);
        let log = world.log();
        let verbs: Vec<&str> = log.iter().map(|entry| entry.verb.as_str()).collect();
        assert_eq!(verbs, ["activate", "propose", "activate"]);
        assert_eq!(log[2].details.get("proposed_by").map(String::as_str), Some("Ines"));
        world.assert_log_verifies();
        assert!(said(world.service.approve("2", None, None, "Bo")).contains("approved already"));
    }
}

#[test]
fn what_may_be_weaker_waits_for_the_notice_and_a_second_person() {
    for world in World::both(BAKERY) {
        // Today is 5 January.
        world.service.propose(&stronger("2"), None, "Ines").expect("proposed");
        world.service.approve("2", None, None, "Ines").expect("approved");
        let (_, weaker) = world.service.propose(&as_version(BAKERY, "3"), None, "Ines").expect("proposed");
        assert!(weaker[0].change.starts_with("newly permitted: "), "{weaker:?}");
        assert!(weaker.iter().all(|one| one.new == [NEWS.trim()]), "{weaker:?}");

        let approve = |from, posted, by: &str| world.service.approve("3", from, posted, by);
        assert!(said(approve(None, None, "Bo")).contains("tell them first"));
        assert!(said(approve(None, Some(date(2026, 1, 5)), "Bo")).contains("begins on a later day"));
        assert!(said(approve(Some(date(2026, 1, 5)), Some(date(2026, 1, 5)), "Bo")).contains("begins on a later day"));
        assert!(said(approve(Some(date(2026, 2, 1)), Some(date(2026, 1, 6)), "Bo")).contains("still to come"));
        assert!(said(approve(Some(date(2026, 2, 1)), Some(date(2026, 1, 5)), "ines")).contains("somebody else"));
        assert!(said(approve(None, None, " ")).contains("say who"));
        assert_eq!(in_force(&world), "2");

        approve(Some(date(2026, 2, 1)), Some(date(2026, 1, 5)), "Bo").expect("approved");
        assert_eq!(in_force(&world), "2");
        world.clock.set(support::time("2026-02-01T00:00:00Z"));
        assert_eq!(in_force(&world), "3");
        let entry = world.log().pop().expect("an entry");
        assert_eq!(entry.details.get("posted").map(String::as_str), Some("2026-01-05"));
        world.assert_log_verifies();
    }
}

#[test]
fn it_is_compared_with_what_is_in_force_when_it_is_approved() {
    let world = World::memory(BAKERY);
    let (_, weaker) = world.service.propose(&as_version(BAKERY, "3"), None, "Ines").expect("proposed");
    assert!(weaker.is_empty(), "the same rules");
    world.service.activate(&stronger("2"), None, "test").expect("activated");
    assert!(said(world.service.approve("3", None, None, "Ines")).contains("tell them first"));
}

#[test]
fn it_is_compared_with_what_is_in_force_when_it_begins() {
    let world = World::memory(BAKERY);
    world.service.activate(&stronger("2"), Some(date(2026, 2, 1)), "test").expect("activated");
    let again = as_version(BAKERY, "3");
    // Before February it is no news; from then on it takes something away again.
    let weaker = |from| match world.service.activate(&again, from, "Ines") {
        Err(ServiceError::Weaker { weaker, .. }) => weaker.len(),
        other => panic!("{other:?}"),
    };
    assert!(weaker(Some(date(2026, 2, 1))) > 0);
    assert!(weaker(Some(date(2026, 3, 1))) > 0);
    world.service.propose(&again, None, "Ines").expect("proposed");
    let approve = |from, posted, by: &str| world.service.approve("3", from, posted, by);
    assert!(said(approve(Some(date(2026, 3, 1)), None, "Bo")).contains("tell them first"));
    assert!(said(approve(Some(date(2026, 3, 1)), Some(date(2026, 1, 5)), "Ines")).contains("somebody else"));
    approve(Some(date(2026, 1, 31)), None, "Ines").expect("nowhere weaker than what is in force until then");
    assert_eq!(in_force(&world), "1");
}

/// The guard stands in the write that puts the version into force, and not before it.
#[test]
fn two_at_once_do_not_weaken_each_other() {
    let world = World::file(BAKERY);
    let both = ["2", "3"].map(|version| {
        let service = world.service.clone();
        let text = if version == "2" { stronger("2") } else { as_version(BAKERY, "3") };
        std::thread::spawn(move || service.activate(&text, None, "test").map(|version| version.version))
    });
    let done = both.map(|thread| thread.join().expect("no panic"));
    assert!(done[0].is_ok(), "{done:?}");
    match &done[1] {
        Ok(_) => assert_eq!(in_force(&world), "2", "it was first, and then the stronger one took its place"),
        Err(error) => assert!(matches!(error, ServiceError::Weaker { .. }), "{error}"),
    }
    assert_eq!(in_force(&world), "2");
}

#[test]
fn a_proposal_is_taken_back_and_made_again() {
    for world in World::both(BAKERY) {
        world.service.propose(&stronger("2"), None, "Ines").expect("proposed");
        let withdrawn = world.service.withdraw_proposal("2", "Bo").expect("withdrawn");
        assert_eq!(withdrawn.state, ProposalState::Withdrawn);
        assert!(said(world.service.approve("2", None, None, "Bo")).contains("withdrawn already"));
        assert!(said(world.service.withdraw_proposal("2", "Bo")).contains("withdrawn already"));
        world.service.propose(&stronger("2"), None, "Ines").expect("proposed again");
        world.service.approve("2", None, None, "Bo").expect("approved");
        assert!(said(world.service.propose(&stronger("2"), None, "Ines")).contains("put into force already"));
        assert!(matches!(world.service.approve("9", None, None, "Bo"), Err(ServiceError::NotFound { .. })));
        assert_eq!(world.log().iter().filter(|entry| entry.verb == "withdraw").count(), 1);
        let broken = stronger("4").replace("for delivery\n", "for delivry\n");
        assert!(matches!(world.service.propose(&broken, None, "Ines"), Err(ServiceError::Policy(_))));
    }
}

#[test]
fn a_proposal_that_somebody_changed_in_the_store_is_not_put_into_force() {
    for change in [
        "UPDATE proposal SET source = replace(source, 'Brings bread', 'Brings cakes')",
        "UPDATE proposal SET author = 'Somebody'",
        "UPDATE proposal SET state = 'withdrawn'",
    ] {
        let world = World::file(BAKERY);
        world.service.propose(&stronger("2"), None, "Ines").expect("proposed");
        world.tamper(change);
        world.service.approve("2", None, None, "Bo").expect_err("not believed");
        assert_eq!(in_force(&world), "1", "{change}");
    }
}

/// An old text comes back as a new version. What people have refused since stays refused.
#[test]
fn going_back_to_an_old_text_restores_no_choice_that_was_withdrawn() {
    for world in World::both(BAKERY) {
        world.join("ann");
        world.choose("ann", "sales_calls", true, None);
        assert_eq!(world.read("mailer", "ann", &["email"], "newsletter"), ["ann@mail.example"]);
        world.service.activate(&stronger("2"), None, "test").expect("activated");
        world.choose("ann", "newsletter", false, Some("link"));
        world.choose("ann", "sales_calls", false, None);
        world.service.propose(&as_version(BAKERY, "3"), None, "Ines").expect("proposed");
        world.service.approve("3", Some(date(2026, 1, 10)), Some(date(2026, 1, 5)), "Bo").expect("approved");
        world.clock.advance(days(20));
        assert_eq!(in_force(&world), "3");
        refused(&world.use_("mailer", "ann", &["email"], "newsletter"), Reason::Refused);
        refused(&world.use_("caller", "ann", &["phone_number"], "sales_calls"), Reason::NotAgreed);
    }
}

// R78
#[test]
fn a_change_is_posted_before_it_applies() {
    let promise = format!("changes are posted at \"/privacy\" before they apply\n{NEWS}");
    let first = BAKERY.replace(NEWS, &promise);
    let next = as_version(&first.replace(NEWS, "statement\n"), "2");
    let world = World::memory(&first);
    assert!(said(world.service.activate(&next, None, "Bo")).contains("posted at /privacy"));
    let (_, weaker) = world.service.propose(&next, None, "Ines").expect("proposed");
    assert_eq!(weaker, Vec::new());
    let approve = |from, posted| world.service.approve("2", from, posted, "Ines");
    assert!(said(approve(None, None)).contains("posted at /privacy"));
    assert!(said(approve(None, Some(date(2026, 1, 5)))).contains("begins on a later day"));
    approve(Some(date(2026, 1, 9)), Some(date(2026, 1, 5))).expect("approved");
    world.clock.set(support::time("2026-01-09T00:00:00Z"));
    assert_eq!(in_force(&world), "2");
}
