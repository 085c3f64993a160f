//! Kinds of person that age and region decide, and what follows from one for another.
//!
//! Ages fall into bands between those that a kind names, the world into classes of places that no kind tells apart. A kind is
//! a set of pairs of these. Of whom only part is known, a kind is true where it is true of all that they may be.

use serde::Serialize;

use crate::facts::{Fact, Literal};
use crate::names::Kind;

/// The most sorts of people that kinds by age and region may tell apart; the compiler reports a policy with more.
pub const MOST_SORTS: usize = 128;

/// A part of the world that a kind names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// `US`, `US-CA`, `EEA`.
    pub name: String,
    /// The countries of a group of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
}

impl Place {
    /// The country that it is or lies in; none of a group.
    #[must_use]
    pub fn country(&self) -> Option<&str> {
        self.countries.is_empty().then(|| self.name.split('-').next().unwrap_or_default())
    }

    fn is_part_of_a_country(&self) -> bool {
        self.countries.is_empty() && self.name.contains('-')
    }

    fn has(&self, spot: &Spot) -> bool {
        if !self.countries.is_empty() {
            return self.countries.contains(&spot.country);
        }
        let (country, part) = self.name.split_once('-').unwrap_or((&self.name, ""));
        country == spot.country && (part.is_empty() || part == spot.part)
    }
}

/// Somewhere that places tell apart: a part of a country, the rest of it, or what no place names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    country: String,
    part: String,
}

/// A line of a kind: ages from one, under another, in some place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bracket {
    /// Indexes into [`Brackets::places`]; empty: wherever no other line of the kind speaks of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<u16>,
    /// From this age on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<u8>,
    /// Under this age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub under: Option<u8>,
}

/// A kind of person that age and region decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bracketed {
    /// Which.
    pub kind: Kind,
    /// Index into `Compiled::sentences`.
    pub sentence: u16,
    /// Its lines. Of those whose places somebody is in the finest place counts.
    pub lines: Vec<Bracket>,
    /// Whether it has who is of unknown age.
    pub unknown_age: bool,
    /// Kinds above it that age and region decide, too: it is within each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<Kind>,
}

/// All such kinds of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Brackets {
    /// The ages that a kind names, lowest first.
    pub ages: Vec<u8>,
    /// The places that a kind names.
    pub places: Vec<Place>,
    /// The kinds.
    pub kinds: Vec<Bracketed>,
}

/// What is known of somebody's age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Age {
    /// Nothing.
    #[default]
    Unknown,
    /// They are of this age or older.
    From(u8),
    /// They are of this age.
    Exactly(u8),
}

/// What is known of where somebody lives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Region {
    /// In this place.
    pub within: Option<String>,
    /// In none of these.
    pub outside: Vec<String>,
}

impl Region {
    /// One word for it: `US`, `EEA !NL`, `!US`; empty when nothing is known.
    #[must_use]
    pub fn word(&self) -> String {
        let outside = self.outside.iter().map(|place| format!("!{place}"));
        self.within.iter().cloned().chain(outside).collect::<Vec<_>>().join(" ")
    }

    /// Reads what [`Region::word`] writes.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        let mut out = Self::default();
        for part in word.split(' ').filter(|part| !part.is_empty()) {
            match part.strip_prefix('!') {
                Some(place) => out.outside.push(place.to_owned()),
                None => out.within = Some(part.to_owned()),
            }
        }
        out
    }
}

/// The places in which somebody may be, by what the kinds tell apart.
type Class = Vec<u16>;

impl Brackets {
    /// Whether the policy has no such kind.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// A kind in words: `under 13 in US; under 16 elsewhere; of unknown age`.
    #[must_use]
    pub fn words(&self, one: &Bracketed) -> String {
        let line = |line: &Bracket| {
            let ages = match (line.from, line.under) {
                (Some(from), Some(under)) => format!("{from} or over and under {under}"),
                (Some(from), None) => format!("{from} or over"),
                (None, Some(under)) => format!("under {under}"),
                (None, None) => "all ages".to_owned(),
            };
            let places: Vec<&str> = line
                .places
                .iter()
                .filter_map(|place| self.places.get(usize::from(*place)))
                .map(|place| place.name.as_str())
                .collect();
            if places.is_empty() { format!("{ages} elsewhere") } else { format!("{ages} in {}", places.join(", ")) }
        };
        let mut lines: Vec<String> = one.lines.iter().map(line).collect();
        lines.sort_unstable();
        if one.unknown_age {
            lines.push("of unknown age".to_owned());
        }
        lines.join("; ")
    }

    /// What is said of a kind, if age and region decide it.
    #[must_use]
    pub fn of(&self, kind: Kind) -> Option<&Bracketed> {
        self.kinds.iter().find(|one| one.kind == kind)
    }

    /// Whether somebody is of a kind, by what is known of them.
    #[must_use]
    pub fn is(&self, kind: Kind, age: Age, region: &Region) -> Option<bool> {
        let bands: Vec<Option<usize>> = match age {
            Age::Unknown => vec![None],
            Age::Exactly(age) => vec![Some(self.band(age))],
            Age::From(age) => (self.band(age)..=self.ages.len()).map(Some).collect(),
        };
        let classes = self.classes_in(region);
        let mut all = classes.iter().flat_map(|class| bands.iter().map(|band| self.value(kind, class, *band)));
        let first = all.next()??;
        all.all(|other| other == Some(first)).then_some(first)
    }

    /// What is kept of a country, or a part of one (`US-CA`): no more than tells apart what the policy does.
    #[must_use]
    pub fn region(&self, said: &str) -> Region {
        let country = said.split('-').next().unwrap_or_default();
        let spots = self.spots(std::iter::once(said));
        let mut possible = spots.iter().filter(|spot| spot.country == country);
        let part = said.split_once('-').map(|(_, part)| part);
        let possible: Vec<&Spot> = possible.by_ref().filter(|spot| part.is_none_or(|part| spot.part == part)).collect();
        let sure: Vec<&Place> =
            self.places.iter().filter(|place| possible.iter().all(|spot| place.has(spot))).collect();
        let within = sure.into_iter().min_by_key(|place| fineness(place));
        // What the finest place leaves out by itself need not be said.
        let inside = |spot: &&Spot| within.is_none_or(|within| within.has(spot));
        let outside = self.places.iter().filter(|place| {
            !possible.iter().any(|spot| place.has(spot)) && spots.iter().filter(inside).any(|spot| place.has(spot))
        });
        Region {
            within: within.map(|place| place.name.clone()),
            outside: outside.map(|place| place.name.clone()).collect(),
        }
    }

    /// Whether a region says all that another says, and perhaps more.
    #[must_use]
    pub fn refines(&self, new: &Region, old: &Region) -> bool {
        let old = self.classes_in(old);
        self.classes_in(new).iter().all(|class| old.contains(class))
    }

    /// Whether two ages are one to the policy, or the second may be the first.
    #[must_use]
    pub fn same_band(&self, one: u8, other: Age) -> bool {
        match other {
            Age::Unknown => true,
            Age::Exactly(other) => self.band(one) == self.band(other),
            Age::From(least) => self.band(one) >= self.band(least),
        }
    }

    /// The sorts of people that there are, one for each fact that tells them apart: what is known of each kind, by their order.
    #[must_use]
    pub fn sorts(&self) -> Vec<Vec<Option<bool>>> {
        let mut out: Vec<Vec<Option<bool>>> = Vec::new();
        for class in self.classes() {
            let bands = (0..=self.ages.len()).map(Some).chain(std::iter::once(None));
            for band in bands {
                let sort: Vec<Option<bool>> = self.kinds.iter().map(|one| self.value(one.kind, &class, band)).collect();
                if !out.contains(&sort) {
                    out.push(sort);
                }
            }
        }
        out
    }

    /// Somebody who is of these kinds and not of those, as steps may describe them: an age, if one is known, and a region.
    #[must_use]
    pub fn example(&self, asked: &[(Kind, bool)]) -> Option<(Option<u8>, Option<String>)> {
        let lows = std::iter::once(0).chain(self.ages.iter().copied());
        let ages: Vec<Option<u8>> = lows.map(Some).chain(std::iter::once(None)).collect();
        let mut regions: Vec<Option<String>> = vec![None];
        regions.extend(self.spots(std::iter::empty()).into_iter().filter(|spot| !spot.country.is_empty()).map(
            |spot| Some(if spot.part.is_empty() { spot.country } else { format!("{}-{}", spot.country, spot.part) }),
        ));
        let fits = |age: Option<u8>, region: &Option<String>| {
            let age = age.map_or(Age::Unknown, Age::Exactly);
            let region = region.as_deref().map(|said| self.region(said)).unwrap_or_default();
            asked.iter().all(|(kind, holds)| self.is(*kind, age, &region) == Some(*holds))
        };
        regions.iter().find_map(|region| {
            let age = ages.iter().find(|age| fits(**age, region))?;
            Some((*age, region.clone()))
        })
    }

    /// The band of an age: how many of the named ages it has reached.
    fn band(&self, age: u8) -> usize {
        self.ages.iter().filter(|named| **named <= age).count()
    }

    /// Whether who is in these places, of a band or of unknown age, is of a kind.
    fn value(&self, kind: Kind, class: &Class, band: Option<usize>) -> Option<bool> {
        let one = self.of(kind)?;
        let own = self.own(one, class, band);
        one.within.iter().map(|above| self.value(*above, class, band)).fold(own, |so_far, above| {
            match (so_far, above) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            }
        })
    }

    fn own(&self, one: &Bracketed, class: &Class, band: Option<usize>) -> Option<bool> {
        let has = |band: usize| self.covers(one, class, band);
        let Some(band) = band else {
            let (all, any) =
                (0..=self.ages.len()).map(has).fold((true, false), |(all, any), has| (all && has, any || has));
            return match (all, any) {
                (true, _) => Some(true),
                (_, false) => Some(false),
                _ => one.unknown_age.then_some(true),
            };
        };
        Some(has(band))
    }

    fn covers(&self, one: &Bracketed, class: &Class, band: usize) -> bool {
        let finest = |line: &&Bracket| {
            let places = line.places.iter().filter(|place| class.contains(place));
            let here = places.filter_map(|place| self.places.get(usize::from(*place)));
            here.map(fineness).min()
        };
        let lines: Vec<(Option<(usize, usize)>, &Bracket)> = one
            .lines
            .iter()
            .map(|line| (finest(&line), line))
            .filter(|(finest, line)| finest.is_some() || line.places.is_empty())
            .collect();
        // A line of no place is the coarsest.
        let coarsest = (usize::MAX, usize::MAX);
        let Some(counts) = lines.iter().map(|(finest, _)| finest.unwrap_or(coarsest)).min() else { return false };
        // The lowest age of the band.
        let age = band.checked_sub(1).and_then(|below| self.ages.get(below)).copied().unwrap_or_default();
        lines
            .iter()
            .filter(|(finest, _)| finest.unwrap_or(coarsest) == counts)
            .all(|(_, line)| line.from.is_none_or(|from| age >= from) && line.under.is_none_or(|under| age < under))
    }

    /// Every spot that the places tell apart, and these besides.
    fn spots<'a>(&'a self, more: impl Iterator<Item = &'a str>) -> Vec<Spot> {
        let mut out = vec![Spot { country: String::new(), part: String::new() }];
        let mut add = |country: &str, part: &str| {
            for part in ["", part] {
                let spot = Spot { country: country.to_owned(), part: part.to_owned() };
                if !out.contains(&spot) {
                    out.push(spot);
                }
            }
        };
        for name in
            self.places.iter().filter(|place| place.countries.is_empty()).map(|place| place.name.as_str()).chain(more)
        {
            let (country, part) = name.split_once('-').unwrap_or((name, ""));
            add(country, part);
        }
        for country in self.places.iter().flat_map(|place| &place.countries) {
            add(country, "");
        }
        out
    }

    fn class(&self, spot: &Spot) -> Class {
        (0..).zip(&self.places).filter(|(_, place)| place.has(spot)).map(|(at, _)| at).collect()
    }

    fn classes(&self) -> Vec<Class> {
        self.classes_in(&Region::default())
    }

    /// The classes in which somebody may be of whom this is known.
    fn classes_in(&self, region: &Region) -> Vec<Class> {
        // A place that this policy names no more: a country is known by its name, of a group nothing is.
        let find = |name: &String| match self.places.iter().find(|place| place.name == *name) {
            Some(place) => Some(place.clone()),
            None if is_group(name) => None,
            None => Some(Place { name: name.clone(), countries: Vec::new() }),
        };
        let within = region.within.as_ref().and_then(find);
        let outside: Vec<Place> = region.outside.iter().filter_map(find).collect();
        let known = within.iter().chain(&outside).filter(|place| place.countries.is_empty());
        let mut out = Vec::new();
        for spot in self.spots(known.map(|place| place.name.as_str())) {
            let here =
                within.as_ref().is_none_or(|place| place.has(&spot)) && !outside.iter().any(|place| place.has(&spot));
            let class = self.class(&spot);
            if here && !out.contains(&class) {
                out.push(class);
            }
        }
        out
    }
}

/// The smaller the finer: a part of a country, a country, a group by its size.
fn fineness(place: &Place) -> (usize, usize) {
    if place.is_part_of_a_country() { (0, 0) } else { (1, place.countries.len()) }
}

/// Whether a name is that of a group of countries: a code of a country has two letters, `EU` is none.
fn is_group(name: &str) -> bool {
    name == "EU" || name.split('-').next().is_none_or(|country| country.len() != 2)
}

/// Which sorts of people each literal leaves, for the facts of a policy.
#[derive(Clone, Debug, Default)]
pub struct Sorts {
    /// For each fact those of whom it is known that it does not hold, and that it does; none for a fact of another sort.
    by_fact: Vec<Option<[u128; 2]>>,
}

impl Sorts {
    /// Of these facts.
    #[must_use]
    pub fn new(brackets: &Brackets, facts: &[Fact]) -> Self {
        if brackets.is_empty() {
            return Self::default();
        }
        let sorts = brackets.sorts();
        let of = |fact: &Fact| {
            let Fact::Is(kind) = fact else { return None };
            let at = brackets.kinds.iter().position(|one| one.kind == *kind)?;
            let those = |holds: bool| {
                let has = sorts.iter().take(MOST_SORTS).enumerate();
                has.filter(|(_, sort)| sort.get(at) == Some(&Some(holds))).fold(0, |all, (bit, _)| all | 1_u128 << bit)
            };
            Some([those(false), those(true)])
        };
        Self { by_fact: facts.iter().map(of).collect() }
    }

    fn left(&self, literal: Literal) -> Option<u128> {
        let both = self.by_fact.get(usize::from(literal.fact))?.as_ref()?;
        both.get(usize::from(literal.holds)).copied()
    }

    /// What more follows from these literals; none: nobody is all of this.
    #[must_use]
    pub fn follow(&self, literals: impl Iterator<Item = Literal>) -> Option<Vec<Literal>> {
        let mut any = false;
        let mut left = u128::MAX;
        for those in literals.filter_map(|literal| self.left(literal)) {
            any = true;
            left &= those;
        }
        if !any {
            return Some(Vec::new());
        }
        if left == 0 {
            return None;
        }
        let all = (0..).zip(&self.by_fact).filter_map(|(fact, both)| both.as_ref().map(|both| (fact, both)));
        let literals = all.flat_map(|(fact, both)| {
            [false, true].into_iter().zip(both).map(move |(holds, those)| (Literal { fact, holds }, *those))
        });
        Some(literals.filter(|(_, those)| left & !those == 0).map(|(literal, _)| literal).collect())
    }
}
