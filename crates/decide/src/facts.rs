//! Facts about the person now, as a set of bits.
//!
//! A fact is true, false or unknown. It has two bits, "known to hold" and "known not to hold"; unknown sets neither.
//! So a permission's condition asks for bits that must be set, and a prohibition is escaped by bits that must be set:
//! what is not known never opens anything.

use serde::Serialize;

use crate::brackets::Sorts;
use crate::names::{GroundId, Kind, Names};

/// Something that may be true of a person (or of the case that the question rides on) at the moment of the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// The person is of this kind now.
    Is(Kind),
    /// The person has agreed to this choice (index into `Compiled::choices`).
    Agreed(u16),
    /// The person has refused this choice.
    Refused(u16),
    /// An open, complete case of this ground reaches this person or item, this data, this recipient, now.
    On(GroundId),
    /// The person was told by this notice (index into `Compiled::notices`).
    Notified(u16),
}

impl Names {
    /// What one fact, said to hold or not, says of another: who is of a kind is of the kinds above it, who agreed has not
    /// refused, a case of a ground is one of the grounds above it. None: nothing.
    #[must_use]
    pub fn follows(&self, said: Fact, holds: bool, other: Fact) -> Option<bool> {
        // What age and region decide follows from no name above or below, but from all that is known together (`Sorts`).
        let bracketed = |fact| matches!(fact, Fact::Is(kind) if self.brackets.of(kind).is_some());
        if bracketed(said) || bracketed(other) {
            return None;
        }
        match (said, other) {
            (Fact::Is(kind), Fact::Is(above)) if holds => self.kinds.is_within(kind.0, above.0).then_some(true),
            (Fact::Is(above), Fact::Is(kind)) => self.kinds.is_within(kind.0, above.0).then_some(false),
            (Fact::On(ground), Fact::On(above)) if holds => self.grounds.is_within(ground.0, above.0).then_some(true),
            (Fact::On(above), Fact::On(ground)) => self.grounds.is_within(ground.0, above.0).then_some(false),
            (Fact::Agreed(choice), Fact::Refused(same)) | (Fact::Refused(choice), Fact::Agreed(same)) => {
                (holds && choice == same).then_some(false)
            }
            _ => None,
        }
    }
}

impl Names {
    /// All that is known of these facts when something is said of some, perhaps others. None: nobody is all of this.
    #[must_use]
    pub fn known(&self, said: &[(Fact, bool)], asked: &[Fact]) -> Option<FactSet> {
        let mut all = asked.to_vec();
        all.extend(said.iter().map(|(fact, _)| *fact).filter(|fact| !asked.contains(fact)));
        let sorts = Sorts::new(&self.brackets, &all);
        let literals = said.iter().filter_map(|(fact, holds)| {
            let at = all.iter().position(|other| other == fact)?;
            Some(Literal { fact: u16::try_from(at).ok()?, holds: *holds })
        });
        let more = sorts.follow(literals)?;
        let mut out = FactSet::EMPTY;
        for (index, fact) in (0..).zip(asked) {
            let plainly =
                said.iter().filter_map(
                    |(other, holds)| {
                        if other == fact { Some(*holds) } else { self.follows(*other, *holds, *fact) }
                    },
                );
            let follows = more.iter().filter(|literal| literal.fact == index).map(|literal| literal.holds);
            for holds in plainly.chain(follows) {
                out.insert(Literal { fact: index, holds });
            }
        }
        (!out.contradicts()).then_some(out)
    }
}

/// A fact and whether it must hold or must not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Literal {
    /// Index into `Compiled::facts`.
    pub fact: u16,
    /// `true`: known to hold; `false`: known not to hold.
    pub holds: bool,
}

impl Literal {
    /// The same fact, the other way round.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { fact: self.fact, holds: !self.holds }
    }
}

/// The most facts that a policy may distinguish; the compiler reports a policy with more.
pub const MOST_FACTS: usize = 128;

const WORDS: usize = MOST_FACTS * 2 / 64;

/// A set of [`Literal`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FactSet([u64; WORDS]);

impl FactSet {
    /// Nothing is known.
    pub const EMPTY: Self = Self([0; WORDS]);

    /// Adds a literal.
    pub fn insert(&mut self, literal: Literal) {
        let bit = usize::from(literal.fact) * 2 + usize::from(literal.holds);
        if let Some(word) = self.0.get_mut(bit / 64) {
            *word |= 1 << (bit % 64);
        }
    }

    /// Says that a fact holds or does not, in place of what was said before.
    pub fn set(&mut self, fact: u16, holds: bool) {
        self.remove(Literal { fact, holds: !holds });
        self.insert(Literal { fact, holds });
    }

    /// Takes a literal out.
    pub fn remove(&mut self, literal: Literal) {
        let bit = usize::from(literal.fact) * 2 + usize::from(literal.holds);
        if let Some(word) = self.0.get_mut(bit / 64) {
            *word &= !(1 << (bit % 64));
        }
    }

    /// Whether it has this literal.
    #[must_use]
    pub fn has(&self, literal: Literal) -> bool {
        let bit = usize::from(literal.fact) * 2 + usize::from(literal.holds);
        self.0.get(bit / 64).is_some_and(|word| word & (1 << (bit % 64)) != 0)
    }

    /// Whether every literal of `other` is here.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(mine, theirs)| mine & theirs == *theirs)
    }

    /// Whether any literal of `other` is here.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(mine, theirs)| mine & theirs != 0)
    }

    /// Adds all literals of another set.
    pub fn add(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// Whether it says of a fact both that it holds and that it does not.
    #[must_use]
    pub fn contradicts(&self) -> bool {
        // The two bits of a fact lie side by side.
        const NOT: u64 = 0x5555_5555_5555_5555;
        self.0.iter().any(|word| word & (word >> 1) & NOT != 0)
    }

    /// How many literals it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Its literals, lowest fact first.
    pub fn literals(&self) -> impl Iterator<Item = Literal> + '_ {
        self.0.iter().zip(0_u16..).flat_map(|(word, at)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                // The lowest bit that is set, which is then taken away.
                let bit = u16::try_from(left.trailing_zeros()).ok().filter(|bit| *bit < 64)?;
                left &= left - 1;
                let bit = at * 64 + bit;
                Some(Literal { fact: bit / 2, holds: bit % 2 == 1 })
            })
        })
    }
}
