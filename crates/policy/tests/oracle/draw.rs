//! Random policies, as texts, and random questions.

use std::fmt::Write as _;

use proptest::prelude::*;
use upheld_decide::{Action, Actor, Axis, Element, Fact, Form, GroundId, Ids, Kind, OriginId, Purpose, Recipient};
use upheld_policy::model::{Model, Recipients, Rule, Scope, Who};

use crate::brackets;
use crate::reading::Facts;

/// A name by its place, taken modulo how many there are.
type Pick = u8;

/// How many names there are of each sort.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub data: usize,
    pub kinds: usize,
    pub points: usize,
    pub purposes: usize,
    pub recipients: usize,
    pub grounds: usize,
    pub roles: usize,
    pub collects: usize,
    pub rules: usize,
    pub choices: usize,
}

impl Sizes {
    /// As a small policy of a small house.
    pub const MIDDLING: Self = Self {
        data: 5,
        kinds: 3,
        points: 3,
        purposes: 4,
        recipients: 3,
        grounds: 2,
        roles: 3,
        collects: 5,
        rules: 7,
        choices: 3,
    };

    /// So small that every question and every state of the facts can be gone through.
    pub const TINY: Self = Self {
        data: 3,
        kinds: 2,
        points: 2,
        purposes: 2,
        recipients: 2,
        grounds: 1,
        roles: 2,
        collects: 3,
        rules: 5,
        choices: 1,
    };
}

#[derive(Clone)]
pub struct Draft {
    sizes: Sizes,
    /// For each name of data, kinds, purposes, recipients, grounds: what stands above it, by masks over the names before it.
    above: [Vec<u8>; 5],
    /// Roles stand below each other too, though no sentence says so.
    roles_above: Vec<Option<Pick>>,
    begins: Vec<bool>,
    /// Kinds that age and region decide, but the first: what their lines are drawn from.
    brackets: Vec<Option<u32>>,
    works_on: Vec<Vec<Pick>>,
    collects: Vec<DraftCollect>,
    choices: Vec<DraftChoice>,
    rules: Vec<DraftRule>,
}

#[derive(Clone, Debug)]
struct DraftCollect {
    may: bool,
    data: Vec<Pick>,
    of: Option<Pick>,
    from: Option<Pick>,
    at: Vec<Pick>,
    purposes: Vec<Pick>,
    /// It is a cookie; of an odd pick one that a recipient sets.
    cookie: Option<Pick>,
}

#[derive(Clone, Debug)]
struct DraftChoice {
    who: Option<Pick>,
    agree: bool,
    purposes: Vec<Pick>,
    that: Option<(u8, Vec<Pick>)>,
    another: bool,
}

#[derive(Clone, Debug)]
struct DraftRule {
    opens: bool,
    /// Of an indented line: whether it grants, below a `never`.
    grants: bool,
    who: Option<Vec<Pick>>,
    phrases: DraftPhrases,
    below: Vec<DraftRule>,
}

/// `if` or `unless`, `or` or `and`, and the parts: what each asks about.
type DraftCondition = (bool, bool, Vec<(u8, Pick)>);

#[derive(Clone, Debug)]
struct DraftPhrases {
    verbs: Option<(bool, u8)>,
    data: Option<Vec<Pick>>,
    of: Option<Vec<Pick>>,
    from: Option<Vec<Pick>>,
    at: Option<Vec<Pick>>,
    purposes: Option<Vec<Pick>>,
    another: bool,
    recipients: Option<Option<Vec<Pick>>>,
    shape: Option<u8>,
    on: Option<Pick>,
    condition: Option<DraftCondition>,
}

fn picks(most: usize) -> impl Strategy<Value = Vec<Pick>> {
    prop::collection::vec(any::<u8>(), 1..=most)
}

/// Said with this probability.
fn said<T: std::fmt::Debug>(probability: f64, what: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(probability, what)
}

fn phrases(much: f64) -> impl Strategy<Value = DraftPhrases> {
    let condition = (any::<bool>(), any::<bool>(), prop::collection::vec((any::<u8>(), any::<u8>()), 1..=3));
    (
        said(much, (any::<bool>(), any::<u8>())),
        said(much, picks(2)),
        said(much * 0.4, picks(2)),
        said(much * 0.2, picks(2)),
        said(much * 0.2, picks(2)),
        (said(much * 0.8, picks(2)), prop::bool::weighted(0.3)),
        said(much * 0.6, said(0.7, picks(2))),
        said(much * 0.4, any::<u8>()),
        said(much * 0.2, any::<u8>()),
        said(0.3, condition),
    )
        .prop_map(|(verbs, data, of, from, at, (purposes, another), recipients, shape, on, condition)| {
            DraftPhrases { verbs, data, of, from, at, purposes, another, recipients, shape, on, condition }
        })
}

fn rule() -> impl Strategy<Value = DraftRule> {
    let line = |much| {
        (any::<bool>(), any::<bool>(), said(0.2, picks(2)), phrases(much))
            .prop_map(|(opens, grants, who, phrases)| DraftRule { opens, grants, who, phrases, below: Vec::new() })
    };
    let below = line(0.5).prop_recursive(2, 6, 2, move |inner| {
        (line(0.5), prop::collection::vec(inner, 0..=2)).prop_map(|(rule, below)| DraftRule { below, ..rule })
    });
    (line(0.8), prop::collection::vec(below, 0..=2)).prop_map(|(rule, below)| DraftRule { below, ..rule })
}

pub fn draft(sizes: Sizes) -> impl Strategy<Value = Draft> {
    let graph = |len: usize| prop::collection::vec(prop_oneof![2 => Just(0), 3 => any::<u8>()], len);
    let collect = (
        any::<bool>(),
        picks(2),
        said(0.5, any::<u8>()),
        said(0.6, any::<u8>()),
        picks(2),
        picks(2),
        said(0.25, any::<u8>()),
    )
        .prop_map(|(may, data, of, from, at, purposes, cookie)| DraftCollect {
            may,
            data,
            of,
            from,
            at,
            purposes,
            cookie,
        });
    let choice = (said(0.5, any::<u8>()), any::<bool>(), picks(2), said(0.4, (any::<u8>(), picks(2))), any::<bool>())
        .prop_map(|(who, agree, purposes, that, another)| DraftChoice { who, agree, purposes, that, another });
    (
        (graph(sizes.data), graph(sizes.kinds), graph(sizes.purposes), graph(sizes.recipients), graph(sizes.grounds)),
        prop::collection::vec(said(0.3, any::<u8>()), sizes.roles),
        (
            prop::collection::vec(any::<bool>(), sizes.kinds),
            prop::collection::vec(said(0.5, any::<u32>()), sizes.kinds),
        ),
        prop::collection::vec(prop::collection::vec(any::<u8>(), 1..=4), sizes.roles),
        prop::collection::vec(collect, 1..=sizes.collects),
        prop::collection::vec(choice, 0..=sizes.choices),
        prop::collection::vec(rule(), 1..=sizes.rules),
    )
        .prop_map(
            move |(
                (data, kinds, purposes, recipients, grounds),
                roles_above,
                (begins, mut brackets),
                works_on,
                collects,
                choices,
                rules,
            )| {
                // Data is taken of somebody.
                brackets[0] = None;
                let above = [data, kinds, purposes, recipients, grounds];
                Draft { sizes, above, roles_above, begins, brackets, works_on, collects, choices, rules }
            },
        )
        .prop_filter("somebody can be of each kind", |draft| draft.has_people())
}

// --- As text ---

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}

impl Draft {
    pub fn text(&self) -> String {
        let mut out = String::from(
            "---\nupheld: 1\ntitle: Drawn\ncontroller: Nobody\ncontact: nobody@example.org\nversion: 1\n\
             effective: 2026-12-01\n---\n\n## Drawn\n\nProse.\n\n```upheld\n",
        );
        for (word, letter, at) in
            [("data", 'd', 0), ("purpose", 'u', 2), ("recipient", 'r', 3), ("ground", 'g', 4), ("person", 'k', 1)]
        {
            for (name, mask) in self.above[at].iter().enumerate() {
                // Only kinds by age and region stand below such a kind.
                let fits = |above: &usize| {
                    word != "person" || self.brackets[*above].is_none() || self.brackets[name].is_some()
                };
                let above: Vec<String> = (0..name)
                    .filter(|above| mask & (1 << above) != 0)
                    .filter(fits)
                    .map(|above| format!("{letter}{above}"))
                    .collect();
                let is = if above.is_empty() { String::new() } else { format!(" is {}", above.join(", ")) };
                let _ = writeln!(out, "{word} {letter}{name}{is}");
                if word != "person" {
                    continue;
                }
                for line in self.brackets[name].map(brackets::lines).unwrap_or_default() {
                    let _ = writeln!(out, "  {line}");
                }
                if self.brackets[name].is_none() && self.begins[name] {
                    let _ = writeln!(out, "  begins at p0");
                }
            }
        }
        for point in 0..self.sizes.points {
            let _ = writeln!(out, "point p{point} is event");
        }
        for (role, works_on) in self.works_on.iter().enumerate() {
            let works_on: Vec<String> = works_on.iter().map(|pick| self.purpose(*pick)).collect();
            let works_on =
                if works_on.is_empty() { String::new() } else { format!(", works on {}", works_on.join(", ")) };
            let _ = writeln!(out, "role a{role}{works_on}");
        }
        for (index, collect) in self.collects.iter().enumerate() {
            match collect.cookie {
                Some(by) => self.cookie(index, by, collect, &mut out),
                None => self.collect(collect, &mut out),
            }
        }
        for choice in &self.choices {
            self.choice(choice, &mut out);
        }
        for rule in &self.rules {
            self.rule(rule, None, 0, &mut out);
        }
        out + "```\n"
    }

    /// The model of such a text, its roles put below each other.
    pub fn with_roles(&self, mut model: Model) -> Model {
        for (role, above) in self.roles_above.iter().enumerate() {
            if let Some(above) = above.filter(|_| role > 0) {
                let (role, above) = (format!("a{role}"), format!("a{}", usize::from(above) % role));
                let (role, above) = (model.names.actors.id(&role).unwrap(), model.names.actors.id(&above).unwrap());
                model.names.actors.put_under(role, above);
            }
        }
        model
    }

    /// The same with one or two rules dropped, changed for those of another draft, or asking for what those ask for.
    pub fn edited(&self, other: &Self, seed: &mut u64) -> Self {
        let mut out = self.clone();
        for _ in 0..=next(seed) % 2 {
            let mut pick = |count: usize| usize::try_from(next(seed) % count.max(1) as u64).unwrap();
            let (at, taken) = (pick(out.rules.len()), other.rules[pick(other.rules.len())].clone());
            let way = pick(10);
            match way {
                0 if out.rules.len() > 1 => drop(out.rules.remove(at)),
                1 if !out.rules[at].below.is_empty() => drop(out.rules[at].below.pop()),
                2 => out.rules[at] = taken,
                3..=6 => out.rules[at].phrases.condition = taken.phrases.condition,
                7 => out.rules[at].phrases.on = taken.phrases.on,
                _ => out.rules.insert(at, taken),
            }
        }
        out
    }

    /// The rules of both, over the names of this one.
    pub fn with_all(&self, other: &Self) -> Self {
        let mut out = self.clone();
        out.rules.extend(other.rules.iter().cloned());
        out
    }

    fn name(letter: char, count: usize, pick: Pick) -> String {
        format!("{letter}{}", usize::from(pick) % count)
    }

    fn list(letter: char, count: usize, picks: &[Pick]) -> String {
        picks.iter().map(|pick| Self::name(letter, count, *pick)).collect::<Vec<_>>().join(", ")
    }

    /// A purpose, or a ground, which is one too.
    fn purpose(&self, pick: Pick) -> String {
        let (purposes, grounds) = (self.sizes.purposes, self.sizes.grounds);
        let at = usize::from(pick) % (purposes + grounds);
        if at < purposes { format!("u{at}") } else { format!("g{}", at - purposes) }
    }

    fn purposes(&self, picks: &[Pick]) -> String {
        picks.iter().map(|pick| self.purpose(*pick)).collect::<Vec<_>>().join(", ")
    }

    /// A kind in which somebody is recorded.
    fn capacity(&self, pick: Pick) -> String {
        let kinds: Vec<usize> = (0..self.sizes.kinds).filter(|kind| self.brackets[*kind].is_none()).collect();
        format!("k{}", kinds[usize::from(pick) % kinds.len()])
    }

    /// Kinds of which a rule may speak in one line: capacities, or one that age and region decide.
    fn whose(&self, picks: &[Pick]) -> String {
        let kind = |pick: &Pick| usize::from(*pick) % self.sizes.kinds;
        let first = kind(&picks[0]);
        if self.brackets[first].is_some() {
            return format!("k{first}");
        }
        let capacities = picks.iter().map(kind).filter(|kind| self.brackets[*kind].is_none());
        capacities.map(|kind| format!("k{kind}")).collect::<Vec<_>>().join(", ")
    }

    /// Whether there can be somebody of each kind.
    fn has_people(&self) -> bool {
        if self.brackets.iter().flatten().count() < 2 {
            return true;
        }
        let source = upheld_document::Source::new("drawn.md", self.text());
        !upheld_policy::read(&source, None).diagnostics.iter().any(|found| found.code == "UP0233")
    }

    fn givers(&self, picks: &[Pick]) -> String {
        let giver = |pick: &Pick| match pick % 8 {
            0 => "us".to_owned(),
            1 => "themselves".to_owned(),
            _ => self.capacity(pick / 8),
        };
        picks.iter().map(giver).collect::<Vec<_>>().join(", ")
    }

    fn collect(&self, collect: &DraftCollect, out: &mut String) {
        let may = if collect.may { " may" } else { "" };
        let _ = write!(out, "we{may} collect {}", Self::list('d', self.sizes.data, &collect.data));
        let (mut of, from) = (collect.of, collect.from);
        if of.is_none() && from.is_none() {
            of = Some(0);
        }
        if let Some(of) = of {
            let _ = write!(out, " of {}", self.capacity(of));
        }
        if let Some(from) = from {
            let _ = write!(out, " from {}", self.capacity(from));
        }
        let at = Self::list('p', self.sizes.points, &collect.at);
        let _ = writeln!(out, " at {at} for {}", self.purposes(&collect.purposes));
    }

    fn cookie(&self, index: usize, by: Pick, collect: &DraftCollect, out: &mut String) {
        let data = Self::list('d', self.sizes.data, &collect.data);
        let of = self.capacity(collect.of.unwrap_or(0));
        let by = match by % 2 {
            1 => format!(" by {}", Self::name('r', self.sizes.recipients, by / 2)),
            _ => String::new(),
        };
        let purposes = self.purposes(&collect.purposes);
        let _ = writeln!(out, "cookie c{index}{by} holds {data} of {of} for {purposes} until session ends");
    }

    fn choice(&self, choice: &DraftChoice, out: &mut String) {
        let who = choice.who.map_or("every person".to_owned(), |who| Self::name('k', self.sizes.kinds, who));
        let verb = if choice.agree { "agree to" } else { "refuse" };
        let _ = match &choice.that {
            Some((verbs, data)) => writeln!(
                out,
                "{who} may {verb} that we {} {} for {}",
                verbs_of(&HOUSE, *verbs),
                Self::list('d', self.sizes.data, data),
                if choice.another { "another purpose".to_owned() } else { self.purposes(&choice.purposes) }
            ),
            None => writeln!(out, "{who} may {verb} {}", self.purposes(&choice.purposes)),
        };
    }

    /// Writes a line and those below it; `above` says what the line above is.
    fn rule(&self, rule: &DraftRule, above: Option<Above>, depth: usize, out: &mut String) {
        let (start, permits, discloses_above) = match above {
            None => {
                let who = rule.who.as_ref().map_or("we".to_owned(), |who| Self::list('a', self.sizes.roles, who));
                (format!("{who} {}", if rule.opens { "may" } else { "never" }), rule.opens, None)
            }
            Some(above) if above.permits => ("but never".to_owned(), false, above.discloses),
            Some(above) if rule.grants => ("but may".to_owned(), true, above.discloses),
            Some(above) => ("except".to_owned(), false, above.discloses),
        };
        let phrases = &rule.phrases;
        let top = above.is_none();
        let mut words = Vec::new();
        let mut discloses = discloses_above;
        if let Some((disclose, mask)) = phrases.verbs.or(top.then_some((false, 0))) {
            let mixed = mask.is_multiple_of(5) && !permits && phrases.recipients.is_none();
            let verbs = match (disclose, permits) {
                (true, _) => &OUTSIDE[..],
                (false, true) => &HOUSE[..],
                (false, false) => &INSIDE[..],
            };
            words.push(if mixed { verbs_of(&ALL, mask) } else { verbs_of(verbs, mask) });
            discloses = Some(disclose);
            if mixed {
                discloses = None;
            }
        }
        match &phrases.data {
            Some(data) => words.push(Self::list('d', self.sizes.data, data)),
            None if top => words.push("anything".to_owned()),
            None => {}
        }
        if let Some(of) = &phrases.of {
            words.push(format!("of {}", self.whose(of)));
        }
        if let Some(from) = &phrases.from {
            words.push(format!("from {}", self.givers(from)));
        }
        if let Some(at) = &phrases.at {
            words.push(format!("at {}", Self::list('p', self.sizes.points, at)));
        }
        match &phrases.purposes {
            // A top-level permission may lock the purposes that it names.
            Some(purposes) if top && permits && purposes.iter().all(|pick| pick % 3 == 1) => {
                words.push(format!("only for {}", self.purposes(purposes)));
            }
            Some(purposes) => words.push(format!("for {}", self.purposes(purposes))),
            None if top && !permits && phrases.another => words.push("for another purpose".to_owned()),
            None if permits && phrases.on.is_none() => words.push(format!("for {}", self.purpose(0))),
            None => {}
        }
        // Above an indented line without a verb something must disclose; a permission to disclose must say with whom.
        if discloses == Some(true) {
            match &phrases.recipients {
                Some(Some(named)) => words.push(format!("with {}", Self::list('r', self.sizes.recipients, named))),
                Some(None) => words.push("with anyone".to_owned()),
                None if permits => words.push("with r0".to_owned()),
                None => {}
            }
        } else if discloses.is_none() && permits {
            // The verbs above are mixed: a permission below them that names nobody would not be whole.
            words.insert(0, "use".to_owned());
        }
        let mut bare = above.is_some_and(|above| above.bare);
        if let Some(shape) = phrases.shape.or((permits && bare).then_some(3)) {
            bare = shape % 6 == 2 && !permits;
            words.push(match shape % 6 {
                0 | 1 => "as pseudonym".to_owned(),
                2 if !permits => "as aggregate".to_owned(),
                n => format!("as aggregate of {}", [2, 5, 10][usize::from(n) % 3]),
            });
        }
        if let Some(on) = phrases.on {
            words.push(format!("on {}", Self::name('g', self.sizes.grounds, on)));
        }
        if let Some(condition) = &phrases.condition {
            words.push(self.condition(condition));
        }
        if words.is_empty() {
            words.push("for u0".to_owned());
        }
        let _ = writeln!(out, "{}{start} {}", "  ".repeat(depth), words.join(" "));
        if start != "except" {
            for child in &rule.below {
                self.rule(child, Some(Above { permits, discloses, bare }), depth + 1, out);
            }
        }
    }

    fn condition(&self, (holds, or, parts): &DraftCondition) -> String {
        let choices: Vec<String> = self.offered();
        let part = |(sort, pick): &(u8, Pick)| match sort % 3 {
            1 if !choices.is_empty() => format!("they have agreed to {}", choices[usize::from(*pick) % choices.len()]),
            2 if !choices.is_empty() => format!("they have refused {}", choices[usize::from(*pick) % choices.len()]),
            _ => Self::name('k', self.sizes.kinds, *pick),
        };
        let parts: Vec<String> = parts.iter().map(part).collect();
        format!("{} {}", if *holds { "if" } else { "unless" }, parts.join(if *or { " or " } else { " and " }))
    }

    /// Names of choices that a condition can name: those called as a purpose.
    fn offered(&self) -> Vec<String> {
        let named = self.choices.iter().filter(|choice| choice.that.is_none());
        named.flat_map(|choice| choice.purposes.iter().map(|pick| self.purpose(*pick))).collect()
    }
}

#[derive(Clone, Copy)]
struct Above {
    permits: bool,
    /// Whether its verbs disclose; none: some do.
    discloses: Option<bool>,
    /// Whether its form, said or taken from above, is totals without a group size.
    bare: bool,
}

const HOUSE: [Action; 4] = [Action::Use, Action::Change, Action::Erase, Action::Block];
const INSIDE: [Action; 6] =
    [Action::Use, Action::Collect, Action::Require, Action::Change, Action::Erase, Action::Block];
const OUTSIDE: [Action; 4] = [Action::Share, Action::Sell, Action::Rent, Action::Transfer];
const ALL: [Action; 5] = [Action::Use, Action::Share, Action::Collect, Action::Sell, Action::Require];

/// Some of the verbs, at least one.
fn verbs_of(verbs: &[Action], mask: u8) -> String {
    let first = usize::from(mask) % verbs.len();
    let some: Vec<&str> = (0..verbs.len())
        .filter(|at| *at == first || (mask / 16) & (1 << at) != 0 && mask.is_multiple_of(3))
        .map(|at| verbs[at].word())
        .collect();
    some.join(", ")
}

// --- Questions ---

/// All facts that a rule of this model could ask for.
pub fn facts(model: &Model) -> Vec<Fact> {
    let mut out: Vec<Fact> = model.names.kinds.ids().map(|id| Fact::Is(Kind(id))).collect();
    for (_, index) in model.choices.iter().zip(0..) {
        out.extend([Fact::Agreed(index), Fact::Refused(index)]);
    }
    out.extend(model.names.grounds.ids().map(|id| Fact::On(GroundId(id))));
    out.extend((0..).zip(&model.notices).map(|(index, _)| Fact::Notified(index)));
    out
}

/// Group sizes on both sides of every border that a draft can have.
pub const FORMS: [Form; 9] = [
    Form::Identified,
    Form::Identified,
    Form::Pseudonymous,
    Form::Aggregate(1),
    Form::Aggregate(2),
    Form::Aggregate(3),
    Form::Aggregate(5),
    Form::Aggregate(10),
    Form::Aggregate(11),
];

/// What the lines of a model say, one scope for each line and collect sentence: what questions are aimed at.
pub fn targets(model: &Model) -> Vec<Scope> {
    fn add(rule: &Rule, above: &Scope, out: &mut Vec<Scope>) {
        let own = rule.scope.clone();
        let whole = Scope {
            actions: if own.actions.is_empty() { above.actions.clone() } else { own.actions },
            who: own.who.or_else(|| above.who.clone()),
            data: own.data.or_else(|| above.data.clone()),
            purposes: own.purposes.or_else(|| above.purposes.clone()),
            recipients: own.recipients.or_else(|| above.recipients.clone()),
            ..Scope::default()
        };
        for child in &rule.children {
            add(child, &whole, out);
        }
        out.push(whole);
    }
    let mut out = Vec::new();
    for rule in &model.rules {
        add(rule, &Scope::default(), &mut out);
    }
    for collect in &model.collects {
        out.push(Scope {
            actions: match collect.by {
                None => vec![Action::Use, Action::Collect, Action::Require],
                Some(_) => vec![Action::Share, Action::Collect],
            },
            data: Some(collect.data.clone()),
            purposes: Some(collect.purposes.clone()),
            recipients: collect.by.map(|by| Recipients::Named(vec![by])),
            ..Scope::default()
        });
    }
    out
}

/// A question, two in three times aimed at what a line says.
pub fn question(model: &Model, targets: &[Scope], seed: &mut u64) -> Ids {
    let mut pick = |count: usize| u16::try_from(next(seed) % count as u64).unwrap();
    let names = &model.names;
    let target = &targets[usize::from(pick(targets.len()))];
    let aimed = pick(3) > 0;
    let mut choose = |said: Option<&[u16]>, count: usize| match said {
        Some(said) if aimed && pick(8) > 0 && !said.is_empty() => said[usize::from(pick(said.len()))],
        _ => pick(count),
    };
    let ids = |list: &[u16], axis: &Axis| -> Vec<u16> {
        let below = |id: &u16| list.iter().any(|group| axis.is_within(*id, *group));
        axis.ids().filter(below).collect()
    };
    let actions: Vec<u16> = target.actions.iter().map(|action| u16::try_from(action.index()).unwrap()).collect();
    let action = Action::ALL[usize::from(choose(Some(&actions), Action::ALL.len()))];
    let data = target.data.as_ref().map(|data| ids(&data.iter().map(|one| one.0).collect::<Vec<_>>(), &names.data));
    let purposes = target.purposes.as_ref();
    let purposes = purposes.map(|list| ids(&list.iter().map(|one| one.0).collect::<Vec<_>>(), &names.purposes));
    let actors = match &target.who {
        Some(Who::Named(actors)) => Some(ids(&actors.iter().map(|one| one.0).collect::<Vec<_>>(), &names.actors)),
        _ => None,
    };
    let recipients = match &target.recipients {
        Some(Recipients::Named(named)) => {
            Some(ids(&named.iter().map(|one| one.0).collect::<Vec<_>>(), &names.recipients))
        }
        _ => None,
    };
    let element = choose(data.as_deref(), names.data.len());
    let purpose = choose(purposes.as_deref(), names.purposes.len());
    let actor = choose(actors.as_deref(), names.actors.len());
    let recipient = choose(recipients.as_deref(), names.recipients.len());
    let form = FORMS[usize::from(choose(None, FORMS.len()))];
    let origin = choose(None, names.origins.len());
    // Now and then a question that makes no sense: a use with somebody, a disclosure to nobody.
    let sense = choose(None, 16) > 0;
    let recipient = match (action.discloses(), sense) {
        (true, true) => recipient.max(1),
        (false, true) => 0,
        _ => recipient,
    };
    Ids {
        action,
        form,
        recipient: Recipient(recipient),
        actor: Actor(actor),
        purpose: Purpose(purpose),
        element: Element(element),
        origin: OriginId(origin),
    }
}

/// The next number of a random sequence.
pub fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What is known, from a random number: each fact holds, does not, or is unknown.
pub fn state(facts: &[Fact], mut seed: u64) -> Facts {
    let mut out = Facts::new();
    for fact in facts {
        match seed % 5 {
            0 | 1 => drop(out.insert(*fact, true)),
            2 | 3 => drop(out.insert(*fact, false)),
            _ => {}
        }
        seed /= 5;
    }
    out
}
