//! A permission that meets a promise does not compile; the error shows one smallest question.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use upheld_decide::{Action, Entry as Demand, Fact, FactSet, Giver, Literal};
use upheld_document::Diagnostic;

use super::fold::{Factors, Met};
use super::region::Space;
use crate::reason::People;

/// The most ways in which it is tried to escape one prohibition.
pub(super) const MOST_TRIES: u32 = 100_000;

/// Whether somebody of whom this is known could escape all that a prohibition asks: of each set one literal must be
/// possible beside those of the others. After very many tries it is taken to be so: the table decides all the same.
fn escapes(people: &People, known: &FactSet, sets: &[Demand], tries: &mut u32) -> bool {
    let Some((first, rest)) = sets.split_first() else { return true };
    *tries = tries.saturating_add(1);
    if *tries > MOST_TRIES {
        return true;
    }
    if known.meets(&first.facts) {
        return escapes(people, known, rest, tries);
    }
    first.facts.literals().filter(|literal| !known.has(literal.negated())).any(|literal| {
        let mut more = *known;
        more.insert(literal);
        people.possible(&more).is_some_and(|more| escapes(people, &more, rest, tries))
    })
}

/// Pairs of sentences that disagree, each with the least question on which they do.
pub(super) struct Conflicts<'a> {
    space: &'a Space<'a>,
    facts: &'a [Fact],
    people: People,
    /// Sentences that only narrow what others permit.
    locks: Vec<u16>,
    clashes: BTreeMap<(u16, u16), Clash>,
}

/// The least question on which two sentences disagree: the place of its cell, and what must be known.
struct Clash {
    place: (usize, usize, usize),
    facts: FactSet,
}

impl<'a> Conflicts<'a> {
    pub(super) fn new(space: &'a Space<'a>, facts: &'a [Fact]) -> Self {
        let locks = space.model.rules.iter().filter(|rule| rule.lock).map(|rule| rule.sentence);
        // What is kept apart narrows likewise: a permission of a group whose names are on both sides is of each of them.
        let locks = locks.chain(space.model.apart.iter().map(|apart| apart.sentence)).collect();
        Self { space, facts, people: People::new(&space.model.names, facts), locks, clashes: BTreeMap::new() }
    }

    /// Notes the clashes of a cell. Cells come in the order of their first questions, so the first of equals stays.
    pub(super) fn meet(&mut self, met: &Met<'_>) {
        let size = FactSet::len;
        for permission in &met.cell.permissions {
            let Some(known) = self.people.possible(&permission.facts) else { continue };
            for sets in met.cell.prohibitions.chunk_by(|a, b| a.sentence == b.sentence) {
                let Some(prohibition) = sets.first() else { continue };
                // A lock is there to narrow what others permit.
                if self.locks.contains(&prohibition.sentence) {
                    continue;
                }
                if escapes(&self.people, &known, sets, &mut 0) {
                    continue;
                }
                let clash = Clash { place: met.place, facts: permission.facts };
                match self.clashes.entry((permission.sentence, prohibition.sentence)) {
                    Entry::Vacant(empty) => drop(empty.insert(clash)),
                    Entry::Occupied(least) if size(&clash.facts) >= size(&least.get().facts) => {}
                    Entry::Occupied(mut least) => drop(least.insert(clash)),
                }
            }
        }
    }

    /// Whether no two sentences disagree.
    pub(super) fn is_empty(&self) -> bool {
        self.clashes.is_empty()
    }

    pub(super) fn report(&self, factors: &Factors<'_>) -> Vec<Diagnostic> {
        self.clashes
            .iter()
            .map(|((permission, prohibition), clash)| {
                report(self.space, self.facts, factors, *permission, *prohibition, clash)
            })
            .collect()
    }
}

fn report(
    space: &Space<'_>,
    facts: &[Fact],
    factors: &Factors<'_>,
    permission: u16,
    prohibition: u16,
    clash: &Clash,
) -> Diagnostic {
    let model = space.model;
    let span = |index: u16| model.spans.get(usize::from(index)).copied().unwrap_or_default();
    let question = question(space, facts, factors, clash);
    let mut out = Diagnostic::error("UP0301", "this sentence permits what a promise forbids")
        .at(span(permission), "permits it")
        .also(span(prohibition), "forbids it");
    if let Some(promise) = model.sentences.get(usize::from(prohibition)) {
        out = out.note(format!("the promise stands in `{}`", promise.clause));
    }
    out.note(format!("smallest question on which they disagree: {}", question.words))
        .note(format!("as `upheld decide --question` reads it: {}", question.json))
        .help(format!(
            "take the permission out, narrow it, or free exactly this below the promise with an indented line: `{}`",
            question.except
        ))
}

struct Asked {
    words: String,
    json: String,
    except: String,
}

fn question(space: &Space<'_>, facts: &[Fact], factors: &Factors<'_>, clash: &Clash) -> Asked {
    let names = &space.model.names;
    let id = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let (atom, errand, act) = clash.place;
    let stands = |list: &[usize], class: usize| list.get(class).copied().unwrap_or_default();
    let atom = stands(&factors.atoms.stands, atom);
    let errand = stands(&factors.errands.stands, errand);
    let act = stands(&factors.acts.stands, act);
    let element = names.data.name(id(atom / space.origins));
    let origin = names.origins.get(atom % space.origins).filter(|_| atom % space.origins > 0);
    let actor = names.actors.name(id(errand / space.purposes));
    let purpose = names.purposes.name(id(errand % space.purposes));
    let recipient = names.recipients.name(id(act % space.recipients));
    let rest = act / space.recipients;
    let action = Action::ALL.get(rest / space.forms()).copied().unwrap_or_default();
    let form = rest % space.forms();

    let who = if actor.is_empty() { "anyone".to_owned() } else { format!("`{actor}`") };
    let mut words = format!("may {who} {} `{element}`", action.word());
    let mut json = serde_json::Map::new();
    json.insert("action".to_owned(), action.word().into());
    if !actor.is_empty() {
        json.insert("actor".to_owned(), actor.into());
    }
    json.insert("data".to_owned(), vec![element].into());
    let mut except = format!("except {} {element}", action.word());
    if let Some(origin) = origin {
        let (kind, point) = (names.kinds.name(origin.capacity.0), names.points.name(origin.point.0));
        words.push_str(&format!(" of a `{kind}`, taken at `{point}`,"));
        except.push_str(&format!(" of {kind} at {point}"));
        json.insert("of".to_owned(), kind.into());
        json.insert("at".to_owned(), point.into());
        let giver = match origin.giver {
            Giver::Themselves => "themselves",
            Giver::Service => "us",
            Giver::Other(kind) => names.kinds.name(kind.0),
        };
        json.insert("from".to_owned(), giver.into());
    }
    if form == 1 {
        words.push_str(" as pseudonym");
        json.insert("as".to_owned(), "pseudonymous".into());
    } else if form >= 2 {
        let k = space.group_size(form).unwrap_or(2);
        words.push_str(&format!(" as aggregate of {k}"));
        json.insert("as".to_owned(), serde_json::json!({ "aggregate": k }));
    }
    if !recipient.is_empty() {
        words.push_str(&format!(" with `{recipient}`"));
        json.insert("with".to_owned(), recipient.into());
        except.push_str(&format!(" with {recipient}"));
    }
    if !purpose.is_empty() {
        words.push_str(&format!(" for `{purpose}`"));
        json.insert("for".to_owned(), purpose.into());
        except.push_str(&format!(" for {purpose}"));
    }
    let mut known = serde_json::Map::new();
    for literal in clash.facts.literals() {
        if let Some(fact) = facts.get(usize::from(literal.fact)) {
            known.insert(space.model.fact_word(*fact), literal.holds.into());
        }
    }
    if !known.is_empty() {
        let list: Vec<String> = clash.facts.literals().map(|literal| word(space, facts, literal)).collect();
        words.push_str(&format!(", when it is known: {}", list.join(", ")));
        json.insert("facts".to_owned(), known.into());
    }
    words.push('?');
    Asked { words, json: serde_json::Value::Object(json).to_string(), except }
}

/// A literal in words: `customer`, `not agreed newsletter`.
fn word(space: &Space<'_>, facts: &[Fact], literal: Literal) -> String {
    let word = facts.get(usize::from(literal.fact)).map(|fact| space.model.fact_word(*fact)).unwrap_or_default();
    if literal.holds { format!("`{word}`") } else { format!("not `{word}`") }
}
