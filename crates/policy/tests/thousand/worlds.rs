//! Everybody of whom anything may be known, many at once: what is true of whom is a set of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{BitAnd, BitOr, Not};

use upheld_decide::{Compiled, Fact};
use upheld_policy::model::Model;

use crate::ask;
use crate::reading::{Asked, Facts};

/// More facts than these make more states than a set holds.
pub const MOST_FACTS: usize = 6;

const WORDS: usize = 12;

/// Some of the states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Where([u64; WORDS]);

impl Where {
    pub const NONE: Self = Self([0; WORDS]);
    pub const EVERY: Self = Self([u64::MAX; WORDS]);

    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }

    fn put(&mut self, state: usize) {
        self.0[state / 64] |= 1 << (state % 64);
    }

    /// The first of them.
    pub fn first(&self) -> Option<usize> {
        let word = self.0.iter().position(|word| *word != 0)?;
        Some(word * 64 + self.0[word].trailing_zeros() as usize)
    }
}

impl BitAnd for Where {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] & other.0[at]))
    }
}

impl BitOr for Where {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }
}

impl Not for Where {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0.map(|word| !word))
    }
}

/// Which states know what, by the facts of one policy.
#[derive(Clone, Debug, Default)]
pub struct Worlds {
    known: BTreeMap<Asked, Where>,
    pub every: Where,
}

impl Worlds {
    /// One state.
    pub fn of(facts: &Facts) -> Self {
        let one = Where(std::array::from_fn(|at| u64::from(at == 0)));
        Self { known: facts.iter().map(|(fact, holds)| ((*fact, *holds), one)).collect(), every: one }
    }

    /// Where this is known.
    pub fn known(&self, asked: Asked) -> Where {
        self.known.get(&asked).copied().unwrap_or_default()
    }

    pub fn known_not(&self, (fact, holds): Asked) -> Where {
        self.known((fact, !holds))
    }
}

/// What may be known of somebody: which facts, which of these hold, and the fewest that tell as much.
#[derive(Clone, Debug)]
pub struct State {
    pub least: usize,
    pub known: u32,
    pub holds: u32,
}

/// The states of everybody, by the facts of some policies at once. Facts that read alike are one.
pub struct Everybody {
    words: Vec<String>,
    /// The fewest facts first.
    pub states: Vec<State>,
    every: Where,
}

impl Everybody {
    /// None: there is too much to be known.
    ///
    /// To know something is to know all that is the same in everybody of whom it is true.
    pub fn new(policies: &[(&Model, &Compiled)]) -> Option<Self> {
        let words: BTreeSet<String> = policies
            .iter()
            .flat_map(|(model, compiled)| compiled.facts.iter().map(|fact| model.fact_word(*fact)))
            .collect();
        let all: BTreeSet<String> = policies
            .iter()
            .flat_map(|(model, _)| ask::facts(model).into_iter().map(|fact| model.fact_word(fact)))
            .chain(words.iter().cloned())
            .collect();
        let (words, all) = (Vec::from_iter(words), Vec::from_iter(all));
        if words.len() > MOST_FACTS || all.len() > 14 {
            return None;
        }
        // Of facts for which no rule asks nothing depends: two people whom only such tell apart are one.
        let mut people: BTreeSet<u32> = BTreeSet::new();
        let places: Vec<usize> = words.iter().map(|word| all.iter().position(|other| other == word).unwrap()).collect();
        let rules: Vec<(usize, bool, usize, bool)> =
            policies.iter().flat_map(|(model, _)| excludes(model, &all)).collect();
        for person in 0..1_u32 << all.len() {
            let is = |at: usize, holds: bool| (person & (1 << at) != 0) == holds;
            if rules.iter().all(|(one, holds, other, then)| !is(*one, *holds) || is(*other, *then)) {
                people.insert((0..).zip(&places).map(|(at, place)| u32::from(is(*place, true)) << at).sum());
            }
        }
        let every = (1_u32 << words.len()) - 1;
        let mut out: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        for said in 0..=every {
            for holds in (0..=every).filter(|holds| holds & !said == 0) {
                let who = || people.iter().filter(|person| **person & said == holds);
                let (Some(all), Some(some)) =
                    (who().copied().reduce(|a, b| a & b), who().copied().reduce(|a, b| a | b))
                else {
                    continue;
                };
                let least = out.entry((all | (every & !some), all)).or_insert(usize::MAX);
                *least = (*least).min(said.count_ones() as usize);
            }
        }
        let mut states: Vec<State> =
            out.into_iter().map(|((known, holds), least)| State { least, known, holds }).collect();
        states.sort_by_key(|state| state.least);
        let mut every = Where::NONE;
        (0..states.len()).for_each(|at| every.put(at));
        Some(Self { words, states, every })
    }

    /// Where a word is known to hold, or not to.
    pub fn knowing(&self, word: &str, holds: bool) -> Where {
        let Some(bit) = self.words.iter().position(|other| other == word) else { return Where::NONE };
        let mut out = Where::NONE;
        for (at, state) in self.states.iter().enumerate() {
            if state.known & (1 << bit) != 0 && (state.holds & (1 << bit) != 0) == holds {
                out.put(at);
            }
        }
        out
    }

    pub fn of(&self, model: &Model) -> Worlds {
        let facts = ask::facts(model).into_iter().flat_map(|fact| [(fact, false), (fact, true)]);
        let known = facts.map(|(fact, holds)| ((fact, holds), self.knowing(&model.fact_word(fact), holds)));
        Worlds { known: known.collect(), every: self.every }
    }

    /// In which states all of this is known: `k0 and not agreed u0`; nothing is known everywhere.
    pub fn all_of(&self, words: &str) -> Where {
        words.split(" and ").filter(|word| !word.is_empty()).fold(self.every, |so_far, word| {
            match word.strip_prefix("not ") {
                Some(word) => so_far & self.knowing(word, false),
                None => so_far & self.knowing(word, true),
            }
        })
    }
}

/// What must be true of whoever something is true of, by places of words.
fn excludes(model: &Model, words: &[String]) -> Vec<(usize, bool, usize, bool)> {
    let place = |fact: Fact| words.iter().position(|word| *word == model.fact_word(fact)).unwrap();
    let names = &model.names;
    let mut out = Vec::new();
    for kind in names.kinds.ids() {
        let above = names.kinds.parents(kind).iter();
        out.extend(above.map(|above| (place(Fact::Is(kind.into())), true, place(Fact::Is((*above).into())), true)));
    }
    for ground in names.grounds.ids() {
        let above = names.grounds.parents(ground).iter();
        out.extend(above.map(|above| (place(Fact::On(ground.into())), true, place(Fact::On((*above).into())), true)));
    }
    for (_, choice) in model.choices.iter().zip(0..) {
        out.push((place(Fact::Agreed(choice)), true, place(Fact::Refused(choice)), false));
    }
    out
}
