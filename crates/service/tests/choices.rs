//! What people turn on and off, and what they give to be recognised.

mod support;

use support::{BAKERY, World, done, human, pairs, refused, session, site};
use upheld_decide::Reason;
use upheld_service::{Act, Caller, Choose, ServiceError, Verb};

fn notice(giving: &[(&str, &str)], via: Option<&str>) -> Choose {
    Choose {
        by_person: None,
        package: None,
        person: "ann".to_owned(),
        choice: "product_notice".to_owned(),
        agree: false,
        via: via.map(str::to_owned),
        giving: pairs(giving),
    }
}

fn choose(world: &World, act: Choose) -> Act<()> {
    world.service.choose_as(&session("ann"), act).expect("an answer")
}

const BORN: (&str, &str) = ("birth_date", "1980-02-29");

#[test]
fn agree_and_refuse_take_turns() {
    for world in World::both(BAKERY) {
        world.join("ann");
        let last = |world: &World| world.use_("mailer", "ann", &["email"], "newsletter").answer.allowed;
        for agree in [false, false, true, true, false, true] {
            let act = world.choose("ann", "newsletter", agree, Some("link"));
            assert_eq!(support::clauses(&act), ["choices.1"]);
            assert!(act.answer.allowed);
            assert_eq!(last(&world), agree);
        }
        let rows = world.log().into_iter().filter(|entry| entry.verb == "choose").count();
        assert_eq!(rows, 6);
        world.assert_log_verifies();
    }
}

#[test]
fn the_way_must_be_one_that_is_offered() {
    for world in World::both(BAKERY) {
        world.join("ann");
        for way in ["link", "form account_page"] {
            done(world.choose("ann", "newsletter", false, Some(way)));
        }
        done(world.choose("ann", "newsletter", true, Some("link")));
        for way in ["letter", "form other_page", "form", "LINK", ""] {
            let act = world.choose("ann", "newsletter", false, Some(way));
            assert!(!act.answer.allowed, "{way}");
            assert!(act.result.is_none());
        }
        assert_eq!(world.read("mailer", "ann", &["email"], "newsletter"), ["ann@mail.example"]);
        // A choice that names no way takes any.
        done(world.choose("ann", "sales_calls", true, Some("letter")));
        done(world.choose("ann", "sales_calls", false, None));
    }
}

#[test]
fn what_is_given_must_match_what_is_held() {
    for world in World::both(BAKERY) {
        world.join("ann");
        world.join("bob");
        let request = Some("request");
        for giving in [
            &[][..],
            &[BORN],
            &[("email", "ann@mail.example")],
            &[BORN, ("email", "bob@mail.example")],
            &[("birth_date", "1980-03-01"), ("email", "ann@mail.example")],
            &[BORN, ("email", "")],
            &[BORN, ("card_number", "4111111111111111")],
        ] {
            let act = choose(&world, notice(giving, request));
            assert!(!act.answer.allowed, "{giving:?}");
            assert!(act.result.is_none());
            assert!(world.use_("mailer", "ann", &["email"], "product_notice").answer.allowed, "{giving:?}");
        }
        refused(&choose(&world, notice(&[BORN], request)), Reason::NotGiven);
        refused(&choose(&world, notice(&[BORN, ("email", "bob@mail.example")], request)), Reason::NotGiven);
        // One of a group is enough; which one is the person's affair.
        done(choose(&world, notice(&[BORN, ("phone_number", "555 0100")], request)));
        refused(&world.use_("mailer", "ann", &["email"], "product_notice"), Reason::Refused);
        world.assert_log_verifies();
    }
}

#[test]
fn one_value_does_not_stand_for_two() {
    // `name` is below `contact`: given once it is the name, and a way to reach her is still to come.
    let world = World::memory(&BAKERY.replace("giving birth_date and contact", "giving name and contact"));
    world.join("ann");
    let name = ("name", "ann");
    refused(&choose(&world, notice(&[name], Some("request"))), Reason::NotGiven);
    done(choose(&world, notice(&[name, ("email", "ann@mail.example")], Some("request"))));
}

#[test]
fn what_is_given_is_never_stored() {
    let world = World::file(BAKERY);
    world.join("ann");
    let before = world.rows();
    let wrong = "Zebulon Quince 4711";
    refused(&choose(&world, notice(&[BORN, ("address", wrong)], Some("request"))), Reason::NotGiven);
    assert_eq!(world.rows(), before, "a refused choice stores nothing");
    done(choose(&world, notice(&[BORN, ("address", "1 Elm Row")], Some("request"))));
    let after = world.rows();
    assert_eq!((after["value"], after["record"]), (before["value"], before["record"]));
    let log = serde_json::to_string(&world.log()).expect("JSON");
    for secret in [wrong, "1 Elm Row"] {
        assert!(!log.contains(secret), "{log}");
        assert!(!world.bytes().windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

#[test]
fn a_choice_is_for_those_who_have_it() {
    for world in World::both(BAKERY) {
        refused(&world.choose("nobody", "newsletter", false, Some("link")), Reason::NobodyKnown);
        world.take("web_visit", "bob", &[("page_visited", "/")]);
        refused(&world.choose("bob", "newsletter", false, Some("link")), Reason::NotThatKind);
        world.join("ann");
        refused(&world.choose("ann", "ordering", false, Some("link")), Reason::NotOffered);
        refused(&world.choose("ann", "nonsense", false, Some("link")), Reason::NotOffered);
        refused(&world.choose("ann", "nonsense", true, None), Reason::NotOffered);
        world.assert_log_verifies();
    }
}

#[test]
fn somebody_else_records_a_choice_with_a_key_that_lists_it() {
    for world in World::both(BAKERY) {
        world.join("ann");
        let act = || Choose {
            by_person: None,
            package: None,
            person: "ann".to_owned(),
            choice: "newsletter".to_owned(),
            agree: false,
            via: Some("link".to_owned()),
            ..Choose::default()
        };
        let result = world.service.choose(&Caller { verbs: vec![Verb::Use], ..human("support") }, act());
        assert!(matches!(result, Err(ServiceError::NotAllowed { .. })), "{result:?}");
        done(world.service.choose(&Caller { verbs: vec![Verb::Choose], ..site() }, act()).expect("an answer"));
        refused(&world.use_("mailer", "ann", &["email"], "newsletter"), Reason::Refused);
        let entry = world.log().into_iter().rfind(|entry| entry.verb == "choose").expect("an entry");
        assert!(entry.actor.contains("key-of-site"), "{}", entry.actor);
    }
}

#[test]
fn who_is_of_a_kind_below_is_of_the_kind_above() {
    let gold = "person gold is member\n  begins at upgrade\n  ends at downgrade\npoint upgrade, downgrade is event\n";
    let world = World::memory(&BAKERY.replace("point sign_up is form", &format!("{gold}point sign_up is form")));
    let at = |point: &str| {
        let caller = Caller { points: vec![point.to_owned()], ..site() };
        world.service.collect(&caller, support::record(point, "ann", &[])).expect("an answer")
    };
    world.take("web_visit", "ann", &[("page_visited", "/")]);
    refused(&world.choose("ann", "newsletter", false, Some("link")), Reason::NotThatKind);
    assert!(at("upgrade").answer.allowed);
    done(world.choose("ann", "newsletter", false, Some("link")));
    world.take("note", "ann", &[("member_log", "likes rye")]);
    assert!(at("downgrade").answer.allowed);
    refused(&world.choose("ann", "newsletter", true, Some("link")), Reason::NotThatKind);
}
