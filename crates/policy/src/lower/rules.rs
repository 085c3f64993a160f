//! Permissions and prohibitions.

use upheld_decide::{Action, Choice, Purpose};
use upheld_document::Diagnostic;

use super::duties::given_by;
use super::names::On;
use super::{Lowering, Numbered};
use crate::model::{About, Condition, Force, Recipients, Rule, Scope, Shape, Who};
use crate::syntax::ast::{self, DataPhrase, Kind, Only, Phrases, Sentence, ShapePhrase};

pub(super) fn rules(lowering: &mut Lowering<'_>, sentences: &[Numbered<'_>]) {
    for numbered in sentences {
        let Kind::Rule { force, who, phrases } = &numbered.sentence.kind else { continue };
        if let Some(only) = phrases.only {
            let mut lock = lock(lowering, numbered, who.as_deref(), phrases, only);
            // Without `may` it locks and permits nothing; what stands below it frees of the lock.
            let alone = *force != Force::May;
            if alone {
                let above = Above {
                    actions: lock.scope.actions.clone(),
                    purposes: lock.scope.purposes.is_some() || lock.scope.another,
                    recipients: lock.scope.recipients.is_some(),
                    shape: lock.scope.shape,
                };
                lock.children.extend(numbered.children.iter().filter_map(|child| rule(lowering, child, &above)));
            }
            lowering.model.rules.push(lock);
            if alone {
                continue;
            }
        }
        if let Some(rule) = rule(lowering, numbered, &Above::default()) {
            lowering.model.rules.push(rule);
        }
    }
}

/// `only`: what the sentence says without the phrase that is locked, and without its condition, is forbidden except where that phrase
/// holds.
fn lock(
    lowering: &mut Lowering<'_>,
    numbered: &Numbered<'_>,
    who: Option<&[ast::Name]>,
    phrases: &Phrases,
    only: Only,
) -> Rule {
    let mut open = Phrases { only: None, condition: None, ..phrases.clone() };
    let mut locked = Phrases::default();
    let mut when = Vec::new();
    match only {
        Only::Purposes => locked.purposes = open.purposes.take(),
        Only::Recipients => locked.recipients = open.recipients.take(),
        Only::Shape => locked.shape = open.shape.take(),
        Only::Ground => locked.on = open.on.take(),
        Only::Points => locked.at = open.at.take(),
        Only::Kinds => locked.of = open.of.take(),
        Only::Condition => {
            when = phrases.condition.as_ref().map(|condition| conditions(lowering, condition)).unwrap_or_default();
        }
    }
    // In a sentence that permits, `with` and `for` before another lock say what is permitted; the lock is about all of them.
    let whole = scope(lowering, Force::Never, who, &open);
    let mut free = scope(lowering, Force::Except, None, &locked);
    // A case is what is locked, not the purpose of its name.
    if only == Only::Ground {
        free.purposes = None;
    }
    let child =
        Rule { sentence: numbered.index, force: Force::Except, scope: free, when, children: Vec::new(), lock: false };
    Rule {
        sentence: numbered.index,
        force: Force::Never,
        scope: whole,
        when: Vec::new(),
        children: vec![child],
        lock: true,
    }
}

/// What an indented line takes from the lines above it, as far as the checks here ask.
#[derive(Clone, Default)]
struct Above {
    actions: Vec<Action>,
    purposes: bool,
    recipients: bool,
    shape: Option<Shape>,
}

fn rule(lowering: &mut Lowering<'_>, numbered: &Numbered<'_>, above: &Above) -> Option<Rule> {
    let Kind::Rule { force, who, phrases } = &numbered.sentence.kind else { return None };
    let sentence = numbered.sentence;
    let scope = scope(lowering, *force, who.as_deref(), phrases);
    if let Some(place) = phrases.another.filter(|_| *force != Force::Never) {
        lowering.report(
            Diagnostic::error("UP0225", "`for another purpose` stands in a promise and in a choice only")
                .at(place, "")
                .help("name the purpose: `… for newsletter`; what is promised of all others stands in a line of its own: `we never use DATA for another purpose`"),
        );
    }
    let when = phrases.condition.as_ref().map(|condition| conditions(lowering, condition)).unwrap_or_default();
    let below = Above {
        actions: if scope.actions.is_empty() { above.actions.clone() } else { scope.actions.clone() },
        purposes: above.purposes || scope.purposes.is_some() || scope.another,
        recipients: above.recipients || scope.recipients.is_some(),
        shape: scope.shape.or(above.shape),
    };
    if matches!(force, Force::May | Force::ButMay) {
        check_permission(lowering, sentence, *force, phrases, &scope, &below);
    }
    check_recipient(lowering, sentence, phrases, &scope, above);
    if let Some(place) = phrases.once {
        once(lowering, numbered.index, *force, &below, place);
    }
    let children = numbered.children.iter().filter_map(|child| rule(lowering, child, &below)).collect();
    Some(Rule { sentence: numbered.index, force: *force, scope, when, children, lock: false })
}

pub(super) fn scope(lowering: &mut Lowering<'_>, force: Force, who: Option<&[ast::Name]>, phrases: &Phrases) -> Scope {
    let on = phrases.on.as_ref().and_then(|name| lowering.resolver.ground(name));
    let mut purposes = phrases.purposes.as_ref().map(|names| lowering.resolver.purposes(names));
    if purposes.is_none()
        && phrases.another.is_none()
        && let Some(name) = &phrases.on
        && let Some(id) = lowering.resolver.find(On::Purposes, &name.text)
    {
        purposes = Some(vec![Purpose(id)]);
    }
    let shape = phrases.shape.map(|shape| match shape {
        ShapePhrase::Pseudonym => Shape::Pseudonym,
        ShapePhrase::AggregateOf(k, span) => {
            if k < 2 {
                lowering.report(
                    Diagnostic::error("UP0207", format!("a total over groups of {k} is about single people"))
                        .at(span, "")
                        .help("write for example `as aggregate of 10`"),
                );
            }
            Shape::AggregateOf(k)
        }
        ShapePhrase::Aggregate(span) => {
            if matches!(force, Force::May | Force::ButMay) {
                lowering.report(
                    Diagnostic::error(
                        "UP0207",
                        "a permission of totals must say the least number of people in a group",
                    )
                    .at(span, "")
                    .help("write for example `as aggregate of 10`"),
                );
            }
            Shape::Aggregate
        }
    });
    let (of, now) = match phrases.of.as_ref().filter(|kinds| !kinds.is_empty()) {
        Some(kinds) => lowering.whose(kinds),
        None => (None, Vec::new()),
    };
    Scope {
        actions: phrases.verbs.clone(),
        who: match (force, who) {
            (_, Some(names)) => Some(Who::Named(lowering.resolver.actors(names))),
            (Force::May | Force::Never, None) => Some(Who::We),
            _ => None,
        },
        data: match &phrases.data {
            Some(DataPhrase::Names(names)) => Some(lowering.resolver.data(names)),
            Some(DataPhrase::Anything) | None => None,
        },
        of,
        now,
        from: phrases.from.as_ref().map(|names| given_by(lowering, names)),
        at: phrases.at.as_ref().map(|names| lowering.resolver.points(names)),
        purposes,
        another: phrases.another.is_some(),
        recipients: phrases.recipients.as_ref().map(|names| {
            if names.is_empty() { Recipients::Anyone } else { Recipients::Named(lowering.resolver.recipients(names)) }
        }),
        shape,
        on,
    }
}

/// `if A and B` is one alternative of two literals; `if A or B` two of one. `unless` turns each round: unless A or B means
/// if neither, unless A and B means if not both.
pub(super) fn conditions(lowering: &mut Lowering<'_>, condition: &ast::Condition) -> Vec<Vec<Condition>> {
    let parts: Vec<Condition> = condition
        .parts
        .iter()
        .filter_map(|part| about(lowering, part).map(|about| Condition { about, holds: condition.holds }))
        .collect();
    let alternatives = condition.or == condition.holds;
    if alternatives { parts.into_iter().map(|part| vec![part]).collect() } else { vec![parts] }
}

pub(super) fn about(lowering: &mut Lowering<'_>, part: &ast::About) -> Option<About> {
    let (name, agree, by) = match part {
        ast::About::Is(name) => return lowering.resolver.kind(name).map(About::Is),
        ast::About::Agreed(name) => (name, true, None),
        ast::About::Refused(name) => (name, false, None),
        ast::About::Accepted(place) => {
            lowering.report(
                Diagnostic::error("UP0237", "what people accept by use is noted, and opens nothing")
                    .at(*place, "")
                    .help("ask for a choice that they make: `if they have agreed to newsletter`, with `every person may agree to newsletter via form`"),
            );
            return None;
        }
        ast::About::ByAnother { by, agree, choice } => (choice, *agree, Some(by)),
    };
    let relation = match by {
        Some(by) => Some(lowering.resolver.relation_of(by).flatten()?),
        None => None,
    };
    let offered = |choice: &&Choice| relation.is_none() || choice.by == relation;
    let mut choices = lowering.model.choices.iter().filter(offered);
    let index = choices
        .find(|choice| choice.name == name.text)
        .and_then(|found| lowering.model.choices.iter().position(|choice| choice.name == found.name));
    let Some(index) = index.and_then(|index| u16::try_from(index).ok()) else {
        lowering.report(
            Diagnostic::error("UP0205", format!("no sentence offers the choice `{}`", name.text))
                .at(name.span, "")
                .help(format!(
                    "offer it: `{} may {} {} via request`",
                    by.map_or("every person", |by| &by.text),
                    if agree { "agree to" } else { "refuse" },
                    name.text
                )),
        );
        return None;
    };
    Some(if agree { About::Agreed(index) } else { About::Refused(index) })
}

fn check_permission(
    lowering: &mut Lowering<'_>,
    sentence: &Sentence,
    force: Force,
    phrases: &Phrases,
    scope: &Scope,
    whole: &Above,
) {
    if force == Force::May && phrases.data.is_none() {
        lowering.report(
            Diagnostic::error("UP0201", "this permission names no data")
                .at(sentence.span, "")
                .help("say which: `we may use email for newsletter`, or `anything` if you mean all of it"),
        );
    }
    if !whole.purposes {
        lowering.report(
            Diagnostic::error("UP0201", "this permission names no purpose")
                .at(sentence.span, "")
                .help("say what for: `… for service_provision`, or the ground that it rides on: `… on legal_process`"),
        );
    }
    if scope.shape.is_none() && whole.shape == Some(Shape::Aggregate) {
        lowering.report(
            Diagnostic::error("UP0207", "the form of this permission, taken from the line above, names no group size")
                .at(sentence.span, "")
                .help("say the form here, for example `as aggregate of 10`"),
        );
    }
    if whole.actions.iter().any(|action| action.discloses()) && !whole.recipients {
        lowering.report(
            Diagnostic::error("UP0202", "this permission to disclose names no recipient")
                .at(sentence.span, "")
                .help("say with whom: `… with courier for delivery`"),
        );
    }
    if scope.actions.iter().any(|action| matches!(action, Action::Collect | Action::Require)) {
        lowering.report(
            Diagnostic::error("UP0203", "collecting is permitted by a `collect` sentence only")
                .at(sentence.span, "")
                .help("write `we may collect DATA from WHO at POINT for PURPOSE`"),
        );
    }
}

/// `once` counts what is handed out: it stands where values are read or disclosed as they are.
fn once(lowering: &mut Lowering<'_>, sentence: u16, force: Force, whole: &Above, place: upheld_document::Span) {
    let permits = matches!(force, Force::May | Force::ButMay);
    let counted = whole.actions.iter().all(|action| *action == Action::Use || action.discloses());
    if permits && counted && whole.shape.is_none() {
        lowering.model.once.push(sentence);
        return;
    }
    lowering.report(
        Diagnostic::error("UP0226", "`once` stands in a permission to use or to disclose only")
            .at(place, "")
            .help("say what may be done once: `we may use email for invitation once`; totals, and what is under a pseudonym, are not counted"),
    );
}

/// A line that names a recipient discloses. An indented line without a verb speaks of the disclosures above it, so one among
/// the verbs there is enough; verbs of its own must all disclose.
fn check_recipient(lowering: &mut Lowering<'_>, sentence: &Sentence, phrases: &Phrases, scope: &Scope, above: &Above) {
    let discloses = |action: &Action| action.discloses();
    let fits = if scope.actions.is_empty() {
        above.actions.iter().any(discloses)
    } else {
        scope.actions.iter().all(discloses)
    };
    if phrases.recipients.is_some() && !fits {
        lowering.report(Diagnostic::error("UP0203", "only a disclosure has a recipient").at(sentence.span, "").help(
            "`with` goes with `share`, `rent`, `sell` and `transfer`; say other acts in a sentence of their own",
        ));
    }
}
