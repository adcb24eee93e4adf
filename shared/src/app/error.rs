//! Errors of use cases. Each is mapped once to an HTTP problem (`crate::http`) and once to a queue verdict
//! (`crate::app::worker`).

use std::time::Duration;

use crate::{
    aws::{queue::QueueError, sealing::SealError, table::StoreError, user_pool::UserPoolError},
    domain::{actions::Refused, invalid::Invalid},
    zuora::ZuoraError,
};

/// The reason for which a use case did not do as requested.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing, or the caller may not know that there is.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Fields are wrong; all of them are named.
    #[error("the request is invalid")]
    Invalid(Invalid),
    /// It does not apply in the present state, which the sentence names.
    #[error("{0}")]
    Conflict(String),
    /// It was changed since the caller saw it; holds the present entity tag.
    #[error("it was changed meanwhile")]
    Stale(String),
    /// The same request is under way under the same key.
    #[error("the same request is under way")]
    UnderWay,
    /// The key was used for another request.
    #[error("the key was used for another request")]
    KeyReused,
    /// Zuora did not accept the credentials, or could not be asked.
    #[error("the connection test failed")]
    Connection(#[source] Box<ZuoraError>),
    /// A shared budget is used up.
    #[error("too many requests")]
    TooMany {
        /// The budget that is exhausted, as a sentence.
        why: &'static str,
        /// The wait before the next attempt.
        retry_after: Duration,
    },
    /// A table failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// A queue failed.
    #[error("the queue failed")]
    Queue(#[from] QueueError),
    /// The user pool failed.
    #[error("the user pool failed")]
    UserPool(#[from] UserPoolError),
    /// Encryption failed.
    #[error("sealing failed")]
    Seal(#[from] SealError),
}

impl From<Refused> for AppError {
    fn from(Refused(why): Refused) -> Self {
        Self::Conflict(why)
    }
}
