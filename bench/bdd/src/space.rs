//! Questions by classes: what neither of two policies tells apart is one.

use std::collections::{BTreeSet, HashMap};

use upheld_decide::{Action, Axis, Compiled, Element, Entry, Form, Giver, Purpose, Recipient};

/// A class in each of two policies. None: a policy has no such question.
pub type Class = [Option<u16>; 2];

/// Names of one part of a question, each with its class.
#[derive(Debug, Default)]
pub struct Part<K> {
    pub classes: Vec<Class>,
    pub of: HashMap<K, usize>,
}

impl<K: std::hash::Hash + Eq> Part<K> {
    fn put(&mut self, name: K, class: Class) {
        let at = self.classes.iter().position(|known| *known == class).unwrap_or_else(|| {
            self.classes.push(class);
            self.classes.len() - 1
        });
        self.of.insert(name, at);
    }
}

/// Element, point, capacity, giver.
pub type Atom = [String; 4];
/// Actor, purpose.
pub type Errand = [String; 2];
/// What, in which form, with whom.
pub type Act = (Action, Form, String);

pub struct Space {
    pub atoms: Part<Atom>,
    pub errands: Part<Errand>,
    pub acts: Part<Act>,
}

/// Which data is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Data {
    /// Single data as it is taken.
    Taken,
    /// Also groups of it, and names below.
    Related,
}

fn origin(policy: &Compiled, at: usize) -> Option<[String; 3]> {
    let origin = policy.names.origins.get(at).filter(|_| at > 0)?;
    let giver = match origin.giver {
        Giver::Themselves => "themselves".to_owned(),
        Giver::Service => "us".to_owned(),
        Giver::Other(kind) => policy.names.kinds.name(kind.0).to_owned(),
    };
    let names = &policy.names;
    Some([names.points.name(origin.point.0).to_owned(), names.kinds.name(origin.capacity.0).to_owned(), giver])
}

fn atoms(policy: &Compiled, data: Data) -> HashMap<Atom, Option<u16>> {
    let names = &policy.names;
    let mut out = HashMap::new();
    for id in names.data.ids() {
        let element = Element(id);
        for at in 1..names.origins.len() {
            let here = |taken: &upheld_decide::Taken| taken.element == element && taken.origin.index() == at;
            let looked_at = match data {
                Data::Taken => policy.points.iter().flat_map(|point| &point.takes).any(here),
                Data::Related => policy.origins_of(element).any(|origin| origin.index() == at),
            };
            let Some([point, kind, giver]) = origin(policy, at).filter(|_| looked_at) else { continue };
            if data == Data::Taken && policy.form(element).group {
                continue;
            }
            let class = policy.table.atoms.get(element.index() * policy.table.origins as usize + at).copied();
            let class = class.filter(|_| !names.open_data.contains(&element));
            out.insert([names.data.name(id).to_owned(), point, kind, giver], class);
        }
    }
    out
}

impl Space {
    pub fn new(policies: [&Compiled; 2], data: Data) -> Self {
        let mut out = Self { atoms: Part::default(), errands: Part::default(), acts: Part::default() };
        let taken = policies.map(|policy| atoms(policy, data));
        let group = |policy: &Compiled, name: &str| {
            policy.names.data.id(name).is_some_and(|id| data == Data::Taken && policy.form(Element(id)).group)
        };
        let all: BTreeSet<&Atom> = taken.iter().flat_map(HashMap::keys).collect();
        for atom in all {
            let mut at = 0;
            let class = policies.map(|policy| {
                at += 1;
                // A name that is a group in one of them alone is one there.
                taken[at - 1].get(atom).copied().flatten().or_else(|| {
                    let id = policy.names.data.id(&atom[0]).filter(|_| group(policy, &atom[0]))?;
                    let from = (1..policy.names.origins.len())
                        .find(|at| origin(policy, *at).is_some_and(|origin| origin[..] == atom[1..]))?;
                    let here = |taken: &upheld_decide::Taken| taken.element.0 == id && taken.origin.index() == from;
                    let takes = policy.points.iter().flat_map(|point| &point.takes).any(here);
                    let open = policy.names.open_data.contains(&Element(id));
                    let place = usize::from(id) * policy.table.origins as usize + from;
                    policy.table.atoms.get(place).copied().filter(|_| takes && !open)
                })
            });
            out.atoms.put(atom.clone(), class);
        }
        let union = |axis: fn(&Compiled) -> &Axis| -> BTreeSet<String> {
            policies.iter().flat_map(|policy| axis(policy).names()).map(str::to_owned).collect()
        };
        let unsaid = |name: &String| data == Data::Related || !name.is_empty();
        for actor in union(|policy| &policy.names.actors).iter().filter(|name| unsaid(name)) {
            for purpose in union(|policy| &policy.names.purposes).iter().filter(|name| unsaid(name)) {
                let class = policies.map(|policy| {
                    let id = |axis: &Axis, name: &str| if name.is_empty() { Some(0) } else { axis.id(name) };
                    let names = &policy.names;
                    let (actor, purpose) = (id(&names.actors, actor)?, id(&names.purposes, purpose)?);
                    let place = usize::from(actor) * policy.table.purposes as usize + usize::from(purpose);
                    let open = names.open_purposes.contains(&Purpose(purpose));
                    policy.table.errands.get(place).copied().filter(|_| !open)
                });
                out.errands.put([actor.clone(), purpose.clone()], class);
            }
        }
        let mut forms = vec![Form::Identified, Form::Pseudonymous];
        let steps = policies.iter().flat_map(|policy| policy.table.steps.iter().copied());
        let sizes: BTreeSet<u32> = steps.filter(|step| *step > 1).chain([2]).collect();
        forms.extend(sizes.into_iter().map(Form::Aggregate));
        let intake = |action: Action| matches!(action, Action::Collect | Action::Require);
        for action in Action::ALL.into_iter().filter(|action| data == Data::Related || !intake(*action)) {
            for form in &forms {
                let mut recipients = union(|policy| &policy.names.recipients);
                recipients.insert(String::new());
                for recipient in recipients.into_iter().filter(|name| name.is_empty() != action.discloses()) {
                    let class = policies.map(|policy| {
                        let names = &policy.names;
                        let id = if recipient.is_empty() { 0 } else { names.recipients.id(&recipient)? };
                        let table = &policy.table;
                        let place = (action.index() * table.forms() + table.form(*form)) * table.recipients as usize;
                        let open = names.open_recipients.contains(&Recipient(id));
                        table.acts.get(place + usize::from(id)).copied().filter(|_| !open)
                    });
                    out.acts.put((action, *form, recipient), class);
                }
            }
        }
        out
    }
}

/// The cell of three classes.
pub fn cell(policy: &Compiled, atom: Option<u16>, errand: Option<u16>, act: Option<u16>) -> Option<u32> {
    let table = &policy.table;
    let place = usize::from(atom?) * table.errand_classes as usize + usize::from(errand?);
    let pair = *table.pairs.get(place)?;
    table.cells.get(pair as usize * table.act_classes as usize + usize::from(act?)).copied()
}

/// What a cell permits by, and what forbids there.
pub fn entries(policy: &Compiled, cell: u32) -> (&[Entry], &[Entry]) {
    let table = &policy.table;
    let (start, middle, end) = table.spans[cell as usize];
    (&table.entries[start as usize..middle as usize], &table.entries[middle as usize..end as usize])
}
