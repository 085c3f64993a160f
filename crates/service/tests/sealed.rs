//! What a child types is neither readable by the service nor lost until a parent agrees: sign-ups are stopped at each step, and
//! then everything that is at rest is opened with every key that the service holds. (R130 to R134)

mod support;

use std::collections::BTreeSet;

use support::outsider::{copy, opened, opened_anything};
use support::{World, days, done, is_in, pairs, refused, session, strings};
use upheld_decide::Reason;
use upheld_service::{AccessKind, Act, Caller, Choose, Collect, Collected, Compare, Relate, Sealed, Verb};

const POLICY: &str = include_str!("../../policy/tests/data/meaning/sealed.md");
const LOGIN: &str = "canary-login-Xq7";
const PASSWORD: &str = "canary-password-Zv9";
const PARENT: &str = "carol@parents.example";

fn key(role: Option<&str>) -> Caller {
    Caller {
        key: "key-of-site".to_owned(),
        kind: AccessKind::Program,
        acts_as: role.map(str::to_owned),
        verbs: Verb::ALL.to_vec(),
        points: strings(&["child_door", "account_opening", "leaving"]),
        purposes: Vec::new(),
        may_act: true,
    }
}

/// Worlds in which the policy is in force since its first day.
fn worlds() -> Vec<World> {
    [World::memory(POLICY), World::file(POLICY)]
        .into_iter()
        .inspect(|world| world.clock.set(support::time("2026-12-01T12:00:00Z")))
        .collect()
}

fn knock(world: &World, person: &str, values: &[(&str, &str)]) -> Act<Collected> {
    let act = Collect {
        point: "child_door".to_owned(),
        r#in: Some("www.example.org/young".to_owned()),
        person: Some(person.to_owned()),
        values: pairs(values),
        ..Collect::default()
    };
    world.service.collect(&key(None), act).expect("an answer")
}

/// A child types everything, and their parent is known.
fn asked(world: &World, person: &str) -> Sealed {
    let values = [("guardian_email", PARENT), ("login_name", LOGIN), ("password", PASSWORD)];
    let sealed = done(knock(world, person, &values)).sealed.expect("something is sealed");
    let relate =
        Relate { relation: "guardian".to_owned(), party: "carol".to_owned(), of: person.to_owned(), ends: false };
    done(world.service.relate(&key(Some("office")), relate).expect("an answer"));
    sealed
}

fn answer(world: &World, person: &str, agree: bool, package: Option<&str>) -> Act<()> {
    let act = Choose {
        person: person.to_owned(),
        choice: "young_account".to_owned(),
        agree,
        via: Some("letter".to_owned()),
        giving: pairs(&[("guardian_email", PARENT)]),
        by_person: Some("carol".to_owned()),
        package: package.map(str::to_owned),
    };
    world.service.choose_as(&session("carol"), act).expect("an answer")
}

/// Nothing that the child typed can be read by whoever has the store and all keys; `packages` are what is out there.
fn nobody_reads(world: &World, packages: &[&Sealed]) {
    let log = serde_json::to_string(&world.log()).expect("JSON");
    let mut texts = vec![LOGIN.to_owned(), PASSWORD.to_owned()];
    texts.extend(packages.iter().map(|sealed| sealed.package.clone()));
    for text in &texts {
        assert!(!log.contains(text.as_str()), "nothing of it in the log");
    }
    world.assert_log_verifies();
    if !world.is_file() {
        return;
    }
    let bytes = world.bytes();
    for text in &texts {
        assert!(!is_in(&bytes, text.as_bytes()), "nothing of it lies in the file");
    }
    let copied = copy(world);
    let values: BTreeSet<String> = opened(world, &copied, &copied.values).into_values().flatten().collect();
    assert!(!values.contains(LOGIN) && !values.contains(PASSWORD), "no value that opens");
    for plain in opened_anything(world) {
        assert!(!is_in(&plain, LOGIN.as_bytes()) && !is_in(&plain, PASSWORD.as_bytes()), "no cell that opens");
    }
}

fn held(world: &World, person: &str, element: &str) -> bool {
    let caller = key(Some("office"));
    let act = support::reading(person, &[element], "young_account");
    world.service.use_(&caller, act).expect("an answer").answer.allowed
}

#[test]
fn until_a_parent_agrees_nobody_reads_it_and_then_it_is_there() {
    for world in worlds() {
        let sealed = asked(&world, "mia"); // R130
        assert_eq!(sealed.elements, ["login_name", "password"]);
        nobody_reads(&world, &[&sealed]);
        world.clock.advance(days(13));
        world.service.sweep().expect("a sweep");
        nobody_reads(&world, &[&sealed]);
        done(answer(&world, "mia", true, Some(&sealed.package))); // R131
        assert!(held(&world, "mia", "login_name") && held(&world, "mia", "password"));
        if world.is_file() {
            // The search finds what is there: that it found nothing before says something.
            let copied = copy(&world);
            let values: BTreeSet<String> = opened(&world, &copied, &copied.values).into_values().flatten().collect();
            assert!(
                values.contains(LOGIN) && opened_anything(&world).iter().any(|plain| is_in(plain, LOGIN.as_bytes()))
            );
        }
        // It is used: the same answer as for one that never was, and what was taken in stays.
        refused(&answer(&world, "mia", true, Some(&sealed.package)), Reason::NotGiven); // R132
        assert!(held(&world, "mia", "login_name"));
        let steps: Vec<String> = world.log().iter().filter_map(|entry| entry.details.get("why").cloned()).collect();
        assert_eq!(steps, ["opened"]);
    }
}

#[test]
fn a_refusal_and_time_make_noise_of_every_copy() {
    for world in worlds() {
        let first = asked(&world, "mia");
        done(answer(&world, "mia", false, None));
        refused(&answer(&world, "mia", true, Some(&first.package)), Reason::NotGiven); // R133
        let second = asked(&world, "tim");
        world.service.sweep().expect("a sweep");
        nobody_reads(&world, &[&first, &second]);
        world.clock.advance(days(14));
        // From that second on, whether a sweep has come by or not.
        let late = answer(&world, "tim", true, Some(&second.package));
        assert!(!late.answer.allowed);
        world.service.sweep().expect("a sweep");
        nobody_reads(&world, &[&first, &second]);
        let rows = world.is_file().then(|| world.rows());
        assert!(rows.is_none_or(|rows| rows["seal"] == 0 && rows["value"] == 0), "nothing is left");
        let why: Vec<String> = world.log().iter().filter_map(|entry| entry.details.get("why").cloned()).collect();
        assert_eq!(why, ["refused", "expired"]);
    }
}

#[test]
fn an_attempt_that_is_repeated_ends_the_one_before() {
    for world in worlds() {
        let first = asked(&world, "mia");
        let second = asked(&world, "mia");
        refused(&answer(&world, "mia", true, Some(&first.package)), Reason::NotGiven); // R133
        done(answer(&world, "mia", true, Some(&second.package)));
        assert!(held(&world, "mia", "login_name"));
    }
}

#[test]
fn altered_foreign_and_senseless_packages_have_one_answer() {
    for world in worlds() {
        let mia = asked(&world, "mia");
        let tim = asked(&world, "tim");
        let mut packages = vec![tim.package.clone(), String::new(), "no package".to_owned(), "A".repeat(20_000)];
        for at in (0..mia.package.len()).step_by(17) {
            let letter = if mia.package.as_bytes()[at] == b'A' { "B" } else { "A" };
            packages.push(format!("{}{letter}{}", &mia.package[..at], &mia.package[at + 1..]));
        }
        packages.push(mia.package[..mia.package.len() - 4].to_owned());
        let mut answers = BTreeSet::new();
        for package in &packages {
            let act = answer(&world, "mia", true, Some(package));
            refused(&act, Reason::NotGiven); // R132
            answers.insert(serde_json::to_string(&act.answer).expect("JSON"));
        }
        assert_eq!(answers.len(), 1, "{answers:?}");
        nobody_reads(&world, &[&mia, &tim]);
        // None of these did any harm.
        done(answer(&world, "mia", true, Some(&mia.package)));
        done(answer(&world, "tim", true, Some(&tim.package)));
    }
}

#[test]
fn a_row_that_was_changed_or_put_back_opens_nothing() {
    for sql in [
        "UPDATE seal SET expires = expires + 1000000000",
        "UPDATE seal SET choice = 'newsletter'",
        "DELETE FROM standing WHERE topic = 'seal'",
    ] {
        let world = World::file(POLICY);
        world.clock.set(support::time("2026-12-01T12:00:00Z"));
        let sealed = asked(&world, "mia");
        world.tamper(sql);
        refused(&answer(&world, "mia", true, Some(&sealed.package)), Reason::NotVerified);
        nobody_reads(&world, &[&sealed]);
    }
}

#[test]
fn what_is_sealed_is_bounded_and_has_its_form() {
    for world in worlds() {
        let long = "x".repeat(3000);
        let act = knock(&world, "mia", &[("guardian_email", PARENT), ("login_name", &long), ("password", PASSWORD)]);
        assert_eq!(act.fields.get("login_name"), Some(&Reason::Malformed));
        let act = knock(&world, "mia", &[("guardian_email", PARENT), ("login_name", LOGIN)]);
        assert_eq!(act.fields.get("password"), Some(&Reason::Missing)); // R130
        // The length of a package says little of what is in it.
        let short = asked(&world, "mia").package.len();
        let values = [("guardian_email", PARENT), ("login_name", "m"), ("password", PASSWORD)];
        let shorter = done(knock(&world, "tim", &values)).sealed.expect("sealed").package.len();
        assert_eq!(short, shorter);
        assert!(!format!("{:?}", asked(&world, "mia")).contains("package"), "it is never printed");
    }
}

#[test]
fn what_is_held_as_a_hash_is_sealed_as_one() {
    // R130, R131
    let policy = POLICY.replace(
        "data login_name is account",
        "data password is account, held as hash \"What one signs in with\"\ndata login_name is account",
    );
    let world = World::file(&policy);
    world.clock.set(support::time("2026-12-01T12:00:00Z"));
    let sealed = asked(&world, "mia");
    nobody_reads(&world, &[&sealed]);
    done(answer(&world, "mia", true, Some(&sealed.package)));
    let matches = |value: &str| {
        let act = Compare {
            person: "mia".to_owned(),
            element: "password".to_owned(),
            value: value.to_owned(),
            purpose: Some("young_account".to_owned()),
        };
        world.service.compare(&key(Some("office")), act).expect("an answer").result.map(|compared| compared.matches)
    };
    assert_eq!((matches(PASSWORD), matches("another")), (Some(true), Some(false)));
}

#[test]
fn words_that_changed_open_nothing() {
    // R134
    for world in worlds() {
        let sealed = asked(&world, "mia");
        let next = POLICY.replace("version: 1", "version: 2").replace("at most 14 days", "at most 7 days");
        world.put_into_force_after_notice(&next);
        refused(&answer(&world, "mia", true, Some(&sealed.package)), Reason::NotGiven);
    }
}
