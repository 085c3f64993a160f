//! What may be read, disclosed and altered; what is refused gives nothing and stands in the log.

mod support;

use support::{BAKERY, World, days, disclosing, done, human, reading, refused, strings};
use upheld_decide::{Action, Form, Reason};
use upheld_service::{Act, Change, Question, Remove, Share, Use};

fn change(person: &str, element: &str, value: &str) -> Change {
    Change {
        person: person.to_owned(),
        element: element.to_owned(),
        value: value.to_owned(),
        purpose: Some("service_provision".to_owned()),
        ..Change::default()
    }
}

fn remove(person: &str, data: &[&str]) -> Remove {
    Remove {
        person: person.to_owned(),
        data: strings(data),
        purpose: Some("service_provision".to_owned()),
        ..Remove::default()
    }
}

#[test]
fn a_refused_use_gives_nothing_and_is_logged() {
    for world in World::both(BAKERY) {
        world.join("ann");
        let act = world.use_("mailer", "ann", &["card_number"], "newsletter");
        refused(&act, Reason::Never);
        assert_eq!(support::clauses(&act), ["use.3"]);
        let last = world.log().pop().expect("an entry");
        assert_eq!(
            (last.verb.as_str(), last.result.as_str(), last.reason.as_deref()),
            ("use", "refused", Some("never"))
        );
        assert_eq!(last.clauses, ["use.3"]);
        assert_eq!(act.log + 1, world.log().len() as u64);

        world.take("sign_up", "cem", &[("name", "cem"), ("email", "cem@mail.example")]);
        refused(&world.use_("mailer", "cem", &["address"], "newsletter"), Reason::NotHeld);
        refused(&world.use_("mailer", "ann", &["phone_number"], "site_statistics"), Reason::NoRule);
        refused(&world.use_("mailer", "nobody", &["email"], "newsletter"), Reason::NobodyKnown);
        refused(&world.use_("mailer", "ann", &[], "newsletter"), Reason::Missing);
        let act = Use { purpose: None, ..reading("ann", &["email"], "") };
        refused(&world.service.use_(&human("mailer"), act).expect("an answer"), Reason::NoPurpose);
        world.assert_log_verifies();
    }
}

#[test]
fn one_forbidden_element_refuses_the_whole() {
    let world = World::memory(BAKERY);
    world.join("ann");
    refused(&world.use_("mailer", "ann", &["email", "card_number"], "newsletter"), Reason::Never);
    refused(&world.share("dispatcher", "ann", &["address", "email"], "delivery", "courier"), Reason::NoRule);
}

#[test]
fn a_group_gives_what_is_held_below_it() {
    let world = World::memory(BAKERY);
    world.join("ann");
    let values = world.read("mailer", "ann", &["contact"], "newsletter");
    assert_eq!(values, ["1 Elm Row", "555 0100", "ann", "ann@mail.example"]);
}

#[test]
fn need_to_know() {
    let world = World::memory(BAKERY);
    world.join("ann");
    for role in ["support", "books", "analyst", "counsel"] {
        refused(&world.use_(role, "ann", &["email"], "newsletter"), Reason::NotTheirWork);
    }
    // Working on one purpose opens no other.
    refused(&world.use_("books", "ann", &["email"], "bookkeeping"), Reason::NoRule);
}

#[test]
fn what_is_not_declared_is_refused_by_name() {
    let world = World::memory(BAKERY);
    world.join("ann");
    for (act, name) in [
        (world.use_("mailer", "ann", &["shoe_size"], "newsletter"), "shoe_size"),
        (world.use_("mailer", "ann", &["email"], "spam"), "spam"),
        (world.share("dispatcher", "ann", &["address"], "delivery", "stranger"), "stranger"),
    ] {
        refused(&act, Reason::NotDeclared);
        assert_eq!(act.answer.lacking, [name]);
    }
}

#[test]
fn of_itemised_data_the_item_is_named() {
    for world in World::both(BAKERY) {
        world.join("ann");
        world.join("bob");
        world.take_item("mail_in", "ann", "m1", &[("message", "one")]);
        world.take_item("mail_in", "ann", "m2", &[("message", "two")]);
        world.take_item("mail_in", "bob", "m1", &[("message", "of bob")]);
        let item = |person: &str, item: &str| {
            let act = Use { item: Some(item.to_owned()), ..reading(person, &["message"], "message_delivery") };
            world.service.use_(&human("post"), act).expect("an answer")
        };
        refused(&world.use_("post", "ann", &["message"], "message_delivery"), Reason::NoItem);
        refused(&world.use_("post", "ann", &["communications"], "message_delivery"), Reason::NoItem);
        let held = done(item("ann", "m2"));
        assert_eq!((held.len(), held[0].value.as_str(), held[0].item.as_deref()), (1, "two", Some("m2")));
        // The same name is another item of another person.
        assert_eq!(done(item("bob", "m1"))[0].value, "of bob");
        refused(&item("bob", "m2"), Reason::NotHeld);
        refused(&item("ann", "m3"), Reason::NotHeld);
    }
}

#[test]
fn a_form_that_is_permitted_opens_no_greater_one() {
    let world = World::memory(BAKERY);
    world.join("ann");
    let as_form = |form: Form| Use { form, ..reading("ann", &["name"], "site_statistics") };
    refused(&world.service.use_(&human("analyst"), as_form(Form::Identified)).expect("an answer"), Reason::NoRule);
    let question = |data: &str, form: Form| Question {
        action: Action::Share,
        person: "bob".to_owned(),
        data: vec![data.to_owned()],
        with: Some("counter".to_owned()),
        purpose: Some("site_statistics".to_owned()),
        form,
        ..Question::default()
    };
    world.take("web_visit", "bob", &[("page_visited", "/")]);
    let ask = |form: Form| world.service.ask(&human("analyst"), question("page_visited", form)).expect("an answer");
    assert!(ask(Form::Aggregate(10)).allowed);
    assert!(ask(Form::Aggregate(11)).allowed);
    for form in [Form::Aggregate(9), Form::Aggregate(0), Form::Pseudonymous, Form::Identified] {
        let answer = ask(form);
        assert_eq!((answer.allowed, answer.reason), (false, Reason::NoRule), "{form:?}");
    }
}

#[test]
fn totals_never_hand_out_the_values_of_one_person() {
    let world = World::memory(BAKERY);
    world.take("web_visit", "bob", &[("page_visited", "/secret")]);
    let act = Share { form: Form::Aggregate(10), ..disclosing("bob", &["page_visited"], "site_statistics", "counter") };
    let result = world.service.share(&human("analyst"), act);
    let text = result.map_or_else(|error| error.to_string(), |act| serde_json::to_string(&act).expect("JSON"));
    assert!(!text.contains("/secret"), "{text}");
}

#[test]
fn a_pseudonymous_use_does_not_say_who() {
    let world = World::memory(BAKERY);
    world.join("ann");
    let act = Use { form: Form::Pseudonymous, ..reading("ann", &["name"], "site_statistics") };
    let result = world.service.use_(&human("analyst"), act);
    // Whatever is answered, the name itself is no pseudonym.
    if let Ok(Act { result: Some(held), .. }) = result {
        assert!(held.iter().all(|held| held.value != "ann"), "{held:?}");
    }
}

#[test]
fn a_choice_is_obeyed_by_the_very_next_act() {
    for world in World::both(BAKERY) {
        world.join("ann");
        world.join("bob");
        assert_eq!(world.read("mailer", "ann", &["email"], "newsletter"), ["ann@mail.example"]);
        done(world.choose("ann", "newsletter", false, Some("link")));
        let act = world.use_("mailer", "ann", &["email"], "newsletter");
        refused(&act, Reason::Refused);
        assert_eq!(support::clauses(&act), ["choices.1"]);
        assert_eq!(world.read("mailer", "ann", &["email"], "product_notice"), ["ann@mail.example"]);
        assert_eq!(world.read("mailer", "bob", &["email"], "newsletter"), ["bob@mail.example"]);
        done(world.choose("ann", "newsletter", true, Some("link")));
        assert_eq!(world.read("mailer", "ann", &["email"], "newsletter"), ["ann@mail.example"]);
        // And the other way round: off until agreed.
        refused(&world.use_("caller", "ann", &["phone_number"], "sales_calls"), Reason::NotAgreed);
        done(world.choose("ann", "sales_calls", true, None));
        assert_eq!(world.read("caller", "ann", &["phone_number"], "sales_calls"), ["555 0100"]);
        done(world.choose("ann", "sales_calls", false, None));
        refused(&world.use_("caller", "ann", &["phone_number"], "sales_calls"), Reason::NotAgreed);
    }
}

#[test]
fn a_refusal_that_rests_on_a_person_goes_to_those_who_work_on_it() {
    let world = World::memory(BAKERY);
    world.join("ann");
    done(world.choose("ann", "newsletter", false, Some("link")));
    let act = world.use_("analyst", "ann", &["email"], "newsletter");
    refused(&act, Reason::NotTheirWork);
    let text = serde_json::to_string(&act).expect("JSON");
    assert!(!text.contains("refuse"), "{text}");
}

#[test]
fn a_value_closes_at_its_end_before_any_sweep() {
    for world in World::both(BAKERY) {
        world.take("order_form", "bob", &[("order_details", "two loaves")]);
        let began = support::time(support::BEGINS);
        let end = began + days(10);
        world.clock.set(end - std::time::Duration::from_millis(1));
        let open = world.service.use_(&human("shop"), reading("bob", &["order_details"], "ordering"));
        done(open.expect("an answer"));
        world.clock.set(end);
        let act =
            world.service.use_(&human("shop"), reading("bob", &["order_details"], "ordering")).expect("an answer");
        refused(&act, Reason::Closed);
        assert_eq!(support::clauses(&act), ["keep.1"]);
        let text = serde_json::to_string(&act).expect("JSON");
        assert!(!text.contains("two loaves"), "{text}");
    }
}

#[test]
fn a_kind_that_ends_closes_what_was_kept_while_it_lasted() {
    for world in World::both(BAKERY) {
        world.join("ann");
        world.clock.advance(std::time::Duration::from_millis(1));
        world.take("leaving", "ann", &[]);
        refused(&world.use_("mailer", "ann", &["email"], "newsletter"), Reason::Closed);
        // Who comes back gives anew; what was closed stays closed.
        world.clock.advance(days(1));
        let values = [("name", "ann"), ("email", "new@mail.example")];
        world.take("sign_up", "ann", &values);
        assert_eq!(world.read("mailer", "ann", &["email"], "newsletter"), ["new@mail.example"]);
    }
}

#[test]
fn nothing_of_an_earlier_person_comes_back() {
    let world = World::file(BAKERY);
    world.take("web_visit", "bob", &[("page_visited", "/earlier")]);
    world.clock.advance(days(90));
    world.service.sweep().expect("swept");
    refused(&world.use_("analyst", "bob", &["page_visited"], "traffic_analysis"), Reason::NobodyKnown);
    // The same handle is given again: to another person, as far as anybody can tell.
    world.take("web_visit", "bob", &[("page_visited", "/later")]);
    assert_eq!(world.read("analyst", "bob", &["page_visited"], "traffic_analysis"), ["/later"]);
}

#[test]
fn a_disclosure_needs_its_own_permission() {
    for world in World::both(BAKERY) {
        world.join("ann");
        let act = world.share("dispatcher", "ann", &["address"], "delivery", "courier");
        assert_eq!(support::clauses(&act), ["use.5"]);
        assert_eq!(done(act)[0].value, "1 Elm Row");
        let last = world.log().pop().expect("an entry");
        assert_eq!((last.verb.as_str(), last.recipient.as_deref()), ("share", Some("courier")));
        assert_eq!(last.purpose.as_deref(), Some("delivery"));
        assert_eq!(last.elements, ["address"]);
        // Not to read, not to sell, not to another.
        refused(&world.use_("dispatcher", "ann", &["address"], "delivery"), Reason::NoRule);
        for action in [Action::Sell, Action::Rent, Action::Transfer] {
            let act = Share { action, ..disclosing("ann", &["address"], "delivery", "courier") };
            refused(&world.service.share(&human("dispatcher"), act).expect("an answer"), Reason::NoRule);
        }
        refused(&world.share("dispatcher", "ann", &["address"], "delivery", "counter"), Reason::NoRule);
        refused(&world.share("mailer", "ann", &["address"], "delivery", "courier"), Reason::NotTheirWork);
        // `share` discloses and nothing else.
        let act = Share { action: Action::Use, ..disclosing("ann", &["address"], "delivery", "courier") };
        let result = world.service.share(&human("dispatcher"), act);
        assert!(!matches!(&result, Ok(act) if act.answer.allowed), "{result:?}");
    }
}

#[test]
fn a_value_is_changed_where_that_is_permitted() {
    for world in World::both(BAKERY) {
        world.join("ann");
        let act = world.service.change(&human("support"), change("ann", "address", "2 Elm Row")).expect("an answer");
        assert!(act.answer.allowed, "{:?}", act.answer);
        assert_eq!(world.read("mailer", "ann", &["address"], "newsletter"), ["2 Elm Row"]);
        for (element, reason) in [("email", Reason::NoRule), ("shoe_size", Reason::NotDeclared)] {
            let act = world.service.change(&human("support"), change("ann", element, "x")).expect("an answer");
            refused(&act, reason);
        }
        let act = world.service.change(&human("mailer"), change("ann", "address", "x")).expect("an answer");
        refused(&act, Reason::NotTheirWork);
        assert_eq!(world.read("mailer", "ann", &["address"], "newsletter"), ["2 Elm Row"]);
        let empty = world.service.change(&human("support"), change("ann", "address", ""));
        assert!(!matches!(&empty, Ok(act) if act.answer.allowed), "{empty:?}");
        world.assert_log_verifies();
    }
}

#[test]
fn a_block_holds_until_it_is_lifted() {
    for world in World::both(BAKERY) {
        world.join("ann");
        assert!(world.service.block(&human("support"), remove("ann", &["address"])).expect("an answer").answer.allowed);
        refused(&world.use_("mailer", "ann", &["address"], "newsletter"), Reason::Blocked);
        refused(&world.share("dispatcher", "ann", &["address"], "delivery", "courier"), Reason::Blocked);
        // It is set aside, whatever else is asked for with it.
        assert_eq!(world.read("mailer", "ann", &["address", "email"], "newsletter"), ["ann@mail.example"]);
        assert_eq!(world.read("mailer", "ann", &["contact"], "newsletter"), ["555 0100", "ann", "ann@mail.example"]);
        assert_eq!(world.read("mailer", "ann", &["email"], "newsletter"), ["ann@mail.example"]);
        let changed = world.service.change(&human("support"), change("ann", "address", "2 Elm Row"));
        refused(&changed.expect("an answer"), Reason::Blocked);
        let lift = Remove { lift: true, ..remove("ann", &["address"]) };
        assert!(world.service.block(&human("support"), lift).expect("an answer").answer.allowed);
        assert_eq!(world.read("mailer", "ann", &["address"], "newsletter"), ["1 Elm Row"]);
        let act = world.service.block(&human("support"), remove("ann", &["email"])).expect("an answer");
        refused(&act, Reason::NoRule);
    }
}

#[test]
fn what_is_erased_is_gone() {
    let world = World::file(BAKERY);
    world.join("ann");
    let act = world.service.erase(&human("support"), remove("ann", &["address"])).expect("an answer");
    let erased = done(act);
    assert_eq!(erased.values, 1);
    assert!(erased.keys >= 1, "a key was destroyed");
    refused(&world.use_("mailer", "ann", &["address"], "newsletter"), Reason::NotHeld);
    assert_eq!(world.read("mailer", "ann", &["email"], "newsletter"), ["ann@mail.example"], "the rest is there");
    let again = world.service.erase(&human("support"), remove("ann", &["address"])).expect("an answer");
    refused(&again, Reason::NotHeld);
    let act = world.service.erase(&human("support"), remove("ann", &["email"])).expect("an answer");
    refused(&act, Reason::NoRule);
    world.assert_log_verifies();
}

#[test]
fn a_question_changes_nothing_and_agrees_with_the_act() {
    for world in World::both(BAKERY) {
        world.join("ann");
        let entries = world.log().len();
        for (role, data, purpose) in [
            ("mailer", "email", "newsletter"),
            ("mailer", "email", "spam"),
            ("support", "email", "newsletter"),
            ("books", "card_number", "payment_processing"),
            ("mailer", "card_number", "newsletter"),
            ("mailer", "birth_date", "newsletter"),
            ("caller", "phone_number", "sales_calls"),
        ] {
            let question = Question {
                person: "ann".to_owned(),
                data: vec![data.to_owned()],
                purpose: Some(purpose.to_owned()),
                ..Question::default()
            };
            let before = world.log().len();
            let answer = world.service.ask(&human(role), question).expect("an answer");
            assert_eq!(world.log().len(), before, "a question is only counted");
            let act = world.use_(role, "ann", &[data], purpose);
            assert_eq!(answer, act.answer, "{role} {data} {purpose}");
        }
        assert_eq!(world.log().len(), entries + 7);
    }
}
