//! Why the store did not do it, told by what the caller can do about it.

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::CancellationReason,
};

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote first, or a condition of a transaction does not hold; `failed` are the positions of those
    /// writes. Read again, decide again.
    #[error("a condition did not hold (writes {failed:?})")]
    Conflict {
        /// Which writes of the transaction.
        failed: Vec<usize>,
    },
    /// An item is over DynamoDB's 400 KB.
    #[error("an item is too large to store")]
    TooLarge,
    /// Throttled, timed out, unreachable: may pass.
    #[error("the table could not be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The service refused in a way that trying again does not change.
    #[error("the table refused the request")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An item does not have the shape we wrote.
    #[error("the stored item {pk} {sk} cannot be read")]
    Corrupt {
        /// Its partition.
        pk: String,
        /// Its sort key.
        sk: String,
        /// What is wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Whether a transaction was cancelled only because it met another one, or the table was busy.
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

/// A cancelled transaction is a conflict if a condition failed; a mere collision with another one passes.
pub(super) fn classify_transaction(error: SdkError<TransactWriteItemsError>) -> StoreError {
    if collided(&error) {
        return StoreError::Unavailable(error.into());
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

/// Sorts what the SDK reports: passing faults, lost races, too large items, and refusals.
pub(super) fn classify<E>(error: SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let SdkError::ServiceError(service) = &error else {
        return match error {
            SdkError::ConstructionFailure(_) => StoreError::Refused(error.into()),
            _ => StoreError::Unavailable(error.into()),
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
        | "InternalServerError" => StoreError::Unavailable(error.into()),
        "ItemCollectionSizeLimitExceededException" => StoreError::TooLarge,
        "ValidationException" if service.err().message().is_some_and(|m| m.contains("size")) => StoreError::TooLarge,
        _ if server_fault => StoreError::Unavailable(error.into()),
        _ => StoreError::Refused(error.into()),
    }
}
