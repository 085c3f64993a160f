//! Who may call: keys, sessions, and what nobody without one learns.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use upheld_server::ServerConfig;
use upheld_service::{AccessKind, NewAccess, Verb};

use crate::common::{BEGINS, DOCUMENT, POLICY, Reply, World, joining, key_pair, new, session_of};

/// Every address that needs a key, with a body that it reads.
fn guarded() -> Vec<(Method, String, Value)> {
    let mut out = Vec::new();
    for (path, item) in DOCUMENT["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            // AuthZEN's addresses word their errors otherwise and have tests of their own.
            if operation.get("security").is_some() && path.starts_with("/v1") {
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
                out.push((method, path.replace("{case}", "x"), body_of(path)));
            }
        }
    }
    out
}

/// A body that the address reads.
fn body_of(path: &str) -> Value {
    match path {
        "/v1/collect" => joining("ann"),
        "/v1/collect/batch" => json!({ "records": [joining("ann")] }),
        "/v1/share" => json!({ "person": "ann", "data": ["email"], "with": "court", "for": "court_order" }),
        "/v1/change" => json!({ "person": "ann", "element": "email", "value": "a@b.example", "for": "customer_care" }),
        "/v1/comparisons" => json!({ "person": "ann", "element": "password", "value": "a", "for": "customer_care" }),
        "/v1/choices" => json!({ "person": "ann", "choice": "newsletter", "agree": true }),
        "/v1/relations" => json!({ "relation": "guardian", "party": "bob", "of": "ann" }),
        "/v1/notices" => json!({ "notice": "none", "person": "ann" }),
        "/v1/requests" => json!({ "right": "see" }),
        "/v1/cases" => json!({ "ground": "court_order", "people": ["ann"] }),
        "/v1/cases/{case}/findings" => json!({ "finding": "valid", "holds": true }),
        _ => json!({ "person": "ann", "data": ["email"], "for": "customer_care" }),
    }
}

/// What stands in an answer, the request's id left out.
fn shape(reply: &Reply) -> (u16, HeaderMap, &str) {
    let mut headers = reply.headers.clone();
    headers.remove("x-request-id");
    (reply.status, headers, reply.text())
}

#[tokio::test]
async fn every_address_under_v1_needs_a_key() {
    let guarded = guarded();
    let all = DOCUMENT["paths"].as_object().expect("paths").iter().filter(|(path, _)| path.starts_with("/v1"));
    let operations: usize = all.map(|(_, item)| item.as_object().map_or(0, serde_json::Map::len)).sum();
    assert_eq!(guarded.len(), operations, "each needs a key");
    assert_eq!(guarded.len(), 22);
    let world = World::new().await;
    let before = world.service.log_entries(0, 1000).expect("the log").len();
    for (method, path, body) in &guarded {
        world.call(method.clone(), path, &[], Some(body)).await.problem(401, "not-authenticated");
    }
    assert_eq!(world.service.log_entries(0, 1000).expect("the log").len(), before, "nothing was done");
}

#[tokio::test]
async fn no_key_a_wrong_one_and_a_revoked_one_get_the_very_same_answer() {
    let world = World::new().await;
    let right = world.bearer("support");
    let long = format!("Bearer {}", "a".repeat(5000));
    let wrong = [
        world.bearer("revoked"),
        "Bearer upheld_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        // The right token in a wrong way: cut short, with another scheme, without one, in a list.
        right.trim_end_matches(|_: char| true).to_owned(),
        right[..right.len() - 1].to_owned(),
        right.replace("Bearer", "Basic"),
        right.replace("Bearer ", ""),
        format!("{right}, {right}"),
        "Bearer ".to_owned(),
        long,
    ];
    for (method, path, body) in guarded() {
        let none = world.call(method.clone(), &path, &[], Some(&body)).await;
        assert_eq!(none.header("www-authenticate"), "Bearer realm=\"upheld\"");
        for header in &wrong {
            let reply = world.call(method.clone(), &path, &[("authorization", header)], Some(&body)).await;
            assert_eq!(shape(&reply), shape(&none), "{method} {path} with {header}");
        }
        // Twice is as good as never, also when both are right.
        let twice = [("authorization", &*right), ("authorization", &*right)];
        assert_eq!(shape(&world.call(method, &path, &twice, Some(&body)).await), shape(&none));
    }
    // The scheme's capitals do not matter.
    let shouted = right.replace("Bearer", "BEARER");
    assert_eq!(world.call(Method::GET, "/v1/policy", &[("authorization", &shouted)], None).await.status, 200);
}

#[tokio::test]
async fn without_a_key_nothing_of_the_body_is_looked_at() {
    let world = World::new().await;
    let bodies = ["{", "", "{\"a\":1,\"a\":2}", &"x".repeat(2 * 1024 * 1024), &"[".repeat(100)];
    let none = world.call(Method::POST, "/v1/use", &[], None).await;
    for body in bodies {
        for header in ["Bearer upheld_x".to_owned(), world.bearer("revoked")] {
            let request = Request::post("/v1/use").header("authorization", header).body(Body::from(body.to_owned()));
            assert_eq!(shape(&world.send(request.expect("a request")).await), shape(&none));
        }
    }
}

#[tokio::test]
async fn a_key_does_what_it_lists() {
    let mut world = World::new().await;
    let care = json!({ "person": "ann", "data": ["email"], "for": "customer_care" });

    // A verb that is not listed, on every address; each verb is listed by itself on one key.
    let needs = |path: &str| match path {
        "/v1/collect" | "/v1/collect/batch" => Some(Verb::Collect),
        "/v1/use" => Some(Verb::Use),
        "/v1/share" => Some(Verb::Share),
        "/v1/change" => Some(Verb::Change),
        "/v1/comparisons" => Some(Verb::Compare),
        "/v1/erase" => Some(Verb::Erase),
        "/v1/block" => Some(Verb::Block),
        "/v1/choices" => Some(Verb::Choose),
        "/v1/relations" => Some(Verb::Relate),
        "/v1/notices" => Some(Verb::Notify),
        "/v1/requests" => Some(Verb::Request),
        path if path.starts_with("/v1/inquiries") => Some(Verb::Request),
        "/v1/questions" => Some(Verb::Ask),
        "/v1/log" | "/v1/observed" => Some(Verb::Log),
        path if path.starts_with("/v1/cases") => Some(Verb::Attest),
        "/v1/policy" => None,
        other => panic!("{other} is not known to this test"),
    };
    world.add("nothing", new(AccessKind::Human, "support", &[]));
    for verb in Verb::ALL {
        let name: &'static str = verb.word();
        let points = vec!["sign_up".to_owned()];
        world.add(name, NewAccess { points, ..new(AccessKind::Human, "support", &[verb]) });
    }
    for (method, path, body) in guarded() {
        for who in Verb::ALL.map(Verb::word).into_iter().chain(["nothing"]) {
            let session = world.session("ann");
            let mut headers = vec![("authorization", world.bearer(who))];
            if path == "/v1/requests" {
                headers.push(("upheld-session", session));
            }
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let reply = world.call(method.clone(), &path, &headers, Some(&body)).await;
            let listed = needs(&path).is_none_or(|verb| verb.word() == who);
            if listed {
                assert!(
                    reply.status < 300 || reply.json()["type"] == "/problems/refused",
                    "{path} {who}: {}",
                    reply.text()
                );
            } else {
                reply.problem(403, "not-allowed");
            }
        }
    }

    // A point and a purpose that are not listed.
    let elsewhere = NewAccess { points: vec![], ..new(AccessKind::Program, "web_server", &[Verb::Collect]) };
    world.add("elsewhere", elsewhere);
    world.post("elsewhere", "/v1/collect", &joining("bob")).await.problem(403, "not-allowed");
    let setup = NewAccess {
        purposes: vec!["service_setup".to_owned()],
        ..new(AccessKind::Program, "web_server", &[Verb::Use, Verb::Ask])
    };
    world.add("setup", setup);
    for path in ["/v1/use", "/v1/questions"] {
        world.post("setup", path, &care).await.problem(403, "not-allowed");
    }
    let setup = json!({ "person": "ann", "data": ["name"], "for": "service_setup" });
    world.post("setup", "/v1/use", &setup).await.done();

    // A key that may only ask.
    for (method, path, body) in guarded() {
        let session = world.session("ann");
        let headers = [("authorization", &*world.bearer("asker")), ("upheld-session", &*session)];
        let reply = world.call(method, &path, &headers, Some(&body)).await;
        match path.as_str() {
            "/v1/policy" | "/v1/log" | "/v1/observed" | "/v1/questions" => assert_eq!(reply.status, 200, "{path}"),
            _ => drop(reply.problem(403, "not-allowed")),
        }
    }
    world.service.access_revoke(&world.web).expect("it is revoked");
    world.post("web", "/v1/collect", &joining("bob")).await.problem(401, "not-authenticated");
}

#[tokio::test]
async fn a_session_is_taken_from_its_header_once_and_for_minutes() {
    let mut world = World::new().await;
    let see = json!({ "right": "see" });
    let token = world.bearer("web");
    let good = world.session("ann");
    let ask = |session: String| {
        let (world, token, see) = (&world, token.clone(), see.clone());
        async move {
            let headers = [("authorization", token.as_str()), ("upheld-session", session.as_str())];
            world.call(Method::POST, "/v1/requests", &headers, Some(&see)).await
        }
    };
    assert_eq!(ask(good.clone()).await.status, 200);

    // Without one, it says what is missing; with a bad one, the answer is that of a bad key, whatever is wrong with it.
    let missing = world.post("web", "/v1/requests", &see).await.problem(401, "not-authenticated");
    assert!(missing["detail"].as_str().is_some_and(|text| text.contains("Upheld-Session")));
    let now = BEGINS.parse::<jiff::Timestamp>().expect("a time").as_second();
    let claims = |from: i64, to: i64| json!({ "sub": "ann", "aud": "upheld", "iat": from, "exp": to });
    let (pair, stranger) = (world.pair(), key_pair());
    let unsigned = good.rsplit_once('.').map(|(signed, _)| format!("{signed}.")).expect("a token");
    let bad = [
        session_of(&world.web, &claims(now, now + 901), &pair),
        session_of(&world.web, &claims(now - 2000, now - 1100), &pair),
        session_of(&world.web, &claims(now, now + 60), &stranger),
        session_of("k-0000000000", &claims(now, now + 60), &pair),
        session_of(&world.web, &json!({ "sub": "ann", "aud": "another", "iat": now, "exp": now + 60 }), &pair),
        session_of(&world.web, &json!({ "sub": "", "aud": "upheld", "iat": now, "exp": now + 60 }), &pair),
        unsigned,
        "not a token".to_owned(),
        String::new(),
        "a".repeat(5000),
    ];
    let first = ask(bad[0].clone()).await;
    first.problem(401, "not-authenticated");
    for session in bad {
        assert_eq!(shape(&ask(session.clone()).await), shape(&first), "{session}");
    }
    let twice = [("authorization", &*token), ("upheld-session", &*good), ("upheld-session", &*good)];
    let reply = world.call(Method::POST, "/v1/requests", &twice, Some(&see)).await;
    assert_eq!(shape(&reply), shape(&first));

    // A session is no key, and a bad one is not passed over where it could be left out.
    let only = [("upheld-session", &*good)];
    world.call(Method::POST, "/v1/requests", &only, Some(&see)).await.problem(401, "not-authenticated");
    let choose = json!({ "person": "ann", "choice": "newsletter", "agree": true });
    let bad = [("authorization", &*world.bearer("support")), ("upheld-session", "x")];
    world.call(Method::POST, "/v1/choices", &bad, Some(&choose)).await.problem(401, "not-authenticated");

    // It is over when its time is, and when the key behind it is revoked.
    world.clock.advance(std::time::Duration::from_secs(960));
    ask(good).await.problem(401, "not-authenticated");
    let fresh = world.session("ann");
    world.add("pass", new(AccessKind::Program, "web_server", &[Verb::Request]));
    world.service.access_revoke(&world.web).expect("it is revoked");
    let headers = [("authorization", &*world.bearer("pass")), ("upheld-session", &*fresh)];
    world.call(Method::POST, "/v1/requests", &headers, Some(&see)).await.problem(401, "not-authenticated");
}

fn asking(person: &str, purpose: &str) -> Value {
    json!({ "person": person, "data": ["email"], "for": purpose })
}

/// The answers about somebody known and somebody unknown, their places in the log left out.
async fn known_and_unknown(world: &World, who: &str, path: &str, purpose: &str) -> [Value; 2] {
    let mut answers = [Value::Null, Value::Null];
    for (answer, person) in answers.iter_mut().zip(["ann", "zoe"]) {
        let mut body = asking(person, purpose);
        if path == "/v1/share" {
            body["with"] = json!("court");
        }
        *answer = world.post(who, path, &body).await.json();
        if let Some(object) = answer.as_object_mut() {
            object.remove("log");
        }
    }
    answers
}

#[tokio::test]
async fn whether_a_person_is_known_is_not_told_to_a_key_without_the_verb() {
    let world = World::new().await;
    // Support works on it, so it may know.
    world.post("support", "/v1/use", &asking("ann", "customer_care")).await.done();
    world.post("support", "/v1/use", &asking("zoe", "customer_care")).await.refused("nobody_known");
    for (who, path) in [("web", "/v1/use"), ("auditor", "/v1/questions"), ("second", "/v1/share"), ("asker", "/v1/use")]
    {
        let [known, unknown] = known_and_unknown(&world, who, path, "customer_care").await;
        assert_eq!(known, unknown, "{who} {path}");
    }
}

#[tokio::test]
async fn whether_a_person_is_known_is_not_told_to_those_whose_work_it_is_not() {
    let world = World::new().await;
    for (who, path, purpose) in [
        ("support", "/v1/use", "newsletter"),
        ("mailer", "/v1/use", "customer_care"),
        ("counsel", "/v1/share", "newsletter"),
        ("asker", "/v1/questions", "newsletter"),
    ] {
        let [known, unknown] = known_and_unknown(&world, who, path, purpose).await;
        assert_eq!(known, unknown, "{who} {path} {purpose}");
    }
}

#[tokio::test]
async fn a_key_of_a_store_without_a_policy_is_refused_and_the_refusal_is_logged() {
    let world = World::with(&ServerConfig::default(), None);
    let problem = world.post("web", "/v1/collect", &joining("ann")).await.refused("no_policy");
    let entries = world.service.log_entries(0, 1000).expect("the log");
    assert_eq!(problem["log"], entries.len() - 1);
    let care = json!({ "person": "ann", "data": ["email"], "for": "customer_care" });
    world.post("support", "/v1/use", &care).await.refused("no_policy");
    assert_eq!(world.post("support", "/v1/questions", &care).await.json()["reason"], "no_policy");
    world.get("support", "/v1/policy").await.problem(503, "not-ready");
    world.service.activate(POLICY, None, "test").expect("the policy compiles");
    assert_eq!(world.post("web", "/v1/collect", &joining("ann")).await.status, 201);
}
