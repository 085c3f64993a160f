//! Rule trees, collect sentences and choices as a flat list of permissions and prohibitions.

use std::collections::{BTreeMap, BTreeSet};

use upheld_decide::{Action, Apart, Choice, Element, Fact, FactSet, Literal, Purpose};

use super::bits::Bits;
use super::region::{Reading, Region, Space, actions_where};
use crate::model::{About, Condition, Force, Recipients, Rule, Scope, Who};

/// The most flat rules that a policy may come to.
const MOST_RULES: usize = 50_000;

/// The most parts into which its exceptions may divide one promise.
const MOST_PARTS: usize = 20_000;

/// A permission or prohibition.
#[derive(Debug)]
pub(super) struct Flat {
    pub(super) sentence: u16,
    pub(super) region: Region,
    pub(super) kind: FlatKind,
}

#[derive(Debug)]
pub(super) enum FlatKind {
    /// A permission.
    May {
        /// Of one of these every literal must be known.
        when: Vec<FactSet>,
        /// What its `but never`s take out for good.
        without: Vec<TakenOut>,
    },
    /// A prohibition.
    Never {
        /// Of every one of these a literal must be known; an empty set is an invariant.
        escapes: Vec<FactSet>,
        /// What its `except`s and `but may`s free.
        freed: Vec<Freed>,
    },
}

/// What a `but never` takes out of the permission above it.
#[derive(Clone, Debug)]
pub(super) struct TakenOut {
    pub(super) region: Region,
    /// Where its own exceptions free something of it, under whatever condition, nothing is taken out.
    pub(super) unless: Vec<Region>,
}

/// What an exception frees.
#[derive(Clone, Debug)]
pub(super) struct Freed {
    pub(super) region: Region,
    /// Alternatives under which it is freed; empty: always.
    pub(super) when: Vec<Vec<Literal>>,
}

pub(super) struct Flattened {
    pub(super) rules: Vec<Flat>,
    /// Lines that reach nothing.
    pub(super) empty: Vec<Empty>,
    pub(super) facts: Vec<Fact>,
    /// For each fact the sentence that was the first to ask for it.
    pub(super) asked_by: Vec<u16>,
    /// Whether the rules are too many to go on.
    pub(super) too_many: bool,
}

/// A line that reaches nothing.
pub(super) struct Empty {
    pub(super) sentence: u16,
    pub(super) why: Why,
}

/// Why a line reaches nothing.
pub(super) enum Why {
    /// Nobody works on its purposes.
    NobodyWorks(Vec<Purpose>),
    /// Such data is never taken.
    NeverTaken,
    /// It has nothing in common with the line above.
    NothingInCommon,
}

pub(super) fn flatten(space: &Space<'_>) -> Flattened {
    flatten_with(space, &space.model.rules, Vec::new())
}

/// The same with other rules, and with facts whose numbers are known already.
pub(super) fn flatten_with(space: &Space<'_>, rules: &[Rule], facts: Vec<Fact>) -> Flattened {
    let asked_by = vec![0; facts.len()];
    let mut out = Flattened { rules: Vec::new(), empty: Vec::new(), facts, asked_by, too_many: false };
    for collect in &space.model.collects {
        collect_rules(space, collect, &mut out);
    }
    for index in 0..space.model.choices.len() {
        choice_rule(space, index, &mut out);
    }
    for apart in &space.model.apart {
        apart_rule(space, apart, &mut out);
    }
    let everything = space.everything();
    let parts = another_purpose(space);
    for rule in rules {
        if rule.scope.another {
            walk_parts(space, rule, &parts, &mut out);
        } else {
            walk(space, rule, None, &everything, &mut out);
        }
    }
    out
}

/// Adds a promise that reaches no one product of names, but each of these. A line below it is empty where it reaches
/// nothing in any of them.
fn walk_parts(space: &Space<'_>, rule: &Rule, parts: &[Region], out: &mut Flattened) {
    let (known, first) = (out.empty.len(), out.rules.len());
    let mut empty_in: BTreeMap<u16, usize> = BTreeMap::new();
    for part in parts {
        let before = out.empty.len();
        walk(space, rule, None, part, out);
        let here: BTreeSet<u16> = out.empty.iter().skip(before).map(|empty| empty.sentence).collect();
        for sentence in here {
            *empty_in.entry(sentence).or_default() += 1;
        }
    }
    share_cuts(out.rules.get_mut(first..).unwrap_or_default());
    let mut told = BTreeSet::new();
    let found = out.empty.split_off(known.min(out.empty.len()));
    let everywhere = |empty: &Empty| empty_in.get(&empty.sentence).is_some_and(|count| *count == parts.len());
    out.empty.extend(found.into_iter().filter(|empty| everywhere(empty) && told.insert(empty.sentence)));
}

/// What a `but never` takes out of a permission in one part it takes out of it in all: a group that stands in one part may be a name
/// that stands in another.
fn share_cuts(rules: &mut [Flat]) {
    let mut cuts: BTreeMap<u16, Vec<TakenOut>> = BTreeMap::new();
    for rule in rules.iter() {
        if let FlatKind::May { without, .. } = &rule.kind {
            cuts.entry(rule.sentence).or_default().extend(without.iter().cloned());
        }
    }
    for rule in rules {
        if let FlatKind::May { without, .. } = &mut rule.kind {
            *without = cuts.get(&rule.sentence).cloned().unwrap_or_default();
        }
    }
}

/// Every question about a purpose for which the data was not taken, as products of names.
fn another_purpose(space: &Space<'_>) -> Vec<Region> {
    // For each origin: the sets of original purposes, and the data taken for each.
    let mut alike: BTreeMap<(Bits, Bits), Bits> = BTreeMap::new();
    for index in 0..space.origins {
        let Some(origin) = space.model.names.origins.get(index).filter(|_| index > 0) else { continue };
        let taken: Vec<(Bits, Bits)> = space
            .model
            .collects
            .iter()
            .filter(|collect| collect.makes(origin))
            .map(|collect| (space.data(&collect.data), space.all_purposes_below(&collect.purposes)))
            .collect();
        let mut by_purposes: BTreeMap<Bits, Bits> = BTreeMap::new();
        for element in 0..space.elements {
            let mut purposes = Bits::none(space.purposes);
            for (_, more) in taken.iter().filter(|(data, _)| data.has(element)) {
                purposes.add(more);
            }
            by_purposes.entry(purposes).or_insert_with(|| Bits::none(space.elements)).insert(element);
        }
        for (purposes, data) in by_purposes {
            alike.entry((purposes, data)).or_insert_with(|| Bits::none(space.origins)).insert(index);
        }
    }
    let unknown = (Bits::none(space.purposes), Bits::all(space.elements));
    alike.entry(unknown).or_insert_with(|| Bits::none(space.origins)).insert(0);
    alike
        .into_iter()
        .map(|((purposes, data), origins)| Region {
            data,
            origins,
            purposes: Bits::from_fn(space.purposes, |purpose| !purposes.has(purpose)),
            ..space.everything()
        })
        .collect()
}

impl Flattened {
    fn push(&mut self, rule: Flat) {
        self.too_many |= self.rules.len() >= MOST_RULES;
        if !self.too_many {
            self.rules.push(rule);
        }
    }

    fn fact(&mut self, fact: Fact, sentence: u16) -> u16 {
        let index = self.facts.iter().position(|known| *known == fact).unwrap_or_else(|| {
            self.facts.push(fact);
            self.asked_by.push(sentence);
            self.facts.len() - 1
        });
        u16::try_from(index).unwrap_or(u16::MAX)
    }

    fn literal(&mut self, condition: &Condition, sentence: u16) -> Literal {
        let fact = match condition.about {
            About::Is(kind) => Fact::Is(kind),
            About::Agreed(choice) => Fact::Agreed(choice),
            About::Refused(choice) => Fact::Refused(choice),
            About::Notified(notice) => Fact::Notified(notice),
        };
        Literal { fact: self.fact(fact, sentence), holds: condition.holds }
    }

    /// A line's condition as alternatives, the case that it rides on and what the person is now included in each.
    fn alternatives(
        &mut self,
        rule: &Rule,
        on: Option<upheld_decide::GroundId>,
        now: &[upheld_decide::Kind],
    ) -> Vec<Vec<Literal>> {
        let mut out: Vec<Vec<Literal>> =
            rule.when.iter().map(|all| all.iter().map(|asked| self.literal(asked, rule.sentence)).collect()).collect();
        if let Some(ground) = on {
            let on = Literal { fact: self.fact(Fact::On(ground), rule.sentence), holds: true };
            if out.is_empty() {
                out.push(Vec::new());
            }
            for all in &mut out {
                all.push(on);
            }
        }
        self.also_now(out, now, rule.sentence)
    }

    /// Alternatives of which each asks also that the person is of one of these kinds now.
    fn also_now(
        &mut self,
        mut out: Vec<Vec<Literal>>,
        now: &[upheld_decide::Kind],
        sentence: u16,
    ) -> Vec<Vec<Literal>> {
        if now.is_empty() {
            return out;
        }
        if out.is_empty() {
            out.push(Vec::new());
        }
        let is: Vec<Literal> =
            now.iter().map(|kind| Literal { fact: self.fact(Fact::Is(*kind), sentence), holds: true }).collect();
        out.into_iter().flat_map(|all| is.iter().map(move |is| [all.as_slice(), &[*is]].concat())).collect()
    }
}

fn set(literals: impl IntoIterator<Item = Literal>) -> FactSet {
    let mut out = FactSet::EMPTY;
    for literal in literals {
        out.insert(literal);
    }
    out
}

/// The words of a line with those that it takes from the line above.
fn inherit(own: &Scope, above: Option<&Scope>) -> Scope {
    let Some(above) = above else { return own.clone() };
    Scope {
        actions: if own.actions.is_empty() { above.actions.clone() } else { own.actions.clone() },
        who: own.who.clone().or_else(|| above.who.clone()),
        data: own.data.clone().or_else(|| above.data.clone()),
        of: if own.now.is_empty() { own.of.clone().or_else(|| above.of.clone()) } else { own.of.clone() },
        now: if own.now.is_empty() && own.of.is_none() { above.now.clone() } else { own.now.clone() },
        from: own.from.clone().or_else(|| above.from.clone()),
        at: own.at.clone().or_else(|| above.at.clone()),
        purposes: own.purposes.clone().or_else(|| above.purposes.clone()),
        another: own.another,
        recipients: own.recipients.clone().or_else(|| above.recipients.clone()),
        shape: own.shape.or(above.shape),
        on: own.on.or(above.on),
    }
}

/// What came of an indented line, as the line above needs it.
struct Line {
    force: Force,
    region: Region,
    when: Vec<Vec<Literal>>,
    /// Of a `but never` without condition: what it takes out.
    takes_out: Vec<TakenOut>,
}

/// Adds a rule and its indented lines.
fn walk(space: &Space<'_>, rule: &Rule, above: Option<&Scope>, within: &Region, out: &mut Flattened) -> Line {
    let scope = inherit(&rule.scope, above);
    let region = space.reach(&rule.scope, &scope, rule.force, within);
    let opens = matches!(rule.force, Force::May | Force::ButMay);
    // A permission below a permission on a case rides on it, too; of the other lines only what they say is a condition.
    let (on, now) = if opens { (scope.on, scope.now.as_slice()) } else { (rule.scope.on, rule.scope.now.as_slice()) };
    let when = out.alternatives(rule, on, now);
    if space.is_empty(&region) {
        let why = match above {
            _ if space.lacks_workers(&region) => Why::NobodyWorks(scope.purposes.clone().unwrap_or_default()),
            None => Why::NeverTaken,
            Some(_) => Why::NothingInCommon,
        };
        out.empty.push(Empty { sentence: rule.sentence, why });
    }
    let mut below = Vec::with_capacity(rule.children.len());
    for child in &rule.children {
        below.push(walk(space, child, Some(&scope), &region, out));
    }
    let mut line = Line { force: rule.force, region: region.clone(), when: when.clone(), takes_out: Vec::new() };
    match rule.force {
        Force::Except => {}
        Force::May | Force::ButMay => {
            let without = below.into_iter().flat_map(|line| line.takes_out).collect();
            let when = if when.is_empty() { vec![FactSet::EMPTY] } else { when.into_iter().map(set).collect() };
            out.push(Flat { sentence: rule.sentence, region, kind: FlatKind::May { when, without } });
        }
        Force::Never | Force::ButNever => {
            let always = when.is_empty();
            // Whose data the line above is of the line speaks of, too, where it says nothing else.
            let taken = if rule.scope.now.is_empty() { scope.now.as_slice() } else { &[] };
            let when = out.also_now(when, taken, rule.sentence);
            let escapes: Vec<FactSet> = if when.is_empty() {
                vec![FactSet::EMPTY]
            } else {
                when.into_iter().map(|all| set(all.into_iter().map(Literal::negated))).collect()
            };
            let frees = |line: &Line| matches!(line.force, Force::Except | Force::ButMay);
            let freed: Vec<Freed> =
                below.into_iter().filter(frees).map(|line| Freed { region: line.region, when: line.when }).collect();
            let Some(parts) = closed(space, &region, &freed) else {
                out.too_many = true;
                return line;
            };
            for (region, freed) in parts {
                if always && rule.force == Force::ButNever {
                    let unless = freed.iter().map(|freed| freed.region.clone()).collect();
                    line.takes_out.push(TakenOut { region: region.clone(), unless });
                }
                let kind = FlatKind::Never { escapes: escapes.clone(), freed };
                out.push(Flat { sentence: rule.sentence, region, kind });
            }
        }
    }
    line
}

/// A prohibition closed over the groups above what it reaches.
///
/// What is not further said may be any of the names below it, so a group is forbidden where one name below it is. Whether
/// one is depends on what is freed: the names are parted by the exceptions that speak of them, and each part is closed for
/// itself. Exceptions that free all of a part leave nothing of it. None: the exceptions tell too many parts apart.
fn closed(space: &Space<'_>, region: &Region, freed: &[Freed]) -> Option<Vec<(Region, Vec<Freed>)>> {
    let speaking = |bits: fn(&Region) -> &Bits, name: usize| -> BTreeSet<usize> {
        freed.iter().enumerate().filter(|(_, freed)| bits(&freed.region).has(name)).map(|(at, _)| at).collect()
    };
    let mut by_origin: BTreeMap<BTreeSet<usize>, Bits> = BTreeMap::new();
    for origin in region.origins.iter() {
        let part = by_origin.entry(speaking(|region| &region.origins, origin));
        part.or_insert_with(|| Bits::none(space.origins)).insert(origin);
    }
    let mut by_data: BTreeMap<BTreeSet<usize>, Bits> = BTreeMap::new();
    for element in region.data.iter() {
        let part = by_data.entry(speaking(|region| &region.data, element));
        part.or_insert_with(|| Bits::none(space.elements)).insert(element);
    }
    if by_origin.len().saturating_mul(by_data.len()) > MOST_PARTS {
        return None;
    }
    let mut parts: BTreeMap<(BTreeSet<usize>, Bits), Bits> = BTreeMap::new();
    for (of_origin, origins) in &by_origin {
        let mut here: BTreeMap<BTreeSet<usize>, Bits> = BTreeMap::new();
        for (of_data, data) in &by_data {
            let both = of_origin.intersection(of_data).copied().collect();
            here.entry(both).or_insert_with(|| Bits::none(space.elements)).add(data);
        }
        for (both, data) in here {
            parts.entry((both, data)).or_insert_with(|| Bits::none(space.origins)).add(origins);
        }
    }
    let mut out = Vec::new();
    for ((speaking, data), origins) in parts {
        let whole = Region { data: space.with_groups(&data), origins, ..region.clone() };
        // That they speak of this part is seen to: from here on they hold whatever the data.
        let freed: Vec<Freed> = speaking
            .into_iter()
            .filter_map(|at| freed.get(at))
            .map(|freed| Freed {
                region: Region {
                    data: Bits::all(space.elements),
                    origins: Bits::all(space.origins),
                    ..freed.region.clone()
                },
                when: freed.when.clone(),
            })
            .collect();
        if !freed.iter().any(|freed| freed.when.is_empty() && freed.region.spans(region)) {
            out.push((whole, freed));
        }
    }
    Some(out)
}

/// A collect sentence permits intake at its points, and use for its purposes; what a recipient takes by itself is disclosed to it, and
/// no use of ours.
fn collect_rules(space: &Space<'_>, collect: &crate::model::Collect, out: &mut Flattened) {
    let model = space.model;
    let origins = Bits::from_fn(space.origins, |index| {
        index > 0 && model.names.origins.get(index).is_some_and(|origin| collect.makes(origin))
    });
    let scope = Scope { purposes: Some(collect.purposes.clone()), ..Scope::default() };
    let data = space.data(&collect.data);
    let mut push = |region: Region| {
        let kind = FlatKind::May { when: vec![FactSet::EMPTY], without: Vec::new() };
        out.push(Flat { sentence: collect.sentence, region, kind });
    };
    let region = Region { data, origins, ..space.said(&scope, Force::May) };
    match collect.by {
        None => push(Region { actions: actions_where(|action| action == Action::Use), ..region.clone() }),
        Some(by) => {
            let scope = Scope { recipients: Some(Recipients::Named(vec![by])), ..scope };
            let recipients = space.said(&scope, Force::May).recipients;
            let actions = actions_where(|action| action == Action::Share);
            push(Region { actions, recipients, need_to_know: false, ..region.clone() });
        }
    }
    // Intake is by whoever stands at the point, and need not name its purpose again.
    let mut purposes = region.purposes.clone();
    purposes.insert(0);
    let intake = |action| action == Action::Collect || (collect.required && action == Action::Require);
    push(Region { actions: actions_where(intake), purposes, need_to_know: false, ..region });
}

/// What is kept apart is forbidden by itself where one name is, or may be, on both sides.
fn apart_rule(space: &Space<'_>, apart: &Apart, out: &mut Flattened) {
    let scope = Scope { actions: apart.actions.clone(), who: Some(Who::We), ..Scope::default() };
    let side = |elements: &[Element]| space.with_groups(&space.data(elements));
    let region = Region { data: side(&apart.one).and(&side(&apart.other)), ..space.said(&scope, Force::Never) };
    if !space.is_empty(&region) {
        let kind = FlatKind::Never { escapes: vec![FactSet::EMPTY], freed: Vec::new() };
        out.push(Flat { sentence: apart.sentence, region, kind });
    }
}

/// A choice guards every permission of its acts, data and purposes.
fn choice_rule(space: &Space<'_>, index: usize, out: &mut Flattened) {
    let model = space.model;
    let Some(choice) = model.choices.get(index) else { return };
    let Ok(number) = u16::try_from(index) else { return };
    let scope = Scope {
        actions: choice.actions.clone(),
        who: Some(Who::We),
        data: (!choice.data.is_empty()).then(|| choice.data.clone()),
        purposes: (!choice.purposes.is_empty()).then(|| choice.purposes.clone()),
        ..Scope::default()
    };
    let region = space.said(&scope, Force::Never);
    if choice.another {
        for part in another_purpose(space) {
            choice_part(space, choice, number, &region.and(&part), out);
        }
    } else {
        choice_part(space, choice, number, &region, out);
    }
}

/// A choice within a region, closed over the groups above its data.
fn choice_part(space: &Space<'_>, choice: &Choice, number: u16, region: &Region, out: &mut Flattened) {
    let model = space.model;
    let region = Region { data: space.with_groups(&region.data), ..region.clone() };
    let fact = if choice.agree { Fact::Agreed(number) } else { Fact::Refused(number) };
    let chosen = Literal { fact: out.fact(fact, choice.sentence), holds: choice.agree };
    let kind = choice.kind.filter(|_| choice.agree);
    let begins = |kind| {
        let begun = model.kinds.iter().any(|life| life.kind == kind && !life.begins_at.is_empty());
        begun || model.names.brackets.of(kind).is_some()
    };
    let Some(kind) = kind.filter(|kind| begins(*kind)) else {
        push_choice(out, choice.sentence, region, [chosen]);
        return;
    };
    // What was taken of such a person stays guarded when they are one no more; other data is guarded while they may be one.
    let theirs = space.origins(Some(&[kind]), None, None, Reading::Closes);
    let others = Bits::from_fn(space.origins, |origin| !theirs.has(origin));
    let not_one = Literal { fact: out.fact(Fact::Is(kind), choice.sentence), holds: false };
    push_choice(out, choice.sentence, Region { origins: region.origins.and(&theirs), ..region.clone() }, [chosen]);
    push_choice(out, choice.sentence, Region { origins: region.origins.and(&others), ..region }, [chosen, not_one]);
}

fn push_choice(out: &mut Flattened, sentence: u16, region: Region, escapes: impl IntoIterator<Item = Literal>) {
    let kind = FlatKind::Never { escapes: vec![set(escapes)], freed: Vec::new() };
    out.push(Flat { sentence, region, kind });
}
