//! A box of questions as a sentence.

use std::collections::{BTreeMap, BTreeSet};

use upheld_decide::{Action, Axis, Compiled, Form};

use super::cells::Space;

/// Data of an origin.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Atom {
    pub(super) element: String,
    pub(super) point: String,
    pub(super) capacity: String,
    pub(super) giver: String,
}

/// Who, and what for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Errand {
    pub(super) actor: String,
    pub(super) purpose: String,
}

/// What, in which form, with whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Act {
    pub(super) action: Action,
    pub(super) form: Form,
    pub(super) recipient: String,
}

/// The most names that are said one by one.
const MOST_SAID: usize = 6;

/// `ACTORS may use DATA of KINDS for PURPOSES with RECIPIENTS as …`
pub(super) fn say(
    old: &Compiled,
    new: &Compiled,
    space: &Space,
    atoms: &[&Atom],
    errands: &[&Errand],
    acts: &[&Act],
) -> String {
    let set = |names: &mut dyn Iterator<Item = &String>| -> BTreeSet<String> { names.cloned().collect() };
    let elements = set(&mut atoms.iter().map(|atom| &atom.element));
    let all_elements = set(&mut space.atoms.iter().map(|atom| &atom.element));
    let kinds = set(&mut atoms.iter().map(|atom| &atom.capacity));
    let all_kinds =
        set(&mut space.atoms.iter().filter(|atom| elements.contains(&atom.element)).map(|atom| &atom.capacity));
    let points = set(&mut atoms.iter().map(|atom| &atom.point));
    let all_points =
        set(&mut space.atoms.iter().filter(|atom| elements.contains(&atom.element)).map(|atom| &atom.point));
    let actors = set(&mut errands.iter().map(|errand| &errand.actor));
    let purposes = set(&mut errands.iter().map(|errand| &errand.purpose));
    let all_purposes = set(&mut space.errands.iter().map(|errand| &errand.purpose));
    let recipients = set(&mut acts.iter().map(|act| &act.recipient).filter(|name| !name.is_empty()));
    let all_recipients = set(&mut space.acts.iter().map(|act| &act.recipient).filter(|name| !name.is_empty()));
    let actions: Vec<&str> = {
        let mut seen = Vec::new();
        for act in acts {
            if !seen.contains(&act.action.word()) {
                seen.push(act.action.word());
            }
        }
        seen
    };
    let axes = |axis: fn(&Compiled) -> &Axis| [axis(new), axis(old)];
    let data = grouped(&axes(|policy| &policy.names.data), &elements, &all_elements);
    let mut out =
        format!("{} may {} {}", listed(&actors.into_iter().collect::<Vec<_>>()), actions.join(", "), listed(&data));
    if kinds != all_kinds || kinds.len() == 1 {
        out.push_str(&format!(" of {}", listed(&kinds.into_iter().collect::<Vec<_>>())));
    }
    if points != all_points {
        out.push_str(&format!(" taken at {}", listed(&points.into_iter().collect::<Vec<_>>())));
    }
    if !recipients.is_empty() {
        let with = grouped(&axes(|policy| &policy.names.recipients), &recipients, &all_recipients);
        out.push_str(&format!(" with {}", listed(&with)));
    }
    let purposes = grouped(&axes(|policy| &policy.names.purposes), &purposes, &all_purposes);
    out.push_str(&format!(" for {}", listed(&purposes)));
    if !acts.iter().any(|act| act.form == Form::Identified) {
        let pseudonym = acts.iter().any(|act| act.form == Form::Pseudonymous);
        let least = acts.iter().filter_map(|act| match act.form {
            Form::Aggregate(k) => Some(k),
            _ => None,
        });
        match (pseudonym, least.min()) {
            (true, _) => out.push_str(" as pseudonym"),
            (false, Some(k)) => out.push_str(&format!(" as aggregate of {k}")),
            (false, None) => {}
        }
    }
    out
}

/// Names, and in place of all that stands below one the name above them.
pub(crate) fn grouped(axes: &[&Axis], names: &BTreeSet<String>, all: &BTreeSet<String>) -> Vec<String> {
    if names.len() < 2 {
        return names.iter().cloned().collect();
    }
    let mut left = names.clone();
    let mut out: BTreeSet<String> = BTreeSet::new();
    let mut groups: Vec<(BTreeSet<String>, String)> = Vec::new();
    for axis in axes {
        // What stands below each name, found from below: most names have few above them.
        let mut below: BTreeMap<u16, BTreeSet<String>> = BTreeMap::new();
        for (name, id) in all.iter().filter_map(|name| Some((name, axis.id(name)?))) {
            for above in axis.above(id).into_iter().filter(|above| *above != id) {
                below.entry(above).or_default().insert(name.clone());
            }
        }
        for (id, below) in below {
            if below.len() > 1 && below.is_subset(names) && !axis.name(id).is_empty() {
                groups.push((below, axis.name(id).to_owned()));
            }
        }
    }
    groups.sort_by(|a, b| (std::cmp::Reverse(a.0.len()), &a.1).cmp(&(std::cmp::Reverse(b.0.len()), &b.1)));
    for (below, group) in groups {
        if below.iter().filter(|name| left.contains(*name)).count() > 1 {
            left.retain(|name| !below.contains(name) && *name != group);
            out.insert(group);
        }
    }
    out.extend(left);
    out.into_iter().collect()
}

/// Names with commas; of very many the first and how many more there are.
pub(super) fn listed(names: &[String]) -> String {
    if names.len() <= MOST_SAID + 1 {
        return names.join(", ");
    }
    let said = names.get(..MOST_SAID).unwrap_or_default();
    format!("{} and {} more", said.join(", "), names.len() - said.len())
}
