//! What people do themselves: choices and requests under their own session.

use serde_json::json;

use crate::common::World;

#[tokio::test]
async fn a_person_chooses_under_their_own_session() {
    let world = World::new().await;
    let agree = json!({ "person": "ann", "choice": "newsletter", "agree": true });
    let news = json!({ "person": "ann", "data": ["email"], "for": "newsletter" });
    let problem = world.post("mailer", "/v1/use", &news).await.refused("not_agreed");
    assert_eq!(problem["lacking"], json!(["agreed newsletter"]));
    let act = world.as_person("ann", "/v1/choices", &agree).await;
    act.done();
    assert_eq!(act.json()["because"][0]["clause"], "news.1");
    world.post("mailer", "/v1/use", &news).await.done();
    let refuse = json!({ "person": "ann", "choice": "newsletter", "agree": false, "via": "letter" });
    world.as_person("ann", "/v1/choices", &refuse).await.done();
    world.post("mailer", "/v1/use", &news).await.refused("not_agreed");

    world.join("bob").await;
    world.as_person("bob", "/v1/choices", &agree).await.problem(403, "not-allowed");
    let unknown = json!({ "person": "ann", "choice": "Ann's own", "agree": true });
    let problem = world.as_person("ann", "/v1/choices", &unknown).await.refused("not_offered");
    assert!(problem.get("lacking").is_none());
    let nobody = json!({ "person": "zoe", "choice": "newsletter", "agree": true });
    world.as_person("zoe", "/v1/choices", &nobody).await.refused("nobody_known");
}

#[tokio::test]
async fn without_a_session_a_choice_needs_a_key_that_lists_the_verb() {
    let world = World::new().await;
    let agree = json!({ "person": "ann", "choice": "newsletter", "agree": true });
    world.post("support", "/v1/choices", &agree).await.done();
    world.post("web", "/v1/choices", &agree).await.problem(403, "not-allowed");
    world.post("counsel", "/v1/choices", &agree).await.problem(403, "not-allowed");
}

#[tokio::test]
async fn a_person_sees_and_erases_what_is_held_of_them() {
    let world = World::new().await;
    world.join("bob").await;
    let seen = world.as_person("ann", "/v1/requests", &json!({ "right": "see" })).await;
    let access = seen.done();
    assert_eq!(access["controller"], "Larchfield Hosting");
    let values: Vec<_> =
        access["values"].as_array().expect("values").iter().map(|value| value["value"].clone()).collect();
    assert!(values.contains(&json!("ann@mail.example")), "{values:?}");
    assert!(!seen.text().contains("bob@"), "nobody else's");

    world
        .as_person("ann", "/v1/requests", &json!({ "right": "see", "data": ["address"] }))
        .await
        .refused("not_declared");
    world.as_person("ann", "/v1/requests", &json!({ "right": "see", "data": ["Ann"] })).await.refused("not_declared");
    world.as_person("ann", "/v1/requests", &json!({ "right": "sell" })).await.problem(422, "invalid");
    world.as_person("zoe", "/v1/requests", &json!({ "right": "see" })).await.refused("nobody_known");

    let erased = world.as_person("ann", "/v1/requests", &json!({ "right": "erase", "data": ["name"] })).await.done();
    assert_eq!(erased["values"], 1);
    let erased = world.as_person("ann", "/v1/requests", &json!({ "right": "erase" })).await.done();
    assert_eq!(erased["values"], 1);
    assert_eq!(world.as_person("bob", "/v1/requests", &json!({ "right": "see" })).await.status, 200);
}
