//! A set of literals is a set: whatever is put in and taken out.

use std::collections::BTreeSet;

use proptest::prelude::*;
use upheld_decide::{FactSet, Literal, MOST_FACTS};

fn literal() -> impl Strategy<Value = Literal> {
    let most = u16::try_from(MOST_FACTS).unwrap();
    (0..most, any::<bool>()).prop_map(|(fact, holds)| Literal { fact, holds })
}

fn built(literals: &[Literal]) -> FactSet {
    let mut out = FactSet::EMPTY;
    for literal in literals {
        out.insert(*literal);
    }
    out
}

proptest! {
    #[test]
    fn it_is_a_set(one in prop::collection::vec(literal(), 0..20), other in prop::collection::vec(literal(), 0..4)) {
        let (set, small) = (built(&one), built(&other));
        let (plain, plain_small): (BTreeSet<Literal>, BTreeSet<Literal>) =
            (one.iter().copied().collect(), other.iter().copied().collect());
        prop_assert_eq!(set.literals().collect::<BTreeSet<_>>(), plain.clone());
        prop_assert_eq!(set.is_empty(), plain.is_empty());
        prop_assert_eq!(set.contains(&small), plain_small.is_subset(&plain));
        prop_assert_eq!(set.meets(&small), !plain_small.is_disjoint(&plain));
        for literal in &other {
            prop_assert_eq!(set.has(*literal), plain.contains(literal));
        }
        let mut without = set;
        for literal in &other {
            without.remove(*literal);
        }
        prop_assert_eq!(without.literals().collect::<BTreeSet<_>>(), plain.difference(&plain_small).copied().collect());
    }

    #[test]
    fn what_is_said_last_stands(facts in prop::collection::vec(literal(), 1..20)) {
        let mut set = FactSet::EMPTY;
        for literal in &facts {
            set.set(literal.fact, literal.holds);
        }
        for literal in set.literals() {
            prop_assert!(!set.has(literal.negated()), "{literal:?} both ways");
            let last = facts.iter().rev().find(|said| said.fact == literal.fact);
            prop_assert_eq!(last.map(|said| said.holds), Some(literal.holds));
        }
    }
}

#[test]
fn a_fact_beyond_the_last_is_not_there() {
    let beyond = Literal { fact: u16::MAX, holds: true };
    let mut set = FactSet::EMPTY;
    set.insert(beyond);
    assert!(set.is_empty() && !set.has(beyond));
    // An empty demand is met by anybody, and nobody escapes by it.
    assert!(FactSet::EMPTY.contains(&FactSet::EMPTY) && !FactSet::EMPTY.meets(&FactSet::EMPTY));
}
