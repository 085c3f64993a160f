//! A session is a person's, for minutes, from a key that was registered for it; under it they act for themselves only.

mod support;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use support::{BAKERY, World, done, session};
use upheld_service::{AccessKind, Ask, Choose, NewAccess, ServiceError, Verb};

fn new(name: &str) -> NewAccess {
    NewAccess {
        name: name.to_owned(),
        kind: AccessKind::Program,
        acts_as: Some("shop".to_owned()),
        verbs: vec![Verb::Request],
        points: Vec::new(),
        purposes: Vec::new(),
        may_act: true,
        signs_sessions: None,
    }
}

#[test]
fn a_person_acts_for_themselves_only() {
    for world in World::both(BAKERY) {
        world.join("ann");
        world.join("bob");
        let act = Choose {
            person: "bob".to_owned(),
            choice: "newsletter".to_owned(),
            agree: false,
            via: Some("link".to_owned()),
            ..Choose::default()
        };
        let result = world.service.choose_as(&session("ann"), act.clone());
        assert!(!matches!(&result, Ok(act) if act.answer.allowed), "{result:?}");
        assert_eq!(world.read("mailer", "bob", &["email"], "newsletter"), ["bob@mail.example"]);
        done(world.service.choose_as(&session("bob"), act).expect("an answer"));
        // A request names nobody: it is answered for the session's person.
        let act = world.service.request(&session("ann"), Ask { right: "see".to_owned(), ..Ask::default() });
        let text = serde_json::to_string(&done(act.expect("an answer"))).expect("JSON");
        assert!(text.contains("ann@mail.example") && !text.contains("bob@mail.example"), "{text}");
    }
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn token(header: &Value, claims: &Value, key: &Ed25519KeyPair) -> String {
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

#[test]
fn a_session_is_believed_for_minutes_and_from_its_own_key() {
    for world in World::both(BAKERY) {
        world.join("ann");
        let pair = Ed25519KeyPair::generate().expect("a key");
        let other = Ed25519KeyPair::generate().expect("a key");
        let public = STANDARD.encode(pair.public_key().as_ref());
        let (key, _) =
            world.service.access_add(NewAccess { signs_sessions: Some(public), ..new("web") }).expect("a key");
        let (bare, _) = world.service.access_add(new("other")).expect("a key");
        let now = support::time(support::BEGINS).as_second();
        let header = |id: &str| json!({ "alg": "EdDSA", "typ": "JWT", "kid": id });
        let claims = |from: i64, to: i64| json!({ "sub": "ann", "aud": "upheld", "iat": from, "exp": to });

        let good = token(&header(&key.id), &claims(now, now + 15 * 60), &pair);
        let session = world.service.session(&good).expect("a session");
        assert_eq!((session.person.as_str(), session.by.as_str()), ("ann", key.id.as_str()));
        assert!(!format!("{session:?}").contains("ann"), "a session is not printed");

        let mut other_person = claims(now, now + 60);
        other_person["sub"] = json!("bob");
        let (first, rest) = good.split_once('.').expect("parts");
        let (_, signature) = rest.split_once('.').expect("parts");
        let swapped = format!("{first}.{}.{signature}", part(&other_person));
        let unsigned = format!("{}.{}.", part(&json!({ "alg": "none", "kid": key.id })), part(&claims(now, now + 60)));
        let mut for_others = claims(now, now + 60);
        for_others["aud"] = json!("somebody");
        let mut nobody = claims(now, now + 60);
        nobody["sub"] = json!("");
        let id = header(&key.id);
        let bad = [
            ("longer than 15 minutes", token(&id, &claims(now, now + 15 * 60 + 1), &pair)),
            ("over", token(&id, &claims(now - 600, now - 60), &pair)),
            ("not begun", token(&id, &claims(now + 300, now + 600), &pair)),
            ("ends before it begins", token(&id, &claims(now, now - 10), &pair)),
            ("signed by another", token(&id, &claims(now, now + 60), &other)),
            ("a key that signs nothing", token(&header(&bare.id), &claims(now, now + 60), &pair)),
            ("an unknown key", token(&header("k-none"), &claims(now, now + 60), &pair)),
            ("another person put in", swapped),
            ("not signed", unsigned),
            ("for somebody else", token(&id, &for_others, &pair)),
            ("of nobody", token(&id, &nobody, &pair)),
            ("no token", "x".to_owned()),
            ("too long", format!("{good}{}", "A".repeat(5000))),
        ];
        for (what, token) in bad {
            let result = world.service.session(&token);
            assert!(matches!(result, Err(ServiceError::NotAuthenticated)), "{what}: {result:?}");
        }
        // It ends by itself, and with its key.
        world.clock.advance(std::time::Duration::from_secs(15 * 60 + 31));
        assert!(world.service.session(&good).is_err());
        let now = now + 15 * 60 + 31;
        let fresh = token(&header(&key.id), &claims(now, now + 60), &pair);
        world.service.session(&fresh).expect("a session");
        world.service.access_revoke(&key.id).expect("revoked");
        assert!(world.service.session(&fresh).is_err(), "a revoked key vouches for nobody");
    }
}
