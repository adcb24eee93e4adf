//! One queue message from receipt to verdict: parse, claim, work, settle.
//!
//! What must stay true: a message that cannot be read is set aside with its reason before it is acknowledged, one message
//! never decides for another, and everything here may happen twice.

use std::sync::Arc;

use super::{
    connection,
    error::AppError,
    interruption::Interruption,
    lifecycle::{Claim, Claimed, Lifecycle, TIME_TO_SETTLE},
    purge,
    sync::Syncer,
};
use crate::{
    aws::dead_letters::{self, UnreadableLetter},
    clock,
    domain::{
        failure::{ErrorClass, Failure},
        job::{Job, Kind},
        message::Message,
        time::Timestamp,
    },
    telemetry::{self, Metric},
    zuora::Meter,
};

/// The worker's tools.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Runs syncs, and holds what the other kinds need.
    pub syncer: Syncer,
    /// Claims and settles jobs.
    pub lifecycle: Lifecycle,
}

/// The handling of a message; all of these acknowledge it.
#[derive(Debug)]
pub enum Handled {
    /// The job was worked on; as it stands now.
    Worked(Box<Job>),
    /// There was nothing to do, for this reason.
    Nothing(&'static str),
    /// Nobody can read it: set aside, for this reason.
    SetAside(String),
}

/// A message as the queue delivered it.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// SQS's id.
    pub message_id: &'a str,
    /// The body.
    pub body: &'a str,
}

impl Worker {
    /// Handles one message until `deadline`.
    ///
    /// # Errors
    /// Only when our own stores fail before or after the work: the message should come again.
    pub async fn handle(&self, delivery: Delivery<'_>, deadline: Timestamp) -> Result<Handled, AppError> {
        let message = match Message::parse(delivery.body) {
            Ok(message) => message,
            Err(reason) => return self.set_aside(delivery, reason.to_string()).await,
        };
        let claimed = match Box::pin(self.lifecycle.claim(&message, clock::now(), deadline)).await? {
            Claim::Ours(claimed) => claimed,
            Claim::Nothing(why) => return Ok(Handled::Nothing(why)),
        };
        self.work(&claimed, deadline).await
    }

    async fn work(&self, claimed: &Claimed, deadline: Timestamp) -> Result<Handled, AppError> {
        let meter = Arc::new(Meter::default());
        let work = async {
            match claimed.job.kind {
                Kind::Sync | Kind::Plan => self.syncer.run(claimed, deadline, &meter).await,
                Kind::Purge => purge::run(&self.syncer, claimed, deadline).await,
                Kind::Test => connection::run(&self.syncer, claimed, &meter).await,
            }
        };
        let patience = clock::now().until(deadline).saturating_sub(TIME_TO_SETTLE);
        let outcome = tokio::time::timeout(patience, work).await.unwrap_or_else(|_| {
            Interruption::Failed(Failure::new(
                ErrorClass::Transient,
                "The work did not end within the time of one run.",
            ))
            .into()
        });
        let settled = self.lifecycle.finish_attempt(claimed, outcome, &meter.traffic(), clock::now()).await?;
        Ok(settled
            .map_or(Handled::Nothing("the job was no longer ours, or is gone"), |job| Handled::Worked(job.into())))
    }

    /// The record first, then the queue, then (by returning) the acknowledgement: a crash repeats, it loses nothing.
    async fn set_aside(&self, delivery: Delivery<'_>, reason: String) -> Result<Handled, AppError> {
        let letter = UnreadableLetter::new(delivery.message_id, reason.clone(), delivery.body, clock::now());
        dead_letters::record(&self.syncer.dispatcher.data, &letter).await?;
        self.lifecycle.dead_letters.send_unreadable(delivery.message_id, delivery.body, &reason).await?;
        telemetry::count(Metric::DeadLetters);
        telemetry::count(Metric::DeadLettersUnreadable);
        Ok(Handled::SetAside(reason))
    }
}
