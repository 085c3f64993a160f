//! What is held as a hash: compared, never read, and nothing tells who has one.

mod support;

use std::time::{Duration, Instant};

use support::{World, done, human, record, refused, session, site};
use upheld_decide::Reason;
use upheld_service::{Act, Answered, Ask, Change, Compare, Compared, ServiceError, Verb};

const POLICY: &str = include_str!("../../policy/tests/data/meaning/hashes.md");

/// The policy, on the host of the tests.
fn policy() -> String {
    POLICY.replace("www.example.org", "www.tern.example")
}

fn compare(world: &World, role: &str, person: &str, value: &str, purpose: &str) -> Act<Compared> {
    let act = Compare {
        person: person.to_owned(),
        element: "password".to_owned(),
        value: value.to_owned(),
        purpose: Some(purpose.to_owned()),
    };
    world.service.compare(&human(role), act).expect("an answer")
}

fn matches(world: &World, person: &str, value: &str) -> bool {
    done(compare(world, "web_server", person, value, "sign_in")).matches
}

fn join(world: &World, person: &str, password: &str) {
    world.take("sign_up", person, &[("login_name", person), ("password", password)]);
}

// R120
#[test]
fn what_was_typed_lies_nowhere() {
    let world = World::file(&policy());
    join(&world, "ann", "unicorn-of-the-lake");
    assert!(matches(&world, "ann", "unicorn-of-the-lake"));
    let bytes = world.bytes();
    assert!(!support::is_in(&bytes, b"unicorn-of-the-lake"));
    // Neither in the clear nor in the log, and what opens is a hash.
    for entry in world.log() {
        assert!(!format!("{entry:?}").contains("unicorn"));
    }
    let act = world.ask("ann", "see", &["account"]);
    let Answered::Access(access) = done(act) else { panic!("access") };
    let password = access.values.iter().find(|value| value.held.element == "password").expect("it is told");
    assert_eq!((password.held.value.as_str(), password.held_as.as_deref()), ("…", Some("hash")));
    assert_eq!(password.replace.as_deref(), Some("correct"));
    let Answered::Taken(taken) = done(world.ask("ann", "take", &["account"])) else { panic!("taken") };
    let elements: Vec<_> = taken.records.iter().flat_map(|record| &record.values).map(|value| &value.element).collect();
    assert_eq!(elements, ["login_name"]);
    world.assert_log_verifies();
}

#[test]
fn two_of_one_password_are_two_hashes() {
    // Each has its own salt: who can open the store cannot see who chose the same.
    let world = World::memory(&policy());
    join(&world, "ann", "unicorn");
    join(&world, "bea", "unicorn");
    assert!(matches(&world, "ann", "unicorn") && matches(&world, "bea", "unicorn"));
    // A hash that somebody gives is a value like another: it is hashed.
    let given = "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    join(&world, "cem", given);
    assert!(matches(&world, "cem", given));
    assert!(!matches(&world, "cem", ""));
}

// R121
#[test]
fn nothing_tells_who_has_one() {
    let world = World::memory(&policy());
    join(&world, "ann", "unicorn");
    world.take("sign_up", "bea", &[("login_name", "bea")]);
    let answer = |role: &str, person: &str, purpose: &str| {
        let Act { answer, result, fields, .. } = compare(&world, role, person, "dragon", purpose);
        (answer, result, fields)
    };
    let wrong = answer("web_server", "ann", "sign_in");
    assert!(wrong.0.allowed);
    for person in ["bea", "cem"] {
        assert_eq!(answer("web_server", person, "sign_in"), wrong);
        assert_eq!(answer("mailer", person, "sign_in"), answer("mailer", "ann", "sign_in"));
        assert_eq!(answer("web_server", person, "newsletter"), answer("web_server", "ann", "newsletter"));
    }
    // As long: the work is done for everybody. Half as long would be no work, or a smaller one.
    let time = |person: &str| {
        let took = |()| {
            let start = Instant::now();
            matches(&world, person, "dragon");
            start.elapsed()
        };
        (0..5).map(|_| took(())).min().unwrap_or(Duration::MAX)
    };
    let (known, without, unknown) = (time("ann"), time("bea"), time("cem"));
    for other in [without, unknown] {
        assert!(other > known / 2 && known > other / 2, "{known:?} {without:?} {unknown:?}");
    }
}

#[test]
fn what_cannot_be_hashed_is_not_taken() {
    let world = World::memory(&policy());
    let long = "x".repeat(1025);
    for bad in ["", " ", long.as_str(), "a\u{0}b"] {
        let act = world.collect("sign_up", "ann", &[("login_name", "ann"), ("password", bad)]);
        refused(&act, Reason::Malformed);
    }
    let most = "x".repeat(1024);
    join(&world, "ann", &most);
    assert!(matches(&world, "ann", &most));
    assert!(!matches(&world, "ann", &long));
    let batch = (0..40).map(|n| record("sign_up", &format!("p{n}"), &[("login_name", "p"), ("password", "p")]));
    assert!(matches!(world.service.collect_batch(&site(), batch.collect()), Err(ServiceError::Invalid { .. })));
    assert!(!matches(&world, "p0", "p"));
}

#[test]
fn it_is_replaced_and_never_by_a_readable_value() {
    let world = World::file(&policy());
    join(&world, "ann", "unicorn");
    let ask = Ask {
        right: "correct".to_owned(),
        data: vec!["password".to_owned()],
        to: Some("griffin-by-the-sea".to_owned()),
        ..Ask::default()
    };
    done(world.service.request(&session("ann"), ask).expect("an answer"));
    assert!(matches(&world, "ann", "griffin-by-the-sea") && !matches(&world, "ann", "unicorn"));
    // A group is no way round: what it names is not hashed, and takes the place of no hash.
    let ask = Ask {
        right: "correct".to_owned(),
        data: vec!["account".to_owned()],
        to: Some("wyvern-in-the-hills".to_owned()),
        ..Ask::default()
    };
    done(world.service.request(&session("ann"), ask).expect("an answer"));
    assert!(matches(&world, "ann", "griffin-by-the-sea"));
    assert_eq!(world.read("office", "ann", &["account"], "customer_care"), ["wyvern-in-the-hills"]);
    let change = Change {
        person: "ann".to_owned(),
        element: "password".to_owned(),
        value: "dragon-under-the-hill".to_owned(),
        purpose: Some("customer_care".to_owned()),
        ..Change::default()
    };
    refused(&world.service.change(&human("office"), change).expect("an answer"), Reason::NoRule);
    assert!(!support::is_in(&world.bytes(), b"griffin-by-the-sea"));
}

#[test]
fn a_key_lists_the_verb() {
    let world = World::memory(&policy());
    let mut caller = human("web_server");
    caller.verbs.retain(|verb| *verb != Verb::Compare);
    assert!(matches!(world.service.compare(&caller, Compare::default()), Err(ServiceError::NotAllowed { .. })));
    let readable = Compare { element: "login_name".to_owned(), ..Compare::default() };
    assert!(matches!(world.service.compare(&human("web_server"), readable), Err(ServiceError::Invalid { .. })));
}

#[test]
fn a_version_that_begins_to_hash_stores_nothing_readable() {
    let before = policy().replace(", held as hash", "");
    let before = &before[..before.find("```scenario").expect("scenarios")];
    let world = World::file(before);
    world.take("sign_up", "ann", &[("login_name", "ann"), ("password", "plain-as-day")]);
    let now = policy().replace("version: 1", "version: 2");
    world.put_into_force_after_notice(&now);
    join(&world, "bea", "deep-as-night");
    assert!(matches(&world, "bea", "deep-as-night"));
    // What was taken in the clear matches nothing, and is read by nobody any more.
    assert!(
        world
            .service
            .compare(
                &human("web_server"),
                Compare {
                    person: "ann".to_owned(),
                    element: "password".to_owned(),
                    value: "plain-as-day".to_owned(),
                    purpose: Some("sign_in".to_owned()),
                }
            )
            .is_ok_and(|act| act.result.is_some_and(|compared| !compared.matches))
    );
}
