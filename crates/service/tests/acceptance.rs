//! What people accept by use: once for each version, as implied, with an entry; of nobody known without a name.

mod support;

use support::{BAKERY, World, days, done, record, refused, site};
use upheld_decide::{Accepted, Reason};
use upheld_service::{Answered, Collect};

fn policy(version: u32) -> String {
    let line = "we keep order_details, allergy 10 days after order_form";
    let accepts = "every person accepts this policy, its terms by use at order_form, web_visit";
    let policy = BAKERY.replace(line, &format!("we keep order_details, allergy 1 year after order_form\n{accepts}"));
    policy.replacen("version: 1", &format!("version: {version}"), 1)
}

fn entries(world: &World) -> Vec<(String, Option<String>)> {
    let accepts = world.log().into_iter().filter(|entry| entry.verb == "accept");
    accepts.map(|entry| (entry.version.clone(), entry.subject.clone())).collect()
}

#[test]
fn it_is_noted_once_for_each_version_and_shown() {
    for world in World::both(&policy(1)) {
        world.join("ann");
        assert!(entries(&world).is_empty(), "joining counts for nothing here");
        for _ in 0..3 {
            world.take("order_form", "ann", &[("order_details", "a loaf")]);
            world.clock.advance(days(1));
        }
        let noted = entries(&world);
        assert_eq!(noted.len(), 1, "{noted:?}");
        assert!(noted[0].0 == "1" && noted[0].1.is_some());
        let entry = world.log().into_iter().find(|entry| entry.verb == "accept").expect("an entry");
        assert_eq!(entry.details.get("implied").map(String::as_str), Some("by use"));
        assert_eq!(entry.details.get("accepted").map(String::as_str), Some("policy, terms"));
        assert_eq!(entry.details.get("host").map(String::as_str), Some("shop.tern.example"));

        world.put_into_force_after_notice(&policy(2));
        assert_eq!(entries(&world).len(), 1, "nobody was back");
        world.take("order_form", "ann", &[("order_details", "a cake")]);
        world.take("order_form", "ann", &[("order_details", "a bun")]);
        assert_eq!(entries(&world).iter().map(|(version, _)| version.as_str()).collect::<Vec<_>>(), ["1", "2"]);

        let Answered::Access(access) = done(world.ask("ann", "see", &[])) else { panic!("an answer") };
        let seen: Vec<_> = access.accepted.iter().map(|one| (one.what, one.version.as_str(), one.implied)).collect();
        let expected = [
            (Accepted::Policy, "1", true),
            (Accepted::Terms, "1", true),
            (Accepted::Policy, "2", true),
            (Accepted::Terms, "2", true),
        ];
        assert_eq!(seen, expected);
        assert_eq!(
            (access.accepted[0].point.as_str(), access.accepted[0].host.as_deref()),
            ("order_form", Some("shop.tern.example"))
        );
        assert!(access.choices.is_empty(), "it is no choice");
        let counts = world.service.accepted_by_use().expect("the counts");
        let counts: Vec<_> = counts.iter().map(|one| (one.what.as_str(), one.version.as_str(), one.people)).collect();
        assert_eq!(counts, [("policy", "1", 1), ("terms", "1", 1), ("policy", "2", 1), ("terms", "2", 1)]);
        world.assert_log_verifies();
    }
}

#[test]
fn a_refused_record_counts_for_nothing_and_one_of_nobody_names_nobody() {
    for world in World::both(&policy(1)) {
        let elsewhere = Collect {
            r#in: Some("www.elsewhere.example/".to_owned()),
            ..record("web_visit", "bob", &[("page_visited", "/")])
        };
        refused(&world.service.collect(&site(), elsewhere).expect("an answer"), Reason::NotCovered);
        assert!(entries(&world).is_empty());
        let nobody = Collect { person: None, ..record("web_visit", "", &[("page_visited", "/")]) };
        done(world.service.collect(&site(), nobody).expect("an answer"));
        assert!(entries(&world).is_empty());
        let last = world.log().pop().expect("an entry");
        assert_eq!((last.verb.as_str(), last.subject), ("collect", None));
        assert_eq!(last.details.get("accepted").map(String::as_str), Some("policy, terms"));
        assert_eq!(last.details.get("implied").map(String::as_str), Some("by use"));
        world.take("web_visit", "bob", &[("page_visited", "/")]);
        assert_eq!(entries(&world).len(), 1);
        // Whoever is forgotten leaves no such note.
        world.clock.advance(days(400));
        world.service.sweep().expect("swept");
        assert!(world.service.accepted_by_use().expect("the counts").is_empty());
    }
}
