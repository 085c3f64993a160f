//! What AuthZEN is answered: a decision, and in its context why.

use serde::Serialize;
use upheld_decide::{Cited, Compiled, Reason};
use upheld_service::{Duty, InForce, Told};
use utoipa::ToSchema;

use super::request::{FACTS, Refusal};

/// A decision.
#[derive(Serialize, ToSchema)]
pub(super) struct Decision {
    /// Whether it may be done.
    pub(super) decision: bool,
    /// Why, and what else belongs to it.
    context: DecisionContext,
}

/// What many questions are answered, or the only one.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Evaluated {
    /// Many, in the order of the questions.
    Many {
        /// The decisions; they end with the one that ended the series.
        evaluations: Vec<Decision>,
    },
    /// The only one.
    #[expect(dead_code, reason = "only described: it is answered as a single question is")]
    One(Box<Decision>),
}

/// Why, and what else belongs to a decision.
#[derive(Default, Serialize, ToSchema)]
struct DecisionContext {
    /// The reason, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_user: Option<InWords>,
    /// The reason, for those who run the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_admin: Option<ReasonAdmin>,
    /// What was lacking (`agreed newsletter`, `on court_order`). Only for those who work on the purpose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    would_allow_if: Vec<String>,
    /// What must be done by whoever goes on; who cannot, must take the decision for a no.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    obligations: Vec<Obligation>,
    /// The policy refuses, but questions for this purpose are only observed for now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    observed: bool,
    /// What the question said of the person; the store knows it, so it was not believed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    ignored: Vec<String>,
    /// What is wrong with this question of many.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Wrong>,
}

/// Words by language.
#[derive(Serialize, ToSchema)]
struct InWords {
    /// In English.
    en: String,
}

/// The reason, for those who run the service.
#[derive(Serialize, ToSchema)]
struct ReasonAdmin {
    /// The reason as one word.
    reason: Why,
    /// The sentences that decided.
    clauses: Vec<Cited>,
    /// The version of the policy that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<PolicyVersion>,
    /// Names that the policy does not declare, or that are open.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    names: Vec<String>,
}

/// A reason of the policy; or `not_allowed`, when the key may not ask this at all.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum Why {
    /// The policy's.
    Policy(Reason),
    /// The key's.
    Key(KeyReason),
}

/// A reason that lies with the key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum KeyReason {
    /// The key may not ask this.
    NotAllowed,
}

/// A version of the policy.
#[derive(Serialize, ToSchema)]
struct PolicyVersion {
    /// Its version, as its front matter has it.
    version: String,
    /// SHA-256 of what it means.
    #[schema(example = "sha256:9f86d0…")]
    digest: String,
}

/// What must be done by whoever goes on.
#[derive(Serialize, ToSchema)]
struct Obligation {
    /// Tells it from the others of this answer.
    id: String,
    /// Always `custom`: the registered sorts are about other things.
    #[serde(rename = "type")]
    #[schema(example = "custom")]
    kind: &'static str,
    /// What it is.
    properties: ObligationProperties,
}

/// What must be done.
#[derive(Serialize, ToSchema)]
#[serde(tag = "obligation", rename_all = "snake_case")]
enum ObligationProperties {
    /// Delete every copy by then.
    DeleteBy {
        /// The element.
        data: String,
        /// When the period ends for which it is kept, RFC 3339.
        by: String,
        /// The clause that says so.
        #[serde(skip_serializing_if = "Option::is_none")]
        clause: Option<String>,
    },
    /// Show no more than the end of it.
    Mask {
        /// The element.
        data: String,
        /// How many characters at the end may be shown.
        show_last: u8,
    },
}

/// What is wrong with one question of many.
#[derive(Serialize, ToSchema)]
struct Wrong {
    /// The status that it would have had alone.
    status: u16,
    /// What is wrong.
    message: String,
}

impl Decision {
    /// What was answered. `ignored` is what the question said of a person.
    pub(super) fn new(told: Told, observed: bool, ignored: &[String]) -> Self {
        let Told { answer, in_force, may_know, duties, .. } = told;
        let mut en = answer.reason.sentence().to_owned();
        if let Some(cited) = answer.because.first() {
            en.push_str(&format!(" (§{}: {})", cited.section, cited.sentence));
        }
        let about_names = matches!(answer.reason, Reason::NotDeclared | Reason::NotFurtherSaid);
        let (names, lacking) = if about_names { (answer.lacking, Vec::new()) } else { (Vec::new(), answer.lacking) };
        let policy = in_force.as_deref();
        let context = DecisionContext {
            reason_user: Some(InWords { en }),
            ignored: ignored_of(policy.map(|in_force| &in_force.policy), ignored),
            reason_admin: Some(ReasonAdmin {
                reason: Why::Policy(answer.reason),
                clauses: answer.because,
                policy: policy.map(version),
                names,
            }),
            would_allow_if: if may_know && !answer.allowed { lacking } else { Vec::new() },
            obligations: duties.into_iter().map(obligation).collect(),
            observed,
            error: None,
        };
        Self { decision: answer.allowed || observed, context }
    }

    /// A question that was refused before it was asked.
    pub(super) fn refused(refusal: Refusal) -> Self {
        let (reason, en) = match refusal {
            Refusal::Subject => {
                (Why::Key(KeyReason::NotAllowed), "a key asks for its own role or program, or names a recipient")
            }
            Refusal::Purpose => (Why::Key(KeyReason::NotAllowed), "the key does not list this purpose"),
            Refusal::NotDeclared => (Why::Policy(Reason::NotDeclared), "there is no such action or sort of resource"),
        };
        let reason_admin = ReasonAdmin { reason, clauses: Vec::new(), policy: None, names: Vec::new() };
        let context = DecisionContext {
            reason_user: Some(InWords { en: en.to_owned() }),
            reason_admin: Some(reason_admin),
            ..DecisionContext::default()
        };
        Self { decision: false, context }
    }

    /// A question of many that cannot be asked.
    pub(super) fn wrong(message: String) -> Self {
        let error = Some(Wrong { status: 400, message });
        Self { decision: false, context: DecisionContext { error, ..DecisionContext::default() } }
    }
}

fn version(in_force: &InForce) -> PolicyVersion {
    let digest = format!("sha256:{}", in_force.version.meaning_digest);
    PolicyVersion { version: in_force.version.version.clone(), digest }
}

fn obligation(duty: Duty) -> Obligation {
    let (id, properties) = match duty {
        Duty::DeleteBy { element, by, sentence } => {
            let clause = sentence.map(|cited| cited.clause);
            let id = format!("delete_by.{element}");
            (id, ObligationProperties::DeleteBy { data: element, by: by.to_string(), clause })
        }
        Duty::ShowLastFour { element } => {
            (format!("mask.{element}"), ObligationProperties::Mask { data: element, show_last: 4 })
        }
    };
    Obligation { id, kind: "custom", properties }
}

/// The places of what was ignored. A fact is named only where the policy has such a name: another word may be a value that
/// strayed.
fn ignored_of(policy: Option<&Compiled>, ignored: &[String]) -> Vec<String> {
    let place = |place: &String| match place.strip_prefix(FACTS) {
        Some(word) if !policy.is_some_and(|policy| is_fact(policy, word)) => "context.facts".to_owned(),
        _ => place.clone(),
    };
    let mut out: Vec<String> = ignored.iter().map(place).collect();
    out.sort_unstable();
    out.dedup();
    out
}

fn is_fact(policy: &Compiled, word: &str) -> bool {
    let choice = word.strip_prefix("agreed ").or_else(|| word.strip_prefix("refused "));
    if let Some(choice) = choice {
        return policy.choices.iter().any(|known| known.name == choice);
    }
    match word.strip_prefix("on ") {
        Some(ground) => policy.names.grounds.id(ground).is_some(),
        None => policy.names.kinds.id(word).is_some(),
    }
}
