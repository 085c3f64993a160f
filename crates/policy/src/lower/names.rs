//! Names: declared by the policy or built in, their graphs, and what to say of one that is neither.

use std::collections::BTreeMap;

use upheld_decide::{
    Actor, Axis, Element, GroundId, Kind, Names, Origin, PointId, Purpose, Recipient, RelationId, THEMSELVES,
};
use upheld_document::{Diagnostic, Span, nearest};

use crate::syntax::ast::Name;
use crate::vocabulary::{Vocabulary, Word, vocabulary};

/// Which axis a name is wanted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum On {
    Data,
    Kinds,
    Points,
    Purposes,
    Recipients,
    Actors,
    Grounds,
    Relations,
}

impl On {
    pub(super) const ALL: [Self; 8] = [
        Self::Data,
        Self::Kinds,
        Self::Points,
        Self::Purposes,
        Self::Recipients,
        Self::Actors,
        Self::Grounds,
        Self::Relations,
    ];

    /// How messages name one: with its article.
    const fn noun(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Kinds => "a kind of person",
            Self::Points => "a point or event",
            Self::Purposes => "a purpose",
            Self::Recipients => "a recipient",
            Self::Actors => "a role or program",
            Self::Grounds => "a ground",
            Self::Relations => "a relation",
        }
    }

    const fn declaration(self) -> &'static str {
        match self {
            Self::Data => "data NAME is contact, identifying",
            Self::Kinds => "person NAME \"Who this is\"",
            Self::Points => "point NAME is form in \"www.example.org/page\"",
            Self::Purposes => "purpose NAME is service_provision \"What for\"",
            Self::Recipients => "recipient NAME is processor \"What they do\"",
            Self::Actors => "role NAME \"What they do\", works on customer_care",
            Self::Grounds => "ground NAME \"What it is about\"",
            Self::Relations => "relation NAME of customer \"Who this is to them\"",
        }
    }

    fn words(self, vocabulary: &Vocabulary) -> Option<&BTreeMap<String, Word>> {
        match self {
            Self::Data => Some(&vocabulary.data),
            Self::Kinds => Some(&vocabulary.person),
            Self::Points => Some(&vocabulary.event),
            Self::Purposes => Some(&vocabulary.purpose),
            Self::Recipients => Some(&vocabulary.recipient),
            Self::Actors => Some(&vocabulary.role),
            Self::Grounds | Self::Relations => None,
        }
    }
}

/// The most names on one axis.
const MOST_NAMES: usize = 4096;

/// For so many unknown names it is looked for what was meant; where there are more, they are no misspellings.
const MOST_LOOKED_FOR: usize = 500;

pub(super) struct Resolver<'a> {
    pub(super) names: Names,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
    /// How many names were wanted that nothing declares.
    unknown: usize,
    /// Where each name was declared.
    declared: BTreeMap<(On, u16), Span>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(diagnostics: &'a mut Vec<Diagnostic>) -> Self {
        let mut names = Names::default();
        // Ids that mean "not said" and "nobody".
        names.purposes.add("");
        names.recipients.add("");
        names.actors.add("");
        names.origins.push(Origin { point: PointId(0), capacity: Kind(0), giver: upheld_decide::Giver::Service });
        Self { names, diagnostics, unknown: 0, declared: BTreeMap::new() }
    }

    pub(super) fn axis(&self, on: On) -> &Axis {
        match on {
            On::Data => &self.names.data,
            On::Kinds => &self.names.kinds,
            On::Points => &self.names.points,
            On::Purposes => &self.names.purposes,
            On::Recipients => &self.names.recipients,
            On::Actors => &self.names.actors,
            On::Grounds => &self.names.grounds,
            On::Relations => &self.names.relations,
        }
    }

    fn axis_mut(&mut self, on: On) -> &mut Axis {
        match on {
            On::Data => &mut self.names.data,
            On::Kinds => &mut self.names.kinds,
            On::Points => &mut self.names.points,
            On::Purposes => &mut self.names.purposes,
            On::Recipients => &mut self.names.recipients,
            On::Actors => &mut self.names.actors,
            On::Grounds => &mut self.names.grounds,
            On::Relations => &mut self.names.relations,
        }
    }

    /// Declares a name; a built-in one gains what is said here. Twice in one policy is an error.
    pub(super) fn declare(&mut self, on: On, name: &Name) -> u16 {
        let id = self.add(on, &name.text);
        if let Some(first) = self.declared.insert((on, id), name.span) {
            self.diagnostics.push(
                Diagnostic::error("UP0102", format!("`{}` is declared twice", name.text))
                    .at(name.span, "again here")
                    .also(first, "first here")
                    .help("keep one of the two; what the name is stands in one sentence"),
            );
        }
        id
    }

    /// Adds a name and, when it is built in, all names above it.
    fn add(&mut self, on: On, name: &str) -> u16 {
        if let Some(id) = self.axis(on).id(name) {
            return id;
        }
        let id = self.axis_mut(on).add(name);
        if let Some(word) = on.words(vocabulary()).and_then(|words| words.get(name)) {
            for parent in &word.is {
                let parent = self.add(on, parent);
                self.axis_mut(on).put_under(id, parent);
            }
        }
        id
    }

    pub(super) fn put_under(&mut self, on: On, child: u16, parent: u16) {
        self.axis_mut(on).put_under(child, parent);
    }

    /// Whether the policy itself declares this name.
    pub(super) fn is_declared(&self, on: On, id: u16) -> bool {
        self.declared.contains_key(&(on, id))
    }

    fn known(&self, on: On, name: &str) -> bool {
        self.axis(on).id(name).is_some() || on.words(vocabulary()).is_some_and(|words| words.contains_key(name))
    }

    /// Looks a name up, if it is one of this axis.
    pub(super) fn find(&mut self, on: On, name: &str) -> Option<u16> {
        self.known(on, name).then(|| self.add(on, name))
    }

    /// Looks a name up; one that is unknown is reported.
    pub(super) fn id(&mut self, on: On, name: &Name) -> Option<u16> {
        if self.known(on, &name.text) {
            return Some(self.add(on, &name.text));
        }
        let elsewhere = On::ALL.into_iter().find(|other| *other != on && self.known(*other, &name.text));
        let diagnostic = match elsewhere {
            Some(other) => Diagnostic::error(
                "UP0103",
                format!("`{}` is {}, here {} is wanted", name.text, other.noun(), on.noun()),
            )
            .at(name.span, "")
            .help(format!("declare it as one, or name another: `{}`", on.declaration().replace("NAME", &name.text))),
            None => {
                let diagnostic =
                    Diagnostic::error("UP0101", format!("nothing declares `{}` as {}", name.text, on.noun()))
                        .at(name.span, "");
                let words: Vec<&str> =
                    on.words(vocabulary()).map(|words| words.keys().map(String::as_str).collect()).unwrap_or_default();
                self.unknown += 1;
                // A word for all data is no misspelt name.
                let all = on == On::Data && matches!(name.text.as_str(), "data" | "personal_data" | "information");
                if all {
                    self.diagnostics.push(diagnostic.help("`anything` means all data"));
                    return None;
                }
                let near = if self.unknown > MOST_LOOKED_FOR {
                    None
                } else {
                    nearest(&name.text, self.axis(on).names().chain(words))
                };
                match near {
                    Some(near) => {
                        let near = near.to_owned();
                        diagnostic.suggest(format!("did you mean `{near}`?"), name.span, near)
                    }
                    None => diagnostic.help(format!("declare it: `{}`", on.declaration().replace("NAME", &name.text))),
                }
            }
        };
        self.diagnostics.push(diagnostic);
        None
    }

    /// A name of whatever sort; one that is none is reported.
    pub(super) fn any(&mut self, name: &Name) {
        let known = On::ALL.into_iter().find(|on| self.known(*on, &name.text));
        self.id(known.unwrap_or(On::Data), name);
    }

    fn ids<T: From<u16>>(&mut self, on: On, names: &[Name]) -> Vec<T> {
        names.iter().filter_map(|name| self.id(on, name)).map(T::from).collect()
    }

    pub(super) fn data(&mut self, names: &[Name]) -> Vec<Element> {
        self.ids(On::Data, names)
    }

    pub(super) fn kinds(&mut self, names: &[Name]) -> Vec<Kind> {
        self.ids(On::Kinds, names)
    }

    pub(super) fn points(&mut self, names: &[Name]) -> Vec<PointId> {
        self.ids(On::Points, names)
    }

    pub(super) fn purposes(&mut self, names: &[Name]) -> Vec<Purpose> {
        self.ids(On::Purposes, names)
    }

    pub(super) fn recipients(&mut self, names: &[Name]) -> Vec<Recipient> {
        self.parties(On::Recipients, names)
    }

    pub(super) fn actors(&mut self, names: &[Name]) -> Vec<Actor> {
        self.parties(On::Actors, names)
    }

    /// Parties: those declared, and those that are named by what they are to the person.
    fn parties<T: From<u16>>(&mut self, on: On, names: &[Name]) -> Vec<T> {
        let mut out = Vec::new();
        for name in names {
            let known = match self.relation_of(name) {
                Some(relation) => relation.map(|_| self.axis_mut(on).add(&name.text)),
                None if name.text == THEMSELVES => Some(self.axis_mut(on).add(THEMSELVES)),
                None => self.id(on, name),
            };
            out.extend(known.map(T::from));
        }
        out
    }

    /// The relation in `their teacher`; none when the name is of another kind, and none in it when nothing declares it.
    pub(super) fn relation_of(&mut self, name: &Name) -> Option<Option<RelationId>> {
        let relation = name.text.strip_prefix("their ")?;
        let end = name.span.end;
        let start = end.saturating_sub(u32::try_from(relation.len()).unwrap_or_default());
        let relation = Name { text: relation.to_owned(), span: Span { start, end } };
        Some(self.id(On::Relations, &relation).map(RelationId))
    }

    pub(super) fn kind(&mut self, name: &Name) -> Option<Kind> {
        self.id(On::Kinds, name).map(Kind)
    }

    pub(super) fn ground(&mut self, name: &Name) -> Option<GroundId> {
        self.id(On::Grounds, name).map(GroundId)
    }

    /// Whether no axis has more names than a table could tell apart; the first name too many is reported.
    pub(super) fn within_bounds(&mut self) -> bool {
        let wide = On::ALL.into_iter().find(|on| self.axis(*on).len() > MOST_NAMES);
        let Some(on) = wide else { return true };
        let first = self.declared.iter().find(|((other, id), _)| *other == on && usize::from(*id) >= MOST_NAMES);
        let span = first.map(|(_, span)| *span).unwrap_or_default();
        self.diagnostics.push(
            Diagnostic::error("UP0107", format!("a policy has at most {MOST_NAMES} names of one sort"))
                .at(span, "one too many")
                .help("declare groups that people know in place of every single name"),
        );
        false
    }

    /// Names that stand, over others, below themselves.
    pub(super) fn reject_cycles(&mut self) {
        for on in On::ALL {
            let axis = self.axis(on);
            let mut found = Vec::new();
            let mut left = in_circles(axis);
            while let Some(first) = left.first().copied() {
                let (circle, others): (Vec<u16>, Vec<u16>) =
                    left.iter().partition(|id| axis.is_within(first, **id) && axis.is_within(**id, first));
                let words: Vec<String> = circle.iter().map(|id| format!("`{}`", axis.name(*id))).collect();
                let span = self.declared.get(&(on, first)).copied().unwrap_or_default();
                found.push(
                    Diagnostic::error("UP0104", format!("{} stand below each other in a circle", words.join(", ")))
                        .at(span, "")
                        .help("a name stands below wider names only; take one `is` out"),
                );
                left = others;
            }
            self.diagnostics.extend(found);
        }
    }
}

/// Names that stand in a circle. Names with nothing left above them are taken away, again and again; of the rest some are
/// merely below a circle.
fn in_circles(axis: &Axis) -> Vec<u16> {
    let mut children: Vec<Vec<u16>> = vec![Vec::new(); axis.len()];
    let mut above: Vec<usize> = Vec::with_capacity(axis.len());
    for id in axis.ids() {
        above.push(axis.parents(id).len());
        for parent in axis.parents(id) {
            if let Some(children) = children.get_mut(usize::from(*parent)) {
                children.push(id);
            }
        }
    }
    let mut next: Vec<u16> = axis.ids().filter(|id| axis.parents(*id).is_empty()).collect();
    while let Some(id) = next.pop() {
        for child in children.get(usize::from(id)).into_iter().flatten() {
            if let Some(left) = above.get_mut(usize::from(*child)) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    next.push(*child);
                }
            }
        }
    }
    let around = |id: &u16| axis.parents(*id).iter().any(|parent| axis.is_within(*parent, *id));
    axis.ids().filter(|id| above.get(usize::from(*id)).is_some_and(|left| *left > 0)).filter(around).collect()
}
