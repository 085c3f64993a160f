//! Which people there can be: what follows from what is known of somebody, and what excludes each other.

use upheld_decide::{Fact, FactSet, Literal, MOST_FACTS, Names, Sorts};

/// The facts of a policy with what follows from each.
#[derive(Clone, Debug)]
pub(crate) struct People {
    /// For each literal, by twice its fact and one more where it holds: itself and all that follows from it.
    follows: Vec<FactSet>,
    /// What age and region say of several kinds together.
    sorts: Sorts,
}

impl People {
    pub(crate) fn new(names: &Names, facts: &[Fact]) -> Self {
        let facts = facts.get(..facts.len().min(MOST_FACTS)).unwrap_or_default();
        let literals = || (0..).zip(facts).flat_map(|(fact, what)| [(fact, false, *what), (fact, true, *what)]);
        let follows = literals()
            .map(|(fact, holds, said)| {
                let mut out = FactSet::EMPTY;
                out.insert(Literal { fact, holds });
                for (other, what) in (0..).zip(facts) {
                    if let Some(holds) = names.follows(said, holds, *what) {
                        out.insert(Literal { fact: other, holds });
                    }
                }
                out
            })
            .collect();
        Self { follows, sorts: Sorts::new(&names.brackets, facts) }
    }

    /// What follows from one literal, itself included.
    pub(crate) fn from(&self, literal: Literal) -> FactSet {
        let mut out = self.plainly(literal);
        for more in self.sorts.follow(std::iter::once(literal)).unwrap_or_default() {
            out.insert(more);
        }
        out
    }

    fn plainly(&self, literal: Literal) -> FactSet {
        let at = usize::from(literal.fact) * 2 + usize::from(literal.holds);
        self.follows.get(at).copied().unwrap_or_default()
    }

    /// All that follows from what is known: of a kind, also of those above; agreed, not refused; and the reverse; under 13, also
    /// under 16. None when some of it excludes another part: no such person exists.
    pub(crate) fn possible(&self, known: &FactSet) -> Option<FactSet> {
        let mut whole = *known;
        for literal in known.literals() {
            whole.add(&self.plainly(literal));
        }
        for more in self.sorts.follow(known.literals())? {
            whole.insert(more);
        }
        (!whole.contradicts()).then_some(whole)
    }

    /// The same said in fewer words: without what follows from the rest.
    pub(crate) fn fewest(&self, known: &FactSet) -> FactSet {
        let mut out = *known;
        for literal in known.literals() {
            let mut fewer = out;
            fewer.remove(literal);
            if self.possible(&fewer).is_some_and(|rest| rest.has(literal)) {
                out = fewer;
            }
        }
        out
    }
}
