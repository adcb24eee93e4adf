//! One batch of a stream, or the call for a digest.
//!
//! What must stay true:
//! - A record that nobody can read goes to the failure queue alone and is done with: the stream goes on.
//! - A destination that does not answer fails its records only. Lambda delivers the stream again from the first of them on, so
//!   records may come more than once; none is left out.

use futures::{StreamExt as _, stream};
use lambda_runtime::{Error, LambdaEvent};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{
    clock,
    lambda::invocation,
    telemetry::{self, Metric},
};

use crate::{
    digest,
    record::{self, Outcome, Unreadable},
    setup::State,
};

/// The number of objects that are written at a time.
const AT_ONCE: usize = 8;

/// What wakes this function.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// Records of a stream. Each is read by itself.
    Batch {
        /// In their order.
        #[serde(rename = "Records")]
        records: Vec<Value>,
    },
    /// What the template's rule sends.
    Task {
        /// The only one.
        task: Task,
    },
}

/// The task of a rule.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Send what has happened since the last digest.
    Digest,
}

/// The records that have to be delivered again.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    batch_item_failures: Vec<Failure>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

/// Handles an event.
pub async fn event(state: &State, event: LambdaEvent<Event>) -> Result<Answer, Error> {
    invocation::run(&event.context.request_id, Box::pin(perform(state, event.payload))).await
}

async fn perform(state: &State, event: Event) -> Result<Answer, Error> {
    match event {
        Event::Batch { records } => Ok(batch(state, &records).await),
        Event::Task { task: Task::Digest } => {
            let events = digest::send(state).await?;
            tracing::info!(outcome = "done", events, "the digest is sent, if anything has happened");
            Ok(Answer::default())
        }
    }
}

async fn batch(state: &State, records: &[Value]) -> Answer {
    let started = clock::now();
    let (mut objects, mut events, mut unread) = (Vec::new(), Vec::new(), Vec::new());
    for record in records {
        let is_audit = record::is_of(record, &state.audit_stream);
        telemetry::count(if is_audit { Metric::AuditReceived } else { Metric::DataReceived });
        let sequence = record::sequence_number(record);
        match record::read(record, &state.audit_stream, &state.panel) {
            Ok(Outcome::Archive(name, text)) => objects.push((sequence, name, text)),
            Ok(Outcome::Tell(told)) => events.extend(told.into_iter().map(|event| (sequence, event))),
            Err(reason) => unread.push((record, reason)),
        }
    }
    let (archived, published, unreadable) = (objects.len(), events.len(), unread.len());
    let mut again = archive(state, objects).await;
    let (of, events): (Vec<_>, Vec<_>) = events.into_iter().unzip();
    again.extend(state.bus.put(&events).await.into_iter().map(|place| of[place]));
    for (record, reason) in unread {
        if !set_aside(state, record, &reason).await {
            again.push(record::sequence_number(record));
        }
    }
    let duration_ms = started.millis_until(clock::now());
    let again: Vec<_> = again.into_iter().map(|sequence| Failure { item_identifier: sequence.to_owned() }).collect();
    let outcome = if again.is_empty() { "done" } else { "again" };
    tracing::info!(
        outcome,
        records = records.len(),
        archived,
        published,
        unreadable,
        again = again.len(),
        duration_ms,
        "records were relayed"
    );
    Answer { batch_item_failures: again }
}

/// Writes objects; the sequence numbers of those that were not written.
async fn archive<'a>(state: &State, objects: Vec<(&'a str, String, String)>) -> Vec<&'a str> {
    let written = stream::iter(objects).map(async |(sequence, name, text)| {
        let error = state.archive.put(&name, text).await.err()?;
        let error: &dyn std::error::Error = &error;
        tracing::warn!(error, cause = error.source(), name, "an audit record could not be archived");
        Some(sequence)
    });
    written.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await
}

/// Puts a record into the failure queue; false if even that failed.
async fn set_aside(state: &State, record: &Value, reason: &Unreadable) -> bool {
    telemetry::count(Metric::UnreadableRecord);
    let (place, reason) = (record::place(record), reason.to_string());
    let id = record["eventID"].as_str().unwrap_or("unknown");
    tracing::error!(place, reason, "a record of a stream cannot be read and is set aside");
    state.failures.send_unreadable(id, &place, &reason).await.is_ok()
}

#[cfg(test)]
mod tests;
