//! Changes: what `diff` says of two policies is what the plain reading says of every question and everybody of whom anything may
//! be known.

use std::collections::{BTreeMap, HashMap};

use upheld_decide::{Action, Ids, Purpose};
use upheld_policy::Policy;
use upheld_policy::model::Model;
use upheld_policy::reason::diff::{Kind, Line, diff};

use crate::reading::Reading;
use crate::space::{Place, Space};
use crate::thousand::{Count, NEW, OLD, Read};
use crate::worlds::{Everybody, Where, Worlds};

pub struct Changes<'p> {
    old: &'p Policy,
    new: &'p Policy,
    /// The lines about decisions, with where each says that it was so, and where it is.
    lines: Vec<(Line, Where, Where)>,
    /// By question: which lines are about it.
    about: HashMap<Place, Vec<usize>>,
    /// How many of these questions were met.
    met: usize,
    /// Which lines say something that no other says.
    needed: Vec<bool>,
    count: BTreeMap<&'static str, usize>,
}

/// Whether a policy holds such data, and every name is one that a question may say.
fn holds(model: &Model, ids: &Ids) -> bool {
    let names = &model.names;
    let origin = names.origins[ids.origin.index()];
    let within = |data: &upheld_decide::Element| names.data.is_within(ids.element.0, data.0);
    model.collects.iter().any(|collect| collect.makes(&origin) && collect.data.iter().any(within))
        && !names.open_data.contains(&ids.element)
        && !names.open_purposes.contains(&ids.purpose)
        && !names.open_recipients.contains(&ids.recipient)
}

/// Whether decisions are compared over what a policy takes so.
fn is_compared(model: &Model, ids: &Ids) -> bool {
    let names = &model.names;
    let origin = names.origins[ids.origin.index()];
    let within = |data: &upheld_decide::Element| names.data.is_within(ids.element.0, data.0);
    let taken = model.collects.iter().any(|collect| collect.makes(&origin) && collect.data.iter().any(within));
    taken && !names.data.ids().any(|id| id != ids.element.0 && names.data.is_within(id, ids.element.0))
}

impl<'p> Changes<'p> {
    pub fn new(space: &Space<3>, old: &'p Policy, new: &'p Policy, everybody: &Everybody) -> Self {
        let found = diff(old, new).lines.into_iter().filter(|line| line.reach.is_some());
        let any = |words: &[String], always: bool| match words.is_empty() {
            true if always => everybody.all_of(""),
            true => Where::NONE,
            false => words.iter().fold(Where::NONE, |some, words| some | everybody.all_of(words)),
        };
        let lines: Vec<_> = found
            .map(|line| {
                let was = any(&line.before, line.kind != Kind::NewlyPermitted);
                let is = any(&line.now, line.kind != Kind::NewlyForbidden);
                (line, was, is)
            })
            .collect();
        let mut about: HashMap<Place, Vec<usize>> = HashMap::new();
        for (at, (line, ..)) in lines.iter().enumerate() {
            for question in line.reach.as_ref().unwrap().questions() {
                about.entry(space.place(&question)).or_default().push(at);
            }
        }
        Self { old, new, needed: vec![false; lines.len()], lines, about, met: 0, count: BTreeMap::new() }
    }

    pub fn meet(&mut self, space: &Space<3>, at: Place, was: Where, worlds: &Worlds, words: &dyn Fn() -> String) {
        let acts = !matches!(at.action, Action::Collect | Action::Require);
        let says = !space.actors[at.actor].text.is_empty() && !space.purposes[at.purpose].text.is_empty();
        let (old, new) = (space.ids(at, OLD), space.ids(at, NEW));
        let (of_old, of_new) = (&self.old.model, &self.new.model);
        let compared = |model: &Model, policy: usize| {
            let (element, origin) = (space.data[at.element].ids[policy], space.origins[at.origin].ids[policy]);
            element.zip(origin).is_some_and(|(element, origin)| {
                let ids = Ids {
                    element: upheld_decide::Element(element),
                    origin: upheld_decide::OriginId(origin),
                    purpose: Purpose::UNSAID,
                    action: at.action,
                    actor: upheld_decide::Actor::UNSAID,
                    form: at.form,
                    recipient: upheld_decide::Recipient::NOBODY,
                };
                is_compared(model, &ids)
            })
        };
        if !acts || !says || !(compared(of_old, OLD) || compared(of_new, NEW)) {
            return;
        }
        let was = if old.is_some_and(|ids| holds(of_old, &ids)) { was } else { Where::NONE };
        let is = new
            .filter(|ids| holds(of_new, ids))
            .map_or(Where::NONE, |ids| Read::new(&Reading { model: of_new }, &ids, worlds).allowed(None));
        let expected = match ((is & !was).is_none(), (was & !is).is_none()) {
            (true, true) => None,
            (false, false) => Some(Kind::Conditioned),
            (false, true) => Some(if was.is_none() { Kind::NewlyPermitted } else { Kind::Loosened }),
            (true, false) => Some(if is.is_none() { Kind::NewlyForbidden } else { Kind::Tightened }),
        };
        let key = Place { form: space.border(at.form, &[OLD, NEW]), ..at };
        self.met += usize::from(key == at && self.about.contains_key(&key));
        let said = self.about.get(&key).map_or(&[][..], Vec::as_slice);
        let fits = |line: &usize| {
            let (line, before, now) = &self.lines[*line];
            Some(line.kind) == expected && *before == was && *now == is
        };
        let alike = said.is_empty() == expected.is_none() && said.iter().all(fits);
        let shown = || said.iter().map(|at| &self.lines[*at].0).collect::<Vec<_>>();
        assert!(alike, "{expected:?}, and said {:#?}\n{at:?}\n{}", shown(), words());
        if let [only] = said {
            self.needed[*only] = true;
        }
        if let Some(kind) = expected {
            *self.count.entry(kind.words()).or_default() += 1;
        }
    }

    pub fn end(&self, count: &mut Count, words: &dyn Fn() -> String) {
        assert_eq!(self.met, self.about.len(), "it says something of what nobody asks\n{}", words());
        for (at, needed) in self.needed.iter().enumerate() {
            assert!(needed, "this line can be left out: {:?}\n{}", self.lines[at].0, words());
        }
        count.lines += self.lines.len();
        for (kind, of_kind) in &self.count {
            *count.changes.entry(kind).or_default() += of_kind;
        }
    }
}
