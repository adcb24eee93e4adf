//! One invocation: each record to the worker, one log line per record, metrics of what was done.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use lambda_runtime::{Error, LambdaEvent};
use shared::{
    app::worker::{Delivery, Handled, Worker},
    clock,
    domain::{
        job::{Job, Kind, State, Trigger},
        message::Message,
        time::Timestamp,
    },
    lambda::{
        batch::{self, Again},
        deadline, invocation,
    },
    telemetry::{self, Metric},
};
use tracing::Instrument as _;

/// Handles a batch.
pub async fn batch(worker: &Worker, event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    let deadline = deadline::of(&event.context);
    let work = batch::run(event.payload, async |record| record_of(worker, record, deadline).await);
    Ok(invocation::run(&event.context.request_id, work).await?)
}

/// Handles a record; each line about it names its message, job and customer.
async fn record_of(worker: &Worker, record: &SqsMessage, deadline: Timestamp) -> Result<(), Again> {
    let message_id = record.message_id.as_deref().unwrap_or_default();
    let body = record.body.as_deref().unwrap_or_default();
    let (job_id, customer_id) = match Message::parse(body) {
        Ok(Message::JobV1 { job_id, customer_id, .. }) => (Some(job_id.to_string()), Some(customer_id.to_string())),
        Err(_) => (None, None),
    };
    let span = tracing::error_span!("message", message_id, job_id, customer_id);
    // On the heap: the largest future of the product.
    Box::pin(deliver(worker, Delivery { message_id, body }, deadline).instrument(span)).await
}

async fn deliver(worker: &Worker, delivery: Delivery<'_>, deadline: Timestamp) -> Result<(), Again> {
    let started = clock::now();
    let result = worker.handle(delivery, deadline).await;
    let duration_ms = started.millis_until(clock::now());
    match result {
        Ok(Handled::Worked(job)) => {
            log(&job, duration_ms);
            measure(&job);
            Ok(())
        }
        Ok(Handled::Nothing(why)) => {
            tracing::info!(outcome = "nothing", why, duration_ms, "nothing to do");
            Ok(())
        }
        Ok(Handled::SetAside(reason)) => {
            tracing::error!(outcome = "set_aside", reason, duration_ms, "an unreadable message was set aside");
            Ok(())
        }
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::error!(outcome = "again", error, duration_ms, "the message has to come again");
            Err(Again)
        }
    }
}

/// Writes the one log line about a job.
fn log(job: &Job, duration_ms: u64) {
    let error = job.error.as_ref();
    tracing::info!(
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
}

/// Records the run's traffic, and how the sync ended, if it is one and has ended. What only asks is no sync.
fn measure(job: &Job) {
    if let Some(run) = job.runs.last() {
        let traffic = [
            (Metric::TokenRequests, run.traffic.token_requests),
            (Metric::ZuoraInFlight, run.traffic.in_flight),
            (Metric::ZuoraThrottles, run.traffic.throttles),
        ];
        for (metric, value) in traffic.into_iter().filter(|(_, value)| *value > 0) {
            telemetry::record(metric, value);
        }
    }
    if job.kind != Kind::Sync {
        return;
    }
    let ended = match job.state {
        State::Succeeded => Metric::SyncSucceeded,
        State::Held => Metric::SyncHeld,
        State::Incomplete => Metric::SyncIncomplete,
        State::Failed => Metric::SyncFailed,
        _ => return,
    };
    telemetry::count(ended);
    if let (Trigger::Schedule, Some(started)) = (job.trigger, job.started_at) {
        telemetry::record(Metric::SyncDelaySeconds, job.created_at.until(started).as_secs());
    }
}
