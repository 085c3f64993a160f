//! A person's session, signed by a program whose public key was registered.

/// A session that was verified: who acts, and the key of the program that vouches for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The person: the service's own id.
    pub person: String,
    /// The key that signed.
    pub by: String,
}
