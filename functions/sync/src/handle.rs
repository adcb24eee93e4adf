//! One invocation: each record to the worker, one log line per record, metrics for each sync that ended.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{Error, LambdaEvent};
use shared::{
    app::worker::{Delivery, Handled, Worker},
    clock,
    config::stage,
    domain::{
        job::{Job, Kind, State},
        message::Message,
        time::Timestamp,
    },
    lambda::{
        batch::{self, Again},
        deadline,
    },
    telemetry::{self, Metric},
};

/// Handles a batch.
pub async fn batch(worker: &Worker, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    let deadline = deadline::of(&event.context);
    let request_id = event.context.request_id.clone();
    let response = batch::run(event.payload, async |record| record_of(worker, record, &request_id, deadline).await);
    Ok(response.await?)
}

async fn record_of(worker: &Worker, record: &SqsMessage, request_id: &str, deadline: Timestamp) -> Result<(), Again> {
    let started = clock::now();
    let message_id = record.message_id.as_deref().unwrap_or_default();
    let body = record.body.as_deref().unwrap_or_default();
    let (job_id, customer_id) = match Message::parse(body) {
        Ok(Message::JobV1 { job_id, customer_id, .. }) => (Some(job_id.to_string()), Some(customer_id.to_string())),
        Err(_) => (None, None),
    };
    // On the heap: the largest future of the product.
    let result = Box::pin(worker.handle(Delivery { message_id, body }, deadline)).await;
    let duration_ms = started.millis_until(clock::now());
    match result {
        Ok(Handled::Worked(job)) => {
            log(&job, request_id, message_id, duration_ms);
            Ok(())
        }
        Ok(Handled::Nothing(why)) => {
            tracing::info!(
                request_id,
                message_id,
                customer_id,
                job_id,
                outcome = "nothing",
                why,
                duration_ms,
                "nothing to do"
            );
            Ok(())
        }
        Ok(Handled::SetAside(reason)) => {
            tracing::error!(
                request_id,
                message_id,
                outcome = "set_aside",
                reason,
                duration_ms,
                "an unreadable message was set aside"
            );
            Ok(())
        }
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(
                request_id,
                message_id,
                customer_id,
                job_id,
                outcome = "again",
                error,
                duration_ms,
                "the message has to come again"
            );
            Err(Again)
        }
    }
}

/// Writes the one log line about a job, and the metric that alarms watch.
fn log(job: &Job, request_id: &str, message_id: &str, duration_ms: u64) {
    let error = job.error.as_ref();
    tracing::info!(
        request_id,
        message_id,
        customer_id = %job.customer_id,
        job_id = %job.id,
        kind = ?job.kind,
        outcome = job.state.as_str(),
        attempts = job.attempts,
        created = job.stats.created,
        updated = job.stats.updated,
        unchanged = job.stats.unchanged,
        deleted = job.stats.deleted,
        errors = job.stats.errors,
        total = job.stats.total,
        error_class = error.map(|error| error.class.as_str()),
        error = error.map(|error| error.message.as_str()),
        duration_ms,
        "the job is {}",
        job.state.as_str(),
    );
    if job.kind == Kind::Sync {
        let metric = match job.state {
            State::Succeeded => Metric::SyncSucceeded,
            State::Held => Metric::SyncHeld,
            State::Incomplete => Metric::SyncIncomplete,
            State::Failed => Metric::SyncFailed,
            _ => return,
        };
        telemetry::emit(metric, 1, &stage(), clock::now().millis());
    }
}
