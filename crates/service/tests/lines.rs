//! Lines of a log: what the policy declares of each and nothing else, no line twice, gone with its day.

mod support;

use std::collections::BTreeSet;

use support::outsider::{copy, opened};
use support::{HOSTING, World, days, is_in, pairs, time};
use upheld_service::{AccessKind, Caller, Line, Lines, LinesTaken, ServiceError, Verb};

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

fn line(at: &str, host: &str, page: &str) -> Line {
    let values = pairs(&[
        ("access_time", at),
        ("page_visited", page),
        ("ip_address", host),
        ("referrer", "https://zq-elsewhere-qz.example/"),
        ("browser", "zq-browser-qz"),
        ("login_name", "zq-login-qz"),
    ]);
    Line { at: time(at), values }
}

fn take(world: &World, from: u64, records: Vec<Line>) -> Result<LinesTaken, ServiceError> {
    let until = from + records.len() as u64;
    let lines = Lines {
        point: "web_visit".to_owned(),
        r#in: Some("www.larchfield.example/".to_owned()),
        source: [3; 32],
        from,
        until,
        bytes: until * 100,
        prefix: [u8::try_from(until).unwrap_or(0); 32],
        records,
    };
    Ok(world.service.collect_lines(&web_server(), lines)?.result.expect("taken"))
}

#[test]
fn of_each_line_three_facts_are_left() {
    let world = World::file(HOSTING);
    let taken = take(
        &world,
        0,
        vec![
            line("2026-01-04T09:00:00Z", "dsl7.pool.zq-provider-qz.example", "/plans"),
            line("2026-01-04T09:00:01Z", "192.0.2.77", "/"),
        ],
    )
    .expect("taken");
    assert_eq!(taken.stored, 2);
    assert_eq!(taken.dropped.values().copied().collect::<BTreeSet<_>>(), BTreeSet::from([2]));
    let copied = copy(&world);
    let opened = opened(&world, &copied, &copied.values);
    let elements: Vec<&str> = opened.keys().map(String::as_str).collect();
    assert_eq!(elements, ["access_time", "isp_domain", "page_visited"]);
    assert_eq!(opened["isp_domain"], BTreeSet::from(["zq-provider-qz.example".to_owned()]));
    let bytes = world.bytes();
    for secret in ["zq-elsewhere", "zq-browser", "zq-login", "192.0.2.77", "dsl7", "zq-provider", "/plans"] {
        let in_policy = HOSTING.contains(secret);
        assert!(in_policy || !is_in(&bytes, secret.as_bytes()), "{secret} lies in the file");
    }
    world.assert_log_verifies();
    assert_eq!(world.log().iter().filter(|entry| entry.verb == "collect").count(), 1, "one act, one entry");
}

#[test]
fn no_line_goes_in_twice_whoever_reads_at_the_same_time() {
    let world = World::file(HOSTING);
    let two = || vec![line("2026-01-04T09:00:00Z", "192.0.2.7", "/"), line("2026-01-04T09:00:01Z", "192.0.2.7", "/a")];
    take(&world, 0, two()).expect("taken");
    let rows = world.rows();
    assert!(matches!(take(&world, 0, two()), Err(ServiceError::Invalid { .. })), "they were taken before");
    assert!(matches!(take(&world, 3, two()), Err(ServiceError::Invalid { .. })), "one would be left out");
    assert_eq!(world.rows(), rows, "nothing of it was stored");
    take(&world, 2, two()).expect("it goes on where it was left");
    let progress = world.service.log_progress(&[3; 32]).expect("read").expect("there");
    assert_eq!((progress.lines, progress.bytes), (4, 400));
    assert!(world.service.is_log_prefix(&progress, &[4; 32]).expect("read"));
    assert!(!world.service.is_log_prefix(&progress, &[5; 32]).expect("read"));
    assert_eq!(world.service.log_progress(&[9; 32]).expect("read"), None);
}

#[test]
fn a_day_of_visits_goes_when_the_last_of_it_is_past_its_period() {
    let world = World::file(HOSTING);
    take(
        &world,
        0,
        vec![
            line("2025-01-05T11:00:00Z", "192.0.2.7", "/too-old"),
            line("2026-01-04T09:00:00Z", "192.0.2.7", "/"),
            line("2026-01-04T21:00:00Z", "192.0.2.7", "/later"),
            line("2026-01-05T09:00:00Z", "192.0.2.7", "/next-day"),
            line("2030-01-05T09:00:00Z", "192.0.2.7", "/not-yet"),
        ],
    )
    .map(|taken| assert_eq!((taken.stored, taken.out_of_time), (3, 2), "{taken:?}"))
    .expect("taken");
    let left = |world: &World| {
        let copied = copy(world);
        opened(world, &copied, &copied.values).remove("page_visited").unwrap_or_default().len()
    };
    world.clock.set(time("2027-01-04T12:00:00Z"));
    world.service.sweep().expect("swept");
    assert_eq!(left(&world), 3, "the day's last visit is not past its period yet");
    world.clock.set(time("2027-01-04T21:00:00Z"));
    world.service.sweep().expect("swept");
    assert_eq!(left(&world), 1);
    world.clock.advance(days(1));
    world.service.sweep().expect("swept");
    assert_eq!(left(&world), 0);
    assert_eq!(world.rows()["person"], 0);
}

#[test]
fn what_is_no_place_of_the_policy_is_refused() {
    let world = World::memory(HOSTING);
    let lines = Lines {
        point: "web_visit".to_owned(),
        r#in: Some("www.elsewhere.example/".to_owned()),
        records: vec![line("2026-01-04T09:00:00Z", "192.0.2.7", "/")],
        until: 1,
        ..Lines::default()
    };
    let act = world.service.collect_lines(&web_server(), lines.clone()).expect("an answer");
    assert_eq!(act.answer.reason, upheld_decide::Reason::NotCovered);
    let mut other = web_server();
    other.points.clear();
    assert!(matches!(world.service.collect_lines(&other, lines), Err(ServiceError::NotAllowed { .. })));
}
