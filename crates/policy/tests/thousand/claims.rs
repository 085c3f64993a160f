//! Claims: what `prove` finds is what the plain reading says of every question and everybody of whom anything may be known.

use upheld_decide::{Action, Ids, Purpose, Recipient};
use upheld_policy::Policy;
use upheld_policy::model::Model;
use upheld_policy::reason::{Proof, prove};

use crate::space::{Place, Space};
use crate::thousand::{CLAIMED, Count, OLD, Read};
use crate::worlds::{Everybody, Where};

/// In which order questions are: single data before groups, what is said before what is not, then by names.
type Order = (bool, u16, u16, (bool, bool, u16, u16), usize, upheld_decide::Form, u16);

/// A claim, and what the plain reading says against it.
pub struct Claim<'p> {
    old: &'p Policy,
    claimed: &'p Model,
    pub sentence: u16,
    /// The question with the fewest facts, the first of these in order, and where it refutes the claim.
    least: Option<(usize, Order, Place, Where, Where)>,
    /// By the fewest facts of each state.
    states: Vec<usize>,
}

impl<'p> Claim<'p> {
    pub fn new(old: &'p Policy, claimed: &'p Model, line: &str, everybody: &Everybody) -> Self {
        let sentence = claimed.sentences.iter().rposition(|sentence| sentence.text == line).unwrap();
        Self {
            old,
            claimed,
            sentence: u16::try_from(sentence).unwrap(),
            least: None,
            states: everybody.states.iter().map(|state| state.least).collect(),
        }
    }

    /// Whether somebody asks so: data that is taken there, what for unless it is taken in or altered; and no name that is open.
    fn is_asked(&self, ids: &Ids) -> bool {
        let (model, names) = (self.claimed, &self.claimed.names);
        let origin = names.origins[ids.origin.index()];
        let related = |one: u16, other: u16| names.data.is_within(one, other) || names.data.is_within(other, one);
        let taken = model
            .collects
            .iter()
            .any(|collect| collect.makes(&origin) && collect.data.iter().any(|data| related(data.0, ids.element.0)));
        let open = names.open_data.contains(&ids.element)
            || names.open_purposes.contains(&ids.purpose)
            || names.open_recipients.contains(&ids.recipient);
        let says = ids.purpose != Purpose::UNSAID || !(ids.action == Action::Use || ids.action.discloses());
        taken && !open && says && (ids.action.discloses() == (ids.recipient != Recipient::NOBODY))
    }

    pub fn meet(&mut self, space: &Space<3>, at: Place, ids: &Ids, read: &Read) {
        let Some((_, claim)) = read.prohibiting.iter().find(|(sentence, _)| *sentence == self.sentence) else {
            return;
        };
        let refuted = read.allowed(Some(self.sentence)) & *claim;
        // What the claim alone names the policy knows nothing of. Forms beside a border say no more than those on it.
        let on_border = space.border(at.form, &[CLAIMED]) == at.form;
        let Some(first) = refuted.first().filter(|_| on_border && self.is_asked(ids)) else { return };
        let Some(own) = space.ids(at, OLD) else { return };
        let group = self.old.compiled.form(own.element).group;
        let errand = (own.purpose.0 == 0, own.actor.0 == 0, own.actor.0, own.purpose.0);
        let order: Order = (group, own.element.0, own.origin.0, errand, at.action.index(), at.form, own.recipient.0);
        // States come with the fewest facts first.
        let facts = self.states[first];
        if self.least.as_ref().is_none_or(|(least, before, ..)| (facts, order) < (*least, *before)) {
            self.least = Some((facts, order, at, refuted, read.permitted()));
        }
    }

    pub fn end(
        &self,
        space: &Space<3>,
        proof: &Proof,
        everybody: &Everybody,
        count: &mut Count,
        words: &dyn Fn() -> String,
    ) {
        match (proof, &self.least) {
            (Proof::Proved, None) => count.proved += 1,
            (Proof::Refuted(found), Some((facts, _, at, refuted, _))) => {
                let question = &found.question;
                let said = || format!("{question:?}\n{}", words());
                assert_eq!(question.facts.len(), *facts, "the fewest facts: {}", said());
                assert_eq!(space.place(question), *at, "the first question: {}", said());
                let known = question
                    .facts
                    .iter()
                    .fold(Where::EVERY, |some, (word, holds)| some & everybody.knowing(word, *holds));
                let first = (known & *refuted).first().unwrap_or_else(|| panic!("nobody is so: {}", said()));
                assert_eq!(everybody.states[first].least, *facts, "{}", said());
                count.refuted += 1;
            }
            (Proof::Proved, Some((_, _, at, ..))) => panic!("proved, and refuted by {at:?}\n{}", words()),
            (Proof::Refuted(found), None) => panic!("refuted by {:?}, and holds\n{}", found.question, words()),
        }
    }
}

#[test]
fn a_claim_about_names_that_only_it_says_is_proved() {
    let text = crate::draw::drafts::<1>(crate::draw::Sizes::TINY, 7)[0].text();
    let loaded = upheld_policy::read(&upheld_document::Source::new("drawn.md", text), None);
    let (compiled, _) = upheld_policy::compile(&loaded.model);
    let policy = Policy { document: loaded.document, model: loaded.model, compiled, scenarios: Vec::new() };
    let claim = upheld_document::Source::new("claim", "we never share anything with court");
    assert!(matches!(prove(&policy, &claim), Ok(Proof::Proved)));
}
