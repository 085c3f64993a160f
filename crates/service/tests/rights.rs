//! What people may ask for besides seeing and erasing: corrections, a copy to take along, restriction, disclosures, answers.

mod support;

use std::collections::BTreeMap;

use support::{World, days, done, human, refused, session, strings};
use upheld_decide::Reason;
use upheld_service::{AccessKind, Act, Answered, Ask, Caller, Collect, Disclosures, Inquiry, Portable, ServiceError};

const POLICY: &str = include_str!("../../policy/tests/data/meaning/requests.md");

fn world() -> World {
    joined(World::memory(&policy()))
}

/// In force when the tests begin.
fn policy() -> String {
    POLICY.replace("effective: 2026-12-01", "effective: 2026-01-01")
}

fn joined(world: World) -> World {
    let values = [("name", "Ann"), ("email", "ann@example.org"), ("address", "1 Elm Row")];
    take_at(&world, "sign_up", "www.example.org/join", &values);
    world
}

fn take_at(world: &World, point: &str, place: &str, values: &[(&str, &str)]) {
    let record = Collect { r#in: Some(place.to_owned()), ..support::record(point, "ann", values) };
    done(world.service.collect(&caller(AccessKind::Program), record).expect("an answer"));
}

fn caller(kind: AccessKind) -> Caller {
    Caller { kind, points: strings(&["sign_up", "web_visit", "order", "leaving"]), ..human("office") }
}

fn request(world: &World, ask: Ask) -> Act<Answered> {
    world.service.request(&session("ann"), ask).expect("an answer")
}

fn happens(world: &World, point: &str, values: &[(&str, &str)]) {
    done(
        world.service.collect(&caller(AccessKind::Program), support::record(point, "ann", values)).expect("an answer"),
    );
}

fn of(right: &str) -> Ask {
    Ask { right: right.to_owned(), ..Ask::default() }
}

fn disclosures(world: &World) -> Disclosures {
    match done(request(world, of("disclosures"))) {
        Answered::Disclosures(told) => told,
        other => panic!("{other:?}"),
    }
}

fn inquiry(world: &World, ask: Ask) -> Inquiry {
    match done(request(world, ask)) {
        Answered::Inquiry(inquiry) => inquiry,
        other => panic!("{other:?}"),
    }
}

// R83
#[test]
fn one_takes_along_what_one_gave_and_not_what_was_written_about_one() {
    let world = world();
    take_at(&world, "web_visit", "www.example.org/maps", &[("page_visited", "/maps")]);
    happens(&world, "order", &[("member_log", "pays late")]);
    let Answered::Taken(Portable { format, records, .. }) = done(request(&world, of("take"))) else { panic!("a copy") };
    assert_eq!(format, "upheld-portable-1");
    let values: BTreeMap<&str, &str> = records
        .iter()
        .flat_map(|record| &record.values)
        .map(|value| (value.element.as_str(), value.value.as_str()))
        .collect();
    let expected = [("address", "1 Elm Row"), ("email", "ann@example.org"), ("name", "Ann"), ("page_visited", "/maps")];
    assert_eq!(values, BTreeMap::from(expected));
    let email = records.iter().flat_map(|record| &record.values).find(|value| value.element == "email");
    assert!(email.is_some_and(|email| email.dpv.is_some()), "with the concept of the vocabulary");
}

// R85
#[test]
fn disclosures_say_when_what_to_whom_for_what_and_by_which_clause() {
    let world = world();
    let share = world.share("office", "ann", &["address"], "delivery", "courier");
    assert!(share.answer.allowed);
    refused(&world.share("office", "ann", &["email"], "delivery", "courier"), Reason::NoRule);
    let told = disclosures(&world).disclosures;
    assert_eq!(told.len(), 1, "a refused act discloses nothing");
    let one = &told[0];
    assert_eq!((one.act.as_str(), one.with.as_str(), one.purpose.as_deref()), ("share", "courier", Some("delivery")));
    assert_eq!((one.data.as_slice(), one.log), (["address".to_owned()].as_slice(), share.log));
    assert_eq!(one.clauses, ["names.1"]);
}

#[test]
fn who_is_forgotten_leaves_no_list_of_disclosures() {
    let world = joined(World::file(&policy()));
    assert!(world.share("office", "ann", &["address"], "delivery", "courier").answer.allowed);
    assert_eq!(world.rows()["disclosed"], 1);
    happens(&world, "leaving", &[]);
    world.service.sweep().expect("a sweep");
    assert_eq!(world.rows()["person"], 0);
    assert_eq!(world.rows()["disclosed"], 0);
}

// R86
#[test]
fn a_question_waits_until_a_human_has_answered_it_and_is_late_after_its_last_day() {
    let world = world();
    let asked = inquiry(&world, of("answer"));
    let review = inquiry(&world, Ask { clause: Some("copies.1".to_owned()), ..of("review") });
    assert_eq!((asked.due.as_deref(), review.due.as_deref()), (Some("2026-01-19"), Some("2026-02-04")));
    assert_eq!(review.clause.as_deref(), Some("copies.1"));
    let open = world.service.inquiries(&human("office")).expect("a list");
    assert_eq!(open.iter().map(|one| &one.id).collect::<Vec<_>>(), [&asked.id, &review.id]);
    assert!(!open[0].overdue);
    world.clock.advance(days(15));
    let open = world.service.inquiries(&human("office")).expect("a list");
    assert_eq!(open.iter().map(|one| one.overdue).collect::<Vec<_>>(), [true, false]);

    let program = caller(AccessKind::Program);
    assert!(
        matches!(world.service.answer(&program, &asked.id), Err(ServiceError::NotAllowed { .. })),
        "a human answers"
    );
    done(world.service.answer(&human("office"), &asked.id).expect("an answer"));
    refused(&world.service.answer(&human("office"), &asked.id).expect("an answer"), Reason::NotHeld);
    assert_eq!(world.service.inquiries(&human("office")).expect("a list").len(), 1);
    refused(&request(&world, Ask { clause: Some("nowhere.1".to_owned()), ..of("review") }), Reason::NotDeclared);
}

#[test]
fn a_request_that_says_too_much_or_too_little_is_an_error() {
    let world = world();
    let wrong = [
        of("correct"),
        of("forget"),
        Ask { to: Some("x".to_owned()), ..of("see") },
        Ask { clause: Some("copies.1".to_owned()), ..of("answer") },
        Ask { lift: true, ..of("see") },
    ];
    for ask in wrong {
        let answer = world.service.request(&session("ann"), ask);
        assert!(matches!(answer, Err(ServiceError::Invalid { .. })), "{answer:?}");
    }
}
