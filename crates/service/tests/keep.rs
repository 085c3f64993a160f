//! How long values are kept: closed at the end in the same moment, erased by the first sweep, and nothing before.

mod support;

use jiff::{Timestamp, ToSpan as _};
use support::{BAKERY, KEEPS, World, days, done, human, reading, refused, time};
use upheld_decide::Reason;
use upheld_service::{Answered, Remove, Use};

const MOMENT: std::time::Duration = std::time::Duration::from_millis(1);

fn read(world: &World, element: &str) -> Result<String, Reason> {
    let act = world.use_("tester", "ann", &[element], "testing");
    match act.result {
        Some(held) => Ok(held.first().expect("a value").value.clone()),
        None => Err(act.answer.reason),
    }
}

/// The moment so much later on the calendar of the policy's zone.
fn later(from: Timestamp, span: jiff::Span) -> Timestamp {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").expect("the zone");
    from.to_zoned_datetime(zone).checked_add(span).expect("a day").timestamp()
}

fn begins() -> Timestamp {
    time(support::BEGINS)
}

#[test]
fn while_of_a_kind_then_closed_then_erased() {
    for world in World::both(KEEPS) {
        world.take("joined", "ann", &[("note_a", "a")]);
        world.clock.advance(days(100));
        assert_eq!(world.service.sweep().expect("swept").values, 0);
        assert_eq!(read(&world, "note_a").as_deref(), Ok("a"));
        world.take("left", "ann", &[]);
        assert_eq!(read(&world, "note_a"), Err(Reason::Closed));
        // It may lie a week more, closed.
        let left = begins() + days(100);
        world.clock.set(later(left, 7.days()) - MOMENT);
        world.service.sweep().expect("swept");
        let there = read(&world, "note_a");
        assert!(there != Ok("a".to_owned()), "{there:?}");
        world.clock.set(later(left, 7.days()));
        world.service.sweep().expect("swept");
        assert_eq!(read(&world, "note_a"), Err(Reason::NobodyKnown));
        world.assert_log_verifies();
    }
}

#[test]
fn until_an_event() {
    for world in World::both(KEEPS) {
        world.take("written", "ann", &[("note_b", "b"), ("note_g", "g")]);
        world.clock.advance(days(4000));
        world.service.sweep().expect("swept");
        assert_eq!(read(&world, "note_b").as_deref(), Ok("b"));
        world.take("answered", "ann", &[]);
        assert_eq!(read(&world, "note_b"), Err(Reason::Closed));
        let erased = world.service.sweep().expect("swept");
        assert_eq!(erased.values, 1, "{erased:?}");
        assert_eq!(read(&world, "note_b"), Err(Reason::NotHeld));
        // Nothing is said of the other one: it stays.
        assert_eq!(read(&world, "note_g").as_deref(), Ok("g"));
        assert_eq!(world.service.sweep().expect("swept").values, 0, "again there is nothing to do");
    }
}

#[test]
fn an_event_before_a_value_was_taken_is_not_its_end() {
    for world in World::both(KEEPS) {
        world.take("seen", "ann", &[("note_f", "f")]);
        world.take("answered", "ann", &[]);
        world.clock.advance(MOMENT);
        world.take("written", "ann", &[("note_b", "b")]);
        world.service.sweep().expect("swept");
        assert_eq!(read(&world, "note_b").as_deref(), Ok("b"));
        world.take("answered", "ann", &[]);
        assert_eq!(read(&world, "note_b"), Err(Reason::Closed));
    }
}

#[test]
fn the_event_of_an_item_ends_that_item() {
    for world in World::both(KEEPS) {
        world.take_item("written", "ann", "l1", &[("letter", "one")]);
        world.take_item("written", "ann", "l2", &[("letter", "two")]);
        world.take("written", "ann", &[("note_b", "b")]);
        world.take_item("answered", "ann", "l1", &[]);
        let item = |item: &str| {
            let act = Use { item: Some(item.to_owned()), ..reading("ann", &["letter"], "testing") };
            let act = world.service.use_(&human("tester"), act).expect("an answer");
            act.result.map(|held| held[0].value.clone()).ok_or(act.answer.reason)
        };
        assert_eq!(item("l1"), Err(Reason::Closed));
        assert_eq!(item("l2").as_deref(), Ok("two"));
        world.service.sweep().expect("swept");
        assert_eq!(item("l1"), Err(Reason::NotHeld));
        assert_eq!(item("l2").as_deref(), Ok("two"));
        // What happens to an item does not happen to the person, nor the other way round.
        assert_eq!(read(&world, "note_b").as_deref(), Ok("b"));
        world.take("answered", "ann", &[]);
        assert_eq!(read(&world, "note_b"), Err(Reason::Closed));
        assert_eq!(item("l2").as_deref(), Ok("two"));
    }
}

#[test]
fn a_number_of_months_after_it_was_taken() {
    for world in World::both(KEEPS) {
        // The last day of a month, and a zone that is ahead: the end is the last day of the shorter month there.
        let taken = time("2026-01-31T22:30:00Z");
        world.clock.set(taken);
        world.take("seen", "ann", &[("note_f", "f")]);
        let end = time("2026-02-28T22:30:00Z");
        assert_eq!(later(taken, 1.month()), end);
        world.clock.set(end - MOMENT);
        assert_eq!(world.service.sweep().expect("swept").values, 0);
        assert_eq!(read(&world, "note_f").as_deref(), Ok("f"));
        world.clock.set(end);
        assert_eq!(read(&world, "note_f"), Err(Reason::Closed));
        assert_eq!(world.service.sweep().expect("swept").values, 1);
        assert_eq!(read(&world, "note_f"), Err(Reason::NobodyKnown));
    }
}

#[test]
fn days_are_those_of_the_zone() {
    let world = World::memory(KEEPS);
    // Ten days over the night in which the clocks of the zone go forward.
    let taken = time("2026-03-25T11:00:00Z");
    world.clock.set(taken);
    world.take("filed", "ann", &[("note_c", "c")]);
    let end = time("2026-04-04T10:00:00Z");
    world.clock.set(end - MOMENT);
    assert_eq!(read(&world, "note_c").as_deref(), Ok("c"));
    world.clock.set(end);
    assert_eq!(read(&world, "note_c"), Err(Reason::Closed));
}

#[test]
fn of_two_ends_the_earlier_one_counts() {
    for world in World::both(KEEPS) {
        world.take("filed", "ann", &[("note_c", "c")]);
        world.clock.advance(days(2));
        world.take("answered", "ann", &[]);
        assert_eq!(read(&world, "note_c"), Err(Reason::Closed));
        world.service.sweep().expect("swept");
        assert!(matches!(read(&world, "note_c"), Err(Reason::NotHeld | Reason::NobodyKnown)));
        // Without the event it is the ten days.
        world.take("filed", "ann", &[("note_c", "again")]);
        let taken = begins() + days(2);
        world.clock.set(later(taken, 10.days()) - MOMENT);
        assert_eq!(read(&world, "note_c").as_deref(), Ok("again"));
        world.clock.set(later(taken, 10.days()));
        assert_eq!(read(&world, "note_c"), Err(Reason::Closed));
    }
}

#[test]
fn what_must_be_kept_outlives_an_earlier_end() {
    for world in World::both(KEEPS) {
        world.take("filed", "ann", &[("note_d", "d")]);
        world.clock.set(later(begins(), 30.days()));
        world.service.sweep().expect("swept");
        assert_eq!(read(&world, "note_d").as_deref(), Ok("d"));
        world.clock.set(later(begins(), 2.months()));
        assert_eq!(read(&world, "note_d"), Err(Reason::Closed));
        world.service.sweep().expect("swept");
        assert_eq!(read(&world, "note_d"), Err(Reason::NobodyKnown));
    }
}

#[test]
fn what_must_be_kept_is_not_erased_at_a_wish() {
    for world in World::both(KEEPS) {
        world.take("filed", "ann", &[("note_c", "c"), ("note_d", "d")]);
        let Answered::Erased(erased) = done(world.ask("ann", "erase", &[])) else { panic!("an erasure") };
        assert_eq!(erased.values, 1);
        assert_eq!(erased.stays.len(), 1);
        assert_eq!((erased.stays[0].element.as_str(), erased.stays[0].clause.as_str()), ("note_d", "ends.4"));
        assert_eq!(erased.stays[0].until.as_deref(), Some("2026-03-05"));
        // Nor by a role that may erase.
        let remove = Remove {
            person: "ann".to_owned(),
            data: vec!["note_d".to_owned()],
            purpose: Some("testing".to_owned()),
            ..Remove::default()
        };
        let act = world.service.erase(&human("tester"), remove).expect("an answer");
        assert!(!act.answer.allowed || act.result.as_ref().is_some_and(|erased| erased.values == 0), "{act:?}");
        assert_eq!(read(&world, "note_d").as_deref(), Ok("d"));
    }
}

#[test]
fn what_must_be_kept_until_an_event_that_has_not_come_stays() {
    for world in World::both(KEEPS) {
        world.take("archived", "ann", &[("note_e", "e")]);
        let Answered::Erased(erased) = done(world.ask("ann", "erase", &[])) else { panic!("an erasure") };
        assert_eq!((erased.values, erased.stays.len()), (0, 1));
        assert_eq!(erased.stays[0].until, None, "nobody can say yet");
        world.clock.advance(days(800));
        world.take("ordered", "ann", &[]);
        let end = later(begins() + days(800), 1.year());
        world.clock.set(end - MOMENT);
        world.service.sweep().expect("swept");
        assert_eq!(read(&world, "note_e").as_deref(), Ok("e"));
        world.clock.set(end);
        world.service.sweep().expect("swept");
        assert_eq!(read(&world, "note_e"), Err(Reason::NobodyKnown));
    }
}

#[test]
fn who_has_nothing_left_is_forgotten() {
    let world = World::file(BAKERY);
    let empty = world.rows();
    world.take("order_form", "bob", &[("order_details", "two loaves")]);
    world.take("web_visit", "cem", &[("page_visited", "/")]);
    assert_eq!(world.rows()["person"], empty["person"] + 2);
    world.clock.advance(days(11));
    let erased = world.service.sweep().expect("swept");
    assert_eq!(erased.values, 1);
    assert!(erased.keys >= 1);
    let rows = world.rows();
    assert_eq!(rows["person"], empty["person"] + 1, "bob is forgotten, cem is not");
    world.clock.advance(days(60));
    world.service.sweep().expect("swept");
    let mut left = world.rows();
    // Classes name nobody; erasures wait for their bytes to go.
    for table in ["class", "erasure_waiting"] {
        left.insert(table.to_owned(), empty[table]);
    }
    assert_eq!(left, empty, "nothing is left of anybody");
    world.assert_log_verifies();
}

#[test]
fn a_record_of_nobody_known_ends_like_any_other() {
    let world = World::file(BAKERY);
    let empty = world.rows();
    for _ in 0..3 {
        let act =
            upheld_service::Collect { person: None, ..support::record("web_visit", "", &[("page_visited", "/")]) };
        done(world.service.collect(&support::site(), act).expect("an answer"));
    }
    world.clock.advance(days(30));
    assert_eq!(world.service.sweep().expect("swept").values, 0);
    world.clock.advance(days(60));
    assert_eq!(world.service.sweep().expect("swept").values, 3);
    assert_eq!(world.rows()["value"], empty["value"]);
    assert_eq!(world.rows()["record"], empty["record"]);
}

#[test]
fn a_sweep_reaches_everybody() {
    let world = World::memory(BAKERY);
    for n in 0..300 {
        world.take("order_form", &format!("p{n}"), &[("order_details", "a loaf")]);
    }
    world.clock.advance(days(10));
    let mut values = 0;
    // A sweep may leave some for the next one; it must get through.
    for _ in 0..20 {
        values += world.service.sweep().expect("swept").values;
    }
    assert_eq!(values, 300);
    refused(&world.use_("shop", "p299", &["order_details"], "ordering"), Reason::NobodyKnown);
    world.assert_log_verifies();
}

#[test]
fn an_order_that_a_sweep_has_not_reached_is_closed_all_the_same() {
    let world = World::memory(BAKERY);
    world.take("order_form", "bob", &[("order_details", "old")]);
    world.clock.advance(days(5));
    world.take("order_form", "bob", &[("order_details", "new")]);
    world.clock.advance(days(6));
    // Of two values one is closed: the other is what is read.
    assert_eq!(world.read("shop", "bob", &["order_details"], "ordering"), ["new"]);
    assert_eq!(world.service.sweep().expect("swept").values, 1);
    assert_eq!(world.read("shop", "bob", &["order_details"], "ordering"), ["new"]);
}

#[test]
fn what_is_kept_for_those_of_a_kind_is_not_kept_for_others() {
    let policy = BAKERY.replace(
        "we keep order_details, allergy 10 days after order_form",
        "we keep order_details, allergy while member",
    );
    let world = World::memory(&policy);
    world.take("order_form", "bob", &[("order_details", "two loaves")]);
    world.join("ann");
    world.take("order_form", "ann", &[("order_details", "a cake")]);
    refused(&world.use_("shop", "bob", &["order_details"], "ordering"), Reason::Closed);
    assert_eq!(world.read("shop", "ann", &["order_details"], "ordering"), ["a cake"]);
    assert_eq!(world.service.sweep().expect("swept").values, 1);
    refused(&world.use_("shop", "bob", &["order_details"], "ordering"), Reason::NobodyKnown);
    assert_eq!(world.read("shop", "ann", &["order_details"], "ordering"), ["a cake"]);
}

#[test]
fn of_several_ends_the_last_counts_to_the_moment() {
    let policy = BAKERY.replace(
        "we keep order_details, allergy 10 days after order_form",
        "we keep order_details, allergy the longer of 1 month after order_form, while member, then erase within 1 week",
    );
    for world in World::both(&policy) {
        // On the calendar 31 January and a month is 28 February, at the same time of the day.
        world.clock.set(time("2026-01-31T22:30:00Z"));
        world.join("ann");
        world.take("order_form", "ann", &[("order_details", "a cake")]);
        let month = time("2026-02-28T22:30:00Z");
        world.clock.set(month + days(400));
        assert_eq!(world.service.sweep().expect("swept").values, 0, "she is a member still");
        assert_eq!(world.read("shop", "ann", &["order_details"], "ordering"), ["a cake"]);
        // Who was none is kept for by the month alone.
        world.clock.set(time("2028-01-31T22:30:00Z"));
        world.take("order_form", "bob", &[("order_details", "a loaf")]);
        let end = time("2028-02-29T22:30:00Z");
        world.clock.set(end - MOMENT);
        assert_eq!(world.read("shop", "bob", &["order_details"], "ordering"), ["a loaf"]);
        world.clock.set(end);
        refused(&world.use_("shop", "bob", &["order_details"], "ordering"), Reason::Closed);
        assert_eq!(world.service.sweep().expect("swept").values, 1);
        refused(&world.use_("shop", "bob", &["order_details"], "ordering"), Reason::NobodyKnown);
        world.assert_log_verifies();
    }
}

/// A bakery whose orders are held while somebody disputes one.
fn with_holds() -> String {
    assert!(BAKERY.contains("\n  needs subject\n"), "the ground of disputes");
    BAKERY.replacen("\n  needs subject\n", "\n  needs subject\n  holds order_details\n", 1).replacen(
        "\n  ends after 10 days\n",
        "\n  ends after 3 years\n",
        1,
    )
}

#[test]
fn what_a_case_holds_is_erased_by_nothing_until_it_ends() {
    for world in World::both(&with_holds()) {
        world.join("ann");
        world.take("order_form", "ann", &[("order_details", "a cake")]);
        let incomplete = world.open_case("clerk", "dispute", "ann", &[], &[]);
        assert_eq!(incomplete.holds, ["order_details"]);
        let told = world.service.holds().expect("the holds");
        assert_eq!((told.len(), told[0].missing.as_slice(), told[0].people), (1, &["subject".to_owned()][..], Some(1)));
        // What lacks something holds nothing.
        world.clock.advance(days(11));
        assert_eq!(world.service.sweep().expect("swept").values, 1);

        world.take("order_form", "ann", &[("order_details", "a loaf")]);
        let case = world.open_case("clerk", "dispute", "ann", &[], &[("subject", "a loaf")]);
        let Answered::Erased(erased) = done(world.ask("ann", "erase", &[])) else { panic!("an erasure") };
        let stays = erased.stays.iter().find(|stays| stays.element == "order_details").expect("it stays");
        assert_eq!((stays.reason, stays.until.as_deref()), (Some(Reason::Kept), None));
        assert!(stays.sentence.contains("holds order_details"), "{}", stays.sentence);
        let Answered::Access(access) = done(world.ask("ann", "see", &[])) else { panic!("an answer") };
        let seen = access.values.iter().find(|value| value.held.element == "order_details").expect("it is shown");
        assert!(seen.held_by.as_deref().is_some_and(|line| line.contains("holds order_details")), "{seen:?}");
        world.clock.advance(days(400));
        world.service.sweep().expect("swept");
        refused(&world.use_("shop", "ann", &["order_details"], "ordering"), Reason::Closed);
        done(world.service.end_case(&human("clerk"), &case.case).expect("an answer"));
        assert!(world.service.sweep().expect("swept").values >= 1, "it is overdue");
        assert!(world.service.holds().expect("the holds").iter().all(|held| held.case != case.case));
        let gone = world.use_("shop", "ann", &["order_details"], "ordering").answer.reason;
        assert!(matches!(gone, Reason::NotHeld | Reason::NobodyKnown), "{gone:?}");
        world.assert_log_verifies();
    }
}

#[test]
fn a_period_for_a_purpose_ends_the_purpose_and_not_the_value() {
    let line = "we keep order_details, allergy 10 days after order_form";
    let policy = BAKERY.replace(line, &format!("{line}\nwe keep order_details 1 month after order_form for ordering"));
    let policy = policy.replace(line, "we keep order_details, allergy 1 year after order_form");
    for world in World::both(&policy) {
        world.join("ann");
        world.clock.set(time("2026-01-31T22:30:00Z"));
        world.take("order_form", "ann", &[("order_details", "a cake")]);
        let end = time("2026-02-28T22:30:00Z");
        world.clock.set(end - MOMENT);
        assert_eq!(world.read("shop", "ann", &["order_details"], "ordering"), ["a cake"]);
        world.clock.set(end);
        let act = world.use_("shop", "ann", &["order_details"], "ordering");
        refused(&act, Reason::Closed);
        assert!(act.answer.because[0].sentence.ends_with("for ordering"), "{:?}", act.answer);
        assert_eq!(world.service.sweep().expect("swept").values, 0, "it is held still");
        let Answered::Access(access) = done(world.ask("ann", "see", &["order_details"])) else { panic!("an answer") };
        assert_eq!(access.values[0].closed_for, ["ordering"]);
        assert_eq!(access.values[0].kept_until.as_deref(), Some("2027-01-31"));
        // A new one is counted from its own taking.
        world.take("order_form", "ann", &[("order_details", "a loaf")]);
        assert_eq!(world.read("shop", "ann", &["order_details"], "ordering"), ["a loaf"]);
        world.clock.set(time("2027-01-31T22:30:00Z"));
        assert_eq!(world.service.sweep().expect("swept").values, 1);
    }
}

#[test]
fn a_law_asks_from_the_end_of_the_year_and_a_later_one_reaches_back() {
    let line = "we keep order_details, allergy 10 days after order_form";
    let law = |country: &str| {
        format!("we must keep order_details as long as bookkeeping_law in {country} asks, after order_form")
    };
    let policy = |country: &str| {
        let zoned = BAKERY.replace(line, &law(country)).replacen("version: ", "zone: Europe/Berlin\nversion: ", 1);
        zoned.replacen("effective: 2026-01-01", "effective: 2010-01-01", 1)
    };
    // Taken, and when the law lets it go: the year ends at midnight there, an hour before that of UTC.
    let of_de = [
        // Eight years from the end of 2025.
        ("2025-03-01T12:00:00Z", "2033-12-31T23:00:00Z"),
        // An evening of UTC that is the next year there.
        ("2025-12-31T23:30:00Z", "2034-12-31T23:00:00Z"),
        // Ten years would end with 2028; the eight of the later law reach back.
        ("2018-05-01T12:00:00Z", "2026-12-31T23:00:00Z"),
        // Eight years had ended before the later law was there: it is let go on its first day.
        ("2015-05-01T12:00:00Z", "2024-12-31T23:00:00Z"),
        // Ten years had ended by then.
        ("2014-05-01T12:00:00Z", "2024-12-31T23:00:00Z"),
    ];
    let of_ch = [("2025-03-01T12:00:00Z", "2035-12-31T23:00:00Z"), ("2015-05-01T12:00:00Z", "2025-12-31T23:00:00Z")];
    for (country, cases) in [("DE", &of_de[..]), ("CH", &of_ch[..])] {
        for (taken, end) in cases {
            let world = World::memory_at(&policy(country), time(taken));
            world.take("order_form", "ann", &[("order_details", "a cake")]);
            world.clock.set(time(end) - MOMENT);
            assert_eq!(world.service.sweep().expect("swept").values, 0, "{country} {taken}");
            assert_eq!(world.read("shop", "ann", &["order_details"], "ordering"), ["a cake"], "{country} {taken}");
            world.clock.set(time(end));
            refused(&world.use_("shop", "ann", &["order_details"], "ordering"), Reason::Closed);
            assert_eq!(world.service.sweep().expect("swept").values, 1, "{country} {taken}");
        }
    }
}
