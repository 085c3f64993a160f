//! Cedar: recipient, purpose and data are principal, action and resource, each in a hierarchy; what is known of the person
//! is the context. Actor and verb, of which there is one each, are left out: it has less to look at than Upheld.

use std::collections::{BTreeMap, HashSet};
use std::hint::black_box;
use std::str::FromStr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy, PolicyId, PolicySet,
    Request, Response, RestrictedExpression,
};
use serde::Serialize;

use super::shape::{Asked, Rule, Shape, Tree, Verdict};
use super::{Contender, Given, PlainQuestion, seen};

pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    /// By purpose: the policies whose action covers it.
    cut: BTreeMap<String, PolicySet>,
    entities: Entities,
    types: Types,
    asked: Vec<PlainQuestion>,
    json: Vec<Vec<u8>>,
    requests: Vec<Request>,
    pub load: Duration,
}

struct Types {
    recipient: EntityTypeName,
    action: EntityTypeName,
    data: EntityTypeName,
}

#[derive(Serialize)]
struct Answer {
    allowed: bool,
    because: Vec<String>,
}

impl Types {
    fn request(&self, asked: &PlainQuestion) -> Result<Request> {
        let uid =
            |kind: &EntityTypeName, name: &str| EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(name));
        let agreed = asked.agreed.iter().filter(|(_, agreed)| **agreed);
        let agreed = agreed.map(|(choice, _)| RestrictedExpression::new_string(choice.clone()));
        let context = Context::from_pairs([
            ("agreed".to_owned(), RestrictedExpression::new_set(agreed)),
            ("sixteen_or_over".to_owned(), RestrictedExpression::new_bool(asked.sixteen_or_over)),
        ])?;
        Ok(Request::new(
            uid(&self.recipient, &asked.recipient),
            uid(&self.action, &asked.purpose),
            uid(&self.data, &asked.data),
            context,
            None,
        )?)
    }
}

impl Cedar {
    pub fn new(shape: &Shape) -> Result<Self> {
        let types = Types {
            recipient: EntityTypeName::from_str("Recipient")?,
            action: EntityTypeName::from_str("Action")?,
            data: EntityTypeName::from_str("Data")?,
        };
        let mut entities = tree(&types.recipient, &shape.recipients);
        entities.extend(tree(&types.action, &shape.purposes));
        entities.extend(tree(&types.data, &shape.data));
        let before = Instant::now();
        let policies = set(shape.rules.iter())?;
        let load = before.elapsed();
        let mut cut = BTreeMap::new();
        for (purpose, line) in shape.purposes.up() {
            cut.insert(
                purpose.to_owned(),
                set(shape.rules.iter().filter(|rule| line.contains(&rule.purpose.as_str())))?,
            );
        }
        let asked: Vec<PlainQuestion> = shape.asked.iter().map(PlainQuestion::from).collect();
        let json = asked.iter().map(serde_json::to_vec).collect::<Result<_, _>>()?;
        let requests = asked.iter().map(|asked| types.request(asked)).collect::<Result<_>>()?;
        let entities = Entities::from_entities(entities, None)?;
        Ok(Self { authorizer: Authorizer::new(), policies, cut, entities, types, asked, json, requests, load })
    }

    fn decide(&self, request: &Request) -> Response {
        self.authorizer.is_authorized(request, &self.policies, &self.entities)
    }

    fn names(&self, asked: &PlainQuestion) -> Result<Response> {
        Ok(self.decide(&self.types.request(asked)?))
    }

    fn json(&self, n: usize) -> Result<Vec<u8>> {
        Ok(serde_json::to_vec(&answer(&self.names(&serde_json::from_slice(&self.json[n])?)?))?)
    }

    fn names_cut(&self, asked: &PlainQuestion) -> Result<Response> {
        let policies = self.cut.get(&asked.purpose).context("a purpose")?;
        Ok(self.authorizer.is_authorized(&self.types.request(asked)?, policies, &self.entities))
    }

    /// Whether every way of asking answers as expected.
    pub fn check(&self, n: usize, shape: &Shape, expected: &Verdict) -> Result<()> {
        let mut answers = vec![
            answer(&self.decide(&self.requests[n])),
            answer(&self.names(&self.asked[n])?),
            answer(&self.names_cut(&self.asked[n])?),
        ];
        let from_json: serde_json::Value = serde_json::from_slice(&self.json(n)?)?;
        answers.push(Answer {
            allowed: from_json["allowed"] == true,
            because: serde_json::from_value(from_json["because"].clone())?,
        });
        for mut answer in answers {
            // A refusal names the prohibitions that hold, also where nothing permits.
            let permits = |id: &String| shape.rules.iter().any(|rule| rule.id == *id && rule.permits);
            ensure!(answer.because.iter().all(permits) == answer.allowed || answer.because.is_empty(), "mixed reasons");
            if !answer.allowed && expected.because.as_ref().is_some_and(Vec::is_empty) {
                answer.because.clear();
            }
            answer.because.sort_unstable();
            let found = Verdict { allowed: answer.allowed, because: Some(answer.because) };
            ensure!(found == *expected, "cedar says {found:?}");
        }
        Ok(())
    }

    pub fn contenders(&self) -> Vec<Contender<'_>> {
        let count = self.asked.len();
        vec![
            Contender::new("Cedar `is_authorized`, request ready made", Given::Ids, move || {
                (0..count).for_each(|n| drop(black_box(self.decide(&self.requests[black_box(n)]))));
            }),
            Contender::new("Cedar `is_authorized`", Given::Names, move || {
                (0..count).for_each(|n| clauses(self.names(&self.asked[black_box(n)])));
            }),
            Contender::new("Cedar, a policy set for each purpose cut by hand", Given::Names, move || {
                (0..count).for_each(|n| clauses(self.names_cut(&self.asked[black_box(n)])));
            }),
            Contender::new("Cedar `is_authorized`", Given::Json, move || {
                (0..count).for_each(|n| drop(black_box(self.json(black_box(n)))));
            }),
        ]
    }
}

fn clauses(response: Result<Response>) {
    if let Ok(response) = black_box(response) {
        response.diagnostics().reason().map(AsRef::as_ref).for_each(seen);
    }
}

fn answer(response: &Response) -> Answer {
    Answer {
        allowed: response.decision() == Decision::Allow,
        because: response.diagnostics().reason().map(|id| AsRef::<str>::as_ref(id).to_owned()).collect(),
    }
}

fn tree(kind: &EntityTypeName, tree: &Tree) -> Vec<Entity> {
    let uid = |name: &str| EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(name));
    tree.names()
        .map(|(name, above)| Entity::new_no_attrs(uid(name), above.map(uid).into_iter().collect::<HashSet<_>>()))
        .collect()
}

fn set<'r>(rules: impl Iterator<Item = &'r Rule>) -> Result<PolicySet> {
    let mut out = PolicySet::new();
    for rule in rules {
        out.add(Policy::parse(Some(PolicyId::new(&rule.id)), text(rule))?)?;
    }
    Ok(out)
}

pub fn text(rule: &Rule) -> String {
    let effect = if rule.permits { "permit" } else { "forbid" };
    let mut parts = Vec::new();
    parts.extend(rule.agreed.map(|choice| format!("context.agreed.contains(\"{choice}\")")));
    parts.extend(rule.adult.then(|| "context.sixteen_or_over".to_owned()));
    let condition = match (parts.as_slice(), rule.permits) {
        ([], _) => String::new(),
        (parts, true) => format!(" when {{ {} }}", parts.join(" && ")),
        (parts, false) => format!(" unless {{ {} }}", parts.join(" || ")),
    };
    format!(
        "{effect}(principal in Recipient::\"{}\", action in Action::\"{}\", resource in Data::\"{}\"){condition};",
        rule.recipient, rule.purpose, rule.data
    )
}

impl From<&Asked> for PlainQuestion {
    fn from(asked: &Asked) -> Self {
        Self {
            data: asked.data.clone(),
            purpose: asked.purpose.clone(),
            recipient: asked.recipient.clone(),
            agreed: asked.agreed.iter().map(|choice| ((*choice).to_owned(), true)).collect(),
            sixteen_or_over: asked.adult,
        }
    }
}
