//! What AuthZEN asks, in our words.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use upheld_decide::{Action, Form, Question as RuleQuestion};
use upheld_service::{Caller, Question};
use utoipa::ToSchema;

use crate::json::{Object, wrong};

/// A question. Members that are not described here are passed over.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Evaluation<'a> {
    /// Who would do it.
    #[serde(borrow)]
    #[schema(value_type = Subject<'_>)]
    subject: Object<Subject<'a>>,
    /// What would be done.
    #[serde(borrow)]
    #[schema(value_type = ActionAsked<'_>)]
    action: Object<ActionAsked<'a>>,
    /// With which data.
    #[serde(borrow)]
    #[schema(value_type = Resource<'_>)]
    resource: Object<Resource<'a>>,
    /// What else is to be known.
    #[serde(borrow, default)]
    #[schema(value_type = Option<Context<'_>>)]
    context: Option<Object<Context<'a>>>,
}

/// Who would do it: the key's own role or program; or the recipient of a disclosure.
#[derive(Deserialize, ToSchema)]
#[schema(as = EvaluationSubject)]
struct Subject<'a> {
    /// `role` or `program` (either word does), or `recipient`.
    #[serde(borrow, rename = "type")]
    #[schema(example = "program")]
    kind: Cow<'a, str>,
    /// Its name in the policy.
    #[serde(borrow)]
    id: Cow<'a, str>,
}

/// What would be done.
#[derive(Deserialize, ToSchema)]
#[schema(as = EvaluationAction)]
struct ActionAsked<'a> {
    /// The verb: `use`, `change`, `erase`, `block`, `collect`, `share`, `rent`, `sell`, `transfer`.
    #[serde(borrow)]
    #[schema(example = "use")]
    name: Cow<'a, str>,
    /// How.
    #[serde(borrow, default)]
    #[schema(value_type = Option<ActionProperties<'_>>)]
    properties: Option<Object<ActionProperties<'a>>>,
}

/// How it would be done.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = EvaluationActionProperties)]
struct ActionProperties<'a> {
    /// The purpose. With `on` it may be left out: the ground is the purpose.
    #[serde(borrow, default, rename = "for")]
    purpose: Option<Cow<'a, str>>,
    /// In which form; identified when left out.
    #[serde(default, rename = "as")]
    form: Option<Form>,
    /// The recipient of a disclosure.
    #[serde(borrow, default)]
    with: Option<Cow<'a, str>>,
    /// The id of the case that it rides on; without a person, the ground.
    #[serde(borrow, default)]
    on: Option<Cow<'a, str>>,
}

/// Which data.
#[derive(Deserialize, ToSchema)]
#[schema(as = EvaluationResource)]
struct Resource<'a> {
    /// Always `data`.
    #[serde(borrow, rename = "type")]
    #[schema(example = "data")]
    kind: Cow<'a, str>,
    /// The element or group.
    #[serde(borrow)]
    #[schema(example = "email")]
    id: Cow<'a, str>,
    /// Whose, and which of it.
    #[serde(borrow, default)]
    #[schema(value_type = Option<ResourceProperties<'_>>)]
    properties: Option<Object<ResourceProperties<'a>>>,
}

/// Whose data, and which of it.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = EvaluationResourceProperties)]
struct ResourceProperties<'a> {
    /// The service's own id of the person. Left out: the answer is that of the rules, whoever it is about.
    #[serde(borrow, default)]
    person: Option<Cow<'a, str>>,
    /// The item, for itemised data.
    #[serde(borrow, default)]
    item: Option<Cow<'a, str>>,
    /// The capacity that the person was in; ignored with `person`, since the store knows.
    #[serde(borrow, default)]
    of: Option<Cow<'a, str>>,
    /// The point at which it was taken; ignored with `person`.
    #[serde(borrow, default)]
    at: Option<Cow<'a, str>>,
    /// Who gave it; ignored with `person`.
    #[serde(borrow, default)]
    from: Option<Cow<'a, str>>,
}

/// What else is to be known.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = EvaluationContext)]
struct Context<'a> {
    /// What is known of the person, by name: a kind (`customer`), `agreed CHOICE`, `refused CHOICE`, `on GROUND`. Ignored
    /// with `person`, since the store knows.
    #[serde(default)]
    facts: Option<BTreeMap<String, bool>>,
    /// As `on` of the action.
    #[serde(borrow, default)]
    on: Option<Cow<'a, str>>,
}

/// A question in our words.
pub(super) enum Put {
    /// About a person, whom the store knows.
    Stored {
        /// The question.
        question: Question,
        /// What the caller said of them and nobody believes.
        ignored: Vec<String>,
    },
    /// By the rules alone.
    Rules(RuleQuestion),
    /// Refused before it is asked.
    Refused(Refusal),
}

/// Why a question is refused before it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It asks for another role than that of the key.
    Subject,
    /// The key does not list the purpose.
    Purpose,
    /// There is no such verb or sort of resource.
    NotDeclared,
}

impl Put {
    /// Whether it is answered from the store.
    pub(super) const fn needs_store(&self) -> bool {
        matches!(self, Self::Stored { .. })
    }
}

impl Evaluation<'_> {
    /// The question in our words; or what is wrong with it.
    pub(super) fn put(self, caller: &Caller) -> Result<Put, String> {
        let Self { subject: Object(subject), action: Object(asked), resource: Object(resource), context } = self;
        let how = asked.properties.map(|Object(how)| how).unwrap_or_default();
        let which = resource.properties.map(|Object(which)| which).unwrap_or_default();
        let context = context.map(|Object(context)| context).unwrap_or_default();
        let recipient = match &*subject.kind {
            "role" | "program" if caller.acts_as.as_deref() == Some(&*subject.id) => None,
            "recipient" => Some(subject.id),
            _ => return Ok(Put::Refused(Refusal::Subject)),
        };
        let action = Action::ALL.into_iter().find(|action| action.word() == asked.name);
        let Some(action) = action.filter(|_| resource.kind == "data") else {
            return Ok(Put::Refused(Refusal::NotDeclared));
        };
        let recipient = one_of(recipient, how.with, "two recipients are named, the subject and `with`")?;
        let on = one_of(how.on, context.on, "two cases are named, in the action and in the context")?;
        let form = how.form.unwrap_or_default();
        let purpose = how.purpose.map(Cow::into_owned);
        let data = vec![resource.id.into_owned()];
        let Some(person) = which.person else {
            return Ok(Put::Rules(RuleQuestion {
                action,
                actor: None,
                data,
                form,
                purpose,
                recipient: recipient.map(Cow::into_owned),
                on: on.map(Cow::into_owned),
                of: which.of.map(Cow::into_owned),
                at: which.at.map(Cow::into_owned),
                from: which.from.map(Cow::into_owned),
                facts: context.facts.unwrap_or_default(),
            }));
        };
        let origin = [("of", which.of), ("at", which.at), ("from", which.from)];
        let origin = origin.into_iter().filter(|(_, said)| said.is_some());
        let mut ignored: Vec<String> = origin.map(|(name, _)| format!("resource.properties.{name}")).collect();
        ignored.extend(context.facts.into_iter().flatten().map(|(word, _)| format!("{FACTS}{word}")));
        let question = Question {
            action,
            person: person.into_owned(),
            actor_person: None,
            with_person: None,
            data,
            item: which.item.map(Cow::into_owned),
            form,
            purpose,
            with: recipient.map(Cow::into_owned),
            on: on.map(Cow::into_owned),
        };
        Ok(Put::Stored { question, ignored })
    }
}

/// Where facts stand in a request.
pub(super) const FACTS: &str = "context.facts.";

/// One of two places where the same may be said.
fn one_of<'a>(
    one: Option<Cow<'a, str>>,
    other: Option<Cow<'a, str>>,
    both: &str,
) -> Result<Option<Cow<'a, str>>, String> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Err(both.to_owned()),
        (one, other) => Ok(one.or(other)),
    }
}

/// Many questions.
#[derive(Deserialize, ToSchema)]
#[schema(as = Evaluations)]
pub(super) struct Batch {
    /// For questions that have none.
    #[serde(default)]
    #[schema(value_type = Option<Subject<'_>>)]
    subject: Option<Value>,
    /// For questions that have none.
    #[serde(default)]
    #[schema(value_type = Option<ActionAsked<'_>>)]
    action: Option<Value>,
    /// For questions that have none.
    #[serde(default)]
    #[schema(value_type = Option<Resource<'_>>)]
    resource: Option<Value>,
    /// For questions that have none.
    #[serde(default)]
    #[schema(value_type = Option<Context<'_>>)]
    context: Option<Value>,
    /// The questions. A member that is left out is taken from the top, a member that is there replaces it whole. Without
    /// any question the top is the only one, and it is answered as `/access/v1/evaluation` does.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Item>>)]
    evaluations: Option<Vec<Value>>,
    /// How they are answered.
    #[serde(default)]
    #[schema(value_type = Option<Options>)]
    options: Option<Object<Options>>,
}

/// One question of many.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described, in the OpenAPI document")]
#[schema(as = EvaluationsItem)]
struct Item {
    /// Who would do it.
    #[schema(value_type = Option<Subject<'_>>)]
    subject: Option<()>,
    /// What would be done.
    #[schema(value_type = Option<ActionAsked<'_>>)]
    action: Option<()>,
    /// With which data.
    #[schema(value_type = Option<Resource<'_>>)]
    resource: Option<()>,
    /// What else is to be known.
    #[schema(value_type = Option<Context<'_>>)]
    context: Option<()>,
}

/// How many questions are answered.
#[derive(Deserialize, ToSchema)]
#[schema(as = EvaluationsOptions)]
struct Options {
    /// Which of them are.
    #[serde(default)]
    evaluations_semantic: Semantic,
}

/// Which questions are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EvaluationsSemantic)]
pub(super) enum Semantic {
    /// All.
    #[default]
    ExecuteAll,
    /// All up to the first that is refused.
    DenyOnFirstDeny,
    /// All up to the first that is permitted.
    PermitOnFirstPermit,
}

impl Semantic {
    /// Whether a decision ends the series.
    pub(super) const fn ends_at(self, decision: bool) -> bool {
        match self {
            Self::ExecuteAll => false,
            Self::DenyOnFirstDeny => !decision,
            Self::PermitOnFirstPermit => decision,
        }
    }
}

impl Batch {
    /// The questions; none when the top is the only one.
    pub(super) fn items(&self) -> Option<&[Value]> {
        self.evaluations.as_deref().filter(|items| !items.is_empty())
    }

    pub(super) fn semantic(&self) -> Semantic {
        self.options.as_ref().map(|Object(options)| options.evaluations_semantic).unwrap_or_default()
    }

    /// One question, with what it takes from the top; or what is wrong with it.
    pub(super) fn evaluation<'b>(&'b self, item: &'b Value) -> Result<Evaluation<'b>, String> {
        let item = item.as_object().ok_or("an evaluation is an object")?;
        let member = |name: &str, top: &'b Option<Value>| item.get(name).or(top.as_ref());
        Ok(Evaluation {
            subject: required("subject", member("subject", &self.subject))?,
            action: required("action", member("action", &self.action))?,
            resource: required("resource", member("resource", &self.resource))?,
            context: member("context", &self.context).map(|context| read("context", context)).transpose()?,
        })
    }
}

fn required<'v, T: Deserialize<'v>>(name: &str, value: Option<&'v Value>) -> Result<T, String> {
    read(name, value.ok_or_else(|| format!("the field `{name}` is missing"))?)
}

fn read<'v, T: Deserialize<'v>>(name: &str, value: &'v Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| format!("`{name}`: {}", wrong(&error.to_string())))
}
