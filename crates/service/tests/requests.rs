//! What people ask for under their own session: to see what is held of them, and to have it erased.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use support::{BAKERY, World, days, done, refused, session};
use upheld_decide::Reason;
use upheld_service::{Access, AccessValue, Act, Answered, Ask, Erased};

fn member(world: &World, person: &str) {
    world.join(person);
    world.take("note", person, &[("member_log", "likes rye")]);
    world.take("bill", person, &[("invoice", "26-117")]);
    world.take_item("mail_in", person, "m1", &[("message", "Hello")]);
}

fn see(world: &World, person: &str, data: &[&str]) -> Access {
    match done(world.ask(person, "see", data)) {
        Answered::Access(access) => access,
        other => panic!("a report: {other:?}"),
    }
}

fn erase(world: &World, person: &str, data: &[&str]) -> Erased {
    match done(world.ask(person, "erase", data)) {
        Answered::Erased(erased) => erased,
        other => panic!("an erasure: {other:?}"),
    }
}

fn elements(access: &Access) -> BTreeSet<&str> {
    access.values.iter().map(|value| value.held.element.as_str()).collect()
}

fn value<'a>(access: &'a Access, element: &str) -> &'a AccessValue {
    access.values.iter().find(|value| value.held.element == element).unwrap_or_else(|| panic!("{element} is there"))
}

#[test]
fn a_report_has_everything_in_reach_and_where_it_came_from() {
    for world in World::both(BAKERY) {
        member(&world, "ann");
        member(&world, "bob");
        done(world.choose("ann", "newsletter", false, Some("link")));
        let access = see(&world, "ann", &[]);
        assert_eq!((access.controller.as_str(), access.version.as_str()), ("Tern Bakery", "1"));
        assert_eq!(access.at.parse::<jiff::Timestamp>().ok(), Some(support::time(support::BEGINS)));
        let all = ["address", "card_number", "email", "invoice", "member_log", "message", "name", "phone_number"];
        assert_eq!(elements(&access), BTreeSet::from(all));
        assert_eq!(access.choices, BTreeMap::from([("newsletter".to_owned(), "refused".to_owned())]));
        let text = serde_json::to_string(&access).expect("JSON");
        assert!(!text.contains("bob"), "{text}");

        let email = value(&access, "email");
        assert_eq!((email.held.value.as_str(), email.held.point.as_str()), ("ann@mail.example", "sign_up"));
        assert_eq!(email.purposes, ["service_setup"]);
        assert_eq!((email.from.as_str(), email.clause.as_str()), ("themselves", "collect.1"));
        assert_eq!(email.held_as, None);
        assert!(email.kept_until.is_some(), "a sentence says how long");
        let log = value(&access, "member_log");
        assert_eq!((log.from.as_str(), log.held.value.as_str()), ("us", "likes rye"));
        let message = value(&access, "message");
        assert_eq!((message.held.item.as_deref(), message.held.value.as_str()), (Some("m1"), "Hello"));
        let invoice = value(&access, "invoice");
        assert_eq!(invoice.kept_until.as_deref(), Some("2029-01-05"));
    }
}

#[test]
fn a_token_is_reported_as_held_and_not_whole() {
    let world = World::memory(BAKERY);
    member(&world, "ann");
    let access = see(&world, "ann", &["payment"]);
    assert_eq!(elements(&access), BTreeSet::from(["card_number"]));
    let card = value(&access, "card_number");
    assert_eq!(card.held_as.as_deref(), Some("token"));
    assert!(!card.held.value.contains("411111111111"), "at most its last digits: {}", card.held.value);
}

#[test]
fn part_of_it_can_be_asked_for() {
    let world = World::memory(BAKERY);
    member(&world, "ann");
    assert_eq!(elements(&see(&world, "ann", &["email"])), BTreeSet::from(["email"]));
    assert_eq!(
        elements(&see(&world, "ann", &["contact"])),
        BTreeSet::from(["address", "email", "name", "phone_number"])
    );
    let access = see(&world, "ann", &["usage"]);
    assert!(access.values.is_empty(), "nothing of it is held, and that is an answer");
}

#[test]
fn a_right_reaches_what_its_sentence_says_for_those_who_have_it() {
    for world in World::both(BAKERY) {
        refused(&world.ask("nobody", "see", &["contact"]), Reason::NobodyKnown);
        world.take("web_visit", "bob", &[("page_visited", "/")]);
        refused(&world.ask("bob", "see", &["contact"]), Reason::NotThatKind);
        refused(&world.ask("bob", "erase", &["contact"]), Reason::NotThatKind);
        assert_eq!(elements(&see(&world, "bob", &["usage"])), BTreeSet::from(["page_visited"]));
        member(&world, "ann");
        refused(&world.ask("ann", "see", &["health"]), Reason::NotOffered);
        refused(&world.ask("ann", "erase", &["communications"]), Reason::NotOffered);
        refused(&world.ask("ann", "see", &["shoe_size"]), Reason::NotDeclared);
        let result = world.service.request(&session("ann"), Ask { right: "forget".to_owned(), ..Ask::default() });
        assert!(!matches!(&result, Ok(act) if act.answer.allowed), "{result:?}");
        world.assert_log_verifies();
    }
}

#[test]
fn who_was_a_member_can_still_see_what_is_left() {
    let world = World::memory(BAKERY);
    member(&world, "ann");
    world.clock.advance(days(1));
    world.take("leaving", "ann", &[]);
    // Closed is not erased: a person may see what still lies there.
    let access = see(&world, "ann", &["contact"]);
    assert!(elements(&access).contains("email"), "{:?}", elements(&access));
}

#[test]
fn an_erasure_says_what_went_and_what_stays() {
    for world in World::both(BAKERY) {
        member(&world, "ann");
        member(&world, "bob");
        let erased = erase(&world, "ann", &[]);
        assert_eq!(erased.values, 6, "name, e-mail, address, telephone number, card number, log: {erased:?}");
        assert!(erased.keys >= 1);
        assert_eq!(erased.unreadable.parse::<jiff::Timestamp>().ok(), Some(support::time(support::BEGINS)));
        let stay: BTreeSet<&str> = erased.stays.iter().map(|stays| stays.element.as_str()).collect();
        // Of what the right does not reach it is said as well that it stays.
        assert_eq!(stay, BTreeSet::from(["birth_date", "invoice", "message"]));
        let stays = erased.stays.iter().find(|stays| stays.element == "invoice").expect("the invoice");
        assert_eq!(stays.clause, "keep.1");
        assert_eq!(stays.sentence, "we must keep invoice 3 years after bill");
        assert_eq!(stays.until.as_deref(), Some("2029-01-05"));

        let access = see(&world, "ann", &[]);
        assert_eq!(elements(&access), BTreeSet::from(["invoice", "message"]));
        refused(&world.use_("mailer", "ann", &["email"], "newsletter"), Reason::NotHeld);
        assert_eq!(world.read("books", "ann", &["invoice"], "bookkeeping"), ["26-117"]);
        assert_eq!(world.read("mailer", "bob", &["email"], "newsletter"), ["bob@mail.example"], "bob keeps his");
        world.assert_log_verifies();
    }
}

#[test]
fn an_erasure_again_erases_nothing_more() {
    for world in World::both(BAKERY) {
        member(&world, "ann");
        erase(&world, "ann", &["contact"]);
        let again: Act<Answered> = world.ask("ann", "erase", &["contact"]);
        if let Some(Answered::Erased(erased)) = again.result {
            assert_eq!((erased.values, erased.keys), (0, 0));
        } else {
            assert_eq!(again.answer.reason, Reason::NotHeld, "{:?}", again.answer);
        }
        assert_eq!(world.read("support", "ann", &["member_log"], "service_provision"), ["likes rye"]);
    }
}

#[test]
fn the_bytes_of_an_erasure_go_too() {
    let world = World::file(BAKERY);
    member(&world, "ann");
    let values = world.rows()["value"];
    let erased = erase(&world, "ann", &[]);
    assert_eq!(world.rows()["value"], values - 6);
    // With no reader in the way it is done at once.
    assert_eq!(erased.bytes_gone.and_then(|at| at.parse().ok()), Some(support::time(support::BEGINS)));
    assert_eq!(world.service.scrub().expect("scrubbed"), 0, "nothing waits");
    let log = world.log();
    let [.., done, gone] = log.as_slice() else { panic!("two entries") };
    assert_eq!((done.verb.as_str(), gone.verb.as_str()), ("request", "keep"));
    world.assert_log_verifies();
}

#[test]
fn a_refusal_outlives_what_was_erased() {
    let world = World::memory(BAKERY);
    member(&world, "ann");
    done(world.choose("ann", "newsletter", false, Some("link")));
    erase(&world, "ann", &["contact"]);
    world.take("sign_up", "ann", &[("name", "ann"), ("email", "again@mail.example")]);
    refused(&world.use_("mailer", "ann", &["email"], "newsletter"), Reason::Refused);
}

#[test]
fn what_is_blocked_can_be_seen_by_the_person() {
    let world = World::memory(BAKERY);
    member(&world, "ann");
    let block = upheld_service::Remove {
        person: "ann".to_owned(),
        data: vec!["address".to_owned()],
        purpose: Some("service_provision".to_owned()),
        ..upheld_service::Remove::default()
    };
    assert!(world.service.block(&support::human("support"), block).expect("an answer").answer.allowed);
    let access = see(&world, "ann", &["address"]);
    assert_eq!(value(&access, "address").held.value, "1 Elm Row");
}
