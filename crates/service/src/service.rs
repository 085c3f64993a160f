//! The service.

use std::sync::Arc;

use jiff::civil::Date;
use upheld_decide::Answer;
use upheld_evidence::{Placed, Report};
use upheld_store::Place;
use upheld_vault::Keys;

use crate::access::{AccessKey, NewAccess};
use crate::acts::{
    Act, Answered, Ask, CaseState, Change, Choose, Collect, Collected, Erased, Find, Held, OpenCase, Question, Remove,
    Share, Use,
};
use crate::caller::Caller;
use crate::clock::Clock;
use crate::error::ServiceError;
use crate::policy_life::{InForce, Version};
use crate::session::Session;

type Result<T> = std::result::Result<T, ServiceError>;

/// The service. Cheap to clone; may be used from any thread.
#[derive(Clone)]
pub struct Service(Arc<()>);

macro_rules! api { ($($(#[$d:meta])* fn $name:ident(&self $(, $a:ident: $t:ty)*) -> $r:ty;)*) => { impl Service {
    /// Opens a store.
    /// # Errors
    /// When the store cannot be opened, or a stored policy means something else to this program.
    pub fn open(place: Place, keys: Keys, clock: Arc<dyn Clock>) -> Result<Self> { let _ = (place, keys, clock); unimplemented!() }
    $($(#[$d])* /// # Errors
    /// When it fails.
    pub fn $name(&self $(, $a: $t)*) -> Result<$r> { $(let _ = $a;)* unimplemented!() })*
}}}
api! {
    /// Compiles a policy, stores it and puts it into force from a day on (at once).
    fn activate(&self, source: &str, from: Option<Date>, by: &str) -> Version;
    /// The version in force now.
    fn in_force(&self) -> Option<Arc<InForce>>;
    /// All versions, oldest first.
    fn versions(&self) -> Vec<Version>;
    /// The text of a stored version (the policy pages show earlier ones); `NotFound` when there is none of that number.
    fn source(&self, number: u64) -> String;
    /// Makes a key; the token is shown this once.
    fn access_add(&self, new: NewAccess) -> (AccessKey, String);
    /// All keys.
    fn access_list(&self) -> Vec<AccessKey>;
    /// Revokes a key.
    fn access_revoke(&self, id: &str) -> ();
    /// The token of a first administrator key, when the store has no key yet.
    fn first_key(&self) -> Option<String>;
    /// The caller with this token.
    fn authenticate(&self, token: &str) -> Caller;
    /// The session in this JWT.
    fn session(&self, token: &str) -> Session;
    /// Takes in a record.
    fn collect(&self, caller: &Caller, act: Collect) -> Act<Collected>;
    /// Takes in several, each by itself, in one transaction.
    fn collect_batch(&self, caller: &Caller, acts: Vec<Collect>) -> Vec<Act<Collected>>;
    /// Reads values.
    fn use_(&self, caller: &Caller, act: Use) -> Act<Vec<Held>>;
    /// Discloses values.
    fn share(&self, caller: &Caller, act: Share) -> Act<Vec<Held>>;
    /// Alters a value.
    fn change(&self, caller: &Caller, act: Change) -> Act<()>;
    /// Removes values.
    fn erase(&self, caller: &Caller, act: Remove) -> Act<Erased>;
    /// Blocks values, or lifts a block.
    fn block(&self, caller: &Caller, act: Remove) -> Act<()>;
    /// Records a choice.
    fn choose(&self, caller: &Caller, act: Choose) -> Act<()>;
    /// Records a person's own choice.
    fn choose_as(&self, session: &Session, act: Choose) -> Act<()>;
    /// Opens a case.
    fn open_case(&self, caller: &Caller, act: OpenCase) -> Act<CaseState>;
    /// Makes a finding.
    fn find(&self, caller: &Caller, act: Find) -> Act<CaseState>;
    /// Ends a case.
    fn end_case(&self, caller: &Caller, case: &str) -> Act<CaseState>;
    /// Answers a person's request.
    fn request(&self, session: &Session, ask: Ask) -> Act<Answered>;
    /// Answers a question about a stored person.
    fn ask(&self, caller: &Caller, question: Question) -> Answer;
    /// Erases what is due and ends cases that are over.
    fn sweep(&self) -> Erased;
    /// Makes the bytes of what was erased go; how many erasures had waited.
    fn scrub(&self) -> u64;
    /// Entries of the log.
    fn log_entries(&self, from: u64, count: u64) -> Vec<Placed>;
    /// Recomputes the log.
    fn verify_log(&self) -> Report;
}
