//! Places of the space as few large boxes: together they are all of them, and without any one they are not.

use std::collections::{BTreeSet, HashSet};

/// A box: every combination of these.
#[derive(Clone, Debug)]
pub(super) struct Boxed {
    pub(super) atoms: BTreeSet<usize>,
    pub(super) errands: BTreeSet<usize>,
    pub(super) acts: BTreeSet<usize>,
    /// How many places it holds.
    pub(super) count: usize,
}

type Place = (usize, usize, usize);

/// Covers places with boxes, the largest that the first uncovered place lies in first.
pub(super) fn cover(places: &[Place]) -> Vec<Boxed> {
    let all: HashSet<Place> = places.iter().copied().collect();
    let mut left: BTreeSet<Place> = places.iter().copied().collect();
    let mut out: Vec<Boxed> = Vec::new();
    while let Some(seed) = left.first().copied() {
        // In which order a box grows decides what becomes of it; the largest of all orders is taken.
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let largest = orders.into_iter().map(|order| grown(seed, order, places, &all)).max_by_key(|grown| grown.count);
        let Some(largest) = largest else { break };
        left.retain(|place| !holds(&largest, place));
        out.push(largest);
    }
    // A box whose places all lie in others is left out, small ones first.
    out.sort_by_key(|one| one.count);
    let mut at = 0;
    while at < out.len() {
        let others = |place: &Place| out.iter().enumerate().any(|(other, one)| other != at && holds(one, place));
        let needless = out.get(at).is_some_and(|one| every(one).iter().all(others));
        if needless {
            out.remove(at);
        } else {
            at += 1;
        }
    }
    out.reverse();
    out
}

fn holds(one: &Boxed, place: &Place) -> bool {
    one.atoms.contains(&place.0) && one.errands.contains(&place.1) && one.acts.contains(&place.2)
}

fn every(one: &Boxed) -> Vec<Place> {
    let mut out = Vec::with_capacity(one.count);
    for atom in &one.atoms {
        for errand in &one.errands {
            out.extend(one.acts.iter().map(|act| (*atom, *errand, *act)));
        }
    }
    out
}

/// The box around a place that grows along one axis after the other as far as it may.
fn grown(seed: Place, order: [usize; 3], places: &[Place], all: &HashSet<Place>) -> Boxed {
    let mut sides = [BTreeSet::from([seed.0]), BTreeSet::from([seed.1]), BTreeSet::from([seed.2])];
    for axis in order {
        let candidates: BTreeSet<usize> = places.iter().map(|place| part(place, axis)).collect();
        for candidate in candidates {
            let mut wider = sides.clone();
            if let Some(side) = wider.get_mut(axis) {
                *side = BTreeSet::from([candidate]);
            }
            let [atoms, errands, acts] = &wider;
            let fits = atoms
                .iter()
                .all(|atom| errands.iter().all(|errand| acts.iter().all(|act| all.contains(&(*atom, *errand, *act)))));
            if fits && let Some(side) = sides.get_mut(axis) {
                side.insert(candidate);
            }
        }
    }
    let [atoms, errands, acts] = sides;
    let count = atoms.len() * errands.len() * acts.len();
    Boxed { atoms, errands, acts, count }
}

const fn part(place: &Place, axis: usize) -> usize {
    match axis {
        0 => place.0,
        1 => place.1,
        _ => place.2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // R103
    #[test]
    fn boxes_are_all_of_it_and_none_can_be_left_out() {
        let mut seed = 7_u32;
        for _ in 0..300 {
            let mut places = Vec::new();
            for place in 0..64 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if seed >> 24 < 120 {
                    places.push((place / 16, place / 4 % 4, place % 4));
                }
            }
            let boxes = cover(&places);
            for place in 0..64 {
                let place = (place / 16, place / 4 % 4, place % 4);
                assert_eq!(boxes.iter().any(|one| holds(one, &place)), places.contains(&place));
            }
            for one in 0..boxes.len() {
                let rest = |place: &Place| boxes.iter().enumerate().any(|(at, other)| at != one && holds(other, place));
                assert!(!places.iter().all(rest), "a line that says nothing of its own");
            }
        }
    }
}
