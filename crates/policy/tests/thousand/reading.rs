//! A second reading of the rules: slow, and as plain as the reference of the language says it (`docs/language.md`).
//!
//! It walks the trees of rules for every question and shares no code with the compiler: names are closed, lines inherit and
//! conditions hold by what stands here.

use std::collections::{BTreeMap, BTreeSet};

use upheld_decide::{
    Action, Actor, Apart, Axis, Choice, Element, Fact, Form, Giver, GroundId, Ids, Kind, OriginId, PointId, Purpose,
    Recipient,
};
use upheld_policy::model::{About, Collect, Force, GivenBy, Model, Recipients, Rule, Scope, Shape, Who};

use crate::worlds::{Where, Worlds};

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

impl Opening {
    /// In which states it holds: where what it asks for is known.
    pub fn holds(&self, worlds: &Worlds) -> Where {
        any(worlds, &self.when)
    }
}

/// A prohibition that covers a question.
pub struct Closing {
    pub sentence: u16,
    /// Its condition: one of these, all of it.
    pub when: Vec<Vec<Asked>>,
    /// For each name that the question may mean, and that it covers: what frees that, one of these, all of it.
    pub freed: Vec<Vec<Vec<Asked>>>,
}

impl Closing {
    /// In which states it stands: its condition is not known to fail, and some name is not known to be freed.
    pub fn stands(&self, worlds: &Worlds) -> Where {
        let fails = |all: &Vec<Asked>| all.iter().fold(Where::NONE, |some, asked| some | worlds.known_not(*asked));
        let may_hold = self.when.iter().fold(Where::NONE, |some, all| some | (worlds.every & !fails(all)));
        let bound = self.freed.iter().fold(Where::NONE, |some, freed| some | (worlds.every & !any(worlds, freed)));
        may_hold & bound
    }
}

/// Where one of these is known, all of it.
fn any(worlds: &Worlds, when: &[Vec<Asked>]) -> Where {
    let all = |all: &Vec<Asked>| all.iter().fold(worlds.every, |some, asked| some & worlds.known(*asked));
    when.iter().fold(Where::NONE, |some, one| some | all(one))
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

/// The words that a line says, or is read with.
#[derive(Clone, Copy, Default)]
struct Words<'a> {
    actions: &'a [Action],
    who: Option<&'a Who>,
    data: Option<&'a [Element]>,
    of: Option<&'a [Kind]>,
    from: Option<&'a [GivenBy]>,
    at: Option<&'a [PointId]>,
    purposes: Option<&'a [Purpose]>,
    recipients: Option<&'a Recipients>,
    shape: Option<Shape>,
}

impl<'a> Words<'a> {
    fn of(scope: &'a Scope) -> Self {
        Self {
            actions: &scope.actions,
            who: scope.who.as_ref(),
            data: scope.data.as_deref(),
            of: scope.of.as_deref(),
            from: scope.from.as_deref(),
            at: scope.at.as_deref(),
            purposes: scope.purposes.as_deref(),
            recipients: scope.recipients.as_ref(),
            shape: scope.shape,
        }
    }
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
        let (question, worlds) = (&as_read(question), Worlds::of(facts));
        let openings = self.openings(question);
        let holding = openings.iter().filter(|opening| !opening.holds(&worlds).is_none());
        let permitting: BTreeSet<u16> = holding.map(|opening| opening.sentence).collect();
        let prohibiting = self.prohibiting(question, facts);
        Ruling { allowed: !permitting.is_empty() && prohibiting.is_empty(), permitting, prohibiting }
    }

    /// The prohibitions that cover a question and hold.
    pub fn prohibiting(&self, question: &Ids, facts: &Facts) -> BTreeSet<u16> {
        let (closings, worlds) = (self.closings(question), Worlds::of(facts));
        let standing = closings.iter().filter(|closing| !closing.stands(&worlds).is_none());
        standing.map(|closing| closing.sentence).collect()
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

    /// The prohibitions that cover a question.
    pub fn closings(&self, question: &Ids) -> Vec<Closing> {
        let mut out = Vec::new();
        if question.action.discloses() || question.recipient == Recipient::NOBODY {
            for (choice, index) in self.model.choices.iter().zip(0..) {
                if self.choice_guards(choice, question) {
                    let freed = vec![self.choice_lets_pass(choice, index, question)];
                    out.push(Closing { sentence: choice.sentence, when: vec![Vec::new()], freed });
                }
            }
            for apart in &self.model.apart {
                if self.meets_both_sides(apart, question) {
                    let (when, freed) = (vec![Vec::new()], vec![Vec::new()]);
                    out.push(Closing { sentence: apart.sentence, when, freed });
                }
            }
            for rule in &self.model.rules {
                self.visit(Line { rule, above: None }, &mut |line| {
                    if forbids(line.rule.force) {
                        let freed = self.left(line, question);
                        if !freed.is_empty() {
                            out.push(Closing { sentence: line.rule.sentence, when: self.condition(line), freed });
                        }
                    }
                });
            }
        }
        out
    }

    /// Whether the data of a question is, or may be, on both sides of what is kept apart.
    fn meets_both_sides(&self, apart: &Apart, question: &Ids) -> bool {
        let on = |side: &[Element]| {
            let here = |named: &Ids| side.iter().any(|group| is(&self.model.names.data, named.element.0, group.0));
            self.may_be(question).iter().any(here)
        };
        let acts =
            apart.actions.iter().any(|action| *action == question.action || question.action.lesser() == Some(*action));
        acts && !matches!(question.form, Form::Aggregate(_)) && on(&apart.one) && on(&apart.other)
    }

    /// Whether a question about several data at once brings together what is kept apart.
    pub fn brings_together(&self, questions: &[Ids]) -> bool {
        let names = &self.model.names;
        let on = |question: &Ids, side: &[Element]| {
            self.may_be(question).iter().any(|named| side.iter().any(|group| is(&names.data, named.element.0, group.0)))
        };
        self.model.apart.iter().any(|apart| {
            let acts = |question: &Ids| {
                !matches!(question.form, Form::Aggregate(_))
                    && apart
                        .actions
                        .iter()
                        .any(|said| *said == question.action || question.action.lesser() == Some(*said))
            };
            questions.iter().all(acts)
                && questions.iter().any(|question| on(question, &apart.one))
                && questions.iter().any(|question| on(question, &apart.other))
        })
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
                Force::Except => self.speaks_of(Words::of(own), question, false),
                Force::Never | Force::ButNever => {
                    let alone = own.shape.is_some() || line.above.is_some();
                    self.speaks_of(Words::of(own), question, true)
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
        let said = Words {
            actions: line.words(|scope| (!scope.actions.is_empty()).then_some(&*scope.actions)).unwrap_or_default(),
            who: line.words(|scope| scope.who.as_ref()),
            data: line.words(|scope| scope.data.as_deref()),
            of: line.words(|scope| scope.of.as_deref()),
            from: line.words(|scope| scope.from.as_deref()),
            at: line.words(|scope| scope.at.as_deref()),
            purposes: line.words(|scope| scope.purposes.as_deref()),
            recipients: line.words(|scope| scope.recipients.as_ref()),
            shape: line.words(|scope| scope.shape),
        };
        let by_name = said.of.is_some() || !matches!(origin.giver, Giver::Other(_));
        let theirs = match said.who {
            Some(Who::Named(_)) => true,
            _ => self.works_on(question.actor, question.purpose),
        };
        by_name && theirs && self.speaks_of(said, question, false)
    }

    /// Whether the words that a scope has fit a question. To one that closes, what is left unsaid may be what it forbids.
    fn speaks_of(&self, said: Words<'_>, question: &Ids, closes: bool) -> bool {
        let names = &self.model.names;
        let data = said.data.is_none_or(|data| data.iter().any(|group| is(&names.data, question.element.0, group.0)));
        let who = match said.who {
            Some(Who::Named(actors)) => {
                actors.iter().any(|role| is(&names.actors, question.actor.0, role.0))
                    || (closes && question.actor == Actor::UNSAID)
            }
            _ => true,
        };
        let purposes = said.purposes.is_none_or(|purposes| {
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
            || match said.recipients {
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

    fn origin_fits(&self, said: Words<'_>, origin: OriginId, closes: bool) -> bool {
        let names = &self.model.names;
        if said.of.is_none() && said.from.is_none() && said.at.is_none() {
            return true;
        }
        if origin == OriginId::UNKNOWN {
            return closes;
        }
        let Some(origin) = names.origins.get(origin.index()) else { return false };
        let kind = |kind: Kind, group: &Kind| is(&names.kinds, kind.0, group.0);
        let of = said.of.is_none_or(|of| of.iter().any(|group| kind(origin.capacity, group)));
        let at = said.at.is_none_or(|at| at.contains(&origin.point));
        let from = said.from.is_none_or(|from| {
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
        self.condition(line).iter().all(|all| !all.is_empty())
    }

    // --- Prohibitions ---

    /// What a question about a group may be about: itself and every name below it.
    fn may_be(&self, question: &Ids) -> Vec<Ids> {
        let names = &self.model.names;
        let below = names.data.ids().filter(|id| is(&names.data, *id, question.element.0));
        below.map(|id| Ids { element: Element(id), ..*question }).collect()
    }

    /// Of what the question may mean, the names that a prohibition covers: for each what frees it.
    fn left(&self, line: Line<'_>, question: &Ids) -> Vec<Vec<Vec<Asked>>> {
        let covered = self.may_be(question).into_iter().filter(|named| self.covers(line, named));
        covered
            .map(|named| {
                let lines = line.rule.children.iter().map(|child| Line { rule: child, above: Some(&line) });
                let freeing = lines.filter(|child| frees(child.rule.force) && self.covers(*child, &named));
                freeing.flat_map(|child| self.condition(child)).collect()
            })
            .collect()
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
                Action::Use => purpose && self.works_on(question.actor, question.purpose),
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

    /// What must be known for a choice to let a question pass: one of these.
    fn choice_lets_pass(&self, choice: &Choice, index: u16, question: &Ids) -> Vec<Vec<Asked>> {
        if !choice.agree {
            return vec![vec![(Fact::Refused(index), false)]];
        }
        let names = &self.model.names;
        let taken_of = |kind: Kind| {
            question.origin == OriginId::UNKNOWN
                || names
                    .origins
                    .get(question.origin.index())
                    .is_none_or(|origin| is(&names.kinds, origin.capacity.0, kind.0))
        };
        let mut out = vec![vec![(Fact::Agreed(index), true)]];
        if let Some(kind) = choice.kind {
            let begins = self.model.kinds.iter().any(|life| life.kind == kind && !life.begins_at.is_empty());
            if begins && !taken_of(kind) {
                out.push(vec![(Fact::Is(kind), false)]);
            }
        }
        out
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
