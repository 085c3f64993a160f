//! Cases: what they need, whom they reach, who may find, and when they end.

mod support;

use support::{BAKERY, World, days, disclosing, done, human, pairs, reading, refused, strings, with_key};
use upheld_decide::{Action, Reason};
use upheld_service::{Act, Caller, CaseState, Find, Held, OpenCase, Question, ServiceError, Share, Use};

const ORDER: [(&str, &str); 3] = [("issuer", "District Court"), ("reference", "26-117"), ("kind", "warrant")];

fn world() -> [World; 2] {
    World::both(BAKERY).map(|world| {
        world.join("ann");
        world.join("bob");
        world.take("note", "ann", &[("member_log", "a quarrel over a loaf")]);
        world.take_item("mail_in", "ann", "m1", &[("message", "one")]);
        world.take_item("mail_in", "ann", "m2", &[("message", "two")]);
        world.take_item("mail_in", "bob", "m1", &[("message", "of bob")]);
        world
    })
}

/// A letter disclosed on a case.
fn share(world: &World, case: &str, person: &str, item: Option<&str>, with: &str) -> Act<Vec<Held>> {
    let act = Share {
        item: item.map(str::to_owned),
        purpose: None,
        on: Some(case.to_owned()),
        ..disclosing(person, &["message"], "", with)
    };
    world.service.share(&human("clerk"), act).expect("an answer")
}

fn read(world: &World, case: &str, person: &str) -> Act<Vec<Held>> {
    let act = Use { purpose: None, on: Some(case.to_owned()), ..reading(person, &["member_log"], "") };
    world.service.use_(&human("clerk"), act).expect("an answer")
}

fn dispute(world: &World) -> CaseState {
    world.open_case("clerk", "dispute", "ann", &[], &[("subject", "a loaf")])
}

#[test]
fn a_case_stands_when_it_has_what_its_ground_needs() {
    for world in world() {
        let case = world.open_case("clerk", "legal_process", "ann", &["m1"], &[("issuer", "Court")]);
        assert!(!case.stands);
        for need in ["reference", "kind"] {
            assert!(case.missing.iter().any(|missing| missing == need), "{:?}", case.missing);
        }
        assert!(case.missing.iter().any(|missing| missing.contains("valid")), "{:?}", case.missing);
        let act = share(&world, &case.case, "ann", Some("m1"), "court");
        refused(&act, Reason::CaseIncomplete);
        // A finding does not make up for it.
        let found = done(world.find(&human("counsel"), &case.case, true));
        assert!(!found.stands);
        refused(&share(&world, &case.case, "ann", Some("m1"), "court"), Reason::CaseIncomplete);

        let case = world.open_case("clerk", "legal_process", "ann", &["m1"], &ORDER);
        assert_eq!((case.stands, case.missing.len()), (false, 1), "{:?}", case.missing);
        refused(&share(&world, &case.case, "ann", Some("m1"), "court"), Reason::NoFinding);
        let found = done(world.find(&human("counsel"), &case.case, true));
        assert!(found.stands && found.missing.is_empty());
        let held = done(share(&world, &case.case, "ann", Some("m1"), "court"));
        assert_eq!((held.len(), held[0].value.as_str()), (1, "one"));
        let last = world.log().pop().expect("an entry");
        assert_eq!(last.case.as_deref(), Some(case.case.as_str()));
        assert_eq!(last.clauses, ["use.6"]);
        world.assert_log_verifies();
    }
}

#[test]
fn a_listed_need_takes_a_listed_value() {
    for world in world() {
        let mut fields = pairs(&ORDER);
        fields.insert("kind".to_owned(), "gossip".to_owned());
        let act = OpenCase {
            ground: "legal_process".to_owned(),
            people: vec!["ann".to_owned()],
            items: vec!["m1".to_owned()],
            recipient: None,
            fields,
        };
        // Either it does not open, or it does not stand.
        if let Ok(Act { result: Some(case), .. }) = world.service.open_case(&human("clerk"), act) {
            assert!(case.missing.iter().any(|missing| missing == "kind"), "{:?}", case.missing);
            done(world.find(&human("counsel"), &case.case, true));
            refused(&share(&world, &case.case, "ann", Some("m1"), "court"), Reason::CaseIncomplete);
        }
    }
}

#[test]
fn a_field_that_the_ground_does_not_need_is_not_taken() {
    for world in world() {
        let fields = [("subject", "a loaf"), ("gossip", "she was late")];
        let act = OpenCase {
            ground: "dispute".to_owned(),
            people: vec!["ann".to_owned()],
            fields: pairs(&fields),
            ..OpenCase::default()
        };
        let result = world.service.open_case(&human("clerk"), act);
        assert!(!matches!(&result, Ok(act) if act.answer.allowed), "{result:?}");
    }
}

#[test]
fn a_finding_needs_another_humans_key_in_the_role() {
    for world in world() {
        let case = world.open_case("counsel", "legal_process", "ann", &["m1"], &ORDER).case;
        let counsel = human("counsel");
        let program = Caller { kind: upheld_service::AccessKind::Program, ..with_key("counsel", "key-of-machine") };
        for (what, caller) in [
            ("their own case", counsel.clone()),
            ("the opener's key in another role", with_key("clerk", &counsel.key)),
            ("another role", with_key("clerk", "key-of-other")),
            ("a program", program),
            ("no role", Caller { acts_as: None, ..with_key("counsel", "key-of-other") }),
        ] {
            let act = world.find(&caller, &case, true);
            assert!(!act.answer.allowed, "{what}");
            refused(&act, Reason::NotTheirFinding);
            refused(&share(&world, &case, "ann", Some("m1"), "court"), Reason::NoFinding);
        }
        assert!(done(world.find(&with_key("counsel", "key-of-other"), &case, true)).stands);
        done(share(&world, &case, "ann", Some("m1"), "court"));
        world.assert_log_verifies();
    }
}

#[test]
fn the_newest_finding_counts_and_no_is_no() {
    for world in world() {
        let case = world.open_case("clerk", "legal_process", "ann", &["m1"], &ORDER).case;
        assert!(!done(world.find(&human("counsel"), &case, false)).stands);
        refused(&share(&world, &case, "ann", Some("m1"), "court"), Reason::NoFinding);
        assert!(done(world.find(&human("counsel"), &case, true)).stands);
        done(share(&world, &case, "ann", Some("m1"), "court"));
        assert!(!done(world.find(&human("counsel"), &case, false)).stands);
        refused(&share(&world, &case, "ann", Some("m1"), "court"), Reason::NoFinding);
        let act = Find { case, finding: "pleasant".to_owned(), holds: true };
        let result = world.service.find(&human("counsel"), act);
        assert!(!matches!(&result, Ok(act) if act.answer.allowed), "{result:?}");
    }
}

#[test]
fn a_case_reaches_what_it_names() {
    for world in world() {
        let case = world.open_case("clerk", "legal_process", "ann", &["m1"], &ORDER).case;
        done(world.find(&human("counsel"), &case, true));
        done(share(&world, &case, "ann", Some("m1"), "court"));
        done(share(&world, &case, "ann", Some("m1"), "law_enforcement"));
        // Another item of hers, an item of the same name of another, nothing named, somebody whom it is not for.
        refused(&share(&world, &case, "ann", Some("m2"), "court"), Reason::OutOfReach);
        refused(&share(&world, &case, "bob", Some("m1"), "court"), Reason::OutOfReach);
        refused(&share(&world, &case, "ann", None, "court"), Reason::NoItem);
        refused(&share(&world, &case, "ann", Some("m1"), "courier"), Reason::Never);
        // And it is no ground for anything else.
        refused(&read(&world, &case, "ann"), Reason::NoRule);

        let dispute = dispute(&world).case;
        let held = done(read(&world, &dispute, "ann"));
        assert_eq!(held[0].value, "a quarrel over a loaf");
        let act = Use { purpose: None, on: Some(dispute.clone()), ..reading("bob", &["address"], "") };
        refused(&world.service.use_(&human("clerk"), act).expect("an answer"), Reason::OutOfReach);
        let act = share(&world, &dispute, "ann", Some("m1"), "court");
        assert!(!act.answer.allowed, "{:?}", act.answer);
    }
}

#[test]
fn a_case_that_names_a_recipient_is_for_them_alone() {
    for world in world() {
        let open = |recipient: &str| {
            let act = OpenCase {
                ground: "legal_process".to_owned(),
                people: vec!["ann".to_owned()],
                items: vec!["m1".to_owned()],
                recipient: Some(recipient.to_owned()),
                fields: pairs(&ORDER),
            };
            let case = done(world.service.open_case(&human("clerk"), act).expect("an answer")).case;
            done(world.find(&human("counsel"), &case, true));
            case
        };
        let case = open("court");
        done(share(&world, &case, "ann", Some("m1"), "court"));
        refused(&share(&world, &case, "ann", Some("m1"), "law_enforcement"), Reason::OutOfReach);
        refused(&share(&world, &case, "ann", Some("m1"), "authority"), Reason::OutOfReach);
        // A group is everybody below it.
        let case = open("authority");
        done(share(&world, &case, "ann", Some("m1"), "court"));
        done(share(&world, &case, "ann", Some("m1"), "law_enforcement"));
    }
}

#[test]
fn a_case_ends_when_it_is_ended() {
    for world in world() {
        let case = dispute(&world).case;
        for role in ["mailer", "counsel"] {
            refused(&world.service.end_case(&human(role), &case).expect("an answer"), Reason::NotTheirWork);
        }
        done(read(&world, &case, "ann"));
        let ended = done(world.service.end_case(&human("clerk"), &case).expect("an answer"));
        assert!(!ended.stands);
        refused(&read(&world, &case, "ann"), Reason::CaseEnded);
        refused(&world.service.end_case(&human("clerk"), &case).expect("an answer"), Reason::CaseEnded);
        world.assert_log_verifies();
    }
}

#[test]
fn a_case_ends_at_its_event() {
    for world in world() {
        let case = dispute(&world).case;
        // Somebody else's event is not hers.
        world.take("settled", "bob", &[]);
        done(read(&world, &case, "ann"));
        world.take("settled", "ann", &[]);
        refused(&read(&world, &case, "ann"), Reason::CaseEnded);
        // A later case is not ended by an earlier event.
        world.clock.advance(days(1));
        let later = dispute(&world).case;
        done(read(&world, &later, "ann"));
    }
}

#[test]
fn a_case_ends_by_itself_without_a_sweep() {
    for world in world() {
        let case = dispute(&world);
        let end = support::time(support::BEGINS) + days(10);
        let said: jiff::Timestamp = case.ends.as_deref().expect("it ends by itself").parse().expect("a time");
        assert_eq!(said, end);
        world.clock.set(end - std::time::Duration::from_millis(1));
        done(read(&world, &case.case, "ann"));
        world.clock.set(end);
        refused(&read(&world, &case.case, "ann"), Reason::CaseEnded);
        world.service.sweep().expect("swept");
        refused(&read(&world, &case.case, "ann"), Reason::CaseEnded);
        let act = world.find(&human("counsel"), &case.case, true);
        assert!(!act.answer.allowed);
    }
}

#[test]
fn who_may_open_a_case() {
    for world in world() {
        let open = |caller: &Caller, ground: &str, person: &str, items: &[&str]| {
            let act = OpenCase {
                ground: ground.to_owned(),
                people: vec![person.to_owned()],
                items: strings(items),
                recipient: None,
                fields: pairs(&[("subject", "a loaf")]),
            };
            world.service.open_case(caller, act).expect("an answer")
        };
        refused(&open(&human("mailer"), "dispute", "ann", &[]), Reason::NotTheirWork);
        refused(&open(&human("counsel"), "dispute", "ann", &[]), Reason::NotTheirWork);
        refused(&open(&human("clerk"), "vendetta", "ann", &[]), Reason::NotDeclared);
        refused(&open(&human("clerk"), "dispute", "nobody", &[]), Reason::NobodyKnown);
        let act = open(&human("clerk"), "legal_process", "ann", &[]);
        assert!(!act.answer.allowed, "a case about items names some: {:?}", act.answer);
        world.assert_log_verifies();
    }
}

#[test]
fn an_act_names_a_case_that_there_is() {
    for world in world() {
        refused(&read(&world, "w1", "ann"), Reason::NoCase);
        refused(&read(&world, "00000000-0000-4000-8000-000000000000", "ann"), Reason::NoCase);
        let without = Use { purpose: Some("dispute".to_owned()), ..reading("ann", &["member_log"], "") };
        refused(&world.service.use_(&human("clerk"), without).expect("an answer"), Reason::NoCase);
        let find = Find { case: "w1".to_owned(), finding: "valid".to_owned(), holds: true };
        let result = world.service.find(&human("counsel"), find);
        assert!(!matches!(&result, Ok(act) if act.answer.allowed), "{result:?}");
        let result = world.service.end_case(&human("clerk"), "w1");
        assert!(matches!(result, Err(ServiceError::NotFound { .. }) | Ok(Act { result: None, .. })), "{result:?}");
    }
}

#[test]
fn a_question_rides_on_a_case_like_the_act() {
    for world in world() {
        let case = world.open_case("clerk", "legal_process", "ann", &["m1"], &ORDER).case;
        let ask = || {
            let question = Question {
                action: Action::Share,
                person: "ann".to_owned(),
                data: vec!["message".to_owned()],
                with: Some("court".to_owned()),
                item: Some("m1".to_owned()),
                on: Some(case.clone()),
                ..Question::default()
            };
            world.service.ask(&human("clerk"), question).expect("an answer")
        };
        assert_eq!(ask().reason, Reason::NoFinding);
        done(world.find(&human("counsel"), &case, true));
        assert!(ask().allowed);
    }
}

#[test]
fn a_case_about_two_people_outlives_one_of_them() {
    // Whichever of the two it is: nothing depends on the order of their ids.
    for gone in ["cem", "dov"] {
        let world = World::file(BAKERY);
        for person in ["cem", "dov"] {
            let email = format!("{person}@mail.example");
            world.take("sign_up", person, &[("name", person), ("email", &email)]);
            world.take("note", person, &[("member_log", "a quarrel")]);
        }
        let act = OpenCase {
            ground: "dispute".to_owned(),
            people: strings(&["cem", "dov"]),
            fields: pairs(&[("subject", "a loaf")]),
            ..OpenCase::default()
        };
        let case = done(world.service.open_case(&human("clerk"), act).expect("an answer")).case;
        done(read(&world, &case, "cem"));
        done(read(&world, &case, "dov"));
        done(world.ask(gone, "erase", &[]));
        let left = if gone == "cem" { "dov" } else { "cem" };
        refused(&read(&world, &case, gone), Reason::NobodyKnown);
        done(read(&world, &case, left));
    }
}

#[test]
fn what_a_case_says_is_sealed() {
    let world = World::file(BAKERY);
    world.join("ann");
    world.open_case("clerk", "dispute", "ann", &[], &[("subject", "the burnt loaf of Monday")]);
    let bytes = world.bytes();
    let secret = b"the burnt loaf of Monday";
    assert!(!bytes.windows(secret.len()).any(|window| window == secret));
}
