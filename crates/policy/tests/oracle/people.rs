//! Everybody of whom anything may be known.

use std::collections::{BTreeMap, BTreeSet};

use upheld_decide::Compiled;
use upheld_policy::model::Model;

use crate::clashes::people;
use crate::draw;
use crate::reading::Facts;

/// More facts than these make more states than a test can go through.
const MOST_FACTS: usize = 5;

/// What may be known of somebody, and the fewest facts that tell as much, in order of these. None: there is too much of it.
///
/// To know something is to know all that is the same in everybody of whom it is true.
pub fn states(model: &Model, compiled: &Compiled) -> Option<Vec<(usize, Facts)>> {
    let (all, asked) = (draw::facts(model), &compiled.facts);
    if asked.len() > MOST_FACTS || all.len() > 2 * MOST_FACTS {
        return None;
    }
    // Of facts for which no rule asks nothing depends: two people whom only such tell apart are one.
    let bits = |person: Facts| (0..).zip(asked).map(|(at, fact)| u32::from(person[fact]) << at).sum();
    let people: BTreeSet<u32> = people(model, &all).into_iter().map(bits).collect();
    let every = (1_u32 << asked.len()) - 1;
    // By which facts are known and which of these hold.
    let mut out: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for said in 0..=every {
        for holds in (0..=every).filter(|holds| holds & !said == 0) {
            let who = || people.iter().filter(|person| **person & said == holds);
            let (Some(all), Some(some)) = (who().copied().reduce(|a, b| a & b), who().copied().reduce(|a, b| a | b))
            else {
                continue;
            };
            let least = out.entry((all | (every & !some), all)).or_insert(usize::MAX);
            *least = (*least).min(said.count_ones() as usize);
        }
    }
    let facts = |known: u32, holds: u32| -> Facts {
        let known = (0..).zip(asked).filter(|(at, _)| known & (1 << at) != 0);
        known.map(|(at, fact)| (*fact, holds & (1 << at) != 0)).collect()
    };
    let mut out: Vec<(usize, Facts)> =
        out.into_iter().map(|((known, holds), least)| (least, facts(known, holds))).collect();
    out.sort();
    Some(out)
}
