//! Early ends of a sync run: each of them passes through here and becomes an outcome once.

use std::time::Duration;

use crate::{
    aws::{sealing::SealError, table::StoreError},
    domain::failure::{ErrorClass, Failure},
    telemetry::{self, Metric},
    zuora::{ZuoraError, ZuoraErrorKind},
};

/// The shortest wait after "too many requests" without a time.
const DEFAULT_WAIT: Duration = Duration::from_secs(60);

/// The reason for the early end of a run.
#[derive(Clone, Debug)]
pub enum Interruption {
    /// Wait, then go on: not a failure.
    Wait(Duration, Failure),
    /// A failure; its class decides about another attempt.
    Failed(Failure),
    /// A failure of our own stores: it says nothing about the customer.
    Ours(Failure),
    /// The customer no longer wants it.
    Cancelled(&'static str),
}

impl Interruption {
    /// The customer has other credentials than those that this run began with.
    pub(super) fn credentials_changed() -> Self {
        let message = "The credentials were just changed; the job goes on with the new ones.";
        Self::Wait(Duration::from_secs(1), Failure::new(ErrorClass::Transient, message))
    }

    /// The vault has no credentials: they went together with their customer, or somebody removed them behind our back.
    pub(super) fn without_credentials(customer_is_there: bool) -> Self {
        if customer_is_there { SealError::DecryptFailed.into() } else { Self::customer_deleted() }
    }

    /// The list of workflows did not come to its end within a run.
    pub(super) fn listing_too_slow() -> Self {
        let message = "Zuora's listing took longer than one run may take.";
        Self::Failed(Failure::new(ErrorClass::Transient, message))
    }

    /// The customer was deleted while the job ran.
    pub(super) const fn customer_deleted() -> Self {
        Self::Cancelled("the customer was deleted")
    }

    /// Something that cannot happen did.
    pub(super) fn bug(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "a sync met a fault of this program");
        Self::Ours(Failure::new(ErrorClass::Bug, format!("{error}.")))
    }
}

impl From<ZuoraError> for Interruption {
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

impl From<StoreError> for Interruption {
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

impl From<SealError> for Interruption {
    fn from(error: SealError) -> Self {
        log(&error);
        match error {
            SealError::DecryptFailed => {
                unusable("decrypt_failed: the stored client secret cannot be decrypted. Enter the secret again.")
            }
            SealError::ForAnotherDestination => unusable(
                "The stored client secret was entered for another base URL or client ID. Nothing was sent. Enter the secret again.",
            ),
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

/// A stored secret that cannot be used: somebody altered what lies around it, which an alarm tells.
fn unusable(message: &str) -> Interruption {
    telemetry::count(Metric::DecryptFailed);
    Interruption::Failed(Failure::new(ErrorClass::Config, message))
}

/// The cause of a failure of our own, which the job does not show.
fn log(error: &(dyn std::error::Error + 'static)) {
    tracing::warn!(error, "a sync met a failure of our own");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_that_are_gone_are_a_matter_of_configuration_only_while_their_customer_is_there() {
        let Interruption::Failed(failure) = Interruption::without_credentials(true) else { panic!("not a failure") };
        assert_eq!(failure.class, ErrorClass::Config);
        assert!(failure.message.ends_with("Enter the secret again."), "{}", failure.message);
        assert!(matches!(
            Interruption::without_credentials(false),
            Interruption::Cancelled("the customer was deleted")
        ));
    }
}
