//! Somebody with the database file can destroy, but not change what decides unnoticed.

mod support;

use support::{BAKERY, World, done, human, reading, refused};
use upheld_decide::Reason;
use upheld_service::{Act, Held, Use};

fn world() -> World {
    let world = World::file(BAKERY);
    world.join("ann");
    world.join("bob");
    done(world.choose("ann", "newsletter", false, Some("link")));
    world
}

/// Reading for the newsletter must be refused as not verified, and nobody else is touched.
fn not_verified(world: &World, what: &str) {
    let act = world.use_("mailer", "ann", &["email"], "newsletter");
    assert_eq!((act.answer.allowed, act.answer.reason), (false, Reason::NotVerified), "{what}: {:?}", act.answer);
    assert!(act.result.is_none());
    assert_eq!(world.read("mailer", "bob", &["email"], "newsletter"), ["bob@mail.example"], "{what}");
    let last = world.log().into_iter().rfind(|entry| entry.result == "refused").expect("an entry");
    assert_eq!(last.reason.as_deref(), Some("not_verified"));
    world.assert_log_verifies();
}

#[test]
fn a_refusal_that_was_turned_into_an_agreement() {
    let world = world();
    world.tamper("UPDATE standing SET state = 'agreed' WHERE topic = 'choice' AND subject = 'newsletter'");
    not_verified(&world, "the state");
}

#[test]
fn a_refusal_that_was_taken_away() {
    let world = world();
    world.tamper("DELETE FROM standing WHERE topic = 'choice' AND subject = 'newsletter'");
    not_verified(&world, "the row");
}

#[test]
fn a_refusal_that_was_taken_away_with_its_count() {
    let world = world();
    world.tamper("DELETE FROM standing WHERE topic = 'choice' AND subject = 'newsletter'");
    world.tamper("UPDATE standing_head SET count = count - 1");
    let act = world.use_("mailer", "ann", &["email"], "newsletter");
    refused(&act, Reason::NotVerified);
}

#[test]
fn a_refusal_of_another_choice_or_time() {
    for sql in [
        "UPDATE standing SET subject = 'product_notice' WHERE topic = 'choice'",
        "UPDATE standing SET since = since + 1 WHERE topic = 'choice'",
        "UPDATE standing SET entry = entry + 1 WHERE topic = 'choice'",
        "UPDATE standing SET topic = 'event' WHERE topic = 'choice'",
    ] {
        let world = world();
        world.tamper(sql);
        not_verified(&world, sql);
    }
}

#[test]
fn rows_that_were_given_to_another_person() {
    let world = world();
    world.tamper(
        "UPDATE standing SET person = (SELECT person FROM standing_head h WHERE h.person <> standing.person LIMIT 1) \
         WHERE topic = 'choice'",
    );
    for person in ["ann", "bob"] {
        refused(&world.use_("mailer", person, &["email"], "newsletter"), Reason::NotVerified);
    }
}

#[test]
fn a_head_that_is_gone() {
    let world = world();
    world.tamper("DELETE FROM standing_head");
    refused(&world.use_("mailer", "ann", &["email"], "newsletter"), Reason::NotVerified);
    refused(&world.use_("mailer", "bob", &["email"], "newsletter"), Reason::NotVerified);
    world.assert_log_verifies();
}

#[test]
fn every_verb_refuses_what_does_not_verify() {
    let world = world();
    world.tamper("UPDATE standing SET state = 'agreed' WHERE topic = 'choice'");
    refused(&world.use_("support", "ann", &["name"], "service_setup"), Reason::NotVerified);
    refused(&world.share("dispatcher", "ann", &["address"], "delivery", "courier"), Reason::NotVerified);
    refused(&world.choose("ann", "newsletter", true, Some("link")), Reason::NotVerified);
    refused(&world.collect("note", "ann", &[("member_log", "x")]), Reason::NotVerified);
    refused(&world.ask("ann", "see", &[]), Reason::NotVerified);
    refused(&world.ask("ann", "erase", &[]), Reason::NotVerified);
    let case = world.open_case("clerk", "dispute", "ann", &[], &[("subject", "a loaf")]).case;
    refused(&on_case(&world, &case), Reason::NotVerified);
    // One person's rows stop no sweep.
    world.clock.advance(support::days(100));
    world.take("web_visit", "cem", &[("page_visited", "/")]);
    world.clock.advance(support::days(100));
    world.service.sweep().expect("the sweep goes on");
    refused(&world.use_("analyst", "cem", &["page_visited"], "traffic_analysis"), Reason::NobodyKnown);
    world.assert_log_verifies();
}

#[test]
fn a_value_that_was_moved_does_not_open() {
    // To another person's record, and to another element of the same record.
    for sql in [
        "UPDATE value SET sealed = (SELECT v.sealed FROM value v WHERE v.element = 'email' AND v.record <> value.record), \
         shred = (SELECT v.shred FROM value v WHERE v.element = 'email' AND v.record <> value.record) WHERE element = 'email'",
        "UPDATE value SET sealed = (SELECT v.sealed FROM value v WHERE v.element = 'name' AND v.record = value.record), \
         shred = (SELECT v.shred FROM value v WHERE v.element = 'name' AND v.record = value.record) WHERE element = 'email'",
        "UPDATE value SET sealed = substr(sealed, 1, length(sealed) - 1) || x'00' WHERE element = 'email'",
        "UPDATE record SET at = at + 1",
    ] {
        let world = world();
        world.tamper(sql);
        let result = world.service.use_(&human("mailer"), reading("ann", &["email"], "product_notice"));
        let text = match &result {
            Ok(Act { result: Some(held), .. }) => panic!("{sql}: {held:?}"),
            Ok(act) => {
                assert_eq!(act.answer.reason, Reason::NotVerified, "{sql}");
                serde_json::to_string(&act.answer).expect("JSON")
            }
            Err(error) => error.to_string(),
        };
        assert!(!text.contains("mail.example"), "{text}");
        world.assert_log_verifies();
    }
}

#[test]
fn a_record_that_was_given_another_class_does_not_open() {
    let world = world();
    world.take("web_visit", "ann", &[("page_visited", "/secret")]);
    // As if the visit had been a member's note.
    world.take("note", "ann", &[("member_log", "x")]);
    world.tamper(
        "UPDATE record SET class = (SELECT class FROM record r ORDER BY r.at DESC, r.entry DESC LIMIT 1) \
         WHERE entry = (SELECT MAX(entry) - 1 FROM record)",
    );
    let result = world.service.use_(&human("analyst"), reading("ann", &["page_visited"], "traffic_analysis"));
    assert!(!matches!(&result, Ok(Act { result: Some(_), .. })), "{result:?}");
    let class = "UPDATE class SET body = replace(body, 'sign_up', 'mail_in')";
    let world = self::world();
    world.tamper(class);
    let result = world.service.use_(&human("mailer"), reading("ann", &["email"], "product_notice"));
    assert!(!matches!(&result, Ok(Act { result: Some(_), .. })), "{result:?}");
}

#[test]
fn a_class_that_was_changed_stops_no_sweep() {
    let world = world();
    world.take("order_form", "cem", &[("order_details", "two loaves")]);
    world.tamper("UPDATE class SET body = replace(body, 'sign_up', 'mail_in') WHERE body LIKE '%sign_up%'");
    world.clock.advance(support::days(11));
    world.service.sweep().expect("the sweep goes on");
    refused(&world.use_("shop", "cem", &["order_details"], "ordering"), Reason::NobodyKnown);
}

#[test]
fn a_report_gives_nothing_that_does_not_verify() {
    for sql in ["UPDATE record SET at = at + 1", "UPDATE value SET sealed = x'00' WHERE element = 'email'"] {
        let world = world();
        world.tamper(sql);
        refused(&world.ask("ann", "see", &[]), Reason::NotVerified);
        world.assert_log_verifies();
    }
}

/// What may be read on a case.
fn on_case(world: &World, case: &str) -> Act<Vec<Held>> {
    let act = Use { purpose: None, on: Some(case.to_owned()), ..reading("ann", &["address"], "") };
    world.service.use_(&human("clerk"), act).expect("an answer")
}

#[test]
fn a_case_that_was_changed_carries_nothing() {
    for sql in [
        "UPDATE cases SET ended = NULL, ends = NULL",
        "UPDATE cases SET opener = 'somebody'",
        "UPDATE cases SET ground = 'legal_process'",
        "UPDATE cases SET opened = opened - 1",
        "UPDATE case_reach SET person = (SELECT id FROM person p WHERE p.id <> case_reach.person LIMIT 1)",
        "DELETE FROM case_reach",
    ] {
        let world = world();
        let case = world.open_case("clerk", "dispute", "ann", &[], &[("subject", "a loaf")]).case;
        done(on_case(&world, &case));
        world.tamper(sql);
        let act = on_case(&world, &case);
        assert!(!act.answer.allowed, "{sql}");
        refused(&act, Reason::NotVerified);
        world.assert_log_verifies();
    }
}

#[test]
fn a_case_that_was_changed_is_refused_by_every_verb_and_stops_no_sweep() {
    let world = world();
    let case = world.open_case("clerk", "dispute", "ann", &[], &[("subject", "a loaf")]).case;
    let other = world.open_case("clerk", "dispute", "bob", &[], &[("subject", "a roll")]).case;
    let raw = case.replace('-', "");
    let sql: &'static str = format!("UPDATE cases SET opener = 'somebody' WHERE hex(id) = upper('{raw}')").leak();
    world.tamper(sql);
    refused(&world.find(&human("counsel"), &case, true), Reason::NotVerified);
    refused(&world.service.end_case(&human("clerk"), &case).expect("an answer"), Reason::NotVerified);
    // What happens at a point looks at the person's cases, too.
    refused(&world.collect("settled", "ann", &[]), Reason::NotVerified);
    world.clock.advance(support::days(11));
    world.service.sweep().expect("the sweep goes on");
    let ended =
        world.log().into_iter().any(|entry| entry.case.as_deref() == Some(other.as_str()) && entry.actor == "time");
    assert!(ended, "the other case was ended");
    world.assert_log_verifies();
}

#[test]
fn a_finding_that_was_made_up_does_not_count() {
    for sql in
        ["UPDATE case_finding SET holds = 1", "UPDATE case_finding SET finder = 'somebody'", "DELETE FROM case_finding"]
    {
        let world = world();
        world.take_item("mail_in", "ann", "m1", &[("message", "Hello")]);
        let fields = [("issuer", "Court"), ("reference", "1"), ("kind", "warrant")];
        let case = world.open_case("clerk", "legal_process", "ann", &["m1"], &fields).case;
        done(world.find(&human("counsel"), &case, false));
        world.tamper(sql);
        let act = upheld_service::Share {
            item: Some("m1".to_owned()),
            purpose: None,
            on: Some(case.clone()),
            ..support::disclosing("ann", &["message"], "", "court")
        };
        let act = world.service.share(&human("clerk"), act).expect("an answer");
        refused(&act, Reason::NotVerified);
    }
}

#[test]
fn a_key_that_was_changed_opens_nothing() {
    for sql in [
        "UPDATE access_key SET revoked = 0",
        "UPDATE access_key SET body = replace(body, 'collect', 'use')",
        "UPDATE access_key SET entry = entry + 1",
    ] {
        let world = world();
        let (key, token) = world
            .service
            .access_add(upheld_service::NewAccess {
                name: "web".to_owned(),
                kind: upheld_service::AccessKind::Program,
                acts_as: Some("shop".to_owned()),
                verbs: vec![upheld_service::Verb::Collect],
                points: Vec::new(),
                purposes: Vec::new(),
                may_act: true,
                signs_sessions: None,
            })
            .expect("a key");
        world.service.access_revoke(&key.id).expect("revoked");
        world.tamper(sql);
        world.service.authenticate(&token).map(drop).expect_err(sql);
    }
}

#[test]
fn the_log_tells_when_it_was_changed() {
    for sql in [
        "DELETE FROM log_entry WHERE seq = (SELECT MAX(seq) FROM log_entry)",
        "DELETE FROM log_entry WHERE seq = 1",
        "UPDATE log_entry SET body = replace(body, 'refused', 'done')",
        "UPDATE log_head SET size = size - 1",
    ] {
        let world = world();
        refused(&world.use_("mailer", "ann", &["email"], "newsletter"), Reason::Refused);
        world.assert_log_verifies();
        world.tamper(sql);
        let report = world.service.verify_log().expect("the log is read");
        assert!(report.first_fault.is_some(), "{sql}");
    }
}
