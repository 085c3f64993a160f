//! Names of the policy as small numbers, and the graph they form.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use serde::Serialize;

use crate::brackets::Brackets;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub u16);

        impl $name {
            /// Its place in the axis of its kind.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl From<u16> for $name {
            fn from(value: u16) -> Self {
                Self(value)
            }
        }
    )*};
}

ids! {
    /// A name of data: an element (`email`) or a group (`contact`), which then means "this, not further said".
    Element,
    /// A kind of person: a capacity fixed in each record, and a fact about the person now.
    Kind,
    /// A collection point or an event.
    PointId,
    /// A purpose; every ground is one too. `0` means "not said".
    Purpose,
    /// An outside recipient. `0` means "nobody outside": the question is no disclosure.
    Recipient,
    /// A role of staff or a program. `0` means "not said".
    Actor,
    /// A ground: a kind of case.
    GroundId,
    /// A relation in which people stand to each other.
    RelationId,
    /// An [`Origin`] in [`Names::origins`]. `0` is the unknown origin, which no permission covers.
    OriginId,
}

impl Purpose {
    /// A question that names no purpose.
    pub const UNSAID: Self = Self(0);
}

impl Recipient {
    /// Nobody outside: the data stays with the service.
    pub const NOBODY: Self = Self(0);
}

impl Actor {
    /// A question that names no actor.
    pub const UNSAID: Self = Self(0);
}

impl OriginId {
    /// A value whose origin is not known; no permission covers it, every prohibition does.
    pub const UNKNOWN: Self = Self(0);
}

/// Who gave a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Giver {
    /// The data subject, acting in the capacity of the record.
    Themselves,
    /// The service itself: seen or made by it (`of` without `from`).
    Service,
    /// Somebody else, of this kind (`email of friend from user`).
    Other(Kind),
}

/// What is true of a value for ever: where it was taken, of whom (in which capacity), and who gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Origin {
    /// The collection point.
    pub point: PointId,
    /// The capacity of the data subject at that moment.
    pub capacity: Kind,
    /// Who gave the value.
    pub giver: Giver,
}

/// The names of one kind and the graph above them. An id is an index into `names`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Axis {
    names: Vec<String>,
    parents: Vec<Vec<u16>>,
    #[serde(skip)]
    index: HashMap<String, u16, BuildHasherDefault<ByBytes>>,
}

/// FNV-1a: names are short, and all of them stand in the policy, so nobody can choose names that collide.
#[derive(Clone, Copy)]
struct ByBytes(u64);

impl Default for ByBytes {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for ByBytes {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Axis {
    /// Adds a name, or finds it when it is there.
    pub fn add(&mut self, name: &str) -> u16 {
        if let Some(id) = self.index.get(name) {
            return *id;
        }
        let id = u16::try_from(self.names.len()).unwrap_or(u16::MAX);
        self.names.push(name.to_owned());
        self.parents.push(Vec::new());
        self.index.insert(name.to_owned(), id);
        id
    }

    /// Puts `child` under `parent`. Adding an edge twice changes nothing.
    pub fn put_under(&mut self, child: u16, parent: u16) {
        if let Some(parents) = self.parents.get_mut(usize::from(child))
            && !parents.contains(&parent)
            && child != parent
        {
            parents.push(parent);
        }
    }

    /// The id of a name. The empty name, which stands for "not said", is nobody's.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<u16> {
        if name.is_empty() { None } else { self.index.get(name).copied() }
    }

    /// The name of an id; the empty string for an id of another axis.
    #[must_use]
    pub fn name(&self, id: u16) -> &str {
        self.names.get(usize::from(id)).map_or("", String::as_str)
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// All ids in order.
    pub fn ids(&self) -> impl Iterator<Item = u16> + use<> {
        0..u16::try_from(self.names.len()).unwrap_or(u16::MAX)
    }

    /// All names in order of their ids.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The names directly above.
    #[must_use]
    pub fn parents(&self, id: u16) -> &[u16] {
        self.parents.get(usize::from(id)).map_or(&[], Vec::as_slice)
    }

    /// Whether `id` is `group` or stands somewhere below it.
    #[must_use]
    pub fn is_within(&self, id: u16, group: u16) -> bool {
        id == group || self.walk(&[id], |here| self.parents(here), |here| here == group).is_none()
    }

    /// `group` and every name below it, in order of ids.
    #[must_use]
    pub fn below(&self, group: u16) -> Vec<u16> {
        if usize::from(group) >= self.names.len() {
            return Vec::new();
        }
        let mut children: Vec<Vec<u16>> = vec![Vec::new(); self.names.len()];
        for id in self.ids() {
            for parent in self.parents(id) {
                if let Some(children) = children.get_mut(usize::from(*parent)) {
                    children.push(id);
                }
            }
        }
        let of = |id: u16| children.get(usize::from(id)).map_or(&[][..], Vec::as_slice);
        self.walk(&[group], of, |_| false).unwrap_or_default()
    }

    /// `id` and every name above it, in order of ids.
    #[must_use]
    pub fn above(&self, id: u16) -> Vec<u16> {
        if usize::from(id) >= self.names.len() {
            return Vec::new();
        }
        self.walk(&[id], |here| self.parents(here), |_| false).unwrap_or_default()
    }

    /// All that is reached from these by steps, each once, in order of ids; none when the search ends before.
    fn walk<'a>(&self, from: &[u16], steps: impl Fn(u16) -> &'a [u16], end: impl Fn(u16) -> bool) -> Option<Vec<u16>> {
        /// So many are looked through one by one; more are marked in a table.
        const FEW: usize = 24;
        let mut found = from.to_vec();
        let mut marked: Vec<bool> = Vec::new();
        let mut at = 0;
        while let Some(here) = found.get(at).copied() {
            if end(here) {
                return None;
            }
            at += 1;
            for next in steps(here) {
                if marked.is_empty() && found.len() > FEW {
                    marked.resize(self.names.len(), false);
                    for id in &found {
                        if let Some(mark) = marked.get_mut(usize::from(*id)) {
                            *mark = true;
                        }
                    }
                }
                let known = match marked.get_mut(usize::from(*next)) {
                    Some(mark) => std::mem::replace(mark, true),
                    None => found.contains(next),
                };
                if !known {
                    found.push(*next);
                }
            }
        }
        found.sort_unstable();
        Some(found)
    }
}

/// All names of a compiled policy.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Names {
    /// Data: elements and groups.
    pub data: Axis,
    /// Kinds of person.
    pub kinds: Axis,
    /// Points and events.
    pub points: Axis,
    /// Purposes, `0` not said; grounds stand here too, under the same name.
    pub purposes: Axis,
    /// Recipients, `0` nobody.
    pub recipients: Axis,
    /// Roles and programs, `0` not said.
    pub actors: Axis,
    /// Grounds.
    pub grounds: Axis,
    /// Relations.
    #[serde(skip_serializing_if = "Axis::is_empty")]
    pub relations: Axis,
    /// Kinds of person that age and region decide.
    #[serde(skip_serializing_if = "Brackets::is_empty")]
    pub brackets: Brackets,
    /// The origins that collect sentences make, `0` unknown (its fields mean nothing).
    pub origins: Vec<Origin>,
    /// Names that are abstract (`open`): a question may not say them. Data, purposes and recipients.
    pub open_data: Vec<Element>,
    /// Abstract purposes.
    pub open_purposes: Vec<Purpose>,
    /// Abstract recipients.
    pub open_recipients: Vec<Recipient>,
}

/// The relative party that is the person themselves, as an actor and as a recipient.
pub const THEMSELVES: &str = "themselves";

/// The relative party of everybody who stands in a relation to the person: `their teacher`.
#[must_use]
pub fn their(relation: &str) -> String {
    format!("their {relation}")
}

/// Whether an actor or a recipient is named by what they are to the person: who it is differs from person to person.
#[must_use]
pub fn is_relative(name: &str) -> bool {
    name == THEMSELVES || name.starts_with("their ")
}
