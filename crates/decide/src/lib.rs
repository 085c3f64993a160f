//! The compiled policy and the decision over it.
//!
//! [`Compiled`] is plain data: the decision [`Table`], and beside it all that a running service reads of its policy
//! (collection points, kept periods, choices, rights, grounds). `policy` builds it, `service` reads it.
//! [`Compiled::answer`] takes a [`Question`] in names and gives an [`Answer`] with clauses; [`Table::decide`] takes ids
//! and neither allocates, locks nor panics.
//!
//! This crate does no I/O, has no clock and knows nothing of syntax.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod acceptance;
mod answer;
mod ask;
mod bases;
mod brackets;
mod compiled;
mod duties;
mod facts;
mod names;
mod notices;
mod question;
mod seals;
mod table;
mod transfers;
mod versions;

pub use acceptance::{Acceptance, Accepted};
pub use answer::{Answer, Cited, Reason};
pub use ask::Errand;
pub use bases::{ActsFor, Apart, Basis, PurposeBasis, StorePlace, basis_of};
pub use brackets::{Age, Bracket, Bracketed, Brackets, MOST_SORTS, Place, Region, Sorts};
pub use compiled::{Compiled, Header, Sentence};
pub use duties::{
    Case, Choice, Cookie, End, Finding, Form as PointForm, Ground, Hold, Keep, KindLife, Law, LawPeriod, Period, Point,
    PointKind, Relation, Report, Right, RightKind, Taken, Unit,
};
pub use facts::{Fact, FactSet, Literal, MOST_FACTS};
pub use names::{
    Actor, Axis, Element, Giver, GroundId, Kind, Names, Origin, OriginId, PointId, Purpose, Recipient, RelationId,
    THEMSELVES, is_relative, their,
};
pub use notices::{Notice, Telling};
pub use question::{Action, Form, Question};
pub use seals::Seal;
pub use table::{Decision, Entry, Ids, Table};
pub use transfers::{Protection, Safeguard, Transfers, Whereabouts};
pub use versions::{Afterwards, Versions};
