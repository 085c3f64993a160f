//! What is stated of age and region: what is kept of it, who may correct it, and what becomes of it with time and with versions.

mod support;

use support::{World, days, done, human, is_in, refused, strings};
use upheld_decide::Reason;
use upheld_service::{AccessKind, Act, Caller, Collect, Collected};

const POLICY: &str = include_str!("../../policy/tests/data/meaning/ages.md");

/// In force when the tests begin.
fn policy() -> String {
    POLICY.replace("effective: 2026-12-01", "effective: 2026-01-01")
}

fn program() -> Caller {
    Caller {
        kind: AccessKind::Program,
        points: strings(&["age_question", "sign_up", "joining", "web_visit"]),
        ..human("office")
    }
}

fn stating(person: &str, age: Option<u16>, born: Option<&str>, region: Option<&str>) -> Collect {
    Collect {
        point: "age_question".to_owned(),
        r#in: Some("www.example.org/age".to_owned()),
        person: Some(person.to_owned()),
        age,
        born: born.map(str::to_owned),
        region: region.map(str::to_owned),
        ..Collect::default()
    }
}

fn state(world: &World, caller: &Caller, act: Collect) -> Act<Collected> {
    world.service.collect(caller, act).expect("an answer")
}

fn join(world: &World, person: &str) -> Act<Collected> {
    let act = Collect {
        point: "joining".to_owned(),
        r#in: Some("www.example.org/club".to_owned()),
        person: Some(person.to_owned()),
        values: support::pairs(&[("name", "Kit"), ("email", "kit@example.org")]),
        ..Collect::default()
    };
    state(world, &program(), act)
}

/// What stands of ages and regions.
fn kept(world: &World) -> Vec<String> {
    world
        .raw()
        .read(|tx| -> Result<_, upheld_store::StoreError> {
            let rows = tx.query("SELECT state FROM standing WHERE topic IN ('age', 'region') ORDER BY state", &[])?;
            rows.iter().map(|row| row.text(0).map(str::to_owned)).collect::<Result<Vec<_>, _>>()
        })
        .expect("the rows")
}

// R113
#[test]
fn no_more_is_kept_than_decides() {
    let world = World::file(&policy());
    done(state(&world, &program(), stating("ann", Some(47), None, Some("US-TX"))));
    assert_eq!(kept(&world), ["16+", "US !US-CA"]);
    done(state(&world, &program(), stating("bob", None, Some("1961-07"), Some("DE"))));
    assert_eq!(kept(&world), ["16+", "16+", "EEA", "US !US-CA"]);
    done(state(&world, &program(), stating("cat", None, None, Some("JP"))));
    assert_eq!(kept(&world).first().map(String::as_str), Some("!US !US-CA !EEA"));
    let log = serde_json::to_string(&world.log()).expect("JSON");
    assert!(log.contains(r#""stated":"age, region""#) && log.contains(r#""stated":"born, region""#), "{log}");
    for raw in ["1961-07", "US-TX"] {
        assert!(!log.contains(raw), "{raw} stands in the log: {log}");
        assert!(!is_in(&world.bytes(), raw.as_bytes()), "{raw} stands in the file");
    }
    let shown = format!("{:?}", stating("ann", Some(47), Some("1961-07"), Some("US-TX")));
    assert!(!shown.contains("47") && !shown.contains("1961") && !shown.contains("TX"), "{shown}");
    world.assert_log_verifies();
}

// R114
#[test]
fn what_was_stated_stands_until_somebody_of_the_staff_corrects_it() {
    let world = World::file(&policy());
    done(state(&world, &program(), stating("kit", Some(9), None, Some("DE"))));
    refused(&join(&world, "kit"), Reason::Never);
    let before = kept(&world);
    for (act, field) in [
        (stating("kit", Some(30), None, None), "age"),
        (stating("kit", None, Some("1990-01"), None), "born"),
        (stating("kit", None, None, Some("US")), "region"),
    ] {
        let again = state(&world, &program(), act);
        refused(&again, Reason::StatedOtherwise);
        assert_eq!(again.fields.len(), 1, "{field}: {:?}", again.fields);
    }
    // No human who may only collect, either.
    let clerk = Caller { points: program().points, verbs: vec![upheld_service::Verb::Collect], ..human("office") };
    refused(&state(&world, &clerk, stating("kit", Some(30), None, None)), Reason::StatedOtherwise);
    assert_eq!(kept(&world), before);
    let staff = Caller { points: program().points, ..human("office") };
    done(state(&world, &staff, stating("kit", Some(30), None, None)));
    done(join(&world, "kit"));
    world.assert_log_verifies();
}

#[test]
fn a_refused_record_leaves_nothing_of_what_it_states() {
    let world = World::file(&policy());
    let act = Collect { age: Some(9), ..stating("kit", None, None, Some("ZZ")) };
    refused(&state(&world, &program(), act), Reason::Malformed);
    assert!(kept(&world).is_empty());
    refused(
        &state(&world, &program(), Collect { person: None, ..stating("", Some(9), None, None) }),
        Reason::NobodyKnown,
    );
    assert!(kept(&world).is_empty());
}

#[test]
fn a_policy_that_tells_no_ages_apart_takes_none() {
    let world = World::memory(support::BAKERY);
    for act in [
        Collect { age: Some(30), ..Collect::default() },
        Collect { born: Some("1990-01".to_owned()), ..Collect::default() },
        Collect { region: Some("NL".to_owned()), ..Collect::default() },
    ] {
        let record = support::record("sign_up", "ann", &[("name", "Ann")]);
        let act = Collect { age: act.age, born: act.born, region: act.region, ..record };
        refused(&world.service.collect(&support::site(), act).expect("an answer"), Reason::NotDeclared);
    }
}

#[test]
fn a_version_with_other_ages_reads_what_was_kept() {
    let world = World::file(&policy());
    done(state(&world, &program(), stating("kit", Some(12), None, Some("US-NY"))));
    done(state(&world, &program(), stating("lou", Some(17), None, Some("JP"))));
    done(join(&world, "lou"));
    let stricter = policy().replace("version: 1", "version: 2").replace("under 16 elsewhere", "under 18 elsewhere");
    world.put_into_force_after_notice(&stricter);
    // Of Lou it was kept that they are 16 or older: whether 18, nobody knows.
    let mail = || world.use_("office", "lou", &["email"], "newsletter");
    refused(&mail(), Reason::Never);
    done(state(&world, &program(), stating("lou", Some(18), None, None)));
    done(mail());
    // Of Kit the day is kept on which they are 13.
    refused(&join(&world, "kit"), Reason::Never);
    world.clock.advance(days(366));
    done(join(&world, "kit"));
}

#[test]
fn a_changed_row_is_seen() {
    let world = World::file(&policy());
    done(state(&world, &program(), stating("kit", Some(9), None, Some("DE"))));
    world.tamper("UPDATE standing SET state = '16+' WHERE topic = 'age'");
    refused(&join(&world, "kit"), Reason::NotVerified);
}
