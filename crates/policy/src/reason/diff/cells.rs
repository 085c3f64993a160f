//! Decisions: both tables over the union of their names, cell by cell.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use upheld_decide::{
    Action, Axis, Compiled, Element, Entry, Fact, FactSet, Form, Giver, Literal, OriginId, Purpose, Recipient,
};

use super::cover::{Boxed, cover};
use super::reach::Reach;
use super::words::{Act, Atom, Errand, say};
use super::{Direction, Kind, Line, deciding};
use crate::reason::People;

/// The acts over which decisions are compared; what is taken in is compared point by point.
const ACTS: [Action; 8] = [
    Action::Use,
    Action::Change,
    Action::Erase,
    Action::Block,
    Action::Share,
    Action::Rent,
    Action::Sell,
    Action::Transfer,
];

/// The most ways of being allowed that one cell is taken apart into.
const MOST_WAYS: usize = 200;

/// The most steps that are spent on one cell.
const MOST_STEPS: usize = 20_000;

pub(super) fn decisions(old: &Compiled, new: &Compiled) -> Vec<Line> {
    let sides = [Side::new(old), Side::new(new)];
    let space = Arc::new(Space::new(old, new));
    let (atoms, atom_of) = classes(&space.atoms, |atom| sides.each_ref().map(|side| side.atom(atom)));
    let (errands, errand_of) = classes(&space.errands, |errand| sides.each_ref().map(|side| side.errand(errand)));
    let (acts, act_of) = classes(&space.acts, |act| sides.each_ref().map(|side| side.act(act)));
    let mut known: HashMap<[Option<u32>; 2], Option<Change>> = HashMap::new();
    let mut groups: BTreeMap<Change, Vec<(usize, usize, usize)>> = BTreeMap::new();
    for (atom, of_atom) in atoms.iter().enumerate() {
        for (errand, of_errand) in errands.iter().enumerate() {
            for (act, of_act) in acts.iter().enumerate() {
                let cell = |side: usize| {
                    let (atom, errand, act) = (of_atom.get(side)?, of_errand.get(side)?, of_act.get(side)?);
                    sides.get(side)?.cell((*atom)?, (*errand)?, (*act)?)
                };
                let cells = [cell(0), cell(1)];
                let change = known.entry(cells).or_insert_with(|| compare(&sides, cells));
                if let Some(change) = change {
                    groups.entry(change.clone()).or_default().push((atom, errand, act));
                }
            }
        }
    }
    let mut out = Vec::new();
    for (change, places) in groups {
        for Boxed { atoms, errands, acts, count } in cover(&places) {
            let names = |of: &[usize], wanted: &BTreeSet<usize>| -> Vec<usize> {
                of.iter().enumerate().filter(|(_, class)| wanted.contains(class)).map(|(at, _)| at).collect()
            };
            let reach = Reach {
                space: Arc::clone(&space),
                atoms: names(&atom_of, &atoms),
                errands: names(&errand_of, &errands),
                acts: names(&act_of, &acts),
            };
            out.push(Line {
                kind: change.kind,
                direction: match change.kind {
                    Kind::NewlyPermitted | Kind::Loosened => Direction::Weaker,
                    Kind::NewlyForbidden | Kind::Tightened => Direction::Stronger,
                    _ => Direction::Either,
                },
                about: "decision",
                words: say(old, new, &space, &reach.atoms(), &reach.errands(), &reach.acts()),
                before: change.before.clone(),
                now: change.now.clone(),
                old: deciding(old, change.old.iter().copied()),
                new: deciding(new, change.new.iter().copied()),
                questions: count,
                reach: Some(reach),
            });
        }
    }
    out
}

/// What is between two cells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    kind: Kind,
    before: Vec<String>,
    now: Vec<String>,
    old: Vec<u16>,
    new: Vec<u16>,
}

/// One policy with what its table says.
struct Side<'p> {
    policy: &'p Compiled,
    people: People,
}

/// A way of being allowed: the fewest facts, and the permission.
type Way = (FactSet, u16);

impl<'p> Side<'p> {
    fn new(policy: &'p Compiled) -> Self {
        Self { policy, people: People::new(&policy.names, &policy.facts) }
    }

    fn atom(&self, atom: &Atom) -> Option<u16> {
        let names = &self.policy.names;
        let element = names.data.id(&atom.element)?;
        let origin = names.origins.iter().enumerate().skip(1).find(|(_, origin)| {
            names.points.name(origin.point.0) == atom.point
                && names.kinds.name(origin.capacity.0) == atom.capacity
                && giver(self.policy, origin.giver) == atom.giver
        })?;
        // Nobody asks for what is open: a question names a member.
        if names.open_data.contains(&Element(element)) {
            return None;
        }
        // What a policy does not take in so it does not hold.
        let taken = self.policy.points.iter().flat_map(|point| &point.takes);
        let id = OriginId(u16::try_from(origin.0).ok()?);
        taken.clone().any(|taken| taken.element == Element(element) && taken.origin == id).then_some(())?;
        let table = &self.policy.table;
        table.atoms.get(usize::from(element) * table.origins as usize + origin.0).copied()
    }

    fn errand(&self, errand: &Errand) -> Option<u16> {
        let names = &self.policy.names;
        let (actor, purpose) = (names.actors.id(&errand.actor)?, names.purposes.id(&errand.purpose)?);
        if names.open_purposes.contains(&Purpose(purpose)) {
            return None;
        }
        let table = &self.policy.table;
        table.errands.get(usize::from(actor) * table.purposes as usize + usize::from(purpose)).copied()
    }

    fn act(&self, act: &Act) -> Option<u16> {
        let table = &self.policy.table;
        // Nobody: an act that discloses nothing.
        let recipient = if act.recipient.is_empty() { 0 } else { self.policy.names.recipients.id(&act.recipient)? };
        if self.policy.names.open_recipients.contains(&Recipient(recipient)) {
            return None;
        }
        let at = act.action.index() * table.forms() + table.form(act.form);
        table.acts.get(at * table.recipients as usize + usize::from(recipient)).copied()
    }

    fn cell(&self, atom: u16, errand: u16, act: u16) -> Option<u32> {
        let table = &self.policy.table;
        let pair = table.pairs.get(usize::from(atom) * table.errand_classes as usize + usize::from(errand))?;
        table.cells.get(*pair as usize * table.act_classes as usize + usize::from(act)).copied()
    }

    fn entries(&self, cell: Option<u32>) -> (&[Entry], &[Entry]) {
        let table = &self.policy.table;
        let span = cell.and_then(|cell| table.spans.get(cell as usize));
        let Some((start, middle, end)) = span else { return (&[], &[]) };
        let part = |from: u32, to: u32| table.entries.get(from as usize..to as usize).unwrap_or_default();
        (part(*start, *middle), part(*middle, *end))
    }

    /// All that it takes to be allowed, none of it more than it takes. None: there are too many ways to tell.
    fn ways(&self, cell: Option<u32>) -> Option<Vec<Way>> {
        let (permissions, prohibitions) = self.entries(cell);
        let mut out: Vec<Way> = Vec::new();
        let mut steps = 0;
        for permission in permissions {
            self.escape(permission.facts, prohibitions, permission.sentence, &mut out, &mut steps)?;
        }
        // A way that asks for all that another asks for, and more, is none of its own.
        let all = out.clone();
        out.retain(|(facts, _)| {
            let whole = self.people.possible(facts).unwrap_or(*facts);
            !all.iter().any(|(other, _)| other != facts && whole.contains(other))
        });
        out.sort_unstable();
        out.dedup();
        Some(out)
    }

    fn escape(
        &self,
        said: FactSet,
        prohibitions: &[Entry],
        sentence: u16,
        out: &mut Vec<Way>,
        steps: &mut usize,
    ) -> Option<()> {
        *steps += 1;
        if *steps > MOST_STEPS || out.len() > MOST_WAYS {
            return None;
        }
        let Some(known) = self.people.possible(&said) else { return Some(()) };
        let Some(next) = prohibitions.iter().position(|entry| !known.meets(&entry.facts)) else {
            out.push((self.people.fewest(&said), sentence));
            return Some(());
        };
        let rest = prohibitions.get(next + 1..).unwrap_or_default();
        for literal in prohibitions.get(next)?.facts.literals().filter(|literal| !known.has(literal.negated())) {
            let mut more = said;
            more.insert(literal);
            self.escape(more, rest, sentence, out, steps)?;
        }
        Some(())
    }

    fn allowed(&self, cell: Option<u32>, said: &FactSet) -> bool {
        let (permissions, prohibitions) = self.entries(cell);
        let Some(known) = self.people.possible(said) else { return false };
        permissions.iter().any(|entry| known.contains(&entry.facts))
            && prohibitions.iter().all(|entry| known.meets(&entry.facts))
    }

    fn word(&self, literal: Literal) -> String {
        let word = self.policy.facts.get(usize::from(literal.fact)).map(|fact| self.policy.fact_word(*fact));
        let word = word.unwrap_or_default();
        if literal.holds { word } else { format!("not {word}") }
    }

    fn words(&self, ways: &[Way]) -> Vec<String> {
        let mut out: Vec<String> = ways
            .iter()
            .map(|(facts, _)| facts.literals().map(|literal| self.word(literal)).collect::<Vec<_>>().join(" and "))
            .collect();
        out.sort_unstable();
        out.dedup();
        // Always: there is nothing to say.
        if out.iter().any(String::is_empty) { Vec::new() } else { out }
    }

    /// What a cell asks for, in words, each fact with what follows from it: of a permission all of it, of a prohibition one of it.
    fn written(&self, cell: Option<u32>) -> [BTreeSet<BTreeSet<String>>; 2] {
        let (permissions, prohibitions) = self.entries(cell);
        let literal = |literal: Literal| {
            let follows: BTreeSet<String> =
                self.people.from(literal).literals().map(|other| self.word(other)).collect();
            format!("{}: {}", self.word(literal), follows.into_iter().collect::<Vec<_>>().join(", "))
        };
        [permissions, prohibitions]
            .map(|entries| entries.iter().map(|entry| entry.facts.literals().map(literal).collect()).collect())
    }

    /// The same facts in the other policy's numbers, with what follows there: what it does not ask for itself may still say what it
    /// asks for.
    fn translated(&self, facts: &FactSet, other: &Side<'_>) -> FactSet {
        let there: Vec<(Fact, bool)> = facts
            .literals()
            .filter_map(|literal| {
                let fact = self.policy.facts.get(usize::from(literal.fact))?;
                Some((other.policy.fact_named(&self.policy.fact_word(*fact))?, literal.holds))
            })
            .collect();
        // Somebody whom the other policy does not have: by its words they are nobody, and what they are is said as it was.
        other.policy.names.known(&there, &other.policy.facts).unwrap_or_else(|| {
            let mut out = FactSet::EMPTY;
            for (asked, what) in (0..).zip(&other.policy.facts) {
                for (_, holds) in there.iter().filter(|(fact, _)| fact == what) {
                    out.insert(Literal { fact: asked, holds: *holds });
                }
            }
            out
        })
    }
}

/// What changes from one cell to the other; none when everybody is answered alike.
fn compare(sides: &[Side<'_>; 2], cells: [Option<u32>; 2]) -> Option<Change> {
    let [old, new] = sides;
    let [before, now] = cells;
    let sentences = |ways: &[Way]| {
        let mut all: Vec<u16> = ways.iter().map(|(_, sentence)| *sentence).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let forbids = |side: &Side<'_>, cell| {
        let mut all: Vec<u16> = side.entries(cell).1.iter().map(|entry| entry.sentence).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let (Some(was), Some(is)) = (old.ways(before), new.ways(now)) else {
        // Too many ways to tell: it is said that something differs unless the two cells are written alike.
        if old.written(before) == new.written(now) {
            return None;
        }
        let (old_permits, _) = old.entries(before);
        let (new_permits, _) = new.entries(now);
        return Some(Change {
            kind: Kind::Conditioned,
            before: Vec::new(),
            now: Vec::new(),
            old: old_permits.iter().map(|entry| entry.sentence).collect(),
            new: new_permits.iter().map(|entry| entry.sentence).collect(),
        });
    };
    // To be allowed is to know enough: whoever is allowed is so by one of these ways, and by all that say more.
    let all_stay = was.iter().all(|(facts, _)| new.allowed(now, &old.translated(facts, new)));
    let all_were = is.iter().all(|(facts, _)| old.allowed(before, &new.translated(facts, old)));
    let kind = match (was.is_empty(), is.is_empty(), all_stay, all_were) {
        (true, true, ..) | (_, _, true, true) => return None,
        (true, false, ..) => Kind::NewlyPermitted,
        (false, true, ..) => Kind::NewlyForbidden,
        (_, _, true, false) => Kind::Loosened,
        (_, _, false, true) => Kind::Tightened,
        (_, _, false, false) => Kind::Conditioned,
    };
    let mut of_new = sentences(&is);
    if matches!(kind, Kind::NewlyForbidden | Kind::Tightened | Kind::Conditioned) {
        of_new.extend(forbids(new, now));
        of_new.sort_unstable();
        of_new.dedup();
    }
    let mut of_old = sentences(&was);
    if matches!(kind, Kind::NewlyPermitted | Kind::Loosened | Kind::Conditioned) {
        of_old.extend(forbids(old, before));
        of_old.sort_unstable();
        of_old.dedup();
    }
    Some(Change { kind, before: old.words(&was), now: new.words(&is), old: of_old, new: of_new })
}

/// Names that neither policy tells apart share a class.
fn classes<T>(names: &[T], of: impl Fn(&T) -> [Option<u16>; 2]) -> (Vec<[Option<u16>; 2]>, Vec<usize>) {
    let mut known: HashMap<[Option<u16>; 2], usize> = HashMap::new();
    let (mut out, mut by_name) = (Vec::new(), Vec::with_capacity(names.len()));
    for name in names {
        let class = of(name);
        let next = known.len();
        let at = *known.entry(class).or_insert(next);
        if at == next {
            out.push(class);
        }
        by_name.push(at);
    }
    (out, by_name)
}

pub(super) fn giver(policy: &Compiled, giver: Giver) -> String {
    match giver {
        Giver::Themselves => "themselves".to_owned(),
        Giver::Service => "us".to_owned(),
        Giver::Other(kind) => policy.names.kinds.name(kind.0).to_owned(),
    }
}

/// Every name of both policies.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Space {
    pub(super) atoms: Vec<Atom>,
    pub(super) errands: Vec<Errand>,
    pub(super) acts: Vec<Act>,
    /// The sizes of groups from which on totals are told apart.
    pub(super) sizes: BTreeSet<u32>,
}

impl Space {
    fn new(old: &Compiled, new: &Compiled) -> Self {
        let mut atoms = BTreeSet::new();
        for policy in [old, new] {
            for taken in policy.points.iter().flat_map(|point| &point.takes) {
                let Some(origin) = policy.names.origins.get(taken.origin.index()) else { continue };
                if policy.form(taken.element).group {
                    continue;
                }
                atoms.insert(Atom {
                    element: policy.names.data.name(taken.element.0).to_owned(),
                    point: policy.names.points.name(origin.point.0).to_owned(),
                    capacity: policy.names.kinds.name(origin.capacity.0).to_owned(),
                    giver: giver(policy, origin.giver),
                });
            }
        }
        let union = |axis: fn(&Compiled) -> &Axis| -> BTreeSet<String> {
            [old, new].iter().flat_map(|policy| axis(policy).names()).map(str::to_owned).collect()
        };
        let actors = union(|policy| &policy.names.actors);
        let purposes = union(|policy| &policy.names.purposes);
        let mut recipients = union(|policy| &policy.names.recipients);
        recipients.insert(String::new());
        let mut errands = Vec::new();
        for actor in actors.iter().filter(|name| !name.is_empty()) {
            errands.extend(
                purposes
                    .iter()
                    .filter(|name| !name.is_empty())
                    .map(|purpose| Errand { actor: actor.clone(), purpose: purpose.clone() }),
            );
        }
        let steps: BTreeSet<u32> = [old, new].iter().flat_map(|policy| policy.table.steps.iter().copied()).collect();
        // The smallest group is one of two; sizes below the first step are a class of their own.
        let sizes: BTreeSet<u32> = std::iter::once(2).chain(steps.into_iter().filter(|step| *step > 1)).collect();
        let mut forms = vec![Form::Identified, Form::Pseudonymous];
        forms.extend(sizes.iter().copied().map(Form::Aggregate));
        let mut acts = Vec::new();
        for action in ACTS {
            for form in &forms {
                let with = recipients.iter().filter(|name| name.is_empty() != action.discloses());
                acts.extend(with.map(|recipient| Act { action, form: *form, recipient: recipient.clone() }));
            }
        }
        Self { atoms: atoms.into_iter().collect(), errands, acts, sizes }
    }
}
