//! What a failed call means for a job: its class and the sentence that is shown.

use super::error::{Operation, ZuoraError, ZuoraErrorKind};
use crate::domain::failure::{ErrorClass, Failure};

impl ZuoraError {
    /// The class that decides what becomes of the job.
    pub const fn class(&self) -> ErrorClass {
        match (self.final_kind(), self.operation) {
            (ZuoraErrorKind::InvalidCredentials | ZuoraErrorKind::AddressRefused, _)
            // No such path for tokens, or no request for one taken there: this is not a REST address of Zuora.
            | (ZuoraErrorKind::NotFound | ZuoraErrorKind::Rejected | ZuoraErrorKind::Unexpected, Operation::Token) => {
                ErrorClass::Config
            }
            (ZuoraErrorKind::PermissionMissing, _) => ErrorClass::Permission,
            (ZuoraErrorKind::RateLimited { .. }, _) => ErrorClass::RateLimit,
            // Only the token endpoint can say that credentials are wrong, and it took them.
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

/// What to do when Zuora issues tokens and then refuses them.
pub(crate) const NEXT_STEP_AFTER_REFUSED_TOKENS: &str = "Usually nothing to do: it is tried again by itself. Zuora took the credentials and refuses the tokens that it issued for them, so leave them as they are. If it keeps failing, ask Zuora's support, with the request ids that the job shows.";
