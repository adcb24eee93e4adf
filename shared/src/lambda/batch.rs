//! An SQS batch, record by record: an error or panic of one record never affects another.
//!
//! The response follows AWS's rules for partial batches: `{"batchItemFailures":[{"itemIdentifier":"<message id>"}]}`, empty if
//! all succeeded. A batch of which every record failed is an error of the invocation, so that the function's metric shows it.

use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures::FutureExt;

/// The error for a record that SQS has to deliver again.
#[derive(Debug)]
pub struct Again;

/// The error of a batch of which every record failed.
#[derive(Debug, thiserror::Error)]
#[error("every record of the batch failed")]
pub struct AllFailed;

/// Passes each record to `handle`, one after the other, and reports those that SQS has to deliver again.
///
/// # Errors
/// [`AllFailed`] if that is all of them.
pub async fn run(
    event: SqsEvent,
    handle: impl AsyncFn(&SqsMessage) -> Result<(), Again>,
) -> Result<SqsBatchResponse, AllFailed> {
    let total = event.records.len();
    let mut failures = Vec::new();
    for record in event.records {
        // A panic has told of itself, where it happened.
        let result = AssertUnwindSafe(handle(&record)).catch_unwind().await;
        if !matches!(result, Ok(Ok(()))) {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = record.message_id.unwrap_or_default();
            failures.push(failure);
        }
    }
    if total > 0 && failures.len() == total {
        return Err(AllFailed);
    }
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures;
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(ids: &[&str]) -> SqsEvent {
        let records = ids
            .iter()
            .map(|id| serde_json::json!({"messageId": id, "body": id, "attributes": {}, "messageAttributes": {}}));
        serde_json::from_value(serde_json::json!({"Records": records.collect::<Vec<_>>()})).unwrap()
    }

    async fn handle(record: &SqsMessage) -> Result<(), Again> {
        match record.body.as_deref() {
            Some("panics") => panic!("on purpose"),
            Some("fails") => Err(Again),
            _ => Ok(()),
        }
    }

    #[tokio::test]
    async fn only_the_failed_and_the_panicked_records_come_again() {
        let response = run(event(&["a", "fails", "b", "panics", "c"]), handle).await.unwrap();

        let json = serde_json::to_value(&response).unwrap();
        let expected =
            serde_json::json!({"batchItemFailures": [{"itemIdentifier": "fails"}, {"itemIdentifier": "panics"}]});
        assert_eq!(json, expected);
    }

    #[tokio::test]
    async fn an_empty_list_says_that_all_is_done() {
        let response = run(event(&["a", "b"]), handle).await.unwrap();

        assert_eq!(serde_json::to_value(&response).unwrap(), serde_json::json!({"batchItemFailures": []}));
    }

    #[tokio::test]
    async fn a_batch_that_failed_as_a_whole_is_an_error_of_the_invocation() {
        assert!(run(event(&["fails", "panics"]), handle).await.is_err());
        assert!(run(event(&[]), handle).await.is_ok());
    }
}
