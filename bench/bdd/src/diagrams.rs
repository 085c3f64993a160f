//! What a cell allows as a binary decision diagram over what may be known, and what comes of comparing two.
//!
//! A fact has two variables: known to hold, and known not to. People who cannot be are left out: nothing is known to hold and not
//! to, and what follows from something known is known.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Result, bail, ensure};
use biodivine_lib_bdd::{Bdd, BddVariable, BddVariableSet};
use upheld_decide::{Compiled, FactSet, Literal};
use upheld_document::Source;
use upheld_policy::reason::diff::{Kind, diff};
use upheld_policy::reason::{Proof, prove};

use crate::pairs::Pair;
use crate::sample::thread_time;
use crate::space::{Data, Space, cell, entries};

/// Each is measured so often; the least counts.
const ROUNDS: usize = 3;

/// Times in nanoseconds, one for each pair or claim.
#[derive(Debug, Default)]
pub struct Compared {
    pub diff_ours: Vec<f64>,
    pub diff_theirs: Vec<f64>,
    pub prove_ours: Vec<f64>,
    pub prove_theirs: Vec<f64>,
    pub differing: usize,
    pub refuted: usize,
}

impl Compared {
    pub fn join(&mut self, other: Self) {
        self.diff_ours.extend(other.diff_ours);
        self.diff_theirs.extend(other.diff_theirs);
        self.prove_ours.extend(other.prove_ours);
        self.prove_theirs.extend(other.prove_theirs);
        self.differing += other.differing;
        self.refuted += other.refuted;
    }
}

/// The facts of two policies as variables. Facts that read alike are one.
struct Facts {
    variables: BddVariableSet,
    all: Vec<BddVariable>,
    words: Vec<String>,
    possible: Bdd,
}

impl Facts {
    fn new(policies: &[&Compiled]) -> Self {
        let words: BTreeSet<String> =
            policies.iter().flat_map(|policy| policy.facts.iter().map(|fact| policy.fact_word(*fact))).collect();
        let words = Vec::from_iter(words);
        let variables = BddVariableSet::new_anonymous(u16::try_from(words.len() * 2).unwrap_or(u16::MAX));
        let mut out = Self { all: variables.variables(), possible: variables.mk_true(), variables, words };
        let mut possible = out.variables.mk_true();
        for word in &out.words {
            possible = possible.and(&out.literal(word, true).and(&out.literal(word, false)).not());
        }
        // What follows in either policy, be it that the other alone asks for it.
        for policy in policies {
            let facts: Vec<_> = out.words.iter().filter_map(|word| Some((word, policy.fact_named(word)?))).collect();
            for (said, fact) in &facts {
                for holds in [true, false] {
                    for (other, about) in facts.iter().filter(|(other, _)| other != said) {
                        if let Some(then) = policy.names.follows(*fact, holds, *about) {
                            possible = possible.and(&out.literal(said, holds).imp(&out.literal(other, then)));
                        }
                    }
                }
            }
        }
        out.possible = possible;
        out
    }

    fn literal(&self, word: &str, holds: bool) -> Bdd {
        match self.words.iter().position(|known| known == word) {
            Some(at) => self.variables.mk_var(self.all[at * 2 + usize::from(holds)]),
            None => self.variables.mk_false(),
        }
    }

    fn of(&self, policy: &Compiled, literal: Literal) -> Bdd {
        self.literal(&policy.fact_word(policy.facts[usize::from(literal.fact)]), literal.holds)
    }

    fn all_of(&self, policy: &Compiled, facts: &FactSet) -> Bdd {
        facts.literals().fold(self.variables.mk_true(), |so_far, one| so_far.and(&self.of(policy, one)))
    }

    fn any_of(&self, policy: &Compiled, facts: &FactSet) -> Bdd {
        facts.literals().fold(self.variables.mk_false(), |so_far, one| so_far.or(&self.of(policy, one)))
    }

    /// Of whom a cell allows: some permission holds, and no prohibition does. One sentence is left aside.
    fn allowed(&self, policy: &Compiled, cell: Option<u32>, but: Option<u16>) -> Bdd {
        let Some(cell) = cell else { return self.variables.mk_false() };
        let (permissions, prohibitions) = entries(policy, cell);
        let mut out = permissions
            .iter()
            .fold(self.variables.mk_false(), |so_far, entry| so_far.or(&self.all_of(policy, &entry.facts)));
        for entry in prohibitions.iter().filter(|entry| Some(entry.sentence) != but) {
            out = out.and(&self.any_of(policy, &entry.facts));
        }
        out.and(&self.possible)
    }

    /// `customer and not agreed newsletter`, or always.
    fn condition(&self, ways: &[String], always: bool) -> Bdd {
        if ways.is_empty() {
            return if always { self.possible.clone() } else { self.variables.mk_false() };
        }
        let way = |words: &String| {
            words.split(" and ").fold(self.variables.mk_true(), |so_far, word| {
                so_far.and(&match word.strip_prefix("not ") {
                    Some(word) => self.literal(word, false),
                    None => self.literal(word, true),
                })
            })
        };
        ways.iter().fold(self.variables.mk_false(), |so_far, words| so_far.or(&way(words))).and(&self.possible)
    }
}

/// What changes in a class of questions.
type Changed = HashMap<(usize, usize, usize), (Kind, Bdd, Bdd)>;

fn timed<T>(mut run: impl FnMut() -> T) -> (T, f64) {
    let mut least = f64::MAX;
    let mut out = None;
    for _ in 0..ROUNDS {
        let before = thread_time();
        out = Some(run());
        least = least.min((thread_time() - before).as_secs_f64() * 1e9);
    }
    (out.expect("a round"), least)
}

/// The changes of two policies, cell by cell. Also the space and the facts that they are told by.
fn changed(old: &Compiled, new: &Compiled) -> (Space, Facts, Changed) {
    let (space, facts) = (Space::new([old, new], Data::Taken), Facts::new(&[old, new]));
    let mut cells: HashMap<[Option<u32>; 2], Option<(Kind, Bdd, Bdd)>> = HashMap::new();
    let mut out = HashMap::new();
    for (atom, atoms) in space.atoms.classes.iter().enumerate() {
        for (errand, errands) in space.errands.classes.iter().enumerate() {
            for (act, acts) in space.acts.classes.iter().enumerate() {
                let here = [cell(old, atoms[0], errands[0], acts[0]), cell(new, atoms[1], errands[1], acts[1])];
                let change = cells.entry(here).or_insert_with(|| {
                    let (was, is) = (facts.allowed(old, here[0], None), facts.allowed(new, here[1], None));
                    let kind = match (is.and_not(&was).is_false(), was.and_not(&is).is_false()) {
                        (true, true) => return None,
                        (false, false) => Kind::Conditioned,
                        (false, true) if was.is_false() => Kind::NewlyPermitted,
                        (false, true) => Kind::Loosened,
                        (true, false) if is.is_false() => Kind::NewlyForbidden,
                        (true, false) => Kind::Tightened,
                    };
                    Some((kind, was, is))
                });
                if let Some(change) = change {
                    out.insert((atom, errand, act), change.clone());
                }
            }
        }
    }
    (space, facts, out)
}

/// Whether the diagrams let some question refute a claim.
fn refuted(policy: &Compiled, claim: u16) -> bool {
    let (space, facts) = (Space::new([policy, policy], Data::Related), Facts::new(&[policy]));
    let mut cells: HashMap<u32, bool> = HashMap::new();
    for atom in &space.atoms.classes {
        for errand in space.errands.of.iter() {
            let class = space.errands.classes[*errand.1];
            for act in space.acts.of.iter() {
                let (action, discloses) = (act.0.0, act.0.0.discloses());
                if errand.0[1].is_empty() && (action == upheld_decide::Action::Use || discloses) {
                    continue;
                }
                let acts = space.acts.classes[*act.1];
                let Some(here) = cell(policy, atom[0], class[0], acts[0]) else { continue };
                let found = cells.entry(here).or_insert_with(|| {
                    let allowed = facts.allowed(policy, Some(here), Some(claim));
                    let (_, prohibitions) = entries(policy, here);
                    let shut = prohibitions.iter().filter(|entry| entry.sentence == claim);
                    let shut = shut.fold(facts.variables.mk_false(), |so_far, entry| {
                        so_far.or(&facts.any_of(policy, &entry.facts).not())
                    });
                    !allowed.and(&shut).is_false()
                });
                if *found {
                    return true;
                }
            }
        }
    }
    false
}

impl Pair {
    /// Both ways, held against each other.
    pub fn compare(&self) -> Result<Compared> {
        let (found, ours) = timed(|| diff(&self.old, &self.new));
        let ((space, facts, expected), theirs) = timed(|| changed(&self.old.compiled, &self.new.compiled));
        let mut out = Compared {
            diff_ours: vec![ours],
            diff_theirs: vec![theirs],
            differing: expected.len(),
            ..Compared::default()
        };
        let mut said = BTreeSet::new();
        for line in found.lines.iter() {
            let Some(reach) = &line.reach else { continue };
            let was = facts.condition(&line.before, line.kind != Kind::NewlyPermitted);
            let is = facts.condition(&line.now, line.kind != Kind::NewlyForbidden);
            let mut here = BTreeSet::new();
            for question in reach.questions() {
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                let atom = [question.data[0].clone(), text(&question.at), text(&question.of), text(&question.from)];
                let errand = [text(&question.actor), text(&question.purpose)];
                let act = (question.action, question.form, text(&question.recipient));
                let classes = (space.atoms.of.get(&atom), space.errands.of.get(&errand), space.acts.of.get(&act));
                let (Some(atom), Some(errand), Some(act)) = classes else {
                    bail!("{}: nobody asks {question:?}", self.name);
                };
                here.insert((*atom, *errand, *act));
            }
            for place in &here {
                let Some((kind, before, now)) = expected.get(place) else {
                    bail!("{}: no change, and said: {line:?}", self.name);
                };
                ensure!(*kind == line.kind, "{}: {kind:?}, and said: {line:?}", self.name);
                ensure!(*before == was && *now == is, "{}: on other conditions than said: {line:?}", self.name);
            }
            said.extend(here);
        }
        ensure!(said.len() == expected.len(), "{}: {} changes, and {} said", self.name, expected.len(), said.len());
        for (line, claimed) in &self.claims {
            let (proof, ours) = timed(|| prove(&self.old, &Source::new("claim", line.as_str())));
            let claim = claimed.compiled.sentences.iter().rposition(|sentence| sentence.text == *line);
            let claim = u16::try_from(claim.unwrap_or_default())?;
            // As `prove` does, it begins with the rules and the claim, and folds them.
            let (found, theirs) = timed(|| {
                let (compiled, _) = upheld_policy::compile(&claimed.model);
                refuted(&compiled, claim)
            });
            let proof = proof.map_err(|_| anyhow::anyhow!("{}: `{line}` is no claim", self.name))?;
            let ours_found = matches!(proof, Proof::Refuted(_));
            ensure!(ours_found == found, "{}: `{line}`: {proof:?}, and the diagrams say {found}", self.name);
            out.prove_ours.push(ours);
            out.prove_theirs.push(theirs);
            out.refuted += usize::from(found);
        }
        Ok(out)
    }
}
