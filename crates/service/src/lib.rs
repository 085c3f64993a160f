//! The verbs and the duties: what `collect`, `use`, `share`, `choose`, `request`, `keep` and `attest` do.
//!
//! A [`Service`] is the one way from an edge (HTTP, command line, scenario) to the store. Every act is one write: it
//! reads the version in force and the person's facts, decides, does, and appends its entry to the log, all together or
//! not at all. A refused act stores nothing but its entry. The clock is handed in; ids and the time of an act are fixed
//! before its write begins.
//!
//! One file each: the verbs stand in `verbs`, what they share (facts, holdings, intake, cases, deadlines, entries)
//! beside it.

mod access;
mod acts;
mod answers;
mod asked;
mod caller;
mod cases;
mod clock;
mod error;
mod facts;
mod hashes;
mod holdings;
mod intake;
mod judge;
mod keep;
mod keys;
mod moment;
mod once;
mod policy_life;
mod proposals;
mod quiet;
mod recent;
mod remember;
pub mod scenario;
mod schema;
mod service;
mod session;
mod stated;
pub mod trace;
mod verbs;

pub use access::{AccessKey, AccessKind, NewAccess, Verb};
pub use acts::{
    Act, CaseState, Change, Choose, Collect, Collected, Compare, Compared, Erased, Find, Held, Line, Lines, LinesTaken,
    LogProgress, Notify, OpenCase, Owed, Question, Relate, Remove, Share, Stays, Use,
};
pub use answers::{
    Access, AccessValue, Altered, Answered, Ask, Disclosed, Disclosures, Inquiry, Portable, PortableRecord,
    PortableValue,
};
pub use caller::Caller;
pub use clock::{Clock, SetClock, SystemClock};
pub use error::ServiceError;
pub use policy_life::{InForce, Version};
pub use proposals::{Proposal, ProposalState};
pub use service::Service;
pub use session::Session;
pub use upheld_evidence::{Entry, Fault, Placed, Report};
pub use upheld_policy::publish;
pub use upheld_store::Place;
pub use upheld_vault::Keys;
pub use verbs::report::{Group, Release, Totals};
pub use verbs::{Duty, Told};
