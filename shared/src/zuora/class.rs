//! What a failed call means for a job: its class and the sentence that is shown.

use super::error::{Operation, ZuoraError, ZuoraErrorKind};
use crate::domain::failure::{ErrorClass, Failure};

impl ZuoraError {
    /// The class that decides what becomes of the job.
    pub const fn class(&self) -> ErrorClass {
        match (self.final_kind(), self.operation) {
            (ZuoraErrorKind::InvalidCredentials | ZuoraErrorKind::TokenRejected | ZuoraErrorKind::AddressRefused, _)
            // No such path for tokens, or no request for one taken there: this is not a REST address of Zuora.
            | (ZuoraErrorKind::NotFound | ZuoraErrorKind::Rejected | ZuoraErrorKind::Unexpected, Operation::Token) => {
                ErrorClass::Config
            }
            (ZuoraErrorKind::PermissionMissing, _) => ErrorClass::Permission,
            (ZuoraErrorKind::RateLimited { .. }, _) => ErrorClass::RateLimit,
            (ZuoraErrorKind::Transient | ZuoraErrorKind::Malformed | ZuoraErrorKind::NotFound, _) => {
                ErrorClass::Transient
            }
            (ZuoraErrorKind::TooLarge, _) => ErrorClass::TooLarge,
            (ZuoraErrorKind::Rejected | ZuoraErrorKind::Unexpected, _) => ErrorClass::Bug,
        }
    }

    /// The failure that a job shows.
    pub fn failure(&self) -> Failure {
        Failure::new(self.class(), format!("{self}."))
    }
}
