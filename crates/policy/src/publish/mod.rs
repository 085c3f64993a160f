//! What the public page shows beside the prose: lists made from the rules, and how each clause is kept.
//!
//! `tables` makes the lists, `receive` finds who may receive what, `how` says how a clause is kept, `words` names things for people.

mod countries;
mod how;
mod markdown;
mod receive;
mod tables;
mod words;

use std::collections::BTreeMap;

use upheld_document::Source;

pub use crate::model::Publication;
pub use how::{Guard, Hand, How, Rule};
pub use markdown::markdown;
pub use tables::{Row, Table};

use crate::Policy;

/// What the page shows below each clause, by its id.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// What stands below a clause; clauses without anything are left out.
    pub clauses: BTreeMap<String, Shown>,
}

/// What stands below a clause.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Lists, in the order in which they are asked for.
    pub tables: Vec<Table>,
    /// How it is kept, where the policy says so.
    pub how: Option<How>,
}

/// What a policy publishes; `source` is its text.
#[must_use]
pub fn page(source: &Source, policy: &Policy) -> Page {
    let mut page = Page::default();
    for (clause, table) in tables(policy) {
        page.clauses.entry(clause).or_default().tables.push(table);
    }
    if policy.model.publishes.iter().any(|(_, what)| *what == Publication::How) {
        for (clause, how) in how::how(source, policy) {
            page.clauses.entry(clause).or_default().how = Some(how);
        }
    }
    page
}

/// The lists that a policy publishes, each with the id of its clause.
#[must_use]
pub fn tables(policy: &Policy) -> Vec<(String, Table)> {
    let asked = policy.model.publishes.iter().filter(|(_, what)| *what != Publication::How);
    let clause = |sentence: u16| policy.model.sentences.get(usize::from(sentence)).map(|said| said.clause.clone());
    asked.filter_map(|(sentence, what)| Some((clause(*sentence)?, tables::table(*what, policy)?))).collect()
}
