//! Every act, done or refused, appends one entry that says what it was, under which version and by which clauses.

mod support;

use std::collections::BTreeSet;

use support::{BAKERY, World, disclosing, done, human, pairs, reading, record, session, site};
use upheld_service::{Act, Ask, Caller, Change, Choose, Entry, Find, OpenCase, Question, Remove, ServiceError};

/// What an entry is expected to say: verb, result, reason, clauses, purpose.
type Said<'a> = (&'a str, &'a str, Option<&'a str>, &'a [&'a str], Option<&'a str>);

/// Does an act and gives its entry; `more` entries may follow it.
fn entry<T>(world: &World, more: usize, act: Result<Act<T>, ServiceError>, before: usize) -> Entry {
    let act = act.expect("an answer");
    let log = world.log();
    assert_eq!(log.len(), before + 1 + more, "one entry for one act: {:?}", &log[before..]);
    assert_eq!(act.log, before as u64, "the act names its entry");
    let entry = log[before].clone();
    assert_eq!(entry.result == "done", act.answer.allowed);
    let cited: BTreeSet<&str> = act.answer.because.iter().map(|cited| cited.clause.as_str()).collect();
    assert_eq!(entry.clauses.iter().map(String::as_str).collect::<BTreeSet<_>>(), cited);
    entry
}

#[track_caller]
fn says(entry: &Entry, said: Said<'_>) {
    let (verb, result, reason, clauses, purpose) = said;
    assert_eq!((entry.verb.as_str(), entry.result.as_str(), entry.reason.as_deref()), (verb, result, reason));
    assert_eq!(entry.clauses, clauses);
    assert_eq!(entry.purpose.as_deref(), purpose);
    assert_eq!(entry.version, "1");
    assert_eq!(entry.at, support::time(support::BEGINS).as_millisecond());
    assert_eq!(entry.nonce.len(), 32);
}

fn remove(data: &str) -> Remove {
    Remove {
        person: "ann".to_owned(),
        data: vec![data.to_owned()],
        purpose: Some("service_provision".to_owned()),
        ..Remove::default()
    }
}

#[test]
fn each_act_has_its_entry() {
    for world in World::both(BAKERY) {
        let service = &world.service;
        let count = || world.log().len();
        let first = world.log().remove(0);
        assert_eq!((first.verb.as_str(), first.result.as_str(), first.actor.as_str()), ("activate", "done", "test"));
        assert!(first.details.contains_key("source") && first.details.contains_key("meaning"), "{first:?}");

        let before = count();
        let values = [("name", "Ann"), ("email", "ann@mail.example"), ("address", "1 Elm Row")];
        let taken = entry(&world, 0, service.collect(&site(), record("sign_up", "ann", &values)), before);
        says(&taken, ("collect", "done", None, &["collect.1"], None));
        assert_eq!(taken.elements, ["address", "email", "name"]);
        assert_eq!((taken.classes.len(), taken.commitments.len()), (1, 1));
        assert_eq!(taken.actor, "key-of-site shop");
        let subject = taken.subject.clone().expect("whose");

        let before = count();
        let entry_of = entry(&world, 0, service.collect(&site(), record("sign_up", "ann", &values[..1])), before);
        says(&entry_of, ("collect", "refused", Some("missing"), &["collect.1"], None));
        assert_eq!(entry_of.subject.as_ref(), Some(&subject), "one person, one pseudonym");

        let before = count();
        let used = entry(&world, 0, service.use_(&human("mailer"), reading("ann", &["email"], "newsletter")), before);
        says(&used, ("use", "done", None, &["use.1"], Some("newsletter")));
        assert_eq!((used.elements.as_slice(), &used.classes), (["email".to_owned()].as_slice(), &taken.classes));
        assert_eq!((used.subject.as_ref(), used.actor.as_str()), (Some(&subject), "key-of-mailer mailer"));

        let before = count();
        let act = service.use_(&human("analyst"), reading("ann", &["email"], "site_statistics"));
        says(&entry(&world, 0, act, before), ("use", "refused", Some("no_rule"), &[], Some("site_statistics")));

        let before = count();
        let act = service.share(&human("dispatcher"), disclosing("ann", &["address"], "delivery", "courier"));
        let shared = entry(&world, 0, act, before);
        says(&shared, ("share", "done", None, &["use.5"], Some("delivery")));
        assert_eq!(shared.recipient.as_deref(), Some("courier"));

        let before = count();
        let change = Change {
            person: "ann".to_owned(),
            element: "address".to_owned(),
            value: "2 Elm Row".to_owned(),
            purpose: Some("service_provision".to_owned()),
            ..Change::default()
        };
        let act = service.change(&human("support"), change);
        says(&entry(&world, 0, act, before), ("change", "done", None, &["use.4"], Some("service_provision")));

        for lift in [false, true] {
            let before = count();
            let act = service.block(&human("support"), Remove { lift, ..remove("address") });
            says(&entry(&world, 0, act, before), ("block", "done", None, &["use.4"], Some("service_provision")));
        }

        let before = count();
        let choose = Choose {
            person: "ann".to_owned(),
            choice: "newsletter".to_owned(),
            agree: false,
            via: Some("link".to_owned()),
            ..Choose::default()
        };
        let chosen = entry(&world, 0, service.choose_as(&session("ann"), choose.clone()), before);
        says(&chosen, ("choose", "done", None, &["choices.1"], None));
        assert_eq!(chosen.details.get("choice").map(String::as_str), Some("newsletter"));
        assert_eq!(chosen.details.get("state").map(String::as_str), Some("refused"));
        assert!(chosen.actor.starts_with("key-of-site"), "who vouched: {}", chosen.actor);

        let before = count();
        let act = service.choose(&site(), Choose { via: Some("letter".to_owned()), ..choose });
        says(&entry(&world, 0, act, before), ("choose", "refused", Some("not_offered"), &["choices.1"], None));

        world.take_item("mail_in", "ann", "m1", &[("message", "Hello")]);
        let before = count();
        let open = OpenCase {
            ground: "legal_process".to_owned(),
            people: vec!["ann".to_owned()],
            items: vec!["m1".to_owned()],
            recipient: None,
            fields: pairs(&[("issuer", "Court"), ("reference", "1"), ("kind", "warrant")]),
        };
        let act = service.open_case(&human("clerk"), open);
        let case = act.as_ref().expect("an answer").result.clone().expect("a case").case;
        let opened = entry(&world, 0, act, before);
        says(&opened, ("attest", "done", None, &["cases.1"], None));
        assert_eq!(opened.case.as_deref(), Some(case.as_str()));

        for (caller, result, reason) in [("clerk", "refused", Some("not_their_finding")), ("counsel", "done", None)] {
            let before = count();
            let find = Find { case: case.clone(), finding: "valid".to_owned(), holds: true };
            let found = entry(&world, 0, service.find(&human(caller), find), before);
            says(&found, ("attest", result, reason, &["cases.1"], None));
            assert_eq!(found.case.as_deref(), Some(case.as_str()));
        }
        let before = count();
        let ended = entry(&world, 0, service.end_case(&human("clerk"), &case), before);
        assert_eq!((ended.verb.as_str(), ended.result.as_str()), ("attest", "done"));

        let before = count();
        let see = Ask { right: "see".to_owned(), ..Ask::default() };
        let seen = entry(&world, 0, service.request(&session("ann"), see), before);
        assert_eq!((seen.verb.as_str(), seen.result.as_str()), ("request", "done"));
        assert_eq!(seen.subject.as_ref(), Some(&subject));

        // An erasure is followed by the entry that its bytes are gone.
        let before = count();
        let act = service.erase(&human("support"), remove("address"));
        says(&entry(&world, 1, act, before), ("erase", "done", None, &["use.4"], Some("service_provision")));
        let gone = world.log().pop().expect("an entry");
        assert_eq!((gone.verb.as_str(), gone.actor.as_str()), ("keep", "time"));

        // What a key does not list, and questions, are no acts.
        let before = count();
        let question = Question {
            person: "ann".to_owned(),
            data: vec!["email".to_owned()],
            purpose: Some("newsletter".to_owned()),
            ..Question::default()
        };
        service.ask(&human("mailer"), question).expect("an answer");
        service
            .use_(&Caller { verbs: Vec::new(), ..human("mailer") }, reading("ann", &["email"], "newsletter"))
            .expect_err("not listed");
        assert_eq!(count(), before);

        let log = world.log();
        let nonces: BTreeSet<&String> = log.iter().map(|entry| &entry.nonce).collect();
        assert_eq!(nonces.len(), log.len(), "no nonce comes twice");
        world.assert_log_verifies();
    }
}

#[test]
fn people_stand_under_pseudonyms_of_the_store() {
    let (one, other) = (World::memory(BAKERY), World::memory(BAKERY));
    for world in [&one, &other] {
        world.join("ann");
        world.join("bob");
    }
    let subjects = |world: &World| world.log().into_iter().filter_map(|entry| entry.subject).collect::<Vec<_>>();
    let all: BTreeSet<String> = subjects(&one).into_iter().chain(subjects(&other)).collect();
    assert_eq!(all.len(), 4, "another person or another store is another pseudonym");
    assert!(all.iter().all(|subject| !subject.contains("ann") && !subject.contains("bob")));
}

#[test]
fn entries_of_many_threads_stand_in_one_log() {
    let world = World::file(BAKERY);
    world.join("ann");
    let before = world.log().len();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let service = world.service.clone();
            scope.spawn(move || {
                for m in 0..25 {
                    let person = format!("p{n}-{m}");
                    let act = record("web_visit", &person, &[("page_visited", "/")]);
                    let act = service.collect(&site(), act).expect("an answer");
                    assert!(act.answer.allowed);
                    let act = service.use_(&human("mailer"), reading("ann", &["email"], "newsletter"));
                    done(act.expect("an answer"));
                }
            });
        }
    });
    assert_eq!(world.log().len(), before + 8 * 25 * 2);
    world.assert_log_verifies();
    let report = world.service.verify_log().expect("read");
    assert_eq!(report.size, (before + 400) as u64);
    let placed = world.service.log_entries(0, 10_000).expect("entries");
    assert!(placed.iter().enumerate().all(|(at, placed)| placed.index == at as u64));
}

#[test]
fn a_range_of_the_log_can_be_read() {
    let world = World::memory(BAKERY);
    for n in 0..5 {
        world.take("web_visit", &format!("p{n}"), &[("page_visited", "/")]);
    }
    let some = world.service.log_entries(2, 2).expect("entries");
    assert_eq!(some.iter().map(|placed| placed.index).collect::<Vec<_>>(), [2, 3]);
    assert!(world.service.log_entries(100, 10).expect("entries").is_empty());
    assert!(world.service.log_entries(0, 0).expect("entries").is_empty());
}
