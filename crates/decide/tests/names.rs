//! Names and the graph above them.

use upheld_decide::{Axis, Compiled, Element, FactSet, Ids, OriginId, Purpose, Question, Reason, Recipient};

#[test]
fn a_name_is_below_itself_and_all_above() {
    let mut axis = Axis::default();
    let [contact, identifying, email, work_email] =
        ["contact", "identifying", "email", "work_email"].map(|name| axis.add(name));
    axis.put_under(email, contact);
    axis.put_under(email, identifying);
    axis.put_under(email, identifying);
    axis.put_under(work_email, email);
    assert_eq!(axis.add("email"), email);
    assert_eq!(axis.parents(email), [contact, identifying]);
    assert!(axis.is_within(work_email, contact) && axis.is_within(contact, contact));
    assert!(!axis.is_within(contact, email) && !axis.is_within(contact, identifying));
    assert_eq!(axis.below(contact), [contact, email, work_email]);
    assert_eq!(axis.above(work_email), [contact, identifying, email, work_email]);
    assert_eq!((axis.id("email"), axis.id(""), axis.id("e-mail")), (Some(email), None, None));
    assert_eq!((axis.name(email), axis.name(99), axis.parents(99).len()), ("email", "", 0));
}

#[test]
fn a_circle_does_not_hang() {
    let mut axis = Axis::default();
    let (a, b) = (axis.add("a"), axis.add("b"));
    axis.put_under(a, b);
    axis.put_under(b, a);
    axis.put_under(a, a);
    assert!(axis.is_within(a, b) && axis.is_within(b, a));
    assert_eq!(axis.parents(a), [b]);
}

#[test]
fn ids_of_another_policy_are_refused() {
    let empty = Compiled::default();
    for number in [0, 1, u16::MAX] {
        let ids = Ids {
            action: upheld_decide::Action::Use,
            actor: number.into(),
            element: Element(number),
            origin: OriginId(number),
            form: upheld_decide::Form::Aggregate(u32::MAX),
            purpose: Purpose(number),
            recipient: Recipient(number),
        };
        let decision = empty.table.decide(&ids, &FactSet::EMPTY);
        assert!(!decision.allowed && decision.permissions.is_empty() && decision.prohibitions.is_empty());
    }
    let question = Question { data: vec!["email".to_owned()], ..Question::default() };
    let answer = empty.answer(&question);
    assert_eq!((answer.allowed, answer.reason, answer.lacking), (false, Reason::NotDeclared, vec!["email".to_owned()]));
}
