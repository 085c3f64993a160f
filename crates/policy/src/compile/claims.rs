//! A table in which claims stand beside the rules: what they cover is marked by their sentences, and nothing is closed by them.

use upheld_decide::{Fact, MOST_FACTS, OriginId, Table};

use super::duties::origins_by_element;
use super::flatten::flatten;
use super::fold::{self, Factors};
use super::region::Space;
use crate::model::Model;

/// Rules and claims, folded.
pub(crate) struct Claimed {
    pub(crate) table: Table,
    pub(crate) facts: Vec<Fact>,
    /// The origins at which each name of data is taken, by `Element::index`.
    pub(crate) origins: Vec<Vec<OriginId>>,
}

/// Folds a model of which some rules are claims. None: it tells too many facts or questions apart.
pub(crate) fn claimed(model: &Model) -> Option<Claimed> {
    let space = Space::new(model);
    let flat = flatten(&space);
    if flat.too_many || flat.facts.len() > MOST_FACTS {
        return None;
    }
    let factors = Factors::new(&space, &flat.rules)?;
    let table = fold::table(&space, &factors, |_| ()).ok()?;
    Some(Claimed { table, facts: flat.facts, origins: origins_by_element(&space) })
}
