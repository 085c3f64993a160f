//! Random days of three people against a plain reading of the bakery's policy that shares no code with the service.

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use support::{BAKERY, World, days, human, reading};
use upheld_decide::Reason;
use upheld_service::Question;

const PEOPLE: [&str; 3] = ["ann", "bob", "cem"];

/// Something that happens.
#[derive(Clone, Debug)]
enum Event {
    Join,
    Leave,
    Note,
    Order,
    Refuse(bool),
    Erase(&'static str),
    Sweep,
    Days(u64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => Just(Event::Join),
        2 => Just(Event::Leave),
        2 => Just(Event::Note),
        2 => Just(Event::Order),
        2 => any::<bool>().prop_map(Event::Refuse),
        1 => prop_oneof![Just("contact"), Just("account")].prop_map(Event::Erase),
        1 => Just(Event::Sweep),
        2 => (1_u64..8).prop_map(Event::Days),
    ]
}

/// A value as the plain reading has it.
#[derive(Clone, Debug)]
struct Value {
    element: &'static str,
    value: String,
    taken: Timestamp,
    /// When it closed or will.
    ends: Option<Timestamp>,
}

/// A person as the plain reading has them. Somebody of whom nothing is held is nobody known.
#[derive(Clone, Debug, Default)]
struct Person {
    values: Vec<Value>,
    member: bool,
    was_member: bool,
    refused: bool,
}

impl Person {
    fn take(&mut self, element: &'static str, value: String, taken: Timestamp, ends: Option<Timestamp>) {
        self.values.push(Value { element, value, taken, ends });
    }

    fn forget_if_empty(&mut self) {
        if self.values.is_empty() {
            *self = Self::default();
        }
    }

    /// What may be read, in order.
    fn open(&self, element: &str, now: Timestamp) -> Vec<String> {
        let open = |value: &&Value| value.element == element && value.ends.is_none_or(|end| end > now);
        let mut values: Vec<String> = self.values.iter().filter(open).map(|value| value.value.clone()).collect();
        values.sort_unstable();
        values
    }
}

struct Model {
    world: World,
    people: BTreeMap<&'static str, Person>,
    now: Timestamp,
    count: u32,
}

impl Model {
    fn new() -> Self {
        let people = PEOPLE.into_iter().map(|person| (person, Person::default())).collect();
        Self { world: World::memory(BAKERY), people, now: support::time(support::BEGINS), count: 0 }
    }

    fn go(&mut self, by: Duration) {
        self.now += by;
        self.world.clock.set(self.now);
    }

    fn happen(&mut self, person: &'static str, event: &Event) {
        // No two things happen at once.
        self.go(Duration::from_millis(1));
        self.count += 1;
        let (now, tag) = (self.now, format!("{person}-{}", self.count));
        let one = self.people.get_mut(person).expect("a person");
        let known = !one.values.is_empty();
        match event {
            Event::Join => {
                let email = format!("{tag}@mail.example");
                self.world.take("sign_up", person, &[("name", &tag), ("email", &email)]);
                one.take("name", tag, now, None);
                one.take("email", email, now, None);
                (one.member, one.was_member) = (true, true);
            }
            Event::Leave => {
                let act = self.world.collect("leaving", person, &[]);
                assert_eq!(act.answer.allowed, one.member, "{person} leaves: {:?}", act.answer);
                if one.member {
                    one.member = false;
                    // Closed when they cease to be a member, once and for all.
                    let kept = one.values.iter_mut().filter(|value| value.element != "order_details");
                    kept.for_each(|value| value.ends = value.ends.or(Some(now)));
                }
            }
            Event::Note => {
                let act = self.world.collect("note", person, &[("member_log", &tag)]);
                assert_eq!(act.answer.allowed, one.member, "a note on {person}: {:?}", act.answer);
                if one.member {
                    one.take("member_log", tag, now, None);
                }
            }
            Event::Order => {
                self.world.take("order_form", person, &[("order_details", &tag)]);
                one.take("order_details", tag, now, Some(now + days(10)));
            }
            Event::Refuse(refuse) => {
                let act = self.world.choose(person, "newsletter", !refuse, Some("link"));
                assert_eq!(act.answer.allowed, one.member, "{person} chooses: {:?}", act.answer);
                if one.member {
                    one.refused = *refuse;
                }
            }
            Event::Erase(group) => {
                let act = self.world.ask(person, "erase", &[group]);
                assert_eq!(act.answer.allowed, known && one.was_member, "{person} erases: {:?}", act.answer);
                if act.answer.allowed {
                    let of_account = *group == "account";
                    one.values.retain(|value| match value.element {
                        "name" | "email" => of_account,
                        "member_log" => !of_account,
                        _ => true,
                    });
                    one.forget_if_empty();
                }
            }
            Event::Sweep => {
                self.world.service.sweep().expect("swept");
                for one in self.people.values_mut() {
                    let before = one.values.len();
                    one.values.retain(|value| value.ends.is_none_or(|end| end > now));
                    if one.values.len() < before {
                        one.forget_if_empty();
                    }
                }
            }
            Event::Days(count) => self.go(days(*count)),
        }
    }

    /// Everything that may be asked is answered as the plain reading has it, by the question and by the act.
    fn compare(&self) {
        for (person, one) in &self.people {
            let news = if one.refused { Vec::new() } else { one.open("email", self.now) };
            for (role, element, purpose, expected) in [
                ("mailer", "email", "newsletter", news),
                ("mailer", "email", "product_notice", one.open("email", self.now)),
                ("support", "member_log", "service_provision", one.open("member_log", self.now)),
                ("shop", "order_details", "ordering", one.open("order_details", self.now)),
                ("mailer", "order_details", "newsletter", Vec::new()),
            ] {
                let act = self.world.use_(role, person, &[element], purpose);
                let mut values: Vec<String> = act.result.iter().flatten().map(|held| held.value.clone()).collect();
                values.sort_unstable();
                assert_eq!(values, expected, "{role} reads {person}'s {element}: {:?}, {one:?}", act.answer);
                assert_eq!(act.answer.allowed, !expected.is_empty(), "{:?}", act.answer);
                // To whom nothing permits it, it is not told whether somebody is known.
                let may_know = (role, element) != ("mailer", "order_details");
                let unknown = act.answer.reason == Reason::NobodyKnown;
                assert_eq!(unknown, may_know && one.values.is_empty(), "{person}: {one:?}");
                let question = Question {
                    person: (*person).to_owned(),
                    data: vec![element.to_owned()],
                    purpose: Some(purpose.to_owned()),
                    ..Question::default()
                };
                assert_eq!(self.world.service.ask(&human(role), question).expect("an answer"), act.answer);
                let act = reading(person, &[element], purpose);
                let again = self.world.service.use_(&human(role), act).expect("an answer");
                assert_eq!(again.answer.allowed, !expected.is_empty(), "the same question has the same answer");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_days_go_as_the_policy_says(happenings in proptest::collection::vec((0..PEOPLE.len(), event()), 1..30)) {
        let mut model = Model::new();
        for (person, event) in &happenings {
            model.happen(PEOPLE[*person], event);
            model.compare();
        }
        model.world.assert_log_verifies();
    }
}

#[test]
fn values_are_told_apart_by_when_they_were_taken() {
    let mut model = Model::new();
    for event in [
        Event::Join,
        Event::Refuse(true),
        Event::Leave,
        Event::Join,
        Event::Note,
        Event::Sweep,
        Event::Leave,
        Event::Order,
        Event::Sweep,
        Event::Join,
        Event::Days(9),
        Event::Erase("contact"),
        Event::Days(2),
        Event::Sweep,
        Event::Join,
    ] {
        model.happen("ann", &event);
        model.compare();
    }
    let taken = model.people["ann"].values.iter().map(|value| value.taken).max();
    assert_eq!(taken, Some(model.now));
}
