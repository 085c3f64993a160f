//! Whether a claim holds of every question, and if not, one smallest question of which it does not.
//!
//! The claim is read as the promise that it would be and folded into the table beside the rules. A question refutes it where
//! the rules allow what the claim covers, and what is known does not lead past the claim.

use std::collections::{BTreeSet, HashMap};

use upheld_decide::{
    Action, Actor, Cited, Compiled, Element, Entry, Fact, FactSet, Form, Giver, Ids, OriginId, Purpose, Question,
    Recipient,
};
use upheld_document::{Diagnostic, Document, Line, Source, Span};

use super::{People, witness, words};
use crate::compile::{Claimed, claimed};
use crate::model::Force;
use crate::syntax::ast::{Kind, Sentence};
use crate::{Policy, has_errors, lower, syntax};

/// The most ways in which it is tried to allow something in one cell.
const MOST_TRIES: u32 = 1_000_000;

/// What came of a claim.
#[derive(Clone, Debug)]
pub enum Proof {
    /// No question refutes it.
    Proved,
    /// This one does.
    Refuted(Box<CounterExample>),
}

/// A smallest question that a claim denies and the rules allow: of fewest facts, and of these the first in the order of names.
#[derive(Clone, Debug)]
pub struct CounterExample {
    /// The question, with all that must be known for it to be allowed.
    pub question: Question,
    /// The sentences that permit it, in document order.
    pub because: Vec<Cited>,
    /// Steps of a scenario in which somebody comes to be asked about so; none where no record can bring it about.
    pub scenario: Option<String>,
}

/// A claim of a policy that its rules do not bear out, and the steps of a scenario that may show it.
#[derive(Clone, Debug)]
pub struct Refuted {
    /// Where the claim stands.
    pub at: Span,
    /// The steps. Whether they come out so is seen when they are run.
    pub steps: String,
}

/// Holds a claim, such as `we never share identifying with advertiser`, against a policy.
///
/// # Errors
///
/// What is wrong with the claim; places in the diagnostics are those of `claim`.
pub fn prove(policy: &Policy, claim: &Source) -> Result<Proof, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let length = claim.text.trim_end().len();
    let line = Line { span: Span::new(0, length), indent: 0 };
    let Some(sentence) = syntax::sentence(claim, line, &mut diagnostics) else { return Err(diagnostics) };
    if !matches!(sentence.kind, Kind::Rule { force: Force::Never, .. }) {
        let error = Diagnostic::error("UP0005", "a claim says what is never done")
            .at(line.span, "")
            .help("write it as a promise: `we never share identifying with advertiser`");
        return Err(vec![error]);
    }
    held(policy, claim, sentence)
}

/// The claims of the policy itself (`prove …`), each held against every question. What is refuted is an error.
pub(crate) fn prove_all(
    policy: &Policy,
    source: &Source,
    sentences: &[Sentence],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Refuted> {
    let mut out = Vec::new();
    for (_, claim) in lower::claims(sentences) {
        let at = claim.span;
        match held(policy, source, claim) {
            Ok(Proof::Proved) => {}
            Ok(Proof::Refuted(shown)) => {
                diagnostics.push(refuted(policy, at, &shown));
                out.extend(shown.scenario.map(|steps| Refuted { at, steps }));
            }
            Err(errors) => diagnostics.extend(errors),
        }
    }
    out
}

fn refuted(policy: &Policy, at: Span, shown: &CounterExample) -> Diagnostic {
    let mut out = Diagnostic::error("UP0310", "this claim is not true of the rules").at(at, "claimed here");
    for cited in &shown.because {
        let line =
            policy.model.sentences.iter().position(|known| known.line == cited.line && known.text == cited.sentence);
        if let Some(span) = line.and_then(|index| policy.model.spans.get(index)) {
            out = out.also(*span, "permits it");
        }
    }
    let clauses: BTreeSet<String> = shown.because.iter().map(|cited| format!("`{}`", cited.clause)).collect();
    if !clauses.is_empty() {
        let clauses: Vec<String> = clauses.into_iter().collect();
        out = out.note(format!("permitted by {}", clauses.join(", ")));
    }
    let question = serde_json::to_string(&shown.question).unwrap_or_default();
    out.note(format!("smallest question that refutes it: {}", words::question(&shown.question)))
        .note(format!("as `upheld decide --question` reads it: {question}"))
        .help("take the permission out or narrow it; or claim less, for example with an indented line below: `except for PURPOSE`")
}

/// Holds one claim against the policy; `source` is where it stands.
fn held(policy: &Policy, source: &Source, claim: Sentence) -> Result<Proof, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let at = claim.span;
    let own = policy.model.sentences.len();
    let model = lower::with_claims(&policy.model, source, &[claim], &mut diagnostics);
    if has_errors(&diagnostics) {
        return Err(diagnostics);
    }
    let too_much = || {
        Diagnostic::error("UP0305", "this claim cannot be decided: it tells too much apart")
            .at(at, "")
            .help("claim it of fewer names at a time")
    };
    let claim = u16::try_from(own).map_err(|_| vec![too_much()])?;
    let claimed = claimed(&model).ok_or_else(|| vec![too_much()])?;
    let search = Search {
        compiled: &policy.compiled,
        claimed: &claimed,
        people: People::new(&model.names, &claimed.facts),
        claim,
    };
    match search.smallest() {
        Err(TooMany) => Err(vec![too_much()]),
        Ok(None) => Ok(Proof::Proved),
        Ok(Some(found)) => Ok(Proof::Refuted(Box::new(search.shown(&found, &policy.document)))),
    }
}

/// It took too many tries.
struct TooMany;

/// What must be known for a cell to allow what a claim denies, and one way of the claim that it leaves shut.
type Weakest = (FactSet, FactSet);

/// The smallest question so far.
struct Found {
    ids: Ids,
    /// What must be known for it to be allowed.
    known: FactSet,
    /// One way of the claim that `known` leaves shut.
    shut: FactSet,
}

struct Search<'a> {
    compiled: &'a Compiled,
    claimed: &'a Claimed,
    people: People,
    claim: u16,
}

impl Search<'_> {
    /// The first combination of each class, in the order of names: what is fully said before what is not.
    fn smallest(&self) -> Result<Option<Found>, TooMany> {
        let (atoms, errands, acts) = (self.atoms(), self.errands(), self.acts());
        let mut best: Option<Found> = None;
        // By what a cell says: the tries are the same wherever it is met.
        let mut known: HashMap<(Vec<Entry>, Vec<Entry>), Option<Weakest>> = HashMap::new();
        for (element, origin) in &atoms {
            for (actor, purpose) in &errands {
                for (action, form, recipient) in &acts {
                    if *purpose == Purpose::UNSAID && (*action == Action::Use || action.discloses()) {
                        continue;
                    }
                    let ids = Ids {
                        action: *action,
                        actor: *actor,
                        element: *element,
                        origin: *origin,
                        form: *form,
                        purpose: *purpose,
                        recipient: *recipient,
                    };
                    let cell = self.claimed.table.decide(&ids, &FactSet::EMPTY);
                    if cell.permissions.is_empty() || !cell.prohibitions.iter().any(|one| one.sentence == self.claim) {
                        continue;
                    }
                    let key = (cell.permissions.to_vec(), cell.prohibitions.to_vec());
                    let weakest = match known.get(&key) {
                        Some(weakest) => *weakest,
                        None => {
                            let weakest = self.weakest(cell.permissions, cell.prohibitions)?;
                            known.insert(key, weakest);
                            weakest
                        }
                    };
                    if let Some((known, shut)) = weakest
                        && best.as_ref().is_none_or(|best| known.len() < best.known.len())
                    {
                        best = Some(Found { ids, known, shut });
                    }
                }
            }
        }
        Ok(best)
    }

    /// What is taken, each class once: single names before groups.
    fn atoms(&self) -> Vec<(Element, OriginId)> {
        let names = &self.compiled.names;
        let is_group = |id: u16| self.compiled.form(Element(id)).group;
        let mut all: Vec<(bool, u16, OriginId)> = Vec::new();
        for id in names.data.ids().filter(|id| !names.open_data.contains(&Element(*id))) {
            let origins = self.claimed.origins.get(usize::from(id)).into_iter().flatten();
            all.extend(origins.map(|origin| (is_group(id), id, *origin)));
        }
        all.sort_unstable();
        let place = |id: u16, origin: OriginId| usize::from(id) * self.claimed.table.origins as usize + origin.index();
        let mut seen = std::collections::HashSet::new();
        all.retain(|(_, id, origin)| seen.insert(self.claimed.table.atoms.get(place(*id, *origin)).copied()));
        all.into_iter().map(|(_, id, origin)| (Element(id), origin)).collect()
    }

    fn errands(&self) -> Vec<(Actor, Purpose)> {
        let names = &self.compiled.names;
        let purposes = || names.purposes.ids().map(Purpose).filter(|id| !names.open_purposes.contains(id));
        let mut all: Vec<(Actor, Purpose)> =
            names.actors.ids().flat_map(|actor| purposes().map(move |purpose| (Actor(actor), purpose))).collect();
        all.sort_by_key(|(actor, purpose)| (*purpose == Purpose::UNSAID, *actor == Actor::UNSAID, *actor, *purpose));
        let place =
            |actor: Actor, purpose: Purpose| actor.index() * self.claimed.table.purposes as usize + purpose.index();
        let mut seen = std::collections::HashSet::new();
        all.retain(|(actor, purpose)| {
            let class = self.claimed.table.errands.get(place(*actor, *purpose)).copied();
            seen.insert((class, *purpose == Purpose::UNSAID))
        });
        all
    }

    fn acts(&self) -> Vec<(Action, Form, Recipient)> {
        let names = &self.compiled.names;
        let table = &self.claimed.table;
        let sizes = std::iter::once(2).chain(table.steps.iter().copied()).map(Form::Aggregate);
        let forms: Vec<Form> = [Form::Identified, Form::Pseudonymous].into_iter().chain(sizes).collect();
        let mut all = Vec::new();
        for action in Action::ALL {
            for form in &forms {
                let ids = names.recipients.ids().map(Recipient);
                let fits = ids.filter(|id| action.discloses() == (*id != Recipient::NOBODY));
                all.extend(
                    fits.filter(|id| !names.open_recipients.contains(id)).map(|recipient| (action, *form, recipient)),
                );
            }
        }
        let class = |(action, form, recipient): &(Action, Form, Recipient)| {
            let place = (action.index() * table.forms() + table.form(*form)) * table.recipients as usize;
            (table.acts.get(place + recipient.index()).copied(), *action == Action::Use, action.discloses())
        };
        let mut seen = std::collections::HashSet::new();
        all.retain(|act| seen.insert(class(act)));
        all
    }

    /// The fewest literals under which a cell allows what the claim denies, and a way of the claim that they leave shut.
    fn weakest(&self, permissions: &[Entry], prohibitions: &[Entry]) -> Result<Option<Weakest>, TooMany> {
        let (claims, promises): (Vec<Entry>, Vec<Entry>) =
            prohibitions.iter().partition(|entry| entry.sentence == self.claim);
        let mut best: Option<Weakest> = None;
        let mut tries = 0;
        for claim in &claims {
            for permission in permissions {
                self.escape(permission.facts, &promises, &claim.facts, &mut best, &mut tries)?;
            }
        }
        Ok(best)
    }

    fn escape(
        &self,
        known: FactSet,
        promises: &[Entry],
        shut: &FactSet,
        best: &mut Option<Weakest>,
        tries: &mut u32,
    ) -> Result<(), TooMany> {
        *tries += 1;
        if *tries > MOST_TRIES {
            return Err(TooMany);
        }
        let known = self.people.fewest(&known);
        if best.as_ref().is_some_and(|(best, _)| best.len() <= known.len()) {
            return Ok(());
        }
        let Some(whole) = self.people.possible(&known).filter(|whole| !whole.meets(shut)) else { return Ok(()) };
        let Some(promise) = promises.iter().find(|promise| !whole.meets(&promise.facts)) else {
            *best = Some((known, *shut));
            return Ok(());
        };
        for literal in promise.facts.literals() {
            let mut more = known;
            more.insert(literal);
            self.escape(more, promises, shut, best, tries)?;
        }
        Ok(())
    }

    fn shown(&self, found: &Found, document: &Document) -> CounterExample {
        let names = &self.compiled.names;
        let Ids { action, actor, element, origin, form, purpose, recipient } = found.ids;
        let said = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        let taken = names.origins.get(origin.index());
        let from = taken.map(|origin| match origin.giver {
            Giver::Themselves => "themselves".to_owned(),
            Giver::Service => "us".to_owned(),
            Giver::Other(kind) => names.kinds.name(kind.0).to_owned(),
        });
        let whole = self.people.possible(&found.known).unwrap_or(found.known);
        let literals = || found.known.literals().filter_map(|one| Some((self.fact(one.fact)?, one.holds)));
        let question = Question {
            action,
            actor: said(names.actors.name(actor.0)),
            data: vec![names.data.name(element.0).to_owned()],
            form,
            purpose: said(names.purposes.name(purpose.0)),
            recipient: said(names.recipients.name(recipient.0)),
            on: None,
            of: taken.map(|origin| names.kinds.name(origin.capacity.0).to_owned()),
            at: taken.map(|origin| names.points.name(origin.point.0).to_owned()),
            from,
            facts: literals().map(|(fact, holds)| (self.compiled.fact_word(fact), holds)).collect(),
        };
        let permissions = self.claimed.table.decide(&found.ids, &whole).permissions;
        let mut sentences: Vec<u16> =
            permissions.iter().filter(|one| whole.contains(&one.facts)).map(|one| one.sentence).collect();
        sentences.sort_unstable();
        sentences.dedup();
        let because: Vec<Cited> = sentences.into_iter().filter_map(|sentence| self.compiled.cite(sentence)).collect();
        // For the example to be one, what the claim speaks of must be true of somebody: as much of it as can be.
        let mut person = found.known;
        for literal in found.shut.literals() {
            let mut more = person;
            more.insert(literal.negated());
            if self.people.possible(&more).is_some() {
                person = more;
            }
        }
        let facts: Vec<(Fact, bool)> =
            person.literals().filter_map(|one| Some((self.fact(one.fact)?, one.holds))).collect();
        let clause = because.first().map(|cited| cited.clause.clone()).filter(|id| document.clause(id).is_some());
        let scenario = witness::scenario(self.compiled, &found.ids, &facts, clause.as_deref());
        CounterExample { question, because, scenario }
    }

    fn fact(&self, index: u16) -> Option<Fact> {
        self.claimed.facts.get(usize::from(index)).copied()
    }
}
