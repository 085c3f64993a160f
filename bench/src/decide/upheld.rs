//! Upheld: the policy as a text, compiled as any other.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use upheld_decide::{
    Action, Actor, Answer, Compiled, Decision, Element, Fact, FactSet, Form, Ids, Literal, Purpose, Question, Reason,
    Recipient,
};
use upheld_document::Source;

use super::shape::{ADULT, Asked, CHOICES, Shape, Tree, Verdict};
use super::{Contender, Given, seen};
use crate::count::allocations;

const OFFICE: &str = "office";

pub struct Upheld<'s> {
    asked: &'s [Asked],
    pub compiled: Compiled,
    pub load: Duration,
    questions: Vec<Question>,
    json: Vec<Vec<u8>>,
    ids: Vec<Ids>,
    facts: Vec<FactSet>,
}

impl<'s> Upheld<'s> {
    pub fn new(shape: &'s Shape) -> Result<Self> {
        let source = Source::new("privacy.md", text(shape));
        let before = Instant::now();
        let loaded = upheld_policy::load(&source, None);
        let load = before.elapsed();
        let wrong: Vec<_> = loaded.diagnostics.iter().map(|diagnostic| diagnostic.title.clone()).collect();
        let compiled = loaded.policy.with_context(|| format!("the policy does not compile: {wrong:?}"))?.compiled;
        let questions: Vec<Question> = shape.asked.iter().map(question).collect();
        let json = questions.iter().map(serde_json::to_vec).collect::<Result<_, _>>()?;
        let ids = shape.asked.iter().map(|asked| ids(&compiled, asked)).collect::<Option<_>>().context("a name")?;
        let facts = shape.asked.iter().map(|asked| facts(&compiled, asked)).collect::<Option<_>>().context("a fact")?;
        Ok(Self { asked: &shape.asked, compiled, load, questions, json, ids, facts })
    }

    fn by_ids(&self, n: usize) -> Decision<'_> {
        self.compiled.table.decide(&self.ids[n], &self.facts[n])
    }

    fn by_names(&self, n: usize, facts: &FactSet) -> Option<Decision<'_>> {
        let question = &self.questions[n];
        self.compiled.decide_names(
            question.action,
            question.actor.as_deref()?,
            question.data.first()?,
            question.purpose.as_deref()?,
            question.recipient.as_deref(),
            facts,
        )
    }

    /// Everything by name, the facts too.
    fn by_names_alone(&self, n: usize) -> Option<(Decision<'_>, FactSet)> {
        let facts = facts(&self.compiled, &self.asked[n])?;
        Some((self.by_names(n, &facts)?, facts))
    }

    /// The clauses of a decision, without a copy of any.
    fn clauses<'d>(&'d self, decision: &Decision<'d>, facts: &'d FactSet) -> impl Iterator<Item = &'d str> {
        let allowed = decision.allowed;
        let permitting = decision.permissions.iter().filter(move |entry| allowed && facts.contains(&entry.facts));
        let forbidding = decision.prohibitions.iter().filter(move |entry| !allowed && !facts.meets(&entry.facts));
        permitting
            .chain(forbidding)
            .filter_map(|entry| self.compiled.sentences.get(usize::from(entry.sentence)))
            .map(|sentence| sentence.clause.as_str())
    }

    fn json(&self, n: usize) -> Result<Vec<u8>, serde_json::Error> {
        let question: Question = serde_json::from_slice(&self.json[n])?;
        serde_json::to_vec(&self.compiled.answer(&question))
    }

    /// Whether every way of asking answers as expected.
    pub fn check(&self, n: usize, expected: &Verdict) -> Result<()> {
        let answer = self.compiled.answer(&self.questions[n]);
        let found = Verdict { allowed: answer.allowed, because: Some(rules_of(&answer)) };
        ensure!(found == *expected, "`answer` says {found:?}");
        let from_json: Answer = serde_json::from_slice(&self.json(n)?)?;
        ensure!(from_json == answer, "the answer in JSON is another");
        let (by_names, facts) = self.by_names_alone(n).context("a name that is not known")?;
        ensure!(facts == self.facts[n], "other facts by name");
        for decision in [self.by_ids(n), by_names] {
            ensure!(decision.allowed == expected.allowed, "`decide` says {}", decision.allowed);
            let mut clauses: Vec<String> = self.clauses(&decision, &facts).map(rule_of).collect();
            clauses.sort_unstable();
            let permitted = decision.permissions.iter().any(|entry| facts.contains(&entry.facts));
            ensure!(!permitted || Some(clauses) == expected.because, "`decide` gives other clauses");
        }
        Ok(())
    }

    /// How often each way of asking asks for memory, for each question.
    pub fn allocations(&self) -> [(&'static str, f64); 4] {
        let count = |ask: &dyn Fn(usize)| {
            let total = allocations(|| (0..self.ids.len()).for_each(ask));
            #[expect(clippy::cast_precision_loss, reason = "a count of allocations")]
            let each = total as f64 / self.ids.len() as f64;
            each
        };
        [
            (
                "`Table::decide`",
                count(&|n| {
                    black_box(self.by_ids(n));
                }),
            ),
            ("`decide_names` and its clauses", count(&|n| self.ask_names(n))),
            ("the same with facts by name", count(&|n| self.ask_names_alone(n))),
            ("`answer`", count(&|n| drop(black_box(self.compiled.answer(&self.questions[n]))))),
        ]
    }

    fn ask_names(&self, n: usize) {
        if let Some(decision) = black_box(self.by_names(n, &self.facts[n])) {
            self.clauses(&decision, &self.facts[n]).for_each(seen);
        }
    }

    fn ask_names_alone(&self, n: usize) {
        if let Some((decision, facts)) = black_box(self.by_names_alone(n)) {
            self.clauses(&decision, &facts).for_each(seen);
        }
    }

    pub fn contenders(&self) -> Vec<Contender<'_>> {
        let count = self.ids.len();
        fn each(count: usize, ask: impl Fn(usize)) {
            (0..count).for_each(|n| ask(black_box(n)));
        }
        vec![
            Contender::new("Upheld `Table::decide`", Given::Ids, move || {
                each(count, |n| {
                    black_box(self.by_ids(n).allowed);
                });
            }),
            Contender::new("Upheld `decide_names`", Given::Names, move || each(count, |n| self.ask_names_alone(n))),
            Contender::new("Upheld `decide_names`, facts already a set", Given::Names, move || {
                each(count, |n| self.ask_names(n));
            }),
            Contender::new("Upheld `answer`", Given::Names, move || {
                each(count, |n| drop(black_box(self.compiled.answer(&self.questions[n]))));
            }),
            Contender::new("Upheld `answer`", Given::Json, move || {
                each(count, |n| drop(black_box(self.json(n))));
            }),
        ]
    }
}

fn question(asked: &Asked) -> Question {
    let agreed = asked.agreed.iter().map(|choice| (format!("agreed {choice}"), true));
    Question {
        action: Action::Share,
        actor: Some(OFFICE.to_owned()),
        data: vec![asked.data.clone()],
        purpose: Some(asked.purpose.clone()),
        recipient: Some(asked.recipient.clone()),
        facts: agreed.chain(asked.adult.then(|| (ADULT.to_owned(), true))).collect(),
        ..Question::default()
    }
}

fn ids(compiled: &Compiled, asked: &Asked) -> Option<Ids> {
    let names = &compiled.names;
    let element = Element(names.data.id(&asked.data)?);
    Some(Ids {
        action: Action::Share,
        actor: Actor(names.actors.id(OFFICE)?),
        element,
        origin: compiled.origins_of(element).next()?,
        form: Form::Identified,
        purpose: Purpose(names.purposes.id(&asked.purpose)?),
        recipient: Recipient(names.recipients.id(&asked.recipient)?),
    })
}

/// A fact that no rule asks for is none of the policy's.
fn facts(compiled: &Compiled, asked: &Asked) -> Option<FactSet> {
    let mut out = FactSet::EMPTY;
    let mut say = |fact: Fact, holds: bool| {
        if let Some(fact) = compiled.fact_index(fact) {
            out.insert(Literal { fact, holds });
        }
    };
    for choice in &asked.agreed {
        let index = compiled.choices.iter().position(|known| known.name == *choice)?;
        say(Fact::Agreed(u16::try_from(index).ok()?), true);
    }
    if asked.adult {
        say(Fact::Is(upheld_decide::Kind(compiled.names.kinds.id(ADULT)?)), true);
    }
    Some(out)
}

/// The rules that an answer names, as [`Verdict::because`] has them.
fn rules_of(answer: &Answer) -> Vec<String> {
    // Of what some rule permits, a refusal names the prohibitions and what would let each pass; every one has a condition here.
    let permitted = answer.allowed || (answer.reason == Reason::Never && !answer.lacking.is_empty());
    let mut rules: Vec<String> = answer.because.iter().map(|cited| rule_of(&cited.clause)).collect();
    rules.retain(|_| permitted);
    rules.sort_unstable();
    rules
}

fn rule_of(clause: &str) -> String {
    clause.split('.').next().unwrap_or_default().to_owned()
}

/// The policy, each rule the rule of a clause of its own.
pub fn text(shape: &Shape) -> String {
    let mut out = String::from(
        "---\nupheld: 1\ntitle: Privacy\ncontroller: Somebody\ncontact: office@example.org\nversion: 1\n\
         effective: 2026-12-01\n---\n\n## Names {#names}\n\nWhat is spoken of.\n\n```upheld\n",
    );
    let mut names = |word: &str, tree: &Tree| {
        for (name, above) in tree.names() {
            let is = above.map(|above| format!(" is {above}")).unwrap_or_default();
            let _ = writeln!(out, "{word} {name}{is}");
        }
    };
    names("data", &shape.data);
    names("purpose", &shape.purposes);
    names("recipient", &shape.recipients);
    let _ = writeln!(out, "purpose upkeep\nperson subscriber\nperson {ADULT}\npoint joining is event");
    let _ = writeln!(out, "role {OFFICE} \"Does the work\", works on {}, upkeep", shape.purposes.root);
    let _ = writeln!(out, "we collect {} from subscriber at joining for upkeep", shape.data.root);
    for choice in CHOICES {
        let _ = writeln!(out, "purpose {choice}\nevery person may agree to {choice} via form");
    }
    out.push_str("```\n");
    for rule in &shape.rules {
        let (who, word) = if rule.permits { (OFFICE, "may") } else { ("we", "never") };
        let mut parts = Vec::new();
        parts.extend(rule.agreed.map(|choice| format!("they have agreed to {choice}")));
        parts.extend(rule.adult.then(|| ADULT.to_owned()));
        let condition = match (parts.as_slice(), rule.permits) {
            ([], _) => String::new(),
            (parts, true) => format!(" if {}", parts.join(" and ")),
            (parts, false) => format!(" unless {}", parts.join(" or ")),
        };
        let _ = writeln!(
            out,
            "\n## Rule {id} {{#{id}}}\n\nA promise.\n\n```upheld\n{who} {word} share {} for {} with {}{condition}\n```",
            rule.data,
            rule.purpose,
            rule.recipient,
            id = rule.id,
        );
    }
    out
}
