//! Purposes that are observed before they are enforced: questions only, until a last day, and everything is counted.

use std::time::Duration;

use serde_json::{Value, json};
use upheld_server::{Observe, ServeError, ServerConfig};
use upheld_service::{AccessKind, Verb};

use crate::common::{POLICY, World, new};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn observing(purpose: &str, until: &str) -> ServerConfig {
    let observe = vec![Observe { purpose: purpose.to_owned(), until: until.parse().expect("a day") }];
    ServerConfig { observe, ..ServerConfig::default() }
}

async fn world(config: &ServerConfig) -> World {
    let world = World::with(config, Some(POLICY));
    world.join("ann").await;
    world
}

fn question(purpose: &str) -> Value {
    json!({ "person": "ann", "data": ["email"], "for": purpose })
}

fn evaluation(purpose: &str, person: Option<&str>) -> Value {
    json!({
        "subject": { "type": "program", "id": "mailer" },
        "action": { "name": "use", "properties": { "for": purpose } },
        "resource": { "type": "data", "id": "email", "properties": person.map_or(json!({}), |id| json!({ "person": id })) },
    })
}

#[tokio::test]
async fn a_refused_question_is_answered_yes_and_counted_until_the_last_day_is_over() {
    let world = world(&observing("newsletter", "2026-03-04")).await;
    let answer = world.post("mailer", "/v1/questions", &question("newsletter")).await.json();
    assert_eq!((&answer["allowed"], &answer["observed"]), (&json!(true), &json!(true)));
    assert_eq!(answer["reason"], "not_agreed", "the reason is that of the policy");
    for person in [Some("ann"), None] {
        let decision = world.post("mailer", "/access/v1/evaluation", &evaluation("newsletter", person)).await.json();
        assert_eq!((&decision["decision"], &decision["context"]["observed"]), (&json!(true), &json!(true)));
        assert_eq!(decision["context"]["reason_admin"]["reason"], "not_agreed");
    }
    let batch = json!({
        "subject": { "type": "program", "id": "mailer" },
        "resource": { "type": "data", "id": "email" },
        "evaluations": [
            { "action": { "name": "use", "properties": { "for": "newsletter" } } },
            { "action": { "name": "use", "properties": { "for": "customer_care" } } },
        ],
    });
    let decisions = world.post("mailer", "/access/v1/evaluations", &batch).await.json();
    let [observed, enforced] = [0, 1].map(|n| decisions["evaluations"][n]["decision"].clone());
    assert_eq!((observed, enforced), (json!(true), json!(false)), "another purpose is enforced");

    // What is permitted anyway is not counted, and has no mark.
    let agree = json!({ "person": "ann", "choice": "newsletter", "agree": true });
    assert_eq!(world.post("support", "/v1/choices", &agree).await.status, 200);
    let answer = world.post("mailer", "/v1/questions", &question("newsletter")).await.json();
    assert_eq!((&answer["allowed"], answer.get("observed")), (&json!(true), None));

    let report = world.get("auditor", "/v1/observed").await.json();
    assert_eq!(report["since"], "2026-03-02T12:00:00Z");
    let purposes = json!([{ "purpose": "newsletter", "until": "2026-03-04", "observing": true }]);
    assert_eq!(report["purposes"], purposes);
    let refusals = json!([{ "purpose": "newsletter", "reason": "not_agreed", "times": 4, "clauses": { "news.1": 4 } }]);
    assert_eq!(report["refusals"], refusals);
    world.get("support", "/v1/observed").await.problem(403, "not-allowed");

    // The last day is observed to its end.
    world.clock.advance(2 * DAY + Duration::from_secs(12 * 3600 - 1));
    let nobody = evaluation("newsletter", None);
    assert_eq!(world.post("mailer", "/access/v1/evaluation", &nobody).await.json()["decision"], true);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.post("mailer", "/access/v1/evaluation", &nobody).await.json()["decision"], false);
    let refuse = json!({ "person": "ann", "choice": "newsletter", "agree": false });
    assert_eq!(world.post("support", "/v1/choices", &refuse).await.status, 200);
    let answer = world.post("mailer", "/v1/questions", &question("newsletter")).await.json();
    assert_eq!((&answer["allowed"], answer.get("observed")), (&json!(false), None));
    let report = world.get("auditor", "/v1/observed").await.json();
    assert_eq!((&report["purposes"][0]["observing"], &report["refusals"][0]["times"]), (&json!(false), &json!(5)));
}

#[tokio::test]
async fn acts_and_disclosures_are_never_observed() {
    let mut world = world(&observing("newsletter", "2026-03-31")).await;
    world.post("mailer", "/v1/use", &question("newsletter")).await.refused("not_agreed");
    let court = ServerConfig {
        observe: ["court_order", "newsletter", "customer_care"]
            .map(|purpose| Observe { purpose: purpose.to_owned(), until: "2026-03-31".parse().expect("a day") })
            .to_vec(),
        ..ServerConfig::default()
    };
    world = self::world(&court).await;
    for action in ["share", "rent", "sell", "transfer"] {
        let asked =
            json!({ "action": action, "person": "ann", "data": ["email"], "with": "court", "for": "court_order" });
        let answer = world.post("counsel", "/v1/questions", &asked).await.json();
        assert_eq!((&answer["allowed"], answer.get("observed")), (&json!(false), None), "{action}");
        let asked = json!({
            "subject": { "type": "recipient", "id": "court" },
            "action": { "name": action, "properties": { "for": "court_order" } },
            "resource": { "type": "data", "id": "email" },
        });
        let decision = world.post("counsel", "/access/v1/evaluation", &asked).await.json();
        assert_eq!((&decision["decision"], decision["context"].get("observed")), (&json!(false), None), "{action}");
    }
    // Neither is what a key may not ask at all.
    let other = json!({
        "subject": { "type": "role", "id": "support" },
        "action": { "name": "use", "properties": { "for": "newsletter" } },
        "resource": { "type": "data", "id": "email" },
    });
    assert_eq!(world.post("mailer", "/access/v1/evaluation", &other).await.json()["decision"], false);
    world.add(
        "listed",
        upheld_service::NewAccess {
            purposes: vec!["service_setup".to_owned()],
            ..new(AccessKind::Program, "web_server", &[Verb::Ask])
        },
    );
    world.post("listed", "/v1/questions", &question("customer_care")).await.problem(403, "not-allowed");
    assert_eq!(world.get("auditor", "/v1/observed").await.json()["refusals"], json!([]));
}

#[tokio::test]
async fn a_period_of_more_than_ninety_days_does_not_start() {
    let today = "2026-03-02".parse().expect("a day");
    assert!(observing("newsletter", "2026-05-31").check_observed(today).is_ok(), "90 days");
    let failure = observing("newsletter", "2026-06-01").check_observed(today).expect_err("91 days");
    assert_eq!(
        failure.to_string(),
        "`newsletter` would be observed and not enforced until 2026-06-01; at most 90 days are, so name 2026-05-31 or an \
         earlier day"
    );
    let service = World::without_people().service;
    let config =
        ServerConfig { listen: "127.0.0.1:0".parse().expect("an address"), ..observing("newsletter", "2026-06-01") };
    let served = upheld_server::serve(service, config, std::future::pending()).await;
    assert!(matches!(served, Err(ServeError::ObservedTooLong { .. })));
    let twice = ServerConfig {
        observe: [observing("newsletter", "2026-03-04"), observing("newsletter", "2026-03-05")]
            .map(|c| c.observe)
            .concat(),
        ..ServerConfig::default()
    };
    assert!(matches!(twice.check(), Err(ServeError::ObservedTwice { .. })));
}
