//! OpenID AuthZEN 1.0: our words in it, and that nobody is believed. `authzen_wire.rs` has its shapes.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use upheld_decide::Reason;
use upheld_server::ServerConfig;
use upheld_service::{AccessKind, NewAccess, Verb};

use crate::common::{CANARY, DOCUMENT, POLICY, Reply, World, new};

pub const ONE: &str = "/access/v1/evaluation";
pub const MANY: &str = "/access/v1/evaluations";

/// A program's or a role's use of the e-mail address, of nobody in particular.
pub fn asking(role: &str, purpose: &str) -> Value {
    json!({
        "subject": { "type": "role", "id": role },
        "action": { "name": "use", "properties": { "for": purpose } },
        "resource": { "type": "data", "id": "email" },
    })
}

/// The same, of a person.
fn about(role: &str, purpose: &str, person: &str) -> Value {
    let mut out = asking(role, purpose);
    out["resource"]["properties"] = json!({ "person": person });
    out
}

/// With facts that are stated.
pub fn stating(mut question: Value, facts: Value) -> Value {
    question["context"] = json!({ "facts": facts });
    question
}

/// A decision with its reason.
#[track_caller]
pub fn decided(decision: &Value) -> (bool, &str) {
    let reason = decision["context"]["reason_admin"]["reason"].as_str().unwrap_or_else(|| panic!("{decision}"));
    (decision["decision"].as_bool().expect("a decision"), reason)
}

pub async fn ask(world: &World, who: &str, question: &Value) -> Value {
    let reply = world.post(who, ONE, question).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"), "{}", reply.text());
    reply.json()
}

#[track_caller]
pub fn plain(reply: &Reply, status: u16) -> String {
    let kind = reply.header("content-type");
    assert_eq!((reply.status, kind), (status, "text/plain; charset=utf-8"), "{}", reply.text());
    assert!(!reply.text().is_empty() && !reply.text().starts_with('{'));
    reply.text().to_owned()
}

#[tokio::test]
async fn a_question_about_nobody_is_answered_from_the_rules_with_the_facts_that_it_brings() {
    let world = World::without_people();
    let no = ask(&world, "mailer", &asking("mailer", "newsletter")).await;
    assert_eq!(decided(&no), (false, "not_agreed"));
    assert_eq!(no["context"]["would_allow_if"], json!(["agreed newsletter"]));
    let admin = &no["context"]["reason_admin"];
    let clause = &admin["clauses"][0];
    assert_eq!((&clause["clause"], &clause["section"]), (&json!("news.1"), &json!("3")), "{no}");
    assert!(clause["line"].as_u64().is_some_and(|line| line > 0));
    let said = no["context"]["reason_user"]["en"].as_str().expect("words");
    assert!(
        said.contains("has not agreed") && said.contains(clause["sentence"].as_str().expect("a sentence")),
        "{said}"
    );
    let in_force = world.service.in_force().expect("the store").expect("a version");
    let digest = format!("sha256:{}", in_force.version.meaning_digest);
    assert_eq!(admin["policy"], json!({ "version": "1", "digest": digest }));

    // What `upheld decide` answers.
    let yes = stating(asking("mailer", "newsletter"), json!({ "agreed newsletter": true }));
    assert_eq!(decided(&ask(&world, "mailer", &yes).await), (true, "permitted"));
    let unknown = stating(asking("mailer", "newsletter"), json!({ "agreed everything": true }));
    assert_eq!(decided(&ask(&world, "mailer", &unknown).await), (false, "not_declared"));
    // `type` says what the policy knows anyway.
    let mut program = yes.clone();
    program["subject"]["type"] = json!("program");
    assert_eq!(decided(&ask(&world, "mailer", &program).await), (true, "permitted"));
    // Where it was taken.
    let mut elsewhere = asking("support", "customer_care");
    for (place, right, wrong) in
        [("of", "customer", "visitor"), ("at", "sign_up", "leaving"), ("from", "customer", "us")]
    {
        let mut there = elsewhere.clone();
        there["resource"]["properties"] = json!({ place: if place == "from" { "themselves" } else { right } });
        assert_eq!(decided(&ask(&world, "support", &there).await), (true, "permitted"), "{place}");
        there["resource"]["properties"] = json!({ place: wrong });
        assert!(!decided(&ask(&world, "support", &there).await).0, "{place}");
    }
    elsewhere["action"]["properties"]["as"] = json!({ "aggregate": 10 });
    assert_eq!(decided(&ask(&world, "support", &elsewhere).await), (true, "permitted"));
    assert!(world.service.log_entries(0, 1000).expect("the log").iter().all(|placed| placed.entry.verb != "use"));
}

#[tokio::test]
async fn facts_about_a_person_come_from_the_store_and_what_is_said_of_them_is_listed_as_ignored() {
    let world = World::new().await;
    let question = about("mailer", "newsletter", "ann");
    let mut stated = stating(question.clone(), json!({ "agreed newsletter": true, CANARY: true }));
    stated["resource"]["properties"]["of"] = json!("customer");
    let no = ask(&world, "mailer", &stated).await;
    assert_eq!(decided(&no), (false, "not_agreed"));
    assert_eq!(no["context"]["would_allow_if"], json!(["agreed newsletter"]));
    let ignored = json!(["context.facts", "context.facts.agreed newsletter", "resource.properties.of"]);
    assert_eq!(no["context"]["ignored"], ignored);
    assert!(!no.to_string().contains(CANARY));

    let agree = json!({ "person": "ann", "choice": "newsletter", "agree": true });
    assert_eq!(world.post("support", "/v1/choices", &agree).await.status, 200);
    let yes = ask(&world, "mailer", &stating(question, json!({ "agreed newsletter": false }))).await;
    assert_eq!(decided(&yes), (true, "permitted"));
    assert_eq!(yes["context"]["ignored"], json!(["context.facts.agreed newsletter"]));
    assert_eq!(decided(&ask(&world, "mailer", &about("mailer", "newsletter", "zoe")).await), (false, "nobody_known"));
    // It says what the act would say.
    let act = json!({ "person": "ann", "data": ["email"], "for": "newsletter" });
    world.post("mailer", "/v1/use", &act).await.done();
}

#[tokio::test]
async fn a_key_asks_for_its_own_role_only_and_for_purposes_that_it_lists() {
    let mut world = World::new().await;
    for question in [asking("support", "customer_care"), about("support", "customer_care", "ann")] {
        assert_eq!(decided(&ask(&world, "support", &question).await), (true, "permitted"));
        let other = ask(&world, "mailer", &question).await;
        assert_eq!(decided(&other), (false, "not_allowed"));
        assert_eq!(other["context"]["reason_admin"]["clauses"], json!([]), "nothing is said of another role");
        let mut user = question.clone();
        user["subject"]["type"] = json!("user");
        assert_eq!(decided(&ask(&world, "support", &user).await), (false, "not_allowed"));
    }
    let listed =
        NewAccess { purposes: vec!["newsletter".to_owned()], ..new(AccessKind::Human, "support", &[Verb::Ask]) };
    world.add("listed", listed);
    for question in [asking("support", "customer_care"), about("support", "customer_care", "ann")] {
        assert_eq!(decided(&ask(&world, "listed", &question).await), (false, "not_allowed"));
    }
    // Whoever does not work on the purpose is not told what is lacking, nor whether somebody is known.
    let [known, unknown] = [about("support", "newsletter", "ann"), about("support", "newsletter", "zoe")];
    let known = ask(&world, "support", &known).await;
    assert_eq!(known, ask(&world, "support", &unknown).await);
    assert!(!decided(&known).0 && known["context"].get("would_allow_if").is_none(), "{known}");
}

#[tokio::test]
async fn a_disclosure_names_its_recipient_and_rides_on_a_case() {
    let world = World::new().await;
    let mut question = about("counsel", "court_order", "ann");
    question["action"] = json!({ "name": "share", "properties": { "for": "court_order", "with": "court" } });
    assert_eq!(decided(&ask(&world, "counsel", &question).await), (false, "no_case"));
    let case = json!({ "ground": "court_order", "people": ["ann"], "fields": { "reference": "7" } });
    let case = world.post("counsel", "/v1/cases", &case).await.done()["case"].clone();
    question["context"] = json!({ "on": case });
    assert_eq!(decided(&ask(&world, "counsel", &question).await), (false, "no_finding"));
    let finding = json!({ "finding": "valid", "holds": true });
    let path = format!("/v1/cases/{}/findings", case.as_str().expect("an id"));
    assert_eq!(world.post("second", &path, &finding).await.status, 200);
    assert_eq!(decided(&ask(&world, "counsel", &question).await), (true, "permitted"));

    // The recipient may be the subject; without one it is no disclosure.
    let mut subject = question.clone();
    subject["subject"] = json!({ "type": "recipient", "id": "court" });
    subject["action"] = json!({ "name": "share", "properties": { "on": case } });
    subject["context"] = Value::Null;
    assert_eq!(decided(&ask(&world, "counsel", &subject).await), (true, "permitted"));
    subject["action"]["name"] = json!("use");
    assert_eq!(decided(&ask(&world, "counsel", &subject).await), (false, "no_recipient"));
    question["action"]["properties"].as_object_mut().expect("properties").remove("with");
    assert_eq!(decided(&ask(&world, "counsel", &question).await), (false, "no_recipient"));
    // Two that differ cannot be meant.
    subject["action"] = json!({ "name": "share", "properties": { "with": "nobody", "on": case } });
    plain(&world.post("counsel", ONE, &subject).await, 400);
    subject["action"] = json!({ "name": "share", "properties": { "on": case } });
    subject["context"] = json!({ "on": "another" });
    plain(&world.post("counsel", ONE, &subject).await, 400);
    // Without a person `on` is the ground.
    let mut rules = asking("counsel", "court_order");
    rules["action"] = json!({ "name": "share", "properties": { "with": "court", "on": "court_order" } });
    assert_eq!(decided(&ask(&world, "counsel", &rules).await), (true, "permitted"));
}

#[tokio::test]
async fn names_that_are_not_declared_are_refused_and_stray_values_not_repeated() {
    let world = World::new().await;
    for place in ["/action/name", "/resource/type", "/resource/id", "/action/properties/for"] {
        for base in [asking("support", "customer_care"), about("support", "customer_care", "ann")] {
            let mut question = base;
            *question.pointer_mut(place).expect("the place") = json!("shoe_size");
            let no = ask(&world, "support", &question).await;
            assert_eq!(decided(&no), (false, "not_declared"), "{place}");
            *question.pointer_mut(place).expect("the place") = json!(CANARY);
            let no = ask(&world, "support", &question).await;
            assert_eq!(decided(&no), (false, "not_declared"), "{place}");
            assert!(!no.to_string().contains(CANARY), "{place}: {no}");
        }
    }
    let mut question = asking("support", "customer_care");
    question["resource"]["id"] = json!("shoe_size");
    let no = ask(&world, "support", &question).await;
    assert_eq!(no["context"]["reason_admin"]["names"], json!(["shoe_size"]));
}

#[tokio::test]
async fn the_end_of_a_period_and_a_mask_are_obligations() {
    let policy = POLICY
        .replace(
            "point sign_up is",
            "data bank_account is payment, identifying, held as token \"Account number\"\npoint sign_up is",
        )
        .replace("collect name, email", "may collect name, email, bank_account")
        .replace("we may use name, email of", "we may use name, email, bank_account of");
    assert_ne!(policy, POLICY);
    let world = World::with(&ServerConfig::default(), Some(&policy));
    let joining = json!({
        "point": "sign_up", "person": "ann", "in": "www.larchfield.example/join",
        "values": { "name": "Ann", "email": "ann@mail.example", "bank_account": "DE02120300000000202051" },
    });
    assert_eq!(world.post("web", "/v1/collect", &joining).await.status, 201);
    let of = |data: &str, person: Option<&str>| {
        let mut question = asking("support", "customer_care");
        question["resource"] = json!({ "type": "data", "id": data, "properties": {} });
        if let Some(person) = person {
            question["resource"]["properties"]["person"] = json!(person);
        }
        question
    };
    let told = ask(&world, "support", &of("name", Some("ann"))).await;
    let delete = json!([{ "id": "delete_by.name", "type": "custom", "properties":
        { "obligation": "delete_by", "data": "name", "by": "2027-03-02T12:00:00Z", "clause": "keeping.1" } }]);
    assert_eq!(told["context"]["obligations"], delete);
    let mask = json!([{ "id": "mask.bank_account", "type": "custom", "properties":
        { "obligation": "mask", "data": "bank_account", "show_last": 4 } }]);
    for person in [Some("ann"), None] {
        let told = ask(&world, "support", &of("bank_account", person)).await;
        assert_eq!((&told["decision"], &told["context"]["obligations"]), (&json!(true), &mask), "{person:?}");
    }
    let told = ask(&world, "support", &of("email", Some("ann"))).await;
    assert!(told["context"].get("obligations").is_none(), "{told}");
    // A refusal asks for nothing.
    world.clock.advance(Duration::from_secs(400 * 24 * 3600));
    let told = ask(&world, "support", &of("name", Some("ann"))).await;
    assert_eq!(decided(&told), (false, "closed"));
    assert!(told["context"].get("obligations").is_none());
}

#[tokio::test]
async fn many_questions_are_answered_in_order_with_what_stands_at_the_top() {
    let world = World::new().await;
    let top = json!({
        "subject": { "type": "role", "id": "support" },
        "action": { "name": "use", "properties": { "for": "customer_care" } },
        "resource": { "type": "data", "id": "name" },
        "evaluations": [
            {},
            { "resource": { "type": "data", "id": "email", "properties": { "person": "ann" } } },
            // A member replaces the one at the top whole, its purpose too.
            { "action": { "name": "use" } },
            { "subject": { "type": "role", "id": "mailer" } },
            { "resource": { "type": "data" } },
            { "resource": 7 },
            7,
            { "resource": { "type": "data", "id": "email" }, "context": { "facts": { "customer": true } } },
        ],
    });
    let reply = raw_as(&world, "support", &top).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let reply = reply.json();
    assert_eq!(reply.as_object().expect("an object").len(), 1, "no decision at the top");
    let all = reply["evaluations"].as_array().expect("decisions");
    let decisions: Vec<bool> = all.iter().map(|one| one["decision"].as_bool().expect("a decision")).collect();
    assert_eq!(decisions, [true, true, false, false, false, false, false, true]);
    assert_eq!(decided(&all[2]).1, "no_purpose");
    assert_eq!(decided(&all[3]).1, "not_allowed");
    for (place, message) in [
        (4, "`resource`: the field `id` is missing"),
        (5, "`resource`: a value is not of the right type; expected an object"),
        (6, "an evaluation is an object"),
    ] {
        assert_eq!(all[place]["context"], json!({ "error": { "status": 400, "message": message } }));
    }

    for (semantic, count) in [("execute_all", 8), ("deny_on_first_deny", 3), ("permit_on_first_permit", 1)] {
        let mut top = top.clone();
        top["options"] = json!({ "evaluations_semantic": semantic, "more": 1 });
        let reply = raw_as(&world, "support", &top).await.json();
        assert_eq!(reply["evaluations"].as_array().map(Vec::len), Some(count), "{semantic}");
    }
    let mut odd = top.clone();
    odd["options"] = json!({ "evaluations_semantic": CANARY });
    assert!(!plain(&raw_as(&world, "support", &odd).await, 400).contains(CANARY));
    odd["options"] = json!([]);
    plain(&raw_as(&world, "support", &odd).await, 400);

    // No questions: the top is the only one, and the answer is that of one.
    for none in [Some(json!([])), None] {
        let mut single = asking("support", "customer_care");
        if let Some(none) = none {
            single["evaluations"] = none;
        }
        let reply = world.post("support", MANY, &single).await.json();
        assert_eq!(reply, ask(&world, "support", &asking("support", "customer_care")).await);
        single["resource"] = json!({ "type": "data" });
        plain(&raw_as(&world, "support", &single).await, 400);
    }
    let mut too_many = top;
    too_many["evaluations"] = (0..501).map(|_| json!({})).collect();
    plain(&raw_as(&world, "support", &too_many).await, 400);
}

async fn raw_as(world: &World, who: &str, body: &Value) -> Reply {
    let request = Request::post(MANY)
        .header(header::AUTHORIZATION, world.bearer(who))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()));
    world.pass_on(request.expect("a request")).await
}

#[tokio::test]
async fn what_this_process_changes_counts_for_the_very_next_question() {
    let mut world = World::without_people();
    let question = stating(asking("mailer", "newsletter"), json!({ "agreed newsletter": true }));
    let key = world.add("brief", new(AccessKind::Program, "mailer", &[Verb::Ask]));
    for _ in 0..3 {
        assert_eq!(decided(&ask(&world, "brief", &question).await), (true, "permitted"));
    }
    world.service.access_revoke(&key).expect("it is revoked");
    plain(&world.post("brief", ONE, &question).await, 401);

    // A version that forbids it, from a day on; and one at once.
    let strict =
        POLICY.replace("version: 1", "version: 2").replace("we may use email of customer for newsletter\n", "");
    let day = "2026-03-03".parse().expect("a day");
    world.service.activate(&strict, Some(day), "test").expect("it compiles");
    assert!(decided(&ask(&world, "mailer", &question).await).0);
    world.clock.advance(Duration::from_secs(12 * 3600 - 1));
    assert!(decided(&ask(&world, "mailer", &question).await).0);
    world.clock.advance(Duration::from_secs(1));
    assert!(!decided(&ask(&world, "mailer", &question).await).0);
    world.put_into_force_after_notice(&POLICY.replace("version: 1", "version: 3"), "2026-03-04");
    world.clock.advance(Duration::from_secs(24 * 3600));
    assert!(decided(&ask(&world, "mailer", &question).await).0);
}

#[test]
fn every_reason_stands_in_the_document() {
    use Reason::*;
    let all = [
        Permitted,
        NoRule,
        Never,
        Refused,
        NotAgreed,
        Condition,
        NoCase,
        CaseIncomplete,
        NoFinding,
        NotTheirFinding,
        CaseEnded,
        OutOfReach,
        NotTheirWork,
        NotRelated,
        NotDeclared,
        NotFurtherSaid,
        NotDeclaredThere,
        NotCovered,
        Missing,
        Malformed,
        NoPurpose,
        NoRecipient,
        NoItem,
        NobodyKnown,
        NotHeld,
        Closed,
        ComparedOnly,
        Blocked,
        NotNotified,
        Restricted,
        NewerThanTheData,
        Kept,
        NotThatKind,
        NotGiven,
        NotOffered,
        UsedUp,
        HandedOver,
        NotVerified,
        NoPolicy,
    ];
    // The compiler asks for a new one here, and it belongs into the list above as well.
    for reason in all {
        match reason {
            Permitted | NoRule | Never | Refused | NotAgreed | Condition | NoCase | CaseIncomplete | NoFinding
            | NotTheirFinding | CaseEnded | OutOfReach | NotTheirWork | NotRelated | NotDeclared | NotFurtherSaid
            | NotDeclaredThere | NotCovered | Missing | Malformed | NoPurpose | NoRecipient | NoItem | NobodyKnown
            | NotHeld | Closed | ComparedOnly | Blocked | NotNotified | Restricted | NewerThanTheData | Kept
            | NotThatKind | NotGiven | NotOffered | UsedUp | HandedOver | NotVerified | NoPolicy => {}
        }
    }
    let schema = &DOCUMENT["components"]["schemas"]["Reason"];
    let ways = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    let mut listed: Vec<Value> = match ways {
        Some(ways) => ways.iter().flat_map(|way| way["enum"].as_array().cloned().unwrap_or_default()).collect(),
        None => schema["enum"].as_array().cloned().unwrap_or_default(),
    };
    if let Some(ways) = ways {
        listed.extend(ways.iter().filter_map(|way| way.get("const").cloned()));
    }
    let mut reasons: Vec<Value> = all.iter().map(|reason| serde_json::to_value(reason).expect("a word")).collect();
    listed.sort_by_key(Value::to_string);
    reasons.sort_by_key(Value::to_string);
    assert_eq!(listed, reasons);
    for schema in ["Decision", "Refused", "Observable"] {
        assert!(DOCUMENT["components"]["schemas"][schema].is_object(), "{schema}");
    }
}
