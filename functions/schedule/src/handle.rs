//! One event: its task, its time, one log line about it, and the metrics that only a clock can send.

use std::time::Duration;

use lambda_runtime::{Error, LambdaEvent};
use serde::Deserialize;
use shared::{
    app::{bulk_sync::Round, dispatch::Dispatcher, recount, schedule, sweep},
    clock,
    domain::{job::State as JobState, time::Timestamp},
    lambda::invocation,
    telemetry::{self, Metric},
};

use crate::setup::State;

/// The longest time of a round of a batch: the next one begins a minute after it.
const BATCH_TIME: Duration = Duration::from_secs(50);

/// The event that the template's rules send: `{"task":"schedule","time":"2026-01-31T08:00:00Z"}`.
#[derive(Debug, Deserialize)]
pub struct Event {
    task: Task,
    /// The rule's own time, not the moment of delivery: a late event still means its hour.
    time: Timestamp,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Task {
    Schedule,
    Sweep,
    Batch,
}

/// Handles an event.
pub async fn event(state: &State, event: LambdaEvent<Event>) -> Result<(), Error> {
    invocation::run(&event.context.request_id, Box::pin(perform(state, event.payload))).await
}

async fn perform(state: &State, Event { task, time }: Event) -> Result<(), Error> {
    let started = clock::now();
    let State { lifecycle, batches } = state;
    let dispatcher = &lifecycle.dispatcher;
    let result = match task {
        Task::Schedule => {
            let done = Box::pin(schedule::run(dispatcher, time, started)).await;
            if let Ok(round) = &done {
                tell_due(round);
                tell_tokens(round, batches.budget.a_minute());
            }
            done.map(|done| (format!("{done:?}"), done.asked.failed))
        }
        Task::Sweep => {
            let done = Box::pin(sweep::run(dispatcher, lifecycle, started)).await;
            let corrected = Box::pin(recount::run(dispatcher, started)).await;
            tell_age(dispatcher, started).await;
            done.and_then(|done| Ok((format!("{done:?}, {:?} set right", corrected?), done.failed as u64)))
        }
        Task::Batch => {
            let done = Box::pin(batches.serve(started, BATCH_TIME)).await;
            // The batch records its own failures.
            done.map(|batch| (batch.map(|batch| format!("{:?}", batch.asked)).unwrap_or_default(), 0))
        }
    };
    let duration_ms = started.millis_until(clock::now());
    match result {
        Ok((done, failed)) => {
            tracing::info!(?task, outcome = "done", done, failed, duration_ms, "the task is done");
            // The rest was served; the error raises the alarm for those that were not.
            if failed == 0 { Ok(()) } else { Err(format!("{failed} customers or jobs could not be served").into()) }
        }
        Err(error) => {
            let cause: &dyn std::error::Error = &error;
            tracing::error!(?task, outcome = "failed", error = cause, duration_ms, "the task failed");
            Err(error.into())
        }
    }
}

/// What alarms compare. An expression of several metrics has no value where one of them has none.
const COMPARED: [Metric; 7] = [
    Metric::SyncSucceeded,
    Metric::SyncIncomplete,
    Metric::SyncHeld,
    Metric::SyncFailed,
    Metric::AuditWritten,
    Metric::AuditReceived,
    Metric::DataReceived,
];

/// Reports how many syncs were due: an alarm compares it with those that ended.
fn tell_due(round: &Round) {
    telemetry::record(Metric::CustomersDue, schedule::due(round));
    for metric in COMPARED {
        telemetry::record(metric, 0);
    }
}

/// Reports a shortage of tokens as a metric with an alarm. Nothing fails and nothing is lost then, but syncs start later and
/// later.
fn tell_tokens(round: &Round, available: u64) {
    let short = schedule::tokens_short(round, available);
    if short > 0 {
        tracing::warn!(needed = available + short, available, "more token requests a minute are needed than there are");
    }
    telemetry::record(Metric::TokensShort, short);
}

/// Reports the age of the oldest queued job as a metric with an alarm.
async fn tell_age(dispatcher: &Dispatcher, now: Timestamp) {
    match dispatcher.jobs.oldest(JobState::Queued).await {
        Ok(oldest) => {
            let seconds = oldest.map_or(0, |since| since.until(now).as_secs());
            telemetry::record(Metric::OldestQueuedSeconds, seconds);
        }
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "it is not known how long jobs are queued");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_events_of_all_rules_parse() {
        for text in [
            include_str!("../../../events/schedule/due.json"),
            include_str!("../../../events/schedule/sweep.json"),
            include_str!("../../../events/schedule/batch.json"),
        ] {
            let event: Event = serde_json::from_str(text).unwrap();
            assert!(event.time > Timestamp::EPOCH);
        }
    }
}
