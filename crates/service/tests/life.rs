//! Versions of the policy: put into force, kept as they were, and never taken for another.

mod support;

use jiff::civil::date;
use support::{BAKERY, World, days, human, reading, refused};
use upheld_decide::Reason;
use upheld_service::ServiceError;

/// The bakery's policy as its second version, without the sentence that lets news be sent.
fn second() -> String {
    let sentence = "we may use contact of member for newsletter, product_notice\n";
    assert!(BAKERY.contains(sentence));
    BAKERY
        .replace(sentence, "statement\n")
        .replace("version: 1\n", "version: 2\n")
        .replace("```scenario\n", "```text\n")
}

#[test]
fn without_a_version_nothing_is_permitted() {
    let world = World::empty_file();
    let before = world.rows();
    assert!(world.service.in_force().expect("an answer").is_none());
    refused(&world.collect("note", "ann", &[("member_log", "x")]), Reason::NoPolicy);
    refused(&world.use_("mailer", "ann", &["email"], "newsletter"), Reason::NoPolicy);
    refused(&world.choose("ann", "newsletter", false, None), Reason::NoPolicy);
    refused(&world.ask("ann", "see", &[]), Reason::NoPolicy);
    assert_eq!(world.rows(), before);
    assert_eq!(world.log().len(), 4, "each refusal stands in the log");
    world.assert_log_verifies();
}

#[test]
fn the_same_text_again_changes_nothing() {
    for world in World::both(BAKERY) {
        let first = world.service.versions().expect("versions");
        let again = world.service.activate(BAKERY, None, "somebody else").expect("the same text is fine");
        assert_eq!(first, [again]);
        assert_eq!(world.service.versions().expect("versions"), first);
        assert_eq!(world.service.source(first[0].number).expect("the text"), BAKERY);
    }
}

#[test]
fn another_text_under_the_same_version_is_refused() {
    for world in World::both(BAKERY) {
        let changed = BAKERY.replace("Brings bread", "Brings cake");
        let error = world.service.activate(&changed, None, "test").expect_err("refused");
        assert!(matches!(&error, ServiceError::VersionTaken { version } if version == "1"), "{error}");
        assert_eq!(world.service.versions().expect("versions").len(), 1);
    }
}

#[test]
fn a_policy_that_does_not_compile_leaves_the_one_in_force() {
    for world in World::both(BAKERY) {
        let broken = second().replace("for delivery\n", "for delivry\n");
        let error = world.service.activate(&broken, None, "test").expect_err("refused");
        assert!(matches!(error, ServiceError::Policy(_)), "{error}");
        let in_force = world.service.in_force().expect("an answer").expect("a version");
        assert_eq!(in_force.version.version, "1");
    }
}

#[test]
fn who_puts_it_into_force_must_be_said() {
    let world = World::empty_file();
    assert!(world.service.activate(BAKERY, None, " ").is_err());
    assert!(world.service.versions().expect("versions").is_empty());
}

#[test]
fn a_version_from_a_later_day_is_not_yet_in_force() {
    for world in World::both(BAKERY) {
        world.join("ann");
        let version = world.service.activate(&second(), Some(date(2026, 1, 10)), "test").expect("activated");
        assert_eq!(version.from, date(2026, 1, 10));
        let number = |world: &World| world.service.in_force().expect("an answer").expect("a version").version.number;
        assert_eq!(number(&world), 1);
        assert_eq!(world.read("mailer", "ann", &["email"], "newsletter"), ["ann@mail.example"]);

        // The last moment before the day, in the policy's zone, and the first moment of it.
        world.clock.set(support::time("2026-01-09T23:59:59.999Z"));
        assert_eq!(number(&world), 1);
        assert_eq!(world.read("mailer", "ann", &["email"], "newsletter"), ["ann@mail.example"]);
        world.clock.set(support::time("2026-01-10T00:00:00Z"));
        assert_eq!(number(&world), 2);
        let act = world.use_("mailer", "ann", &["email"], "newsletter");
        refused(&act, Reason::NoRule);
        let last = world.log().pop().expect("an entry");
        assert_eq!((last.verb.as_str(), last.version.as_str()), ("use", "2"));
        world.assert_log_verifies();
    }
}

#[test]
fn time_never_goes_back() {
    let world = World::memory(BAKERY);
    world.clock.set(support::time("2026-03-01T00:00:00Z"));
    world.join("ann");
    world.clock.set(support::time("2026-02-01T00:00:00Z"));
    world.join("bob");
    let log = world.log();
    assert!(log.is_sorted_by_key(|entry| entry.at), "entries stand in the order of their times");
}

#[test]
fn everything_is_there_after_opening_the_store_again() {
    let world = World::file(BAKERY);
    world.join("ann");
    world.choose("ann", "newsletter", false, Some("link"));
    let service = world.reopened().expect("it opens");
    assert_eq!(service.versions().expect("versions"), world.service.versions().expect("versions"));
    let act = support::reading("ann", &["email"], "product_notice");
    let held = support::done(service.use_(&support::human("mailer"), act).expect("an answer"));
    assert_eq!(held[0].value, "ann@mail.example");
    let act = support::reading("ann", &["email"], "newsletter");
    refused(&service.use_(&support::human("mailer"), act).expect("an answer"), Reason::Refused);
    assert_eq!(service.verify_log().expect("read").first_fault, None);
}

#[test]
fn a_version_that_means_something_else_now_is_refused() {
    let world = World::file(BAKERY);
    // As if another compiler had understood the same text otherwise.
    world.tamper("UPDATE version SET meaning_digest = '00' || substr(meaning_digest, 3)");
    let service = world.reopened().expect("it opens");
    service.ready().expect_err("it does not serve");
    let act = service.use_(&human("mailer"), reading("ann", &["email"], "newsletter")).expect("an answer");
    assert_eq!(act.answer.reason, Reason::NoPolicy, "nothing is decided by it");
    // What the error says to do can be done.
    service.activate(&second(), None, "test").expect("another version");
    service.ready().expect("ready");
    let world = World::file(BAKERY);
    world.tamper("UPDATE version SET source = replace(source, 'Brings bread', 'Brings cakes')");
    world.reopened().expect("it opens").ready().expect_err("a changed text is not believed");
    let world = World::file(BAKERY);
    world.tamper("UPDATE version SET starts = starts + 86400000");
    world.reopened().expect("it opens").ready().expect_err("a changed day is not believed");
}

#[test]
fn an_old_version_can_be_read_when_a_newer_one_is_in_force() {
    let world = World::memory(BAKERY);
    world.clock.advance(days(1));
    let newer = world.service.activate(&second(), None, "test").expect("activated");
    assert_eq!(newer.number, 2);
    assert_eq!(world.service.source(1).expect("the text"), BAKERY);
    assert_eq!(world.service.source(2).expect("the text"), second());
    assert!(matches!(world.service.source(3), Err(ServiceError::NotFound { .. })));
}

#[test]
fn what_an_earlier_version_took_is_still_kept_no_longer_than_the_text_says() {
    for world in World::both(support::KEEPS) {
        world.take("seen", "ann", &[("note_f", "f")]);
        assert_eq!(world.read("tester", "ann", &["note_f"], "testing"), ["f"]);
        // The next version takes it no more. How long it is kept stays in the text.
        let sentence = "we may collect note_f of visitor at seen for testing\n";
        assert!(support::KEEPS.contains(sentence));
        let next = support::KEEPS.replace(sentence, "").replace("version: 1\n", "version: 2\n");
        world.service.activate(&next, None, "test").expect("the next version compiles");
        refused(&world.use_("tester", "ann", &["note_f"], "testing"), Reason::NoRule);
        world.clock.advance(days(40));
        let erased = world.service.sweep().expect("swept");
        assert_eq!(erased.values, 1, "a value does not outlive its period because its form is gone: {erased:?}");
    }
}

#[test]
fn a_day_begins_in_the_zone_of_the_policy() {
    let world = World::memory(support::KEEPS);
    let next = support::KEEPS.replace("version: 1\n", "version: 2\n");
    world.service.activate(&next, Some(date(2026, 1, 10)), "test").expect("activated");
    let number = || world.service.in_force().expect("an answer").expect("a version").version.number;
    world.clock.set(support::time("2026-01-09T22:59:59.999Z"));
    assert_eq!(number(), 1);
    world.clock.set(support::time("2026-01-09T23:00:00Z"));
    assert_eq!(number(), 2);
}

#[test]
fn a_day_that_is_past_is_at_once() {
    let world = World::memory(BAKERY);
    let version = world.service.activate(&second(), Some(date(2025, 1, 1)), "test").expect("activated");
    assert_eq!(version.from, date(2026, 1, 5), "no version was in force before it was there");
    assert_eq!(world.service.in_force().expect("an answer").expect("a version").version.number, 2);
}

#[test]
fn other_keys_do_not_open_a_store() {
    let world = World::file(BAKERY);
    world.join("ann");
    let keys = upheld_service::Keys::ephemeral().expect("keys");
    let place = world.place();
    let error = upheld_service::Service::open(place, keys, world.clock.clone()).map(drop).expect_err("other keys");
    assert!(!error.to_string().contains("ann"));
}
