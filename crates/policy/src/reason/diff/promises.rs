//! Promises that reach less than before, whether or not anything permits what they forbid.

use std::collections::{BTreeSet, HashSet};

use upheld_decide::{Action, Compiled, Form, OriginId};

use super::cells::{Side, classes, giver};
use super::{Direction, Kind, Line, deciding};

/// The promises of `one` that the other does not make as far: their sentences, and whether some of it is still promised.
fn weaker(one: &Side<'_>, other: &Side<'_>) -> Vec<(u16, bool)> {
    let sides = [one, other];
    let (policy, names) = (one.policy, &one.policy.names);
    let choices: HashSet<u16> = policy.choices.iter().map(|choice| choice.sentence).collect();
    let mut atoms = Vec::new();
    for element in names.data.names() {
        for at in 0..names.origins.len() {
            atoms.push((element.to_owned(), origin(policy, at)));
        }
    }
    let mut errands = Vec::new();
    for actor in names.actors.names() {
        errands.extend(names.purposes.names().map(|purpose| (actor.to_owned(), purpose.to_owned())));
    }
    let steps: BTreeSet<u32> = sides.iter().flat_map(|side| side.policy.table.steps.iter().copied()).collect();
    let totals = std::iter::once(2).chain(steps).filter(|size| *size > 1).map(Form::Aggregate);
    let forms: Vec<Form> = [Form::Identified, Form::Pseudonymous].into_iter().chain(totals).collect();
    let mut acts = Vec::new();
    for action in Action::ALL {
        for form in &forms {
            let with = names.recipients.names().filter(|name| name.is_empty() != action.discloses());
            acts.extend(with.map(|recipient| (action, *form, recipient.to_owned())));
        }
    }
    let (atoms, _) = classes(&atoms, |(element, origin)| sides.map(|side| side.any_atom(element, origin.as_ref())));
    let (errands, _) = classes(&errands, |(actor, purpose)| sides.map(|side| side.any_errand(actor, purpose)));
    let (acts, _) =
        classes(&acts, |(action, form, recipient)| sides.map(|side| side.any_act(*action, *form, recipient)));
    let (mut seen, mut less, mut still) = (HashSet::new(), BTreeSet::new(), BTreeSet::new());
    // Of names that the other does not have: it refuses what says them, whatever it promises.
    let mut unheard = BTreeSet::new();
    for atom in &atoms {
        for errand in &errands {
            for act in &acts {
                let cell = |at: usize| {
                    let (atom, errand, act) = (atom.get(at)?, errand.get(at)?, act.get(at)?);
                    sides.get(at)?.cell((*atom)?, (*errand)?, (*act)?)
                };
                let cells = [cell(0), cell(1)];
                if !seen.insert(cells) {
                    continue;
                }
                let [here, there] = cells;
                let (_, promised) = one.entries(here);
                let (_, also) = other.entries(there);
                if there.is_none() {
                    unheard.extend(promised.iter().map(|entry| entry.sentence));
                    continue;
                }
                for entry in promised.iter().filter(|entry| !choices.contains(&entry.sentence)) {
                    // What lets a question pass there lets it pass here, too.
                    let escapes = one.translated(&entry.facts, other);
                    if also.iter().any(|other| escapes.contains(&other.facts)) {
                        still.insert(entry.sentence);
                    } else {
                        less.insert(entry.sentence);
                    }
                }
            }
        }
    }
    unheard.retain(|sentence| !still.contains(sentence) && !choices.contains(sentence));
    less.append(&mut unheard);
    less.into_iter().map(|sentence| (sentence, still.contains(&sentence))).collect()
}

/// Point, capacity, giver. None: it is not known where the data is from.
fn origin(policy: &Compiled, at: usize) -> Option<[String; 3]> {
    let origin = policy.names.origins.get(at).filter(|_| at != OriginId::UNKNOWN.index())?;
    let names = &policy.names;
    let (point, kind) = (names.points.name(origin.point.0), names.kinds.name(origin.capacity.0));
    Some([point.to_owned(), kind.to_owned(), giver(policy, origin.giver)])
}

/// Lines for promises that go or reach less, and for those that come. What other lines tell is not told again.
pub(super) fn promises(old: &Compiled, new: &Compiled, told: &[Line]) -> Vec<Line> {
    let (before, now) = (Side::new(old), Side::new(new));
    let mut out = Vec::new();
    for (policy, sentences, direction) in
        [(old, weaker(&before, &now), Direction::Weaker), (new, weaker(&now, &before), Direction::Stronger)]
    {
        let gone = direction == Direction::Weaker;
        for (sentence, still) in sentences {
            let cited = deciding(policy, [sentence]);
            let known = |line: &Line| {
                let there = if gone { &line.old } else { &line.new };
                line.direction == direction && cited.iter().any(|one| there.contains(one))
            };
            if told.iter().any(known) {
                continue;
            }
            let words = cited.first().map(|cited| cited.sentence.clone()).unwrap_or_default();
            let kind = match (still, gone) {
                (true, _) => Kind::Changed,
                (false, true) => Kind::Gone,
                (false, false) => Kind::Added,
            };
            let reaches = if gone { "it reached further" } else { "it reaches further" };
            out.push(Line {
                kind,
                direction,
                weakens: gone,
                about: "promise",
                words: format!("promised: {words}"),
                before: if still && gone { vec![reaches.to_owned()] } else { Vec::new() },
                now: if still && !gone { vec![reaches.to_owned()] } else { Vec::new() },
                old: if gone { cited.clone() } else { Vec::new() },
                new: if gone { Vec::new() } else { cited },
                questions: 0,
                reach: None,
            });
        }
    }
    out
}
