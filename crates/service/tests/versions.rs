//! Data remembers its policy: what becomes of values when another version is in force.

mod support;

use support::{World, done, human, reading, record, refused, site};
use upheld_decide::Reason;
use upheld_service::Caller;

const FRONT: &str = "---\nupheld: 1\ntitle: Privacy\ncontroller: Example\ncontact: privacy@example.org\nversion: VERSION\n\
effective: 2026-01-01\ncovers: www.example.org\n---\n\n# Privacy\n\n## Rules\n\nWhat we do.\n\n```upheld\n";

fn policy(version: &str, rules: &str) -> String {
    format!("{}{rules}```\n", FRONT.replace("VERSION", version))
}

fn at_the_counter() -> Caller {
    Caller { points: vec!["desk".to_owned()], ..site() }
}

// R74
#[test]
fn what_was_taken_under_an_old_name_reads_as_the_new_one() {
    let first = policy(
        "1",
        "person customer \"Buys\"\npoint desk is event\nrole office, works on mailing\npurpose mailing is message\n\
         data home_address is contact, identifying \"Where letters go\"\n\
         we collect home_address of customer at desk for mailing\nnew purposes apply to data collected afterwards\n",
    );
    let world = World::memory(&first);
    done(world.service.collect(&at_the_counter(), record("desk", "ann", &[("home_address", "1 Elm Row")])).unwrap());
    let renamed = "person buyer \"Buys\"\npoint counter is event\nrole office, works on letters\n\
        purpose letters is message\ndata post_address is contact, identifying \"Where letters go\"\n\
        we collect post_address of buyer at counter for letters\nnew purposes apply to data collected afterwards\n";
    world.put_into_force_after_notice(&policy("2", renamed));
    refused(
        &world.service.use_(&human("office"), reading("ann", &["post_address"], "letters")).unwrap(),
        Reason::NotHeld,
    );
    let said = format!(
        "{renamed}renamed post_address from home_address\nrenamed buyer from customer\nrenamed counter from desk\n\
         renamed letters from mailing\n"
    );
    world.put_into_force_after_notice(&policy("3", &said));
    let held = done(world.service.use_(&human("office"), reading("ann", &["post_address"], "letters")).unwrap());
    assert_eq!(held.iter().map(|held| held.value.as_str()).collect::<Vec<_>>(), ["1 Elm Row"]);
}

// R74
#[test]
fn what_people_are_and_chose_under_an_old_name_counts_under_the_new_one() {
    let rules = |kind: &str, point: &str, purpose: &str, renamed: &str| {
        format!(
            "person {kind} \"Buys\"\n  begins at {point}\n  ends at parting\npoint {point}, parting is event\n\
             role office, works on {purpose}, research\npurpose {purpose} is message\n\
             we collect email of {kind} at {point} for {purpose}\nevery person may refuse {purpose}\n\
             we may use email of {kind} for research if {kind}\n{renamed}"
        )
    };
    for world in World::both(&policy("1", &rules("shopper", "desk", "mailing", ""))) {
        for person in ["ann", "bea"] {
            done(
                world
                    .service
                    .collect(&at_the_counter(), record("desk", person, &[("email", "a@example.org")]))
                    .unwrap(),
            );
        }
        done(world.choose("ann", "mailing", false, None));
        let renamed = "renamed buyer from shopper\nrenamed counter from desk\nrenamed letters from mailing\n";
        let second = policy("2", &rules("buyer", "counter", "letters", renamed));
        // Other names for the same are no weaker: no notice and no second person.
        world.service.activate(&second, None, "Ines").expect("nowhere weaker");
        let ask = |person, purpose| world.service.use_(&human("office"), reading(person, &["email"], purpose)).unwrap();
        refused(&ask("ann", "letters"), Reason::Refused);
        done(ask("bea", "letters"));
        done(ask("ann", "research"));
        // What she chooses now counts, and not what she chose before.
        done(world.choose("ann", "letters", true, None));
        done(ask("ann", "letters"));
        done(world.choose("ann", "letters", false, None));
        refused(&ask("ann", "letters"), Reason::Refused);
        // Whoever was a shopper is a buyer until they part.
        let parts = Caller { points: vec!["parting".to_owned()], ..site() };
        done(world.service.collect(&parts, record("parting", "bea", &[])).unwrap());
        refused(&ask("bea", "research"), Reason::Condition);
        world.assert_log_verifies();
    }
}
