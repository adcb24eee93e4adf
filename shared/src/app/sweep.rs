//! The sweeper: finds jobs that fell silent and sends them again, or gives them up as lost; and clears the dead-letter queue.
//!
//! It covers every crash between a write and a send, messages that SQS moved to the dead-letter queue by itself, and
//! workers that died: none of them can silence a customer. Dead letters whose job has moved on, or went with its customer, would
//! keep the queue's alarm on though nothing is left to do: they are removed. The others stay.

use super::{
    dispatch::Dispatcher,
    error::AppError,
    lifecycle::{Lifecycle, Settled},
    retry::DRAIN_ROUNDS,
};
use crate::domain::{job::State, time::Timestamp};

/// What one sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Jobs that were sent again.
    pub revived: usize,
    /// Jobs given up as lost.
    pub lost: usize,
    /// Dead letters that were removed, because nothing is left to do about them.
    pub letters: usize,
    /// Jobs that could not be looked at, and one more if the dead letters could not be; the next sweep tries again.
    pub failed: usize,
}

/// Looks at every job that has not ended, then at the dead letters.
///
/// # Errors
/// When the jobs cannot be listed.
pub async fn run(dispatcher: &Dispatcher, lifecycle: &Lifecycle, now: Timestamp) -> Result<Swept, AppError> {
    let mut swept = Swept::default();
    for state in [State::Queued, State::Waiting, State::Running] {
        for job in dispatcher.jobs.in_state(state).await?.into_iter().filter(|job| job.is_silent(now)) {
            match lifecycle.sweep(&job, now).await {
                Ok(Some(Settled::Sent)) => swept.revived += 1,
                Ok(Some(Settled::DeadLettered)) => swept.lost += 1,
                Ok(None) => {}
                Err(error) => {
                    swept.failed += 1;
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(job_id = %job.id, customer_id = %job.customer_id, error, "a silent job could not be revived");
                }
            }
        }
    }
    match clear_dead_letters(dispatcher, lifecycle).await {
        Ok(letters) => swept.letters = letters,
        Err(error) => {
            swept.failed += 1;
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "the dead-letter queue could not be cleared");
        }
    }
    Ok(swept)
}

/// Whoever receives hides what is left from everybody else for a moment, so an empty queue is only asked for its depth, and one
/// with a few letters is not asked more often than it takes to see them.
async fn clear_dead_letters(dispatcher: &Dispatcher, lifecycle: &Lifecycle) -> Result<usize, AppError> {
    let depth = usize::try_from(lifecycle.dead_letters.depth().await?).unwrap_or(usize::MAX);
    dispatcher.drain(&lifecycle.dead_letters, depth.min(DRAIN_ROUNDS)).await
}
