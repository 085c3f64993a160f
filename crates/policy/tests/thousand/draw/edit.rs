//! A draft as somebody might change it.

use super::{Draft, next};

impl Draft {
    /// The same with one or two sentences dropped, changed for those of another draft, or asking for what those ask for. Names and
    /// what stands above them stay.
    pub fn edited(&self, other: &Self, seed: &mut u64) -> Self {
        let mut out = self.clone();
        for _ in 0..=next(seed) % 2 {
            let mut pick = |count: usize| usize::try_from(next(seed) % count.max(1) as u64).unwrap();
            let (at, taken) = (pick(out.rules.len()), other.rules[pick(other.rules.len())].clone());
            match pick(18) {
                0 if out.rules.len() > 1 => drop(out.rules.remove(at)),
                1 if !out.rules[at].below.is_empty() => drop(out.rules[at].below.pop()),
                2 => out.rules[at] = taken,
                3..=6 => out.rules[at].phrases.condition = taken.phrases.condition,
                7 => out.rules[at].phrases.on = taken.phrases.on,
                8 => out.choices = other.choices.clone(),
                9 => out.gates = other.gates.clone(),
                10 => out.works_on = other.works_on.clone(),
                11 => out.collects = other.collects.clone(),
                12 => out.collects.push(other.collects[0].clone()),
                13 => out.more.apart = other.more.apart,
                14 => out.more.open = other.more.open,
                15 => out.more.acts_for = other.more.acts_for,
                _ => out.rules.insert(at, taken),
            }
        }
        out
    }
}
