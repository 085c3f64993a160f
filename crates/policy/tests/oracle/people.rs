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
    let bits = |person: &Facts, of: &dyn Fn(bool) -> bool| -> u32 {
        (0..).zip(asked).map(|(at, fact)| u32::from(person.get(fact).is_some_and(|holds| of(*holds))) << at).sum()
    };
    // What is known of each person, and what of it holds.
    let people: BTreeSet<(u32, u32)> =
        people(model, &all).iter().map(|person| (bits(person, &|_| true), bits(person, &|holds| holds))).collect();
    let every = (1_u32 << asked.len()) - 1;
    // By which facts are known and which of these hold.
    let mut out: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for said in 0..=every {
        for holds in (0..=every).filter(|holds| holds & !said == 0) {
            let who = || people.iter().filter(|(known, is)| known & said == said && is & said == holds);
            let holding = who().map(|(_, is)| *is).reduce(|a, b| a & b);
            let failing = who().map(|(known, is)| known & !is).reduce(|a, b| a & b);
            let (Some(holding), Some(failing)) = (holding, failing) else { continue };
            let least = out.entry((holding | failing, holding)).or_insert(usize::MAX);
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
