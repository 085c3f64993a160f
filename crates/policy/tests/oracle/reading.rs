//! A second reading of the rules: slow, and as plain as the reference of the language says it (`docs/language.md`).
//!
//! It walks the trees of rules for every question and shares no code with the compiler: names are closed, lines inherit and
//! conditions hold by what stands here.

use std::collections::{BTreeMap, BTreeSet};

use upheld_decide::{
    Action, Actor, Axis, Choice, Element, Fact, Form, Giver, GroundId, Ids, Kind, OriginId, Purpose, Recipient,
};
use upheld_policy::model::{About, Collect, Force, GivenBy, Model, Recipients, Rule, Scope, Shape, Who};

/// What is known; a fact that is not here is unknown.
pub type Facts = BTreeMap<Fact, bool>;

/// A fact, and whether it is to hold.
pub type Asked = (Fact, bool);

/// What the rules say to a question.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ruling {
    pub allowed: bool,
    /// The permissions that cover the question and hold.
    pub permitting: BTreeSet<u16>,
    /// The prohibitions that cover it and hold.
    pub prohibiting: BTreeSet<u16>,
}

/// A permission that covers a question, and what it asks for: one of these, all of it.
pub struct Opening {
    pub sentence: u16,
    pub when: Vec<Vec<Asked>>,
}

pub struct Reading<'m> {
    pub model: &'m Model,
}

/// A line with the lines above it.
#[derive(Clone, Copy)]
struct Line<'a> {
    rule: &'a Rule,
    above: Option<&'a Line<'a>>,
}

impl<'a> Line<'a> {
    /// What the line says of an axis, or else the nearest line above that says something.
    fn words<T>(&self, of: impl Fn(&'a Scope) -> Option<T>) -> Option<T> {
        let mut line = Some(self);
        while let Some(here) = line {
            if let Some(said) = of(&here.rule.scope) {
                return Some(said);
            }
            line = here.above;
        }
        None
    }
}

/// `of` in a line: the capacities; whatever a kind by age or region leaves open. None: it says nothing of people.
fn speaks_of_people(scope: &Scope) -> Option<Option<Vec<Kind>>> {
    (scope.of.is_some() || !scope.now.is_empty()).then(|| scope.of.clone())
}

fn opens(force: Force) -> bool {
    matches!(force, Force::May | Force::ButMay)
}

fn forbids(force: Force) -> bool {
    matches!(force, Force::Never | Force::ButNever)
}

fn frees(force: Force) -> bool {
    matches!(force, Force::Except | Force::ButMay)
}

/// Whether a name is the group or stands below it.
fn is(axis: &Axis, name: u16, group: u16) -> bool {
    name == group || axis.parents(name).iter().any(|parent| is(axis, *parent, group))
}

fn known(facts: &Facts, (fact, holds): Asked) -> bool {
    facts.get(&fact) == Some(&holds)
}

fn known_not(facts: &Facts, (fact, holds): Asked) -> bool {
    facts.get(&fact) == Some(&!holds)
}

/// A total over fewer than two people is about one person.
pub fn as_read(question: &Ids) -> Ids {
    match question.form {
        Form::Aggregate(0 | 1) => Ids { form: Form::Identified, ..*question },
        _ => *question,
    }
}

impl Reading<'_> {
    /// The question put to every sentence.
    pub fn ask(&self, question: &Ids, facts: &Facts) -> Ruling {
        let question = &as_read(question);
        let holds = |opening: &Opening| opening.when.iter().any(|all| all.iter().all(|asked| known(facts, *asked)));
        let permitting: BTreeSet<u16> =
            self.openings(question).into_iter().filter(holds).map(|opening| opening.sentence).collect();
        let prohibiting = self.prohibiting(question, facts);
        Ruling { allowed: !permitting.is_empty() && prohibiting.is_empty(), permitting, prohibiting }
    }

    /// The permissions that cover a question.
    pub fn openings(&self, question: &Ids) -> Vec<Opening> {
        let mut out = Vec::new();
        if question.action.discloses() || question.recipient == Recipient::NOBODY {
            for collect in self.model.collects.iter().filter(|collect| self.collect_covers(collect, question)) {
                out.push(Opening { sentence: collect.sentence, when: vec![Vec::new()] });
            }
            for rule in &self.model.rules {
                self.visit(Line { rule, above: None }, &mut |line| {
                    if opens(line.rule.force) && self.covers(line, question) && !self.is_cut(line, question) {
                        out.push(Opening { sentence: line.rule.sentence, when: self.condition(line) });
                    }
                });
            }
        }
        out
    }

    /// The prohibitions that cover a question and hold.
    pub fn prohibiting(&self, question: &Ids, facts: &Facts) -> BTreeSet<u16> {
        let mut out = BTreeSet::new();
        if question.action.discloses() || question.recipient == Recipient::NOBODY {
            for (choice, index) in self.model.choices.iter().zip(0..) {
                if self.choice_guards(choice, question) && !self.choice_lets_pass(choice, index, question, facts) {
                    out.insert(choice.sentence);
                }
            }
            for rule in &self.model.rules {
                self.visit(Line { rule, above: None }, &mut |line| {
                    if forbids(line.rule.force) && self.prohibits(line, question, facts) {
                        out.insert(line.rule.sentence);
                    }
                });
            }
        }
        out
    }

    fn visit(&self, line: Line<'_>, see: &mut dyn FnMut(Line<'_>)) {
        see(line);
        for child in &line.rule.children {
            self.visit(Line { rule: child, above: Some(&line) }, see);
        }
    }

    // --- What a line reaches, its data taken by name ---

    fn covers(&self, line: Line<'_>, question: &Ids) -> bool {
        let own = &line.rule.scope;
        let above = line.above.is_none_or(|above| self.covers(*above, question));
        // A line that names a recipient and no verb speaks of disclosures.
        let discloses = own.recipients.is_none() || !own.actions.is_empty() || question.action.discloses();
        above
            && discloses
            && match line.rule.force {
                Force::May | Force::ButMay => self.permits(line, question),
                Force::Except => self.speaks_of(own, question, false),
                Force::Never | Force::ButNever => {
                    let alone = own.shape.is_some() || line.above.is_some();
                    self.speaks_of(own, question, true)
                        && (!own.another || self.is_another_purpose(question))
                        && (alone || !matches!(question.form, Form::Aggregate(_)))
                }
            }
    }

    /// A permission is read with all its words, those that it takes from above too.
    fn permits(&self, line: Line<'_>, question: &Ids) -> bool {
        let names = &self.model.names;
        let Some(origin) = names.origins.get(question.origin.index()).filter(|_| question.origin != OriginId::UNKNOWN)
        else {
            return false;
        };
        let said = Scope {
            actions: line.words(|scope| (!scope.actions.is_empty()).then(|| scope.actions.clone())).unwrap_or_default(),
            who: line.words(|scope| scope.who.clone()),
            data: line.words(|scope| scope.data.clone()),
            of: line.words(speaks_of_people).unwrap_or_default(),
            now: Vec::new(),
            from: line.words(|scope| scope.from.clone()),
            at: line.words(|scope| scope.at.clone()),
            purposes: line.words(|scope| scope.purposes.clone()),
            recipients: line.words(|scope| scope.recipients.clone()),
            shape: line.words(|scope| scope.shape),
            another: false,
            on: None,
        };
        let by_name = said.of.is_some() || !matches!(origin.giver, Giver::Other(_));
        let theirs = match &said.who {
            Some(Who::Named(_)) => true,
            _ => self.works_on(question.actor, question.purpose),
        };
        by_name && theirs && self.speaks_of(&said, question, false)
    }

    /// Whether the words that a scope has fit a question. To one that closes, what is left unsaid may be what it forbids.
    fn speaks_of(&self, said: &Scope, question: &Ids, closes: bool) -> bool {
        let names = &self.model.names;
        let data =
            said.data.as_ref().is_none_or(|data| data.iter().any(|group| is(&names.data, question.element.0, group.0)));
        let who = match &said.who {
            Some(Who::Named(actors)) => {
                actors.iter().any(|role| is(&names.actors, question.actor.0, role.0))
                    || (closes && question.actor == Actor::UNSAID)
            }
            _ => true,
        };
        let purposes = said.purposes.as_ref().is_none_or(|purposes| {
            purposes.iter().any(|group| is(&names.purposes, question.purpose.0, group.0))
                || (closes && question.purpose == Purpose::UNSAID)
        });
        let actions = said.actions.is_empty()
            || said.actions.iter().any(|action| {
                *action == question.action
                    || if closes {
                        question.action.lesser() == Some(*action)
                    } else {
                        action.lesser() == Some(question.action)
                    }
            });
        let recipients = !question.action.discloses()
            || match &said.recipients {
                None => true,
                Some(_) if question.recipient == Recipient::NOBODY => closes,
                // Whoever is named by what they are to the person is nobody outside.
                Some(Recipients::Anyone) => {
                    let name = names.recipients.name(question.recipient.0);
                    name != "themselves" && !name.starts_with("their ")
                }
                Some(Recipients::Named(named)) => {
                    named.iter().any(|group| is(&names.recipients, question.recipient.0, group.0))
                }
            };
        data && who
            && purposes
            && actions
            && recipients
            && said.shape.is_none_or(|shape| shape_fits(shape, question.form, closes))
            && self.origin_fits(said, question.origin, closes)
    }

    fn origin_fits(&self, said: &Scope, origin: OriginId, closes: bool) -> bool {
        let names = &self.model.names;
        if said.of.is_none() && said.from.is_none() && said.at.is_none() {
            return true;
        }
        if origin == OriginId::UNKNOWN {
            return closes;
        }
        let Some(origin) = names.origins.get(origin.index()) else { return false };
        let kind = |kind: Kind, group: &Kind| is(&names.kinds, kind.0, group.0);
        let of = said.of.as_ref().is_none_or(|of| of.iter().any(|group| kind(origin.capacity, group)));
        let at = said.at.as_ref().is_none_or(|at| at.contains(&origin.point));
        let from = said.from.as_ref().is_none_or(|from| {
            from.iter().any(|given| match (given, origin.giver) {
                (GivenBy::Themselves, giver) => giver == Giver::Themselves,
                (GivenBy::Service, giver) => giver == Giver::Service,
                (GivenBy::Kind(group), Giver::Themselves) => kind(origin.capacity, group),
                (GivenBy::Kind(group), Giver::Other(other)) => kind(other, group),
                (GivenBy::Kind(_), Giver::Service) => false,
            })
        });
        of && at && from
    }

    /// Whether no collect sentence that takes such data there takes it for this purpose, or one above it.
    fn is_another_purpose(&self, question: &Ids) -> bool {
        let names = &self.model.names;
        let taken = |collect: &Collect| {
            let origin = names.origins.get(question.origin.index()).filter(|_| question.origin != OriginId::UNKNOWN);
            origin.is_some_and(|origin| {
                collect.at.contains(&origin.point)
                    && collect.of == origin.capacity
                    && collect.from.giver() == origin.giver
                    && collect.data.iter().any(|group| is(&names.data, question.element.0, group.0))
            })
        };
        let original =
            |collect: &Collect| collect.purposes.iter().any(|group| is(&names.purposes, question.purpose.0, group.0));
        !self.model.collects.iter().any(|collect| taken(collect) && original(collect))
    }

    fn works_on(&self, actor: Actor, purpose: Purpose) -> bool {
        let names = &self.model.names;
        actor != Actor::UNSAID
            && self.model.works_on.iter().zip(0..).any(|(purposes, role)| {
                is(&names.actors, actor.0, role) && purposes.iter().any(|group| is(&names.purposes, purpose.0, group.0))
            })
    }

    // --- Conditions ---

    fn about(about: About) -> Fact {
        match about {
            About::Is(kind) => Fact::Is(kind),
            About::Agreed(choice) => Fact::Agreed(choice),
            About::Refused(choice) => Fact::Refused(choice),
            About::Notified(notice) => Fact::Notified(notice),
        }
    }

    /// The condition of a line: one of these, all of it. None: always.
    fn condition(&self, line: Line<'_>) -> Vec<Vec<Asked>> {
        // Data of a child is data while they are one. What opens or closes takes that from above, like other words.
        let now = |scope: &Scope| speaks_of_people(scope).map(|_| scope.now.clone());
        let kinds = if line.rule.force == Force::Except { now(&line.rule.scope) } else { line.words(now) };
        let own = self.own_condition(line);
        match kinds {
            Some(kinds) if !kinds.is_empty() => own
                .iter()
                .flat_map(|all| kinds.iter().map(|kind| [all.as_slice(), &[(Fact::Is(*kind), true)]].concat()))
                .collect(),
            _ => own,
        }
    }

    /// The same without what the data's person must be now.
    fn own_condition(&self, line: Line<'_>) -> Vec<Vec<Asked>> {
        let on: Option<GroundId> =
            if opens(line.rule.force) { line.words(|scope| scope.on) } else { line.rule.scope.on };
        let mut out: Vec<Vec<Asked>> = line
            .rule
            .when
            .iter()
            .map(|all| all.iter().map(|one| (Self::about(one.about), one.holds)).collect())
            .collect();
        if out.is_empty() {
            out.push(Vec::new());
        }
        for all in &mut out {
            all.extend(on.map(|ground| (Fact::On(ground), true)));
        }
        out
    }

    fn is_bound(&self, line: Line<'_>) -> bool {
        !line.rule.scope.now.is_empty() || self.own_condition(line).iter().all(|all| !all.is_empty())
    }

    // --- Prohibitions ---

    /// What a question about a group may be about: itself and every name below it.
    fn may_be(&self, question: &Ids) -> Vec<Ids> {
        let names = &self.model.names;
        let below = names.data.ids().filter(|id| is(&names.data, *id, question.element.0));
        below.map(|id| Ids { element: Element(id), ..*question }).collect()
    }

    fn prohibits(&self, line: Line<'_>, question: &Ids, facts: &Facts) -> bool {
        let condition = self.condition(line);
        let may_hold = condition.iter().any(|all| !all.iter().any(|asked| known_not(facts, *asked)));
        may_hold
            && self.may_be(question).iter().any(|named| {
                self.covers(line, named)
                    && !line.rule.children.iter().any(|child| {
                        let child = Line { rule: child, above: Some(&line) };
                        let holds = |all: &Vec<Asked>| all.iter().all(|asked| known(facts, *asked));
                        frees(child.rule.force) && self.covers(child, named) && self.condition(child).iter().any(holds)
                    })
            })
    }

    /// Whether a `but never` below a permission takes this out of it, whatever the facts.
    fn is_cut(&self, line: Line<'_>, question: &Ids) -> bool {
        line.rule.children.iter().any(|child| {
            let never = Line { rule: child, above: Some(&line) };
            child.force == Force::ButNever
                && !self.is_bound(never)
                && self.may_be(question).iter().any(|named| {
                    self.covers(never, named)
                        && !child.children.iter().any(|free| {
                            let free = Line { rule: free, above: Some(&never) };
                            frees(free.rule.force) && self.covers(free, named)
                        })
                })
        })
    }

    // --- Collect sentences and choices ---

    fn collect_covers(&self, collect: &Collect, question: &Ids) -> bool {
        let names = &self.model.names;
        let Some(origin) = names.origins.get(question.origin.index()).filter(|_| question.origin != OriginId::UNKNOWN)
        else {
            return false;
        };
        let taken = collect.at.contains(&origin.point)
            && collect.of == origin.capacity
            && collect.from.giver() == origin.giver
            && collect.data.iter().any(|group| is(&names.data, question.element.0, group.0));
        let purpose = collect.purposes.iter().any(|group| is(&names.purposes, question.purpose.0, group.0));
        taken
            && match question.action {
                Action::Collect => purpose || question.purpose == Purpose::UNSAID,
                Action::Require => collect.required && (purpose || question.purpose == Purpose::UNSAID),
                Action::Use => collect.by.is_none() && purpose && self.works_on(question.actor, question.purpose),
                Action::Share => {
                    purpose && collect.by.is_some_and(|by| is(&names.recipients, question.recipient.0, by.0))
                }
                _ => false,
            }
    }

    fn choice_guards(&self, choice: &Choice, question: &Ids) -> bool {
        let names = &self.model.names;
        let acts =
            choice.actions.iter().any(|action| *action == question.action || question.action.lesser() == Some(*action));
        let purposes = choice.purposes.is_empty()
            || question.purpose == Purpose::UNSAID
            || choice.purposes.iter().any(|group| is(&names.purposes, question.purpose.0, group.0));
        let data = choice.data.is_empty()
            || self
                .may_be(question)
                .iter()
                .any(|named| choice.data.iter().any(|group| is(&names.data, named.element.0, group.0)));
        let another = !choice.another
            || self.may_be(question).iter().any(|named| {
                (choice.data.is_empty() || choice.data.iter().any(|group| is(&names.data, named.element.0, group.0)))
                    && self.is_another_purpose(named)
            });
        acts && purposes && data && another && !matches!(question.form, Form::Aggregate(_))
    }

    fn choice_lets_pass(&self, choice: &Choice, index: u16, question: &Ids, facts: &Facts) -> bool {
        if !choice.agree {
            return known(facts, (Fact::Refused(index), false));
        }
        let names = &self.model.names;
        let taken_of = |kind: Kind| {
            question.origin == OriginId::UNKNOWN
                || names
                    .origins
                    .get(question.origin.index())
                    .is_none_or(|origin| is(&names.kinds, origin.capacity.0, kind.0))
        };
        let not_theirs = choice.kind.is_some_and(|kind| {
            let begun = self.model.kinds.iter().any(|life| life.kind == kind && !life.begins_at.is_empty());
            let aged = self.model.names.brackets.kinds.iter().any(|one| one.kind == kind);
            (begun || aged) && !taken_of(kind) && known(facts, (Fact::Is(kind), false))
        });
        not_theirs || known(facts, (Fact::Agreed(index), true))
    }
}

fn shape_fits(shape: Shape, form: Form, closes: bool) -> bool {
    match (shape, form) {
        (Shape::Pseudonym, Form::Identified) => closes,
        (Shape::Pseudonym, Form::Pseudonymous) => true,
        (Shape::Pseudonym, Form::Aggregate(_)) => !closes,
        (_, Form::Identified | Form::Pseudonymous) => closes,
        (Shape::Aggregate, Form::Aggregate(_)) => true,
        (Shape::AggregateOf(least), Form::Aggregate(k)) if closes => k <= least,
        (Shape::AggregateOf(least), Form::Aggregate(k)) => k >= least,
    }
}
