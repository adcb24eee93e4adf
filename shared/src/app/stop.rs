//! Why a run stopped before its result: every early end of a sync passes through here and becomes an outcome once.

use std::time::Duration;

use crate::{
    aws::{sealing::SealError, table::StoreError},
    clock,
    config::stage,
    domain::failure::{ErrorClass, Failure},
    telemetry::{self, Metric},
    zuora::{ZuoraError, ZuoraErrorKind},
};

/// The shortest wait after "too many requests" without a time.
const DEFAULT_WAIT: Duration = Duration::from_secs(60);

/// Why a run stopped.
#[derive(Clone, Debug)]
pub enum Stop {
    /// Wait, then go on: not a failure.
    Wait(Duration, Failure),
    /// A failure; its class decides about another attempt.
    Failed(Failure),
    /// A failure of our own stores: it says nothing about the customer.
    Ours(Failure),
    /// The customer no longer wants it.
    Cancelled(&'static str),
}

impl Stop {
    /// Something that cannot happen did.
    pub(super) fn bug(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "a sync met a fault of this program");
        Self::Ours(Failure::new(ErrorClass::Bug, format!("{error}.")))
    }
}

impl From<ZuoraError> for Stop {
    fn from(error: ZuoraError) -> Self {
        let failure = error.failure();
        match error.kind {
            ZuoraErrorKind::RateLimited { retry_after } => {
                // A little more than asked for, so that all who were told the same do not come back together.
                let wait = retry_after.unwrap_or(DEFAULT_WAIT);
                let jitter = Duration::from_millis(fastrand::u64(0..=2000));
                Self::Wait(wait + jitter, failure)
            }
            _ => Self::Failed(failure),
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        log(&error);
        let class = match error {
            StoreError::Unavailable(_) | StoreError::Conflict { .. } => ErrorClass::Transient,
            StoreError::TooLarge => ErrorClass::TooLarge,
            StoreError::Refused(_) | StoreError::Corrupt { .. } => ErrorClass::Bug,
        };
        Self::Ours(Failure::new(class, format!("Our own store failed: {error}.")))
    }
}

impl From<SealError> for Stop {
    fn from(error: SealError) -> Self {
        log(&error);
        match error {
            SealError::DecryptFailed => {
                telemetry::emit(Metric::DecryptFailed, 1, &stage(), clock::now().millis());
                let message = "decrypt_failed: the stored client secret cannot be decrypted. Enter the secret again.";
                Self::Failed(Failure::new(ErrorClass::Config, message))
            }
            SealError::Unavailable(_) => {
                Self::Ours(Failure::new(ErrorClass::Transient, "The key service could not be reached."))
            }
            SealError::Refused(_) => Self::Ours(Failure::new(
                ErrorClass::Bug,
                "The key service refused: check the key and the role of the sync function.",
            )),
        }
    }
}

/// The cause of a failure of our own, which the job does not show.
fn log(error: &(dyn std::error::Error + 'static)) {
    tracing::warn!(error, "a sync met a failure of our own");
}
