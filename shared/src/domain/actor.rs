//! A person who acts: the id that stays, and the address by which people know each other.

/// A user of the pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The Cognito `sub`: who it is, whatever the address becomes.
    pub sub: String,
    /// The e-mail address at the time of the act, if it was verified.
    pub email: Option<String>,
}
