//! What programs and staff do: each address done and refused.

use serde_json::{Value, json};

use crate::common::{World, joining};

fn reading(person: &str, data: &[&str], purpose: &str) -> Value {
    json!({ "person": person, "data": data, "for": purpose })
}

#[tokio::test]
async fn a_record_is_taken_in_or_refused_with_a_reason_for_each_field() {
    let world = World::without_people();
    let reply = world.post("web", "/v1/collect", &joining("ann")).await;
    assert_eq!(reply.status, 201);
    let act = reply.json();
    assert_eq!(act["result"]["stored"], json!(["email", "name"]));
    assert_eq!(act["because"][0]["clause"], "joining.1");

    let mut body = joining("bob");
    body["values"]["phone_number"] = json!("555 0100");
    body["values"]["email"] = json!("no address");
    let problem = world.post("web", "/v1/collect", &body).await.refused("malformed");
    assert_eq!(problem["fields"], json!({ "email": "malformed", "phone_number": "not_declared_there" }));

    body = joining("bob");
    body["values"] = json!({ "name": "Bob" });
    let problem = world.post("web", "/v1/collect", &body).await.refused("missing");
    assert_eq!(problem["fields"], json!({ "email": "missing" }));

    body = joining("bob");
    body["in"] = json!("www.larchfield.example/elsewhere");
    world.post("web", "/v1/collect", &body).await.refused("not_covered");
    body.as_object_mut().expect("an object").remove("in");
    world.post("web", "/v1/collect", &body).await.refused("not_covered");
}

#[tokio::test]
async fn fields_that_cannot_be_names_are_not_told_back() {
    let world = World::without_people();
    let mut body = joining("ann");
    body["values"]["Ann Example"] = json!("1");
    body["values"]["ann@larchfield.example"] = json!("2");
    let reply = world.post("web", "/v1/collect", &body).await;
    assert!(reply.refused("not_declared_there").get("fields").is_none(), "{}", reply.text());
    assert!(!reply.text().contains("Ann") && !reply.text().contains("ann@"), "{}", reply.text());

    let reply = world.post("support", "/v1/use", &reading("ann", &["Ann Example"], "customer_care")).await;
    assert!(reply.refused("not_declared").get("lacking").is_none(), "{}", reply.text());
    let reply = world.post("support", "/v1/use", &reading("ann", &["emial"], "customer_care")).await;
    assert_eq!(reply.refused("not_declared")["lacking"], json!(["emial"]));
}

#[tokio::test]
async fn of_many_records_each_is_taken_or_refused_by_itself() {
    let world = World::without_people();
    let mut wrong = joining("bob");
    wrong["values"]["Bob's shoe"] = json!("44");
    let body = json!({ "records": [joining("ann"), wrong, joining("cleo")] });
    let reply = world.post("web", "/v1/collect/batch", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let acts = reply.json()["acts"].take();
    let allowed: Vec<_> = acts.as_array().expect("acts").iter().map(|act| act["allowed"] == true).collect();
    assert_eq!(allowed, [true, false, true]);
    assert_eq!(acts[1]["reason"], "not_declared_there");
    assert!(!reply.text().contains("shoe"));

    let elsewhere = json!({ "records": [joining("dora"), { "point": "leaving", "person": "ann" }] });
    world.post("web", "/v1/collect/batch", &elsewhere).await.problem(403, "not-allowed");
    world.post("support", "/v1/use", &reading("dora", &["email"], "customer_care")).await.refused("nobody_known");
    assert_eq!(world.post("web", "/v1/collect/batch", &json!({ "records": [] })).await.json(), json!({ "acts": [] }));
    let many: Vec<Value> = (0..10_001).map(|_| json!({ "point": "sign_up" })).collect();
    world.post("web", "/v1/collect/batch", &json!({ "records": many })).await.problem(422, "invalid");
}

#[tokio::test]
async fn values_are_read_for_a_purpose_that_the_policy_permits() {
    let world = World::new().await;
    let reply = world.post("support", "/v1/use", &reading("ann", &["name", "email"], "customer_care")).await;
    let held = reply.done();
    assert_eq!(held[0]["point"], "sign_up");
    assert_eq!(held[0]["at"], "2026-03-02T12:00:00Z");
    let values: Vec<_> = held.as_array().expect("values").iter().map(|held| held["value"].as_str()).collect();
    assert!(values.contains(&Some("ann@mail.example")) && values.contains(&Some("Ann Example")));

    let problem =
        world.post("support", "/v1/use", &reading("ann", &["email"], "newsletter")).await.refused("not_their_work");
    assert_eq!(problem["title"], "The policy refuses this");
    world.post("support", "/v1/use", &reading("ann", &["address"], "customer_care")).await.refused("not_declared");
    world.post("support", "/v1/use", &json!({ "person": "ann", "data": ["email"] })).await.refused("no_purpose");
    world.post("support", "/v1/use", &reading("ann", &[], "customer_care")).await.refused("missing");
    let total = json!({ "person": "ann", "data": ["email"], "for": "customer_care", "as": { "aggregate": 10 } });
    world.post("support", "/v1/use", &total).await.problem(422, "invalid");
}

#[tokio::test]
async fn a_disclosure_needs_a_case_that_stands() {
    let world = World::new().await;
    let mut share = json!({ "person": "ann", "data": ["email"], "with": "court", "for": "court_order" });
    let problem = world.post("counsel", "/v1/share", &share).await.refused("no_case");
    assert_eq!(problem["because"][0]["clause"], "partners.1");
    assert!(problem["detail"].as_str().is_some_and(|text| text.contains("§2: ")), "{problem}");

    let open = json!({ "ground": "court_order", "people": ["ann"], "recipient": "court", "fields": {} });
    let state = world.post("counsel", "/v1/cases", &open).await;
    assert_eq!(state.status, 201, "{}", state.text());
    let state = state.done();
    assert_eq!((&state["ground"], &state["stands"]), (&json!("court_order"), &json!(false)));
    share["on"] = state["case"].clone();
    world.post("counsel", "/v1/share", &share).await.refused("case_incomplete");

    let open = json!({ "ground": "court_order", "people": ["ann"], "recipient": "court", "fields": { "reference": "7 K 11" } });
    let case = world.post("counsel", "/v1/cases", &open).await.done()["case"].take();
    let case = case.as_str().expect("a case");
    share["on"] = json!(case);
    world.post("counsel", "/v1/share", &share).await.refused("no_finding");

    let findings = format!("/v1/cases/{case}/findings");
    let finding = json!({ "finding": "valid", "holds": true });
    world.post("counsel", &findings, &finding).await.refused("not_their_finding");
    world.post("second", &findings, &json!({ "finding": "Ann is guilty", "holds": true })).await.refused("not_offered");
    assert_eq!(world.post("second", &findings, &finding).await.done()["stands"], true);
    assert_eq!(world.post("counsel", "/v1/share", &share).await.done()[0]["value"], "ann@mail.example");
    share["with"] = json!("acme");
    world.post("counsel", "/v1/share", &share).await.refused("not_declared");
    share["with"] = json!("court");

    let end = format!("/v1/cases/{case}/end");
    let headers = [("authorization", &*world.bearer("counsel"))];
    let ended = world.call(axum::http::Method::POST, &end, &headers, None).await;
    assert_eq!(ended.done()["case"], case);
    world.post("counsel", "/v1/share", &share).await.refused("case_ended");
    world.call(axum::http::Method::POST, &end, &headers, None).await.refused("case_ended");
    world.call(axum::http::Method::POST, "/v1/cases/nonsense/end", &headers, None).await.refused("no_case");
    world.post("second", "/v1/cases/nonsense/findings", &finding).await.refused("no_case");
    let other = json!({ "ground": "whim", "people": ["ann"] });
    world.post("counsel", "/v1/cases", &other).await.refused("not_declared");
    share["action"] = json!("use");
    world.post("counsel", "/v1/share", &share).await.problem(422, "invalid");
}

#[tokio::test]
async fn a_value_is_changed_blocked_and_erased_as_the_policy_says() {
    let world = World::new().await;
    let read = reading("ann", &["email"], "customer_care");
    let mut change = json!({ "person": "ann", "element": "email", "value": "ann@new.example", "for": "customer_care" });
    assert_eq!(world.post("support", "/v1/change", &change).await.done(), json!({ "altered": 1 }));
    assert_eq!(world.post("support", "/v1/use", &read).await.done()[0]["value"], "ann@new.example");
    change["value"] = json!("not an address");
    world.post("support", "/v1/change", &change).await.refused("malformed");
    change["for"] = json!("newsletter");
    world.post("support", "/v1/change", &change).await.refused("no_rule");

    let mut remove = reading("ann", &["email"], "customer_care");
    world.post("support", "/v1/block", &remove).await.done();
    world.post("support", "/v1/use", &read).await.refused("blocked");
    remove["lift"] = json!(true);
    world.post("support", "/v1/erase", &remove).await.problem(422, "invalid");
    world.post("support", "/v1/block", &remove).await.done();
    world.post("support", "/v1/use", &read).await.done();
    remove["lift"] = json!(false);

    let erased = world.post("support", "/v1/erase", &remove).await.done();
    assert_eq!(erased["values"], 1);
    assert!(erased["unreadable"].as_str().is_some_and(|time| time.starts_with("2026-03-02T")), "{erased}");
    world.post("support", "/v1/use", &read).await.refused("not_held");
    let name = reading("ann", &["name"], "customer_care");
    world.post("support", "/v1/erase", &name).await.refused("no_rule");
    world.post("support", "/v1/block", &reading("ann", &["name"], "newsletter")).await.refused("no_rule");
}

#[tokio::test]
async fn a_question_is_answered_yes_or_no_and_changes_nothing() {
    let world = World::new().await;
    let entries = || world.service.log_entries(0, 1000).expect("the log").len();
    let before = entries();
    let mut question = reading("ann", &["email"], "customer_care");
    let yes = world.post("support", "/v1/questions", &question).await;
    assert_eq!((yes.status, &yes.json()["allowed"]), (200, &json!(true)));
    question["for"] = json!("newsletter");
    let no = world.post("support", "/v1/questions", &question).await;
    assert_eq!(
        (no.status, &no.json()["allowed"], &no.json()["reason"]),
        (200, &json!(false), &json!("not_their_work"))
    );
    question["for"] = json!("Ann's birthday");
    let no = world.post("support", "/v1/questions", &question).await;
    assert_eq!((&no.json()["reason"], no.json().get("lacking")), (&json!("not_declared"), None));
    assert_eq!(entries(), before);
}

#[tokio::test]
async fn the_log_is_read_page_by_page() {
    let world = World::new().await;
    world.post("support", "/v1/use", &reading("ann", &["email"], "newsletter")).await.refused("not_their_work");
    let first = world.get("auditor", "/v1/log?count=2").await;
    assert_eq!(first.status, 200);
    assert_eq!((first.json()["entries"].as_array().map(Vec::len), &first.json()["next"]), (Some(2), &json!(2)));
    let all = world.get("auditor", "/v1/log").await.json();
    let entries = all["entries"].as_array().expect("entries");
    assert_eq!(all.get("next"), None, "the end of the log has no next page");
    let last = entries.last().expect("an entry");
    assert_eq!(
        (&last["verb"], &last["result"], &last["reason"]),
        (&json!("use"), &json!("refused"), &json!("not_their_work"))
    );
    assert_eq!(last["index"], entries.len() - 1);
    assert!(!all.to_string().contains("ann@"), "no value is logged");

    for (query, count) in
        [("from=3&count=1", 1), ("count=0", 0), ("from=18446744073709551615", 0), ("count=999999", entries.len())]
    {
        let page = world.get("auditor", &format!("/v1/log?{query}")).await.json();
        assert_eq!(page["entries"].as_array().map(Vec::len), Some(count), "{query}");
    }
    for query in ["from=-1", "from=x", "from=18446744073709551616", "until=3", "from=1&from=2", "count="] {
        world.get("auditor", &format!("/v1/log?{query}")).await.problem(422, "invalid");
    }
}

#[tokio::test]
async fn the_policy_tells_a_form_all_that_it_needs_to_draw_itself() {
    let world = World::without_people();
    for who in ["web", "support", "auditor", "asker"] {
        let policy = world.get(who, "/v1/policy").await.json();
        assert_eq!(policy["header"]["controller"], "Larchfield Hosting");
        let point = &policy["points"][0];
        assert_eq!(
            (&point["name"], &point["label"], &point["kind"]),
            (&json!("sign_up"), &json!("The form to join"), &json!("form"))
        );
        assert_eq!(point["takes"].as_array().map(Vec::len), Some(3));
        for taken in point["takes"].as_array().expect("takes") {
            let password = taken["element"] == "password";
            assert_eq!((taken["required"] == true, taken["hash"] == true), (!password, password), "{taken}");
        }
        assert_eq!(policy["choices"][0]["label"], "News by e-mail");
        assert_eq!(policy["rights"][0]["within"], json!({ "count": 30, "unit": "day" }));
    }
}

/// A program cannot act as a teacher, a parent or the person by saying so.
#[tokio::test]
async fn who_is_said_to_act_shows_their_own_session() {
    let world = World::new().await;
    let mut body = reading("ann", &["email"], "customer_care");
    body["actor_person"] = json!("bob");
    let mut sharing = body.clone();
    sharing["with"] = json!("court");
    let mut changing = body.clone();
    changing.as_object_mut().expect("an object").remove("data");
    changing["element"] = json!("email");
    changing["value"] = json!("ann@example.org");
    let acts = [
        ("/v1/use", &body),
        ("/v1/erase", &body),
        ("/v1/block", &body),
        ("/v1/share", &sharing),
        ("/v1/change", &changing),
    ];
    let before = world.service.log_entries(0, 1000).expect("the log").len();
    for (path, body) in acts {
        world.post("support", path, body).await.problem(403, "not-allowed");
        world.as_person_with("support", "ann", path, body).await.problem(403, "not-allowed");
    }
    assert_eq!(world.service.log_entries(0, 1000).expect("the log").len(), before, "nothing was weighed");
    for (path, body) in acts {
        // Bob's own session: now it is the policy that answers, and he is nothing to ann.
        world.as_person_with("support", "bob", path, body).await.refused("not_related");
    }
}

#[tokio::test]
async fn what_somebody_types_is_compared_with_what_is_held() {
    let world = World::without_people();
    let mut ann = joining("ann");
    ann["values"]["password"] = json!("correct horse");
    assert_eq!(world.post("web", "/v1/collect", &ann).await.status, 201);
    world.post("web", "/v1/collect", &joining("bob")).await;
    let body = |person: &str, value: &str, purpose: &str| json!({ "person": person, "element": "password", "value": value, "for": purpose });
    let right = world.post("gate", "/v1/comparisons", &body("ann", "correct horse", "sign_in")).await;
    assert_eq!(right.done(), json!({ "matches": true }));
    // Whoever it is about, a wrong one is answered alike.
    let wrong = world.post("gate", "/v1/comparisons", &body("ann", "battery staple", "sign_in")).await;
    assert_eq!(wrong.done(), json!({ "matches": false }));
    for person in ["bob", "nobody"] {
        let other = world.post("gate", "/v1/comparisons", &body(person, "battery staple", "sign_in")).await;
        let without_log = |reply: &crate::common::Reply| {
            let mut body = reply.json();
            body.as_object_mut().expect("an object").remove("log");
            (reply.status, body)
        };
        assert_eq!(without_log(&other), without_log(&wrong));
    }
    for person in ["ann", "nobody"] {
        world.post("gate", "/v1/comparisons", &body(person, "correct horse", "customer_care")).await.refused("no_rule");
    }
    world.post("web", "/v1/comparisons", &body("ann", "correct horse", "sign_in")).await.problem(403, "not-allowed");
    assert!(!right.text().contains("horse"));
    let read = json!({ "person": "ann", "data": ["password"], "for": "customer_care" });
    world.post("support", "/v1/use", &read).await.refused("no_rule");
}
