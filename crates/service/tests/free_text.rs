//! What never stands in free text is gone before anything is stored: how often is told, and never what it was.

mod support;

use support::{World, done, human, session};
use upheld_service::{Answered, Ask, Change, Line, Lines};

const POLICY: &str = include_str!("../../policy/tests/data/meaning/free_text.md");
const CARD: &str = "4111 1111 1111 1111";

/// The policy on the host of the tests, without its scenarios: its text lies in the store, too.
fn policy() -> String {
    let rules = POLICY.split("```scenario").next().unwrap_or_default();
    rules.replace("www.example.org", "www.tern.example")
}

// R122
#[test]
fn what_was_taken_out_lies_nowhere_and_is_counted() {
    let world = World::file(&policy());
    let taken = world.take("sign_up", "ann", &[("remark", "4111 1111 1111 1111 and ann@example.org")]);
    assert_eq!(taken.taken_out, 2);
    assert_eq!(world.take_item("mail_in", "ann", "m1", &[("support_mail", CARD)]).taken_out, 1);
    assert_eq!(world.take_item("mail_in", "ann", "m2", &[("support_mail", "hello")]).taken_out, 0);
    let change = Change {
        person: "ann".to_owned(),
        element: "remark".to_owned(),
        value: format!("{CARD}, {CARD}"),
        purpose: Some("customer_care".to_owned()),
        ..Change::default()
    };
    assert_eq!(done(world.service.change(&human("support"), change).expect("an answer")).taken_out, 2);
    let ask = Ask {
        right: "correct".to_owned(),
        data: vec!["remark".to_owned()],
        to: Some(CARD.to_owned()),
        ..Ask::default()
    };
    let Answered::Altered(altered) = done(world.service.request(&session("ann"), ask).expect("an answer")) else {
        panic!("a correction")
    };
    assert_eq!((altered.altered, altered.taken_out), (1, 1));
    let counts: Vec<_> = world.log().iter().filter_map(|entry| entry.details.get("taken_out").cloned()).collect();
    assert_eq!(counts, ["2", "1", "2", "1"]);
    let bytes = world.bytes();
    for gone in ["4111", "ann@example"] {
        assert!(!support::is_in(&bytes, gone.as_bytes()), "{gone}");
        assert!(world.log().iter().all(|entry| !format!("{entry:?}").contains(gone)), "{gone}");
    }
    assert_eq!(world.read("support", "ann", &["remark"], "customer_care"), ["[card_number]"]);
    world.assert_log_verifies();
}

#[test]
fn lines_of_a_log_are_cleaned_too() {
    let policy = policy().replace(
        "point mail_in is mail\n",
        "point mail_in is mail\nperson visitor\npoint web_visit is visit in covers\n\
         data search_words is usage, without card_number \"What was looked for\"\n\
         we may collect search_words of visitor at web_visit for customer_care\n\
         we keep search_words 1 year after web_visit\n",
    );
    let world = World::file(&policy);
    let values = support::pairs(&[("search_words", CARD)]);
    let lines = Lines {
        point: "web_visit".to_owned(),
        r#in: Some("www.tern.example/".to_owned()),
        records: vec![Line { at: support::time(support::BEGINS), values }],
        until: 1,
        ..Lines::default()
    };
    let act = world.service.collect_lines(&support::site(), lines).expect("an answer");
    assert_eq!(done(act).taken_out, 1);
    assert!(!support::is_in(&world.bytes(), b"4111"));
}
