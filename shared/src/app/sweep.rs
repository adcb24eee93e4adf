//! The sweeper: finds jobs that fell silent and sends them again, or gives them up as lost.
//!
//! It covers every crash between a write and a send, messages that SQS moved to the dead-letter queue by itself, and
//! workers that died: none of them can silence a customer.

use super::{
    dispatch::Dispatcher,
    error::AppError,
    lifecycle::{Lifecycle, Settled},
};
use crate::domain::{job::State, time::Timestamp};

/// What one sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Jobs that were sent again.
    pub revived: usize,
    /// Jobs given up as lost.
    pub lost: usize,
    /// Jobs that could not be looked at; the next sweep tries again.
    pub failed: usize,
}

/// Looks at every job that has not ended.
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
    Ok(swept)
}
