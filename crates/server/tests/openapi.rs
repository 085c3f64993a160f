//! The OpenAPI document: it is 3.1, says all that there is, and nothing that is not.

use std::collections::BTreeSet;

use axum::http::{Method, header};
use serde_json::Value;
use upheld_server::ServerConfig;

use crate::common::{DOCUMENT, World, validator};

/// Every operation: its method, its path, what it says.
fn operations() -> Vec<(String, String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let of = |(path, item): (&String, &'static Value)| {
        let item = item.as_object().expect("operations");
        item.iter().map(|(method, operation)| (method.to_uppercase(), path.clone(), operation)).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

/// Every `$ref` below a value.
fn references(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(text) if key == "$ref" => drop(out.insert(text.clone())),
                    value => references(value, out),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, out)),
        _ => {}
    }
}

#[tokio::test]
async fn it_is_served_as_json_to_anybody() {
    let config =
        ServerConfig { public_url: Some("https://privacy.example.org/".to_owned()), ..ServerConfig::default() };
    let world = World::with(&config, None);
    let reply = world.call(Method::GET, "/openapi.json", &[], None).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    assert!(reply.json()["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")));
    assert_eq!(reply.json()["servers"][0]["url"], "https://privacy.example.org");
    assert_eq!(DOCUMENT.get("servers"), None, "none is made up");
    assert_eq!(DOCUMENT["info"]["title"], "Upheld");
    assert!(reply.headers.get(header::ETAG).is_none());
}

#[tokio::test]
async fn it_has_every_route_of_the_router_and_no_other() {
    let world = World::without_people();
    // The router prints its routes and nothing else tells them: that is why this test reads what it prints.
    let printed = format!("{:?}", world.router);
    let quoted = printed.split('"').skip(1).step_by(2).filter(|text| text.starts_with('/'));
    // Its fallback, which answers whatever is not there, is one of its own.
    let routes: BTreeSet<String> = quoted.filter(|text| !text.contains("__private")).map(str::to_owned).collect();
    let documented: BTreeSet<String> = operations().into_iter().map(|(_, path, _)| path).collect();
    assert_eq!(routes, documented);

    for (method, path, _) in operations() {
        let documented = path.clone();
        let path = path.replace("{case}", "x").replace("{number}", "1").replace("{name}", "refused");
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let reply = world.call(method.clone(), &path, &[], None).await;
        assert!(![404, 405].contains(&reply.status), "{method} {path}: {}", reply.status);
        // Each address has the methods that are documented, and HEAD where it has GET.
        let others = world.call(Method::OPTIONS, &path, &[], None).await;
        let mut methods: BTreeSet<String> =
            operations().into_iter().filter(|(_, other, _)| *other == documented).map(|(method, ..)| method).collect();
        if methods.contains("GET") {
            methods.insert("HEAD".to_owned());
        }
        let allowed: BTreeSet<String> = others.header("allow").split(',').map(str::to_owned).collect();
        assert_eq!(allowed, methods, "{path}");
    }
}

#[tokio::test]
async fn every_reference_resolves_and_every_schema_is_one() {
    let mut used = BTreeSet::new();
    references(&DOCUMENT, &mut used);
    for reference in &used {
        let place = reference.strip_prefix('#').expect("a reference within the document");
        assert!(DOCUMENT.pointer(place).is_some(), "{reference} leads nowhere");
    }
    let schemas = DOCUMENT["components"]["schemas"].as_object().expect("schemas");
    assert!(schemas.len() > 30);
    schemas.values().for_each(|schema| drop(validator(schema)));
}

#[tokio::test]
async fn every_operation_is_described_and_says_what_can_go_wrong() {
    let mut ids = BTreeSet::new();
    let tags: BTreeSet<&str> =
        DOCUMENT["tags"].as_array().expect("tags").iter().filter_map(|tag| tag["name"].as_str()).collect();
    for (method, path, operation) in operations() {
        let id = operation["operationId"].as_str().expect("an id");
        assert!(ids.insert(id) && id.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !id.ends_with('_'), "{id}");
        assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 8), "{method} {path}");
        assert!(tags.contains(operation["tags"][0].as_str().expect("a tag")), "{method} {path}");
        let responses = operation["responses"].as_object().expect("responses");
        let statuses: BTreeSet<&str> = responses.keys().map(String::as_str).collect();
        let authzen = path.starts_with("/access/");
        if path.starts_with("/v1/") || authzen {
            assert!(operation["security"].as_array().is_some_and(|ways| !ways.is_empty()), "{path} needs a key");
            assert!(statuses.is_superset(&["401", "429", "500", "503"].into()), "{path}: {statuses:?}");
        } else {
            assert!(operation.get("security").is_none(), "{path} is open to all");
        }
        if operation.get("requestBody").is_some() {
            // Whatever is wrong with a body is a 400 in AuthZEN, and what is not known is passed over.
            let wrong: &[&str] = if authzen { &["400", "408", "413"] } else { &["400", "408", "413", "415", "422"] };
            assert!(statuses.is_superset(&wrong.iter().copied().collect()), "{path}: {statuses:?}");
            assert_eq!(operation["requestBody"]["required"], true, "{path}");
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let schema = DOCUMENT.pointer(&schema["$ref"].as_str().expect("a reference")[1..]).expect("a schema");
            let strict = if authzen { Value::Null } else { false.into() };
            assert_eq!(schema["additionalProperties"], strict, "{path} refuses fields that it does not know");
        }
        for (status, response) in responses {
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{path} {status}");
            let kinds: Vec<_> = response["content"].as_object().map(|kinds| kinds.keys().collect()).unwrap_or_default();
            if path.starts_with("/v1/") {
                let kind = if status.starts_with('2') { "application/json" } else { "application/problem+json" };
                assert_eq!(kinds, [kind], "{path} {status}");
            }
        }
        let named = path.matches('{').count();
        let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        assert_eq!(parameters.iter().filter(|parameter| parameter["in"] == "path").count(), named, "{path}");
    }
    // Everything that callers write or read has a word of explanation.
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().expect("schemas") {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let described = property.get("description").is_some()
                || property["oneOf"]
                    .as_array()
                    .is_some_and(|ways| ways.iter().any(|way| way.get("description").is_some()));
            assert!(described, "{name}.{field} is not described");
        }
    }
}

#[test]
fn its_words_are_plain() {
    // An id of a person, a token or an address of a machine has no place in a document that anybody may read.
    let text = DOCUMENT.to_string();
    for word in ["localhost", "127.0.0.1", "/tmp", "/home", "TODO", "lorem"] {
        assert!(!text.contains(word), "{word}");
    }
}
