//! A caller is not believed: what a key lists bounds what it may do.

mod support;

use support::{BAKERY, World, done, human, pairs, reading, record, refused, site};
use upheld_decide::Reason;
use upheld_service::{
    AccessKind, Caller, Change, Choose, Find, NewAccess, OpenCase, Question, Remove, ServiceError, Share, Verb,
};

fn new(name: &str) -> NewAccess {
    NewAccess {
        name: name.to_owned(),
        kind: AccessKind::Program,
        acts_as: Some("shop".to_owned()),
        verbs: vec![Verb::Collect],
        points: vec!["sign_up".to_owned()],
        purposes: Vec::new(),
        may_act: true,
        signs_sessions: None,
    }
}

/// One act of each verb under one key.
fn every_act(world: &World, caller: &Caller) -> Vec<(Verb, Result<bool, ServiceError>)> {
    let service = &world.service;
    let remove = || Remove {
        person: "ann".to_owned(),
        data: vec!["address".to_owned()],
        purpose: Some("service_provision".to_owned()),
        ..Remove::default()
    };
    let change = Change {
        person: "ann".to_owned(),
        element: "address".to_owned(),
        value: "2 Elm Row".to_owned(),
        purpose: Some("service_provision".to_owned()),
        ..Change::default()
    };
    let share = Share {
        action: upheld_decide::Action::Share,
        ..support::disclosing("ann", &["address"], "delivery", "courier")
    };
    let choose =
        Choose { person: "ann".to_owned(), choice: "newsletter".to_owned(), agree: false, ..Choose::default() };
    let open = OpenCase {
        ground: "dispute".to_owned(),
        people: vec!["ann".to_owned()],
        fields: pairs(&[("subject", "a loaf")]),
        ..OpenCase::default()
    };
    let question = Question {
        person: "ann".to_owned(),
        data: vec!["email".to_owned()],
        purpose: Some("newsletter".to_owned()),
        ..Question::default()
    };
    let values = [("name", "Ann"), ("email", "ann@mail.example")];
    vec![
        (Verb::Collect, service.collect(caller, record("sign_up", "ann", &values)).map(|act| act.answer.allowed)),
        (Verb::Use, service.use_(caller, reading("ann", &["email"], "newsletter")).map(|act| act.answer.allowed)),
        (Verb::Change, service.change(caller, change).map(|act| act.answer.allowed)),
        (Verb::Erase, service.erase(caller, remove()).map(|act| act.answer.allowed)),
        (Verb::Block, service.block(caller, remove()).map(|act| act.answer.allowed)),
        (Verb::Share, service.share(caller, share).map(|act| act.answer.allowed)),
        (Verb::Choose, service.choose(caller, choose).map(|act| act.answer.allowed)),
        (Verb::Attest, service.open_case(caller, open).map(|act| act.answer.allowed)),
        (Verb::Ask, service.ask(caller, question).map(|answer| answer.allowed)),
    ]
}

#[test]
fn a_key_may_do_what_it_lists_and_nothing_else() {
    for world in World::both(BAKERY) {
        world.join("ann");
        let verbs = [
            Verb::Collect,
            Verb::Use,
            Verb::Change,
            Verb::Erase,
            Verb::Block,
            Verb::Share,
            Verb::Choose,
            Verb::Attest,
            Verb::Ask,
        ];
        for listed in verbs {
            let caller = Caller { verbs: vec![listed], ..site() };
            for (verb, result) in every_act(&world, &caller) {
                let not_allowed = matches!(result, Err(ServiceError::NotAllowed { .. }));
                assert_eq!(not_allowed, verb != listed, "listed {listed:?}, did {verb:?}: {result:?}");
            }
        }
        world.assert_log_verifies();
    }
}

#[test]
fn a_key_that_may_only_ask_cannot_act() {
    for world in World::both(BAKERY) {
        world.join("ann");
        let caller = Caller { may_act: false, ..human("mailer") };
        for (verb, result) in every_act(&world, &caller) {
            if verb == Verb::Ask {
                assert!(matches!(result, Ok(true)), "{result:?}");
            } else {
                assert!(matches!(result, Err(ServiceError::NotAllowed { .. })), "{verb:?}: {result:?}");
            }
        }
    }
}

#[test]
fn a_key_collects_at_its_points_only() {
    let world = World::memory(BAKERY);
    let caller = Caller { points: vec!["web_visit".to_owned()], ..site() };
    let act = record("sign_up", "ann", &[("name", "Ann"), ("email", "ann@mail.example")]);
    let result = world.service.collect(&caller, act.clone());
    assert!(matches!(result, Err(ServiceError::NotAllowed { .. })), "{result:?}");
    let result = world.service.collect_batch(&caller, vec![act]);
    assert!(matches!(result, Err(ServiceError::NotAllowed { .. })), "{result:?}");
    assert!(world.log().iter().all(|entry| entry.verb != "collect"), "nothing was taken in");
}

#[test]
fn a_key_acts_for_its_purposes_only() {
    let world = World::memory(BAKERY);
    world.join("ann");
    let caller = Caller { purposes: vec!["newsletter".to_owned()], ..human("mailer") };
    done(world.service.use_(&caller, reading("ann", &["email"], "newsletter")).expect("an answer"));
    let result = world.service.use_(&caller, reading("ann", &["email"], "product_notice"));
    assert!(matches!(result, Err(ServiceError::NotAllowed { .. })), "{result:?}");
    let none = support::reading("ann", &["email"], "newsletter");
    let result = world.service.use_(&caller, upheld_service::Use { purpose: None, ..none });
    assert!(matches!(result, Err(ServiceError::NotAllowed { .. })), "{result:?}");
}

#[test]
fn a_key_acts_in_its_own_role() {
    let world = World::memory(BAKERY);
    world.join("ann");
    refused(&world.use_("support", "ann", &["email"], "newsletter"), Reason::NotTheirWork);
    let nobody = Caller { acts_as: None, ..human("mailer") };
    let act = world.service.use_(&nobody, reading("ann", &["email"], "newsletter")).expect("an answer");
    assert!(!act.answer.allowed, "{:?}", act.answer);
    assert!(act.result.is_none());
}

#[test]
fn a_token_is_a_key_until_it_is_revoked() {
    for world in World::both(BAKERY) {
        let (key, token) = world.service.access_add(new("web")).expect("a key");
        let caller = world.service.authenticate(&token).expect("the caller");
        assert_eq!((caller.key.as_str(), caller.acts_as.as_deref()), (key.id.as_str(), Some("shop")));
        assert_eq!(caller.verbs, [Verb::Collect]);
        let values = [("name", "Ann"), ("email", "ann@mail.example")];
        done(world.service.collect(&caller, record("sign_up", "ann", &values)).expect("an answer"));
        let last = world.log().pop().expect("an entry");
        assert!(last.actor.contains(&key.id), "the log names the key: {}", last.actor);

        world.service.access_revoke(&key.id).expect("revoked");
        let revoked = world.service.authenticate(&token).expect_err("revoked");
        let unknown = world.service.authenticate("upheld_nothing").expect_err("unknown");
        let empty = world.service.authenticate("").expect_err("empty");
        for error in [&revoked, &unknown, &empty] {
            assert!(matches!(error, ServiceError::NotAuthenticated), "{error}");
            assert_eq!(error.to_string(), revoked.to_string(), "one answer, whatever is wrong");
        }
        assert!(world.service.access_list().expect("keys").iter().all(|key| key.revoked));
        assert!(matches!(world.service.access_revoke("k-none"), Err(ServiceError::NotFound { .. })));
        world.assert_log_verifies();
    }
}

#[test]
fn a_token_is_stored_as_a_hash() {
    let world = World::file(BAKERY);
    let (_, token) = world.service.access_add(new("web")).expect("a key");
    let secret = token.trim_start_matches("upheld_").as_bytes();
    assert!(secret.len() >= 43, "256 random bits");
    assert!(!world.bytes().windows(secret.len()).any(|window| window == secret));
    let listed = format!("{:?}", world.service.access_list().expect("keys"));
    assert!(!listed.contains(&token));
}

#[test]
fn the_first_key_is_made_once() {
    let world = World::empty_file();
    let token = world.service.first_key().expect("an answer").expect("a token");
    let caller = world.service.authenticate(&token).expect("the caller");
    assert_eq!(caller.kind, AccessKind::Administrator);
    assert_eq!(world.service.first_key().expect("an answer"), None);
    world.service.access_revoke(&caller.key).expect("revoked");
    assert_eq!(world.service.first_key().expect("an answer"), None, "a revoked key is a key still");
}

#[test]
fn a_key_names_what_the_policy_declares() {
    let world = World::memory(BAKERY);
    for wrong in [
        NewAccess { acts_as: Some("shopp".to_owned()), ..new("web") },
        NewAccess { points: vec!["sign_upp".to_owned()], ..new("web") },
        NewAccess { purposes: vec!["newsleter".to_owned()], ..new("web") },
        NewAccess { name: " ".to_owned(), ..new("web") },
        NewAccess { signs_sessions: Some("no key".to_owned()), ..new("web") },
    ] {
        let result = world.service.access_add(wrong);
        assert!(matches!(result, Err(ServiceError::Invalid { .. })), "{:?}", result.map(|(key, _)| key));
    }
}

#[test]
fn an_administrator_is_no_finder() {
    let world = World::memory(BAKERY);
    world.join("ann");
    world.take_item("mail_in", "ann", "m1", &[("message", "Hello")]);
    let fields = [("issuer", "Court"), ("reference", "1"), ("kind", "warrant")];
    let case = world.open_case("clerk", "legal_process", "ann", &["m1"], &fields).case;
    for kind in [AccessKind::Program, AccessKind::Administrator] {
        let caller = Caller { kind, ..human("counsel") };
        let find = Find { case: case.clone(), finding: "valid".to_owned(), holds: true };
        let act = world.service.find(&caller, find).expect("an answer");
        refused(&act, Reason::NotTheirFinding);
    }
}
