//! Who asks: a key that was authenticated, and what it lists.

use crate::access::{AccessKind, Verb};
use crate::error::ServiceError;

/// A caller whose key was authenticated. What it says about people is not believed; what it may do stands here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The key's id.
    pub key: String,
    /// Whose key it is.
    pub kind: AccessKind,
    /// The role or program of the policy that it acts as.
    pub acts_as: Option<String>,
    /// What it may do.
    pub verbs: Vec<Verb>,
    /// The points at which it may collect.
    pub points: Vec<String>,
    /// The purposes for which it may act; empty: any that its role works on.
    pub purposes: Vec<String>,
    /// Whether it may act, and not only ask.
    pub may_act: bool,
}

impl Caller {
    /// Whether its key lists this verb.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotAllowed`] when it does not, or when it may only ask.
    pub fn may(&self, verb: Verb) -> Result<(), ServiceError> {
        if !self.verbs.contains(&verb) {
            return Err(ServiceError::not_allowed(verb.word()));
        }
        if !self.may_act && !matches!(verb, Verb::Ask | Verb::Log) {
            return Err(ServiceError::not_allowed("act: it may only ask"));
        }
        Ok(())
    }

    /// Whether its key lists this point.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotAllowed`] when it does not.
    pub fn may_collect_at(&self, point: &str) -> Result<(), ServiceError> {
        if self.points.iter().any(|listed| listed == point) {
            Ok(())
        } else {
            Err(ServiceError::not_allowed("collect at this point"))
        }
    }

    /// Whether its key lists this purpose.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotAllowed`] when it lists some and not this one.
    pub fn may_act_for(&self, purpose: Option<&str>) -> Result<(), ServiceError> {
        let listed = |purpose| self.purposes.iter().any(|listed| listed == purpose);
        if self.purposes.is_empty() || purpose.is_some_and(listed) {
            Ok(())
        } else {
            Err(ServiceError::not_allowed("act for this purpose"))
        }
    }
}
