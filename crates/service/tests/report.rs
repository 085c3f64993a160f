//! Totals: only of enough people, only of periods that are over, once and then the same for ever.

mod support;

use support::{HOSTING, World, days, human, time};
use upheld_service::{AccessKind, Act, Caller, Line, Lines, Release, ServiceError, Totals, Verb};

fn web_server() -> Caller {
    Caller {
        key: "key-of-web_server".to_owned(),
        kind: AccessKind::Program,
        acts_as: Some("web_server".to_owned()),
        verbs: vec![Verb::Collect],
        points: vec!["web_visit".to_owned()],
        purposes: Vec::new(),
        may_act: true,
    }
}

/// Visits of nobody known, each so many times, on Monday, 5 January 2026.
fn visits(world: &World, from: u64, pages: &[(&str, usize)]) -> u64 {
    let at = time("2026-01-05T09:00:00Z");
    let mut records = Vec::new();
    for (page, count) in pages {
        for _ in 0..*count {
            let values = support::pairs(&[
                ("access_time", "2026-01-05T09:00:00Z"),
                ("page_visited", page),
                ("ip_address", "host7.isp.example"),
                ("referrer", "https://elsewhere.example/"),
            ]);
            records.push(Line { at, values });
        }
    }
    let until = from + records.len() as u64;
    let lines = Lines {
        point: "web_visit".to_owned(),
        r#in: Some("www.larchfield.example/".to_owned()),
        source: [7; 32],
        from,
        until,
        records,
        ..Lines::default()
    };
    let act = world.service.collect_lines(&web_server(), lines).expect("an answer");
    let taken = act.result.expect("taken");
    assert_eq!(taken.stored, until - from, "{taken:?}");
    assert_eq!(taken.dropped["referrer"], until - from);
    until
}

fn release(world: &World, role: &str, purpose: &str, with: Option<&str>) -> Result<Act<Totals>, ServiceError> {
    let release = Release {
        report: "traffic".to_owned(),
        on: Some("2026-01-05".parse().expect("a day")),
        r#for: purpose.to_owned(),
        with: with.map(str::to_owned),
    };
    world.service.report(&human(role), release)
}

fn groups(act: Act<Totals>) -> (Vec<(String, u64)>, Option<u64>) {
    let totals = act.result.expect("released");
    (totals.groups.into_iter().map(|group| (group.values.join(" "), group.count)).collect(), totals.others)
}

// R54
#[test]
fn small_groups_stand_together_and_counts_are_rounded() {
    for world in World::both(HOSTING) {
        visits(&world, 0, &[("/", 101), ("/plans", 23), ("/a", 6), ("/b", 5)]);
        world.clock.advance(days(7));
        let act = release(&world, "analyst", "site_statistics", Some("statistics_taker")).expect("an answer");
        let (groups, others) = groups(act);
        assert_eq!(groups, [("/".to_owned(), 100), ("/plans".to_owned(), 25)]);
        assert_eq!(others, Some(10));
        world.assert_log_verifies();
    }
}

#[test]
fn one_small_group_cannot_be_worked_out_from_the_others() {
    let world = World::memory(HOSTING);
    visits(&world, 0, &[("/", 50), ("/plans", 20), ("/secret", 3)]);
    world.clock.advance(days(7));
    let (groups, others) = groups(release(&world, "analyst", "traffic_analysis", None).expect("an answer"));
    assert_eq!(groups, [("/".to_owned(), 50)], "the next smallest group hides it");
    assert_eq!(others, Some(25));
}

#[test]
fn what_is_too_few_altogether_is_not_told() {
    let world = World::memory(HOSTING);
    visits(&world, 0, &[("/", 5), ("/plans", 4)]);
    world.clock.advance(days(7));
    let (groups, others) = groups(release(&world, "analyst", "traffic_analysis", None).expect("an answer"));
    assert_eq!((groups, others), (Vec::new(), None));
}

// R55
#[test]
fn a_period_is_released_when_it_is_over_and_is_frozen_then() {
    let world = World::memory(HOSTING);
    let next = visits(&world, 0, &[("/", 20)]);
    let early = release(&world, "analyst", "traffic_analysis", None);
    assert!(matches!(early, Err(ServiceError::Invalid { .. })), "the week is not over");
    world.clock.advance(days(7));
    let first = release(&world, "analyst", "traffic_analysis", None).expect("an answer").result.expect("released");
    // Lines that come in late change nothing of what was said.
    visits(&world, next, &[("/", 80)]);
    let again = release(&world, "analyst", "traffic_analysis", None).expect("an answer").result.expect("released");
    assert_eq!(first, again);
    assert_eq!(first.groups[0].count, 20);
}

#[test]
fn it_goes_only_to_whom_and_for_what_the_policy_says() {
    let world = World::memory(HOSTING);
    visits(&world, 0, &[("/", 20)]);
    world.clock.advance(days(7));
    for (role, purpose, with) in [
        ("analyst", "site_statistics", Some("acme")),
        ("mailer", "site_statistics", Some("statistics_taker")),
        ("analyst", "own_advertising", Some("statistics_taker")),
        ("analyst", "newsletter", None),
        ("analyst", "no_such_purpose", None),
        ("analyst", "site_statistics", Some("nobody_named")),
    ] {
        let act = release(&world, role, purpose, with).expect("an answer");
        assert!(!act.answer.allowed && act.result.is_none(), "{role} {purpose} {with:?}");
    }
    let act = release(&world, "analyst", "own_advertising", Some("advertiser")).expect("an answer");
    assert!(act.answer.allowed, "{:?}", act.answer);
    assert!(act.answer.because.iter().any(|cited| cited.sentence.starts_with("report traffic")), "{:?}", act.answer);
}
