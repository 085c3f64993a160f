//! No personal value stands in an entry of the log, in an error, or in what is printed of an act: over random values.

mod support;

use proptest::prelude::*;
use support::{BAKERY, World, disclosing, human, pairs, reading, record, session, site};
use upheld_service::{Ask, Change, Choose, Collect, Find, OpenCase, Question, Remove, Share, Use};

/// A value that nothing else in the store or the policy could contain.
fn secret() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 äöü@.%\"\\\\]{0,12}".prop_map(|text| format!("zq{text}qz"))
}

/// What is printed of an answer or an error, in both ways.
fn printed<T: std::fmt::Debug, E: std::fmt::Debug + std::fmt::Display>(out: &mut String, result: &Result<T, E>) {
    if let Err(error) = result {
        out.push_str(&error.to_string());
    }
    out.push_str(&format!("{result:?}\n"));
}

/// Every act with the secrets wherever a caller can put something; what was printed.
fn act(world: &World, secrets: &[String; 6]) -> String {
    let service = &world.service;
    let [person, item, one, two, three, other] = secrets;
    let mut out = String::new();
    let values = [("name", one.as_str()), ("email", two.as_str()), ("address", three.as_str())];
    let join = record("sign_up", person, &[("name", one), ("email", "p@mail.example"), ("address", three)]);
    printed(&mut out, &service.collect(&site(), join).map(|act| act.answer));
    let mut wrong = record("sign_up", person, &values);
    wrong.values.insert(other.clone(), one.clone());
    printed(&mut out, &service.collect(&site(), wrong).map(|act| act.answer.allowed));
    let mut visit = record("web_visit", person, &[("page_visited", one)]);
    visit.values.insert(other.clone(), two.clone());
    printed(&mut out, &service.collect(&site(), visit).map(|act| act.answer));
    let place = Collect { r#in: Some(format!("www.tern.example/{one}")), ..record("sign_up", person, &values) };
    printed(&mut out, &service.collect(&site(), place).map(|act| act.answer));
    let letter = Collect { item: Some(item.clone()), ..record("mail_in", person, &[("message", one)]) };
    printed(&mut out, &service.collect(&site(), letter).map(|act| act.answer));
    printed(
        &mut out,
        &service.use_(&human("mailer"), reading(person, &["contact"], "newsletter")).map(|act| act.result),
    );
    printed(&mut out, &service.use_(&human("mailer"), reading(person, &["payment"], "newsletter")));
    let letter = Use { item: Some(item.clone()), ..reading(person, &["message"], "message_delivery") };
    printed(&mut out, &service.use_(&human("post"), letter).map(|act| act.answer));
    printed(&mut out, &service.use_(&human("mailer"), reading(other, &["contact"], "newsletter")));
    let share = disclosing(person, &["address"], "delivery", "courier");
    printed(&mut out, &service.share(&human("dispatcher"), share).map(|act| act.answer));
    let change = Change {
        person: person.clone(),
        element: "address".to_owned(),
        value: two.clone(),
        purpose: Some("service_provision".to_owned()),
        ..Change::default()
    };
    printed(&mut out, &service.change(&human("support"), change));
    let choose = Choose {
        person: person.clone(),
        choice: "product_notice".to_owned(),
        agree: false,
        via: Some(other.clone()),
        giving: pairs(&[("birth_date", one), ("email", two)]),
        by_person: None,
        package: None,
    };
    printed(&mut out, &service.choose_as(&session(person), choose.clone()));
    printed(&mut out, &service.choose_as(&session(person), Choose { via: Some("request".to_owned()), ..choose }));
    let open = OpenCase {
        ground: "legal_process".to_owned(),
        people: vec![person.clone()],
        items: vec![item.clone()],
        recipient: None,
        fields: pairs(&[("issuer", one), ("reference", two), ("kind", "warrant")]),
    };
    let opened = service.open_case(&human("clerk"), open.clone());
    printed(&mut out, &opened);
    if let Ok(upheld_service::Act { result: Some(case), .. }) = opened {
        let find = Find { case: case.case.clone(), finding: other.clone(), holds: true };
        printed(&mut out, &service.find(&human("counsel"), find));
        let find = Find { case: case.case.clone(), finding: "valid".to_owned(), holds: true };
        printed(&mut out, &service.find(&human("counsel"), find));
        let share = Share {
            item: Some(item.clone()),
            purpose: None,
            on: Some(case.case),
            ..disclosing(person, &["message"], "", "court")
        };
        printed(&mut out, &service.share(&human("clerk"), share).map(|act| act.answer));
    }
    let odd =
        OpenCase { fields: pairs(&[("subject", one), (other.as_str(), two)]), ground: "dispute".to_owned(), ..open };
    printed(&mut out, &service.open_case(&human("clerk"), odd));
    let question = Question {
        person: person.clone(),
        data: vec!["contact".to_owned()],
        purpose: Some("newsletter".to_owned()),
        ..Question::default()
    };
    printed(&mut out, &service.ask(&human("mailer"), question));
    let remove = Remove {
        person: person.clone(),
        data: vec!["address".to_owned()],
        purpose: Some("service_provision".to_owned()),
        ..Remove::default()
    };
    printed(&mut out, &service.block(&human("support"), remove.clone()));
    printed(&mut out, &service.erase(&human("support"), remove));
    let see = Ask { right: "see".to_owned(), ..Ask::default() };
    printed(&mut out, &service.request(&session(person), see));
    printed(
        &mut out,
        &service.request(&session(person), Ask { right: other.clone(), data: Vec::new(), ..Ask::default() }),
    );
    let erase = Ask { right: "erase".to_owned(), ..Ask::default() };
    printed(&mut out, &service.request(&session(person), erase));
    printed(&mut out, &service.authenticate(one).map(drop));
    printed(&mut out, &service.session(two));
    printed(&mut out, &service.end_case(&human("clerk"), one));
    printed(&mut out, &service.sweep());
    out
}

/// A value as it would stand in JSON or in what Rust prints.
fn shapes(value: &str) -> [String; 3] {
    let json = serde_json::to_string(value).expect("JSON");
    let debug = format!("{value:?}");
    [value.to_owned(), json.trim_matches('"').to_owned(), debug.trim_matches('"').to_owned()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn values_stay_in_the_vault(secrets in proptest::array::uniform6(secret())) {
        let world = World::memory(BAKERY);
        let printed = act(&world, &secrets);
        let log = serde_json::to_string(&world.log()).expect("JSON");
        for secret in &secrets {
            for shape in shapes(secret) {
                prop_assert!(!log.contains(&shape), "{secret:?} stands in the log: {log}");
                prop_assert!(!printed.contains(&shape), "{secret:?} is printed: {printed}");
            }
        }
    }
}

#[test]
fn values_do_not_stand_in_the_file() {
    let world = World::file(BAKERY);
    let secrets =
        ["zq-person-qz", "zq-item-qz", "zq-one-qz", "zq-two-qz", "zq-three-qz", "zq-other-qz"].map(str::to_owned);
    act(&world, &secrets);
    let bytes = world.bytes();
    for secret in &secrets {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret} stands in the file");
    }
}

#[test]
fn what_is_asked_for_is_not_printed_with_its_values() {
    let secret = "zq-secret-qz".to_owned();
    let values = pairs(&[("name", &secret)]);
    let person = || secret.clone();
    let printed = [
        format!(
            "{:?}",
            Collect { person: Some(person()), item: Some(person()), values: values.clone(), ..Collect::default() }
        ),
        format!("{:?}", Change { person: person(), value: person(), ..Change::default() }),
        format!("{:?}", Choose { person: person(), giving: values.clone(), ..Choose::default() }),
        format!(
            "{:?}",
            OpenCase { people: vec![person()], items: vec![person()], fields: values, ..OpenCase::default() }
        ),
        format!("{:?}", Use { person: person(), item: Some(person()), ..reading("", &[], "") }),
        format!("{:?}", Share { person: person(), item: Some(person()), ..disclosing("", &[], "", "") }),
        format!("{:?}", Remove { person: person(), item: Some(person()), ..Remove::default() }),
        format!("{:?}", Question { person: person(), item: Some(person()), ..Question::default() }),
    ];
    for text in printed {
        assert!(!text.contains(&secret), "{text}");
    }
}
