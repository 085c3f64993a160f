//! What a point takes, and what it refuses: the policy's declarations hold for every value.

mod support;

use std::collections::BTreeMap;

use support::{BAKERY, World, done, human, record, refused, session, site};
use upheld_decide::Reason::{self, Malformed, Missing, NoItem, NotCovered, NotDeclared, NotDeclaredThere, NotThatKind};
use upheld_service::{AccessKind, Ask, Caller, Collect, ServiceError};

const ANN: [(&str, &str); 2] = [("name", "Ann Example"), ("email", "ann@mail.example")];

fn with(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    ANN.iter().chain(more).copied().collect()
}

/// A record that must be refused, with the reason of each field, and nothing of which is stored.
#[track_caller]
fn refuse(world: &World, act: Collect, reason: Reason, fields: &[(&str, Reason)]) {
    let before = world.rows();
    let entries = world.log().len();
    let act = world.service.collect(&site(), act).expect("an answer");
    refused(&act, reason);
    let fields: BTreeMap<String, Reason> = fields.iter().map(|(name, reason)| ((*name).to_owned(), *reason)).collect();
    assert_eq!(act.fields, fields);
    assert_eq!(world.rows(), before, "a refused record stores nothing");
    let log = world.log();
    assert_eq!(log.len(), entries + 1);
    let last = log.last().expect("an entry");
    assert_eq!((last.verb.as_str(), last.result.as_str()), ("collect", "refused"));
    assert!(last.commitments.is_empty() && last.classes.is_empty(), "nothing was stored: {last:?}");
}

#[test]
fn a_form_takes_what_it_declares() {
    for world in World::both(BAKERY) {
        let taken = world.take("sign_up", "ann", &with(&[("birth_date", "1980-02-29")]));
        let mut stored = taken.stored.clone();
        stored.sort_unstable();
        assert_eq!(stored, ["birth_date", "email", "name"]);
        assert!(taken.dropped.is_empty());
        assert!(!taken.record.is_empty());
        let held = done(world.use_("support", "ann", &["name", "birth_date"], "service_setup"));
        let mut values: Vec<_> =
            held.iter().map(|held| (held.element.as_str(), held.value.as_str(), held.point.as_str())).collect();
        values.sort_unstable();
        assert_eq!(values, [("birth_date", "1980-02-29", "sign_up"), ("name", "Ann Example", "sign_up")]);
        assert!(
            held.iter().all(|held| held.at.parse::<jiff::Timestamp>().ok() == Some(support::time(support::BEGINS)))
        );
    }
}

#[test]
fn a_form_refuses_the_whole_record_over_one_name() {
    let world = World::file(BAKERY);
    // Declared elsewhere, and declared nowhere.
    refuse(
        &world,
        record("sign_up", "ann", &with(&[("allergy", "nuts")])),
        NotDeclaredThere,
        &[("allergy", NotDeclaredThere)],
    );
    refuse(
        &world,
        record("sign_up", "ann", &with(&[("shoe_size", "38")])),
        NotDeclaredThere,
        &[("shoe_size", NotDeclaredThere)],
    );
    // A group is no element.
    refuse(
        &world,
        record("sign_up", "ann", &with(&[("contact", "x")])),
        NotDeclaredThere,
        &[("contact", NotDeclaredThere)],
    );
}

#[test]
fn what_is_required_must_be_there() {
    let world = World::file(BAKERY);
    refuse(&world, record("sign_up", "ann", &ANN[..1]), Missing, &[("email", Missing)]);
    refuse(&world, record("sign_up", "ann", &[]), Missing, &[("email", Missing), ("name", Missing)]);
    // Of several reasons the first field's is the record's.
    refuse(
        &world,
        record("sign_up", "ann", &[("name", "Ann"), ("shoe_size", "38")]),
        Missing,
        &[("email", Missing), ("shoe_size", NotDeclaredThere)],
    );
    // Nobody asks at a visit: it leaves what it leaves.
    let taken = world.take("web_visit", "bob", &[("access_time", "2026-01-05T12:00:00Z")]);
    assert_eq!(taken.stored, ["access_time"]);
    refuse(&world, record("web_visit", "bob", &[("referrer", "https://x.example/")]), Missing, &[]);
}

#[test]
fn values_have_the_form_of_their_element() {
    let world = World::file(BAKERY);
    let long = "x".repeat(2_000_000);
    for (element, value) in [("name", ""), ("name", "  "), ("name", long.as_str()), ("name", "Ann\u{0}")] {
        let values = [("name", value), ANN[1]];
        refuse(&world, record("sign_up", "ann", &values), Malformed, &[(element, Malformed)]);
    }
    refuse(
        &world,
        record("sign_up", "ann", &with(&[("birth_date", "yesterday")])),
        Malformed,
        &[("birth_date", Malformed)],
    );
    refuse(&world, record("sign_up", "ann", &[ANN[0], ("email", "at home")]), Malformed, &[("email", Malformed)]);
}

#[test]
fn a_point_is_used_where_the_policy_says() {
    let world = World::file(BAKERY);
    for place in [
        Some("evil.example/join"),
        Some("www.tern.example"),
        Some("www.tern.example/joint"),
        Some("www.tern.example/join/more"),
        Some("shop.tern.example/join"),
        Some("www.tern.example.evil.example/join"),
        Some("https://www.tern.example/join"),
        None,
    ] {
        let act = Collect { r#in: place.map(str::to_owned), ..record("sign_up", "ann", &ANN) };
        refuse(&world, act, NotCovered, &[]);
    }
    // `/*` is every path of the host and of no other.
    let order = |place: &str| Collect {
        r#in: Some(place.to_owned()),
        ..record("order_form", "bob", &[("order_details", "two loaves")])
    };
    for place in ["shop.tern.example/", "shop.tern.example/cakes", "shop.tern.example/cakes/big"] {
        done(world.service.collect(&site(), order(place)).expect("an answer"));
    }
    refuse(&world, order("shop.tern.example.evil.example/cakes"), NotCovered, &[]);
    refuse(&world, order("www.tern.example/cakes"), NotCovered, &[]);
}

#[test]
fn a_path_is_covered_by_whole_parts() {
    let world = World::file(&BAKERY.replace("shop.tern.example/*", "shop.tern.example/cakes/*"));
    let order = |place: &str| Collect {
        r#in: Some(place.to_owned()),
        ..record("order_form", "bob", &[("order_details", "two loaves")])
    };
    for place in ["shop.tern.example/cakes", "shop.tern.example/cakes/", "shop.tern.example/cakes/big?size=9"] {
        done(world.service.collect(&site(), order(place)).expect("an answer"));
    }
    for place in ["shop.tern.example/", "shop.tern.example/cakesale", "shop.tern.example/bread/cakes"] {
        refuse(&world, order(place), NotCovered, &[]);
    }
}

#[test]
fn events_are_written_by_programs() {
    let world = World::file(BAKERY);
    world.take("sign_up", "ann", &ANN);
    let before = world.rows();
    for kind in [AccessKind::Human, AccessKind::Administrator] {
        let caller = Caller { kind, ..site() };
        let result = world.service.collect(&caller, record("note", "ann", &[("member_log", "called")]));
        assert!(matches!(result, Err(ServiceError::NotAllowed { .. })), "{result:?}");
    }
    assert_eq!(world.rows(), before);
}

#[test]
fn a_point_that_the_policy_does_not_have_takes_nothing() {
    let world = World::file(BAKERY);
    refuse(&world, record("nowhere", "ann", &ANN), NotDeclared, &[]);
}

#[test]
fn who_is_not_of_the_kind_is_not_written_about() {
    let world = World::file(BAKERY);
    // Nobody known, then somebody who only looked, then a member, then a member no more.
    let note = || record("note", "ann", &[("member_log", "called")]);
    refuse(&world, note(), NotThatKind, &[("member_log", NotThatKind)]);
    world.take("web_visit", "ann", &[("page_visited", "/")]);
    refuse(&world, note(), NotThatKind, &[("member_log", NotThatKind)]);
    world.take("sign_up", "ann", &ANN);
    done(world.service.collect(&site(), note()).expect("an answer"));
    world.take("leaving", "ann", &[]);
    refuse(&world, note(), NotThatKind, &[("member_log", NotThatKind)]);
    refuse(&world, Collect { person: None, ..note() }, NotThatKind, &[("member_log", NotThatKind)]);
}

#[test]
fn a_visit_and_a_letter_drop_what_is_not_declared() {
    for world in World::both(BAKERY) {
        let values = [
            ("page_visited", "/"),
            ("referrer", "https://x.example/"),
            ("email", "bob@x.example"),
            ("shoe_size", "38"),
        ];
        let taken = world.take("web_visit", "bob", &values);
        assert_eq!(taken.stored, ["page_visited"]);
        let mut dropped = taken.dropped.clone();
        dropped.sort_unstable();
        assert_eq!(dropped, ["email", "referrer", "shoe_size"]);

        world.join("ann");
        let taken = world.take_item("mail_in", "ann", "m1", &[("message", "Hello"), ("ip_address", "192.0.2.7")]);
        assert_eq!(taken.stored, ["message"]);
        assert_eq!(taken.dropped, ["ip_address"]);
        // What is dropped is counted in the log by number, never by value.
        let entries = serde_json::to_string(&world.log()).expect("JSON");
        assert!(!entries.contains("bob@x.example") && !entries.contains("192.0.2.7"), "{entries}");
    }
}

#[test]
fn what_is_made_from_another_value_drops_it() {
    let world = World::file(BAKERY);
    let values = [("page_visited", "/"), ("isp_domain", "isp.example"), ("ip_address", "192.0.2.7")];
    let taken = world.take("web_visit", "bob", &values);
    let mut stored = taken.stored.clone();
    stored.sort_unstable();
    assert_eq!(stored, ["isp_domain", "page_visited"]);
    assert_eq!(world.read("analyst", "bob", &["isp_domain"], "traffic_analysis"), ["isp.example"]);
    refused(&world.use_("analyst", "bob", &["ip_address"], "traffic_analysis"), Reason::NoRule);
}

#[test]
fn a_domain_is_made_from_the_name_of_a_connection() {
    let world = World::memory(BAKERY);
    for (connection, domain) in [
        ("dsl-7.pool.isp.example", Some("isp.example")),
        ("DSL-7.Pool.Isp.CO.UK.", Some("isp.co.uk")),
        // An address alone has no domain: nothing is made, and it is dropped all the same.
        ("192.0.2.7", None),
        ("2001:db8::7", None),
    ] {
        let taken = world.take("web_visit", connection, &[("page_visited", "/"), ("ip_address", connection)]);
        let made: Vec<&String> = taken.stored.iter().filter(|element| *element != "page_visited").collect();
        assert_eq!(made.len(), usize::from(domain.is_some()), "{connection}: {made:?}");
        if let Some(domain) = domain {
            assert_eq!(world.read("analyst", connection, &["isp_domain"], "traffic_analysis"), [domain]);
        }
    }
}

#[test]
fn of_a_card_number_a_token_is_held() {
    let world = World::file(BAKERY);
    world.take("sign_up", "ann", &with(&[("card_number", "4111111111111111")]));
    let bytes = world.bytes();
    for secret in ["4111111111111111", "ann@mail.example", "Ann Example"] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} stands in the file");
    }
    let act = world.service.request(&session("ann"), Ask { right: "see".to_owned(), ..Ask::default() });
    let report = serde_json::to_string(&done(act.expect("an answer"))).expect("JSON");
    assert!(!report.contains("4111111111111111"), "{report}");
    assert!(report.contains("\"held_as\":\"token\""), "{report}");
}

#[test]
fn an_itemised_value_names_its_item() {
    let world = World::file(BAKERY);
    world.take("sign_up", "ann", &ANN);
    refuse(&world, record("mail_in", "ann", &[("message", "Hello")]), NoItem, &[("message", NoItem)]);
}

#[test]
fn each_record_of_a_batch_stands_by_itself() {
    for world in World::both(BAKERY) {
        let entries = world.log().len();
        let batch = vec![
            record("web_visit", "bob", &[("page_visited", "/a")]),
            record("sign_up", "bob", &ANN[..1]),
            record("web_visit", "bob", &[("page_visited", "/b")]),
        ];
        let acts = world.service.collect_batch(&site(), batch).expect("answers");
        assert_eq!(acts.iter().map(|act| act.answer.allowed).collect::<Vec<_>>(), [true, false, true]);
        refused(&acts[1], Missing);
        assert_eq!(
            acts.iter().map(|act| act.log).collect::<Vec<_>>(),
            (entries as u64..entries as u64 + 3).collect::<Vec<_>>()
        );
        assert_eq!(world.read("analyst", "bob", &["page_visited"], "traffic_analysis"), ["/a", "/b"]);
        assert!(world.service.collect_batch(&site(), Vec::new()).expect("answers").is_empty());
        world.assert_log_verifies();
    }
}

#[test]
fn a_record_may_belong_to_nobody_known() {
    for world in World::both(BAKERY) {
        let act = Collect { person: None, ..record("web_visit", "", &[("page_visited", "/")]) };
        let taken = done(world.service.collect(&site(), act).expect("an answer"));
        assert_eq!(taken.stored, ["page_visited"]);
        let last = world.log().pop().expect("an entry");
        assert_eq!((last.result.as_str(), last.commitments.len()), ("done", 1));
    }
}

#[test]
fn sizes_are_bounded() {
    let world = World::file(BAKERY);
    let before = world.rows();
    let long = "p".repeat(10_000);
    let many: BTreeMap<String, String> = (0..5_000).map(|n| (format!("n{n}"), "x".to_owned())).collect();
    let acts = [
        Collect { person: Some(long.clone()), ..record("sign_up", "ann", &ANN) },
        Collect { person: Some(String::new()), ..record("sign_up", "ann", &ANN) },
        Collect { item: Some(long), ..record("web_visit", "ann", &[("page_visited", "/")]) },
        Collect { values: many, ..record("web_visit", "ann", &[]) },
    ];
    for (n, act) in acts.into_iter().enumerate() {
        let result = world.service.collect(&site(), act);
        assert!(!matches!(&result, Ok(act) if act.answer.allowed), "{n}: {result:?}");
    }
    assert_eq!(world.rows(), before);
    let batch = vec![record("web_visit", "bob", &[("page_visited", "/")]); 100_000];
    assert!(world.service.collect_batch(&site(), batch).is_err(), "a batch is bounded");
    assert_eq!(world.rows(), before);
}

#[test]
fn who_signs_up_twice_is_one_person() {
    let world = World::file(BAKERY);
    world.take("sign_up", "ann", &ANN);
    let people = world.rows()["person"];
    world.take("sign_up", "ann", &ANN);
    assert_eq!(world.rows()["person"], people);
    // An e-mail address joins nobody: another id is another person.
    world.take("sign_up", "ann-2", &ANN);
    assert_eq!(world.rows()["person"], people + 1);
    assert_eq!(world.read("mailer", "ann", &["email"], "newsletter").len(), 2);
}

#[test]
fn a_collect_permits_use_for_its_purpose_to_those_who_work_on_it() {
    let world = World::memory(BAKERY);
    world.take("order_form", "bob", &[("order_details", "two loaves")]);
    let act = world.service.use_(&human("shop"), support::reading("bob", &["order_details"], "ordering"));
    assert_eq!(done(act.expect("an answer"))[0].value, "two loaves");
    refused(&world.use_("mailer", "bob", &["order_details"], "ordering"), Reason::NotTheirWork);
    refused(&world.use_("books", "bob", &["order_details"], "bookkeeping"), Reason::NoRule);
}

#[test]
fn a_value_that_a_program_gives_again_gains_no_purpose_and_no_time() {
    let noted = "we may collect member_log of member at note for service_provision";
    let policy = BAKERY.replace(noted, &format!("{noted}\nwe may collect address of member at note for bookkeeping"));
    let world = World::file(&policy);
    world.take("sign_up", "ann", &with(&[("address", "1 Elm Row")]));
    let again = world.take("note", "ann", &[("address", "1 Elm Row"), ("member_log", "called")]);
    assert_eq!((again.stored, again.dropped), (vec!["member_log".to_owned()], vec!["address".to_owned()]));
    assert!(
        world.use_("books", "ann", &["address"], "bookkeeping").result.is_none(),
        "it serves what it was given for"
    );
    let other = world.take("note", "ann", &[("address", "2 Ash Lane")]);
    assert_eq!(other.stored, ["address"]);
    world.assert_log_verifies();
}
