//! Rule trees, collect sentences and choices as a flat list of permissions and prohibitions.

use upheld_decide::{Action, Fact, FactSet, Literal};

use super::bits::Bits;
use super::region::{Closing, Region, Space};
use crate::model::{About, Condition, Force, Model, Rule, Scope, Who};

/// A permission or prohibition.
#[derive(Debug)]
pub(super) struct Flat {
    pub(super) sentence: u16,
    pub(super) region: Region,
    pub(super) kind: FlatKind,
    /// What its indented lines take out.
    pub(super) without: Vec<Without>,
}

#[derive(Debug)]
pub(super) enum FlatKind {
    /// Alternatives: of one of them every literal must be known.
    May(Vec<FactSet>),
    /// Every set must have a literal that is known; an empty set is an invariant.
    Never(Vec<FactSet>),
}

/// A part that is taken out of a rule's reach.
#[derive(Debug)]
pub(super) struct Without {
    pub(super) region: Region,
    /// Alternatives under which it is taken out; empty: always.
    pub(super) when: Vec<Vec<Literal>>,
}

/// An indented line that reaches nothing.
pub(super) struct Empty {
    pub(super) sentence: u16,
}

pub(super) struct Flattened {
    pub(super) rules: Vec<Flat>,
    pub(super) empty: Vec<Empty>,
    pub(super) facts: Vec<Fact>,
}

pub(super) fn flatten(space: &Space<'_>) -> Flattened {
    let mut out = Flattened { rules: Vec::new(), empty: Vec::new(), facts: Vec::new() };
    for collect in &space.model.collects {
        collect_rules(space, collect, &mut out);
    }
    for index in 0..space.model.choices.len() {
        choice_rule(space, index, &mut out);
    }
    for rule in &space.model.rules {
        let whole = Region {
            atoms: Bits::all(space.elements * space.origins),
            errands: Bits::all(space.actors * space.purposes),
            acts: Bits::all(Action::ALL.len() * space.forms() * space.recipients),
        };
        walk(space, rule, &Scope::default(), &whole, &mut out);
    }
    out
}

impl Flattened {
    fn fact(&mut self, fact: Fact) -> u16 {
        let index = self.facts.iter().position(|known| *known == fact).unwrap_or_else(|| {
            self.facts.push(fact);
            self.facts.len() - 1
        });
        u16::try_from(index).unwrap_or(u16::MAX)
    }

    fn literal(&mut self, condition: &Condition) -> Literal {
        let fact = match condition.about {
            About::Is(kind) => Fact::Is(kind),
            About::Agreed(choice) => Fact::Agreed(choice),
            About::Refused(choice) => Fact::Refused(choice),
        };
        Literal { fact: self.fact(fact), holds: condition.holds }
    }

    /// A rule's condition as alternatives, the case that it rides on included in each.
    fn alternatives(&mut self, rule: &Rule, scope: &Scope) -> Vec<Vec<Literal>> {
        let mut out: Vec<Vec<Literal>> =
            rule.when.iter().map(|all| all.iter().map(|condition| self.literal(condition)).collect()).collect();
        if let Some(ground) = scope.on {
            let on = Literal { fact: self.fact(Fact::On(ground)), holds: true };
            if out.is_empty() {
                out.push(Vec::new());
            }
            for all in &mut out {
                all.push(on);
            }
        }
        out
    }
}

fn set(literals: &[Literal]) -> FactSet {
    let mut out = FactSet::EMPTY;
    for literal in literals {
        out.insert(*literal);
    }
    out
}

/// What an indented line leaves out it takes from the line above.
fn inherit(own: &Scope, above: &Scope, force: Force) -> Scope {
    let on = own.on.or(above.on);
    Scope {
        actions: if own.actions.is_empty() { above.actions.clone() } else { own.actions.clone() },
        who: match (&own.who, force, &above.who) {
            (Some(who), _, _) => Some(who.clone()),
            (None, Force::ButMay, Some(Who::Named(roles))) => Some(Who::Named(roles.clone())),
            (None, Force::ButMay, _) => Some(Who::We),
            (None, _, above) => above.clone(),
        },
        data: own.data.clone().or_else(|| above.data.clone()),
        of: own.of.clone().or_else(|| above.of.clone()),
        from: own.from.clone().or_else(|| above.from.clone()),
        at: own.at.clone().or_else(|| above.at.clone()),
        purposes: own.purposes.clone().or_else(|| above.purposes.clone()),
        recipients: own.recipients.clone().or_else(|| above.recipients.clone()),
        shape: own.shape.or(above.shape),
        on,
    }
}

/// Adds a rule and its indented lines; gives what the line itself reaches.
fn walk(
    space: &Space<'_>,
    rule: &Rule,
    above: &Scope,
    within: &Region,
    out: &mut Flattened,
) -> (Region, Vec<Vec<Literal>>) {
    let scope = inherit(&rule.scope, above, rule.force);
    let own_recipient = rule.scope.recipients.is_some() && rule.scope.actions.is_empty();
    let region = space.region(&scope, rule.force, own_recipient).and(within);
    let when = out.alternatives(rule, &scope);
    if region.is_empty() {
        out.empty.push(Empty { sentence: rule.sentence });
    }
    let mut without = Vec::new();
    for child in &rule.children {
        let (reach, condition) = walk(space, child, &scope, &region, out);
        // A `but never` with a condition guards its part and takes nothing out for good.
        if child.force != Force::ButNever || condition.is_empty() {
            without.push(Without { region: reach, when: condition.clone() });
        }
    }
    let kind = match rule.force {
        Force::May | Force::ButMay => FlatKind::May(if when.is_empty() {
            vec![FactSet::EMPTY]
        } else {
            when.iter().map(|all| set(all)).collect()
        }),
        Force::Never | Force::ButNever => FlatKind::Never(if when.is_empty() {
            vec![FactSet::EMPTY]
        } else {
            when.iter().map(|all| set(&all.iter().map(|literal| literal.negated()).collect::<Vec<_>>())).collect()
        }),
        Force::Except => return (region, when),
    };
    out.rules.push(Flat { sentence: rule.sentence, region: region.clone(), kind, without });
    (region, when)
}

/// A collect sentence permits intake at its points, and use for its purposes.
fn collect_rules(space: &Space<'_>, collect: &crate::model::Collect, out: &mut Flattened) {
    let model = space.model;
    let data = space.data(&collect.data, Closing::Opens);
    let origins = Bits::from_fn(space.origins, |index| {
        index > 0
            && model.names.origins.get(index).is_some_and(|origin| {
                collect.at.contains(&origin.point)
                    && origin.capacity == collect.of
                    && origin.giver == collect.from.giver()
            })
    });
    let atoms = space.atoms_of(&data, &origins);
    let purposes = Bits::from_fn(space.purposes, |id| {
        collect
            .purposes
            .iter()
            .any(|purpose| model.names.purposes.is_within(u16::try_from(id).unwrap_or(u16::MAX), purpose.0))
    });
    let forms = Bits::all(space.forms());
    let intake = |action: Action| action == Action::Collect || (collect.required && action == Action::Require);
    let every = |errand: usize| {
        let purpose = errand % space.purposes;
        purpose == 0 || purposes.has(purpose)
    };
    let need_to_know = |errand: usize| {
        purposes.has(errand % space.purposes) && space.works_on(errand / space.purposes, errand % space.purposes)
    };
    let errands = space.actors * space.purposes;
    let mut push = |errands: Bits, acts: Bits| {
        let region = Region { atoms: atoms.clone(), errands, acts };
        out.rules.push(Flat {
            sentence: collect.sentence,
            region,
            kind: FlatKind::May(vec![FactSet::EMPTY]),
            without: Vec::new(),
        });
    };
    push(Bits::from_fn(errands, every), space.acts_of(intake, &forms, |_, recipient| recipient == 0));
    push(
        Bits::from_fn(errands, need_to_know),
        space.acts_of(|action| action == Action::Use, &forms, |_, recipient| recipient == 0),
    );
}

/// A choice guards every permission of its acts, data and purposes.
fn choice_rule(space: &Space<'_>, index: usize, out: &mut Flattened) {
    let model: &Model = space.model;
    let Some(choice) = model.choices.get(index) else { return };
    let Ok(number) = u16::try_from(index) else { return };
    let scope = Scope {
        actions: choice.actions.clone(),
        who: Some(Who::We),
        data: (!choice.data.is_empty()).then(|| choice.data.clone()),
        purposes: (!choice.purposes.is_empty()).then(|| choice.purposes.clone()),
        ..Scope::default()
    };
    let mut escape = FactSet::EMPTY;
    if choice.agree {
        escape.insert(Literal { fact: out.fact(Fact::Agreed(number)), holds: true });
        // Who is known not to be of the kind that is asked is not gated by the choice.
        if let Some(kind) = choice.kind
            && model.kinds.iter().any(|life| life.kind == kind && !life.begins_at.is_empty())
        {
            escape.insert(Literal { fact: out.fact(Fact::Is(kind)), holds: false });
        }
    } else {
        escape.insert(Literal { fact: out.fact(Fact::Refused(number)), holds: false });
    }
    out.rules.push(Flat {
        sentence: choice.sentence,
        region: space.region(&scope, Force::Never, false),
        kind: FlatKind::Never(vec![escape]),
        without: Vec::new(),
    });
}
