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

/// What a walk finds is what the graph says, read plainly: `a` is within `b` when a chain of parents leads there.
#[test]
fn above_and_below_are_what_chains_of_parents_reach() {
    let mut state = 7_u32;
    let mut draw = |below: u16| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u16::try_from((state >> 8) % u32::from(below)).expect("it fits")
    };
    for size in [1, 2, 5, 20, 60, 90] {
        let mut axis = Axis::default();
        for n in 0..size {
            axis.add(&format!("n{n}"));
        }
        for _ in 0..size * 2 {
            let (child, parent) = (draw(size), draw(size));
            axis.put_under(child, parent);
        }
        let n = usize::from(size);
        let mut reach = vec![vec![false; n]; n];
        for id in axis.ids() {
            reach[usize::from(id)][usize::from(id)] = true;
        }
        for _ in 0..n {
            for id in axis.ids() {
                for parent in axis.parents(id) {
                    let above = reach[usize::from(*parent)].clone();
                    for (reached, above) in reach[usize::from(id)].iter_mut().zip(above) {
                        *reached |= above;
                    }
                }
            }
        }
        for id in axis.ids() {
            let above: Vec<u16> = axis.ids().filter(|to| reach[usize::from(id)][usize::from(*to)]).collect();
            let below: Vec<u16> = axis.ids().filter(|from| reach[usize::from(*from)][usize::from(id)]).collect();
            assert_eq!((axis.above(id), axis.below(id)), (above.clone(), below), "{size}: {id}");
            for to in axis.ids() {
                assert_eq!(axis.is_within(id, to), above.contains(&to));
            }
        }
    }
    assert_eq!((Axis::default().above(3), Axis::default().below(3)), (Vec::new(), Vec::new()));
}
