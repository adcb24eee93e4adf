//! The meaning of a failed call for a job: its error class and the sentence that is shown.

use super::{
    error::{Operation, ZuoraError},
    error_kind::ZuoraErrorKind,
};
use crate::domain::failure::{ErrorClass, Failure};

impl ZuoraError {
    /// The error class, which decides how the job ends or when it is tried again.
    pub const fn class(&self) -> ErrorClass {
        match (self.final_kind(), self.operation) {
            (ZuoraErrorKind::InvalidCredentials | ZuoraErrorKind::AddressRefused, _)
            // No token endpoint at this path, or no such request accepted there: this is not a REST address of Zuora.
            | (ZuoraErrorKind::NotFound | ZuoraErrorKind::Rejected | ZuoraErrorKind::Unexpected, Operation::Token) => {
                ErrorClass::Config
            }
            (ZuoraErrorKind::PermissionMissing, _) => ErrorClass::Permission,
            (ZuoraErrorKind::RateLimited { .. }, _) => ErrorClass::RateLimit,
            // Only the token endpoint can reject credentials, and it accepted them.
            (
                ZuoraErrorKind::TokenRejected
                | ZuoraErrorKind::Transient
                | ZuoraErrorKind::TimedOut
                | ZuoraErrorKind::Malformed
                | ZuoraErrorKind::NotFound,
                _,
            ) => ErrorClass::Transient,
            (ZuoraErrorKind::TooLarge, _) => ErrorClass::TooLarge,
            (ZuoraErrorKind::Rejected | ZuoraErrorKind::Unexpected, _) => ErrorClass::Bug,
        }
    }

    /// The failure that a job shows.
    pub fn failure(&self) -> Failure {
        let failure = Failure::new(self.class(), format!("{self}."));
        match self.final_kind() {
            ZuoraErrorKind::TokenRejected => {
                Failure { next_step: NEXT_STEP_AFTER_REFUSED_TOKENS.to_owned(), ..failure }
            }
            _ => failure,
        }
    }
}

/// The next step for a person when Zuora issues tokens and then refuses them.
pub(crate) const NEXT_STEP_AFTER_REFUSED_TOKENS: &str = "Zuora took the credentials and refuses the tokens that it issued for them, so leave them as they are. If it keeps failing, ask Zuora's support, with the request ids that the job shows.";
