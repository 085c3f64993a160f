//! What a step names, held against the policy and against the steps above.

use std::collections::BTreeSet;

use upheld_decide::{Axis, Choice, Names, Notice, Reason};
use upheld_document::{Diagnostic, Document, Span, nearest};

use super::ast::{Because, StepKind};
use crate::syntax::ast::Name;

/// What a name in a step stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Data,
    Point,
    Choice,
    Actor,
    /// A role or program, or a person who has appeared.
    ActorOrPerson,
    Relation,
    Ground,
    Purpose,
    Recipient,
    /// A recipient, or a person who has appeared.
    RecipientOrPerson,
    Notice,
    /// A field that a ground needs: the ground decides when the case is opened.
    Field,
    /// A person who acts, and so appears.
    Acts,
    /// A person who has appeared.
    Person,
    /// A person, who may have appeared or not.
    Anybody,
    /// A case that is opened here.
    Opened,
    /// A case that may not be opened.
    Unopened,
    /// A case that was opened.
    Case,
    /// An item that is taken in here.
    TakenAs,
    /// An item that was taken in.
    Item,
}

/// A name in a step.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub(super) what: What,
    pub(super) name: Name,
}

/// What names are held against.
pub(super) struct Policy<'a> {
    pub(super) document: &'a Document,
    pub(super) names: &'a Names,
    pub(super) choices: &'a [Choice],
    pub(super) notices: &'a [Notice],
}

/// Whom and what the steps so far have brought in.
#[derive(Default)]
pub(super) struct Known {
    people: BTreeSet<String>,
    cases: BTreeSet<String>,
    items: BTreeSet<String>,
}

impl Known {
    /// Notes what mentions bring in.
    pub(super) fn take_in(&mut self, mentions: &[Mention]) {
        for Mention { what, name } in mentions {
            match what {
                What::Acts => self.people.insert(name.text.clone()),
                What::Opened => self.cases.insert(name.text.clone()),
                What::TakenAs => self.items.insert(name.text.clone()),
                _ => false,
            };
        }
    }
}

pub(super) fn check(
    step: &StepKind,
    span: Span,
    mentions: &[Mention],
    policy: &Policy<'_>,
    known: &mut Known,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let refusal = step.expects().filter(|expects| !expects.allowed).and_then(|expects| expects.because.as_ref());
    for Mention { what, name } in mentions {
        let problem = match what {
            What::Field | What::TakenAs | What::Unopened | What::Anybody => None,
            What::Acts | What::Person => person(*what, name, policy, known),
            What::ActorOrPerson | What::RecipientOrPerson if known.people.contains(&name.text) => None,
            What::Opened if known.cases.contains(&name.text) => Some(
                Diagnostic::error("UP0503", format!("a case `{}` is open already in this scenario", name.text))
                    .at(name.span, "")
                    .help("give this one another name"),
            ),
            What::Opened => None,
            What::Case => before(name, "case", "counsel opens legal_process w1 on ann", &known.cases),
            What::Item => before(name, "item", "ann at mail_in with email_message \"…\" as item m1", &known.items),
            _ if says_undeclared(refusal, *what) => None,
            _ => declared(*what, name, policy),
        };
        diagnostics.extend(problem);
    }
    known.take_in(mentions);
    contradiction(step, span, diagnostics);
}

/// Whether a step expects to be refused because such a name is not declared.
fn says_undeclared(refusal: Option<&Because>, what: What) -> bool {
    match refusal {
        Some(Because::Reason(Reason::NotDeclared)) => true,
        Some(Because::Reason(Reason::NotDeclaredThere)) => what == What::Data,
        Some(Because::Reason(Reason::NotOffered)) => what == What::Choice,
        _ => false,
    }
}

/// An act that is allowed has no reason to be refused, and the other way round.
fn contradiction(step: &StepKind, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    let Some(expects) = step.expects() else {
        return;
    };
    let Some(Because::Reason(reason)) = expects.because else {
        return;
    };
    if expects.allowed == (reason == Reason::Permitted) {
        return;
    }
    let (title, help) = if expects.allowed {
        (
            "this step expects a yes and gives a reason for a no",
            "expect a refusal (`may not`, `is refused`), or name the clause that permits it",
        )
    } else {
        ("this step expects a no and gives a reason for a yes", "expect a yes, or give the reason why not")
    };
    diagnostics.push(Diagnostic::error("UP0505", title).at(span, "").help(help));
}

fn axis(what: What, names: &Names) -> Option<(&Axis, &'static str)> {
    match what {
        What::Data => Some((&names.data, "data")),
        What::Point => Some((&names.points, "point or event")),
        What::Relation => Some((&names.relations, "relation")),
        What::Actor | What::ActorOrPerson => Some((&names.actors, "role or program")),
        What::Ground => Some((&names.grounds, "ground")),
        What::Purpose => Some((&names.purposes, "purpose")),
        What::Recipient | What::RecipientOrPerson => Some((&names.recipients, "recipient")),
        _ => None,
    }
}

fn declared(what: What, name: &Name, policy: &Policy<'_>) -> Option<Diagnostic> {
    let text = name.text.as_str();
    let (noun, near) = if let Some((axis, noun)) = axis(what, policy.names) {
        if axis.id(text).is_some() {
            return None;
        }
        (noun, nearest(text, axis.names()))
    } else if what == What::Notice {
        let mut notices = policy.notices.iter().map(|notice| notice.name.as_str());
        if notices.clone().any(|notice| notice == text) {
            return None;
        }
        ("notice", nearest(text, &mut notices))
    } else {
        let mut choices = policy.choices.iter().map(|choice| choice.name.as_str());
        if choices.clone().any(|choice| choice == text) {
            return None;
        }
        ("choice", nearest(text, &mut choices))
    };
    let mut diagnostic =
        Diagnostic::error("UP0501", format!("the policy declares no {noun} `{text}`")).at(name.span, "");
    let others = [What::Data, What::Point, What::Actor, What::Ground, What::Purpose, What::Recipient, What::Relation];
    for (axis, noun) in others.into_iter().filter_map(|other| axis(other, policy.names)) {
        if axis.id(text).is_some() {
            diagnostic = diagnostic.note(format!("there is a name `{text}` of another sort: {noun}"));
        }
    }
    Some(match near {
        Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), name.span, near),
        None if what == What::Choice => {
            let offered: Vec<String> = policy.choices.iter().map(|choice| format!("`{}`", choice.name)).collect();
            diagnostic.help(if offered.is_empty() {
                "the policy offers no choices; a step that expects this says so: `… because it is not offered`"
                    .to_owned()
            } else {
                format!("what the policy offers is {}", offered.join(", "))
            })
        }
        None => diagnostic.help("a step that expects this refusal says so: `… because it is not declared`"),
    })
}

fn person(what: What, name: &Name, policy: &Policy<'_>, known: &Known) -> Option<Diagnostic> {
    if policy.names.actors.id(&name.text).is_some() {
        return Some(
            Diagnostic::error("UP0503", format!("`{}` is a role or program, here a person is wanted", name.text))
                .at(name.span, "")
                .help("give the person a name of their own: `ann`"),
        );
    }
    if what == What::Acts { None } else { before(name, "person", "ann at sign_up with name \"Ann\"", &known.people) }
}

/// What is spoken of must have been brought in: a misspelt name would make a step true that says nothing.
fn before(name: &Name, noun: &str, example: &str, known: &BTreeSet<String>) -> Option<Diagnostic> {
    if known.contains(&name.text) {
        return None;
    }
    let diagnostic =
        Diagnostic::error("UP0503", format!("no {noun} `{}` appears before this step", name.text)).at(name.span, "");
    Some(match nearest(&name.text, known.iter().map(String::as_str)) {
        Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), name.span, near),
        None => diagnostic.help(format!("bring it in first: `{example}`")),
    })
}
