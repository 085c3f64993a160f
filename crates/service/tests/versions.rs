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
