//! Errors of the store, classified by what the caller can do about them.

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::CancellationReason,
};

use crate::telemetry::{self, Metric};

/// The reason why a read or write failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer was first, or a condition of a transaction does not hold; `failed` holds the positions of those writes.
    /// The caller reads again and decides again.
    #[error("a condition did not hold (writes {failed:?})")]
    Conflict {
        /// The positions of the failed writes in the transaction.
        failed: Vec<usize>,
    },
    /// An item exceeds DynamoDB's 400 KB.
    #[error("an item is too large to store")]
    TooLarge,
    /// The table throttled, timed out or could not be reached: trying again may help.
    #[error("the table could not be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The service refused, and would refuse again.
    #[error("the table refused the request")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An item does not have the shape that we write.
    #[error("the stored item {pk} {sk} cannot be read")]
    Corrupt {
        /// The item's partition.
        pk: String,
        /// The item's sort key.
        sk: String,
        /// The parser's error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// True if a transaction was cancelled only because it collided with another one, or the table was busy.
pub(super) fn collided(error: &SdkError<TransactWriteItemsError>) -> bool {
    let passes = |code: &str| {
        matches!(code, "None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded")
    };
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            let reasons = cancelled.cancellation_reasons();
            !reasons.is_empty() && reasons.iter().all(|reason| reason.code().is_none_or(passes))
        }
        _ => false,
    }
}

/// Classifies a cancelled transaction: a conflict if a condition failed; a mere collision with another one is temporary.
pub(super) fn classify_transaction(error: SdkError<TransactWriteItemsError>) -> StoreError {
    if collided(&error) {
        return unavailable(error);
    }
    if let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() {
        let reasons = cancelled.cancellation_reasons().iter().enumerate();
        let failed: Vec<usize> = reasons
            .filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"))
            .map(|(position, _)| position)
            .collect();
        if !failed.is_empty() {
            return StoreError::Conflict { failed };
        }
        let too_large = |reason: &CancellationReason| reason.message().is_some_and(|message| message.contains("size"));
        if cancelled.cancellation_reasons().iter().any(too_large) {
            return StoreError::TooLarge;
        }
    }
    classify(error)
}

/// Classifies an SDK error: temporary faults, lost races, oversized items, and refusals.
pub(super) fn classify<E>(error: SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let SdkError::ServiceError(service) = &error else {
        return match error {
            SdkError::ConstructionFailure(_) => StoreError::Refused(error.into()),
            _ => unavailable(error),
        };
    };
    let code = service.err().code().unwrap_or_default();
    let server_fault = service.raw().status().is_server_error();
    match code {
        "ConditionalCheckFailedException" => StoreError::Conflict { failed: vec![0] },
        "ProvisionedThroughputExceededException"
        | "ThrottlingException"
        | "RequestLimitExceeded"
        | "TransactionInProgressException"
        | "TransactionConflictException"
        | "InternalServerError" => unavailable(error),
        "ItemCollectionSizeLimitExceededException" => StoreError::TooLarge,
        "ValidationException" if service.err().message().is_some_and(|m| m.contains("size")) => StoreError::TooLarge,
        _ if server_fault => unavailable(error),
        _ => StoreError::Refused(error.into()),
    }
}

/// A fault of the service that outlasted all repetitions: counted, whatever the caller makes of it.
fn unavailable<E>(error: SdkError<E>) -> StoreError
where
    E: std::error::Error + Send + Sync + 'static,
{
    telemetry::count(Metric::StoreUnavailable);
    StoreError::Unavailable(error.into())
}
