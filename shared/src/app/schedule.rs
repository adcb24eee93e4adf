//! The hourly event: a sync job for every customer that is due.
//!
//! What must stay true: the same event twice enqueues nothing new (the transaction that stores a job moves the customer's
//! `next_sync_at` on), a missed hour is caught up by the next event, and one customer's failure does not stop the others.

use super::{
    dispatch::{Dispatcher, Requested, SyncRequest, sending},
    error::AppError,
};
use crate::domain::{job::Trigger, schedule::spread, time::Timestamp};

/// What one event led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scheduled {
    /// New jobs.
    pub queued: usize,
    /// Customers whose sync was under way already.
    pub joined: usize,
    /// Customers that could not be served; the next event tries again.
    pub failed: usize,
}

/// Enqueues what is due at `time` (the event's own time, so that a late event does not skip an hour).
///
/// # Errors
/// When the customers cannot be read, or some messages could not be sent: the sweeper sends those, and the caller should
/// still fail so that an alarm sees it.
pub async fn run(dispatcher: &Dispatcher, time: Timestamp, now: Timestamp) -> Result<Scheduled, AppError> {
    let mut scheduled = Scheduled::default();
    let mut sendings = Vec::new();
    for customer in dispatcher.customers.all().await?.into_iter().filter(|customer| customer.is_due(time)) {
        let due = now.plus(spread(&customer.id));
        let request = SyncRequest { due, slot: Some(time), ..SyncRequest::at_once(Trigger::Schedule, None, now) };
        match dispatcher.place_sync(&customer.id, &request).await {
            Ok((requested, send)) => {
                match requested {
                    Requested::New(_) => scheduled.queued += 1,
                    Requested::Joined(_) | Requested::Follows(_) => scheduled.joined += 1,
                }
                if send {
                    sendings.push(sending(requested.job(), now));
                }
            }
            // Another event or an admin was faster: it is no longer due, paused or gone.
            Err(AppError::Conflict(_) | AppError::NotFound(_)) => {}
            Err(error) => {
                scheduled.failed += 1;
                let error: &dyn std::error::Error = &error;
                tracing::error!(customer_id = %customer.id, error, "a due customer could not be scheduled");
            }
        }
    }
    dispatcher.queue.send_all(&sendings).await?;
    Ok(scheduled)
}
